namespace Avs.Eval.Parity;

/// <summary>Runs every case of a parity folder that the program knows and compares the results with the reference values.</summary>
public static class ParityRunner
{
    /// <summary>Runs a folder.</summary>
    /// <param name="folder">A folder with a <c>manifest.json</c> and the safetensors files it names.</param>
    /// <exception cref="Avs.Data.DataException">The folder or its manifest cannot be read.</exception>
    public static IReadOnlyList<CaseResult> Run(string folder) =>
        [.. ParityManifest.Read(folder).Cases.Select(item => Run(folder, item))];

    /// <summary>Runs one case of a folder; whatever goes wrong is in the result.</summary>
    public static CaseResult Run(string folder, ParityCase item) =>
        new(item.Name, CaseStatus.NotCovered, double.NaN, double.NaN, "no rule for this kind of case");
}
