using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;
using Reduction = TorchSharp.torch.nn.Reduction;

namespace TorchSharp.Modules
{
    /// <summary>A loss of two tensors.</summary>
    public abstract class Loss<T1, T2, TResult> : nn.Module<T1, T2, TResult>
    {
        private protected Loss(string name, Reduction reduction)
            : base(name) => this.reduction = reduction;

        /// <summary>What becomes of the losses of the elements.</summary>
        public Reduction reduction { get; }
    }

    /// <summary>A loss whose elements or classes are weighted.</summary>
    public abstract class WeightedLoss<T1, T2, TResult> : Loss<T1, T2, TResult>
    {
        private protected WeightedLoss(string name, Tensor? weight, Reduction reduction)
            : base(name, reduction)
        {
            this.weight = weight;
            if (weight is not null)
                register_buffer(nameof(weight), weight);
        }

        public Tensor? weight { get; }
    }

    public sealed class CrossEntropyLoss : WeightedLoss<Tensor, Tensor, Tensor>
    {
        internal CrossEntropyLoss(Tensor? weight, long? ignore_index, Reduction reduction)
            : base(nameof(CrossEntropyLoss), weight, reduction) => this.ignore_index = ignore_index;

        public long? ignore_index { get; }

        public override Tensor forward(Tensor input, Tensor target) => F.cross_entropy(input, target, weight, ignore_index ?? -100, reduction);
    }

    public sealed class BCELoss : WeightedLoss<Tensor, Tensor, Tensor>
    {
        internal BCELoss(Tensor? weight, Reduction reduction)
            : base(nameof(BCELoss), weight, reduction)
        {
        }

        public override Tensor forward(Tensor input, Tensor target) => F.binary_cross_entropy(input, target, weight, reduction);
    }

    public sealed class BCEWithLogitsLoss : WeightedLoss<Tensor, Tensor, Tensor>
    {
        internal BCEWithLogitsLoss(Tensor? weight, Reduction reduction, Tensor? pos_weights)
            : base(nameof(BCEWithLogitsLoss), weight, reduction)
        {
            this.pos_weights = pos_weights;
            if (pos_weights is not null)
                register_buffer("pos_weight", pos_weights);
        }

        public Tensor? pos_weights { get; }

        public override Tensor forward(Tensor input, Tensor target) =>
            F.binary_cross_entropy_with_logits(input, target, weight, reduction, pos_weights);
    }

    public sealed class NLLLoss : WeightedLoss<Tensor, Tensor, Tensor>
    {
        internal NLLLoss(Tensor? weight, Reduction reduction)
            : base(nameof(NLLLoss), weight, reduction)
        {
        }

        public override Tensor forward(Tensor input, Tensor target) => F.nll_loss(input, target, weight, reduction);
    }

    public sealed class MSELoss : Loss<Tensor, Tensor, Tensor>
    {
        internal MSELoss(Reduction reduction)
            : base(nameof(MSELoss), reduction)
        {
        }

        public override Tensor forward(Tensor input, Tensor target) => F.mse_loss(input, target, reduction);
    }

    public sealed class L1Loss : Loss<Tensor, Tensor, Tensor>
    {
        internal L1Loss(Reduction reduction)
            : base(nameof(L1Loss), reduction)
        {
        }

        public override Tensor forward(Tensor input, Tensor target) => F.l1_loss(input, target, reduction);
    }

    public sealed class SmoothL1Loss : Loss<Tensor, Tensor, Tensor>
    {
        internal SmoothL1Loss(Reduction reduction, double beta)
            : base(nameof(SmoothL1Loss), reduction) => this.beta = beta;

        public double beta { get; }

        public override Tensor forward(Tensor input, Tensor target) => F.smooth_l1_loss(input, target, reduction, beta);
    }

    public sealed class KLDivLoss : Loss<Tensor, Tensor, Tensor>
    {
        internal KLDivLoss(bool log_target, Reduction reduction)
            : base(nameof(KLDivLoss), reduction) => this.log_target = log_target;

        public bool log_target { get; }

        public override Tensor forward(Tensor input, Tensor target) => F.kl_div(input, target, log_target, reduction);
    }

    /// <summary>The cosine of the angle between two tensors along a dimension.</summary>
    public sealed class CosineSimilarity : nn.Module<Tensor, Tensor, Tensor>
    {
        internal CosineSimilarity(long dim, double eps)
            : base(nameof(CosineSimilarity))
        {
            this.dim = dim;
            this.eps = eps;
        }

        public long dim { get; set; }

        public double eps { get; set; }

