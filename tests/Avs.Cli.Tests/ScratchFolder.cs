using System.Diagnostics;
using Avs.Train.Runs;
using Avs.Train.Segmentation;
using TorchSharp;

namespace Avs.Cli.Tests;

/// <summary>A folder for scripts that are run, removed at the end.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-scripts-");

    public void Dispose() => folder.Delete(recursive: true);

    public string At(string name) => Path.Combine(folder.FullName, name);

    /// <summary>Writes a shell script of this one line.</summary>
    public string Script(string name, string line)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), $"#!/bin/bash\n{line}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(At(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return At(name);
    }

    /// <summary>A checkpoint of a segmenter whose weights are random.</summary>
    /// <param name="experiment">Where it comes from; null: smoke.yaml.</param>
    public string Segmenter(string name = "random.safetensors", SegmentationExperiment? experiment = null)
    {
        experiment ??= SegmentationExperiment.Load(Repository.At("experiments/smoke.yaml"), []);
        using var model = SegmenterFactory.Create(experiment, torch.CPU);
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        Checkpoint.Write(At(name), model, experiment.ToYaml(), 0);
        return At(name);
    }

    public static Typed Run(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in (string[])["LD_PRELOAD", "OMP_WAIT_POLICY", "AVS_TORCH"])
            start.Environment.Remove(name);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Typed(process.ExitCode, output, error.Result);
    }
}
