using System.Runtime.InteropServices;
using Avs.Core;
using OpenCvSharp;

namespace Avs.Data.Media;

/// <summary>
/// Reads one mask as 0 and 1. Grey pictures of 0 and 255 are what AVSBench has. Others are read where there is no doubt about what is
/// background: grey of other values or depths, soft edges, one colour or hard-edged colours on black, a palette, transparency. Whatever
/// could come out wrong (or empty, with values in it) is an error.
/// </summary>
public static class MaskReader
{
    /// <summary>The version of the rules: prepared clips and caches made by an earlier one are made again.</summary>
    internal const string Rule = "2";

    // A JPEG's black and its greys are not exactly that.
    private const int LossyBlack = 32, LossyGrey = 16, LossyHue = 48;

    // More hard-edged colours than this are no labels.
    private const int MostColours = 64;

    // A mask in colours with soft edges is flat nearly everywhere; a photograph is not.
    private const double FlatShare = 0.8;

    /// <summary>The colour of VOC's palette that means neither object nor background.</summary>
    private const int VocVoid = 224 << 16 | 224 << 8 | 192;

    /// <summary>Decodes a PNG or JPEG file.</summary>
    /// <returns>0 or 1, `[height, width]`.</returns>
    /// <exception cref="DataException">The file is missing, cut short or no picture, or it is not clear what is background in
    /// it.</exception>
    public static (byte[] Mask, int Height, int Width) Read(string path) => Read(path, out _);

    /// <summary>Decodes a PNG or JPEG file.</summary>
    /// <param name="remark">How it was read, where it is neither a grey picture of 0 and 255 nor empty; else null.</param>
    /// <returns>0 or 1, `[height, width]`.</returns>
    /// <exception cref="DataException">As for <see cref="Read(string)"/>.</exception>
    public static (byte[] Mask, int Height, int Width) Read(string path, out string? remark)
    {
        var file = ImageFile.Read(path);
        if (ImageFile.IsPalettePng(file))
        {
            var ofPalette = ReadPalette(path, file, out var how);
            remark = ofPalette.Mask.Contains((byte)1) ? how : null;
            return ofPalette;
        }

        var lossy = file[0] == 0xFF;
        // Unchanged, to keep its depth and transparency; rotated upright where its EXIF part says how, which drops the transparency.
        var rotated = lossy || ImageFile.HasPngChunk(file, "eXIf"u8);
        using var picture = FrameReader.Decode(path, file, rotated ? ImreadModes.AnyColor | ImreadModes.AnyDepth : ImreadModes.Unchanged);
        var (height, width) = (picture.Rows, picture.Cols);
        if (picture.Type() == MatType.CV_8UC1)
        {
            var grey = FrameReader.Bytes(picture, 1);
            if (!grey.AsSpan().ContainsAnyExcept(byte.MinValue, byte.MaxValue))
            {
                remark = null;
                for (var i = 0; i < grey.Length; i++)
                    grey[i] &= 1;
                return (grey, height, width);
            }
        }

        var (values, full) = (Values(picture), picture.Depth() == MatType.CV_16U ? 65_535 : 255);
        byte[] mask;
        if (picture.Channels() == 4 && Transparency(path, values, full) is { } alpha)
            (mask, remark) = (alpha, "what is not transparent is foreground");
        else
        {
            var colours = Colours.From(values, picture.Channels());
            (mask, remark) = IsGrey(colours, lossy)
                ? ReadLevels(path, new MaskLevels(colours.Brightest(), height, width, Full(colours, full), lossy))
                : ReadColours(path, colours, height, width, full, lossy);
        }

        var kind = full > 255 ? "16 bits: " : picture.Channels() > 1 ? "in colour: " : "";
        remark = mask.Contains((byte)1) && (kind + remark).Length > 0 ? $"{kind}{remark ?? "white is foreground"}" : null;
        return (mask, height, width);
    }

    private static int Full(Colours colours, int full) => full == 65_535 && colours.Peak <= 255 ? 255 : full;

