using Avs.Core;
using Avs.Data.Audio;
using Avs.Data.Media;

namespace Avs.Eval.Prediction;

/// <summary>The sound that a prediction is made with, from the first to the last second.</summary>
/// <param name="Mono">16 kHz; empty where there is none.</param>
/// <param name="File">The file it came from, for the overlay video; null where there is none.</param>
internal sealed record SoundOfVideo(double[] Mono, string? File)
{
    private const int Rate = LogMelFrontEnd.SampleRate;
    public const double LowestDecibels = -100;

    /// <summary>What a person should know of it, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; private init; } = [];

    /// <summary>Reads the sound that the options name, or the one that the video or the folder of frames has.</summary>
    /// <param name="video">The video; null for a folder of frames.</param>
    public static SoundOfVideo Read(PredictionOptions options, MediaFile? video)
    {
        if (options.Muted)
            return new SoundOfVideo([], null);
        if (options.Sound is { } given)
            return FromFile(given, options.Upload);
        if (video is not null)
            return video.Sound is not null ? Decode(video, options.Upload) : new SoundOfVideo([], null);
        return Directory.GetFiles(options.Video, "*.wav") switch
        {
            [var only] => FromFile(only),
            [] => throw new UsageException($"the frames in {options.Video} have no sound beside them; name it with --sound FILE"),
            var several => throw new UsageException(
                $"{options.Video} holds {several.Length} wav files; name the right one with --sound FILE"),
        };
    }

    /// <summary>Log-mel examples of successive seconds, `[count, 1, 96, 64]`; of silence where there is no sound.</summary>
    /// <param name="from">Where the first second begins; may be before the start.</param>
    /// <param name="count">How many seconds.</param>
    public float[] LogMel(double from, int count)
    {
        var samples = new double[count * Rate];
        var first = (long)Math.Round(from * Rate);
        for (var i = Math.Max(0, -first); i < samples.Length && first + i < Mono.Length; i++)
            samples[i] = Mono[first + i];
        return LogMelFrontEnd.ComputeExactly(samples, Rate, count)!;
    }

    /// <summary>The root mean square of a stretch in decibels below full scale.</summary>
    public double Decibels(double from, double to)
    {
        var first = (int)Math.Clamp(from * Rate, 0, Mono.Length);
        var last = (int)Math.Clamp(to * Rate, 0, Mono.Length);
        if (last <= first)
            return LowestDecibels;
        var sum = 0.0;
        for (var i = first; i < last; i++)
            sum += Mono[i] * Mono[i];
        return Math.Max(LowestDecibels, 10 * Math.Log10(sum / (last - first) + 1e-12));
    }

    private static SoundOfVideo FromFile(string file, UploadLimits? limits = null)
    {
        if (!System.IO.File.Exists(file))
            throw new DataException($"{file} is missing, expected a sound or video file");
        // A wav file is read here, strictly; any other kind by ffmpeg.
        if (!Path.GetExtension(file).Equals(".wav", StringComparison.OrdinalIgnoreCase))
            return Decode(MediaFile.Read(file, limits is not null), limits);
        var (mono, rate) = WavReader.Read(file);
        return new SoundOfVideo(Resampler.Resample(mono, rate, Rate), file);
    }

    private static SoundOfVideo Decode(MediaFile media, UploadLimits? limits)
    {
        var (mono, notes) = SoundTrack.ReadMono(media, limits?.Seconds + 1);
        return new SoundOfVideo(mono, media.Path) { Notes = notes };
    }
}
