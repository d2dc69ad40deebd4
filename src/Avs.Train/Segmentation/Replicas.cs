using System.Runtime.ExceptionServices;
using Avs.Core;
using Avs.Core.Libtorch;
using Avs.Data.Batches;
using Avs.Eval.Evaluation;
using Avs.Models;
using Avs.Models.Memory;
using Avs.Models.Segmentation;
using Avs.Train.Distribution;
using Avs.Train.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Train.Segmentation;

/// <summary>
/// Copies of a model that compute the parts of a batch at the same time, a processor each, and add up their gradients: data-parallel
/// training inside one process, of which there may be several (<see cref="ICommunicator"/>), each with its part of the batch. Small models
/// gain more from copies than from threads inside each operator. Every copy normalises by its own part of the batch, unless
/// <see cref="TrainConfig.WholeBatch"/> says otherwise; running statistics are those of the first, which is the model itself. The sums are
/// made in the order of the parts, so the numbers depend on the seed alone.
/// </summary>
internal sealed class Replicas : IDisposable
{
    private readonly TrainConfig train;
    private readonly SegmentationExperiment experiment;
    private readonly Device device;
    private readonly ICommunicator processes;
    private readonly IReadOnlyList<ThreadCommunicator> workers;
    private readonly AudioVisualSegmenter[] models;
    private readonly SyncBatchNorm[] norms;
    private readonly Parameter[][] parameters;
    private readonly Generator[] latents;
    private readonly Generator[] branches;

    /// <summary>Makes the copies.</summary>
    /// <param name="model">The model that is trained; it stays the caller's.</param>
    /// <param name="experiment">The experiment, which says how many.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="processes">The processes that train together; null: only this one.</param>
    public Replicas(AudioVisualSegmenter model, SegmentationExperiment experiment, Device device, ICommunicator? processes = null)
    {
        this.experiment = experiment;
        this.device = device;
        this.processes = processes ??= SingleProcess.Instance;
        train = experiment.Run.Train;
        var (count, data) = (train.Replicas, experiment.Task.Data);
        var granule = processes.Size * count * (data.Pairing ? 2 : 1);
        if (data.BatchClips % granule != 0)
            throw new UsageException(
                $"data.batch_clips: found {data.BatchClips}, expected a multiple of {granule} for train.replicas = {count}"
                + (processes.Size > 1 ? $" in each of {processes.Size} processes" : "")
                + (data.Pairing ? " with pairs of clips" : ""));
        models = [model, .. Enumerable.Range(1, count - 1).Select(_ => CopyOf(model))];
        parameters = [.. models.Select(replica => replica.LearnedParameters().Select(entry => entry.Parameter).ToArray())];
        latents = [.. Enumerable.Range(0, count).Select(r => Named("latent", r))];
        branches = model.LeavesOutBranches ? [.. Enumerable.Range(0, count).Select(r => Named("branches", r))] : [];
        workers = ThreadCommunicator.Create(count, processes);
        norms = train.WholeBatch ?? processes.Size > 1
            ? [.. models.Zip(workers, (replica, worker) => new SyncBatchNorm(replica, worker.Sum))]
            : [];
    }

    /// <summary>The model itself, then its copies.</summary>
    public IReadOnlyList<AudioVisualSegmenter> Models => models;

    /// <summary>
    /// The generators that the latent codes are drawn from, and, where branches are left out at random, those that decide which; by name.
    /// </summary>
    public IReadOnlyList<(string Name, Generator Generator)> Generators =>
        [.. latents.Select((generator, r) => (NameOf("latent", r), generator)),
            .. branches.Select((generator, r) => (NameOf("branches", r), generator))];

