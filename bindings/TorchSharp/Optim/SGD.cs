using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Stochastic gradient descent, with momentum where asked for: b = μ b + (1 - τ) g, parameter -= lr b.</summary>
    public sealed class SGD : OptimizerHelper, optim.IMomentum
    {
        internal SGD(Options options, IEnumerable<ParamGroup> groups)
            : base(options)
        {
            if (options.LearningRate < 0 || options.momentum < 0 || options.weight_decay < 0)
                throw new ArgumentException("learning rate, momentum and weight decay must not be negative");
            if (options.nesterov == true && (options.momentum <= 0 || options.dampening != 0))
                throw new ArgumentException("Nesterov's momentum needs a momentum and no dampening");
            AddGroups(groups);
        }

        public double Momentum
        {
            get => ((Options)Defaults).momentum!.Value;
            set => ((Options)Defaults).momentum = value;
        }

        private protected override OptimizerState NewState(Parameter parameter, OptimizerOptions options) => new State(parameter);

        private protected override void Step(OptimizerOptions options, List<Live> live)
        {
            var own = (Options)options;
            var momentum = own.momentum!.Value;
            Tensor[] parameters = [.. live.Select(entry => entry.Parameter)];
            Tensor[] gradients = [.. live.Select(entry => entry.Gradient)];
            if (own.maximize == true)
                gradients = Foreach.NegativeOf(gradients);
            if (own.weight_decay != 0)
                gradients = Foreach.SumOf(gradients, parameters, own.weight_decay!.Value);
            if (momentum != 0)
            {
                var buffers = Remember(live, gradients, momentum, own.dampening!.Value);
                gradients = own.nesterov == true ? Foreach.SumOf(gradients, buffers, momentum) : buffers;
            }

            Foreach.Add(parameters, gradients, -own.LearningRate!.Value);
        }

        // The first gradient becomes the buffer as it is, without dampening.
        private static Tensor[] Remember(List<Live> live, Tensor[] gradients, double momentum, double dampening)
        {
            var olds = new List<Tensor>();
            var news = new List<Tensor>();
            for (var i = 0; i < live.Count; i++)
            {
                var state = (State)live[i].State;
                if (state.momentum_buffer is null)
                {
                    state.momentum_buffer = gradients[i].clone().DetachFromDisposeScope();
                }
                else
                {
                    olds.Add(state.momentum_buffer);
                    news.Add(gradients[i]);
                }
            }

            if (olds.Count > 0)
            {
                Tensor[] buffers = [.. olds];
                Foreach.Multiply(buffers, momentum);
                Foreach.Add(buffers, [.. news], 1 - dampening);
            }

            return [.. live.Select(entry => ((State)entry.State).momentum_buffer!)];
        }

        public sealed class Options : OptimizerOptions
        {
            public double? momentum;
            public double? dampening;
            public double? weight_decay;
            public bool? nesterov;
            public bool? maximize;

            public override void SaveStateDict(BinaryWriter writer)
            {
                base.SaveStateDict(writer);
                writer.Write(momentum!.Value);
                writer.Write(dampening!.Value);
                writer.Write(weight_decay!.Value);
                writer.Write(nesterov!.Value);
                writer.Write(maximize!.Value);
            }

            public override void LoadStateDict(BinaryReader reader)
            {
                base.LoadStateDict(reader);
                momentum = reader.ReadDouble();
                dampening = reader.ReadDouble();
                weight_decay = reader.ReadDouble();
                nesterov = reader.ReadBoolean();
                maximize = reader.ReadBoolean();
            }

            public override void LoadStateDict(OptimizerOptions source)
            {
                base.LoadStateDict(source);
                var other = (Options)source;
                (momentum, dampening, weight_decay) = (other.momentum, other.dampening, other.weight_decay);
                (nesterov, maximize) = (other.nesterov, other.maximize);
            }

            internal override void Complete(OptimizerOptions defaults)
            {
                base.Complete(defaults);
                var other = (Options)defaults;
                momentum ??= other.momentum;
                dampening ??= other.dampening;
                weight_decay ??= other.weight_decay;
                nesterov ??= other.nesterov;
                maximize ??= other.maximize;
            }
        }

        public sealed class State : OptimizerState
        {
            private readonly Parameter _parameter;

            internal State(Parameter parameter) => _parameter = parameter;

            /// <summary>Null before the first step and without momentum.</summary>
            public Tensor? momentum_buffer { get; internal set; }

            public override void SaveStateDict(BinaryWriter writer) => TensorStream.Write(writer, momentum_buffer);

            public override void LoadStateDict(BinaryReader reader) =>
                momentum_buffer = TensorStream.Read(reader, momentum_buffer, _parameter);

            public override void LoadStateDict(OptimizerState source) =>
                momentum_buffer = TensorStream.Copy(((State)source).momentum_buffer, momentum_buffer, _parameter);

            public override void Dispose() => momentum_buffer?.Dispose();
        }

        public sealed class ParamGroup : ParamGroup<Options>, optim.IMomentum
        {
            public ParamGroup()
            {
            }

            public ParamGroup(IEnumerable<Parameter> parameters, Options? options)
                : base(parameters, options)
            {
            }

            public ParamGroup(IEnumerable<Parameter> parameters, double lr = 1e-3, double momentum = 0, double dampening = 0, double weight_decay = 0,
                bool nesterov = false, bool maximize = false)
                : base(parameters, new()
                {
                    LearningRate = lr,
                    momentum = momentum,
                    dampening = dampening,
                    weight_decay = weight_decay,
                    nesterov = nesterov,
                    maximize = maximize,
                })
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
            public static SGD SGD(IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double dampening = 0,
                double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                SGD([new SGD.ParamGroup(parameters, null)], learningRate, momentum, dampening, weight_decay, nesterov, maximize);

            public static SGD SGD(IEnumerable<(string name, Parameter parameter)> parameters, double learningRate, double momentum = 0,
                double dampening = 0, double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                SGD(parameters.Select(entry => entry.parameter), learningRate, momentum, dampening, weight_decay, nesterov, maximize);

            public static SGD SGD(IEnumerable<SGD.ParamGroup> parameters, double learningRate, double momentum = 0.0, double dampening = 0,
                double weight_decay = 0, bool nesterov = false, bool maximize = false) =>
                new(
                    new SGD.Options
                    {
                        LearningRate = learningRate,
                        momentum = momentum,
                        dampening = dampening,
                        weight_decay = weight_decay,
                        nesterov = nesterov,
                        maximize = maximize,
                    },
                    parameters);
        }
    }
}
