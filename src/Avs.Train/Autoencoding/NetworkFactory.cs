using Avs.Core;
using Avs.Core.Libtorch;
using Avs.Train.Experiments;
using Avs.Train.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Train.Autoencoding;

/// <summary>Builds the networks of a task: with fresh weights for a run, or with those of a checkpoint.</summary>
/// <param name="reader">Reads the task's experiments.</param>
/// <param name="create">The network of a configuration, with weights drawn from torch's default generator.</param>
public sealed class NetworkFactory<TConfig, TNetwork>(TypedReader<TConfig> reader, Func<TConfig, TNetwork> create)
    where TConfig : class where TNetwork : nn.Module
{
    /// <summary>A network with weights that follow from the experiment's seed alone.</summary>
    /// <param name="device">Where it computes.</param>
    /// <exception cref="UsageException">The network does not fit the images, or the modalities.</exception>
    public TNetwork Create(TaskExperiment<TConfig> experiment, Device device)
    {
        var network = NamedGenerator.DrawFromDefault(experiment.Run.Seed, "train/weights", () => create(experiment.Task));
        network.to(device);
        return network;
    }

    /// <summary>A trained network, in evaluation mode.</summary>
    /// <param name="path">The folder of a run, whose best checkpoint is taken, or a checkpoint.</param>
    /// <param name="device">Where it computes.</param>
    /// <exception cref="UsageException">There is no run or checkpoint of that name, or it is of another task.</exception>
    /// <exception cref="DataException">The checkpoint is missing, damaged, or does not say which experiment it comes from.</exception>
    public (TNetwork Model, TaskExperiment<TConfig> Experiment, string Checkpoint) Load(string path, Device device)
    {
        var checkpoint = Checkpoint.Find(path);
        var experiment = reader.FromCheckpoint(checkpoint);
        var model = Create(experiment, device);
        Checkpoint.Load(checkpoint, model);
        model.eval();
        return (model, experiment, checkpoint);
    }
}
