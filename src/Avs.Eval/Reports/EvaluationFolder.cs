using Avs.Core;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;

namespace Avs.Eval.Reports;

/// <summary>
/// The folder that `avs eval --out` makes: `metrics.json`, `clips.csv`, `frames.csv`, `curves.csv`, of AVSS `classes.csv` and, on request,
/// the predicted masks as AVSBench's own program writes them, in `masks/CONDITION`. It has its name only once it is whole.
/// </summary>
public sealed class EvaluationFolder : IDisposable
{
    public const string MetricsFile = "metrics.json", ClipsFile = "clips.csv", FramesFile = "frames.csv", CurvesFile = "curves.csv",
        ClassesFile = "classes.csv";

    private readonly string folder, partial;
    private readonly Subset subset;

    /// <summary>Begins a folder.</summary>
    /// <param name="folder">Its name, which nothing has yet.</param>
    /// <param name="subset">The layout of the masks.</param>
    /// <exception cref="UsageException">There is something of that name.</exception>
    public EvaluationFolder(string folder, Subset subset)
    {
        if (Path.Exists(folder))
            throw new UsageException($"'{folder}' is there already, and no evaluation is overwritten; name a new folder");
        (this.folder, this.subset) = (folder, subset);
        partial = $"{Path.TrimEndingDirectorySeparator(folder)}.{Environment.ProcessId}.partial";
        try
        {
            Directory.CreateDirectory(partial);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{folder}' cannot be made: {e.Message.TrimEnd('.')}", e);
        }
    }

    /// <summary>Writes the masks of a clip's labelled frames.</summary>
    public void WriteMasks(ClipPrediction prediction)
    {
        var files = new PredictionFiles(Path.Combine(partial, "masks", prediction.Audio.Name()), subset);
        var pixels = prediction.Height * prediction.Width;
        foreach (var frame in prediction.LabelledFrames)
        {
            if (prediction.Classes is { } classes)
            {
                files.WriteClasses(
                    prediction.Clip, frame, classes.AsSpan(frame * pixels, pixels), prediction.Height, prediction.Width);
                continue;
            }
            files.Write(prediction.Clip, frame,
                Array.ConvertAll(prediction.Logits[(frame * pixels)..((frame + 1) * pixels)], LogitLevels.Probability),
                prediction.Height, prediction.Width);
        }
    }

    /// <summary>Writes the scores and gives the folder its name.</summary>
    public void Finish(EvaluationReport report)
    {
        void Write(string file, string text) => AtomicFile.WriteAllText(Path.Combine(partial, file), text);
        Write(ClipsFile, TableWriter.ToCsv(ScoreTables.Clips(report.Results)));
        Write(FramesFile, TableWriter.ToCsv(ScoreTables.Frames(report.Results)));
        Write(CurvesFile, TableWriter.ToCsv(ScoreTables.Curves(report.Results)));
        if (report.Results.Any(result => result.Scores.Classes is not null))
            Write(ClassesFile, TableWriter.ToCsv(ScoreTables.Classes(report.Results)));
        Write(MetricsFile, MetricsJson.From(report).ToJson() + "\n");
        Directory.Move(partial, folder);
    }

    /// <summary>Removes what was begun and not finished.</summary>
    public void Dispose()
    {
        if (Directory.Exists(partial))
            Directory.Delete(partial, recursive: true);
    }
}
