using Avs.Core;
using Avs.Core.Formats;
using Avs.Data.Clips;
using Avs.Data.Images;
using Avs.Data.Packages;
using Avs.Stamps.PolyDigits;

namespace Avs.Stamps.Tests;

public sealed class PolyDigitsTests : IClassFixture<PolyDigitsTests.Composed>
{
    private const int ImageSize = 3 * 32 * 32;

    private static readonly PolyDigitsSize Size = new("test", 400, 40, 40);
    private readonly Composed composed;

    public PolyDigitsTests(Composed composed) => this.composed = composed;

    [Fact]
    public void The_same_seed_gives_the_same_bytes_whatever_the_threads() =>
        Assert.Equal(Contents(composed.Folder), Contents(composed.Make("one-thread", seed: 5, threads: 1)));

    [Fact]
    public void Another_seed_gives_other_images() =>
        Assert.NotEqual(Images(composed.Folder, Split.Test, 0), Images(composed.Make("other-seed", seed: 6, threads: 2), Split.Test, 0));

    [Fact]
    public void It_is_read_back_as_the_set_poly_digits()
    {
        foreach (var (split, count) in new[] { (Split.Train, 400), (Split.Val, 40), (Split.Test, 40) })
        {
            using var set = composed.Open(split);
            Assert.Equal(($"poly_digits {split.Name()}", count), (set.Name, set.Count));
            Assert.Equal(["m0", "m1", "m2", "m3", "m4"], set.Modalities.Select(modality => modality.Name));
            Assert.All(set.Modalities, modality => Assert.Equal([count, 3, 32, 32], modality.Values.shape));
            Assert.Equal(["digit", .. Enumerable.Repeat("quadrant", 5), .. Enumerable.Repeat("background", 5)],
                set.Factors.Select(factor => factor.Name));
            Assert.Equal([null, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4], set.Factors.Select(factor => factor.Modality));
            Assert.Equal(["m3-0", "m3-1"], set.Factors[9].Classes);
        }
    }

    // The digits of the test parts: the image's number is its light, and each split has its own numbers. White ink on black shows it.
    [Fact]
    public void No_handwritten_image_is_in_two_splits()
    {
        var lights = Enum.GetValues<Split>()
            .Select(split => Images(composed.Folder, split, 1).Where(value => value > 0).ToHashSet()).ToArray();
        Assert.All(lights, seen => Assert.NotEmpty(seen));
        Assert.Empty(lights[0].Intersect(lights[1]));
        Assert.Empty(lights[0].Intersect(lights[2]));
        Assert.Empty(lights[1].Intersect(lights[2]));
    }

    [Fact]
    public void Each_modality_shows_the_example_s_digit_in_its_quadrant_and_nothing_in_the_others()
    {
        using var set = composed.Open(Split.Train);
        var (digits, quadrants) = (Labels(set, "digit", null), Labels(set, "quadrant", 1));
        var images = Images(composed.Folder, Split.Train, 1);
        for (var i = 0; i < set.Count; i++)
        {
            for (var at = 0; at < 32 * 32; at++)
            {
                var quadrant = at / 32 / 16 * 2 + at % 32 / 16;
                // The test parts draw digit d as the rows up to d.
                var inked = quadrant == quadrants[i] && at / 32 % 16 <= digits[i];
                Assert.Equal(inked, images[i * ImageSize + at] > 0);
            }
        }
    }

    [Fact]
    public void Modalities_of_an_example_show_different_images_of_its_digit()
    {
        // Black ink on white (m2) and white ink on black (m1) tell the light of the image drawn.
        var (white, black) = (Images(composed.Folder, Split.Train, 1), Images(composed.Folder, Split.Train, 2));
        for (var i = 0; i < 400; i++)
        {
            var first = white.AsSpan(i * ImageSize, 1024).ToArray().Max();
            var second = 255 * (253 - black.AsSpan(i * ImageSize, 1024).ToArray().Min()) / 253.0; // m2's background is at most 253
            Assert.True(Math.Abs(first - second) > 1, $"example {i}: {first} and {second}");
        }
    }

