using System.Security.Cryptography;
using System.Text;
using Avs.Core;
using Avs.Core.Formats;
using Avs.Core.Libtorch;
using Avs.Models.Classifiers;
using Avs.Models.Weights;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Eval.Autoencoding;

/// <summary>How the classifier is trained that generated images are judged by.</summary>
public sealed record ClassifierOptions
{
    public long Seed { get; init; } = 1;

    public int Steps { get; init; } = 1500;

    /// <summary>The most passes over the images; of few images there are fewer steps.</summary>
    public int Passes { get; init; } = 50;

    public int Batch { get; init; } = 128;

    /// <summary>Adam's at the first step; it falls to 0 as half a cosine.</summary>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>Where trained classifiers are kept; null: nowhere.</summary>
    public string? Cache { get; init; }

    /// <summary>Where it computes.</summary>
    public Device? Device { get; init; }

    /// <summary>Gets the steps done and the steps in all.</summary>
    public Action<int, int>? Progress { get; init; }
}

/// <summary>Trains small classifiers, and keeps them.</summary>
public static class ClassifierTraining
{
    /// <summary>Counted up when classifiers of earlier versions would differ: their files are not used any more.</summary>
    private const int Version = 1;

    /// <summary>A trained classifier, from the cache where it is kept there.</summary>
    /// <param name="train">What it learns from.</param>
    /// <param name="test">What it is tested on.</param>
    /// <exception cref="DataException">The kept file is damaged.</exception>
    public static TrainedClassifier Get(LabelledImages train, LabelledImages test, ClassifierOptions options)
    {
        if (options.Cache is null)
            return new TrainedClassifier(Train(train, options), test, options.Device);
        var path = Path.Combine(options.Cache, "classifiers", FileName(train, options));
        if (File.Exists(path))
        {
            var kept = Create(train, options);
            try
            {
                WeightsLoader.Load(kept, path);
                return new TrainedClassifier(kept, test, options.Device);
            }
            catch
            {
                kept.Dispose();
                throw;
            }
        }
        var trained = Train(train, options);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Write(path, trained);
        return new TrainedClassifier(trained, test, options.Device);
    }

    /// <summary>Trains a classifier. On CPUs the same images and options give the same weights.</summary>
    public static ImageClassifier Train(LabelledImages images, ClassifierOptions options)
    {
        var network = Create(images, options);
        network.to(options.Device ?? CPU);
        network.train();
        using var optimizer = optim.Adam(network.parameters(), options.LearningRate);
        var order = new NamedRandom(options.Seed, "classifier/order");
        var rows = Enumerable.Range(0, images.Count).Select(row => (long)row).ToArray();
        var next = rows.Length;
        var steps = Math.Min(options.Steps, options.Passes * ((rows.Length + options.Batch - 1) / options.Batch));
        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            var batch = new long[Math.Min(options.Batch, rows.Length)];
            for (var i = 0; i < batch.Length; i++)
            {
                if (next == rows.Length)
                {
                    order.Shuffle(rows.AsSpan());
                    next = 0;
                }
                batch[i] = rows[next++];
            }
            foreach (var group in optimizer.ParamGroups)
                group.LearningRate = options.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * step / steps));
            var labels = tensor(batch.Select(row => (long)images.Labels[(int)row]).ToArray(), device: options.Device ?? CPU);
            var loss = F.cross_entropy(network.call(images.Batch(batch).to(options.Device ?? CPU)), labels);
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            options.Progress?.Invoke(step + 1, steps);
        }
        network.zero_grad();
        network.eval();
        return network;
    }

    /// <summary>Data, classes, seed, version, and a checksum of every pixel and label and of the options.</summary>
    internal static string FileName(LabelledImages train, ClassifierOptions options)
    {
        var name = string.Concat(train.Name.Select(c => char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '-'));
        return $"{name}-{train.Shape}-seed{options.Seed}-v{Version}-{Checksum(train, options)}.safetensors";
    }

    private static string Checksum(LabelledImages train, ClassifierOptions options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var texts = $"{options.Steps} {options.Passes} {options.Batch} {options.LearningRate:R} {string.Join('\n', train.Classes)}";
        hash.AppendData(Encoding.UTF8.GetBytes(texts));
        foreach (var rows in Enumerable.Range(0, train.Count).Select(row => (long)row).Chunk(1000))
        {
            using var scope = NewDisposeScope();
            hash.AppendData(train.Batch(rows).contiguous().bytes.ToArray());
            hash.AppendData([.. rows.SelectMany(row => BitConverter.GetBytes(train.Labels[(int)row]))]);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 6));
    }

    private static ImageClassifier Create(LabelledImages images, ClassifierOptions options)
    {
        using var generator = NamedGenerator.Create(options.Seed, "classifier/weights");
        return new ImageClassifier(images.Shape, images.Classes.Count, generator);
    }

    private static void Write(string path, ImageClassifier network)
    {
        using var untracked = no_grad();
        SafetensorsWriter.Write(path, [.. network.state_dict().Select(entry =>
        {
            using var scope = NewDisposeScope();
            var bytes = entry.Value.detach().cpu().contiguous().bytes.ToArray();
            return new SafetensorsValue(entry.Key, entry.Value.dtype.ToElementType(), entry.Value.shape, bytes);
        })]);
    }
}