    /// <summary>Adds the gradient of the batch's mean loss to the model's parameters.</summary>
    /// <param name="batch">The batch, or this process's part of it; the caller disposes it.</param>
    /// <param name="progress">How far the run is, from 0 to 1.</param>
    public StepResult Backward(AvsBatch batch, double progress)
    {
        // Whichever threads take the parts, this one moves the weights afterwards: its numbers must not depend on which they were.
        Switches.FlushDenormals();
        CopyWeights();
        var input = Segmenters.InputFrom(batch, device, masks: true);
        var parts = Enumerable.Range(0, models.Length).Select(r => Part(input, r)).ToArray();
        var weights = Weigh(batch, parts);
        var share = batch.Parts == 1 ? BatchPart.Whole : new BatchPart(processes.Rank, batch.Parts, MostRows(batch) / models.Length);
        foreach (var norm in norms)
            norm.IsOn = batch.Parts == processes.Size;
        foreach (var (replica, source) in models.Zip(branches))
            replica.LeaveOutBranchesBy(source, share);
        var terms = new IReadOnlyList<(string Name, double Value)>[models.Length];
        try
        {
            ForEachCopy(r => terms[r] = BackwardOf(r, parts[r], weights?[r], share, progress));
        }
        catch (AggregateException several)
        {
            // Where one fails the others give up waiting for it.
            ExceptionDispatchInfo.Throw(several.InnerExceptions.OrderBy(e => e is OperationCanceledException).First());
        }
        AddGradients();

        var means = terms[0].Select((term, i) => (
            term.Name, Value: terms.Select((part, r) => part[i].Value * (weights?[r] ?? 1)).Average())).ToArray();
        return new StepResult(means[0].Value, means, batch.Clips.Count * batch.Parts);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var norm in norms)
            norm.Dispose();
        foreach (var generator in latents.Concat(branches))
            generator.Dispose();
        foreach (var copy in models.Skip(1))
            copy.Dispose();
    }

    private static string NameOf(string what, int replica) => replica == 0 ? what : $"{what}/{replica}";

    private Generator Named(string what, int replica) =>
        NamedGenerator.Create(experiment.Run.Seed, $"train/{NameOf(what, replica)}");

    // With what is not learned as well: a frozen audio network's weights, and the running statistics.
    private AudioVisualSegmenter CopyOf(AudioVisualSegmenter model)
    {
        var copy = SegmenterFactory.Create(experiment.WithoutWeights(), device);
        copy.load_state_dict(model.state_dict());
        return copy;
    }

    // Copies that wait for one another need a thread each, however few processors there are.
    private void ForEachCopy(Action<int> work)
    {
        if (norms.Length == 0 || models.Length == 1)
            Parallel.For(0, models.Length, new ParallelOptions { MaxDegreeOfParallelism = models.Length }, work);
        else
            Task.WaitAll([.. models.Select((_, r) => Task.Factory.StartNew(() => work(r), TaskCreationOptions.LongRunning))]);
    }

    private IReadOnlyList<(string Name, double Value)> BackwardOf(int r, AvsInput part, double? weight, BatchPart share, double progress)
    {
        try
        {
            return Compute(r, part, weight, share, progress);
        }
        catch
        {
            workers[r].GiveUp();
            throw;
        }
    }

    private IReadOnlyList<(string Name, double Value)> Compute(int r, AvsInput part, double? weight, BatchPart share, double progress)
    {
        using var scope = NewDisposeScope();
        if (train.Threads is { } threads)
            set_num_threads(threads);
        Switches.FlushDenormals();
        models[r].train();
        var isPart = norms.Length > 0 && norms[r].IsOn;
        part = part with
        {
            Noise = new GeneratorNoise(latents[r], share),
            WholeBatch = isPart ? new WholeBatch(new BatchPart(workers[r].Rank, workers[r].Size), workers[r].Sum) : null,
        };
        var output = SegmenterForward.Run(models[r], part, train.Precision, train.Recompute);
        var terms = experiment.Task.Objective.Compute(output, part, progress);
        var total = terms.Total / models.Length;
        Backpropagation.Run(weight is { } one ? total * one : total);
        return [.. terms.Named().Select(term => (term.Name, term.Value.ToDouble()))]; // the total first
    }

    // Parts of clips of different lengths have different numbers of labelled frames. Each part's loss is a mean over its own; weighted by
    // how many those are, the mean over the parts is that over all frames. Null where every clip has as many.
    private double[]? Weigh(AvsBatch batch, AvsInput[] parts)
    {
        if (batch.Labels is null || models.Length * batch.Parts == 1)
            return null;
        double[] counts = [.. parts.Select(part => (double)part.Masks!.shape[0])];
        var all = batch.Parts == 1 ? counts.Sum() : processes.Sum(counts.Sum())[0];
        return [.. counts.Select(count => count * models.Length * batch.Parts / all)];
    }

    private static int? MostRows(AvsBatch batch) => batch.Labels is null ? null : batch.Clips.Count * batch.FramesPerClip;

    // The clips [r*B/R, (r+1)*B/R): both clips of a pair.
    private AvsInput Part(AvsInput input, int r)
    {
        if (models.Length == 1)
            return input;
        var lengths = input.FramesPerClip.Lengths(input.Images.shape[0]);
        var clips = lengths.Count / models.Length;
        int[] own = [.. lengths.Skip(r * clips).Take(clips)];
        var (first, rows) = (lengths.Take(r * clips).Sum(), own.Sum());
        var labelled = input.Labelled!.cpu().data<long>().ToArray();
        var from = labelled.Count(row => row < first);
        var count = labelled.Count(row => row >= first && row < first + rows);
        return input with
        {
            Images = input.Images.narrow(0, first, rows),
            LogMel = input.LogMel?.narrow(0, first, rows),
            AudioEmbedding = input.AudioEmbedding?.narrow(0, first, rows),
            FramesPerClip = new ClipFrames(own),
            Labels = input.Labels?.narrow(0, from, count),
            Masks = input.Masks!.narrow(0, from, count),
            Labelled = input.Labelled.narrow(0, from, count) - first,
        };
    }

    private void CopyWeights()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        foreach (var copy in parameters.Skip(1))
        {
            foreach (var (target, source) in copy.Zip(parameters[0]))
            {
                target.copy_(source);
                target.grad?.zero_();
            }
        }
    }

    private void AddGradients()
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        foreach (var copy in parameters.Skip(1))
        {
            foreach (var (part, whole) in copy.Zip(parameters[0]))
            {
                if (part.grad is { } gradient)
                    whole.grad!.add_(gradient);
            }
        }
    }
}
