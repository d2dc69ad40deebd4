using Avs.Data.Clips;
using Avs.Eval.Evaluation;

namespace Avs.Eval.Reports;

/// <summary>Clips and predictions as the cells of a sheet of pictures.</summary>
public static class ClipCells
{
    public static SheetCell Frame(Clip clip, int frame, string caption) => new(Pixels(clip, frame), clip.Height, clip.Width, null, caption);

    public static SheetCell Truth(Clip clip, int frame, string caption) =>
        new(Pixels(clip, frame), clip.Height, clip.Width, TruthMask(clip, frame), caption, Rgb.Truth)
        {
            Classes = TrueClasses(clip, frame),
        };

    public static SheetCell Prediction(Clip clip, ClipPrediction prediction, int frame, string caption)
    {
        var pixels = prediction.Height * prediction.Width;
        var logits = prediction.Logits[(frame * pixels)..((frame + 1) * pixels)];
        var probability = Array.ConvertAll(logits, logit => 1 / (1 + MathF.Exp(-logit)));
        return new SheetCell(Pixels(clip, frame), clip.Height, clip.Width, probability, caption)
        {
            Classes = prediction.Classes?[(frame * pixels)..((frame + 1) * pixels)],
        };
    }

    /// <summary>
    /// The frame in dark grey, amber where the draws disagree (<see cref="UncertaintyPicture"/>); null for a single draw.
    /// </summary>
    public static SheetCell? Uncertainty(Clip clip, ClipPrediction prediction, int frame)
    {
        if (prediction.Variance is not { } variance)
            return null;
        var pixels = prediction.Height * prediction.Width;
        var deviation = Array.ConvertAll(variance[(frame * pixels)..((frame + 1) * pixels)], value => MathF.Sqrt(MathF.Max(value, 0)));
        return new SheetCell(
            UncertaintyPicture.Draw(Pixels(clip, frame), clip.Height, clip.Width, deviation, prediction.Height, prediction.Width),
            clip.Height, clip.Width, null, "");
    }

    private static byte[] Pixels(Clip clip, int frame)
    {
        var size = clip.Height * clip.Width * 3;
        return clip.Pixels[(frame * size)..((frame + 1) * size)];
    }

    private static float[]? TruthMask(Clip clip, int frame)
    {
        var at = Array.IndexOf(clip.LabelledFrames, frame);
        var size = clip.MaskHeight * clip.MaskWidth;
        return at < 0 ? null : Array.ConvertAll(clip.Masks[(at * size)..((at + 1) * size)], value => (float)value);
    }

    private static byte[]? TrueClasses(Clip clip, int frame)
    {
        var at = Array.IndexOf(clip.LabelledFrames, frame);
        var size = clip.MaskHeight * clip.MaskWidth;
        return at < 0 ? null : clip.Labels?[(at * size)..((at + 1) * size)];
    }
}
