using Avs.Parity.Comparison;
using Xunit.Abstractions;

namespace Avs.Parity.Tests;

public class CoveredCaseTests(ITestOutputHelper output)
{
    /// <summary>Cases of a part or of a loss whose reference values lie in tests/parity.</summary>
    public static TheoryData<string> Parts() => Present(item => !IsWholeNetwork(item));

    /// <summary>Cases of a whole backbone or model.</summary>
    public static TheoryData<string> WholeNetworks() => Present(IsWholeNetwork);

    [Theory]
    [MemberData(nameof(Parts))]
    public void Case_agrees_with_the_reference(string name) => Agrees(name);

    [Theory]
    [MemberData(nameof(WholeNetworks))]
    [Trait("Speed", "Slow")]
    public void Case_of_a_whole_network_agrees_with_the_reference(string name) => Agrees(name);

    private void Agrees(string name)
    {
        var result = ParityRunner.Run(ParityFolder.Path, ParityFolder.Case(name));
        output.WriteLine($"{result.StatusText} {result.Worst:0.##e+0} of {result.Tolerance:0.##e+0} {result.Detail}");
        Assert.True(result.Status == CaseStatus.Ok, $"{name}: {result.StatusText}: {result.Detail}");
    }

    private static bool IsWholeNetwork(ParityCase item) => item.Config.ContainsKey("batch") || item.Weights.Any(weights =>
        weights.Keys is { } keys
            && (keys.StartsWith("model_", StringComparison.Ordinal) || keys.StartsWith("backbone_", StringComparison.Ordinal)));

    private static TheoryData<string> Present(Func<ParityCase, bool> chosen)
    {
        var names = new TheoryData<string>();
        foreach (var item in ParityFolder.Manifest.Cases)
            if (chosen(item) && File.Exists(Path.Combine(ParityFolder.Path, item.File))) names.Add(item.Name);
        return names;
    }
}
