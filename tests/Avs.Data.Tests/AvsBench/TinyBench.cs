using Avs.Data.AvsBench;
using Avs.Data.Clips;
using NAudio.Wave;
using OpenCvSharp;

namespace Avs.Data.Tests.AvsBench;

/// <summary>A small AVSBench folder in a temporary place, removed with the test.</summary>
internal sealed class TinyBench : IDisposable
{
    private readonly List<string> rows = [];

    private TinyBench(Subset subset)
    {
        Subset = subset;
        Root = Directory.CreateTempSubdirectory("avs-bench-").FullName;
    }

    public Subset Subset { get; }

    public string Root { get; }

    public string Table => Path.Combine(Root, Subset == Subset.S4 ? "s4_meta_data.csv" : "ms3_meta_data.csv");

    private string Data => Path.Combine(Root, Subset == Subset.S4 ? "s4_data" : "ms3_data");

    /// <summary>Two training clips, one for validation, one for test, all whole.</summary>
    public static TinyBench S4()
    {
        var bench = new TinyBench(Subset.S4);
        bench.Add("one", "dog_barking", "train");
        bench.Add("two", "male_speech", "train");
        bench.Add("three", "dog_barking", "val");
        bench.Add("four", "dog_barking", "test");
        return bench;
    }

    public static TinyBench MS3()
    {
        var bench = new TinyBench(Subset.MS3);
        bench.Add("one", "", "train");
        bench.Add("two", "", "val");
        bench.Add("three", "", "test");
        return bench;
    }

    /// <summary>
    /// S4 training clips `s{scene}_a`, `s{scene}_b` (and `_c` for every third scene) with `stamps.csv` and hard-linked frames.
    /// </summary>
    public static TinyBench Scenes(int scenes)
    {
        var bench = new TinyBench(Subset.S4);
        var stamps = "name,scene,split,object,seen\n";
        for (var s = 0; s < scenes; s++)
        {
            foreach (var letter in s % 3 == 2 ? "abc" : "ab")
            {
                bench.Add($"s{s}_{letter}", $"kind_{letter}", "train", shade: 10 * s);
                stamps += $"s{s}_{letter},s{s},train,kind_{letter},1\n";
                if (letter != 'a')
                    bench.LinkFrames($"s{s}_a", "kind_a", $"s{s}_{letter}", $"kind_{letter}");
            }
        }

        File.WriteAllText(Path.Combine(bench.Root, "stamps.csv"), stamps);
        return bench;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    public AvsBenchDataset Open(Split split = Split.Train) => AvsBenchDataset.Open(Root, Subset, split);

    public string Frame(string name, int k, string category = "dog_barking", string split = "train") => Subset == Subset.S4
        ? Path.Combine(Data, "visual_frames", split, category, name, $"{name}_{k}.png")
        : Path.Combine(Data, "visual_frames", name, $"{name}.mp4_{k}.png");

    public string Mask(string name, int k, string category = "dog_barking", string split = "train") => Subset == Subset.S4
        ? Path.Combine(Data, "gt_masks", split, category, name, $"{name}_{k}.png")
        : Path.Combine(Data, "gt_masks", split, name, $"{name}_{k}.png");

    public string Sound(string name, string category = "dog_barking", string split = "train") => Subset == Subset.S4
        ? Path.Combine(Data, "audio_wav", split, category, name + ".wav")
        : Path.Combine(Data, "audio_wav", split, name + ".wav");

    /// <summary>
    /// Frame k shows a grey ramp over the whole picture with light 40k+shade in the red; its mask covers the left k eighths.
    /// </summary>
    private void Add(string name, string category, string split, int shade = 0)
    {
        for (var k = 1; k <= 5; k++)
        {
            // The blue of the last pixel is the clip's number, so that no two clips show the same.
            WriteRgb(Frame(name, k, category, split), 224, 224,
                (y, x) => ((byte)(40 * k + shade), (byte)x, (byte)(y + x < 446 ? y : rows.Count)));
            if (Subset == Subset.MS3 || split != "train" || k == 1)
                WriteGrey(Mask(name, k, category, split), 224, 224, (_, x) => x < 28 * k ? (byte)255 : (byte)0);
        }

        WriteWave(Sound(name, category, split), new WaveFormat(16_000, 16, 2), 5,
            t => 0.3 * Math.Sin(2 * Math.PI * (300 + 10 * name.Length + rows.Count) * t));
        rows.Add(Subset == Subset.S4 ? $"{name},0,{category},{split}" : $"{name},{split}");
        File.WriteAllText(Table,
            (Subset == Subset.S4 ? "name,start,category,split\n" : "video_id,split\n") + string.Join('\n', rows) + "\n");
    }

    private void LinkFrames(string from, string fromCategory, string to, string toCategory)
    {
        for (var k = 1; k <= 5; k++)
        {
            File.Copy(Frame(from, k, fromCategory), Frame(to, k, toCategory), overwrite: true);
            File.SetLastWriteTimeUtc(Frame(to, k, toCategory), File.GetLastWriteTimeUtc(Frame(from, k, fromCategory)));
        }
    }

    public static void WriteRgb(string path, int height, int width, Func<int, int, (byte R, byte G, byte B)> pixel)
    {
        var bgr = new byte[height * width * 3];
        for (var i = 0; i < height * width; i++)
        {
            var (r, g, b) = pixel(i / width, i % width);
            (bgr[3 * i], bgr[3 * i + 1], bgr[3 * i + 2]) = (b, g, r);
        }

        Write(path, height, width, MatType.CV_8UC3, bgr);
    }

    public static void WriteGrey(string path, int height, int width, Func<int, int, byte> pixel) =>
        Write(path, height, width, MatType.CV_8UC1, [.. Enumerable.Range(0, height * width).Select(i => pixel(i / width, i % width))]);

    private static void Write(string path, int height, int width, MatType type, byte[] pixels)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var picture = new Mat(height, width, type);
        System.Runtime.InteropServices.Marshal.Copy(pixels, 0, picture.Data, pixels.Length);
        Cv2.ImWrite(path, picture);
    }

    public static void WriteWave(string path, WaveFormat format, double seconds, Func<double, double> sample)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var writer = new WaveFileWriter(path, format);
        for (var i = 0; i < (int)(seconds * format.SampleRate); i++)
        {
            var value = sample((double)i / format.SampleRate);
            for (var c = 0; c < format.Channels; c++)
            {
                if (format.BitsPerSample == 8)
                    writer.WriteByte((byte)Math.Clamp(Math.Round(128 + 128 * value), 0, 255));
                else if (format is { BitsPerSample: 32, Encoding: WaveFormatEncoding.Pcm })
                    writer.Write(BitConverter.GetBytes((int)Math.Clamp(Math.Round(value * int.MaxValue), int.MinValue, int.MaxValue)));
                else
                    writer.WriteSample((float)value);
            }
        }
    }
}
