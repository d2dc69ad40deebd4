using Avs.Eval.Evaluation;
using static TorchSharp.torch;

namespace Avs.Eval.Tests.Evaluation;

[Collection(Alone.Name)]
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
