using Avs.Core;
using Avs.Data.Audio;
using Avs.Data.Batches;
using Avs.Data.Clips;
using Avs.Eval.Autoencoding;
using Avs.Eval.Evaluation;
using Avs.Models;
using Avs.Models.Ecmvae;
using Avs.Models.Segmentation;
using Avs.Models.Vae.Distributions;
using static TorchSharp.torch;

namespace Avs.Eval.EcmvaeCodes;

/// <summary>How a data set is gone through.</summary>
/// <param name="ImageSize">Side of the square pictures that the model takes.</param>
public sealed record CodePassOptions(int ImageSize)
{
    public int ClipsPerBatch { get; init; } = 4;

    public int Threads { get; init; } = 2;

    public Device? Device { get; init; }

    /// <summary>Called with the number of clips done so far.</summary>
    public Action<int>? Progress { get; init; }

    internal ClipLoader Open(IClipDataset dataset, bool fullMasks = false) => new(
        dataset, new LoaderOptions(new BatchOptions(ImageSize, FullMasks: fullMasks), ClipsPerBatch) { Cache = false, Threads = Threads });
}

/// <summary>
/// Collects an ECMVAE's codes over a data set. Only its latent encoders run, neither backbone nor decoder.
/// </summary>
public static class CodePass
{
    internal static readonly string[] Quadrants = ["top left", "top right", "bottom left", "bottom right"];

    /// <summary>The network of a model, which must be one with these codes.</summary>
    /// <exception cref="UsageException">It is of another family.</exception>
    public static EcmvaeModel Require(AudioVisualSegmenter model) => model.Network as EcmvaeModel ?? throw new UsageException(
        "this model has no latent codes to look into, expected an ECMVAE, which has c, s_v and s_a");

    /// <summary>Runs the latent encoders over every frame.</summary>
    /// <param name="model">An ECMVAE; it is set to evaluation mode.</param>
    /// <exception cref="UsageException">The model is no ECMVAE.</exception>
    /// <exception cref="DataException">A clip cannot be read, or a code is not finite.</exception>
    public static CollectedCodes Collect(AudioVisualSegmenter model, IClipDataset dataset, CodePassOptions options)
    {
        var network = Require(model);
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        model.eval();
        var gathered = new Gathered();
        var silent = SilentObjects(dataset);
        using var loader = options.Open(dataset);
        var done = 0;
        foreach (var batch in loader.Epoch(0))
        {
            using (batch)
            {
                using var inner = NewDisposeScope();
                var hasMasks = batch.Labelled.shape[0] > 0;
                var input = model.WithEmbedding(Segmenters.InputFrom(batch, options.Device ?? CPU, masks: hasMasks));
                gathered.Add(network.Encode(input), network.Encode(Muted(model, input)).Prior, FramesOf(batch, silent));
                done += batch.Clips.Count;
                options.Progress?.Invoke(done);
            }
        }
        var codes = gathered.Join(dataset.Name);
        FiniteCodes.Require([.. codes.Factors.SelectMany(factor => (Tensor[])[factor.Prior.Mean, factor.Posterior.Mean])]);
        return codes;
    }

    // Silence is the same in every frame, so the audio network looks at one.
    private static AvsInput Muted(AudioVisualSegmenter model, AvsInput input)
    {
        var frames = input.Images.shape[0];
        var silence = full(
            [1, 1, LogMelFrontEnd.ExampleFrames, LogMelFrontEnd.Bands], LogMelFrontEnd.Silence, ScalarType.Float32, input.Images.device);
        var one = model.WithEmbedding(new AvsInput(input.Images.narrow(0, 0, 1), silence, 1)).AudioEmbedding!; // [1,D]
        return input with { Masks = null, Labelled = null, AudioEmbedding = one.expand(frames, one.shape[1]) };
    }

    private static List<CodedFrame> FramesOf(AvsBatch batch, Dictionary<string, string> silent)
    {
        var labelled = batch.Labelled.data<long>().ToArray();
        var mass = labelled.Length == 0 ? [] : ImageBatches.Numbers(batch.Masks.sum([1, 2, 3]));
        var positions = labelled.Length == 0 ? [] : CentreQuadrants(batch.Masks);
        return [.. Enumerable.Range(0, (int)batch.Images.shape[0]).Select(row =>
        {
            var place = batch.Locate(row);
            var clip = batch.Clips[place.Clip];
            var mask = Array.BinarySearch(labelled, row);
            return new CodedFrame(
                clip.Id, place.Frame, clip.Category.Length > 0 ? clip.Category : null,
                silent.GetValueOrDefault(clip.Id), mask < 0 ? null : positions[mask], mask < 0 ? null : mass[mask] > 0);
        })];
    }

