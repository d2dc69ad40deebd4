using TorchSharp.Engine;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Modules
{
    /// <summary>What batch and instance normalisation share: weight and bias [C], running statistics [C] and the count of batches seen.</summary>
    public abstract class NormBase : nn.Module<Tensor, Tensor>
    {
        private Parameter? _weight;
        private Parameter? _bias;
        private Tensor? _runningMean;
        private Tensor? _runningVar;
        private Tensor? _batches;

        private protected NormBase(string name, long num_features, double eps, double? momentum, bool affine, bool track_running_stats,
            Device? device, ScalarType? dtype)
            : base(name)
        {
            this.num_features = num_features;
            this.eps = eps;
            this.momentum = momentum;
            this.affine = affine;
            this.track_running_stats = track_running_stats;
            if (affine)
            {
                weight = nn.Parameter(ones([num_features], dtype: dtype, device: device));
                bias = nn.Parameter(zeros([num_features], dtype: dtype, device: device));
            }

            if (track_running_stats)
            {
                running_mean = zeros([num_features], dtype: dtype, device: device);
                running_var = ones([num_features], dtype: dtype, device: device);
                num_batches_tracked = zeros([], dtype: ScalarType.Int64, device: device);
            }
        }

        public long num_features { get; }

        public double eps { get; set; }

        /// <summary>The weight of a new batch in the running statistics; null: a plain average over all batches.</summary>
        public double? momentum { get; set; }

        public bool affine { get; }

        public bool track_running_stats { get; }

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

        public Tensor? running_mean
        {
            get => _runningMean;
            set => SetBuffer(nameof(running_mean), ref _runningMean, value);
        }

        public Tensor? running_var
        {
            get => _runningVar;
            set => SetBuffer(nameof(running_var), ref _runningVar, value);
        }

        public Tensor? num_batches_tracked
        {
            get => _batches;
            set => SetBuffer(nameof(num_batches_tracked), ref _batches, value);
        }

        public void reset_running_stats()
        {
            if (!track_running_stats)
                return;
            nn.init.zeros_(running_mean!);
            nn.init.ones_(running_var!);
            nn.init.zeros_(num_batches_tracked!);
        }

        public void reset_parameters()
        {
            reset_running_stats();
            if (!affine)
                return;
            nn.init.ones_(weight);
            nn.init.zeros_(bias!);
        }

        private protected void RequireDimensions(Tensor input, int least, int most)
        {
            var dimensions = input.dim();
            if (dimensions < least || dimensions > most)
            {
                var wanted = least == most ? $"{least}" : $"{least} or {most}";
                throw new ArgumentException($"{GetName()} takes an input of {wanted} dimensions, not {dimensions}");
            }
        }
    }

    /// <summary>Normalises each channel over the batch: with the batch's statistics in training, with the running ones in evaluation.</summary>
    public abstract class BatchNorm : NormBase
    {
        private static readonly Op s_increment = new("aten::add_", "Scalar");
        private readonly int _least;
        private readonly int _most;

        private protected BatchNorm(string name, int least, int most, long num_features, double eps, double? momentum, bool affine,
            bool track_running_stats, Device? device, ScalarType? dtype)
            : base(name, num_features, eps, momentum, affine, track_running_stats, device, dtype)
        {
            _least = least;
            _most = most;
        }

        public override Tensor forward(Tensor input)
        {
            RequireDimensions(input, _least, _most);
            var factor = momentum ?? 0;
            if (training && num_batches_tracked is { } batches)
            {
                s_increment.Run(batches, 1);
                if (momentum is null)
                    factor = 1.0 / batches.item<long>();
            }

            return F.batch_norm(input, running_mean, running_var, weight, bias, training || running_mean is null, factor, eps);
        }
    }

    public sealed class BatchNorm1d : BatchNorm
    {
        internal BatchNorm1d(long num_features, double eps, double? momentum, bool affine, bool track, Device? device, ScalarType? dtype)
            : base(nameof(BatchNorm1d), 2, 3, num_features, eps, momentum, affine, track, device, dtype)
        {
        }
    }

    public sealed class BatchNorm2d : BatchNorm
    {
        internal BatchNorm2d(long num_features, double eps, double? momentum, bool affine, bool track, Device? device, ScalarType? dtype)
            : base(nameof(BatchNorm2d), 4, 4, num_features, eps, momentum, affine, track, device, dtype)
        {
        }
    }

    public sealed class BatchNorm3d : BatchNorm
    {
        internal BatchNorm3d(long num_features, double eps, double? momentum, bool affine, bool track, Device? device, ScalarType? dtype)
            : base(nameof(BatchNorm3d), 5, 5, num_features, eps, momentum, affine, track, device, dtype)
        {
        }
    }

    /// <summary>Normalises each channel of each picture by itself.</summary>
    public sealed class InstanceNorm2d : NormBase
    {
        internal InstanceNorm2d(long num_features, double eps, double momentum, bool affine, bool track, Device? device, ScalarType? dtype)
            : base(nameof(InstanceNorm2d), num_features, eps, momentum, affine, track, device, dtype)
        {
        }

        public override Tensor forward(Tensor input)
        {
            RequireDimensions(input, 3, 4);
            if (input.dim() == 4)
                return Normalised(input);
            using var batch = input.unsqueeze(0);
            using var normalised = Normalised(batch);
            return normalised.squeeze(0);
        }

        private Tensor Normalised(Tensor input) =>
            F.instance_norm(input, running_mean, running_var, weight, bias, training || !track_running_stats, momentum ?? 0, eps);
    }

    /// <summary>Normalises over the last dimensions, of the given sizes.</summary>
    public sealed class LayerNorm : nn.Module<Tensor, Tensor>
    {
        private readonly long[] _shape;
        private readonly double _eps;
        private Parameter? _weight;
        private Parameter? _bias;

        internal LayerNorm(long[] normalized_shape, double eps, bool elementwise_affine, bool bias, Device? device, ScalarType? dtype)
            : base(nameof(LayerNorm))
        {
            _shape = normalized_shape;
            _eps = eps;
            if (!elementwise_affine)
                return;
            weight = nn.Parameter(ones(normalized_shape, dtype: dtype, device: device));
            if (bias)
                this.bias = nn.Parameter(zeros(normalized_shape, dtype: dtype, device: device));
        }

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

        public override Tensor forward(Tensor tensor) => F.layer_norm(tensor, _shape, _weight, _bias, _eps);
    }

    /// <summary>Normalises over groups of channels of each example.</summary>
    public sealed class GroupNorm : nn.Module<Tensor, Tensor>
    {
        private readonly long _groups;
        private readonly double _eps;
        private Parameter? _weight;
        private Parameter? _bias;

        internal GroupNorm(long num_groups, long num_channels, double eps, bool affine, Device? device, ScalarType? dtype)
            : base(nameof(GroupNorm))
        {
            if (num_channels % num_groups != 0)
                throw new ArgumentException($"{num_channels} channels cannot be split into {num_groups} groups");
            _groups = num_groups;
            _eps = eps;
            if (!affine)
                return;
            weight = nn.Parameter(ones([num_channels], dtype: dtype, device: device));
            bias = nn.Parameter(zeros([num_channels], dtype: dtype, device: device));
        }

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

        public override Tensor forward(Tensor tensor) => F.group_norm(tensor, _groups, _weight, _bias, _eps);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static BatchNorm1d BatchNorm1d(long num_features, double eps = 1e-05, double momentum = 0.1, bool affine = true,
                bool track_running_stats = true, Device? device = null, ScalarType? dtype = null) =>
                new(num_features, eps, momentum, affine, track_running_stats, device, dtype);

            public static BatchNorm2d BatchNorm2d(long num_features, double eps = 1e-05, double momentum = 0.1, bool affine = true,
                bool track_running_stats = true, Device? device = null, ScalarType? dtype = null) =>
                new(num_features, eps, momentum, affine, track_running_stats, device, dtype);

            public static BatchNorm3d BatchNorm3d(long num_features, double eps = 1e-05, double momentum = 0.1, bool affine = true,
                bool track_running_stats = true, Device? device = null, ScalarType? dtype = null) =>
                new(num_features, eps, momentum, affine, track_running_stats, device, dtype);

            public static InstanceNorm2d InstanceNorm2d(long num_features, double eps = 1e-05, double momentum = 0.1, bool affine = false,
                bool track_running_stats = false, Device? device = null, ScalarType? dtype = null) =>
                new(num_features, eps, momentum, affine, track_running_stats, device, dtype);

            public static LayerNorm LayerNorm(long[] normalized_shape, double eps = 1e-05, bool elementwise_affine = true, bool bias = true,
                Device? device = null, ScalarType? dtype = null) => new(normalized_shape, eps, elementwise_affine, bias, device, dtype);

            public static LayerNorm LayerNorm(long normalized_shape, double eps = 1e-05, bool elementwise_affine = true, bool bias = true,
                Device? device = null, ScalarType? dtype = null) => new([normalized_shape], eps, elementwise_affine, bias, device, dtype);

            public static GroupNorm GroupNorm(long num_groups, long num_channels, double eps = 1e-05, bool affine = true,
                Device? device = null, ScalarType? dtype = null) => new(num_groups, num_channels, eps, affine, device, dtype);

            public static partial class functional
            {
                private static readonly Op s_batchNorm = new("aten::batch_norm");
                private static readonly Op s_instanceNorm = new("aten::instance_norm");
                private static readonly Op s_layerNorm = new("aten::layer_norm");
                private static readonly Op s_groupNorm = new("aten::group_norm");

                // The schemas want to know whether cuDNN may be used; off the GPU it makes no difference.
                private const bool UseCudnn = true;

                /// <summary>Input [N, C, …]; the running statistics [C] are updated in training.</summary>
                public static Tensor batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null,
                    bool training = false, double momentum = 0.1, double eps = 1e-5)
                {
                    if (training)
                        RequireSeveralValues(input);
                    return (training ? FusedLayers.BatchNorm(input, running_mean, running_var, weight, bias, momentum, eps) : null)
                        ?? s_batchNorm.Call(input, weight, bias, running_mean, running_var, training, momentum, eps, UseCudnn);
                }

                public static Tensor instance_norm(Tensor input, Tensor? running_mean = null, Tensor? running_var = null, Tensor? weight = null,
                    Tensor? bias = null, bool use_input_stats = true, double momentum = 0.1, double eps = 1e-5) =>
                    s_instanceNorm.Call(input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps, UseCudnn);

                // On the CPU libtorch 1.13 takes no bfloat16 together with float32 weights; on CUDA autocast computes both norms in float32 as well.
                public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5)
                {
                    using var cast = Autocast.InFloat32(input);
                    return FusedLayers.LayerNorm(cast ?? input, normalized_shape, weight, bias, eps)
                        ?? s_layerNorm.Call(cast ?? input, normalized_shape, weight, bias, eps, UseCudnn);
                }

                public static Tensor group_norm(Tensor input, long num_groups, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5)
                {
                    using var cast = Autocast.InFloat32(input);
                    return s_groupNorm.Call(cast ?? input, num_groups, weight, bias, eps, UseCudnn);
                }

                /// <summary>Divides by the p-norm along a dimension, or by eps where the norm is smaller.</summary>
                public static Tensor normalize(Tensor input, double p = 2.0, long dim = 1L, double eps = 1e-12)
                {
                    using var norm = s_norm.Call(input, p, (long[])[dim], true);
                    using var bounded = norm.clamp_min(eps);
                    return input / bounded;
                }

                private static readonly Op s_norm = new("aten::norm", "ScalarOpt_dim");

                private static void RequireSeveralValues(Tensor input)
                {
                    var shape = input.shape;
                    if (shape.Length >= 2 && input.numel() == shape[1])
                        throw new ArgumentException("batch normalisation cannot learn from one value per channel, got an input of shape "
                            + $"[{string.Join(", ", shape)}]");
                }
            }
        }
    }
}
