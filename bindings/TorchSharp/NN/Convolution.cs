using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp
{
    /// <summary>What stands beyond the edge of a picture.</summary>
    public enum PaddingModes
    {
        Zeros = 0,
        Reflect = 1,
        Replicate = 2,
        Circular = 3,
        Constant = 4,
    }

    /// <summary>A padding given by its purpose: none, or as much as keeps the size.</summary>
    public enum Padding
    {
        Valid = 0,
        Same = 1,
    }
}

namespace TorchSharp.Modules
{
    /// <summary>What the convolutions share: weight [out, in / groups, kernel…] (transposed: [in, out / groups, kernel…]) and bias [out].</summary>
    public abstract class Convolution : nn.Module<Tensor, Tensor>
    {
        private readonly long[]? _aroundInput; // F.pad's argument when the padding is not of zeros
        private Parameter? _weight;
        private Parameter? _bias;

        private protected Convolution(string name, Shape shape, bool transposed, Device? device, ScalarType? dtype)
            : base(name)
        {
            if (shape.In % shape.Groups != 0 || shape.Out % shape.Groups != 0)
                throw new ArgumentException($"{name}: {shape.In} input and {shape.Out} output channels cannot be split into {shape.Groups} groups");
            if (transposed && shape.Mode != PaddingModes.Zeros)
                throw new ArgumentException($"{name} pads with zeros only");
            if (shape.Type == Padding.Same && shape.Stride.Any(stride => stride != 1))
                throw new ArgumentException($"{name}: padding Same needs a stride of 1");
            in_channels = shape.In;
            out_channels = shape.Out;
            kernel_size = shape.Kernel;
            stride = shape.Stride;
            padding = shape.Padding;
            padding_type = shape.Type;
            dilation = shape.Dilation;
            groups = shape.Groups;
            padding_mode = shape.Mode;
            if (padding_mode != PaddingModes.Zeros)
                _aroundInput = AroundInput();

            long[] channels = transposed ? [in_channels, out_channels / groups] : [out_channels, in_channels / groups];
            long[] size = [.. channels, .. kernel_size];
            weight = nn.Parameter(empty(size, dtype: dtype, device: device));
            if (shape.Bias)
                bias = nn.Parameter(empty([out_channels], dtype: dtype, device: device));
            reset_parameters();
        }

        public long in_channels { get; }

        public long out_channels { get; }

        public long[] kernel_size { get; }

        public long[] stride { get; }

        public long[]? padding { get; }

        public Padding? padding_type { get; }

        public long[] dilation { get; }

        public long groups { get; }

        public PaddingModes padding_mode { get; }

        public Parameter weight
        {
            get => _weight!;
            set => SetParameter(nameof(weight), ref _weight, value);
        }

        public Parameter? bias
        {
            get => _bias;
            set => SetParameter(nameof(bias), ref _bias, value);
        }

        /// <summary>PyTorch's first values: Kaiming-uniform weights (a = √5), bias uniform in ±1/√fan-in.</summary>
        public void reset_parameters() => nn.init.ResetLinear(weight, bias);

        /// <summary>Kernel, stride and so on as the constructors take them.</summary>
        private protected sealed record Shape(
            long In, long Out, long[] Kernel, long[] Stride, long[]? Padding, Padding? Type, long[] Dilation, PaddingModes Mode, long Groups, bool Bias);

        /// <summary>Runs the operator, with the input padded before where the padding is not of zeros.</summary>
        private protected Tensor Convolve(Op withNumbers, Op withName, Tensor input, long[] none)
        {
            if (_aroundInput is not null)
            {
                using var padded = F.pad(input, _aroundInput, padding_mode);
                return withNumbers.Call(padded, _weight, _bias, stride, none, dilation, groups);
            }

            return padding is not null
                ? withNumbers.Call(input, _weight, _bias, stride, padding, dilation, groups)
                : withName.Call(input, _weight, _bias, stride, padding_type == Padding.Same ? "same" : "valid", dilation, groups);
        }

