using Avs.Core;
using Avs.Core.Formats;
using Avs.Parity.Cases;
using Avs.Parity.Comparison;
using static TorchSharp.torch;

namespace Avs.Parity;

/// <summary>Runs every case of a parity folder that the program knows and compares the results with the reference values.</summary>
public static class ParityRunner
{
    /// <summary>The kinds of cases, asked in this order. A new kind is one file and one line here.</summary>
    private static readonly IReadOnlyList<ICaseRule> Rules =
    [
        new FillCase(),
        new LogMelCase(),
        new PickledFileCase(),
        new VggishCase(),
        new EcmvaeTpaviCase(),
        new AvsBenchTpaviCase(),
        new LatentEncodersCase(),
        new NoiseModelCase(),
        new ReparametrizeCase(),
        new LatentModelCase(),
        new LowerBoundCase(),
        new LatentLossCase(),
        new SimilarityLossCase(),
        new StructureLossCase(),
        new AvsBenchLossCase(),
        new CosineMatchingCase(),
        new BackboneCase(),
        new PvtPartsCase(),
        new NeckCase(),
        new DecoderCase(),
        new EcmvaeCase(),
        new AvsBenchCase(),
        new MetricsCase(),
    ];

    /// <summary>
    /// How far beyond its bounds a float32 result may lie before a float64 one is not asked for; see <see cref="IPreciseCaseRule"/>.
    /// </summary>
    private const double KinkAllowance = 25;

    /// <summary>Runs a folder.</summary>
    /// <param name="folder">A folder with a <c>manifest.json</c> and the safetensors files it names.</param>
    /// <exception cref="DataException">The folder or its manifest cannot be read.</exception>
    public static IReadOnlyList<CaseResult> Run(string folder) =>
        [.. ParityManifest.Read(folder).Cases.AsParallel().AsOrdered().Select(item => Run(folder, item))];

    /// <summary>
    /// Runs one case of a folder; whatever goes wrong is in the result. A case is computed on one core, as the references were: how a sum
    /// is divided among cores decides its rounding, and with it the side on which a ReLU unit at its kink falls.
    /// </summary>
    public static CaseResult Run(string folder, ParityCase item)
    {
        var threads = get_num_threads();
        set_num_threads(1);
        try
        {
            return Judge(folder, item);
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    private static CaseResult Judge(string folder, ParityCase item)
    {
        ICaseRule? rule = Rules.FirstOrDefault(rule => rule.Recognises(item));
        if (rule is null) return NotCovered(item, "no rule for this kind of case");
        var result = Compute(folder, item, rule.Compute);
        if (result.Status != CaseStatus.Fail || rule is not IPreciseCaseRule precise || !(result.Worst <= KinkAllowance * result.Tolerance))
            return result;
        var exact = Compute(folder, item, (item, outputs) => precise.Compute(item, outputs, ScalarType.Float64));
        return exact.Status == CaseStatus.Ok
            ? exact with { Detail = $"{exact.Detail}, in float64; in float32 rounding decides: {result.Detail}" }
            : result;
    }

    private static CaseResult Compute(string folder, ParityCase item, Action<ParityCase, CaseOutputs> compute)
    {
        try
        {
            using var reference = SafetensorsFile.Open(Path.Combine(folder, item.File));
            var outputs = new CaseOutputs(item, reference);
            using var scope = NewDisposeScope();
            compute(item, outputs);
            return outputs.Result();
        }
        catch (NotCoveredException reason)
        {
            return NotCovered(item, reason.Message);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return new CaseResult(item.Name, CaseStatus.Fail, double.NaN, double.NaN, failure.Message.ReplaceLineEndings(" "));
        }
    }

    private static CaseResult NotCovered(ParityCase item, string reason) =>
        new(item.Name, CaseStatus.NotCovered, double.NaN, double.NaN, reason);
}
