using Avs.Core;
using Avs.Core.Configuration;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;
using Avs.Eval.Reports;

namespace Avs.Train.Ablation;

/// <summary>
/// How finished trials of segmentation are measured: `avs eval`, by the protocol of AVSBench; where there are classes (AVSS), by theirs.
/// </summary>
/// <param name="Audio">The sounds that the model gets.</param>
public sealed record TrialEvaluation(Split Split, IReadOnlyList<AudioCondition> Audio)
{
    private const string Robustness = "eval_g_miou";

    /// <summary>Names of the figures, in the order of the table: `eval_miou`, `eval_f_score`, `eval_miou_muted`, `eval_g_miou`.</summary>
    public IReadOnlyList<string> Figures =>
        [.. Audio.SelectMany(Names), .. Audio.Contains(AudioCondition.Real) && Audio.Count > 1 ? (string[])[Robustness] : []];

    /// <summary>Reads what a matrix says under its key `evaluate`.</summary>
    /// <exception cref="UsageException">The sentence names file, line and key, what was found and what is expected.</exception>
    public static TrialEvaluation From(ConfigNode node)
    {
        const string Path = "evaluate", Expected = "sounds and a split such as {audio: [real, muted], split: test}";
        if (node is not ConfigMap map)
            throw RecordReader.Wrong(node, Path, Expected);
        MatrixValues.RequireKeys(map, Path, ["split", "audio"]);
        var audio = map["audio"] ?? throw new UsageException($"{map.Place}: {Path}.audio is missing, expected {Expected}");
        var sounds = MatrixValues.Scalars(audio, $"{Path}.audio", "sounds such as real and muted");
        MatrixValues.RequireOnce(sounds.Select(sound => sound.Text), $"{Path}.audio", audio);
        return new TrialEvaluation(
            map["split"] is { } split ? MatrixValues.Chosen<Split>(split, $"{Path}.split") : Split.Test,
            [.. sounds.Select((sound, i) => MatrixValues.Chosen<AudioCondition>(sound, $"{Path}.audio[{i}]"))]);
    }

    /// <summary>The folder of the scores; another question has another.</summary>
    /// <param name="run">The run's folder.</param>
    public string FolderIn(string run) => Path.Combine(run, $"eval-{Split.Name()}-{Sounds('-')}");

    /// <summary>Arguments of this program that measure a run.</summary>
    /// <param name="run">The run's folder.</param>
    public IReadOnlyList<string> Command(string run) =>
        ["eval", run, "--split", Split.Name(), "--audio", Sounds(','), "--out", FolderIn(run)];

    /// <summary>The figures of a run that was measured; none of another.</summary>
    /// <param name="run">The run's folder.</param>
    /// <exception cref="DataException">Its scores are damaged.</exception>
    public IReadOnlyList<(string Name, double Value)> Read(string run)
    {
        var file = Path.Combine(FolderIn(run), EvaluationFolder.MetricsFile);
        if (!File.Exists(file))
            return [];
        var metrics = MetricsJson.Read(file);
        return
        [
            .. Audio.SelectMany(audio => Names(audio).Zip(Values(metrics.Conditions[audio.Name()])))
                .Append((Robustness, metrics.Robustness?.GMiou))
                .Where(figure => figure.Item2 is not null).Select(figure => (figure.Item1, figure.Item2!.Value)),
        ];
    }

    private string Sounds(char between) => string.Join(between, Audio.Select(audio => audio.Name()));

    private static IReadOnlyList<string> Names(AudioCondition audio) =>
        audio == AudioCondition.Real ? ["eval_miou", "eval_f_score"] : [$"eval_miou_{audio.Name()}"];

    private static double?[] Values(MetricsJson.ConditionPart scores) =>
        scores.Classes?.Protocols[ClassScores.Main.Name()] is { } classes
            ? [classes.Miou, classes.FScore]
            : [scores.Protocols[Protocol.AvsBench.Name()].Miou, scores.Protocols[Protocol.AvsBench.Name()].FScore];
}
