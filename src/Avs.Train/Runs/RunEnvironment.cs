using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using Avs.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Train.Runs;

/// <summary>A process that trained in a run's folder, and what it ran on. docs/experiments.md says what each key is.</summary>
public sealed record RunEnvironment
{
    private static readonly Lazy<(string? Commit, bool? IsModified)> Source = new(FindSource);

    public required DateTimeOffset Started { get; init; }

    /// <summary>Steps that were done when it started.</summary>
    public required long FromStep { get; init; }

    public required long Seed { get; init; }

    /// <summary>As a shell reads it.</summary>
    public required string Command { get; init; }

    /// <summary>The folder that it was started in.</summary>
    public required string Folder { get; init; }

    public required string Host { get; init; }

    public required int Process { get; init; }

    /// <summary>This program's version.</summary>
    public required string Avs { get; init; }

    /// <summary>The commit of its source; null where that is not known.</summary>
    public required string? Commit { get; init; }

    /// <summary>Whether its source differs from the commit; null where that is not known.</summary>
    public required bool? Modified { get; init; }

    public required string Torchsharp { get; init; }

    public required string Libtorch { get; init; }

    public required string Dotnet { get; init; }

    public required string System { get; init; }

    /// <summary>The processor's name.</summary>
    public required string Processor { get; init; }

    public required int Processors { get; init; }

    /// <summary>The GPUs of the machine by their names; null where it has none that NVIDIA's driver knows.</summary>
    public required string? Gpu { get; init; }

    /// <summary>Where it computes.</summary>
    public required string Device { get; init; }

    /// <summary>Threads of the tensor library.</summary>
    public required int Threads { get; init; }

    /// <summary>This process.</summary>
    public static RunEnvironment Find(long seed, long fromStep, Device device) => new()
    {
        Started = TimeProvider.System.GetLocalNow(),
        FromStep = fromStep,
        Seed = seed,
        Command = ShellCommand.Join(Environment.GetCommandLineArgs()),
        Folder = Environment.CurrentDirectory,
        Host = Environment.MachineName,
        Process = Environment.ProcessId,
        Avs = VersionOf(typeof(RunEnvironment).Assembly).Split('+')[0],
        Commit = Source.Value.Commit,
        Modified = Source.Value.IsModified,
        Torchsharp = VersionOf(typeof(torch).Assembly).Split('+')[0],
        Libtorch = __version__,
        Dotnet = RuntimeInformation.FrameworkDescription,
        System = RuntimeInformation.OSDescription,
        Processor = FindProcessor(),
        Processors = Environment.ProcessorCount,
        Gpu = FindGpus(),
        Device = device.ToString(),
        Threads = get_num_threads(),
    };

    /// <summary>Reads the processes of a run, the first one first.</summary>
    /// <exception cref="DataException">The file is missing or damaged.</exception>
    public static IReadOnlyList<RunEnvironment> Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(WholeFile.Read(path), RunJson.Default.IReadOnlyListRunEnvironment) ?? [];
        }
        catch (JsonException e)
        {
            throw new DataException($"{path} is not the list of a run's processes: {e.Message}", e);
        }
    }

    /// <summary>Adds this process to those of a run.</summary>
    public void AddTo(string path) => AtomicFile.WriteAllText(path,
        JsonSerializer.Serialize([.. File.Exists(path) ? Read(path) : [], this], RunJson.Default.IReadOnlyListRunEnvironment) + "\n");

    private static string VersionOf(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? $"{assembly.GetName().Version}";

    // Of the tree that the program was built in, where it still lies there; else what the build wrote down.
    private static (string? Commit, bool? IsModified) FindSource()
    {
        var built = VersionOf(typeof(RunEnvironment).Assembly).Split('+') is [_, var commit] ? commit : null;
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "AvsResearch.sln")))
            root = root.Parent;
        if (root is null || !Path.Exists(Path.Combine(root.FullName, ".git")))
            return (built, null);
        try
        {
            string Git(params string[] arguments) => ExternalProgram.Run(
                "git", ["--no-optional-locks", .. arguments], root.FullName, "the commit is not known", TimeSpan.FromSeconds(10)).Trim();
            return (Git("rev-parse", "HEAD"),
                Git("status", "--porcelain", "--", "src", "build", "Directory.Build.props", "Directory.Packages.props").Length > 0);
        }
        catch (DataException)
        {
            return (built, null);
        }
    }

    private static string FindProcessor()
    {
        const string Names = "/proc/cpuinfo", Key = "model name";
        var line = File.Exists(Names) ? File.ReadLines(Names).FirstOrDefault(text => text.StartsWith(Key, StringComparison.Ordinal)) : null;
        return line?.Split(':', 2)[^1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static string? FindGpus()
    {
        const string Driver = "/proc/driver/nvidia/gpus", Key = "Model:";
        if (!Directory.Exists(Driver))
            return null;
        var names = Directory.EnumerateFiles(Driver, "information", SearchOption.AllDirectories)
            .SelectMany(File.ReadLines).Where(line => line.StartsWith(Key, StringComparison.Ordinal))
            .Select(line => line[Key.Length..].Trim());
        return string.Join(", ", names.GroupBy(name => name).Select(alike => alike.Count() == 1
            ? alike.Key
            : string.Create(CultureInfo.InvariantCulture, $"{alike.Count()} x {alike.Key}")));
    }
}
