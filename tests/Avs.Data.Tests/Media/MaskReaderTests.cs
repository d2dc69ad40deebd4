using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using Avs.Core;
using Avs.Data.Media;
using OpenCvSharp;

namespace Avs.Data.Tests.Media;

/// <summary>
/// Masks of all kinds that show a square of 16x16 in 32x32 (a quarter); where there are two objects, another of 4x4 (a sixty-fourth) beside
/// it.
/// </summary>
public sealed class MaskReaderTests : IDisposable
{
    private const int Side = 32;
    private const double Square = 0.25, Both = 0.25 + 1.0 / 64;

    private readonly string folder = Directory.CreateTempSubdirectory("avs-masks-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static int Object(int y, int x) =>
        y is >= 8 and < 24 && x is >= 4 and < 20 ? 1 : y is >= 4 and < 8 && x is >= 24 and < 28 ? 2 : 0;

    private static bool InSquare(int y, int x) => Object(y, x) == 1;

    private string Write<T>(MatType type, Func<int, int, T[]> pixel, string name = "m.png") where T : unmanaged
    {
        var path = Path.Combine(folder, name);
        var values = Enumerable.Range(0, Side * Side).SelectMany(i => pixel(i / Side, i % Side)).ToArray();
        using var picture = new Mat(Side, Side, type);
        Marshal.Copy(MemoryMarshal.AsBytes<T>(values).ToArray(), 0, picture.Data, values.Length * Marshal.SizeOf<T>());
        Cv2.ImWrite(path, picture);
        return path;
    }

    private string Grey(Func<int, int, int> value, string name = "m.png") =>
        Write(MatType.CV_8UC1, (y, x) => new[] { (byte)value(y, x) }, name);

    private string Deep(Func<int, int, int> value) => Write(MatType.CV_16UC1, (y, x) => new[] { (ushort)value(y, x) });

    private string Rgb(Func<int, int, (int R, int G, int B)> colour, string name = "m.png") =>
        Write(MatType.CV_8UC3, (y, x) => colour(y, x) is var c ? new[] { (byte)c.B, (byte)c.G, (byte)c.R } : [], name);

    private string Rgba(Func<int, int, (int R, int G, int B, int A)> colour) =>
        Write(MatType.CV_8UC4, (y, x) => colour(y, x) is var c ? new[] { (byte)c.B, (byte)c.G, (byte)c.R, (byte)c.A } : []);

    private string Palette(int[] colours, Func<int, int, int> number, params byte[] transparency)
    {
        using var file = new MemoryStream();
        void Chunk(string name, byte[] content)
        {
            var length = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, content.Length);
            file.Write([.. length, .. Encoding.ASCII.GetBytes(name), .. content, 0, 0, 0, 0]);
        }

        file.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        Chunk("IHDR", [0, 0, 0, Side, 0, 0, 0, Side, 8, 3, 0, 0, 0]);
        Chunk("PLTE", [.. colours.SelectMany(colour => new[] { (byte)(colour >> 16), (byte)(colour >> 8), (byte)colour })]);
        if (transparency.Length > 0)
            Chunk("tRNS", transparency);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionMode.Compress, leaveOpen: true))
        {
            for (var y = 0; y < Side; y++)
                zlib.Write([0, .. Enumerable.Range(0, Side).Select(x => (byte)number(y, x))]);
        }

        Chunk("IDAT", packed.ToArray());
        Chunk("IEND", []);
        var path = Path.Combine(folder, "m.png");
        File.WriteAllBytes(path, file.ToArray());
        return path;
    }

    private static double Covered(string path, out string? remark) =>
        MaskReader.Read(path, out remark).Mask.Average(value => (double)value);

    private static void Is(double share, string? remark, string path)
    {
        Assert.Equal(share, Covered(path, out var found), 9);
        Assert.Equal(remark, found);
    }

    private static void Doubtful(string what, string path)
    {
        var sentence = Assert.Throws<DataException>(() => MaskReader.Read(path)).Message;
        Assert.StartsWith($"{path} is a mask in which background and foreground cannot be told apart: {what}", sentence);
        Assert.DoesNotContain('\n', sentence);
    }

    [Fact]
    public void Grey_0_and_255_need_no_remark() => Is(Square, null, Grey((y, x) => InSquare(y, x) ? 255 : 0));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    [InlineData(200)]
    public void Of_0_and_another_value_the_other_is_foreground(int value) =>
        Is(Square, $"its values are 0 and {value}: {value} is foreground", Grey((y, x) => InSquare(y, x) ? value : 0));

    [Theory]
    [InlineData(255, "16 bits: white is foreground")]
    [InlineData(65_535, "16 bits: white is foreground")]
    [InlineData(1, "16 bits: its values are 0 and 1: 1 is foreground")]
    [InlineData(300, "16 bits: its values are 0 and 300: 300 is foreground")]
    public void Sixteen_bits_are_read_whatever_their_scale(int value, string remark) =>
        Is(Square, remark, Deep((y, x) => InSquare(y, x) ? value : 0));

    // 64, 128 and 192 of 256 parts of the level at the left edge: the middle one counts.
    [Theory]
    [InlineData(255, 128)]
    [InlineData(100, 50)]
    public void Soft_edges_are_cut_at_half_the_level(int level, int from)
    {
        int Soft(int y, int x) => InSquare(y, x) ? (x < 7 ? (x - 3) * (level + 1) / 4 : level) : 0;
        Is(15.0 / 64, $"its values go from 0 to {level}: foreground is from {from} on", Grey(Soft));
        Is(15.0 / 64, $"16 bits: its values go from 0 to {257 * level}: foreground is from {(257 * level + 1) / 2} on",
            Deep((y, x) => 257 * Soft(y, x)));
        Is(15.0 / 64, $"in colour: its values go from 0 to {level}: foreground is from {from} on", Rgb((y, x) => (Soft(y, x), 0, 0)));
    }

    [Fact]
    public void Hard_edged_labels_are_foreground_but_0()
    {
        Is(Both, "its values are 0, 1, 2: all but 0 are foreground", Grey(Object));
        Is(Both, "its values are 0, 100, 200: all but 0 are foreground", Grey((y, x) => 100 * Object(y, x)));
    }

    [Fact]
    public void One_colour_on_black_is_foreground()
    {
        Is(Square, "in colour: what is not black is foreground", Rgb((y, x) => InSquare(y, x) ? (255, 0, 0) : default));
        Is(Square, "in colour: its values are 0 and 128: 128 is foreground", Rgb((y, x) => InSquare(y, x) ? (128, 0, 0) : default));
        Is(Square, "in colour: white is foreground", Rgb((y, x) => InSquare(y, x) ? (255, 255, 255) : default));
    }

    [Fact]
    public void Colours_of_labels_on_black_are_foreground_however_dark() =>
        Is(Both, "in colour: what is not black is foreground",
            Rgb((y, x) => Object(y, x) switch { 1 => (192, 0, 0), 2 => (0, 64, 0), _ => default }));

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(255, 255, 255)]
    [InlineData(90, 30, 200)]
    public void What_is_opaque_is_foreground_whatever_its_colour(int r, int g, int b)
    {
        Is(Square, "in colour: what is not transparent is foreground", Rgba((y, x) => (r, g, b, InSquare(y, x) ? 255 : 0)));
        Is(Square, "in colour: what is not transparent is foreground", Rgba((y, x) => InSquare(y, x) ? (r, g, b, 255) : default));
    }

    [Fact]
    public void Transparency_that_is_the_same_everywhere_says_nothing() =>
        Is(Square, "in colour: white is foreground", Rgba((y, x) => InSquare(y, x) ? (255, 255, 255, 255) : (0, 0, 0, 255)));

    [Fact]
    public void A_palette_of_black_and_white_goes_by_its_colours_whatever_their_order()
    {
        Is(Square, "palette: white is foreground", Palette([0, 0xFFFFFF], (y, x) => InSquare(y, x) ? 1 : 0));
        Is(Square, "palette: white is foreground", Palette([0xFFFFFF, 0], (y, x) => InSquare(y, x) ? 0 : 1));
        Is(Square, "palette: white is foreground", Palette([0xFFFFFF, 0, 0, 0], (y, x) => InSquare(y, x) ? 0 : 1));
        Is(0, null, Palette([0xFFFFFF, 0], (_, _) => 1));
    }

    [Fact]
    public void A_palette_of_colours_has_its_background_at_0()
    {
        Is(Both, "palette: number 0 is background", Palette([0, 0x800000, 0x008000], Object));
        Is(Square, "palette: number 0 is background", Palette([0x440154, 0xFDE725], (y, x) => InSquare(y, x) ? 1 : 0));
        Is(Square, "palette: its values are 0 and 1: 1 is foreground", Palette([0, 0x010101], (y, x) => InSquare(y, x) ? 1 : 0));
    }

    [Fact]
    public void A_transparent_colour_of_a_palette_is_background() =>
        Is(Square, "palette: what is not transparent is foreground", Palette([0xFF0000, 0x00FF00], (y, x) => InSquare(y, x) ? 1 : 0, 0));

    [Theory]
    [InlineData(40)]
    [InlineData(95)]
    public void JPEG_masks_are_read_in_grey_and_in_colour(int quality)
    {
        void Check(string path)
        {
            using var picture = Cv2.ImRead(path, ImreadModes.Unchanged);
            Cv2.ImWrite(path + ".jpg", picture, [(int)ImwriteFlags.JpegQuality, quality]);
            Assert.Equal(Square, Covered(path + ".jpg", out _), 1.5 / 64);
        }

        Check(Grey((y, x) => InSquare(y, x) ? 255 : 0));
        Check(Rgb((y, x) => InSquare(y, x) ? (255, 0, 0) : default));
    }

    [Fact]
    public void An_empty_mask_of_any_kind_is_empty_and_needs_no_remark()
    {
        Is(0, null, Grey((_, _) => 0));
        Is(0, null, Deep((_, _) => 0));
        Is(0, null, Rgb((_, _) => default));
        Is(0, null, Rgba((_, _) => default));
        Is(0, null, Palette([0, 0x800000], (_, _) => 0));
        Is(0, null, Grey((_, _) => 0, "m.jpg"));
    }

    [Fact]
    public void A_mask_of_white_alone_is_full() => Is(1, null, Grey((_, _) => 255));

    [Fact]
    public void Values_that_may_mean_several_things_are_refused()
    {
        Doubtful("its values are 0, 128, 255", Grey((y, x) => Object(y, x) switch { 1 => 255, 2 => 128, _ => 0 }));
        Doubtful("its values are 0, 1, 255", Grey((y, x) => Object(y, x) switch { 1 => 255, 2 => 1, _ => 0 }));
        Doubtful("its values are 1, 2, and none is 0", Grey((y, x) => InSquare(y, x) ? 2 : 1));
        Doubtful("it has the value 1 and no other", Grey((_, _) => 1));
        Doubtful("its highest value is ", Grey((y, x) => InSquare(y, x) ? 1 : 0, "m.jpg"));
    }

    [Fact]
    public void Colours_without_a_black_background_are_refused()
    {
        Doubtful("it has colours and no black", Rgb((y, x) => InSquare(y, x) ? (255, 0, 0) : (255, 255, 255)));
        Doubtful("its palette gives number 0 the colour #ffffff", Palette([0xFFFFFF, 0xFF0000], (y, x) => InSquare(y, x) ? 1 : 0));
        Doubtful("its palette gives number 0 the colour #000000", Palette([0, 0xFF0000, 0], Object));
        Doubtful("its number 255 has the colour #e0e0c0",
            Palette([.. Enumerable.Range(0, 256).Select(i => i switch { 1 => 0x800000, 255 => 0xE0E0C0, _ => 0 })],
                (y, x) => Object(y, x) switch { 2 => 255, var n => n }));
    }

    [Fact]
    public void A_picture_that_is_no_mask_is_refused() =>
        Doubtful("it has more colours than a mask", Rgb((y, x) => (y * x) == 0 ? default : (8 * y, 8 * x, 100)));

    [Fact]
    public void Transparency_that_contradicts_the_colours_is_refused()
    {
        Doubtful("it is transparent everywhere", Rgba((y, x) => InSquare(y, x) ? (255, 255, 255, 0) : default));
        Doubtful("its transparency and its colours are two different masks",
            Rgba((y, x) => (Object(y, x) == 2 ? 255 : 0, 0, 0, x < 30 ? 255 : 0)));
    }
}