        // F.pad wants the last dimension first, each as (before, after).
        private long[] AroundInput()
        {
            var around = new List<long>();
            for (var i = kernel_size.Length - 1; i >= 0; i--)
            {
                var total = padding is not null ? 2 * padding[i] : padding_type == Padding.Same ? dilation[i] * (kernel_size[i] - 1) : 0;
                around.AddRange([total / 2, total - (total / 2)]);
            }

            return [.. around];
        }
    }

    public sealed class Conv1d : Convolution
    {
        private static readonly long[] s_none = [0];

        internal Conv1d(long inChannels, long outChannels, long kernel, long stride, long? padding, Padding? type, long dilation,
            PaddingModes mode, long groups, bool bias, Device? device, ScalarType? dtype)
            : base(nameof(Conv1d), new(inChannels, outChannels, [kernel], [stride], padding is { } p ? [p] : null, type, [dilation], mode, groups, bias),
                false, device, dtype)
        {
        }

        public override Tensor forward(Tensor input) => Convolve(F.s_conv1d, F.s_conv1dNamed, input, s_none);
    }

    public sealed class Conv2d : Convolution
    {
        private static readonly long[] s_none = [0, 0];

        internal Conv2d(long inChannels, long outChannels, (long, long) kernel, (long, long) stride, (long, long)? padding, Padding? type,
            (long, long) dilation, PaddingModes mode, long groups, bool bias, Device? device, ScalarType? dtype)
            : base(nameof(Conv2d), new(inChannels, outChannels, Lists.Of(kernel), Lists.Of(stride), Lists.Of(padding), type,
                Lists.Of(dilation), mode, groups, bias), false, device, dtype)
        {
        }

        public override Tensor forward(Tensor input) =>
            padding_mode == PaddingModes.Zeros && padding is not null && WinogradConvolution.Suits(input, weight, stride, padding, dilation, groups)
                ? WinogradConvolution.Of(input, weight, bias, dilation[0])
                : Convolve(F.s_conv2d, F.s_conv2dNamed, input, s_none);
    }

    public sealed class Conv3d : Convolution
    {
        private static readonly long[] s_none = [0, 0, 0];

        internal Conv3d(long inChannels, long outChannels, (long, long, long) kernel, (long, long, long) stride, (long, long, long)? padding,
            Padding? type, (long, long, long) dilation, PaddingModes mode, long groups, bool bias, Device? device, ScalarType? dtype)
            : base(nameof(Conv3d), new(inChannels, outChannels, Lists.Of(kernel), Lists.Of(stride), Lists.Of(padding), type,
                Lists.Of(dilation), mode, groups, bias), false, device, dtype)
        {
        }

        public override Tensor forward(Tensor input) => Convolve(F.s_conv3d, F.s_conv3dNamed, input, s_none);
    }

    public sealed class ConvTranspose2d : Convolution
    {
        internal ConvTranspose2d(long inChannels, long outChannels, (long, long) kernel, (long, long) stride, (long, long) padding,
            (long, long) outputPadding, (long, long) dilation, PaddingModes mode, long groups, bool bias, Device? device, ScalarType? dtype)
            : base(nameof(ConvTranspose2d), new(inChannels, outChannels, Lists.Of(kernel), Lists.Of(stride), Lists.Of(padding), null,
                Lists.Of(dilation), mode, groups, bias), true, device, dtype) => output_padding = Lists.Of(outputPadding);

        public long[] output_padding { get; }

        public override Tensor forward(Tensor input) =>
            F.s_convTranspose2d.Call(input, weight, bias, stride, padding, output_padding, groups, dilation);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Conv1d Conv1d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, kernel_size, stride, padding, null, dilation, padding_mode, groups, bias, device, dtype);

            public static Conv1d Conv1d(long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, kernel_size, stride, null, padding, dilation, padding_mode, groups, bias, device, dtype);

