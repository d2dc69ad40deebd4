using Avs.Core;
using Avs.Core.Configuration;
using Avs.Data.Clips;

namespace Avs.Eval.Evaluation;

/// <summary>Which sound a model gets while it is evaluated.</summary>
public enum AudioCondition
{
    /// <summary>The clip's own sound.</summary>
    Real,

    /// <summary>Silence: the front end's constant ln 0.01.</summary>
    Muted,

    /// <summary>White Gaussian noise as loud as the clip's own sound.</summary>
    Noise,

    /// <summary>The sound of a clip of another broad category: music, human, animal or device.</summary>
    OffScreen,

    /// <summary>The sound of a clip of another scene and category; every clip's sound is used once.</summary>
    Swapped,

    /// <summary>
    /// The sound of another object in the same picture, scored against that object's mask and, as a second number, against the original
    /// truth.
    /// </summary>
    Other,
}

public static class AudioConditions
{
    /// <summary>Its name on the command line and in files.</summary>
    public static string Name(this AudioCondition audio) => RecordReader.SnakeCase(audio.ToString());

    /// <summary>What is played, as a table says it.</summary>
    public static string Describe(this AudioCondition audio) => audio switch
    {
        AudioCondition.Real => "their own sound",
        AudioCondition.Muted => "silence",
        AudioCondition.Noise => "white noise as loud",
        AudioCondition.OffScreen => "sound of another kind",
        AudioCondition.Swapped => "another clip's sound",
        AudioCondition.Other => "the other object's sound",
        _ => throw new ArgumentOutOfRangeException(nameof(audio), audio, "unknown condition"),
    };

    /// <summary>The conditions that a data set can play, in their order, and why the others cannot be.</summary>
    public static (IReadOnlyList<AudioCondition> Playable, IReadOnlyDictionary<AudioCondition, string> LeftOut) FindPlayable(
        IClipDataset dataset)
    {
        var playable = new List<AudioCondition>();
        var leftOut = new Dictionary<AudioCondition, string>();
        foreach (var audio in Enum.GetValues<AudioCondition>())
        {
            try
            {
                _ = new ConditionedSound(dataset, audio);
                playable.Add(audio);
            }
            catch (AvsException e) when (e is UsageException or DataException)
            {
                leftOut[audio] = e.Message;
            }
        }
        return (playable, leftOut);
    }

    /// <summary>Which masks the scores of a condition are against, for files.</summary>
    public static string DescribeTruth(this AudioCondition audio) =>
        audio == AudioCondition.Other ? "the masks of the other object" : "the clips' own masks";
}
