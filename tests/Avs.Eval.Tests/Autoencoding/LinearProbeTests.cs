using Avs.Core;
using Avs.Data.Images;
using Avs.Eval.Autoencoding;
using static TorchSharp.torch;

namespace Avs.Eval.Tests.Autoencoding;

public sealed class LinearProbeTests
{
    // numpy 1.24: the same objective minimised by Newton's method to a gradient of 1e-13, N = 60, K = 3, 4 classes:
    // X = sin(1.7i + 2.3k) + 0.05i[k = 1] + [i mod 4 = k];  y = 1 where X₀ > 0.6, else (7i + ⌊i/5⌋) mod 4.
    [Fact]
    public void The_minimum_is_the_one_that_newtons_method_finds()
    {
        using var scope = NewDisposeScope();
        var (i, k) = (arange(60, ScalarType.Float64).unsqueeze(1), arange(3, ScalarType.Float64));
        var x = (i * 1.7 + k * 2.3).sin() + i * 0.05 * k.eq(1).to(ScalarType.Float64)
            + i.remainder(4).eq(k).to(ScalarType.Float64);
        var first = ImageBatches.Numbers(x.select(1, 0));
        int[] labels = [.. Enumerable.Range(0, 60).Select(n => first[n] > 0.6 ? 1 : (7 * n + n / 5) % 4)];
        Assert.Equal([14, 30, 8, 8], Enumerable.Range(0, 4).Select(label => labels.Count(other => other == label)));
        var (mean, deviation) = LinearProbe.Moments(x);
        var weights = LinearProbe.Fit(LinearProbe.Design(x, mean, deviation), labels, 4);
        double[] expected =
        [
            -0.405958, 1.034072, -0.359797, -0.268317, 0.244375, -0.257155, -0.033942, 0.046722, 0.090899, -0.078842, 0.013456, -0.025512,
            -0.007473, 0.870748, -0.448809, -0.414465,
        ];
        Assert.All(expected.Zip(ImageBatches.Numbers(weights.flatten())), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.Equal(34 / 60.0, LinearProbe.Score(x, labels, x, labels, 4).Accuracy, 1e-12);
    }

    [Fact]
    public void What_is_linearly_there_is_found_and_what_is_not_there_is_not()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var random = new NamedRandom(1, "probe");
        int[] there = [.. Enumerable.Range(0, 2000).Select(_ => random.NextInt(3))];
        int[] absent = [.. Enumerable.Range(0, 2000).Select(_ => random.NextInt(4))];
        var codes = randn([2000, 6], ScalarType.Float32, generator: generator) * 0.2f;
        codes.narrow(1, 2, 3).add_(nn.functional.one_hot(tensor(there.Select(label => (long)label).ToArray()), 3) * 100f);
        codes.select(1, 5).fill_(7); // a dimension that says nothing
        ProbeScore Score(int[] labels, int classes) => LinearProbe.Score(
            codes.narrow(0, 0, 1000), labels[..1000], codes.narrow(0, 1000, 1000), labels[1000..], classes);
        Assert.Equal(1, Score(there, 3).Accuracy);
        Assert.InRange(Score(absent, 4).Accuracy, 0.18, 0.32);
        Assert.InRange(Score(absent, 4).Chance, 0.2, 0.3);
    }

    [Fact]
    public void Chance_is_the_most_frequent_class_of_training()
    {
        using var scope = NewDisposeScope();
        var score = LinearProbe.Score(zeros(4, 1), [0, 1, 1, 1], zeros(4, 1), [1, 0, 0, 0], 2);
        Assert.Equal((0.25, 0.25), (score.Accuracy, score.Chance));
    }

    [Fact]
    public void The_four_probes_tell_a_code_that_holds_what_it_should_from_one_that_does_not()
    {
        using var scope = NewDisposeScope();
        var random = new NamedRandom(1, "factors");
        const int n = 600;
        int[] Drawn(int classes) => [.. Enumerable.Range(0, n).Select(_ => random.NextInt(classes))];
        string[] digits = ["0", "1", "2"], quadrants = ["a", "b", "c", "d"];
        Factor[] Factors() =>
            [new("digit", digits, Drawn(3), null), new("quadrant", quadrants, Drawn(4), 0), new("quadrant", quadrants, Drawn(4), 1),
            new("background", [$"photograph {random.NextInt(1000)}", "another"], Drawn(2), 1)];
        Tensor Code(Factor factor, int classes) =>
            nn.functional.one_hot(tensor(factor.Labels.Select(label => (long)label).ToArray()), classes).to(ScalarType.Float32);
        MultimodalCodes Codes(Factor[] of, bool specific) =>
            new(Code(of[0], 3), specific ? stack([Code(of[1], 4), Code(of[2], 4)]) : null);

        var (train, test) = (Factors(), Factors());
        var four = CodeProbes.Run(Codes(train, true), train, Codes(test, true), test);
        Assert.Equal(
            [("shared", "digit", "high"), ("shared", "quadrant", "low"), ("private", "quadrant", "high"), ("private", "digit", "low")],
            four.Select(probe => (probe.Code, probe.Factor, probe.ShouldBe)));
        Assert.All(four, probe => Assert.True(probe.ShouldBe == "high" ? probe.Accuracy == 1 : probe.Accuracy < probe.Chance + 0.12));
        Assert.Equal([1, 2, 2, 2], four.Select(probe => probe.Each.Count));
        Assert.Equal(["digit", "quadrant"], CodeProbes.Run(Codes(train, false), train, Codes(test, false), test).Select(p => p.Factor));
    }
}
