using Avs.Eval.Parity;
using Xunit.Abstractions;

namespace Avs.Parity.Tests;

public class CoveredCaseTests(ITestOutputHelper output)
{
    /// <summary>Every case whose reference values lie in tests/parity.</summary>
    public static TheoryData<string> Present()
    {
        var names = new TheoryData<string>();
        foreach (ParityCase item in ParityFolder.Manifest.Cases)
            if (File.Exists(Path.Combine(ParityFolder.Path, item.File))) names.Add(item.Name);
        return names;
    }

    [Theory]
    [MemberData(nameof(Present))]
    public void Case_agrees_with_the_reference(string name)
    {
        CaseResult result = ParityRunner.Run(ParityFolder.Path, ParityFolder.Case(name));
        output.WriteLine($"{result.StatusText} {result.Worst:0.##e+0} of {result.Tolerance:0.##e+0} {result.Detail}");
        Assert.True(result.Status == CaseStatus.Ok, $"{name}: {result.StatusText}: {result.Detail}");
    }
}
