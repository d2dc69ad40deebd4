using System.CommandLine;
using Avs.Data.Clips;
using Avs.Eval.EcmvaeCodes;
using Avs.Models;
using Avs.Train.Segmentation;

namespace Avs.Cli;

/// <summary>The arguments and options that the verbs of `avs latent` share which look into an ECMVAE.</summary>
internal sealed class FactorOptions
{
    public Argument<string> Run { get; } = new("RUN")
    {
        Description = "The folder of a run of an ECMVAE (its best checkpoint is taken), a checkpoint, or an experiment (YAML) with "
            + "model.weights.",
    };

    public Option<string?> Data { get; } = CommonOptions.DataOfRun();

    public Option<string> Split { get; } = CommonOptions.Split("The split of the clips.");

    public Option<int> Clips { get; } = CommonOptions.Count(
        "--clips", "Look at no more clips of a split than this, spread over it; scenes stay whole.", 500, least: 2);

    public Option<string?> Out { get; } = new("--out")
    {
        Description = "The folder for what is written. Default: `latent` beside the checkpoint.",
        HelpName = "DIR",
    };

    public Option<long> Seed { get; } = new("--seed") { Description = "Of everything that is drawn.", DefaultValueFactory = _ => 1 };

    public Option<string> Device { get; } = CommonOptions.Device();

    public IReadOnlyList<Option> All => [Data, Split, Clips, Out, Seed, Device];
}

/// <summary>A trained ECMVAE with the clips that it is looked at with.</summary>
internal sealed class FactorRun : IDisposable
{
    private readonly SegmentationExperiment experiment;
    private readonly ExperimentData data;
    private readonly int most;

    private FactorRun(
        AudioVisualSegmenter model, SegmentationExperiment experiment, string checkpoint, ParseResult parse, FactorOptions options)
    {
        var device = CommonOptions.ParseDevice(parse.GetValue(options.Device)!);
        var config = experiment.Task.Data;
        if (parse.GetValue(options.Data) is { } root)
            config = config with { Root = root };
        this.experiment = experiment;
        Model = model;
        Checkpoint = checkpoint;
        Seed = parse.GetValue(options.Seed);
        most = parse.GetValue(options.Clips);
        data = new ExperimentData(config, FrozenSound.Of(model, device));
        Clips = Open(CommonOptions.Chosen<Split>(parse.GetValue(options.Split)!));
        Folder = parse.GetValue(options.Out) ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(checkpoint))!, "latent");
        Pass = new CodePassOptions(experiment.Task.Model.Network.ImageSize)
        {
            ClipsPerBatch = experiment.Task.Evaluate.BatchClips,
            Threads = config.Workers,
            Device = device,
        };
    }

    public AudioVisualSegmenter Model { get; }

    /// <summary>The file that was loaded.</summary>
    public string Checkpoint { get; }

    /// <summary>The clips of the split that was asked for.</summary>
    public IClipDataset Clips { get; }

    /// <summary>Where results go.</summary>
    public string Folder { get; }

    public long Seed { get; }

    public CodePassOptions Pass { get; }

    /// <summary>What headings call it.</summary>
    public string Name => experiment.Run.Name;

    /// <summary>Loads a run as the command line says.</summary>
    /// <exception cref="Core.UsageException">It is no run of an ECMVAE.</exception>
    public static FactorRun Open(ParseResult parse, FactorOptions options)
    {
        var (model, experiment, checkpoint) = SegmenterFactory.Load(
            parse.GetValue(options.Run)!, CommonOptions.ParseDevice(parse.GetValue(options.Device)!));
        try
        {
            CodePass.Require(model);
            experiment.Run.Train.ApplyThreads();
            return new FactorRun(model, experiment, checkpoint, parse, options);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Clips of a split, no more than were asked for.</summary>
    public IClipDataset Open(Split split) => ClipSubset.SpreadScenes(data.Open(split), most);

    public void Dispose() => Model.Dispose();
}
