using System.Runtime.InteropServices;
using Avs.Data.Packages;
using NAudio.Wave;
using OpenCvSharp;

namespace Avs.Stamps.Tests;

/// <summary>
/// Small parts made on the spot, in a folder that goes away: four coloured shapes with a tone each, three plain backgrounds.
/// </summary>
public sealed class SyntheticParts : IDisposable
{
    public const string Table = """
        kind,object,split,package,path
        cutout,ball,,shapes,ball.png
        recording,ball,,shapes,ball.wav
        second,ball,,shapes,ball2.wav
        cutout,box,,shapes,box.png
        recording,box,,shapes,box.wav
        second,box,,shapes,box2.wav
        cutout,disc,,shapes,disc.png
        recording,disc,,shapes,disc.wav
        cutout,tile,,shapes,tile.png
        recording,tile,,shapes,tile.wav
        background,,train,shapes,red.png
        background,,val,shapes,green.png
        background,,test,shapes,blue.png
        """;

    // A background of one colour tells in every frame which photograph it is.
    public static readonly IReadOnlyDictionary<string, int> ChannelOfSplit = new Dictionary<string, int>
    {
        ["train"] = 2,
        ["val"] = 1,
        ["test"] = 0,
    };

    public SyntheticParts()
    {
        Folder = Directory.CreateTempSubdirectory("avs-stamps-").FullName;
        var home = Directory.CreateDirectory(Path.Combine(Folder, "shapes")).FullName;
        Shape(Path.Combine(home, "ball.png"), 90, 90, round: true, grey: 200);
        Shape(Path.Combine(home, "box.png"), 80, 120, round: false, grey: 160);
        Shape(Path.Combine(home, "disc.png"), 130, 80, round: true, grey: 120);
        Shape(Path.Combine(home, "tile.png"), 60, 60, round: false, grey: 90);
        foreach (var (name, frequency, seconds) in new[] { ("ball", 300, 0.4), ("ball2", 350, 0.9), ("box", 600, 2.0), ("box2", 650, 0.5),
            ("disc", 900, 6.0), ("tile", 1200, 0.2) })
            Tone(Path.Combine(home, name + ".wav"), frequency, seconds);
        Background(Path.Combine(home, "red.png"), new Scalar(0, 0, 180));
        Background(Path.Combine(home, "green.png"), new Scalar(0, 180, 0));
        Background(Path.Combine(home, "blue.png"), new Scalar(180, 0, 0));
        Parts = StampParts.Load(
            Folder, StampsCatalogue.Parse(new StringReader(Table), "parts.csv"),
            [new PackageCredit(new PackageVersion("shapes", "1.0"),
                "Files: *\nCopyright: 2020 Ann\nLicense: MIT\n\nFiles: shapes/ball.*\nCopyright: 2021 Bob\nLicense: CC0-1.0\n")], 2);
    }

    public string Folder { get; }

    public StampParts Parts { get; }

    public string Composed(string name, ComposeOptions options)
    {
        var folder = Path.Combine(Folder, name);
        StampsComposer.Compose(folder, Parts, options);
        return folder;
    }

    public void Dispose()
    {
        Parts.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A sine tone of a tenth of full scale with a quiet half second before it.</summary>
    public static void Tone(string path, int frequency, double seconds)
    {
        var quiet = Recording.SampleRate / 2;
        var samples = new short[quiet + (int)(seconds * Recording.SampleRate)];
        for (var i = quiet; i < samples.Length; i++)
            samples[i] = (short)(3276 * Math.Sin(2 * Math.PI * frequency * i / Recording.SampleRate));
        using var writer = new WaveFileWriter(path, new WaveFormat(Recording.SampleRate, 16, 1));
        writer.Write(MemoryMarshal.AsBytes(samples.AsSpan()).ToArray(), 0, samples.Length * 2);
    }

    private static void Shape(string path, int width, int height, bool round, byte grey)
    {
        var pixels = new byte[height * width * 4];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (dx, dy) = ((x + 0.5) / width * 2 - 1, (y + 0.5) / height * 2 - 1);
                var inside = round ? dx * dx + dy * dy < 0.9 : Math.Abs(dx) < 0.9 && Math.Abs(dy) < 0.9;
                pixels.AsSpan((y * width + x) * 4, 3).Fill(grey);
                pixels[(y * width + x) * 4 + 3] = inside ? (byte)255 : (byte)0;
            }
        }

        using var image = new Mat(height, width, MatType.CV_8UC4);
        Marshal.Copy(pixels, 0, image.Data, pixels.Length);
        Cv2.ImWrite(path, image);
    }

    private static void Background(string path, Scalar colour)
    {
        using var image = new Mat(240, 320, MatType.CV_8UC3, colour);
        Cv2.ImWrite(path, image);
    }
}
