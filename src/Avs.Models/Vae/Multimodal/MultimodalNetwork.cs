using Avs.Core;
using Avs.Core.Configuration;
using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Distributions;
using Avs.Models.Vae.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

// Variational autoencoders of several modalities X = (x_1, …, x_M) with one joint posterior q(c | X) of a shared code c, and with or
// without private codes s_m of single modalities: p(X) = ∫ p(c) Π_m p(s_m) p(x_m | c, s_m). What a model brings: a record that builds the
// network, the network, which says how the modalities' posteriors become one and what is decoded in training, and the objective. Every
// model takes examples that lack modalities, in training too.

namespace Avs.Models.Vae.Multimodal;

/// <summary>The sizes and choices of a multimodal VAE: one sealed record a model. Which modalities there are is the data's.</summary>
public abstract record MultimodalConfig
{
    /// <summary>K, dimensions of the shared code.</summary>
    [AtLeast(1)] public int LatentSize { get; init; } = 32;

    /// <summary>Of a modality that does not say otherwise.</summary>
    public EncoderConfig Encoder { get; init; } = new();

    /// <summary>Of a modality that does not say otherwise.</summary>
    public DecoderConfig Decoder { get; init; } = new();

    /// <summary>Of a modality that does not say otherwise.</summary>
    public LikelihoodConfig Likelihood { get; init; } = new();

    /// <summary>Dimensions of each modality's private code; 0: the model has none.</summary>
    internal virtual int PrivateCodes => 0;