    private static (byte[], string?) ReadLevels(string path, MaskLevels levels)
    {
        var (threshold, remark) = levels.Foreground(out var fault);
        if (fault is not null)
            throw Unclear(path, fault);
        var mask = new byte[levels.Values.Length];
        for (var i = 0; i < mask.Length; i++)
            mask[i] = levels.Values[i] >= threshold ? (byte)1 : (byte)0;
        return (mask, remark);
    }

    // A single hue on black is as good as grey. Several are labels where edges are hard; with soft edges they must be bright and flat.
    private static (byte[], string?) ReadColours(string path, Colours colours, int height, int width, int full, bool lossy)
    {
        var levels = new MaskLevels(colours.Brightest(), height, width, Full(colours, full), lossy);
        var black = lossy ? LossyBlack : 0;
        if (Array.TrueForAll(levels.Values, value => value > black))
            throw Unclear(path, "it has colours and no black");
        if (colours.IsOneHue(lossy ? LossyHue : 2))
        {
            var (mask, remark) = ReadLevels(path, levels);
            return (mask, remark ?? "what is not black is foreground");
        }

        if (!lossy && colours.Packed().Distinct().Take(MostColours + 1).Count() <= MostColours)
        {
            if (colours.Packed().Contains(VocVoid))
                throw Unclear(path, "it has the colour #e0e0c0, which in VOC's masks is neither object nor background");
            return ([.. levels.Values.Select(value => value > 0 ? (byte)1 : (byte)0)], "what is not black is foreground");
        }

        if (levels.Values.Count(value => value <= black || 8 * value >= 7 * levels.Full) < FlatShare * levels.Values.Length)
            throw Unclear(path, "it has more colours than a mask");
        return ReadLevels(path, levels);
    }

    private static bool IsGrey(Colours colours, bool lossy)
    {
        var range = lossy ? LossyGrey : 0;
        for (var i = 0; i < colours.Red.Length; i++)
        {
            int r = colours.Red[i], g = colours.Green[i], b = colours.Blue[i];
            if (Math.Max(r, Math.Max(g, b)) - Math.Min(r, Math.Min(g, b)) > range)
                return false;
        }

        return true;
    }

    // The opaque pixels; null where the transparency is the same everywhere.
    private static byte[]? Transparency(string path, int[] values, int full)
    {
        var pixels = values.Length / 4;
        var mask = new byte[pixels];
        int least = full, most = 0;
        for (var i = 0; i < pixels; i++)
        {
            var alpha = values[4 * i + 3];
            (least, most) = (Math.Min(least, alpha), Math.Max(most, alpha));
            mask[i] = 2 * alpha > full ? (byte)1 : (byte)0;
        }

        if (least == most)
            return most > 0 ? null
                : Array.TrueForAll(values, value => value == 0) ? mask
                : throw Unclear(path, "it is transparent everywhere");
        if (!mask.Contains((byte)1) || !mask.Contains((byte)0))
            throw Unclear(path, $"its transparency goes from {least} to {most} of {full}");
        // Colours that are a mask of their own must agree with the transparency.
        var seen = Enumerable.Range(0, pixels).Where(i => mask[i] != 0).Select(i => (values[4 * i], values[4 * i + 1], values[4 * i + 2]))
            .Distinct().Take(3).ToArray();
        return seen.Length == 2 && seen.Contains((0, 0, 0))
            ? throw Unclear(path, "its transparency and its colours are two different masks")
            : mask;
    }

