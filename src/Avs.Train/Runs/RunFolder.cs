using System.Globalization;
using Avs.Data;
using Avs.Train.Configuration;

namespace Avs.Train.Runs;

/// <summary>The folder of one training run, `runs/NAME/TIME/`, and the names of what lies in it.</summary>
public sealed class RunFolder
{
    private const string ConfigFile = "config.yaml";

    private RunFolder(string path) => FullPath = path;

    /// <summary>The folder.</summary>
    public string FullPath { get; }

    /// <summary>The experiment with every key.</summary>
    public string ConfigPath => Path.Combine(FullPath, ConfigFile);

    /// <summary>One line of figures for each logged step.</summary>
    public string MetricsPath => Path.Combine(FullPath, "metrics.csv");

    /// <summary>What was told during the run.</summary>
    public string LogPath => Path.Combine(FullPath, "log.txt");

    /// <summary>The weights with the best validation score.</summary>
    public string BestPath => Path.Combine(FullPath, "best.safetensors");

    /// <summary>The weights of the last save.</summary>
    public string LastPath => Path.Combine(FullPath, "last.safetensors");

    /// <summary>What else a continued run needs: optimizer, generators, step.</summary>
    public string StatePath => Path.Combine(FullPath, "last.state.safetensors");

    /// <summary>Curves of loss and validation score.</summary>
    public string CurvesPath => Path.Combine(FullPath, "curves.png");

    /// <summary>The figures at the end of the run.</summary>
    public string SummaryPath => Path.Combine(FullPath, "summary.json");

    /// <summary>Makes the folder of a new run and writes its configuration.</summary>
    /// <param name="config">The experiment.</param>
    /// <param name="runs">The folder of all runs.</param>
    /// <param name="name">The run's own name; null names it by the time.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="UsageException">A run of that name exists.</exception>
    public static RunFolder Create(ExperimentConfig config, string runs, string? name, DateTime now)
    {
        var parent = Path.Combine(runs, config.Name);
        var time = now.ToString("yyyy-MM-dd_HH-mm-ss", CultureInfo.InvariantCulture);
        var path = Path.Combine(parent, name ?? time);
        if (name is not null && Directory.Exists(path))
            throw new UsageException($"the run '{path}' exists already; name another or continue it with --resume {path}");
        for (var i = 2; Directory.Exists(path); i++)
            path = Path.Combine(parent, $"{time}-{i}");
        Directory.CreateDirectory(path);
        var run = new RunFolder(path);
        AtomicFile.WriteAllText(run.ConfigPath, ExperimentFile.Write(config));
        return run;
    }

    /// <summary>Opens the folder of an existing run.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="UsageException">It is not the folder of a run.</exception>
    public static RunFolder Open(string path) =>
        File.Exists(Path.Combine(path, ConfigFile))
            ? new RunFolder(path)
            : throw new UsageException($"'{path}' is not the folder of a run: it has no {ConfigFile}");

    /// <summary>The experiment of this run.</summary>
    public ExperimentConfig ReadConfig() => ExperimentFile.Load(ConfigPath);
}
