using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Modules
{
    /// <summary>A layer without parameters.</summary>
    public abstract class ParameterLessModule<T, TResult>(string name) : nn.Module<T, TResult>(name);

    public sealed class ReLU : ParameterLessModule<Tensor, Tensor>
    {
        internal ReLU(bool inplace)
            : base(nameof(ReLU)) => this.inplace = inplace;

        public bool inplace { get; set; }

        public override Tensor forward(Tensor tensor) => F.relu(tensor, inplace);
    }

    public sealed class LeakyReLU : ParameterLessModule<Tensor, Tensor>
    {
        internal LeakyReLU(double negative_slope, bool inplace)
            : base(nameof(LeakyReLU))
        {
            this.negative_slope = negative_slope;
            this.inplace = inplace;
        }

        public double negative_slope { get; set; }

        public bool inplace { get; set; }

        public override Tensor forward(Tensor tensor) => F.leaky_relu(tensor, negative_slope, inplace);
    }

    public sealed class ELU : ParameterLessModule<Tensor, Tensor>
    {
        internal ELU(double alpha, bool inplace)
            : base(nameof(ELU))
        {
            this.alpha = alpha;
            this.inplace = inplace;
        }

        public double alpha { get; set; }

        public bool inplace { get; set; }

        public override Tensor forward(Tensor tensor) => F.elu(tensor, alpha, inplace);
    }

    public sealed class GELU : ParameterLessModule<Tensor, Tensor>
    {
        internal GELU(Approximate approximate, bool inplace)
            : base(nameof(GELU))
        {
            this.approximate = approximate;
            this.inplace = inplace;
        }

        public enum Approximate
        {
            none,
            tanh,
        }

        public Approximate approximate { get; set; }

        public bool inplace { get; set; }

        public override Tensor forward(Tensor tensor) => F.gelu(tensor, approximate, inplace);
    }

    public sealed class SiLU : ParameterLessModule<Tensor, Tensor>
    {
        internal SiLU(bool inplace)
            : base(nameof(SiLU)) => this.inplace = inplace;

        public bool inplace { get; set; }

        public override Tensor forward(Tensor tensor) => F.silu(tensor, inplace);
    }

    public sealed class Sigmoid : ParameterLessModule<Tensor, Tensor>
    {
        internal Sigmoid(bool inplace)
            : base(nameof(Sigmoid)) => this.inplace = inplace;

        public bool inplace { get; set; }

        public override Tensor forward(Tensor tensor) => F.sigmoid(tensor, inplace);
    }

    public sealed class Tanh : ParameterLessModule<Tensor, Tensor>
    {
        internal Tanh(bool inplace)
            : base(nameof(Tanh)) => this.inplace = inplace;

        public bool inplace { get; set; }

        public override Tensor forward(Tensor tensor) => F.tanh(tensor, inplace);
    }

    public sealed class Softmax : ParameterLessModule<Tensor, Tensor>
    {
        internal Softmax(long dim)
            : base(nameof(Softmax)) => this.dim = dim;

        public long dim { get; set; }

        public override Tensor forward(Tensor tensor) => F.softmax(tensor, dim);
    }

    public sealed class LogSoftmax : ParameterLessModule<Tensor, Tensor>
    {
        internal LogSoftmax(long dim)
            : base(nameof(LogSoftmax)) => this.dim = dim;

        public long dim { get; set; }

        public override Tensor forward(Tensor tensor) => F.log_softmax(tensor, dim);
    }

    public sealed class Softplus : ParameterLessModule<Tensor, Tensor>
    {
        internal Softplus(double beta, double threshold)
            : base(nameof(Softplus))
        {
            this.beta = beta;
            this.threshold = threshold;
        }

        public double beta { get; set; }

        public double threshold { get; set; }

        public override Tensor forward(Tensor tensor) => F.softplus(tensor, beta, threshold);
    }

    /// <summary>A leaky rectifier whose slope, one or one per channel, is learned.</summary>
    public sealed class PReLU : nn.Module<Tensor, Tensor>
    {
        private Parameter? _weight;

        internal PReLU(long num_parameters, double init, Device? device, ScalarType? dtype)
            : base(nameof(PReLU))
        {
            weight = nn.Parameter(empty([num_parameters], dtype: dtype, device: device));
            nn.init.constant_(weight, init);
        }

        public Parameter weight
        {
            get => _weight!;
            set => SetParameter(nameof(weight), ref _weight, value);
        }

        public override Tensor forward(Tensor tensor) => F.prelu(tensor, _weight!);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static ReLU ReLU(bool inplace = false) => new(inplace);

            public static LeakyReLU LeakyReLU(double negative_slope = 0.01, bool inplace = false) => new(negative_slope, inplace);

            public static ELU ELU(double alpha = 1.0, bool inplace = false) => new(alpha, inplace);

            public static GELU GELU() => new(Modules.GELU.Approximate.none, false);

            public static GELU GELU(bool inplace) => new(Modules.GELU.Approximate.none, inplace);

            public static GELU GELU(GELU.Approximate approximate, bool inplace = false) => new(approximate, inplace);

            public static SiLU SiLU() => new(false);

            public static SiLU SiLU(bool inplace) => new(inplace);

            public static Sigmoid Sigmoid() => new(false);

            public static Sigmoid Sigmoid(bool inplace) => new(inplace);

            public static Tanh Tanh() => new(false);

            public static Tanh Tanh(bool inplace) => new(inplace);

            public static Softmax Softmax(long dim) => new(dim);

            public static LogSoftmax LogSoftmax(long dim) => new(dim);

            public static Softplus Softplus(double beta = 1, double threshold = 20) => new(beta, threshold);

            public static PReLU PReLU(long num_parameters, double init = 0.25, Device? device = null, ScalarType? dtype = null) =>
                new(num_parameters, init, device, dtype);

            public static partial class functional
            {
                // The in-place forms hand back another handle of the input, so that input and result can each be disposed.
                private static readonly Op s_relu = new("aten::relu");
                private static readonly Op s_reluInPlace = new("aten::relu_");
                private static readonly Op s_leakyRelu = new("aten::leaky_relu");
                private static readonly Op s_leakyReluInPlace = new("aten::leaky_relu_");
                private static readonly Op s_elu = new("aten::elu");
                private static readonly Op s_eluInPlace = new("aten::elu_");
                private static readonly Op s_gelu = new("aten::gelu");
                private static readonly Op s_geluInPlace = new("aten::gelu_");
                private static readonly Op s_silu = new("aten::silu");
                private static readonly Op s_siluInPlace = new("aten::silu_");
                private static readonly Op s_sigmoid = new("aten::sigmoid");
                private static readonly Op s_sigmoidInPlace = new("aten::sigmoid_");
                private static readonly Op s_tanh = new("aten::tanh");
                private static readonly Op s_tanhInPlace = new("aten::tanh_");
                private static readonly Op s_softmax = new("aten::softmax", "int");
                private static readonly Op s_logSoftmax = new("aten::log_softmax", "int");
                private static readonly Op s_softplus = new("aten::softplus");
                private static readonly Op s_prelu = new("aten::prelu");

                public static Tensor relu(Tensor x, bool inplace = false) => (inplace ? s_reluInPlace : s_relu).Call(x);

                public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false) =>
                    (inplace ? s_leakyReluInPlace : s_leakyRelu).Call(input, negative_slope);

                public static Tensor elu(Tensor x, double alpha, bool inplace = false) => (inplace ? s_eluInPlace : s_elu).Call(x, alpha);

                public static Tensor gelu(Tensor x) => FusedLayers.Gelu(x) ?? s_gelu.Call(x);

                public static Tensor gelu(Tensor x, bool inplace) => inplace ? s_geluInPlace.Call(x) : gelu(x);

                public static Tensor gelu(Tensor x, GELU.Approximate approximate, bool inplace = false) =>
                    approximate == Modules.GELU.Approximate.none ? gelu(x, inplace) : (inplace ? s_geluInPlace : s_gelu).Call(x, "tanh");

                public static Tensor silu(Tensor x, bool inplace = false) => (inplace ? s_siluInPlace : s_silu).Call(x);

                public static Tensor sigmoid(Tensor x) => s_sigmoid.Call(x);

                public static Tensor sigmoid(Tensor x, bool inplace) => (inplace ? s_sigmoidInPlace : s_sigmoid).Call(x);

                public static Tensor tanh(Tensor x, bool inplace = false) => (inplace ? s_tanhInPlace : s_tanh).Call(x);

                public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => s_softmax.Call(input, dim, dtype);

                public static Tensor log_softmax(Tensor x, long dim) => s_logSoftmax.Call(x, dim);

                /// <summary>log(1 + exp(beta x)) / beta; x itself where beta x is above the threshold.</summary>
                public static Tensor softplus(Tensor x, double beta = 1, double threshold = 20) => s_softplus.Call(x, beta, threshold);

                public static Tensor prelu(Tensor input, Tensor weight) => s_prelu.Call(input, weight);
            }
        }
    }
}
