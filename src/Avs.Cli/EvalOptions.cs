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

    public Option<string?> Data { get; } = new("--data")
    {
        Description = "The data set's folder. Default: the one of the training.",
        HelpName = "DIR",
    };

    public Option<string> Split { get; } = Choice("--split", "The split to measure on.", Avs.Data.Clips.Split.Test);

    public Option<string> Device { get; } = CommonOptions.Device();

    public Option<bool> Json { get; } = CommonOptions.Json("the measures");

    public Option<string> Audio { get; } = Choice("--audio",
        "Segmentation. The sound that the model gets: the clip's own, silence, another clip's, or (AVS-Stamps) the other object's in the "
        + "picture.", AudioCondition.Real);

    public Option<string> Mode { get; } = Choice("--mode",
        "Segmentation. How frames become one number: as AVSBench does it (calls of 4 clips), or over the whole data set.",
        EvalMode.Reference);

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

    public Option<int?> BoundSamples { get; } = AtLeast(1, "--bound-samples",
        "Autoencoding, multimodal. k of the importance-weighted bound. Default: 50, of several modalities 10.", "K");

    public Option<int?> Most { get; } = AtLeast(2, "--most",
        "Autoencoding, multimodal. Look at no more training and test images (or examples) than this. Default: 10 000, and 5 000 test "
        + "examples of several modalities.", "N");

    public EvalOptions() => Latent.AcceptOnlyFromAmong([.. Enum.GetNames<LatentMode>().Select(RecordReader.SnakeCase)]);

    public IEnumerable<Option> All =>
        [Data, Split, Audio, Mode, Latent, Samples, Overlays, Probes, Against, Attribute, BoundSamples, Most, Device, Json];

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
    public Split HeldOut(ParseResult parse) => Chosen<Split>(parse.GetValue(Split)!) is var split && split != Avs.Data.Clips.Split.Train
        ? split
        : throw new UsageException("--split: found train, to which the measures are fitted; expected val or test");

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

    public static T Chosen<T>(string text) where T : struct, Enum =>
        Enum.GetValues<T>().First(value => RecordReader.SnakeCase(value.ToString()) == text);

    private static Option<string> Choice<T>(string name, string what, T usual) where T : struct, Enum
    {
        var option = new Option<string>(name) { Description = what, DefaultValueFactory = _ => RecordReader.SnakeCase(usual.ToString()) };
        option.AcceptOnlyFromAmong([.. Enum.GetNames<T>().Select(RecordReader.SnakeCase)]);
        return option;
    }

    private static Option<int?> AtLeast(int least, string name, string what, string help)
    {
        var option = new Option<int?>(name) { Description = what, HelpName = help };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValue(option) < least)
                result.AddError($"{name}: expected a whole number of at least {least}");
        });
        return option;
    }
}
