using Avs.Core.Configuration;
using Avs.Data.Images;
using Avs.Models.Vae;
using Avs.Train.Experiments;
using Avs.Train.Training;

namespace Avs.Train.Autoencoding;

/// <summary>Learning to encode and decode images, as a task of experiments.</summary>
public sealed class AutoencodingDefinition : TaskDefinition<AutoencodingConfig, ImageBatch>
{
    public override string Name => "autoencoding";

    public override ITrainingTask<ImageBatch> Create(RunConfig run, AutoencodingConfig config, TaskContext context) =>
        AutoencodingTask.Open(new AutoencodingExperiment(run, config), context);

    protected override AutoencodingConfig Complete(AutoencodingConfig config, ITrainingTask<ImageBatch> task) =>
        ((AutoencodingTask)task).Experiment.Task;

    protected override AutoencodingConfig Defaults(ConfigMap file)
    {
        var defaults = new AutoencodingConfig();
        RequireKnown(file, "data.set", ImageSets.All.Select(set => set.Name));
        RequireKnown(file, "model.name", VaeRegistry.Autoencoders.Select(preset => preset.Name));
        var name = (file.At("model.name") as ConfigScalar)?.Text ?? defaults.Model.Name;
        var completed = defaults.With(VaeRegistry.Autoencoders.First(preset => preset.Name == name));
        return completed with { Model = completed.Model with { ImageIsTheDatas = file.At("model.network.image") is null } };
    }
}
