using Avs.Core.Configuration;
using Avs.Data.Batches;
using Avs.Models;
using Avs.Train.Experiments;
using Avs.Train.Training;

namespace Avs.Train.Segmentation;

/// <summary>Learning to segment what sounds, as a task of experiments.</summary>
public sealed class SegmentationDefinition : TaskDefinition<SegmentationConfig, AvsBatch>
{
    public override string Name => "segmentation";

    public override MovedKeys MovedKeys { get; } = new(
        ("train.batch_clips", "data.batch_clips"),
        ("train.frames_drawn", "data.frames_drawn"),
        ("train.pairing", "data.pairing"),
        ("evaluate.every", "train.validate_every"));

    public override bool HasReplicas => true;

    public override bool HasBf16 => true;

    public override ITrainingTask<AvsBatch> Create(RunConfig run, SegmentationConfig config, TaskContext context) =>
        SegmentationTask.Open(new SegmentationExperiment(run, config), context);

    // The defaults of the model and objective sections are the preset's that the model section names, and so is their family; a release's
    // preset also brings how it flips and how it draws at test.
    protected override SegmentationConfig Defaults(ConfigMap file)
    {
        var defaults = new SegmentationConfig();
        var named = file.At("model.name");
        var name = named is null ? defaults.Model.Name : (named as ConfigScalar)?.Text;
        var presets = ModelRegistry.All;
        return defaults.With(presets.FirstOrDefault(preset => preset.Name == name)
            ?? throw RecordReader.Wrong(named!, "model.name", $"one of {string.Join(", ", presets.Select(preset => preset.Name))}"));
    }
}
