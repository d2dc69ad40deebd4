using TorchSharp;

namespace Avs.Models.Tests;

/// <summary>The tensors of the calling thread that nobody has disposed of.</summary>
internal static class LiveTensors
{
    /// <summary>After two steps, which make what a model and its optimizer keep, no further step leaves a tensor behind.</summary>
    public static void AssertSteady(Action step)
    {
        step();
        step();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var i = 0; i < 5; i++)
            step();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