    /// <summary>Builds the network with fresh weights, drawn from torch's default generator.</summary>
    /// <param name="modalities">At least one.</param>
    /// <exception cref="UsageException">There is none, two have the same name, or strides do not divide an image.</exception>
    public MultimodalNetwork Create(IReadOnlyList<Modality> modalities)
    {
        if (modalities.Count == 0)
            throw new UsageException("a multimodal VAE was given no modalities, expected at least one");
        if (modalities.GroupBy(modality => modality.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new UsageException($"two modalities have the name '{twice.Key}', expected a name of its own for each");
        return CreateNetwork(modalities);
    }

    /// <summary>The objective of the model with its defaults.</summary>
    public abstract MultimodalObjective DefaultObjective();

    private protected abstract MultimodalNetwork CreateNetwork(IReadOnlyList<Modality> modalities);
}

/// <summary>Codes drawn in one way, and what the decoders make of them.</summary>
/// <param name="Code">c [...,N,K]; the strata of a mixture are [L,M,N,K].</param>
/// <param name="Decoded">The decoders' outputs [...,N,C,H,W]; null of a modality that was not decoded.</param>
/// <param name="Counted">1 where a modality of an example has a part in the reconstruction, else 0, [M,N].</param>
/// <param name="Posterior">The Gaussian that the codes were drawn from [N,K]; null where they are the joint posterior's.</param>
/// <param name="PrivateCode">
/// s_m of the modality that a stratum's codes come from [L,M,N,J]; null where private codes are drawn otherwise or not at all.
/// </param>
public sealed record MultimodalPath(
    Tensor Code, IReadOnlyList<Tensor?> Decoded, Tensor Counted, DiagonalGaussian? Posterior = null, Tensor? PrivateCode = null)
{
    internal MultimodalPath Each(Func<Tensor, Tensor> change) => new(
        change(Code), [.. Decoded.Select(decoded => decoded is null ? null : change(decoded))], change(Counted), Posterior?.Each(change),
        PrivateCode is null ? null : change(PrivateCode));
}

/// <summary>What a multimodal VAE returns in training.</summary>
/// <param name="Unimodal">What each modality says by itself.</param>
/// <param name="Joint">q(c | X).</param>
/// <param name="Paths">The codes that were drawn and decoded; which, is the model's.</param>
public sealed record MultimodalOutput(UnimodalPosteriors Unimodal, JointPosterior Joint, IReadOnlyList<MultimodalPath> Paths)
{
    internal MultimodalOutput Each(Func<Tensor, Tensor> change) =>
        new(Unimodal.Each(change), Joint.Each(change), [.. Paths.Select(path => path.Each(change))]);

    internal MultimodalOutput MoveToOuterDisposeScope() => Each(tensor => tensor.MoveToOuterDisposeScope());
}

/// <summary>A multimodal VAE.</summary>
public abstract class MultimodalNetwork : nn.Module<MultimodalInput, Generator, MultimodalOutput>
{
    private readonly ModuleList<ModalityNetwork> modalities;

    private protected MultimodalNetwork(string name, IReadOnlyList<Modality> modalities, MultimodalConfig config) : base(name)
    {
        this.modalities = new ModuleList<ModalityNetwork>([.. modalities.Select(modality => new ModalityNetwork(modality, config))]);
        register_module(nameof(modalities), this.modalities);
        (LatentSize, PrivateSize) = (config.LatentSize, config.PrivateCodes);
    }

    public IReadOnlyList<Modality> Modalities => [.. modalities.Select(part => part.Modality)];

    /// <summary>K.</summary>
    public int LatentSize { get; }

    /// <summary>J; 0 without private codes.</summary>
    public int PrivateSize { get; }

    /// <summary>q(c | X) from what each modality says by itself.</summary>
    public abstract JointPosterior Join(UnimodalPosteriors unimodal);

    /// <summary>What each modality says by itself. An encoder sees only the examples whose modality is there.</summary>
    /// <exception cref="ArgumentException">The input does not fit the modalities, or an example has none.</exception>
    public UnimodalPosteriors Encode(MultimodalInput input)
    {
        using var scope = NewDisposeScope();
        var present = PresentOf(input); // [M,N]
        var n = present.shape[1];
        var shared = new List<DiagonalGaussian>();
        var specific = new List<DiagonalGaussian>();
        for (var m = 0; m < modalities.Count; m++)
        {
            DiagonalGaussian Everywhere(DiagonalGaussian? some, Tensor? rows, int size)
            {
                if (some is not null && rows is null)
                    return some;
                DiagonalGaussian nothing = new(
                    zeros([n, size], present.dtype, present.device), zeros([n, size], present.dtype, present.device));
                return some is null ? nothing : new(
                    nothing.Mean.index_copy(0, rows!, some.Mean.to(present.dtype)),
                    nothing.LogVariance.index_copy(0, rows!, some.LogVariance.to(present.dtype)));
            }

            var rows = input.Present is null ? null : present[m].nonzero().flatten();
            var nobody = input.Modalities[m] is null || rows?.shape[0] == 0;
            var x = nobody ? null : rows is null ? input.Modalities[m] : input.Modalities[m]!.index_select(0, rows);
            var (ofShared, ofPrivate) = x is null ? (null, null) : modalities[m].call(x);
            shared.Add(Everywhere(ofShared?.Posterior, rows, LatentSize));
            if (PrivateSize > 0)
                specific.Add(Everywhere(ofPrivate?.Posterior, rows, PrivateSize));
        }
        return new UnimodalPosteriors(Stacked(shared), specific.Count == 0 ? null : Stacked(specific), present).MoveToOuterDisposeScope();
    }

    /// <summary>Codes to an image of a modality, x̃: [...,N,K] and [...,N,J] to [...,N,C,H,W].</summary>
    /// <param name="modality">The index of the modality.</param>
    /// <param name="shared">c.</param>
    /// <param name="specific">s_m; null of a model without.</param>
    public Tensor Decode(int modality, Tensor shared, Tensor? specific = null)
    {
        using var scope = NewDisposeScope();
        return modalities[modality].Likelihood.call(DecodeRaw(modality, shared, specific)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// x̃ of every modality from those that are given: the shared code drawn of their joint posterior, private codes of the modality's own
    /// posterior where it is given, of p(s) = N(0, I) else.
    /// </summary>
    /// <param name="given">What is there.</param>
    /// <returns>[N,C,H,W] for each modality.</returns>
    public IReadOnlyList<Tensor> Generate(MultimodalInput given, Generator generator)
    {
        using var scope = NewDisposeScope();
        var unimodal = Encode(given);
        var shared = Join(unimodal).Sample(generator).squeeze(0); // [N,K]
        return [.. Enumerable.Range(0, modalities.Count).Select(
            m => Decode(m, shared, PrivateOf(unimodal, m, generator)).MoveToOuterDisposeScope())];
    }

    /// <summary>x̃ of every modality from N(0, I): [count,C,H,W] each, all from the same shared codes.</summary>
    public IReadOnlyList<Tensor> Sample(int count, Generator generator)
    {
        using var scope = NewDisposeScope();
        Tensor Prior(int size) => StandardNormalNoise.Draw(generator, [count, size], PriorLike());
        var shared = Prior(LatentSize);
        return [.. Enumerable.Range(0, modalities.Count).Select(
            m => Decode(m, shared, PrivateSize == 0 ? null : Prior(PrivateSize)).MoveToOuterDisposeScope())];
    }

    /// <summary>
    /// Σ_m w_m·(−log p(x_m | c, s_m)) over the modalities that count, of each code, [...,N]; and the mean of each modality's by name.
    /// </summary>
    internal (Tensor Sum, IReadOnlyList<(string Name, Tensor Value)> ByModality) Reconstruction(MultimodalInput input, MultimodalPath path)
    {
        using var scope = NewDisposeScope();
        Tensor? sum = null;
        var terms = new List<(string, Tensor)>();
        for (var m = 0; m < modalities.Count; m++)
        {
            if (path.Decoded[m] is not { } decoded || input.Modalities[m] is not { } x)
                continue;
            var counted = path.Counted[m]; // [N]
            // What stands at a missing place may be anything, also NaN.
            var known = input.Present is null ? x : where(counted.to(ScalarType.Bool).view(-1, 1, 1, 1), x, zeros_like(x));
            var nats = modalities[m].Likelihood.NegativeLog(decoded, known) * counted; // [...,N]
            sum = sum is null ? nats * modalities[m].Modality.Weight : sum + nats * modalities[m].Modality.Weight;
            terms.Add(($"reconstruction/{modalities[m].Modality.Name}",
                nats.sum() * (1.0 * counted.shape[0] / nats.numel()) / counted.sum().clamp(min: 1)));
        }
        sum ??= zeros_like(path.Code.select(-1, 0));
        return (sum.MoveToOuterDisposeScope(), [.. terms.Select(term => (term.Item1, term.Item2.MoveToOuterDisposeScope()))]);
    }

    /// <summary>The forward of models that decode all modalities from one code of each example, drawn of q(c | X).</summary>
    private protected MultimodalOutput DecodeJointSample(MultimodalInput input, Generator generator)
    {
        using var scope = NewDisposeScope();
        var unimodal = Encode(input);
        var joint = Join(unimodal);
        var code = joint.Sample(generator).squeeze(0); // [N,K]
        var path = new MultimodalPath(code, DecodeSome(input, _ => true, _ => (code, null)), unimodal.Present.alias());
        return new MultimodalOutput(unimodal, joint, [path]).MoveToOuterDisposeScope();
    }

    /// <summary>Decodes some modalities of codes: those of the taken ones that are there at all.</summary>
    private protected IReadOnlyList<Tensor?> DecodeSome(
        MultimodalInput input, Func<int, bool> taken, Func<int, (Tensor Shared, Tensor? Private)> codes) =>
        [.. Enumerable.Range(0, modalities.Count).Select(
            m => taken(m) && input.Modalities[m] is not null ? DecodeRaw(m, codes(m).Shared, codes(m).Private) : null)];

    private protected int Count => modalities.Count;

    /// <summary>The likelihood of a modality, by its index.</summary>
    public Likelihood LikelihoodOf(int modality) => modalities[modality].Likelihood;

    internal Tensor DecodeRaw(int modality, Tensor shared, Tensor? specific)
    {
        using var scope = NewDisposeScope();
        return modalities[modality].DecodeRaw(specific is null ? shared : cat([shared, specific], -1)).MoveToOuterDisposeScope();
    }

    // The private code of one modality for each example: of the posterior where it is there, else of the prior; null without private codes.
    private Tensor? PrivateOf(UnimodalPosteriors unimodal, int m, Generator generator)
    {
        if (unimodal.Private is null)
            return null;
        var own = unimodal.Private.Member(m).Sample(generator).squeeze(0); // [N,J]
        var other = StandardNormalNoise.Draw(generator, own.shape, PriorLike());
        return where(unimodal.Present[m].to(ScalarType.Bool).unsqueeze(-1), own, other);
    }

    private protected Tensor PriorLike() => modalities[0].parameters().First();

    private Tensor PresentOf(MultimodalInput input)
    {
        if (input.Modalities.Count != modalities.Count)
            throw new ArgumentException(
                $"the network has {modalities.Count} modalities, the input {input.Modalities.Count}", nameof(input));
        var first = input.Modalities.OfType<Tensor>().FirstOrDefault()
            ?? throw new ArgumentException("the input has no modality at all", nameof(input));
        var n = first.shape[0];
        var type = first.dtype;
        foreach (var (x, modality) in input.Modalities.Zip(Modalities))
            if (x is not null && !x.shape.AsSpan().SequenceEqual([n, modality.Shape.Channels, modality.Shape.Height, modality.Shape.Width]))
                throw new ArgumentException(
                    $"modality '{modality.Name}' is [{string.Join(", ", x.shape)}]; expected {n} of {modality.Shape}", nameof(input));
        var there = tensor(input.Modalities.Select(x => x is null ? 0f : 1f).ToArray(), type, first.device).unsqueeze(-1); // [M,1]
        if (input.Present is null)
            return there.expand(modalities.Count, n).contiguous();
        if (!input.Present.shape.AsSpan().SequenceEqual([n, modalities.Count]))
            throw new ArgumentException(
                $"the mask of what is present is [{string.Join(", ", input.Present.shape)}]; expected [{n}, {modalities.Count}]",
                nameof(input));
        var present = input.Present.t().to(type, first.device) * there;
        var lost = (present.sum([0]) == 0).sum().to(ScalarType.Int64).item<long>();
        return lost == 0 ? present : throw new ArgumentException(
            $"{lost} of {n} examples have no modality at all; expected at least one", nameof(input));
    }

    private static DiagonalGaussian Stacked(List<DiagonalGaussian> each) =>
        new(stack(each.Select(one => one.Mean)), stack(each.Select(one => one.LogVariance)));
}

/// <summary>What a multimodal VAE learns by: one sealed record of weights and choices a model.</summary>
public abstract record MultimodalObjective
{
    /// <summary>β, the weight of what holds codes to their prior.</summary>
    [AtLeast(0)] public double KlWeight { get; init; } = 1;

    /// <summary>The share of the training in which that weight rises from 0.</summary>
    [Between(0, 1)] public double KlAnnealing { get; init; }

    /// <summary>The terms for one batch.</summary>
    /// <param name="network">The network that was run.</param>
    /// <param name="input">What it was given.</param>
    /// <param name="output">What it returned.</param>
    /// <param name="progress">How far the training is, 0 to 1.</param>
    public abstract ObjectiveTerms Compute(MultimodalNetwork network, MultimodalInput input, MultimodalOutput output, double progress = 1);

    private protected double Beta(double progress) => KlWeight * Losses.KlAnnealing.Weight(KlAnnealing, progress);
}
