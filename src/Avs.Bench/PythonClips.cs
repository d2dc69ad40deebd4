using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Avs.Data.Clips;

namespace Avs.Bench;

/// <summary>A Python with PIL and numpy that decodes clips in two processes on request: a line "go" in, the seconds that it took out.</summary>
internal sealed class PythonClips : IDisposable
{
    // The same work as AvsBenchDataset.Load: frames as RGB, masks as 0 and 1, the sound as VGGish's log-mel examples.
    private const string Program = """
        import sys, json, time, wave
        from multiprocessing import Pool
        import numpy as np
        from PIL import Image

        def mel(hz):
            return 1127 * np.log(1 + hz / 700)

        edges = np.linspace(mel(125.0), mel(7500.0), 66)
        bins = mel(np.arange(257) * 16000 / 512)[:, None]
        filters = np.maximum(0, np.minimum((bins - edges[:-2]) / (edges[1:-1] - edges[:-2]), (edges[2:] - bins) / (edges[2:] - edges[1:-1])))
        filters[0] = 0
        window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)

        def log_mel(path, count):
            with wave.open(path) as file:
                samples = np.frombuffer(file.readframes(file.getnframes()), np.int16).reshape(-1, file.getnchannels())
            mono = (samples / 32768.0).mean(axis=1)
            frames = np.lib.stride_tricks.sliding_window_view(mono, 400)[::160]
            values = np.log(np.abs(np.fft.rfft(frames * window, 512)) @ filters + 0.01).astype(np.float32)
            return values[:count * 96].reshape(-1, 1, 96, 64)

        def load(clip):
            frames = np.stack([np.asarray(Image.open(path).convert("RGB")) for path in clip["frames"]])
            masks = np.stack([(np.asarray(Image.open(path).convert("L")) >= 128).astype(np.uint8) for path in clip["masks"]])
            sound = log_mel(clip["sound"], len(clip["frames"]))
            return frames.size + masks.size + sound.size

        clips = json.loads(sys.stdin.readline())
        with Pool(int(sys.argv[1])) as pool:
            pool.map(load, clips[:2])
            print("ready", flush=True)
            for line in sys.stdin:
                start = time.perf_counter()
                for _ in pool.imap_unordered(load, clips, chunksize=2):
                    pass
                print(time.perf_counter() - start, flush=True)
        """;

    private readonly Process process;

    private PythonClips(Process process) => this.process = process;

    /// <summary>The processes that decode.</summary>
    public const int Processes = 2;

    /// <summary>Starts the first interpreter of this machine that has PIL and numpy; null where there is none.</summary>
    /// <param name="clips">The files of each clip.</param>
    public static PythonClips? Find(IReadOnlyList<ClipFiles> clips)
    {
        var list = JsonSerializer.Serialize(clips.Select(clip => new { frames = clip.Frames, masks = clip.Masks, sound = clip.Sound }));
        return new[] { "python3", "/usr/bin/python3" }.Select(python => Start(python, list)).FirstOrDefault(peer => peer is not null);
    }

    /// <summary>Decodes every clip once.</summary>
    /// <returns>The seconds that it took.</returns>
    public double Run()
    {
        process.StandardInput.WriteLine("go");
        process.StandardInput.Flush();
        var answer = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("Python stopped while it decoded clips");
        return double.Parse(answer, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(3000))
            process.Kill(entireProcessTree: true);
        process.Dispose();
    }

    private static PythonClips? Start(string python, string list)
    {
        var start = new ProcessStartInfo(python)
        {
            ArgumentList = { "-c", Program, Processes.ToString(CultureInfo.InvariantCulture) },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            var process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { }; // read, so that it never blocks on a full pipe
            process.BeginErrorReadLine();
            process.StandardInput.WriteLine(list);
            process.StandardInput.Flush();
            if (process.StandardOutput.ReadLine() == "ready")
                return new PythonClips(process);
            process.Dispose(); // a package is missing: it has ended by itself
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            // There is no such program, or it ended before it read anything.
        }

        return null;
    }
}

/// <summary>The files of a clip by kind.</summary>
internal sealed record ClipFiles(IReadOnlyList<string> Frames, IReadOnlyList<string> Masks, string Sound)
{
    public static ClipFiles Of(ICacheSource source, int index)
    {
        var files = source.FilesOf(index).ToArray(); // frames, then masks, then the sound
        return new ClipFiles(files[..source.FramesPerClip], files[source.FramesPerClip..^1], files[^1]);
    }

    public IEnumerable<string> All => [.. Frames, .. Masks, Sound];
}
