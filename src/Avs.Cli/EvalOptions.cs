using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Avs.Core;
using Avs.Core.Configuration;
using Avs.Core.Formats;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;
using Avs.Models.Segmentation;
using Avs.Train;
using Avs.Train.Experiments;
using Avs.Train.Runs;
using Avs.Train.Training;

namespace Avs.Cli;

/// <summary>What can be said to `avs eval`, and to which task's runs.</summary>
internal sealed class EvalOptions
{
    public const string Segmentation = "segmentation", Autoencoding = "autoencoding", Multimodal = "multimodal";

    public Argument<string> Path { get; } = new("RUN")
    {
        Description = "The folder of a run (its best checkpoint is taken), a checkpoint, or, of segmentation, an experiment (YAML) with "
            + "model.weights.",
    };

    public Option<string?> Data { get; } = CommonOptions.DataOfRun();

    public Option<string> Split { get; } = CommonOptions.Split("The split to measure on.");

    public Option<string> Device { get; } = CommonOptions.Device();

    public Option<bool> Json { get; } = CommonOptions.Json("the measures");

    public Option<string> Audio { get; } = new("--audio")
    {
        Description = "Segmentation. The sounds that the model gets, one or several with commas between: real (the clip's own), muted, "
            + "noise (white, as loud), off_screen (of another kind than the clip's), swapped (another clip's), other (AVS-Stamps: the "
            + "other object's in the picture); or all.",
        HelpName = "LIST",
        DefaultValueFactory = _ => AudioCondition.Real.Name(),
    };

    /// <summary>Taken for the sake of its sentence: what it said has other names now.</summary>
    public Option<string?> Mode { get; } = new("--mode") { Hidden = true };

    public Option<int> ClipsPerCall { get; } = CommonOptions.Count("--clips-per-call",
        "Segmentation. Clips of a call of the protocol avsbench, on which its F-score depends.", Protocols.ReferenceClipsPerCall);

    public Option<int> Draws { get; } = CommonOptions.Count("--bootstrap",
        "Segmentation. Draws for the 95 % intervals; 0 for none.", Bootstrap.UsualDraws, least: 0);

    public Option<string?> Out { get; } = new("--out")
    {
        Description = "Segmentation. Make this folder with metrics.json and tables of every clip, frame and threshold (CSV).",
        HelpName = "DIR",
    };

    public Option<bool> Masks { get; } = new("--masks")
    {
        Description = "Segmentation. With --out: also write the predicted masks, named as AVSBench's own program names them.",
    };

    public Option<string?> Overlays { get; } = new("--overlays")
    {
        Description = "Segmentation. Write each frame with its prediction as a picture into this folder.",
        HelpName = "DIR",
    };

    public Option<string?> Latent { get; } = new("--latent")
    {
        Description = "Segmentation. How latent codes are chosen: their means, the average over several draws, or one draw as the release "
            + "does. Default: as trained.",
    };

    public Option<int?> Samples { get; } = new("--samples")
    {
        Description = "Segmentation. Number of draws of the latent codes; with --overlays also writes a picture of where they disagree.",
        HelpName = "N",
    };

    public Option<bool> Probes { get; } = new("--probes")
    {
        Description = "Segmentation. Instead of scores: what linear classifiers find in an ECMVAE's codes c, s_v and s_a.",
    };

