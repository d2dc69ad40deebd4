using Avs.Train.Training;

namespace Avs.Train.Tests.Training;

/// <summary>Keeps what a run says, and acts after its steps.</summary>
internal sealed class RunListener(Action<long>? onStep = null) : ITrainingListener
{
    public List<string> Sentences { get; } = [];

    /// <summary>One that acts after one step.</summary>
    public static RunListener After(long? step, Action act) => new(each =>
    {
        if (each == step)
            act();
    });

    public void Stepped(TrainingLine line) => onStep?.Invoke(line.Step);

    public void Log(string sentence) => Sentences.Add(sentence);
}
