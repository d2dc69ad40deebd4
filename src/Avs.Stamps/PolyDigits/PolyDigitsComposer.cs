using System.Diagnostics;
using System.Globalization;
using Avs.Core;
using Avs.Data.Clips;
using Avs.Data.Images;
using OpenCvSharp;

namespace Avs.Stamps.PolyDigits;

/// <summary>
/// Composes PolyDigits: each example is one digit, shown by five modalities. As in PolyMNIST (Sutter, Daunhawer and Vogt, 2021) each of
/// them draws another handwritten image of the digit over a crop of a photograph of its own family; as in PolyMNIST-Quadrant (Palumbo,
/// Daunhawer and Vogt, 2023) the digit stands in one of four quadrants, drawn for each modality by itself. No handwritten image is in two
/// splits; the photographs are the same in all.
/// </summary>
public static class PolyDigitsComposer
{
    private const int Side = PolyDigitsSet.Side, Plane = Side * Side, ImageSize = 3 * Plane;

    // Of the sheet: ten columns, a digit each, and for each modality some rows, enlarged.
    private const int SheetRows = 2, SheetScale = 3, SheetGap = 6;

    /// <summary>Composes into a new folder, which appears when it is complete.</summary>
    /// <param name="folder">The folder to make; it may exist if it is empty.</param>
    /// <param name="seed">The same seed, size and parts give the same bytes.</param>
    /// <param name="threads">Examples composed at the same time; the result does not depend on their number.</param>
    /// <param name="progress">Gets the number of examples done and that of all, from any thread.</param>
    /// <param name="cancel">Stops composing and removes what was written.</param>
    /// <exception cref="UsageException">The folder is not empty.</exception>
    /// <exception cref="DataException">The folder cannot be written, or there are too few digits.</exception>
    public static ComposeReport Compose(string folder, PolyDigitsParts parts, PolyDigitsSize size, long seed, int threads,
        Action<int, int>? progress = null, CancellationToken cancel = default)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var clock = Stopwatch.StartNew();
        var done = 0;
        ComposedFolder.Make(folder, temporary =>
        {
            foreach (var (split, count) in new[] { (Split.Train, size.Train), (Split.Val, size.Val), (Split.Test, size.Test) })
            {
                var drawing = new SplitDrawing(parts, split, count, seed);
                var workers = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancel };
                Parallel.For(0, count, workers, i =>
                {
                    drawing.Draw(i);
                    progress?.Invoke(Interlocked.Increment(ref done), size.Total);
                });
                drawing.Write(PolyDigitsSet.FileOf(temporary, split), seed);
                if (split == Split.Train)
                    drawing.WriteSheet(Path.Combine(temporary, "examples.png"));
            }

            var uses = parts.Photographs.SelectMany((family, m) => family.Select(p => (p.Source, $"background of {PolyDigitsSet.Modalities[m]}")));
            CreditsFile.Write(temporary, "PolyDigits", string.Create(CultureInfo.InvariantCulture,
                $"Seed {seed}; {size.Train} train, {size.Val} val and {size.Test} test examples."),
                uses.Append((parts.DigitsSource, "handwritten digits")), parts.Credits);
        });
        return new ComposeReport(folder, size.Total, clock.Elapsed);
    }

    private sealed class SplitDrawing
    {
        private readonly PolyDigitsParts parts;
        private readonly Split split;
        private readonly long seed;
        private readonly DigitShapes shapes;
        private readonly int[] digits; // of each example
        private readonly byte[][] pixels; // of each modality, [n,3,32,32]
        private readonly int[][] quadrants, backgrounds; // of each modality, [n]

        public SplitDrawing(PolyDigitsParts parts, Split split, int count, long seed)
        {
            (this.parts, this.split, this.seed) = (parts, split, seed);
            shapes = new DigitShapes(parts.Digits(split), PolyDigitsSet.Modalities.Count);
            digits = [.. Enumerable.Range(0, count).Select(i => i % shapes.Classes.Count)];
            new NamedRandom(seed, $"poly_digits/{split.Name()}/digits").Shuffle(digits.AsSpan());
            pixels = Each(() => new byte[count * ImageSize]);
            quadrants = Each(() => new int[count]);
            backgrounds = Each(() => new int[count]);
        }

        private static T[] Each<T>(Func<T> create) => [.. PolyDigitsSet.Modalities.Select(_ => create())];

        public void Draw(int example)
        {
            var random = new NamedRandom(seed, $"poly_digits/{split.Name()}/{example.ToString("D6", CultureInfo.InvariantCulture)}");
            var images = DrawImages(random, shapes.Members[digits[example]]);
            for (var m = 0; m < pixels.Length; m++)
            {
                var (family, ink) = (parts.Photographs[m], PolyDigitsFamily.All[m].Ink);
                var quadrant = quadrants[m][example] = random.NextInt(PolyDigitsSet.Quadrants.Count);
                var background = backgrounds[m][example] = random.NextInt(family.Count);
                var photograph = family[background];
                var (left, top) = (random.NextInt(photograph.Width - Side + 1), random.NextInt(photograph.Height - Side + 1));
                var image = pixels[m].AsSpan(example * ImageSize, ImageSize);
                Paint(image, Coverage(shapes[images[m]], quadrant, 0), ink.Rim ? Coverage(shapes[images[m]], quadrant, 1) : null,
                    photograph, left, top, ink);
            }
        }

        // Different images of the digit, one for each modality.
        private static int[] DrawImages(NamedRandom random, int[] members)
        {
            var chosen = new List<int>();
            while (chosen.Count < PolyDigitsSet.Modalities.Count)
            {
                var image = members[random.NextInt(members.Length)];
                if (!chosen.Contains(image))
                    chosen.Add(image);
            }
            return [.. chosen];
        }

        // How much the digit covers of each pixel of the image, widened by some pixels: [32,32].
        private static byte[] Coverage(ReadOnlySpan<byte> shape, int quadrant, int widened)
        {
            var (left, top) = (quadrant % 2 * DigitShapes.Side, quadrant / 2 * DigitShapes.Side);
            var covered = new byte[Plane];
            for (var y = 0; y < Side; y++)
            {
                for (var x = 0; x < Side; x++)
                {
                    byte most = 0;
                    for (var sy = Math.Max(0, y - top - widened); sy <= Math.Min(DigitShapes.Side - 1, y - top + widened); sy++)
                    {
                        for (var sx = Math.Max(0, x - left - widened); sx <= Math.Min(DigitShapes.Side - 1, x - left + widened); sx++)
                            most = Math.Max(most, shape[sy * DigitShapes.Side + sx]);
                    }
                    covered[y * Side + x] = most;
                }
            }
            return covered;
        }

        private static void Paint(Span<byte> image, byte[] digit, byte[]? rim, Photograph photograph, int left, int top, Ink ink)
        {
            for (var c = 0; c < 3; c++)
            {
                for (var at = 0; at < Plane; at++)
                {
                    var behind = photograph.Pixels[((top + at / Side) * photograph.Width + left + at % Side) * 3 + c];
                    var value = ink.Scale * behind + ink.Shift;
                    var colour = ink.Colour is { } given ? c switch { 0 => given.Red, 1 => given.Green, _ => given.Blue } : 255 - value;
                    if (rim is not null)
                        value -= value * rim[at] / 255.0;
                    value += (colour - value) * digit[at] / 255.0;
                    image[c * Plane + at] = (byte)Math.Clamp(Math.Round(value), 0, 255);
                }
            }
        }

        public void Write(string path, long seed)
        {
            var modalities = PolyDigitsSet.Modalities.Select((name, m) => new ModalityPixels(name, 3, Side, Side, pixels[m])).ToArray();
            var own = PolyDigitsSet.Modalities.SelectMany((_, m) => new[]
            {
                new Factor(PolyDigitsSet.Quadrant, PolyDigitsSet.Quadrants, quadrants[m], m),
                new Factor(PolyDigitsSet.Background, [.. parts.Photographs[m].Select(photograph => photograph.Name)], backgrounds[m], m),
            });
            MultimodalFile.Write(path, modalities, [new Factor(PolyDigitsSet.Digit, shapes.Classes, digits, null), .. own], new Dictionary<string, string>
            {
                ["set"] = $"poly_digits {split.Name()}",
                ["seed"] = seed.ToString(CultureInfo.InvariantCulture),
            });
        }

        // The first examples of each digit, a column each; five groups of rows, one for each modality.
        public void WriteSheet(string path)
        {
            const int Cell = Side * SheetScale + SheetGap;
            var classes = shapes.Classes.Count;
            using var sheet = new Mat(pixels.Length * (SheetRows * Cell + SheetGap) + SheetGap, classes * Cell + SheetGap, MatType.CV_8UC3,
                new Scalar(255, 255, 255));
            for (var m = 0; m < pixels.Length; m++)
            {
                for (var digit = 0; digit < classes; digit++)
                {
                    var examples = Enumerable.Range(0, digits.Length).Where(i => digits[i] == digit).Take(SheetRows).ToArray();
                    for (var row = 0; row < examples.Length; row++)
                    {
                        using var image = Bgr(pixels[m].AsSpan(examples[row] * ImageSize, ImageSize));
                        using var large = image.Resize(new Size(Side * SheetScale, Side * SheetScale), 0, 0, InterpolationFlags.Nearest);
                        using var place = sheet[new Rect(SheetGap + digit * Cell, SheetGap + m * (SheetRows * Cell + SheetGap) + row * Cell,
                            large.Cols, large.Rows)];
                        large.CopyTo(place);
                    }
                }
            }
            File.WriteAllBytes(path, sheet.ToBytes(".png"));
        }

        private static Mat Bgr(ReadOnlySpan<byte> planes)
        {
            var bytes = new Vec3b[Plane];
            for (var at = 0; at < Plane; at++)
                bytes[at] = new Vec3b(planes[2 * Plane + at], planes[Plane + at], planes[at]);
            var image = new Mat(Side, Side, MatType.CV_8UC3);
            image.SetArray(bytes);
            return image;
        }
    }
}
