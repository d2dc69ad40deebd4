using Avs.Train.Autoencoding;
using Avs.Train.Experiments;
using Avs.Train.Segmentation;

namespace Avs.Train;

/// <summary>What experiments can train: a new task is one line here.</summary>
public static class TrainingTasks
{
    public static IReadOnlyList<TaskDefinition> All { get; } =
        [new SegmentationDefinition(), new AutoencodingDefinition(), new MultimodalDefinition()];
}
