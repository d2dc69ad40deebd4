using Avs.Core.Configuration;
using Avs.Data.Images;
using Avs.Models.Vae;
using Avs.Train.Experiments;
using Avs.Train.Training;

namespace Avs.Train.Autoencoding;

/// <summary>Learning several modalities together, as a task of experiments.</summary>
public sealed class MultimodalDefinition : TaskDefinition<MultimodalTaskConfig, MultimodalBatch>
{
    public override string Name => "multimodal";

    public override ITrainingTask<MultimodalBatch> Create(RunConfig run, MultimodalTaskConfig config, TaskContext context) =>
        MultimodalTask.Open(new MultimodalExperiment(run, config), context);

    protected override MultimodalTaskConfig Complete(MultimodalTaskConfig config, ITrainingTask<MultimodalBatch> task) =>
        ((MultimodalTask)task).Experiment.Task;

    protected override MultimodalTaskConfig Defaults(ConfigMap file)
    {
        var defaults = new MultimodalTaskConfig();
        RequireKnown(file, "data.set", MultimodalSets.All.Select(set => set.Name));
        RequireKnown(file, "model.name", VaeRegistry.Multimodal.Select(preset => preset.Name));
        var name = (file.At("model.name") as ConfigScalar)?.Text ?? defaults.Model.Name;
        return defaults.With(VaeRegistry.Multimodal.First(preset => preset.Name == name));
    }
}
