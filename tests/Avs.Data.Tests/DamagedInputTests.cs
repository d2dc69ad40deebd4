using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text;
using Avs.Core;
using Avs.Data.Cache;
using Avs.Data.Clips;
using Avs.Data.Tests.AvsBench;
using NAudio.Wave;
using OpenCvSharp;

namespace Avs.Data.Tests;

/// <summary>
/// What can be wrong with a data set on disk. Each case damages a whole one; then the training split is opened, read and cached: either one
/// sentence says what is wrong, and no part of a cache is left behind, or it is read all the same.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class DamagedInputTests
{
    // Made with PIL: 16x16 pixels of one colour.
    private const string CmykJpeg =
        "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwANCQoLCggNCwoLDg4NDxMgFRMSEhMnHB4XIC4pMTAuKS0sMzpKPjM2RjcsLUBXQUZMTlJTUjI+WmFaUGBKUVJP/8AAFAgAEAAQBEMRAE0RAFkRAEsRAP/EABUAAQEAAAAA"
        + "AAAAAAAAAAAAAAAH/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAA4EQwBNAFkASwAAPwCnJgmCnAAAAP/Z";

    private const string PalettePng =
        "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQAQMAAAAlPW0iAAAABlBMVEUAAAAKyB5R3Fw8AAAADklEQVR42mP4/5+BFAQA/U4f4d7IdZcAAAAASUVORK5CYII=";

    /// <summary>A kind of damage.</summary>
    /// <param name="Name">What it is called.</param>
    /// <param name="Do">Damages the clip `one` of the training split, or the table.</param>
    /// <param name="Reported">A part of the sentence; null where the data set is read all the same.</param>
    /// <param name="Read">What the clip must then look like.</param>
    private sealed record Damage(string Name, Action<TinyBench> Do, string? Reported, Action<Clip>? Read = null);

    private static readonly Damage[] All =
    [
        new("truncated PNG", tiny => Cut(tiny.Frame("one", 2), 0.5), "one_2.png is cut short"),
        new("truncated JPEG", tiny => Cut(Jpeg(tiny, 2), 0.7), "one_2.jpg is cut short"),
        new("empty frame", tiny => File.WriteAllBytes(tiny.Frame("one", 1), []), "one_1.png is empty (0 bytes)"),
        new("empty mask", tiny => File.WriteAllBytes(tiny.Mask("one", 1), []), "one_1.png is empty (0 bytes)"),
        new("empty sound", tiny => File.WriteAllBytes(tiny.Sound("one"), []), "one.wav is empty (0 bytes)"),
        new("text named PNG", tiny => File.WriteAllText(tiny.Frame("one", 3), "not a picture"),
            "one_3.png starts with bytes 6E6F742061207069, expected a PNG or JPEG picture"),
        new("flipped bits in a PNG", tiny => Flip(tiny.Frame("one", 4)), "one_4.png is damaged"),
        new("16-bit frame", Deep, null, clip => Assert.Equal([0x12, 0x34, 0x56], clip.Pixels[..3])),
        new("16-bit mask", DeepMask, null, clip => Assert.Equal(112 * 224, clip.Masks.Sum(pixel => pixel))),
        new("palette frame", tiny => File.WriteAllBytes(tiny.Frame("one", 1), Convert.FromBase64String(PalettePng)), null,
            clip => Assert.Equal([10, 200, 30], clip.Pixels[..3])),
        new("palette mask", tiny => File.WriteAllBytes(tiny.Mask("one", 1), Convert.FromBase64String(PalettePng)), null,
            clip => Assert.All(clip.Masks, pixel => Assert.Equal(1, pixel))),
        new("CMYK frame", tiny => File.WriteAllBytes(tiny.Frame("one", 1), Convert.FromBase64String(CmykJpeg)), null,
            clip => Assert.True(clip.Pixels is [> 240, < 20, < 20, ..])),
        new("sound of NaN", NotNumbers, "one.wav holds samples that are not numbers"),
        new("sound that promises more than it holds", tiny => Lie(tiny.Sound("one")), "bytes of samples in its header but holds"),
        new("sound of impossible blocks", tiny => Set(tiny.Sound("one"), 32, 7), "one.wav has an impossible sound format"),
        new("picture named WAV", tiny => File.Copy(tiny.Frame("one", 1), tiny.Sound("one"), overwrite: true), "expected a WAV file"),
        new("pickle with a foreign global", tiny => Pickle(tiny, Foreign), "os"),
        new("truncated pickle", tiny => Pickle(tiny, Avs.Data.Prepare.LogMelPickle.Encode(new float[5 * Clip.LogMelSize])[..4000]),
            "one.pkl"),
        new("pickle of another shape", tiny => Pickle(tiny, OtherShape()), "expected log-mel examples [T, 1, 96, 64]"),
        new("pickle of NaN",
            tiny => Pickle(tiny, Avs.Data.Prepare.LogMelPickle.Encode([.. Enumerable.Repeat(float.NaN, 5 * Clip.LogMelSize)])),
            "one.pkl holds values that are not numbers"),
        new("table with a byte order mark", tiny => File.WriteAllText(tiny.Table, File.ReadAllText(tiny.Table), new UTF8Encoding(true)),
            null),
        new("table with Windows line ends", tiny => File.WriteAllText(tiny.Table, File.ReadAllText(tiny.Table).Replace("\n", "\r\n")),
            null),
        new("table with quotes",
            tiny => File.WriteAllText(tiny.Table, "name,start,category,split\n\"one\",\"0\",\"dog_barking\",\"train\"\n"), null),
        new("table with a quote that never ends",
            tiny => File.WriteAllText(tiny.Table, "name,start,category,split\n\"one,0,dog_barking,train\n"), "s4_meta_data.csv line"),
        new("table in another encoding",
            tiny => File.WriteAllBytes(tiny.Table, [.. "name,start,category,split\n"u8, 0xE9, .. ",0,dog,train\n"u8]), "is not UTF-8 text"),
        new("missing clip", tiny => Directory.Delete(Path.GetDirectoryName(tiny.Frame("one", 1))!, recursive: true),
            "one_1.png is missing: frame 1 of 5 of the clip one"),
        new("missing mask", tiny => File.Delete(tiny.Mask("one", 1)), "one_1.png is missing: mask 1 of the clip one"),
        new("missing sound", tiny => File.Delete(tiny.Sound("one")), "one.wav is missing: the sound of the clip one"),
        new("unicode and spaces in names", Rename, null, clip => Assert.Equal("öne – 二 'x'", clip.Info.Id)),
        new("folder in place of a frame", tiny => InPlace(tiny.Frame("one", 2)), "one_2.png is a folder, expected a file"),
        new("folder in place of the sound", tiny => InPlace(tiny.Sound("one")), "one.wav is a folder, expected a file"),
        new("link to nowhere", tiny => Dangle(tiny.Frame("one", 2)), "one_2.png is missing"),
    ];

    public static TheoryData<string> Names => [.. All.Select(damage => damage.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Damage_is_told_in_a_sentence_or_read_all_the_same(string name)
    {
        var damage = All.Single(known => known.Name == name);
        var caches = Directory.CreateTempSubdirectory("avs-damage-");
        try
        {
            using var tiny = TinyBench.S4();
            damage.Do(tiny);
            Clip Cached()
            {
                using var cached = new ClipCache(caches.FullName).OpenOrBuild(tiny.Open(), new CacheBuild());
                return cached.Load(0);
            }

            if (damage.Reported is { } reported)
            {
                foreach (var read in new Action[] { () => tiny.Open().Load(0), () => Cached() })
                {
                    var sentence = Assert.Throws<DataException>(read).Message;
                    Assert.Contains(reported, sentence);
                    Assert.DoesNotContain('\n', sentence);
                }

                Assert.Empty(caches.EnumerateFileSystemInfos());
            }
            else
            {
                var clip = tiny.Open().Load(0);
                damage.Read?.Invoke(clip);
                Assert.True(clip.Pixels.AsSpan().SequenceEqual(Cached().Pixels));
            }
        }
        finally
        {
            caches.Delete(recursive: true);
        }
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void A_file_that_may_not_be_read_is_reported()
    {
        using var tiny = TinyBench.S4();
        File.SetUnixFileMode(tiny.Frame("one", 2), UnixFileMode.None);
        if (MayRead(tiny.Frame("one", 2))) // the system's administrator may read everything
            Assert.Equal(5, tiny.Open().Load(0).Frames);
        else
            Assert.Contains("one_2.png may not be read: permission denied",
                Assert.Throws<DataException>(() => tiny.Open().Load(0)).Message);
    }

    [Fact]
    public void A_full_disk_while_a_cache_is_written_is_told_and_leaves_nothing()
    {
        using var tiny = TinyBench.S4();
        using var disk = SmallDisk.Create();
        var caches = new ClipCache(disk.Folder);
        disk.Fill(caches.PathOf(tiny.Open()));
        var sentence = Assert.Throws<DataException>(() => caches.OpenOrBuild(tiny.Open(), new CacheBuild())).Message;
        Assert.Contains("s4-train.avscache cannot be written: the disk is full; nothing of it was kept", sentence);
        Assert.Empty(Directory.GetFileSystemEntries(disk.Folder));
    }

    [Fact]
    public void A_full_disk_leaves_the_former_cache_as_it_was()
    {
        using var tiny = TinyBench.S4();
        using var disk = SmallDisk.Create();
        var caches = new ClipCache(disk.Folder);
        File.WriteAllBytes(caches.PathOf(tiny.Open()), OldFormat());
        disk.Fill(caches.PathOf(tiny.Open()));
        Assert.Throws<DataException>(() => caches.OpenOrBuild(tiny.Open(), new CacheBuild()));
        Assert.Equal(OldFormat(), File.ReadAllBytes(caches.PathOf(tiny.Open())));
    }

    /// <summary>
    /// A folder on a file system of half a megabyte. Where none may be mounted, the file that a cache is written to before it gets its name
    /// is made to lead to the device that is always full.
    /// </summary>
    private sealed class SmallDisk(string folder, bool mounted) : IDisposable
    {
        public string Folder => folder;

        public static SmallDisk Create()
        {
            var folder = Directory.CreateTempSubdirectory("avs-full-").FullName;
            return new SmallDisk(folder, Ran("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", folder));
        }

        public void Fill(string path)
        {
            if (!mounted)
                File.CreateSymbolicLink($"{path}.{Environment.ProcessId}.partial", "/dev/full");
        }

        public void Dispose()
        {
            if (mounted)
                Ran("umount", folder);
            Directory.Delete(folder, recursive: true);
        }

        private static bool Ran(string program, params string[] arguments)
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
                process.WaitForExit();
                return process.ExitCode == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false; // there is no such program
            }
        }
    }

    // cos\nsystem, a string, a tuple of it, and the call: what runs a command when Python reads it.
    private static byte[] Foreign => [0x80, 2, .. "cos\nsystem\n"u8, (byte)'X', 4, 0, 0, 0, .. "true"u8, 0x85, (byte)'R', (byte)'.'];

    private static byte[] OldFormat() => [.. "AVSCACHE"u8, 0, 0, 0, 0, .. new byte[100]];

    // Says [1, 5, 96, 64] where [5, 1, 96, 64] was: the sizes follow one another as one-byte numbers.
    private static byte[] OtherShape()
    {
        var bytes = Avs.Data.Prepare.LogMelPickle.Encode(new float[5 * Clip.LogMelSize]);
        ReadOnlySpan<byte> sizes = [(byte)'K', 5, (byte)'K', 1, (byte)'K', 96, (byte)'K', 64];
        var at = bytes.AsSpan().IndexOf(sizes);
        Assert.True(at > 0);
        (bytes[at + 1], bytes[at + 3]) = (1, 5);
        return bytes;
    }

    private static void Pickle(TinyBench tiny, byte[] content)
    {
        var path = tiny.Sound("one").Replace("audio_wav", "audio_log_mel").Replace(".wav", ".pkl");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        File.Delete(tiny.Sound("one"));
    }

    private static string Jpeg(TinyBench tiny, int k)
    {
        File.Delete(tiny.Frame("one", k));
        var path = Path.ChangeExtension(tiny.Frame("one", k), ".jpg");
        TinyBench.WriteRgb(path, 224, 224, (y, x) => ((byte)x, (byte)y, (byte)(x ^ y)));
        return path;
    }

    private static void Deep(TinyBench tiny)
    {
        using var picture = new Mat(224, 224, MatType.CV_16UC3, new Scalar(0x5678, 0x3456, 0x1234)); // blue, green, red
        Cv2.ImWrite(tiny.Frame("one", 1), picture);
    }

    private static void DeepMask(TinyBench tiny)
    {
        var values = new ushort[224 * 224];
        for (var i = 0; i < values.Length; i++)
            values[i] = i % 224 < 112 ? ushort.MaxValue : (ushort)0x7000;
        using var picture = new Mat(224, 224, MatType.CV_16UC1);
        System.Runtime.InteropServices.Marshal.Copy(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan())
            .ToArray(), 0, picture.Data, values.Length * 2);
        Cv2.ImWrite(tiny.Mask("one", 1), picture);
    }

    private static void NotNumbers(TinyBench tiny)
    {
        TinyBench.WriteWave(tiny.Sound("one"), WaveFormat.CreateIeeeFloatWaveFormat(16_000, 1), 5, _ => 0);
        var bytes = File.ReadAllBytes(tiny.Sound("one"));
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 4000), float.NaN);
        File.WriteAllBytes(tiny.Sound("one"), bytes);
    }

    private static void Rename(TinyBench tiny)
    {
        const string name = "öne – 二 'x'";
        for (var k = 1; k <= 5; k++)
            Move(tiny.Frame("one", k), tiny.Frame(name, k));
        Move(tiny.Mask("one", 1), tiny.Mask(name, 1));
        Move(tiny.Sound("one"), tiny.Sound(name));
        File.WriteAllText(tiny.Table, File.ReadAllText(tiny.Table).Replace("\none,", $"\n{name},"));
    }

    private static void Move(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Move(from, to);
    }

    private static void InPlace(string path)
    {
        File.Delete(path);
        Directory.CreateDirectory(path);
    }

    private static void Dangle(string path)
    {
        File.Delete(path);
        File.CreateSymbolicLink(path, path + ".gone");
    }

    private static void Cut(string path, double share)
    {
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(int)(bytes.Length * share)]);
    }

    private static void Flip(string path) => Set(path, (int)new FileInfo(path).Length / 2, null);

    // the highest byte of the samples' length
    private static void Lie(string path) => Set(path, File.ReadAllBytes(path).AsSpan().IndexOf("data"u8) + 7, 0x20);

    private static void Set(string path, int at, byte? value)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[at] = value ?? (byte)(bytes[at] ^ 0x55);
        File.WriteAllBytes(path, bytes);
    }

    private static bool MayRead(string path)
    {
        try
        {
            File.ReadAllBytes(path);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
