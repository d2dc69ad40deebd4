using Avs.Eval.Evaluation;
using static TorchSharp.torch;

namespace Avs.Eval.Tests.Evaluation;

/// <summary>Counts the tensors of the whole process, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(EvaluatorMemoryTests), DisableParallelization = true)]
[Collection(nameof(EvaluatorMemoryTests))]
public class EvaluatorMemoryTests
{
    [Fact]
    public void An_evaluation_leaves_no_tensors_behind()
    {
        var options = new EvaluationOptions(FakeClips.Side) { Flip = true, Quality = true };
        AudioCondition[] conditions = [AudioCondition.Real, AudioCondition.Muted, AudioCondition.Other];
        Evaluator.Run(EvaluatorTests.Listener, FakeClips.WithScenes(), options, conditions);
        var before = Tensor.TotalCount;
        Evaluator.Run(EvaluatorTests.Listener, FakeClips.WithScenes(), options, conditions);
        Assert.Equal(before, Tensor.TotalCount);
    }
}
