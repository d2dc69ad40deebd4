using Avs.Core;
using Avs.Data.Images;
using Avs.Eval.Reports;
using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Sampling;
using static TorchSharp.torch;

namespace Avs.Train.Autoencoding;

/// <summary>A picture of what an autoencoder has learned: images, their reconstructions, and images decoded from new codes.</summary>
internal static class AutoencoderSheet
{
    private const int Columns = 10, CellWidth = 72, NewImages = 2 * Columns, MixtureComponents = 10;

    public static void Write(
        string path, AutoencodingExperiment experiment, AutoencoderNetwork model, Device device, ImageTensors images,
        IReadOnlyList<long> rows, Generator generator)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var columns = Math.Min(Columns, rows.Count);
        long[] shown = [.. Enumerable.Range(0, columns).Select(i => rows[i * rows.Count / columns])];
        var real = AutoencodingData.Binarize(images.Batch(shown).to(device), experiment.Task.Data.Binarize, generator);
        var (sampler, name) = Sampler(experiment, model, device, images, rows);
        var codes = sampler.Sample(NewImages, generator).to(device);
        var drawn = model.Decode(codes);

        string Caption(int i) => images.Labels[(int)shown[i]] is var label and >= 0 ? images.Classes[label] : "";
        new ContactSheet(CellWidth).Write(path, new Sheet(
            experiment.Run.Name == experiment.Task.Model.Name
                ? experiment.Run.Name
                : $"{experiment.Run.Name}: {experiment.Task.Model.Name}",
            $"{experiment.Task.Model.Network.LatentSize} dimensions, {images.Name}",
            [.. Enumerable.Repeat("", Columns)],
            [
                new SheetRow("images", [.. PictureCells.From(real, Caption)]),
                new SheetRow("their reconstructions", [.. PictureCells.From(model.Reconstruct(real))]),
                .. PictureCells.From(drawn).Chunk(Columns).Select((cells, i) => new SheetRow(i == 0 ? $"decoded from {name}" : "", cells)),
            ]));
    }

    private static (ILatentSampler Sampler, string Name) Sampler(
        AutoencodingExperiment experiment, AutoencoderNetwork model, Device device, ImageTensors images, IReadOnlyList<long> rows)
    {
        var config = experiment.Task;
        var network = config.Model.Network;
        if (network is VaeConfig or IwaeConfig or WaeConfig)
            return (new StandardNormalSampler(network.LatentSize), "draws of N(0, I)");
        var codes = cat([.. rows.Chunk(config.Evaluate.BatchImages).Select(part => model.Encode(images.Batch(part).to(device)).Mean)]);
        return network is RaeConfig && rows.Count >= MixtureComponents
            ? (GaussianMixtureSampler.Fit(codes, new NamedRandom(experiment.Run.Seed, "sheet/mixture"), MixtureComponents),
                $"draws of a mixture of {MixtureComponents} Gaussians, fitted to the codes")
            : (new UniformBoxSampler(codes), "draws from the box that holds the codes");
    }
}
