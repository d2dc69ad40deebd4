using Avs.Core;
using Avs.Core.Configuration;
using Avs.Models;

namespace Avs.Train.Segmentation;

/// <summary>An experiment as a YAML file.</summary>
public static class ExperimentFile
{
    /// <summary>Reads an experiment with what it inherits and the command line's overrides, and checks every value.</summary>
    /// <param name="path">The YAML file.</param>
    /// <param name="overrides">Texts of the form `train.steps=200`.</param>
    /// <exception cref="UsageException">The sentence names file, line and key, what was found and what is expected.</exception>
    public static ExperimentConfig Load(string path, IEnumerable<string>? overrides = null) =>
        Read(ConfigSource.Load(path, overrides), Path.GetFileNameWithoutExtension(path));

    /// <summary>Reads an experiment from a text.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="file">What to call it in messages.</param>
    /// <exception cref="UsageException">As <see cref="Load"/>.</exception>
    public static ExperimentConfig Parse(string yaml, string file = "config.yaml") => Read(ConfigSource.Parse(yaml, file), "experiment");

    /// <summary>The experiment as YAML with every key; <see cref="Parse"/> reads it back to the same experiment.</summary>
    /// <param name="config">The experiment.</param>
    public static string Write(ExperimentConfig config) => RecordWriter.Write(config);

    private static ExperimentConfig Read(ConfigMap map, string name)
    {
        // The defaults of the model and objective sections are the preset's that the model section names, and so is their family; a release's preset
        // also brings how it flips and how it draws at test.
        var defaults = new ExperimentConfig { Name = name };
        var named = (map["model"] as ConfigMap)?["name"];
        var preset = Preset(named, defaults.Model.Name);
        var config = RecordReader.Read(defaults.Of(preset), map);
        if (config.Name.Length == 0 || config.Name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.')))
            throw RecordReader.Wrong(map["name"] ?? map, "name", "letters, digits, '_', '-' and '.', for it names a folder");
        Check(config.Augment.Validated, map["augment"]);
        Check(() => new LatentAtTest(config.Evaluate.Latent, config.Evaluate.Samples), map["evaluate"]);
        return config;
    }

    // Records that check several values together say what is wrong; the place of their section goes in front.
    private static void Check(Func<object> check, ConfigNode? section)
    {
        try
        {
            check();
        }
        catch (Exception e) when (e is UsageException or ArgumentException && section is not null)
        {
            throw new UsageException($"{section.Place}: {e.Message}", e);
        }
    }

    private static ModelPreset Preset(ConfigNode? node, string fallback)
    {
        var name = (node as ConfigScalar)?.Text ?? fallback;
        return ModelRegistry.All.FirstOrDefault(preset => preset.Name == name)
            ?? throw RecordReader.Wrong(node!, "model.name", $"one of {string.Join(", ", ModelRegistry.All.Select(preset => preset.Name))}");
    }
}
