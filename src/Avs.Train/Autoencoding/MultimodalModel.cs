using Avs.Data.Images;
using Avs.Eval.Reports;
using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Multimodal;
using Avs.Train.Runs;
using static TorchSharp.torch;

namespace Avs.Train.Autoencoding;

/// <summary>A multimodal VAE that learns.</summary>
/// <param name="config">Names the modalities.</param>
/// <param name="validation">For pictures of what was learned.</param>
internal sealed class MultimodalModel(
    MultimodalTaskConfig config, MultimodalNetwork network, MultimodalTensors validation, Device device) : IExampleModel
{
    public MultimodalTaskConfig Config => config;

    public nn.Module Network => network;

    public string Name => config.Model.Name;

    public string Codes => network.PrivateSize == 0
        ? $"{network.LatentSize} dimensions"
        : $"{network.LatentSize} shared dimensions and {network.PrivateSize} private ones a modality";

    public string Unit => "examples";

    public string Shape => string.Join(", ", config.Model.Modalities);

    public string Changes => "missing";

    public ExampleCounts Counts => new(config.Data.BatchExamples, config.Evaluate.Examples, config.Evaluate.BatchExamples);

    public IReadOnlyList<RunPlot> Plots =>
    [
        new("objective", ["total", "val_total"]),
        new("reconstruction, nats an example", ["reconstruction", "val_reconstruction"]),
        new("code, nats an example", ["kl", "val_kl", "private_kl", "val_private_kl"]),
        new("reconstruction of each modality", [.. network.Modalities.Select(modality => $"val_reconstruction/{modality.Name}")]),
    ];

    /// <summary>Validates on whole examples, whatever share is missing in training.</summary>
    public ObjectiveTerms Compute(IReadOnlyList<Tensor> examples, Draws draws, double progress, bool isTraining)
    {
        var (count, share) = ((int)examples[0].shape[0], config.Data.MissingShare);
        var present = isTraining && share > 0
            ? DrawPresent(count, network.Modalities.Count, share, draws.Changes).to(device)
            : null;
        var input = new MultimodalInput([.. examples.Select(modality => modality.to(device))], present);
        return config.Objective.Compute(network, input, network.call(input, draws.Latent), progress);
    }

    /// <summary>Examples, what is made of their first modality alone, and what is made of no modality.</summary>
    public (string About, IReadOnlyList<SheetRow> Rows) Draw(long[] shown, long[] validated, Generator generator)
    {
        Tensor[] real = [.. validation.Batch(shown).Select(modality => modality.to(device))];
        var fromFirst = network.Generate(new MultimodalInput([.. real.Select((modality, m) => m == 0 ? modality : null)]), generator);
        var fromNothing = network.Sample(shown.Length, generator);
        IEnumerable<SheetRow> Rows(IReadOnlyList<Tensor> modalities, string what) => modalities.Select((modality, m) =>
            new SheetRow($"{network.Modalities[m].Name}{what}", [.. ExampleSheet.Cells(modality)]));
        return (validation.Name,
        [
            .. Rows(real, " of the examples"), .. Rows(fromFirst, $" from {network.Modalities[0].Name} alone"),
            .. Rows(fromNothing, ", decoded from draws of N(0, I)"),
        ]);
    }

    /// <summary>Which modalities of which examples are there: each with probability 1 − share, and one of each example at least.</summary>
    /// <returns>bool [N,M].</returns>
    internal static Tensor DrawPresent(int examples, int modalities, double share, Generator generator)
    {
        using var scope = NewDisposeScope();
        var drawn = rand([examples, modalities], generator: generator);
        var largest = drawn.amax([1], keepdim: true); // there anyway, unless all would be missing
        return drawn.ge(share).logical_or(drawn.eq(largest)).MoveToOuterDisposeScope();
    }
}
