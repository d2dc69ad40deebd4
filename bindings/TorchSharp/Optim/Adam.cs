using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>The options of <see cref="Adam"/> and <see cref="AdamW"/>.</summary>
    public abstract class AdamOptions : OptimizerOptions
    {
        public double? beta1;
        public double? beta2;
        public double? weight_decay;
        public double? eps;
        public bool? amsgrad;
        public bool? maximize;

        public override void SaveStateDict(BinaryWriter writer)
        {
            base.SaveStateDict(writer);
            foreach (var number in (double?[])[beta1, beta2, eps, weight_decay])
                writer.Write(number!.Value);
            writer.Write(amsgrad!.Value);
            writer.Write(maximize!.Value);
        }

        public override void LoadStateDict(BinaryReader reader)
        {
            base.LoadStateDict(reader);
            beta1 = reader.ReadDouble();
            beta2 = reader.ReadDouble();
            eps = reader.ReadDouble();
            weight_decay = reader.ReadDouble();
            amsgrad = reader.ReadBoolean();
            maximize = reader.ReadBoolean();
        }

        public override void LoadStateDict(OptimizerOptions source)
        {
            base.LoadStateDict(source);
            var other = (AdamOptions)source;
            (beta1, beta2, eps, weight_decay) = (other.beta1, other.beta2, other.eps, other.weight_decay);
            (amsgrad, maximize) = (other.amsgrad, other.maximize);
        }

        internal override void Complete(OptimizerOptions defaults)
        {
            base.Complete(defaults);
            var other = (AdamOptions)defaults;
            beta1 ??= other.beta1;
            beta2 ??= other.beta2;
            eps ??= other.eps;
            weight_decay ??= other.weight_decay;
            amsgrad ??= other.amsgrad;
            maximize ??= other.maximize;
        }
    }

    /// <summary>The steps taken and the running means of gradient and squared gradient.</summary>
    public sealed class AdamState : OptimizerState
    {
        private readonly Parameter _parameter;

        internal AdamState(Parameter parameter, bool amsgrad)
        {
            _parameter = parameter;
            exp_avg = Zeros(parameter);
            exp_avg_sq = Zeros(parameter);
            max_exp_avg_sq = amsgrad ? Zeros(parameter) : null;
        }

        public long step { get; set; }

        public Tensor exp_avg { get; private set; }

        public Tensor exp_avg_sq { get; private set; }

        public Tensor? max_exp_avg_sq { get; private set; }

        public override void SaveStateDict(BinaryWriter writer)
        {
            writer.Write(step);
            TensorStream.Write(writer, exp_avg);
            TensorStream.Write(writer, exp_avg_sq);
            TensorStream.Write(writer, max_exp_avg_sq);
        }

        public override void LoadStateDict(BinaryReader reader)
        {
            step = reader.ReadInt64();
            exp_avg = TensorStream.Read(reader, exp_avg, _parameter)!;
            exp_avg_sq = TensorStream.Read(reader, exp_avg_sq, _parameter)!;
            max_exp_avg_sq = TensorStream.Read(reader, max_exp_avg_sq, _parameter);
        }

        public override void LoadStateDict(OptimizerState source)
        {
            var other = (AdamState)source;
            step = other.step;
            exp_avg = TensorStream.Copy(other.exp_avg, exp_avg, _parameter)!;
            exp_avg_sq = TensorStream.Copy(other.exp_avg_sq, exp_avg_sq, _parameter)!;
            max_exp_avg_sq = TensorStream.Copy(other.max_exp_avg_sq, max_exp_avg_sq, _parameter);
        }

        public override void Dispose()
        {
            exp_avg.Dispose();
            exp_avg_sq.Dispose();
            max_exp_avg_sq?.Dispose();
        }
    }

    /// <summary>
    /// Adam (Kingma and Ba 2015): m = β₁ m + (1 - β₁) g, v = β₂ v + (1 - β₂) g², parameter -= lr m̂ / (√v̂ + ε).
    /// Adam adds the weight decay to the gradient; AdamW (Loshchilov and Hutter 2019) shrinks the parameter by lr times it.
    /// </summary>
    public abstract class AdamFamily : OptimizerHelper, optim.IBetas
    {
        private readonly bool _decoupled;

        private protected AdamFamily(AdamOptions defaults, bool decoupled, IEnumerable<ParamGroup> groups)
            : base(defaults)
        {
            _decoupled = decoupled;
            Require(defaults.LearningRate >= 0, "learning rate", defaults.LearningRate);
            Require(defaults.eps >= 0, "eps", defaults.eps);
            Require(defaults.beta1 is >= 0 and < 1, "beta1", defaults.beta1);
            Require(defaults.beta2 is >= 0 and < 1, "beta2", defaults.beta2);
            Require(defaults.weight_decay >= 0, "weight_decay", defaults.weight_decay);
            AddGroups(groups);
        }

        public (double, double) Betas
        {
            get => (((AdamOptions)Defaults).beta1!.Value, ((AdamOptions)Defaults).beta2!.Value);
            set => (((AdamOptions)Defaults).beta1, ((AdamOptions)Defaults).beta2) = value;
        }

        private protected override OptimizerState NewState(Parameter parameter, OptimizerOptions options) =>
            new AdamState(parameter, ((AdamOptions)options).amsgrad == true);

        private protected override void Step(OptimizerOptions options, List<Live> live)
        {
            foreach (var entry in live)
                ((AdamState)entry.State).step++;
            // Parameters that had no gradient at times lag behind; each count of steps has its own bias correction.
            foreach (var same in live.GroupBy(entry => ((AdamState)entry.State).step))
                Step((AdamOptions)options, same.Key, [.. same]);
        }

        // One pass over memory for plain tensors; false, with nothing done, for others.
        private unsafe bool Fused(AdamOptions options, long step, Tensor[] parameters, Tensor[] gradients, Tensor[] means, Tensor[] squares)
        {
            var handles = new IntPtr[4 * parameters.Length];
            for (var i = 0; i < parameters.Length; i++)
                (handles[4 * i], handles[(4 * i) + 1], handles[(4 * i) + 2], handles[(4 * i) + 3]) =
                    (parameters[i].Handle, gradients[i].Handle, means[i].Handle, squares[i].Handle);
            fixed (IntPtr* first = handles)
            {
                Native.Check(Native.avs_adam_step(first, parameters.Length, step, options.LearningRate!.Value, options.beta1!.Value,
                    options.beta2!.Value, options.eps!.Value, options.weight_decay!.Value, _decoupled ? 1 : 0, out var done));
                return done != 0;
            }
        }

        private static void Require(bool holds, string name, double? value)
        {
            if (!holds)
                throw new ArgumentException($"{name} {value} is out of range");
        }

        private void Step(AdamOptions options, long step, Live[] live)
        {
            var (beta1, beta2, eps) = (options.beta1!.Value, options.beta2!.Value, options.eps!.Value);
            var (rate, decay) = (options.LearningRate!.Value, options.weight_decay!.Value);
            Tensor[] parameters = Array.ConvertAll(live, entry => (Tensor)entry.Parameter);
            var gradients = Array.ConvertAll(live, entry => entry.Gradient);
            var states = Array.ConvertAll(live, entry => (AdamState)entry.State);
            var means = Array.ConvertAll(states, state => state.exp_avg);
            var squares = Array.ConvertAll(states, state => state.exp_avg_sq);
            if (options is { amsgrad: false, maximize: false } && Fused(options, step, parameters, gradients, means, squares))
                return;

            if (options.maximize == true)
                gradients = Foreach.NegativeOf(gradients);
            if (decay != 0 && _decoupled)
                Foreach.Multiply(parameters, 1 - (rate * decay));
            else if (decay != 0)
                gradients = Foreach.SumOf(gradients, parameters, decay);

            Foreach.Multiply(means, beta1);
            Foreach.Add(means, gradients, 1 - beta1);
            Foreach.Multiply(squares, beta2);
            Foreach.AddProduct(squares, gradients, gradients, 1 - beta2);

            if (options.amsgrad == true)
            {
                var largest = Array.ConvertAll(states, state => state.max_exp_avg_sq!);
                Foreach.Maximum(largest, squares);
                squares = largest;
            }

            var denominators = Foreach.SqrtOf(squares);
            Foreach.Divide(denominators, Math.Sqrt(1 - Math.Pow(beta2, step)));
            Foreach.Add(denominators, eps);
            Foreach.AddQuotient(parameters, means, denominators, -rate / (1 - Math.Pow(beta1, step)));
        }
    }

    public sealed class Adam : AdamFamily
    {
        internal Adam(Options options, IEnumerable<ParamGroup> groups)
            : base(options, false, groups)
        {
        }

        public sealed class Options : AdamOptions;

        public sealed class ParamGroup : ParamGroup<Options>, optim.IBetas
        {
            public ParamGroup()
            {
            }

            public ParamGroup(IEnumerable<Parameter> parameters, Options? options)
                : base(parameters, options)
            {
            }

            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
                double weight_decay = 0, bool amsgrad = false, bool maximize = false)
                : base(parameters, new()
                {
                    LearningRate = lr,
                    beta1 = beta1,
                    beta2 = beta2,
                    eps = eps,
                    weight_decay = weight_decay,
                    amsgrad = amsgrad,
                    maximize = maximize,
                })
            {
            }

            public (double, double) Betas
            {
                get => (Options.beta1!.Value, Options.beta2!.Value);
                set => (Options.beta1, Options.beta2) = value;
            }
        }
    }

    public sealed class AdamW : AdamFamily
    {
        internal AdamW(Options options, IEnumerable<ParamGroup> groups)
            : base(options, true, groups)
        {
        }

        public sealed class Options : AdamOptions;

        public sealed class ParamGroup : ParamGroup<Options>, optim.IBetas
        {
            public ParamGroup()
            {
            }

            public ParamGroup(IEnumerable<Parameter> parameters, Options? options)
                : base(parameters, options)
            {
            }

            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
                double weight_decay = 0, bool amsgrad = false, bool maximize = false)
                : base(parameters, new()
                {
                    LearningRate = lr,
                    beta1 = beta1,
                    beta2 = beta2,
                    eps = eps,
                    weight_decay = weight_decay,
                    amsgrad = amsgrad,
                    maximize = maximize,
                })
            {
            }

            public (double, double) Betas
            {
                get => (Options.beta1!.Value, Options.beta2!.Value);
                set => (Options.beta1, Options.beta2) = value;
            }
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class optim
        {
            public static Adam Adam(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
                double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                Adam([new Adam.ParamGroup(parameters, null)], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            public static Adam Adam(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1e-3, double beta1 = 0.9,
                double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                Adam(parameters.Select(entry => entry.parameter), lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            public static Adam Adam(IEnumerable<Adam.ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999,
                double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(Options<Adam.Options>(lr, beta1, beta2, eps, weight_decay, amsgrad, maximize), parameters);

            /// <summary>As in TorchSharp, the weight decay is 0 unless given (PyTorch's default is 0.01).</summary>
            public static AdamW AdamW(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
                double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                AdamW([new AdamW.ParamGroup(parameters, null)], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            /// <inheritdoc cref="AdamW(IEnumerable{Parameter}, double, double, double, double, double, bool, bool)"/>
            public static AdamW AdamW(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1e-3, double beta1 = 0.9,
                double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                AdamW(parameters.Select(entry => entry.parameter), lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            /// <inheritdoc cref="AdamW(IEnumerable{Parameter}, double, double, double, double, double, bool, bool)"/>
            public static AdamW AdamW(IEnumerable<AdamW.ParamGroup> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999,
                double eps = 1e-8, double weight_decay = 0, bool amsgrad = false, bool maximize = false) =>
                new(Options<AdamW.Options>(lr, beta1, beta2, eps, weight_decay, amsgrad, maximize), parameters);

            private static T Options<T>(double lr, double beta1, double beta2, double eps, double weight_decay, bool amsgrad, bool maximize)
                where T : AdamOptions, new() => new()
                {
                    LearningRate = lr,
                    beta1 = beta1,
                    beta2 = beta2,
                    eps = eps,
                    weight_decay = weight_decay,
                    amsgrad = amsgrad,
                    maximize = maximize,
                };
        }
    }
}
