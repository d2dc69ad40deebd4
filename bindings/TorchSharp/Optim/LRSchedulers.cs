namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            /// <summary>The schedulers that are more than a factor of the epoch.</summary>
            public static partial class impl
            {
                internal sealed class CosineAnnealingLR : LRScheduler
                {
                    private readonly double _half;
                    private readonly double _least;

                    internal CosineAnnealingLR(Optimizer optimizer, double half, double least, int last_epoch, bool verbose)
                        : base(optimizer, last_epoch, verbose)
                    {
                        _half = half;
                        _least = least;
                        step();
                    }

                    private protected override double Rate(double initial, int group, int epoch) =>
                        _least + ((initial - _least) * (1 + Math.Cos(Math.PI * epoch / _half)) / 2);
                }

                internal sealed class MultiplicativeLR : LRScheduler
                {
                    private readonly Func<int, double> _factor;

                    internal MultiplicativeLR(Optimizer optimizer, Func<int, double> factor, int last_epoch, bool verbose)
                        : base(optimizer, last_epoch, verbose)
                    {
                        _factor = factor;
                        step();
                    }

                    private protected override double Rate(double initial, int group, int epoch) =>
                        epoch > 0 ? _groups[group].LearningRate * _factor(epoch) : initial;
                }

                internal sealed class SequentialLR : LRScheduler
                {
                    private readonly LRScheduler[] _schedulers;
                    private readonly int[] _milestones;

                    internal SequentialLR(Optimizer optimizer, IEnumerable<LRScheduler> schedulers, IEnumerable<int> milestones, int last_epoch)
                        : base(optimizer, last_epoch + 1, false)
                    {
                        _schedulers = [.. schedulers];
                        _milestones = [.. milestones];
                        if (_schedulers.Length != _milestones.Length + 1)
                            throw new ArgumentException($"{_schedulers.Length} schedulers need {_schedulers.Length - 1} milestones, not {_milestones.Length}");
                        for (var i = 0; i < _groups.Length; i++)
                            _groups[i].LearningRate = _bases[i];
                        foreach (var scheduler in _schedulers)
                            scheduler.Rewind(); // each took its first step when it was made
                        _schedulers[0].step();
                    }

                    public override void step(int? epoch)
                    {
                        Epoch = epoch ?? Epoch + 1;
                        var place = _milestones.Count(milestone => milestone <= Epoch);
                        var start = place > 0 ? _milestones[place - 1] : 0;
                        var current = _schedulers[place];
                        if (epoch is not null || (place > 0 && start == Epoch))
                            current.step(Epoch - start);
                        else
                            current.step();
                        Apply([.. _groups.Select(group => group.LearningRate)]);
                    }

                    private protected override double Rate(double initial, int group, int epoch) => _groups[group].LearningRate;
                }

                public sealed class OneCycleLR : LRScheduler
                {
                    private readonly double[] _peaks;
                    private readonly (double Low, double High)? _momentum;
                    private readonly double _startDivisor;
                    private readonly double _endDivisor;
                    private readonly AnnealStrategy _strategy;
                    private readonly (double End, Level From, Level To)[] _phases;
                    private readonly int _steps;

                    internal OneCycleLR(Optimizer optimizer, double[] peaks, int steps, double rising, AnnealStrategy strategy,
                        (double Low, double High)? momentum, double startDivisor, double endDivisor, bool threePhases, int last_epoch, bool verbose)
                        : base(optimizer, last_epoch, verbose)
                    {
                        if (steps <= 0)
                            throw new ArgumentException("OneCycleLR needs total_steps, or epochs and steps_per_epoch");
                        if (momentum is not null && _groups.Any(group => group is not (IMomentum or IBetas)))
                            throw new ArgumentException("the optimizer has no momentum to cycle");
                        _peaks = peaks;
                        _steps = steps;
                        _strategy = strategy;
                        _momentum = momentum;
                        _startDivisor = startDivisor;
                        _endDivisor = endDivisor;
                        var top = (rising * steps) - 1;
                        _phases = threePhases
                            ? [(top, Level.Start, Level.Peak), ((2 * rising * steps) - 2, Level.Peak, Level.Start), (steps - 1, Level.Start, Level.End)]
                            : [(top, Level.Start, Level.Peak), (steps - 1, Level.Peak, Level.End)];
                        step();
                    }

                    public enum AnnealStrategy
                    {
                        Cos,
                        Linear,
                    }

                    private enum Level
                    {
                        Start,
                        Peak,
                        End,
                    }

                    private protected override double Rate(double initial, int group, int epoch)
                    {
                        if (epoch > _steps)
                            throw new InvalidOperationException($"OneCycleLR was made for {_steps} steps, and this is step {epoch}");
                        var begin = 0.0;
                        var phase = 0;
                        while (phase < _phases.Length - 1 && epoch > _phases[phase].End)
                            begin = _phases[phase++].End;
                        var (end, from, to) = _phases[phase];
                        var share = (epoch - begin) / (end - begin);
                        if (_momentum is not null)
                            SetMomentum(group, Between(Momentum(from), Momentum(to), share));
                        return Between(Rate(group, from), Rate(group, to), share);
                    }

                    private double Rate(int group, Level level) => level switch
                    {
                        Level.Start => _peaks[group] / _startDivisor,
                        Level.Peak => _peaks[group],
                        _ => _peaks[group] / _startDivisor / _endDivisor,
                    };

                    private double Momentum(Level level) => level == Level.Peak ? _momentum!.Value.Low : _momentum!.Value.High;

                    private void SetMomentum(int group, double value)
                    {
                        if (_groups[group] is IBetas adam)
                            adam.Betas = (value, adam.Betas.Item2);
                        else if (_groups[group] is IMomentum other)
                            other.Momentum = value;
                    }

                    private double Between(double from, double to, double share) => _strategy == AnnealStrategy.Linear
                        ? from + ((to - from) * share)
                        : to + ((from - to) / 2 * (1 + Math.Cos(Math.PI * share)));
                }

                internal sealed class ReduceLROnPlateau : LRScheduler
                {
                    private readonly bool _smaller;
                    private readonly bool _relative;
                    private readonly double _factor;
                    private readonly double _threshold;
                    private readonly double _eps;
                    private readonly int _patience;
                    private readonly int _cooldown;
                    private readonly double[] _floors;
                    private double _best;
                    private int _bad;
                    private int _resting;

                    internal ReduceLROnPlateau(Optimizer optimizer, string mode, double factor, int patience, double threshold, string threshold_mode,
                        int cooldown, IList<double>? min_lr, double eps, bool verbose)
                        : base(optimizer, 0, verbose)
                    {
                        if (factor >= 1)
                            throw new ArgumentException($"the factor must be below 1, got {factor}");
                        _smaller = mode == "min" || (mode == "max" ? false : throw new ArgumentException($"mode is min or max, not {mode}"));
                        _relative = threshold_mode == "rel"
                            || (threshold_mode == "abs" ? false : throw new ArgumentException($"threshold_mode is rel or abs, not {threshold_mode}"));
                        _floors = min_lr switch
                        {
                            null => new double[_groups.Length],
                            { Count: 1 } => [.. Enumerable.Repeat(min_lr[0], _groups.Length)],
                            _ when min_lr.Count == _groups.Length => [.. min_lr],
                            _ => throw new ArgumentException($"min_lr has {min_lr.Count} numbers for {_groups.Length} groups"),
                        };
                        (_factor, _patience, _threshold, _cooldown, _eps) = (factor, patience, threshold, cooldown, eps);
                        _best = _smaller ? double.PositiveInfinity : double.NegativeInfinity;
                    }

                    public override void step(int? epoch) =>
                        throw new InvalidOperationException("ReduceLROnPlateau needs the measured value: step(value)");

                    public override void step(double current, int? epoch = null)
                    {
                        Epoch = epoch ?? Epoch + 1;
                        if (Improves(current))
                        {
                            _best = current;
                            _bad = 0;
                        }
                        else
                        {
                            _bad++;
                        }

                        if (_resting > 0)
                        {
                            _resting--;
                            _bad = 0;
                        }

                        if (_bad > _patience)
                        {
                            Apply([.. _groups.Select((group, i) => Reduced(group.LearningRate, _floors[i]))]);
                            _resting = _cooldown;
                            _bad = 0;
                        }
                    }

                    private protected override double Rate(double initial, int group, int epoch) => _groups[group].LearningRate;

                    private bool Improves(double value)
                    {
                        if (_smaller)
                            return value < (_relative ? _best * (1 - _threshold) : _best - _threshold);
                        return value > (_relative ? _best * (1 + _threshold) : _best + _threshold);
                    }

                    // A change of less than eps is not worth making.
                    private double Reduced(double rate, double floor)
                    {
                        var reduced = Math.Max(rate * _factor, floor);
                        return rate - reduced > _eps ? reduced : rate;
                    }
                }
            }
        }
    }
}
