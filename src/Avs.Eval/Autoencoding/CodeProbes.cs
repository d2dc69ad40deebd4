using Avs.Data.Images;
using static TorchSharp.torch;

namespace Avs.Eval.Autoencoding;

/// <summary>The codes of a multimodal model's examples.</summary>
/// <param name="Shared">Means of q(c | X) given all modalities [N,K].</param>
/// <param name="Private">Means of q(s_m | x_m) of each modality [M,N,J]; null of a model without.</param>
internal sealed record MultimodalCodes(Tensor Shared, Tensor? Private);

/// <summary>
/// The four linear probes: what all modalities share should be found in the shared code and not in the private ones, what only one modality
/// has in its private code and not in the shared one.
/// </summary>
internal static class CodeProbes
{
    public const string SharedCode = "shared", PrivateCode = "private";

    public static IReadOnlyList<ProbeResult> Run(
        MultimodalCodes train, IReadOnlyList<Factor> trainFactors, MultimodalCodes test, IReadOnlyList<Factor> testFactors)
    {
        ProbeScore Probe(Tensor from, Tensor to, int factor) => LinearProbe.Score(
            from, trainFactors[factor].Labels, to, testFactors[factor].Labels, trainFactors[factor].Classes.Count);
        // What has other values in the test split, such as photographs that are in one split only, cannot be learned in the other.
        var factors = Enumerable.Range(0, trainFactors.Count)
            .Where(f => trainFactors[f].Classes.Count > 1 && trainFactors[f].Classes.SequenceEqual(testFactors[f].Classes)).ToArray();
        var shared = factors.Where(f => trainFactors[f].Modality is null).ToArray();
        // A factor that several modalities have, each its own, is one row.
        var own = factors.Where(f => trainFactors[f].Modality is not null).GroupBy(f => trainFactors[f].Name).ToArray();
        var results = new List<ProbeResult>();
        foreach (var f in shared)
            results.Add(ProbeResult.From(SharedCode, trainFactors[f].Name, ProbeResult.High, [Probe(train.Shared, test.Shared, f)]));
        foreach (var same in own)
        {
            results.Add(ProbeResult.From(
                SharedCode, same.Key, ProbeResult.Low, [.. same.Select(f => Probe(train.Shared, test.Shared, f))]));
        }
        if (train.Private is null || test.Private is null)
            return results;
        ProbeScore ProbePrivate(int modality, int factor) => Probe(train.Private[modality], test.Private[modality], factor);
        foreach (var same in own)
        {
            results.Add(ProbeResult.From(
                PrivateCode, same.Key, ProbeResult.High, [.. same.Select(f => ProbePrivate(trainFactors[f].Modality!.Value, f))]));
        }
        foreach (var f in shared)
        {
            var modalities = Enumerable.Range(0, (int)train.Private.shape[0]);
            results.Add(ProbeResult.From(
                PrivateCode, trainFactors[f].Name, ProbeResult.Low, [.. modalities.Select(m => ProbePrivate(m, f))]));
        }
        return results;
    }
}
