using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Modules
{
    public sealed class Identity : ParameterLessModule<Tensor, Tensor>
    {
        internal Identity()
            : base(nameof(Identity))
        {
        }

        public override Tensor forward(Tensor tensor) => tensor.alias();
    }

    public sealed class Flatten : ParameterLessModule<Tensor, Tensor>
    {
        internal Flatten(long start_dim, long end_dim)
            : base(nameof(Flatten))
        {
            this.start_dim = start_dim;
            this.end_dim = end_dim;
        }

        public long start_dim { get; set; }

        public long end_dim { get; set; }

        public override Tensor forward(Tensor input) => input.flatten(start_dim, end_dim);
    }

    public sealed class Unflatten : ParameterLessModule<Tensor, Tensor>
    {
        internal Unflatten(long dim, long[] unflattened_size)
            : base(nameof(Unflatten))
        {
            this.dim = dim;
            this.unflattened_size = unflattened_size;
        }

        public long dim { get; set; }

        public long[] unflattened_size { get; set; }

        public override Tensor forward(Tensor tensor) => tensor.unflatten(dim, unflattened_size);
    }

    /// <summary>[N, C r², H, W] -> [N, C, H r, W r].</summary>
    public sealed class PixelShuffle : ParameterLessModule<Tensor, Tensor>
    {
        internal PixelShuffle(long upscale_factor)
            : base(nameof(PixelShuffle)) => this.upscale_factor = upscale_factor;

        public long upscale_factor { get; set; }

        public override Tensor forward(Tensor tensor) => F.pixel_shuffle(tensor, upscale_factor);
    }

    public sealed class ZeroPad2d : ParameterLessModule<Tensor, Tensor>
    {
        private readonly long[] _pad;

        internal ZeroPad2d(long[] pad)
            : base(nameof(ZeroPad2d)) => _pad = pad;

        public override Tensor forward(Tensor input) => F.pad(input, _pad);
    }

    public sealed class Upsample : ParameterLessModule<Tensor, Tensor>
    {
        internal Upsample(long[]? size, double[]? scale_factor, UpsampleMode mode, bool? align_corners, bool? recompute_scale_factor)
            : base(nameof(Upsample))
        {
            this.size = size;
            this.scale_factor = scale_factor;
            this.mode = mode;
            this.align_corners = align_corners;
            this.recompute_scale_factor = recompute_scale_factor;
        }

        public long[]? size { get; }

        public double[]? scale_factor { get; }

        public UpsampleMode mode { get; }

        public bool? align_corners { get; }

        public bool? recompute_scale_factor { get; }

        public override Tensor forward(Tensor input) =>
            F.interpolate(input, size, scale_factor, (InterpolationMode)mode, align_corners, recompute_scale_factor ?? false);
    }

    /// <summary>Zeroes each value with probability p in training and scales the rest by 1 / (1 - p).</summary>
    public sealed class Dropout : ParameterLessModule<Tensor, Tensor>
    {
        internal Dropout(double p, bool inplace)
            : base(nameof(Dropout))
        {
            this.p = p;
            this.inplace = inplace;
        }

        public double p { get; set; }

        public bool inplace { get; set; }

        public override Tensor forward(Tensor input) => F.dropout(input, p, training, inplace);
    }

    /// <summary>Dropout of whole channels.</summary>
    public sealed class Dropout2d : ParameterLessModule<Tensor, Tensor>
    {
        internal Dropout2d(double p, bool inplace)
            : base(nameof(Dropout2d))
        {
            this.p = p;
            this.inplace = inplace;
        }

        public double p { get; set; }

        public bool inplace { get; set; }

        public override Tensor forward(Tensor input) => F.dropout2d(input, p, training, inplace);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Identity Identity() => new();

            public static Flatten Flatten(long start_dim = 1, long end_dim = -1) => new(start_dim, end_dim);

            public static Unflatten Unflatten(long dim, long[] unflattened_size) => new(dim, unflattened_size);

            public static PixelShuffle PixelShuffle(long upscale_factor) => new(upscale_factor);

            public static ZeroPad2d ZeroPad2d(long padding) => new([padding, padding, padding, padding]);

            /// <summary>Padding: left, right, top, bottom.</summary>
            public static ZeroPad2d ZeroPad2d((long, long, long, long) padding) =>
                new([padding.Item1, padding.Item2, padding.Item3, padding.Item4]);

            public static Upsample Upsample(long[]? size = null, double[]? scale_factor = null, UpsampleMode mode = UpsampleMode.Nearest,
                bool? align_corners = null, bool? recompute_scale_factor = null) =>
                new(size, scale_factor, mode, align_corners, recompute_scale_factor);

            public static Dropout Dropout(double p = 0.5, bool inplace = false) => new(p, inplace);

            public static Dropout2d Dropout2d(double p = 0.5, bool inplace = false) => new(p, inplace);

            public static partial class functional
            {
                private static readonly Op s_dropout = new("aten::dropout");
                private static readonly Op s_dropoutInPlace = new("aten::dropout_");
                private static readonly Op s_featureDropout = new("aten::feature_dropout");
                private static readonly Op s_featureDropoutInPlace = new("aten::feature_dropout_");
                private static readonly Op s_pixelShuffle = new("aten::pixel_shuffle");
                private static readonly Op s_unfold = new("aten::im2col");
                private static readonly Op s_fold = new("aten::col2im");
                private static readonly Op s_oneHot = new("aten::one_hot");

                public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                    (inplace ? s_dropoutInPlace : s_dropout).Call(input, p, training);

                /// <summary>Dropout of whole channels of [N, C, H, W].</summary>
                public static Tensor dropout2d(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                    (inplace ? s_featureDropoutInPlace : s_featureDropout).Call(input, p, training);

                /// <summary>[N, C r², H, W] -> [N, C, H r, W r].</summary>
                public static Tensor pixel_shuffle(Tensor input, long upscale_factor) => s_pixelShuffle.Call(input, upscale_factor);

                /// <summary>The windows of [N, C, H, W] as columns: [N, C kh kw, windows].</summary>
                public static Tensor unfold(Tensor input, long kernel_size, long dilation = 1, long padding = 0, long stride = 1) =>
                    unfold(input, (kernel_size, kernel_size), (dilation, dilation), (padding, padding), (stride, stride));

                /// <inheritdoc cref="unfold(Tensor, long, long, long, long)"/>
                public static Tensor unfold(Tensor input, (long, long) kernel_size, (long, long)? dilation = null, (long, long)? padding = null,
                    (long, long)? stride = null) =>
                    s_unfold.Call(input, Lists.Of(kernel_size), Lists.Of(dilation ?? (1, 1)), Lists.Of(padding ?? (0, 0)), Lists.Of(stride ?? (1, 1)));

                /// <summary>The sum of windows back into a picture: [N, C kh kw, windows] -> [N, C, H, W].</summary>
                public static Tensor fold(Tensor input, long output_size, long kernel_size, long dilation = 1, long padding = 0, long stride = 1) =>
                    fold(input, (output_size, output_size), (kernel_size, kernel_size), (dilation, dilation), (padding, padding), (stride, stride));

                /// <inheritdoc cref="fold(Tensor, long, long, long, long, long)"/>
                public static Tensor fold(Tensor input, (long, long) output_size, (long, long) kernel_size, (long, long)? dilation = null,
                    (long, long)? padding = null, (long, long)? stride = null) =>
                    s_fold.Call(input, Lists.Of(output_size), Lists.Of(kernel_size), Lists.Of(dilation ?? (1, 1)), Lists.Of(padding ?? (0, 0)),
                        Lists.Of(stride ?? (1, 1)));

                /// <summary>[…] of class numbers -> […, classes] of 0 and 1; -1: as many classes as the largest number needs.</summary>
                public static Tensor one_hot(Tensor x, long num_classes = -1) => s_oneHot.Call(x, num_classes);
            }
        }
    }
}