    [Fact]
    public void Digits_are_balanced_and_quadrants_and_backgrounds_are_drawn_independently()
    {
        using var set = composed.Open(Split.Train);
        Assert.All(Labels(set, "digit", null).CountBy(digit => digit), count => Assert.Equal(40, count.Value));
        var own = set.Factors.Where(factor => factor.Modality is not null).ToArray();
        foreach (var factor in own)
        {
            Assert.True(IsIndependent(factor, set.Factors[0]), $"{factor.Name} {factor.Modality} and the digit");
            foreach (var other in own.Where(other => other != factor))
                Assert.True(IsIndependent(factor, other), $"{factor.Name} {factor.Modality} and {other.Name} {other.Modality}");
            var expected = (double)set.Count / factor.Classes.Count;
            Assert.All(factor.Labels.CountBy(label => label), count => Assert.InRange(count.Value, expected - 45, expected + 45));
        }
    }

    // Pearson's chi-squared: its mean is the degrees of freedom k, its deviation sqrt(2k); eight deviations are hardly met by chance.
    private static bool IsIndependent(Factor a, Factor b)
    {
        var (rows, columns, n) = (a.Classes.Count, b.Classes.Count, a.Labels.Count);
        var counts = new double[rows, columns];
        for (var i = 0; i < n; i++)
            counts[a.Labels[i], b.Labels[i]]++;
        double Row(int r) => Enumerable.Range(0, columns).Sum(c => counts[r, c]);
        double Column(int c) => Enumerable.Range(0, rows).Sum(r => counts[r, c]);
        var squared = 0.0;
        for (var r = 0; r < rows; r++)
        {
            for (var c = 0; c < columns; c++)
                squared += Math.Pow(counts[r, c] - Row(r) * Column(c) / n, 2) / (Row(r) * Column(c) / n);
        }
        var freedom = (rows - 1) * (columns - 1);
        return squared < freedom + 8 * Math.Sqrt(2 * freedom);
    }

    [Fact]
    public void Every_ink_stands_out_against_what_lies_behind_it()
    {
        // Grey photographs of any light; the digit's middle pixel against the one of the same image without a digit.
        foreach (var light in new byte[] { 0, 40, 90, 128, 170, 215, 255 })
        {
            var folder = composed.Make($"light-{light}", 1, 2, light, new PolyDigitsSize("test", 10, 10, 10));
            using var set = PolyDigitsSets(folder, Split.Test);
            for (var m = 0; m < 5; m++)
            {
                var (images, quadrants) = (Images(folder, Split.Test, m), Labels(set, "quadrant", m));
                var best = Enumerable.Range(0, 10).Where(i => set.Factors[0].Labels[i] == 9).Max(i =>
                {
                    var (top, left) = (quadrants[i] / 2 * 16, quadrants[i] % 2 * 16);
                    byte At(int y, int x, int channel) => images[i * ImageSize + channel * 1024 + y * 32 + x];
                    return Enumerable.Range(0, 3).Max(channel =>
                        Math.Abs(At(top + 4, left + 8, channel) - At((top + 16) % 32 + 8, (left + 16) % 32 + 8, channel)));
                });
                Assert.True(best >= 45, $"m{m} over light {light}: {best}");
            }
        }
    }

    [Fact]
    public void The_shipped_photographs_are_in_the_catalogue_and_each_is_in_one_modality()
    {
        var known = StampsCatalogue.Default().Backgrounds.Select(background => Path.GetFileNameWithoutExtension(background.Source.Path))
            .ToArray();
        var used = PolyDigitsFamily.All.SelectMany(family => family.Photographs).ToArray();
        Assert.Equal(5, PolyDigitsFamily.All.Count);
        Assert.Equal(used.Length, used.Distinct().Count());
        Assert.All(used, name => Assert.Single(known, name));
    }

    [Fact]
    public void Credits_and_a_sheet_lie_beside_the_images()
    {
        var credits = File.ReadAllText(Path.Combine(composed.Folder, "CREDITS"));
        Assert.Contains("PolyDigits, a data set composed by AvsResearch", credits);
        Assert.Contains("Seed 5; 400 train, 40 val and 40 test examples.", credits);
        Assert.Contains("m0-0.png\n    background of m0; MIT; 2020 Ann", credits);
        Assert.Contains("digits.png\n    handwritten digits; MIT; 2020 Ann", credits);
        var (_, height, width) = Data.Media.FrameReader.Read(Path.Combine(composed.Folder, "examples.png"));
        Assert.Equal((10 * 102 + 6, 5 * (2 * 102 + 6) + 6), (width, height));
    }

