using System.Globalization;

namespace Avs.Train.Training;

/// <summary>Writes what is logged during a run to its `log.txt`, each line with the time, and passes everything on.</summary>
/// <param name="path">The file; lines are appended.</param>
/// <param name="next">The listener that gets each event as well.</param>
public sealed class RunLog(string path, ITrainingListener next, TimeProvider clock) : ITrainingListener
{
    public void Stepped(TrainingLine line) => next.Stepped(line);

    public void Log(string sentence)
    {
        var time = clock.GetLocalNow().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        File.AppendAllText(path, $"{time}  {sentence}\n");
        next.Log(sentence);
    }
}
