using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Avs.Core;
using Avs.Data.Audio;
using Avs.Data.Clips;
using Avs.Data.Media;
using OpenCvSharp;

namespace Avs.Data.AvsBench;

/// <summary>Reads every file of a clip: reports what is wrong and collects facts.</summary>
internal sealed class ClipInspector(AvsBenchDataset bench, AvsBenchLayout layout, Action<string, string> wrong)
{
    // Two front ends that agree to this give the same training.
    private const float SameLogMel = 2e-3f;

    // A picture whose values differ by less is of one colour, and a log-mel example this close to silence is silent: both look alike in any
    // clip.
    private const int PlainRange = 6;
    internal const float SilentRange = 0.05f;

    /// <returns>Its facts, and whether all of its files are there and readable.</returns>
    public (ClipFacts Facts, bool Whole) Inspect(ClipInfo clip)
    {
        var facts = new ClipFacts();
        // A missing folder has been reported once; the rest is read all the same.
        var (frames, masks) = (Directory.Exists(layout.FramesFolder), Directory.Exists(layout.MasksFolder));
        var sound = Directory.Exists(layout.SoundFolder) || Directory.Exists(layout.LogMelFolder);
        var whole = frames && masks && sound;
        whole &= Try("frames", () => bench.RequireCountFromOne(clip));
        for (var t = 0; frames && t < bench.FramesPerClip; t++)
        {
            var frame = t;
            whole &= Try("frames", () => Frame(clip, frame, facts));
        }

        foreach (var frame in masks ? bench.LabelledFrames(clip) : [])
            whole &= Try("masks", () => Mask(clip, frame, facts));
        if (sound)
            whole &= Try("sound", () => Sound(clip, facts));
        return (facts, whole);
    }

    private bool Try(string group, Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (DataException e)
        {
            wrong(group, e.Message);
            return false;
        }
    }

    private void Frame(ClipInfo clip, int t, ClipFacts facts)
    {
        var pixels = bench.LoadFrame(clip, t); // [224, 224, 3]
        facts.Frames++;
        if (IsPlain(pixels))
            facts.PlainFrames++;
        else
            facts.Contents.Add(("frame", layout.Frame(clip, t + 1), Digest(pixels)));
    }

    private void Mask(ClipInfo clip, int t, ClipFacts facts)
    {
        var mask = bench.LoadMask(clip, t); // [224, 224]
        var covered = mask.Count(value => value != 0);
        facts.MaskKinds.Add(MaskKind(layout.Mask(clip, t + 1)));
        facts.MaskArea += covered / (double)mask.Length;
        facts.EmptyMasks += covered == 0 ? 1 : 0;
        facts.FullMasks += covered == mask.Length ? 1 : 0;
    }

    private void Sound(ClipInfo clip, ClipFacts facts)
    {
        var logMel = bench.LoadSound(clip); // [T, 1, 96, 64]
        var file = layout.Sound(clip);
        if (logMel.FirstOrDefault(value => !float.IsFinite(value)) is var odd && !float.IsFinite(odd))
            throw new DataException($"{(File.Exists(file) ? file : layout.LogMel(clip))} holds log-mel values that are not numbers");
        (facts.LowestLogMel, facts.HighestLogMel) = (logMel.Min(), logMel.Max());
        facts.SoundKind = "pickled";
        if (File.Exists(file))
        {
            var (mono, rate) = WavReader.Read(file, out var channels);
            facts.SoundKind = SoundKind(rate, channels);
            facts.Seconds = (double)mono.Length / rate;
            if (File.Exists(layout.LogMel(clip)))
                facts.OtherPickle = LogMelFile.Read(layout.LogMel(clip), bench.FramesPerClip).Zip(logMel)
                    .Any(pair => Math.Abs(pair.First - pair.Second) > SameLogMel);
        }
        else
            file = layout.LogMel(clip);

        facts.Silent = facts.HighestLogMel < LogMelFrontEnd.Silence + SilentRange;
        if (!facts.Silent)
            facts.Contents.Add(("sound", file, Digest(MemoryMarshal.AsBytes(logMel.AsSpan()))));
    }

    internal static string SoundKind(int rate, int channels) => $"{rate} Hz, {channels} channel{(channels == 1 ? "" : "s")}";

    // Each colour by itself: a red picture is as plain as a black one.
    internal static bool IsPlain(byte[] pixels)
    {
        for (var channel = 0; channel < 3; channel++)
        {
            byte low = 255, high = 0;
            for (var i = channel; i < pixels.Length; i += 3)
                (low, high) = (Math.Min(low, pixels[i]), Math.Max(high, pixels[i]));
            if (high - low >= PlainRange)
                return false;
        }

        return true;
    }

    private static string MaskKind(string path)
    {
        var file = ImageFile.Read(path);
        if (ImageFile.IsPalettePng(file))
            return "palette";
        using var picture = FrameReader.Decode(path, file, ImreadModes.Unchanged);
        if (picture.Channels() != 1)
            return "colour";
        if (picture.Type() != MatType.CV_8UC1)
            return "grey of 16 bits";
        return FrameReader.Bytes(picture, 1).AsSpan().ContainsAnyExcept(byte.MinValue, byte.MaxValue)
            ? "grey with other values"
            : "grey 0/255";
    }

    internal static UInt128 Digest(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
