using System.Runtime.InteropServices;
using Avs.Core;
using OpenCvSharp;

namespace Avs.Stamps;

/// <summary>The pictures of a scene.</summary>
/// <param name="Objects">Names of the objects, farthest first.</param>
/// <param name="Frames">One frame a second, BGR, each `[224, 224, 3]`.</param>
/// <param name="Masks">`Masks[object][frame]`: 255 where the object is seen, else 0, each `[224, 224]`.</param>
internal sealed record RenderedScene(IReadOnlyList<LoadedObject> Objects, byte[][] Frames, byte[][][] Masks);

/// <summary>
/// Draws scenes: tries places until every object is well visible in every frame, then draws the objects over the background.
/// </summary>
internal static class SceneRenderer
{
    /// <summary>The side of every frame, in pixels.</summary>
    public const int Side = 224;

    /// <summary>Frames of an S4 or MS3 clip, one a second; AVSS has longer ones too.</summary>
    public const int FrameCount = 5;

    /// <summary>At most this part of an object is hidden by others, at most that part is outside the frame.</summary>
    public const double MostHidden = 0.4, MostOutside = 0.25;

    /// <summary>Every object shows at least this part of the frame.</summary>
    public const double LeastShown = 0.015;

    private const int Attempts = 400, AttemptsASize = 20;

    /// <summary>The time that a frame shows, in seconds: 1/16 s before the end of its second.</summary>
    public static double FrameTime(int frame) => frame + 15.0 / 16.0;

    /// <param name="chosen">Its objects, farthest first.</param>
    /// <exception cref="DataException">The objects cannot be shown together.</exception>
    public static RenderedScene Render(NamedRandom random, IReadOnlyList<LoadedObject> chosen, IReadOnlyList<Mat> photographs,
        int frames = FrameCount)
    {
        var backdrop = ScenePlan.DrawBackdrop(random, photographs);
        var cutouts = chosen.Select(o => (o, o.Cutouts[random.NextInt(o.Cutouts.Count)])).ToArray();
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var shrink = Math.Pow(0.96, attempt / AttemptsASize);
            var placed = ScenePlan.Place(random, cutouts, shrink, frames);
            if (TryShow(placed, frames) is not { } shown)
                continue;
            var background = DrawBackdrop(backdrop);
            var pictures = shown.Patches.Select(patches => Compose(background, placed, patches)).ToArray();
            return new RenderedScene(chosen, pictures, shown.Masks);
        }

        throw new DataException(
            $"no scene shows {string.Join(", ", chosen.Select(o => o.Name))} together well enough; choose objects that are less thin");
    }

    /// <summary>Draws the objects' patches and visible masks; null where one is not well visible.</summary>
    private static (CutoutPatch[][] Patches, byte[][][] Masks)? TryShow(IReadOnlyList<PlacedObject> placed, int frames)
    {
        var patches = new CutoutPatch[frames][];
        var masks = placed.Select(_ => new byte[frames][]).ToArray();
        var open = new byte[Side * Side];
        for (var frame = 0; frame < frames; frame++)
        {
            patches[frame] = new CutoutPatch[placed.Count];
            Array.Fill(open, (byte)255);
            for (var i = placed.Count - 1; i >= 0; i--)
            {
                var pose = placed[i].Motion.At(FrameTime(frame));
                var patch = placed[i].Cutout.Draw(pose, Side);
                var mask = new byte[Side * Side];
                var (inside, seen) = Show(patch, open, mask);
                var whole = placed[i].Cutout.Coverage * pose.Height * pose.Height * placed[i].Cutout.Aspect;
                if (seen < LeastShown * Side * Side || seen < (1 - MostHidden) * inside || inside < (1 - MostOutside) * whole)
                    return null;
                patches[frame][i] = patch;
                masks[i][frame] = mask;
            }
        }

        return (patches, masks);
    }

    /// <summary>Marks where a patch is visible behind nearer objects, and reduces what is visible behind it.</summary>
    /// <param name="open">How much of each pixel nearer objects leave visible, 0 to 255; reduced by this one.</param>
    /// <param name="mask">Set to 255 where the object is seen.</param>
    /// <returns>Pixels of the object inside the frame, and those seen.</returns>
    private static (int Inside, int Seen) Show(CutoutPatch patch, byte[] open, byte[] mask)
    {
        var (inside, seen) = (0, 0);
        for (var y = 0; y < patch.Height; y++)
        {
            var source = patch.Pixels.AsSpan(y * patch.Width * 4, patch.Width * 4);
            var openRow = open.AsSpan((patch.Top + y) * Side + patch.Left, patch.Width);
            var maskRow = mask.AsSpan((patch.Top + y) * Side + patch.Left, patch.Width);
            for (var x = 0; x < patch.Width; x++)
            {
                int alpha = source[4 * x + 3];
                if (alpha == 0)
                    continue;
                if (alpha >= 128)
                    inside++;
                if (alpha * openRow[x] >= 128 * 255)
                {
                    maskRow[x] = 255;
                    seen++;
                }

                openRow[x] = (byte)((openRow[x] * (255 - alpha) + 127) / 255);
            }
        }

        return (inside, seen);
    }

    private static byte[] DrawBackdrop(Backdrop backdrop)
    {
        using var crop = new Mat(backdrop.Photograph, backdrop.Crop);
        using var frame = new Mat();
        var interpolation = backdrop.Crop.Width >= Side ? InterpolationFlags.Area : InterpolationFlags.Linear;
        Cv2.Resize(crop, frame, new Size(Side, Side), 0, 0, interpolation);
        if (backdrop.Flip)
            Cv2.Flip(frame, frame, OpenCvSharp.FlipMode.Y);
        frame.ConvertTo(frame, MatType.CV_8UC3, backdrop.Light, 0);
        var pixels = new byte[Side * Side * 3];
        Marshal.Copy(frame.Data, pixels, 0, pixels.Length);
        return pixels;
    }

    private static byte[] Compose(byte[] background, IReadOnlyList<PlacedObject> placed, CutoutPatch[] patches)
    {
        var frame = (byte[])background.Clone();
        for (var i = 0; i < placed.Count; i++)
        {
            var patch = patches[i];

            // Fixed point, 8 bits: the light of each channel.
            var light = Array.ConvertAll(placed[i].Light, l => (int)Math.Round(256 * l));
            for (var y = 0; y < patch.Height; y++)
            {
                var source = patch.Pixels.AsSpan(y * patch.Width * 4, patch.Width * 4);
                var target = frame.AsSpan(((patch.Top + y) * Side + patch.Left) * 3, patch.Width * 3);
                for (var x = 0; x < patch.Width; x++)
                {
                    int alpha = source[4 * x + 3];
                    if (alpha == 0)
                        continue;
                    for (var channel = 0; channel < 3; channel++)
                    {
                        var own = Math.Min(alpha, (source[4 * x + channel] * light[channel]) >> 8);
                        target[3 * x + channel] = (byte)(own + (target[3 * x + channel] * (255 - alpha) + 127) / 255);
                    }
                }
            }
        }

        return frame;
    }
}