    [Fact]
    public void A_folder_that_is_not_empty_is_left_alone() =>
        Assert.Contains("not empty", Assert.Throws<UsageException>(() => composed.Make("set", 1, 1)).Message);

    [Fact]
    public void A_cancelled_run_leaves_nothing_behind()
    {
        using var cancel = new CancellationTokenSource();
        var folder = Path.Combine(composed.Root, "cancelled");
        Assert.ThrowsAny<OperationCanceledException>(() => PolyDigitsComposer.Compose(
            folder, composed.Parts(null), Size, 1, 1, (_, _) => cancel.Cancel(), cancel.Token));
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(composed.Root),
            path => path.Contains("cancelled", StringComparison.Ordinal));
    }

    [Fact]
    public void Too_few_images_of_a_digit_are_one_sentence()
    {
        var few = new PolyDigitsParts(_ => new Digits(0, 4), new PackageFile("shapes", "digits.png"), composed.Parts(null).Photographs, []);
        var error = Assert.Throws<DataException>(() => PolyDigitsComposer.Compose(Path.Combine(composed.Root, "few"), few, Size, 1, 1));
        Assert.Equal("digits has 4 images of a digit, expected at least 5", error.Message);
    }

    private static MultimodalTensors PolyDigitsSets(string folder, Split split) =>
        MultimodalSets.Open("poly_digits", split, new ImageSetOptions { Root = folder });

    private static IReadOnlyList<int> Labels(MultimodalTensors set, string name, int? modality) =>
        set.Factors.Single(factor => factor.Name == name && factor.Modality == modality).Labels;

    private static byte[] Images(string folder, Split split, int modality)
    {
        using var file = SafetensorsFile.Open(PolyDigitsSet.FileOf(folder, split));
        return file.ReadBytes($"modality/m{modality}");
    }

    private static IEnumerable<string> Contents(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => $"{Path.GetRelativePath(folder, path)} {Convert.ToHexString(File.ReadAllBytes(path))}");

    // Digit d is the rows up to d of 16, all of one light: a number of its own for each image of the set.
    private sealed record Digits(int First, int OfEachDigit) : IImageDataset
    {
        public string Name => "digits";

        public int Count => 10 * OfEachDigit;

        public int Height => 16;

        public int Width => 16;

        public int Channels => 1;

        public IReadOnlyList<string> Classes { get; } = [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")];

        public IReadOnlyList<string> Attributes => [];

        public byte[] Pixels(int index) =>
            [.. Enumerable.Range(0, 256).Select(at => at / 16 <= Label(index) ? (byte)(First + 2 * (index / 10)) : (byte)0)];

        public int Label(int index) => index % 10;

        public IReadOnlyList<bool> AttributesOf(int index) => [];
    }

    public sealed class Composed : IDisposable
    {
        public Composed() => Folder = Make("set", 5, 2);

        public string Root { get; } = Directory.CreateTempSubdirectory("avs-poly-digits-").FullName;

        public string Folder { get; }

        /// <param name="light">Of all photographs; null: black where the ink is light, white where it is black.</param>
        public PolyDigitsParts Parts(byte? light)
        {
            Photograph Photograph(int m, int number)
            {
                var pixels = new byte[40 * 50 * 3];
                Array.Fill(pixels, light ?? (m == 2 ? (byte)255 : (byte)0));
                return new Photograph($"m{m}-{number}", new PackageFile("shapes", $"m{m}-{number}.png"), 40, 50, pixels);
            }

            // Lights from 60, 100 and 140 on, two apart; drawn 1.3 times as light, they stay apart.
            return new PolyDigitsParts(
                split => light is null ? new Digits(60 + 40 * (int)split, 20) : new Digits(200, 20),
                new PackageFile("shapes", "digits.png"),
                [.. Enumerable.Range(0, 5).Select(m => new[] { Photograph(m, 0), Photograph(m, 1) })],
                [new PackageCredit(new PackageVersion("shapes", "1.0"), "Files: *\nCopyright: 2020 Ann\nLicense: MIT\n")]);
        }

        public string Make(string name, long seed, int threads, byte? light = null, PolyDigitsSize? size = null)
        {
            var folder = Path.Combine(Root, name);
            PolyDigitsComposer.Compose(folder, Parts(light), size ?? Size, seed, threads);
            return folder;
        }

        public MultimodalTensors Open(Split split) => PolyDigitsSets(Folder, split);

        public void Dispose() => Directory.Delete(Root, recursive: true);
    }
}
