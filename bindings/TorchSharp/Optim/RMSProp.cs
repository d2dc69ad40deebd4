using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Gradients divided by the root of their running mean square, centred and with momentum where asked for.</summary>
    public sealed class RMSProp : OptimizerHelper, optim.IMomentum
    {
        internal RMSProp(Options options, IEnumerable<ParamGroup> groups)
            : base(options)
        {
            if (options.LearningRate < 0 || options.eps < 0 || options.momentum < 0 || options.alpha < 0 || options.weight_decay < 0)
                throw new ArgumentException("learning rate, eps, momentum, alpha and weight decay must not be negative");
            AddGroups(groups);
        }

        public double Momentum
        {
            get => ((Options)Defaults).momentum!.Value;
            set => ((Options)Defaults).momentum = value;
        }

        private protected override OptimizerState NewState(Parameter parameter, OptimizerOptions options)
        {
            var own = (Options)options;
            return new State(parameter, own.momentum > 0, own.centered == true);
        }

        private protected override void Step(OptimizerOptions options, List<Live> live)
        {
            var own = (Options)options;
            var (alpha, rate) = (own.alpha!.Value, own.LearningRate!.Value);
            Tensor[] parameters = [.. live.Select(entry => entry.Parameter)];
            Tensor[] gradients = [.. live.Select(entry => entry.Gradient)];
            State[] states = [.. live.Select(entry => (State)entry.State)];
            foreach (var state in states)
                state.step++;
            if (own.maximize == true)
                gradients = Foreach.NegativeOf(gradients);
            if (own.weight_decay != 0)
                gradients = Foreach.SumOf(gradients, parameters, own.weight_decay!.Value);

            var squares = Array.ConvertAll(states, state => state.square_avg);
            Foreach.Multiply(squares, alpha);
            Foreach.AddProduct(squares, gradients, gradients, 1 - alpha);
            if (own.centered == true)
            {
                var means = Array.ConvertAll(states, state => state.grad_avg!);
                Foreach.Multiply(means, alpha);
                Foreach.Add(means, gradients, 1 - alpha);
                squares = Foreach.AddProductOf(squares, means, means, -1);
            }

            var roots = Foreach.SqrtOf(squares);
            Foreach.Add(roots, own.eps!.Value);
            if (own.momentum > 0)
            {
                var buffers = Array.ConvertAll(states, state => state.momentum_buffer!);
                Foreach.Multiply(buffers, own.momentum!.Value);
                Foreach.AddQuotient(buffers, gradients, roots, 1);
                Foreach.Add(parameters, buffers, -rate);
            }
            else
            {
                Foreach.AddQuotient(parameters, gradients, roots, -rate);
            }
        }

        public sealed class Options : OptimizerOptions
        {
            public double? alpha;
            public double? eps;
            public double? weight_decay;
            public double? momentum;
            public bool? centered;
            public bool? maximize;

            public override void SaveStateDict(BinaryWriter writer)
            {
                base.SaveStateDict(writer);
                foreach (var number in (double?[])[alpha, eps, weight_decay, momentum])
                    writer.Write(number!.Value);
                writer.Write(centered!.Value);
                writer.Write(maximize!.Value);
            }

            public override void LoadStateDict(BinaryReader reader)
            {
                base.LoadStateDict(reader);
                alpha = reader.ReadDouble();
                eps = reader.ReadDouble();
                weight_decay = reader.ReadDouble();
                momentum = reader.ReadDouble();
                centered = reader.ReadBoolean();
                maximize = reader.ReadBoolean();
            }

            public override void LoadStateDict(OptimizerOptions source)
            {
                base.LoadStateDict(source);
                var other = (Options)source;
                (alpha, eps, weight_decay, momentum) = (other.alpha, other.eps, other.weight_decay, other.momentum);
                (centered, maximize) = (other.centered, other.maximize);
            }

            internal override void Complete(OptimizerOptions defaults)
            {
                base.Complete(defaults);
                var other = (Options)defaults;
                alpha ??= other.alpha;
                eps ??= other.eps;
                weight_decay ??= other.weight_decay;
                momentum ??= other.momentum;
                centered ??= other.centered;
                maximize ??= other.maximize;
            }
        }

        public sealed class State : OptimizerState
        {
            private readonly Parameter _parameter;

            internal State(Parameter parameter, bool momentum, bool centered)
            {
                _parameter = parameter;
                square_avg = Zeros(parameter);
                momentum_buffer = momentum ? Zeros(parameter) : null;
                grad_avg = centered ? Zeros(parameter) : null;
            }

            public long step { get; internal set; }

            public Tensor square_avg { get; private set; }

            public Tensor? momentum_buffer { get; private set; }

            public Tensor? grad_avg { get; private set; }

            public override void SaveStateDict(BinaryWriter writer)
            {
                writer.Write(step);
                TensorStream.Write(writer, square_avg);
                TensorStream.Write(writer, momentum_buffer);
                TensorStream.Write(writer, grad_avg);
            }

            public override void LoadStateDict(BinaryReader reader)
            {
                step = reader.ReadInt64();
                square_avg = TensorStream.Read(reader, square_avg, _parameter)!;
                momentum_buffer = TensorStream.Read(reader, momentum_buffer, _parameter);
                grad_avg = TensorStream.Read(reader, grad_avg, _parameter);
            }

            public override void LoadStateDict(OptimizerState source)
            {
                var other = (State)source;
                step = other.step;
                square_avg = TensorStream.Copy(other.square_avg, square_avg, _parameter)!;
                momentum_buffer = TensorStream.Copy(other.momentum_buffer, momentum_buffer, _parameter);
                grad_avg = TensorStream.Copy(other.grad_avg, grad_avg, _parameter);
            }

            public override void Dispose()
            {
                square_avg.Dispose();
                momentum_buffer?.Dispose();
                grad_avg?.Dispose();
            }
        }

        public sealed class ParamGroup : ParamGroup<Options>, optim.IMomentum
        {
            public ParamGroup()
            {
            }

            public ParamGroup(IEnumerable<Parameter> parameters, Options? options = null)
                : base(parameters, options)
            {
            }

            public double Momentum
            {
                get => Options.momentum!.Value;
                set => Options.momentum = value;
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
            public static RMSProp RMSProp(IEnumerable<Parameter> parameters, double lr = 0.01, double alpha = 0.99, double eps = 1e-8,
                double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false) =>
                RMSProp([new RMSProp.ParamGroup(parameters)], lr, alpha, eps, weight_decay, momentum, centered, maximize);

            public static RMSProp RMSProp(IEnumerable<(string name, Parameter parameter)> parameters, double lr = 0.01, double alpha = 0.99,
                double eps = 1e-8, double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false) =>
                RMSProp(parameters.Select(entry => entry.parameter), lr, alpha, eps, weight_decay, momentum, centered, maximize);

            public static RMSProp RMSProp(IEnumerable<RMSProp.ParamGroup> parameters, double lr = 0.01, double alpha = 0.99, double eps = 1e-8,
                double weight_decay = 0, double momentum = 0, bool centered = false, bool maximize = false) =>
                new(
                    new RMSProp.Options
                    {
                        LearningRate = lr,
                        alpha = alpha,
                        eps = eps,
                        weight_decay = weight_decay,
                        momentum = momentum,
                        centered = centered,
                        maximize = maximize,
                    },
                    parameters);
        }
    }
}
