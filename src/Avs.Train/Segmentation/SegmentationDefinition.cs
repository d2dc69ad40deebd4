using Avs.Core.Configuration;
using Avs.Data.Batches;
using Avs.Models;
using Avs.Models.Audio;
using Avs.Models.Backbones;
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

    public override bool HasBackbone => true;

    public override bool HasRecomputation => true;

    public override IReadOnlyList<string> DevRunChanges => ["evaluate.clips=4", "data.cache=none"];

    public override ITrainingTask<AvsBatch> Create(RunConfig run, SegmentationConfig config, TaskContext context) =>
        SegmentationTask.Open(new SegmentationExperiment(run, config), context);

    // The defaults of the model and objective sections are the preset's that the model section names, and so is their family; a release's
    // preset also brings how it flips and how it draws at test.
    protected override SegmentationConfig Defaults(ConfigMap file)
    {
        var defaults = new SegmentationConfig();
        RequireKnown(file, "model.name", ModelRegistry.All.Select(preset => preset.Name));
        RequireKnown(file, "model.audio", AudioRegistry.All.Select(entry => entry.Name));
        RequireKnown(file, "model.network.backbone", BackboneRegistry.All.Select(entry => entry.Name));
        var name = (file.At("model.name") as ConfigScalar)?.Text ?? defaults.Model.Name;
        return defaults.With(ModelRegistry.All.First(preset => preset.Name == name));
    }
}
