using System.Globalization;
using Avs.Train.Training;

namespace Avs.Train.Runs;

/// <summary>Writes what is told during a run to its `log.txt`, each line with the time, and passes everything on.</summary>
/// <param name="path">The file; lines are appended.</param>
/// <param name="next">Who else is told.</param>
/// <param name="clock">The time.</param>
public sealed class RunLog(string path, ITrainingWatcher next, TimeProvider clock) : ITrainingWatcher
{
    /// <inheritdoc/>
    public void Stepped(TrainingLine line) => next.Stepped(line);

    /// <inheritdoc/>
    public void Told(string sentence)
    {
        var time = clock.GetLocalNow().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        File.AppendAllText(path, $"{time}  {sentence}\n");
        next.Told(sentence);
    }
}
