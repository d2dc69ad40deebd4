namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        /// <summary>Rules that change the learning rates of an optimizer as time goes on. <c>step()</c> is called after the optimizer's.</summary>
        public static partial class lr_scheduler
        {
            /// <summary>
            /// What the schedulers share. The rate is a function of the number of the epoch alone (except where a class says otherwise),
            /// so that <c>step(epoch)</c> goes to any point in time.
            /// </summary>
            public abstract class LRScheduler
            {
                private readonly bool _verbose;
                private protected readonly ILearningRateController[] _groups;
                private protected readonly double[] _bases;
                private double[] _last;

                private protected LRScheduler(Optimizer optimizer, int last_epoch, bool verbose)
                {
                    ArgumentNullException.ThrowIfNull(optimizer);
                    _groups = [.. optimizer.ParamGroups];
                    _bases = [.. _groups.Select(group => group.InitialLearningRate)];
                    _last = [.. _groups.Select(group => group.LearningRate)];
                    _verbose = verbose;
                    Epoch = last_epoch;
                }

                private protected int Epoch { get; set; }

                /// <summary>One epoch (or whatever is counted) further.</summary>
                public virtual void step() => step((int?)null);

                /// <summary>To that epoch; to the next one where it is null.</summary>
                public virtual void step(int? epoch)
                {
                    Epoch = epoch ?? Epoch + 1;
                    Apply([.. _bases.Select((rate, group) => Rate(rate, group, Epoch))]);
                }

                /// <summary>One epoch further, with a measured value, which most schedulers ignore.</summary>
                public virtual void step(double current, int? epoch = null) => step(epoch);

                /// <summary>The rates that were set last, one a group.</summary>
                public IEnumerable<double> get_last_lr() => _last;

                internal void Rewind() => Epoch--;

                /// <summary>The rate of a group.</summary>
                private protected abstract double Rate(double initial, int group, int epoch);

                private protected void Apply(double[] rates)
                {
                    for (var i = 0; i < rates.Length; i++)
                    {
                        _groups[i].LearningRate = rates[i];
                        if (_verbose && rates[i] != _last[i])
                            Console.WriteLine($"Adjusting learning rate to {rates[i]}");
                    }

                    _last = rates;
                }
            }

            /// <summary>The rates are the initial ones times a factor of the epoch; the first is set at once.</summary>
            private sealed class FactorLR : LRScheduler
            {
                private readonly Func<int, double> _factor;

                internal FactorLR(Optimizer optimizer, Func<int, double> factor, int last_epoch, bool verbose)
                    : base(optimizer, last_epoch, verbose)
                {
                    _factor = factor;
                    step();
                }

                private protected override double Rate(double initial, int group, int epoch) => initial * _factor(epoch);
            }

            /// <summary>The initial rate times gamma for every <paramref name="step_size"/> epochs.</summary>
            public static LRScheduler StepLR(Optimizer optimizer, int step_size, double gamma = 0.1, int last_epoch = -1, bool verbose = false) =>
                new FactorLR(optimizer, epoch => Math.Pow(gamma, epoch / step_size), last_epoch, verbose);

            /// <summary>The initial rate times gamma for every milestone passed.</summary>
            public static LRScheduler MultiStepLR(Optimizer optimizer, IList<int> milestones, double gamma = 0.1, int last_epoch = -1,
                bool verbose = false) =>
                new FactorLR(optimizer, epoch => Math.Pow(gamma, milestones.Count(milestone => milestone <= epoch)), last_epoch, verbose);

            public static LRScheduler ExponentialLR(Optimizer optimizer, double gamma = 0.1, int last_epoch = -1, bool verbose = false) =>
                new FactorLR(optimizer, epoch => Math.Pow(gamma, epoch), last_epoch, verbose);

            public static LRScheduler LambdaLR(Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1, bool verbose = false) =>
                new FactorLR(optimizer, lr_lambda, last_epoch, verbose);

            public static LRScheduler ConstantLR(Optimizer optimizer, double factor = 1.0 / 3, int total_iters = 5, int last_epoch = -1,
                bool verbose = false) =>
                new FactorLR(optimizer, epoch => epoch < total_iters ? factor : 1, last_epoch, verbose);

            public static LRScheduler LinearLR(Optimizer optimizer, double start_factor = 1.0 / 3, double end_factor = 1.0, int total_iters = 5,
                int last_epoch = -1, bool verbose = false) =>
                new FactorLR(
                    optimizer,
                    epoch => start_factor + ((end_factor - start_factor) * Math.Min(total_iters, epoch) / total_iters),
                    last_epoch,
                    verbose);

            public static LRScheduler PolynomialLR(Optimizer optimizer, int total_iters = 5, double power = 1, int last_epoch = -1,
                bool verbose = false) =>
                new FactorLR(optimizer, epoch => Math.Pow(1 - (Math.Min(total_iters, epoch) / (double)total_iters), power), last_epoch, verbose);

            /// <summary>Half a cosine from the initial rate down to <paramref name="eta_min"/> in <paramref name="T_max"/> epochs, and back.</summary>
            public static LRScheduler CosineAnnealingLR(Optimizer optimizer, double T_max, double eta_min = 0, int last_epoch = -1, bool verbose = false) =>
                new impl.CosineAnnealingLR(optimizer, T_max, eta_min, last_epoch, verbose);

            /// <summary>The rate before times a factor of the epoch.</summary>
            public static LRScheduler MultiplicativeLR(Optimizer optimizer, Func<int, double> lr_lambda, int last_epoch = -1, bool verbose = false) =>
                new impl.MultiplicativeLR(optimizer, lr_lambda, last_epoch, verbose);

            /// <summary>One scheduler after another; each begins at its epoch 0 when its milestone is reached.</summary>
            public static LRScheduler SequentialLR(Optimizer optimizer, IEnumerable<LRScheduler> schedulers, IEnumerable<int> milestones,
                int last_epoch = -1) => new impl.SequentialLR(optimizer, schedulers, milestones, last_epoch);

            /// <summary>Up to <paramref name="max_lr"/> and down to almost nothing (Smith and Topin 2017), the momentum the other way.</summary>
            public static LRScheduler OneCycleLR(Optimizer optimizer, double max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1,
                double pct_start = 0.3, impl.OneCycleLR.AnnealStrategy anneal_strategy = impl.OneCycleLR.AnnealStrategy.Cos, bool cycle_momentum = true,
                double base_momentum = 0.85, double max_momentum = 0.95, double div_factor = 25, double final_div_factor = 1e4,
                bool three_phase = false, int last_epoch = -1, bool verbose = false) =>
                new impl.OneCycleLR(
                    optimizer,
                    [.. optimizer.ParamGroups.Select(_ => max_lr)],
                    total_steps > 0 ? total_steps : checked(epochs * steps_per_epoch),
                    pct_start,
                    anneal_strategy,
                    cycle_momentum ? (base_momentum, max_momentum) : null,
                    div_factor,
                    final_div_factor,
                    three_phase,
                    last_epoch,
                    verbose);

            /// <summary>Smaller rates once a measured value has stopped improving: call <c>step(value)</c>.</summary>
            public static LRScheduler ReduceLROnPlateau(Optimizer optimizer, string mode = "min", double factor = 0.1, int patience = 10,
                double threshold = 1e-4, string threshold_mode = "rel", int cooldown = 0, IList<double>? min_lr = null, double eps = 1e-8,
                bool verbose = false) =>
                new impl.ReduceLROnPlateau(optimizer, mode, factor, patience, threshold, threshold_mode, cooldown, min_lr, eps, verbose);
        }
    }
}