    // The quadrant of each mask's centre of mass [M,1,S,S]; null of an empty one.
    internal static string?[] CentreQuadrants(Tensor masks)
    {
        using var scope = NewDisposeScope();
        var side = masks.shape[^1];
        var places = arange(side, ScalarType.Float32) + 0.5f;
        var mass = ImageBatches.Numbers(masks.sum([1, 2, 3]));
        var x = ImageBatches.Numbers((masks.sum([1, 2]) * places).sum(1)); // [M]
        var y = ImageBatches.Numbers((masks.sum([1, 3]) * places).sum(1));
        return [.. mass.Select((m, i) => m == 0 ? null : Quadrants[(y[i] / m < side / 2.0 ? 0 : 2) + (x[i] / m < side / 2.0 ? 0 : 1)])];
    }

    // Of each clip whose scene has another clip, the class of that one's object.
    private static Dictionary<string, string> SilentObjects(IClipDataset dataset) => dataset.Clips
        .Where(clip => clip.Scene is not null && clip.Category.Length > 0)
        .GroupBy(clip => clip.Scene)
        .Where(scene => scene.Count() == 2)
        .SelectMany(scene => new[] { (Clip: scene.First(), Other: scene.Last()), (Clip: scene.Last(), Other: scene.First()) })
        .ToDictionary(pair => pair.Clip.Id, pair => pair.Other.Category);

    /// <summary>The codes of the batches so far.</summary>
    private sealed class Gathered
    {
        private readonly List<CodedFrame> frames = [];
        private readonly List<int> labelled = [];
        private readonly Dictionary<string, (Parts Prior, Parts Posterior, Parts Muted)> factors = [];
        private readonly Parts priorHeads = new(), posteriorHeads = new();

        /// <param name="encoded">Of all rows of a batch.</param>
        /// <param name="muted">The same with silence.</param>
        /// <param name="those">Their frames.</param>
        public void Add(EncodedFrames encoded, LatentCodes muted, List<CodedFrame> those)
        {
            labelled.AddRange(Enumerable.Range(0, those.Count).Where(i => those[i].Sounds is not null).Select(i => frames.Count + i));
            frames.AddRange(those);
            foreach (var ((symbol, code), (_, silent)) in CollectedCodes.BySymbol(encoded.Prior).Zip(CollectedCodes.BySymbol(muted)))
            {
                if (!factors.TryGetValue(symbol, out var parts))
                    factors[symbol] = parts = (new Parts(), new Parts(), new Parts());
                parts.Prior.Add(code);
                parts.Muted.Add(silent);
            }
            if (encoded.Posterior is not null)
                foreach (var (symbol, code) in CollectedCodes.BySymbol(encoded.Posterior))
                    factors[symbol].Posterior.Add(code);
            if (encoded.PriorInformation is { } prior)
                priorHeads.Add(prior);
            if (encoded.PosteriorInformation is { } posterior)
                posteriorHeads.Add(posterior);
        }

        public CollectedCodes Join(string dataset) => new(
            dataset, frames, labelled,
            [.. factors.Select(entry =>
            {
                var (prior, posterior, muted) = entry.Value;
                var size = prior.Width;
                return new FactorCodes(entry.Key, prior.JoinGaussian(size), posterior.JoinGaussian(size), muted.JoinGaussian(size));
            })],
            priorHeads.JoinHeads(), posteriorHeads.JoinHeads());
    }

    /// <summary>Tensors of the batches so far, [n,K] each.</summary>
    private sealed class Parts
    {
        private readonly List<Tensor[]> parts = [];

        public long Width => parts[0][0].shape[1];

        public void Add(LatentCode code) => Add([code.Mean, code.LogVariance]);

        public void Add(MutualInformationHeads heads) => Add([heads.Mean, heads.LogVariance, heads.Target]);

        public DiagonalGaussian JoinGaussian(long width) =>
            parts.Count > 0 ? new DiagonalGaussian(Join(0), Join(1)) : new DiagonalGaussian(None(width), None(width));

        public MutualInformationHeads? JoinHeads() => parts.Count > 0 ? new MutualInformationHeads(Join(0), Join(1), Join(2)) : null;

        private void Add(Tensor[] some) => parts.Add([.. some.Select(tensor => tensor.cpu().MoveToOuterDisposeScope())]);

        // Into the scope of whoever collects.
        private Tensor Join(int which) => cat([.. parts.Select(part => part[which])]).MoveToOuterDisposeScope();

        private static Tensor None(long width) => zeros(0, width).MoveToOuterDisposeScope();
    }
}
