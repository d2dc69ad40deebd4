using Avs.Parity.Comparison;

namespace Avs.Parity.Tests;

/// <summary>The fixtures of this repository.</summary>
internal static class ParityFolder
{
    public static string Path { get; } = Repository.At("tests/parity");

    public static ParityManifest Manifest { get; } = ParityManifest.Read(Path);

    public static ParityCase Case(string name) => Manifest.Cases.Single(item => item.Name == name);
}
