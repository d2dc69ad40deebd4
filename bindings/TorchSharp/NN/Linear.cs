using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>x Wᵀ + b over the last dimension; weight [out, in], bias [out].</summary>
    public sealed class Linear : nn.Module<Tensor, Tensor>
    {
        private Parameter? _weight;
        private Parameter? _bias;

        internal Linear(long inputSize, long outputSize, bool hasBias, Device? device, ScalarType? dtype)
            : base(nameof(Linear))
        {
            weight = nn.Parameter(empty([outputSize, inputSize], dtype: dtype, device: device));
            if (hasBias)
                bias = nn.Parameter(empty([outputSize], dtype: dtype, device: device));
            nn.init.ResetLinear(weight, bias);
            in_features = inputSize;
            out_features = outputSize;
        }

        internal Linear(Parameter weight, Parameter? bias)
            : base(nameof(Linear))
        {
            this.weight = weight;
            this.bias = bias;
            in_features = weight.shape[1];
            out_features = weight.shape[0];
        }

        public long in_features { get; }

        public long out_features { get; }

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

        public override Tensor forward(Tensor tensor) => nn.functional.linear(tensor, _weight!, _bias);
    }

    /// <summary>Rows of a table [num_embeddings, embedding_dim], chosen by integers.</summary>
    public sealed class Embedding : nn.Module<Tensor, Tensor>
    {
        private static readonly Op s_embedding = new("aten::embedding");
        private static readonly Op s_renorm = new("aten::embedding_renorm_");
        private readonly long _padding;
        private readonly double? _maxNorm;
        private readonly double _normType;
        private readonly bool _scaleGradient;
        private readonly bool _sparse;
        private Parameter? _weight;

        internal Embedding(Parameter table, long? paddingIndex, double? maxNorm, double normType, bool scaleGradient, bool sparse)
            : base(nameof(Embedding))
        {
            weight = table;
            var rows = table.shape[0];
            if (paddingIndex is { } index && (index >= rows || index < -rows))
                throw new ArgumentException($"padding_idx {index} is outside the {rows} rows");
            _padding = paddingIndex is not { } given ? -1 : given < 0 ? given + rows : given;
            _maxNorm = maxNorm;
            _normType = normType;
            _scaleGradient = scaleGradient;
            _sparse = sparse;
        }

        public Parameter weight
        {
            get => _weight!;
            set => SetParameter(nameof(weight), ref _weight, value);
        }

        public override Tensor forward(Tensor input)
        {
            if (_maxNorm is { } limit)
            {
                using var guard = no_grad();
                s_renorm.Run(_weight, input, limit, _normType);
            }

            return s_embedding.Call(_weight, input, _padding, _scaleGradient, _sparse);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null) =>
                new(inputSize, outputSize, hasBias, device, dtype);

            public static Linear Linear(Parameter weight, Parameter? bias = null) => new(weight, bias);

            public static Embedding Embedding(long num_embeddings, long embedding_dims, long? padding_idx = null, double? max_norm = null,
                double norm_type = 2.0, bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
            {
                var embedding = new Embedding(Parameter(empty([num_embeddings, embedding_dims], dtype: dtype, device: device)),
                    padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse);
                init.normal_(embedding.weight);
                if (padding_idx is { } index)
                {
                    using var guard = no_grad();
                    using var row = embedding.weight.select(0, index);
                    row.zero_();
                }

                return embedding;
            }

            public static Embedding Embedding_from_pretrained(Tensor embeddings, bool freeze = true, long? padding_idx = null, double? max_norm = null,
                double norm_type = 2.0, bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
            {
                var table = embeddings.to(dtype ?? embeddings.dtype, device ?? embeddings.device, copy: true);
                return new(new Parameter(table, !freeze), padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse);
            }

            public static partial class functional
            {
                private static readonly Op s_linear = new("aten::linear");

                /// <summary>x Wᵀ + b over the last dimension; weights [out, in], bias [out].</summary>
                public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => s_linear.Call(input, weights, bias);
            }
        }
    }
}
