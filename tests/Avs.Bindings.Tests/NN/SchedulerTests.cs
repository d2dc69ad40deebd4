using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Bindings.Tests.NN;

/// <summary>The learning rates of twelve epochs are those of PyTorch 1.13.</summary>
public sealed class SchedulerTests
{
    [Fact]
    public void Step() => Golden.Matches(
        [0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025, 0.025, 0.0125, 0.0125, 0.0125],
        Rates(o => optim.lr_scheduler.StepLR(o, 3, 0.5)),
        1e-9);

    [Fact]
    public void Multi_step() => Golden.Matches(
        [0.1, 0.1, 0.05, 0.05, 0.05, 0.0125, 0.0125, 0.0125, 0.0125, 0.0125, 0.0125, 0.0125],
        Rates(o => optim.lr_scheduler.MultiStepLR(o, [2, 5, 5], 0.5)),
        1e-9);

    [Fact]
    public void Exponential() => Golden.Matches(
        [0.1, 0.09, 0.081, 0.0729, 0.06561, 0.059049, 0.0531441, 0.04782969, 0.043046721, 0.0387420489, 0.03486784401, 0.03138105961],
        Rates(o => optim.lr_scheduler.ExponentialLR(o, 0.9)),
        1e-9);

    [Fact]
    public void Cosine() => Golden.Matches(
        [0.1, 0.09140576475, 0.06890576475, 0.04109423525, 0.01859423525, 0.01, 0.01859423525, 0.04109423525, 0.06890576475, 0.09140576475, 0.1, 0.09140576475],
        Rates(o => optim.lr_scheduler.CosineAnnealingLR(o, 5, 0.01)),
        1e-9);

    [Fact]
    public void Linear() => Golden.Matches(
        [0.025, 0.04375, 0.0625, 0.08125, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1],
        Rates(o => optim.lr_scheduler.LinearLR(o, 0.25, 1, 4)),
        1e-9);

    [Fact]
    public void Constant() => Golden.Matches(
        [0.05, 0.05, 0.05, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1],
        Rates(o => optim.lr_scheduler.ConstantLR(o, 0.5, 3)),
        1e-9);

    [Fact]
    public void Lambda() => Golden.Matches(
        [0.1, 0.05, 0.03333333333, 0.025, 0.02, 0.01666666667, 0.01428571429, 0.0125, 0.01111111111, 0.01, 0.009090909091, 0.008333333333],
        Rates(o => optim.lr_scheduler.LambdaLR(o, epoch => 1.0 / (1 + epoch))),
        1e-9);

    [Fact]
    public void Polynomial() => Golden.Matches(
        [0.1, 0.06944444444, 0.04444444444, 0.025, 0.01111111111, 0.002777777778, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        Rates(o => optim.lr_scheduler.PolynomialLR(o, 6, 2)),
        1e-9);

    [Fact]
    public void One_cycle() => Golden.Matches(
        [0.02, 0.1748948271, 0.4396425796, 0.4972077177, 0.4665064849, 0.405872827, 0.3236894988, 0.2313185513, 0.1415304991, 0.06673876509, 0.01728349371, 2e-06],
        Rates(o => optim.lr_scheduler.OneCycleLR(o, 0.5, 12)),
        1e-9);

    [Fact]
    public void One_cycle_of_three_linear_phases() => Golden.Matches(
        [0.02, 0.2046153846, 0.3892307692, 0.4261538462, 0.2415384615, 0.05692307692, 0.01724165517, 0.01379372414, 0.0103457931, 0.006897862069, 0.003449931034, 2e-06],
        Rates(o => optim.lr_scheduler.OneCycleLR(o, 0.5, 12, anneal_strategy: optim.lr_scheduler.impl.OneCycleLR.AnnealStrategy.Linear, three_phase: true)),
        1e-9);

    [Fact]
    public void Multiplicative() => Golden.Matches(
        [0.1, 0.095, 0.09025, 0.0857375, 0.081450625, 0.07737809375, 0.07350918906, 0.06983372961, 0.06634204313, 0.06302494097, 0.05987369392, 0.05688000923],
        Rates(o => optim.lr_scheduler.MultiplicativeLR(o, _ => 0.95)),
        1e-9);

    [Fact]
    public void One_after_another() => Golden.Matches(
        [0.01, 0.04, 0.07, 0.1, 0.09619397663, 0.08535533906, 0.06913417162, 0.05, 0.03086582838, 0.01464466094, 0.003806023374, 0.0],
        Rates(o => optim.lr_scheduler.SequentialLR(
            o, [optim.lr_scheduler.LinearLR(o, 0.1, 1, 3), optim.lr_scheduler.CosineAnnealingLR(o, 8)], [3])),
        1e-9);

    [Fact]
    public void Plateau_of_a_falling_value() => Golden.Matches(
        [0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05, 0.05, 0.025, 0.025, 0.025],
        Rates(
            o => optim.lr_scheduler.ReduceLROnPlateau(o, factor: 0.5, patience: 1, cooldown: 1),
            [1, 0.9, 0.9, 0.9, 0.9, 0.95, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]),
        1e-9);

    [Fact]
    public void Plateau_of_a_rising_value() => Golden.Matches(
        [0.1, 0.1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.01, 0.002, 0.002, 0.002],
        Rates(
            o => optim.lr_scheduler.ReduceLROnPlateau(o, "max", 0.1, 2, 0.05, "abs", min_lr: [0.002]),
            [1, 1.1, 1.1, 1.1, 1.1, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2]),
        1e-9);

    [Fact]
    public void A_step_to_an_epoch_is_where_single_steps_lead()
    {
        using var parameter = nn.Parameter(zeros(1));
        using var optimizer = optim.SGD([parameter], 0.1);
        var scheduler = optim.lr_scheduler.CosineAnnealingLR(optimizer, 10);
        scheduler.step(7);
        Assert.Equal(0.05 * (1 + Math.Cos(0.7 * Math.PI)), scheduler.get_last_lr().Single(), 1e-12);
    }

    private static List<double> Rates(Func<optim.Optimizer, optim.lr_scheduler.LRScheduler> make, double[]? measured = null)
    {
        using var parameter = nn.Parameter(zeros(1));
        using var optimizer = optim.SGD([parameter], 0.1, 0.9);
        var scheduler = make(optimizer);
        var rates = new List<double>();
        for (var i = 0; i < 12; i++)
        {
            rates.Add(optimizer.ParamGroups.Single().LearningRate);
            if (measured is not null)
                scheduler.step(measured[i]);
            else
                scheduler.step();
        }

        return rates;
    }
}
