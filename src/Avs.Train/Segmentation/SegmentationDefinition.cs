using Avs.Core.Configuration;
using Avs.Data.Batches;
using Avs.Data.Clips;
using Avs.Models;
using Avs.Models.Audio;
using Avs.Models.AvsBench;
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

    public override IReadOnlyList<(string Key, IReadOnlyList<string> Names)> KnownNames { get; } =
    [
        ("model.audio", [.. AudioRegistry.All.Select(entry => entry.Name)]),
        ("model.network.backbone", [.. BackboneRegistry.All.Select(entry => entry.Name)]),
    ];

    // The defaults of the model and objective sections are the preset's that the model section names, and so is their family; a release's
    // preset also brings how it flips and how it draws at test.
    protected override IReadOnlyList<(string Name, SegmentationConfig Defaults)> Presets { get; } =
        [.. ModelRegistry.All.Select(preset => (preset.Name, new SegmentationConfig().With(preset)))];

    // Of all presets the weight is 0, so one that is not stands in the file.
    protected override (string Key, string Expected)? FindConflict(SegmentationConfig config) =>
        FindClassConflict(config) ?? FindMatchingConflict(config);

    protected override IEnumerable<IdleKeys> FindIdleKeys(SegmentationConfig config) => SegmentationIdleKeys.Find(config);

    private static (string Key, string Expected)? FindClassConflict(SegmentationConfig config)
    {
        var hasClasses = config.Data.Subset == Subset.AVSS;
        if (config.Model.Network.Classes > 1 == hasClasses)
            return null;
        return ("model.network.classes", hasClasses
            ? "how many classes the data have, the background among them (AVSBench: 71), for data.subset is avss"
            : "1, for data.subset is not avss");
    }

    private static (string Key, string Expected)? FindMatchingConflict(SegmentationConfig config)
    {
        if (config is not { Objective: AvsBenchObjective { MatchingWeight: > 0 } objective, Model.Network: AvsBenchConfig network })
            return null;
        var silent = objective.MatchingStages.Except(network.UsesSound ? network.TpaviStages : []).ToArray();
        return silent.Length == 0 ? null : ("objective.matching_weight",
            $"0, for the network has no sound at level {silent[0]} (objective.matching_stages may leave levels out)");
    }
}
