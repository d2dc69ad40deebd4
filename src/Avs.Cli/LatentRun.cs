using System.CommandLine;
using Avs.Core.Libtorch;
using Avs.Data.Clips;
using Avs.Data.Images;
using Avs.Eval.AutoencoderFigures;
using Avs.Models.Vae.Autoencoders;
using Avs.Train.Autoencoding;
using Avs.Train.Experiments;
using static TorchSharp.torch;

namespace Avs.Cli;

/// <summary>The arguments and options that the verbs of `avs latent` share.</summary>
internal sealed class LatentOptions
{
    public Argument<string> Run { get; } = new("RUN")
    {
        Description = "The folder of a run of an autoencoder (its best checkpoint is taken), or a checkpoint.",
    };

    public Option<string?> Data { get; } = CommonOptions.DataOfRun("The folder of the images");

    public Option<string> Split { get; } = CommonOptions.Split("The split of the images.");

    public Option<int> Images { get; } = CommonOptions.Count(
        "--images", "How many images are encoded where a picture is of many: the first of the split.", 5000);

    public Option<string?> Out { get; } = new("--out")
    {
        Description = "The folder for the pictures. Default: `latent` beside the checkpoint.",
        HelpName = "DIR",
    };

    public Option<long> Seed { get; } = new("--seed") { Description = "Of everything that is drawn.", DefaultValueFactory = _ => 1 };

    public Option<string> Device { get; } = CommonOptions.Device();

    public IReadOnlyList<Option> All => [Data, Split, Images, Out, Seed, Device];
}

/// <summary>A trained autoencoder with its images.</summary>
internal sealed class LatentRun : IDisposable
{
    private readonly Generator binarization;

    private LatentRun(
        AutoencoderNetwork model, TaskExperiment<AutoencodingConfig> experiment, ImageTensors images, string checkpoint, Device device,
        long seed, int most)
    {
        Experiment = experiment;
        Checkpoint = checkpoint;
        binarization = NamedGenerator.Create(seed, "latent/binarize");
        Subject = new LatentSubject(model, images, experiment.Run.Name)
        {
            Device = device,
            Seed = seed,
            Most = most,
            Preprocess = batch => ExampleData.Binarize(batch, experiment.Task.Data.Binarize, binarization),
        };
    }

    public TaskExperiment<AutoencodingConfig> Experiment { get; }

    /// <summary>The file that was loaded.</summary>
    public string Checkpoint { get; }

    public LatentSubject Subject { get; }

    /// <summary>Where pictures go unless said otherwise.</summary>
    public string Folder => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(Checkpoint))!, "latent");

    /// <summary>Whether codes were trained towards N(0, I).</summary>
    public bool HasPrior => Experiment.Task.Model.Network is VaeConfig or IwaeConfig or WaeConfig;

    /// <summary>Where the codes of new images come from, unless said otherwise.</summary>
    public CodeSource Source => HasPrior ? CodeSource.Prior
        : Experiment.Task.Model.Network is RaeConfig ? CodeSource.Mixture : CodeSource.Box;

    /// <summary>Loads a run as the command line says.</summary>
    /// <param name="path">Its folder or checkpoint.</param>
    public static LatentRun Open(Terminal terminal, ParseResult parse, LatentOptions options, string path)
    {
        var device = CommonOptions.ParseDevice(parse.GetValue(options.Device)!);
        var (model, experiment, checkpoint) = AutoencodingDefinition.Networks.Load(path, device);
        experiment.Run.Train.ApplyThreads();
        var split = CommonOptions.Chosen<Split>(parse.GetValue(options.Split)!);
        var images = ExampleData.Open(WithRoot(experiment, parse, options), split, terminal.Error.WriteLine);
        return new LatentRun(model, experiment, images, checkpoint, device, parse.GetValue(options.Seed), parse.GetValue(options.Images));
    }

    /// <summary>Another split of the same images.</summary>
    public ImageTensors OpenSplit(Terminal terminal, ParseResult parse, LatentOptions options, Split split) =>
        ExampleData.Open(WithRoot(Experiment, parse, options), split, terminal.Error.WriteLine);

    /// <inheritdoc/>
    public void Dispose()
    {
        Subject.Network.Dispose();
        Subject.Images.Dispose();
        binarization.Dispose();
    }

    private static ImageDataConfig WithRoot(TaskExperiment<AutoencodingConfig> experiment, ParseResult parse, LatentOptions options) =>
        parse.GetValue(options.Data) is { } root ? experiment.Task.Data with { Root = root } : experiment.Task.Data;
}