            public static Conv2d Conv2d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, (kernel_size, kernel_size), (stride, stride), (padding, padding), null, (dilation, dilation),
                    padding_mode, groups, bias, device, dtype);

            public static Conv2d Conv2d(long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null,
                (long, long)? padding = null, (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1,
                bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, kernel_size, stride ?? (1, 1), padding ?? (0, 0), null, dilation ?? (1, 1),
                    padding_mode, groups, bias, device, dtype);

            public static Conv2d Conv2d(long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, (kernel_size, kernel_size), (stride, stride), null, padding, (dilation, dilation),
                    padding_mode, groups, bias, device, dtype);

            public static Conv2d Conv2d(long in_channels, long out_channels, (long, long) kernel_size, Padding padding, (long, long)? stride = null,
                (long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true,
                Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, kernel_size, stride ?? (1, 1), null, padding, dilation ?? (1, 1), padding_mode, groups, bias, device, dtype);

            public static Conv3d Conv3d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, (kernel_size, kernel_size, kernel_size), (stride, stride, stride), (padding, padding, padding), null,
                    (dilation, dilation, dilation), padding_mode, groups, bias, device, dtype);

            public static Conv3d Conv3d(long in_channels, long out_channels, (long, long, long) kernel_size, (long, long, long)? stride = null,
                (long, long, long)? padding = null, (long, long, long)? dilation = null, PaddingModes padding_mode = PaddingModes.Zeros,
                long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, kernel_size, stride ?? (1, 1, 1), padding ?? (0, 0, 0), null, dilation ?? (1, 1, 1),
                    padding_mode, groups, bias, device, dtype);

            public static ConvTranspose2d ConvTranspose2d(long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0,
                long output_padding = 0, long dilation = 1, PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true,
                Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, (kernel_size, kernel_size), (stride, stride), (padding, padding), (output_padding, output_padding),
                    (dilation, dilation), padding_mode, groups, bias, device, dtype);

            public static ConvTranspose2d ConvTranspose2d(long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null,
                (long, long)? padding = null, (long, long)? output_padding = null, (long, long)? dilation = null,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true, Device? device = null, ScalarType? dtype = null) =>
                new(in_channels, out_channels, kernel_size, stride ?? (1, 1), padding ?? (0, 0), output_padding ?? (0, 0), dilation ?? (1, 1),
                    padding_mode, groups, bias, device, dtype);

            public static partial class functional
            {
                internal static readonly Op s_conv1d = new("aten::conv1d");
                internal static readonly Op s_conv2d = new("aten::conv2d");
                internal static readonly Op s_conv3d = new("aten::conv3d");
                internal static readonly Op s_conv1dNamed = new("aten::conv1d", "padding");
                internal static readonly Op s_conv2dNamed = new("aten::conv2d", "padding");
                internal static readonly Op s_conv3dNamed = new("aten::conv3d", "padding");
                internal static readonly Op s_convTranspose2d = new("aten::conv_transpose2d", "input");

                private static readonly long[] s_one = [1];
                private static readonly long[] s_zero = [0];

                /// <summary>Input [N, C, W], weight [out, C / groups, k].</summary>
                public static Tensor conv1d(Tensor input, Tensor weight, Tensor? bias = null, long? stride = null, long? padding = null,
                    long? dilation = null, long groups = 1) =>
                    s_conv1d.Call(input, weight, bias, stride ?? 1, padding ?? 0, dilation ?? 1, groups);

                /// <summary>Input [N, C, H, W], weight [out, C / groups, kh, kw].</summary>
                public static Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null,
                    long[]? dilation = null, long groups = 1) =>
                    WinogradConvolution.Suits(input, weight, strides ?? s_one, padding ?? s_zero, dilation ?? s_one, groups)
                        ? WinogradConvolution.Of(input, weight, bias, (dilation ?? s_one)[0])
                        : s_conv2d.Call(input, weight, bias, strides ?? s_one, padding ?? s_zero, dilation ?? s_one, groups);

                /// <summary>Input [N, C, D, H, W], weight [out, C / groups, kd, kh, kw].</summary>
                public static Tensor conv3d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null,
                    long[]? dilation = null, long groups = 1) =>
                    s_conv3d.Call(input, weight, bias, strides ?? s_one, padding ?? s_zero, dilation ?? s_one, groups);

                /// <summary>Input [N, C, H, W], weight [C, out / groups, kh, kw].</summary>
                public static Tensor conv_transpose2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null,
                    long[]? output_padding = null, long[]? dilation = null, long groups = 1) =>
                    s_convTranspose2d.Call(input, weight, bias, strides ?? s_one, padding ?? s_zero, output_padding ?? s_zero, groups, dilation ?? s_one);
            }
        }
    }
}
