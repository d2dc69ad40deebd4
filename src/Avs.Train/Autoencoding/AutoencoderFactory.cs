using Avs.Core;
using Avs.Models.Vae.Autoencoders;
using Avs.Train.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Train.Autoencoding;

/// <summary>Builds autoencoders: with fresh weights for a run, or with those of a checkpoint.</summary>
public static class AutoencoderFactory
{
    /// <summary>A network with weights that follow from the experiment's seed alone.</summary>
    /// <param name="device">Where it computes.</param>
    /// <exception cref="UsageException">The images cannot be halved as often as the network does.</exception>
    public static AutoencoderNetwork Create(AutoencodingExperiment experiment, Device device)
    {
        // The library draws initial weights on the CPU from its default generator, so that generator is seeded first.
        manual_seed((long)(new NamedRandom(experiment.Run.Seed, "train/weights").NextUInt64() >> 1));
        try
        {
            var network = experiment.Task.Model.Network.Create();
            network.to(device);
            return network;
        }
        catch (UsageException e)
        {
            throw new UsageException($"model.network: {e.Message}; data.pad adds rows and columns of zeros", e);
        }
    }

    /// <summary>A trained network, in evaluation mode.</summary>
    /// <param name="path">The folder of a run, whose best checkpoint is taken, or a checkpoint.</param>
    /// <param name="device">Where it computes.</param>
    /// <exception cref="UsageException">There is no run or checkpoint of that name, or it is of another task.</exception>
    /// <exception cref="DataException">The checkpoint is missing, damaged, or does not say which experiment it comes from.</exception>
    public static (AutoencoderNetwork Model, AutoencodingExperiment Experiment, string Checkpoint) Load(string path, Device device)
    {
        var checkpoint = Checkpoint.Find(path);
        var experiment = AutoencodingExperiment.FromCheckpoint(checkpoint);
        var model = Create(experiment, device);
        Checkpoint.Load(checkpoint, model);
        model.eval();
        return (model, experiment, checkpoint);
    }
}