    public Option<string[]> Against { get; } = new("--against")
    {
        Description = "Autoencoding. Another image set whose test images the model should find unlikely, e.g. digits or folder=DIR; may be "
            + "given more than once.",
        HelpName = "SET",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public Option<string?> Attribute { get; } = new("--attribute")
    {
        Description = "Autoencoding. Judge by this attribute of the images instead of by their classes.",
        HelpName = "NAME",
    };

    public Option<int?> BoundSamples { get; } = CommonOptions.OptionalCount("--bound-samples",
        "Autoencoding, multimodal. k of the importance-weighted bound. Default: 50, of several modalities 10.", help: "K");

    public Option<int?> Most { get; } = CommonOptions.OptionalCount("--most",
        "Autoencoding, multimodal. Look at no more training and test images (or examples) than this. Default: 10 000, and 5 000 test "
        + "examples of several modalities.", least: 2);

    public EvalOptions()
    {
        Latent.AcceptOnlyFromAmong([.. Enum.GetNames<LatentMode>().Select(RecordReader.SnakeCase)]);
        Mode.Validators.Add(result => result.AddError("--mode is no more: every protocol is printed, under its name; what was 'reference' "
            + "is avsbench, and what was 'dataset' is frame ('dataset' now sums intersections and unions)"));
        Audio.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } list && FindUnknown(list) is { } unknown)
                result.AddError($"--audio: found '{unknown}', expected {AllConditions}, or some of {string.Join(", ", ConditionNames)} "
                    + "with commas between");
        });
    }

    /// <summary>What is typed for every sound that the data set can play.</summary>
    public const string AllConditions = "all";

    /// <summary>The conditions of a list that was typed, each once, the clips' own sound first.</summary>
    public static IReadOnlyList<AudioCondition> FindConditions(string list) => list == AllConditions
        ? Enum.GetValues<AudioCondition>()
        : [.. list.Split(',').Select(CommonOptions.Chosen<AudioCondition>).Distinct().Order()];

    private static IEnumerable<string> ConditionNames => Enum.GetValues<AudioCondition>().Select(audio => audio.Name());

    private static string? FindUnknown(string list) =>
        list == AllConditions ? null : list.Split(',').FirstOrDefault(name => !ConditionNames.Contains(name));

    public IEnumerable<Option> All =>
    [
        Data, Split, Audio, ClipsPerCall, Draws, Latent, Samples, Out, Masks, Overlays, Mode, Probes, Against, Attribute, BoundSamples,
        Most, Device, Json,
    ];

    /// <summary>Which task a run is of. What is no checkpoint of this program is left to segmentation, which says what it is.</summary>
    /// <exception cref="UsageException">There is no such run, or it is an experiment that names no weights.</exception>
    public static string FindTask(string path)
    {
        if (System.IO.Path.GetExtension(path).ToLowerInvariant() is ".yaml" or ".yml")
        {
            var task = new ExperimentReader(TrainingTasks.All).FindTask(path).Name;
            return task == Segmentation ? task : throw new UsageException($"'{path}' is an experiment of the task '{task}', which names no "
                + "trained weights; expected the folder of a run or a checkpoint");
        }
        var checkpoint = Checkpoint.Find(path);
        if (FileKind.Describe(checkpoint) != "a safetensors file" || Checkpoint.ReadExperiment(checkpoint) is not { } yaml)
            return Segmentation;
        // Runs before there were tasks do not name theirs.
        return (ConfigSource.Parse(yaml, checkpoint)["task"] as ConfigScalar)?.Text ?? new RunConfig().Task;
    }

    /// <summary>Refuses what was typed and does not belong.</summary>
    /// <param name="where">What it does not belong to.</param>
    /// <exception cref="UsageException">Something was.</exception>
    public void RefuseOthers(ParseResult parse, string where, params Option[] allowed)
    {
        Option[] everywhere = [Device, Json, .. allowed];
        if (All.Except(everywhere).FirstOrDefault(option => parse.GetResult(option) is { Implicit: false }) is { } other)
            throw new UsageException($"{other.Name} says nothing of {where}; see 'avs eval --help'");
    }

    /// <summary>The split, which is not the one that measures are fitted to.</summary>
    /// <exception cref="UsageException">It is that one.</exception>
    public Split HeldOut(ParseResult parse) => CommonOptions.Chosen<Split>(parse.GetValue(Split)!) switch
    {
        Avs.Data.Clips.Split.Train =>
            throw new UsageException("--split: found train, to which the measures are fitted; expected val or test"),
        var split => split,
    };

    /// <summary>Measures under a view of how far it is, and prints the result as the command line says.</summary>
    public void Report<T>(
        Terminal terminal, ParseResult parse, JsonTypeInfo<T> json, Func<ProgressView, T> measure, Action<Terminal, T> print)
    {
        var result = ProgressView.Run(terminal, measure);
        if (parse.GetValue(Json))
            terminal.Out.WriteLine(JsonSerializer.Serialize(result, json));
        else
            print(terminal, result);
    }
}