        public override Tensor forward(Tensor input1, Tensor input2) => F.cosine_similarity(input1, input2, dim, eps);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>What becomes of the losses of the elements: all of them, their mean, their sum.</summary>
            public enum Reduction : long
            {
                None = 0,
                Mean = 1,
                Sum = 2,
            }

            public static CrossEntropyLoss CrossEntropyLoss(Tensor? weight = null, long? ignore_index = null, Reduction reduction = Reduction.Mean) =>
                new(weight, ignore_index, reduction);

            public static BCELoss BCELoss(Tensor? weight = null, Reduction reduction = Reduction.Mean) => new(weight, reduction);

            public static BCEWithLogitsLoss BCEWithLogitsLoss(Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? pos_weights = null) =>
                new(weight, reduction, pos_weights);

            public static NLLLoss NLLLoss(Tensor? weight = null, Reduction reduction = Reduction.Mean) => new(weight, reduction);

            public static MSELoss MSELoss(Reduction reduction = Reduction.Mean) => new(reduction);

            public static L1Loss L1Loss(Reduction reduction = Reduction.Mean) => new(reduction);

            public static SmoothL1Loss SmoothL1Loss(Reduction reduction = Reduction.Mean, double beta = 1.0) => new(reduction, beta);

            public static KLDivLoss KLDivLoss(bool log_target = true, Reduction reduction = Reduction.Mean) => new(log_target, reduction);

            public static CosineSimilarity CosineSimilarity(long dim = 1, double eps = 1e-8) => new(dim, eps);

            public static partial class functional
            {
                private static readonly Op s_bceWithLogits = new("aten::binary_cross_entropy_with_logits");
                private static readonly Op s_bce = new("aten::binary_cross_entropy");
                private static readonly Op s_crossEntropy = new("aten::cross_entropy_loss");
                private static readonly Op s_nll = new("aten::nll_loss_nd");
                private static readonly Op s_mse = new("aten::mse_loss");
                private static readonly Op s_l1 = new("aten::l1_loss");
                private static readonly Op s_smoothL1 = new("aten::smooth_l1_loss");
                private static readonly Op s_huber = new("aten::huber_loss");
                private static readonly Op s_klDiv = new("aten::kl_div");
                private static readonly Op s_cosineSimilarity = new("aten::cosine_similarity");

                /// <summary>Binary cross-entropy of probabilities.</summary>
                public static Tensor binary_cross_entropy(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) =>
                    s_bce.Call(input, target, weight, (long)reduction);

                /// <summary>Binary cross-entropy of logits; <paramref name="pos_weights"/> weighs the positive ones.</summary>
                public static Tensor binary_cross_entropy_with_logits(Tensor input, Tensor target, Tensor? weight = null,
                    Reduction reduction = Reduction.Mean, Tensor? pos_weights = null) =>
                    s_bceWithLogits.Call(input, target, weight, pos_weights, (long)reduction);

                /// <summary>Input [N, C, …] of logits; target [N, …] of class numbers, or [N, C, …] of probabilities.</summary>
                public static Tensor cross_entropy(Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100,
                    Reduction reduction = Reduction.Mean, double label_smoothing = 0.0) =>
                    s_crossEntropy.Call(input, target, weight, (long)reduction, ignore_index, label_smoothing);

                /// <summary>Input [N, C, …] of logarithms of probabilities, target [N, …] of class numbers.</summary>
                public static Tensor nll_loss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) =>
                    s_nll.Call(input, target, weight, (long)reduction);

                public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                    s_mse.Call(input, target, (long)reduction);

                public static Tensor l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                    s_l1.Call(input, target, (long)reduction);

                public static Tensor smooth_l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, double beta = 1.0) =>
                    s_smoothL1.Call(input, target, (long)reduction, beta);

                public static Tensor huber_loss(Tensor input, Tensor target, double delta = 1.0, Reduction reduction = Reduction.Mean) =>
                    s_huber.Call(input, target, (long)reduction, delta);

                /// <summary>The Kullback-Leibler divergence; input: log-probabilities; target: as well, unless <paramref name="log_target"/> is false.</summary>
                public static Tensor kl_div(Tensor input, Tensor target, bool log_target = true, Reduction reduction = Reduction.Mean) =>
                    s_klDiv.Call(input, target, (long)reduction, log_target);

                /// <summary>The cosine of the angle between two tensors along a dimension.</summary>
                public static Tensor cosine_similarity(Tensor x1, Tensor x2, long dim = 1, double eps = 1e-8) =>
                    s_cosineSimilarity.Call(x1, x2, dim, eps);
            }
        }
    }
}
