namespace Avs.Eval.Evaluation;

/// <summary>Which sound a model gets while it is evaluated.</summary>
public enum AudioCondition
{
    /// <summary>The clip's own sound.</summary>
    Real,

    /// <summary>Silence: the front end's constant ln 0.01.</summary>
    Muted,

    /// <summary>The sound of a clip of another scene and category, scored against the picture's original truth.</summary>
    Swapped,

    /// <summary>
    /// The sound of another object in the same picture, scored against that object's mask and, as a second number, against the original
    /// truth.
    /// </summary>
    Other,
}