    private static (byte[] Mask, int Height, int Width) ReadPalette(string path, byte[] file, out string remark)
    {
        var (numbers, height, width) = PalettePng.Read(path, file);
        var palette = PalettePng.ReadColours(file);
        var used = numbers.Distinct().Order().ToArray();
        if (used.Any(number => number >= palette.Length))
            throw new DataException($"{path} is damaged: a pixel has the number {used[^1]}, its palette has {palette.Length} colours");
        byte[] Where(Func<int, bool> isForeground) => Array.ConvertAll(numbers, number => isForeground(number) ? (byte)1 : (byte)0);

        var colours = used.Select(number => palette[number].Colour).ToArray();
        var opaque = used.Where(number => palette[number].Opaque).ToArray();
        if (opaque.Length > 0 && opaque.Length < used.Length && opaque.Select(number => palette[number].Colour).Distinct().Count() == 1)
        {
            remark = "palette: what is not transparent is foreground";
            return (Where(number => palette[number].Opaque), height, width);
        }

        // All colours are the same: number 0 is background, as in all masks with palettes.
        if (used.Length > 1 && colours.Distinct().Count() == 1)
        {
            remark = "palette: number 0 is background";
            return (Where(number => number != 0), height, width);
        }

        var all = palette.Select(entry => entry.Colour).ToArray();
        if (used.Append((byte)0).All(number => IsGrey(all[number])) && (all[0] == 0 || Array.TrueForAll(all, IsGrey)))
        {
            var (mask, how) = ReadLevels(path,
                new MaskLevels(Array.ConvertAll(numbers, number => all[number] & 255), height, width, 255, false));
            remark = $"palette: {how ?? "white is foreground"}";
            return (mask, height, width);
        }

        if (used.Length > 2 && used[^1] == 255 && all[255] == VocVoid)
            throw Unclear(path, "its number 255 has the colour #e0e0c0, which in VOC's masks is neither object nor background");
        var blackIsZero = all[0] == 0 && used.All(number => number == 0 || all[number] != 0);
        var zeroIsDarkest = used.Contains((byte)0) && used.All(number => number == 0 || Brightness(all[number]) > Brightness(all[0]));
        if (!blackIsZero && !zeroIsDarkest)
            throw Unclear(path, $"its palette gives number 0 the colour #{all[0]:x6}");
        remark = "palette: number 0 is background";
        return (Where(number => number != 0), height, width);
    }

    private static bool IsGrey(int colour) => (colour >> 16) == (colour & 255) && ((colour >> 8) & 255) == (colour & 255);

    private static int Brightness(int colour) => 299 * (colour >> 16) + 587 * ((colour >> 8) & 255) + 114 * (colour & 255);

    private static DataException Unclear(string path, string what) =>
        new($"{path} is a mask in which background and foreground cannot be told apart: {what}; expected a grey picture of 0 and 255");

    private static int[] Values(Mat picture)
    {
        var bytes = FrameReader.Bytes(picture, (int)picture.ElemSize());
        return picture.Depth() == MatType.CV_16U
            ? Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(bytes).ToArray(), value => (int)value)
            : Array.ConvertAll(bytes, value => (int)value);
    }

    /// <summary>The three colours of each pixel; of a grey picture, three times the same.</summary>
    private sealed record Colours(int[] Red, int[] Green, int[] Blue, int Peak)
    {
        // OpenCV's order is blue, green, red.
        public static Colours From(int[] values, int channels)
        {
            int[] Channel(int c) => channels == 1
                ? values
                : [.. Enumerable.Range(0, values.Length / channels).Select(i => values[channels * i + c])];
            int[] red = Channel(2), green = Channel(1), blue = Channel(0);
            return new Colours(red, green, blue, Math.Max(red.Max(), Math.Max(green.Max(), blue.Max())));
        }

        public int[] Brightest() => [.. Enumerable.Range(0, Red.Length).Select(i => Math.Max(Red[i], Math.Max(Green[i], Blue[i])))];

        public IEnumerable<long> Packed() =>
            Enumerable.Range(0, Red.Length)
            .Select(i => (long)Red[i] << (Peak > 255 ? 32 : 16) | (long)Green[i] << (Peak > 255 ? 16 : 8) | (long)Blue[i]);

        /// <summary>Whether every pixel is the brightest one's colour, darker.</summary>
        public bool IsOneHue(int range)
        {
            var brightest = Brightest();
            var at = Array.IndexOf(brightest, Peak);
            for (var i = 0; i < Red.Length; i++)
            {
                var share = (double)brightest[i] / Peak;
                if (Math.Abs(Red[i] - share * Red[at]) > range || Math.Abs(Green[i] - share * Green[at]) > range
                    || Math.Abs(Blue[i] - share * Blue[at]) > range)
                    return false;
            }

            return true;
        }
    }
}
