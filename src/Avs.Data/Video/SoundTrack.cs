using System.Globalization;

namespace Avs.Data.Video;

/// <summary>The sound of a video or sound file, taken out by the program ffmpeg.</summary>
public static class SoundTrack
{
    /// <summary>Channels of a file's first sound track; 0 where it has none.</summary>
    /// <param name="path">A video or sound file.</param>
    /// <exception cref="DataException">The file cannot be read.</exception>
    public static int Channels(string path)
    {
        var answer = ExternalProgram.Run("ffprobe",
            ["-v", "error", "-select_streams", "a:0", "-show_entries", "stream=channels", "-of", "csv=p=0", Input(path)],
            Path.GetTempPath(), $"{path} cannot be read");
        var line = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault();
        return int.TryParse(line?.TrimEnd(','), CultureInfo.InvariantCulture, out var channels) ? channels : 0;
    }

    /// <summary>
    /// Writes the sound as a 16-bit WAV file of 16 kHz that starts with the pictures: a track that begins later is preceded by silence.
    /// One or two channels stay what they are; more become two.
    /// </summary>
    /// <param name="path">A video or sound file that has sound.</param>
    /// <param name="wave">The file to write.</param>
    /// <param name="start">Where to begin, in seconds.</param>
    /// <param name="seconds">How much at most; null for all.</param>
    /// <returns>What the decoder remarked: empty where the sound was flawless.</returns>
    /// <exception cref="DataException">There is no sound, or it cannot be decoded.</exception>
    public static string Extract(string path, string wave, double start = 0, double? seconds = null)
    {
        List<string> arguments = ["-nostdin", "-v", "error", "-y"];
        if (start > 0)
            arguments.AddRange(["-ss", Number(start)]);
        arguments.AddRange(["-i", Input(path), "-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1"]);
        if (seconds is { } length)
            arguments.AddRange(["-t", Number(length)]);
        arguments.AddRange(["-af", "aresample=async=1:first_pts=0,aformat=channel_layouts=mono|stereo", "-ar", Number(LogMelFrontEnd.SampleRate), "-c:a", "pcm_s16le",
            "-fflags", "+bitexact", "-flags:a", "+bitexact", "-f", "wav", Path.GetFullPath(wave)]);
        try
        {
            return ExternalProgram.RunWithRemarks("ffmpeg", arguments, Path.GetTempPath(), $"the sound of {path} cannot be decoded").Remarks;
        }
        catch (DataException)
        {
            // Why it failed is asked only now: most files have sound.
            if (Channels(path) == 0)
                throw new DataException($"{path} has no sound");
            throw;
        }
    }

    // Without the prefix a name such as `a:b.mp4` would be a protocol, and one with a dash in front an option.
    internal static string Input(string path) => "file:" + Path.GetFullPath(path);

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
