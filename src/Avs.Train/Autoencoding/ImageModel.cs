using Avs.Core;
using Avs.Data.Images;
using Avs.Eval.Reports;
using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Sampling;
using Avs.Train.Experiments;
using Avs.Train.Runs;
using static TorchSharp.torch;

namespace Avs.Train.Autoencoding;

/// <summary>An autoencoder of images that learns.</summary>
/// <param name="experiment">One that says the shape of the images.</param>
/// <param name="validation">For pictures of what was learned.</param>
internal sealed class ImageModel(
    TaskExperiment<AutoencodingConfig> experiment, AutoencoderNetwork network, ImageTensors validation, Device device) : IExampleModel
{
    private const int NewImages = 2 * ExampleSheet.Columns, MixtureComponents = 10;

    public AutoencodingConfig Config { get; } = experiment.Task;

    public nn.Module Network => network;

    public string Name => Config.Model.Name;

    public string Codes => $"{Config.Model.Network.LatentSize} dimensions";

    public string Unit => "images";

    public string Shape => $"{Config.Model.Network.Image}";

    public string Changes => "binarize";

    public ExampleCounts Counts => new(Config.Data.BatchImages, Config.Evaluate.Images, Config.Evaluate.BatchImages);

    public IReadOnlyList<RunPlot> Plots { get; } =
    [
        new("objective", ["total", "val_total"]),
        new("reconstruction, nats an image", ["reconstruction", "val_reconstruction"]),
        new("code", ["kl", "val_kl", "mmd", "val_mmd", "code", "val_code"]),
    ];

    public ObjectiveTerms Compute(IReadOnlyList<Tensor> examples, Draws draws, double progress, bool isTraining)
    {
        var seen = ExampleData.Binarize(examples[0].to(device), Config.Data.Binarize, draws.Changes);
        return Config.Objective.Compute(network, seen, network.call(seen, draws.Latent), draws.Latent, progress);
    }

    public IEnumerable<(string Name, double Value)> FollowFrom(IReadOnlyList<(string Name, double Value)> means)
    {
        if (network.Likelihood.IsDensity && means.FirstOrDefault(mean => mean.Name == "kl") is { Name: not null } kl)
            yield return ("elbo", -(means.First(mean => mean.Name == "reconstruction").Value + kl.Value));
    }

    /// <summary>Images, their reconstructions, and images decoded from new codes.</summary>
    public (string About, IReadOnlyList<SheetRow> Rows) Draw(long[] shown, long[] validated, Generator generator)
    {
        var real = ExampleData.Binarize(validation.Batch(shown).to(device), Config.Data.Binarize, generator);
        var (sampler, name) = Sampler(validated);
        var drawn = network.Decode(sampler.Sample(NewImages, generator).to(device));
        string Caption(int i) => validation.Labels[(int)shown[i]] is var label and >= 0 ? validation.Classes[label] : "";
        return ($"{Codes}, {validation.Name}",
        [
            new SheetRow("images", [.. ExampleSheet.Cells(real, Caption)]),
            new SheetRow("their reconstructions", [.. ExampleSheet.Cells(network.Reconstruct(real))]),
            .. ExampleSheet.Cells(drawn).Chunk(ExampleSheet.Columns)
                .Select((cells, i) => new SheetRow(i == 0 ? $"decoded from {name}" : "", cells)),
        ]);
    }

    private (ILatentSampler Sampler, string Name) Sampler(long[] rows)
    {
        if (Config.Model.Network is VaeConfig or IwaeConfig or WaeConfig)
            return (new StandardNormalSampler(Config.Model.Network.LatentSize), "draws of N(0, I)");
        var codes = cat([.. rows.Chunk(Counts.ValidationBatch).Select(part => network.Encode(validation.Batch(part).to(device)).Mean)]);
        return Config.Model.Network is RaeConfig && rows.Length >= MixtureComponents
            ? (GaussianMixtureSampler.Fit(codes, new NamedRandom(experiment.Run.Seed, "sheet/mixture"), MixtureComponents),
                $"draws of a mixture of {MixtureComponents} Gaussians, fitted to the codes")
            : (new UniformBoxSampler(codes), "draws from the box that holds the codes");
    }
}
