namespace Avs.Data.Tests.Media;

/// <summary>Small videos made by ffmpeg, in a folder that goes away with the test.</summary>
internal sealed class Film : IDisposable
{
    public Film() => Folder = Directory.CreateTempSubdirectory("avs-film-").FullName;

    public string Folder { get; }

    public string Videos => Path.Combine(Folder, "videos");

    public string Target => Path.Combine(Folder, "out");

    /// <summary>The path of a file in the folder; the folders above it exist.</summary>
    public string At(params string[] parts)
    {
        var path = Path.Combine([Folder, .. parts]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    public string Table(string text)
    {
        var path = At("clips.csv");
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>A video whose grey says the time: light 40 + 8 a picture at 5 pictures a second, and a tone.</summary>
    public string Add(string name, double seconds = 5, string rate = "5", string size = "64x48",
        string sound = "sine=440:sample_rate=44100", params string[] coding)
    {
        var path = At("videos", name);
        List<string> arguments = ["-f", "lavfi", "-i",
            $"color=black:size={size}:rate={rate}:duration={Text(seconds)},format=gray,geq=lum='40+8*N'"];
        if (sound.Length > 0)
            arguments.AddRange(["-f", "lavfi", "-t", Text(seconds), "-i", sound]);
        arguments.AddRange(coding.Length > 0 ? coding : ["-c:v", "ffv1", "-pix_fmt", "bgr0", "-c:a", "pcm_s16le"]);
        FFmpeg.Run([.. arguments, path]);
        return path;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string Text(double value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
