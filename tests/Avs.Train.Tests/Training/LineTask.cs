using Avs.Train.Runs;
using Avs.Train.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Training;

/// <summary>The smallest task: learn y = 2x from noisy points that follow from the step and one generator.</summary>
internal sealed class LineTask : ITrainingTask<LineTask.Points>
{
    private readonly Linear model;
    private readonly Generator noise = new(7);

    public LineTask()
    {
        model = nn.Linear(1, 1);
        using var guard = no_grad();
        model.weight.fill_(0.5);
        model.bias!.fill_(0.25);
    }

    public sealed record Points(long Number, Tensor X, Tensor Y) : IDisposable
    {
        public void Dispose()
        {
            X.Dispose();
            Y.Dispose();
        }
    }

    /// <summary>The scores that validations report in turn; the last one stays.</summary>
    public IReadOnlyList<double> Scores { get; init; } = [1];

    /// <summary>Whether the loss of a batch is not a number.</summary>
    public Func<long, bool> Breaks { get; init; } = _ => false;

    /// <summary>Called as each batch is made.</summary>
    public Action<long> OnStep { get; init; } = _ => { };

    public int Validations { get; private set; }

    public double Weight => model.weight.ToDouble();

    public nn.Module Model => model;

    public IReadOnlyList<(string Name, Parameter Parameter)> LearnedParameters => [("weight", model.weight), ("bias", model.bias!)];

    public IReadOnlyCollection<string> BackboneParameters => ["weight"];

    public IReadOnlyList<(string Name, Generator Generator)> Generators => [("noise", noise)];

    public int BatchesPerEpoch => 4;

    public string Unit => "points";

    public string Description => "a line";

    public IReadOnlyList<RunPlot> Plots => [];

    public IEnumerable<Points> Batches(long from)
    {
        for (var number = from; ; number++)
        {
            OnStep(number);
            yield return Make(number);
        }
    }

    private Points Make(long number)
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { number % 3, number % 5, 1 }).reshape(3, 1);
        var y = x * 2 * (Breaks(number) ? float.NaN : 1f);
        return new Points(number, x.MoveToOuterDisposeScope(), y.MoveToOuterDisposeScope());
    }

    public StepResult Backward(Points batch, double progress)
    {
        var target = batch.Y + randn([3, 1], generator: noise) * 0.01;
        var loss = (model.call(batch.X) - target).pow(2).mean();
        loss.backward();
        return new StepResult(loss.ToDouble(), [("total", loss.ToDouble())], 3);
    }

    public IEnumerable<string> NamesOf(Points batch) => [$"point {batch.Number}a", $"point {batch.Number}b"];

    public Validation Validate()
    {
        var score = Scores[Math.Min(Validations++, Scores.Count - 1)];
        return new Validation(score, [("score", score)]);
    }

    public void Dispose()
    {
        model.Dispose();
        noise.Dispose();
    }
}
