using Avs.Core;
using OpenCvSharp;

namespace Avs.Stamps;

/// <summary>One object of a scene: which photograph of it, how it moves, how it is lit.</summary>
/// <param name="Motion">Its path through the clip.</param>
/// <param name="Light">Factors of blue, green and red.</param>
internal sealed record PlacedObject(LoadedObject Object, Cutout Cutout, Motion Motion, double[] Light);

/// <summary>A smooth path: an even drift with a slow sway, a steady growth and a gentle rocking.</summary>
/// <param name="X">Column of the centre at half time, in pixels.</param>
/// <param name="Y">Row of the centre at half time.</param>
/// <param name="DriftX">Pixels a second.</param>
/// <param name="DriftY">Pixels a second.</param>
/// <param name="Sway">Amplitude of the vertical sway in pixels.</param>
/// <param name="SwayPhase">Its phase in radians.</param>
/// <param name="Height">Height in pixels at half time.</param>
/// <param name="Growth">Relative growth a second.</param>
/// <param name="Angle">Mean turn in radians.</param>
/// <param name="Rock">Amplitude of the rocking in radians.</param>
/// <param name="RockPhase">Its phase in radians.</param>
/// <param name="Flip">Mirrored.</param>
/// <param name="HalfTime">Half of the clip's length in seconds.</param>
internal sealed record Motion(
    double X, double Y, double DriftX, double DriftY, double Sway, double SwayPhase, double Height, double Growth,
    double Angle, double Rock, double RockPhase, bool Flip, double HalfTime)
{
    private const double SwaysPerSecond = 0.35, RocksPerSecond = 0.45;

    /// <summary>The pose at a time.</summary>
    /// <param name="seconds">From the clip's start.</param>
    public Pose At(double seconds)
    {
        var t = seconds - HalfTime;
        return new Pose(
            X + DriftX * t,
            Y + DriftY * t + Sway * Math.Sin(SwayPhase + 2 * Math.PI * SwaysPerSecond * t),
            Height * (1 + Growth * t),
            Angle + Rock * Math.Sin(RockPhase + 2 * Math.PI * RocksPerSecond * t),
            Flip);
    }
}

/// <summary>A crop of a background photograph.</summary>
/// <param name="Photograph">The photograph, BGR.</param>
/// <param name="Flip">Mirrored.</param>
/// <param name="Light">Factor of all colours.</param>
internal sealed record Backdrop(Mat Photograph, Rect Crop, bool Flip, double Light);

/// <summary>Everything that decides a scene's picture. Objects are listed from the farthest to the nearest.</summary>
internal sealed record ScenePlan(Backdrop Backdrop, IReadOnlyList<PlacedObject> Objects)
{
    private const int Side = SceneRenderer.Side;

    public static Backdrop DrawBackdrop(NamedRandom random, IReadOnlyList<Mat> photographs)
    {
        var photograph = photographs[random.NextInt(photographs.Count)];
        var side = (int)(Math.Min(photograph.Rows, photograph.Cols) * random.Uniform(0.6, 1.0));
        var crop = new Rect(random.NextInt(photograph.Cols - side + 1), random.NextInt(photograph.Rows - side + 1), side, side);
        return new Backdrop(photograph, crop, random.Chance(0.5), random.Uniform(0.75, 1.15));
    }

    /// <summary>Draws the look and the path of each object; the renderer checks whether they hide each other too much.</summary>
    /// <param name="chosen">The objects and their photographs, farthest first.</param>
    /// <param name="shrink">A factor of all sizes, below one when the scene was too full.</param>
    /// <param name="frames">Frames of the clip, one a second.</param>
    public static IReadOnlyList<PlacedObject> Place(NamedRandom random, IReadOnlyList<(LoadedObject Object, Cutout Cutout)> chosen,
        double shrink, int frames)
    {
        var placed = new PlacedObject[chosen.Count];
        for (var i = 0; i < placed.Length; i++)
        {
            var (item, cutout) = chosen[i];
            var light = random.Uniform(0.75, 1.2);
            double[] tint = [light * random.Uniform(0.94, 1.06), light, light * random.Uniform(0.94, 1.06)];
            placed[i] = new PlacedObject(item, cutout, DrawMotion(random, cutout, shrink, frames), tint);
        }

        return placed;
    }

    private static Motion DrawMotion(NamedRandom random, Cutout cutout, double shrink, int frames)
    {
        // The size drawn is the side of a square of the box's area, so that long and tall objects fill as much as round ones;
        // sparse silhouettes (a violin across its box) grow to make up for what is empty.
        var size = Side * shrink * random.Uniform(0.34, 0.6) * Math.Clamp(Math.Sqrt(0.55 / cutout.Coverage), 0.9, 1.35);
        var height = Math.Clamp(size / Math.Sqrt(cutout.Aspect), 0.2 * Side, 0.6 * Side);
        height = Math.Min(height, 0.75 * Side / cutout.Aspect);
        var (halfWidth, halfHeight) = (height * cutout.Aspect / 2, height / 2);
        var pace = (double)SceneRenderer.FrameCount / frames; // slower in a longer clip, or objects would leave the picture
        return new Motion(
            X: random.Uniform(Math.Min(halfWidth * 0.75, Side / 2.0), Math.Max(Side - halfWidth * 0.75, Side / 2.0)),
            Y: random.Uniform(Math.Min(halfHeight * 0.85, Side / 2.0), Math.Max(Side - halfHeight * 0.85, Side / 2.0)),
            DriftX: pace * random.Uniform(-18, 18),
            DriftY: pace * random.Uniform(-7, 7),
            Sway: random.Uniform(0, 5),
            SwayPhase: random.Uniform(0, 2 * Math.PI),
            Height: height,
            Growth: pace * random.Uniform(-0.035, 0.035),
            Angle: random.Uniform(-0.12, 0.12),
            Rock: random.Uniform(0, 0.08),
            RockPhase: random.Uniform(0, 2 * Math.PI),
            Flip: random.Chance(0.5),
            HalfTime: frames / 2.0);
    }
}
