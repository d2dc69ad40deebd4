namespace Avs.Eval.Prediction;

/// <summary>The mask of a moment.</summary>
/// <param name="From">Where the stretch that it stands for begins, in seconds.</param>
/// <param name="Instant">When the frame that it was made from is shown, in seconds.</param>
/// <param name="Area">Share of the picture that it covers, 0 to 1.</param>
/// <param name="Probability">Mean probability over the picture.</param>
/// <param name="Decibels">Loudness of the stretch's sound: its root mean square below full scale, at least -100.</param>
/// <param name="File">The mask's file, from the folder made.</param>
public sealed record TimedMask(double From, double Instant, double Area, double Probability, double Decibels, string File)
{
    /// <summary>
    /// The share of the picture that each class covers, by its number, without the background (AVSS); null of a model without classes.
    /// </summary>
    public IReadOnlyDictionary<int, double>? Classes { get; init; }
}

/// <summary>A class that was found in a video.</summary>
/// <param name="Number">Its number, which decides its colour.</param>
/// <param name="Name">Its name; where it is not known, `class 12`.</param>
/// <param name="Colour">In the masks, as `#800000`.</param>
/// <param name="Masks">Masks that it is in.</param>
/// <param name="Area">Mean share of the picture over all masks.</param>
public sealed record FoundClass(int Number, string Name, string Colour, int Masks, double Area);

/// <summary>What was made of a video.</summary>
/// <param name="Masks">The masks in time.</param>
/// <param name="Width">Width of the video and its masks in pixels.</param>
/// <param name="Height">Height of the video and its masks.</param>
/// <param name="Seconds">Length of the video.</param>
/// <param name="HasSound">Whether there was sound; without, the model was given silence.</param>
public sealed record PredictionResult(string Folder, IReadOnlyList<TimedMask> Masks, int Width, int Height, double Seconds, bool HasSound)
{
    /// <summary>The frames with their masks laid over and the sound, from the folder made.</summary>
    public const string OverlayFile = "overlay.mp4";

    /// <summary>Frames with their masks, side by side.</summary>
    public const string StripFile = "strip.png";

    /// <summary>Mask area and loudness over time as a picture.</summary>
    public const string CurvesFile = "over_time.png";

    /// <summary>Mask area and loudness over time as figures.</summary>
    public const string TableFile = "over_time.csv";

    /// <summary>The classes that were found, as a table: the legend of the masks' colours.</summary>
    public const string ClassesFile = "classes.csv";

    /// <summary>
    /// The classes that were found, the largest first; null of a model without classes, whose masks say only where something sounds.
    /// </summary>
    public IReadOnlyList<FoundClass>? Classes { get; init; }

    /// <summary>
    /// The length that the video states; where it is much more than <see cref="Seconds"/>, the rest could not be decoded. 0 where it states
    /// none.
    /// </summary>
    public double StatedSeconds { get; init; }

    /// <summary>What a person should know of how the video was read, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
