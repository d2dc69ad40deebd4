using System.Collections;
using System.Globalization;
using Avs.Core;
using Avs.Core.Configuration;
using Avs.Core.Libtorch;
using Avs.Models.Segmentation;
using Avs.Train.Segmentation;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Segmentation;

/// <summary>Every key of network and objective changes the loss, or is known to be without effect beside the others.</summary>
public sealed class IdleKeysTests : IDisposable
{
    // What the input follows, and what decides the first weights alone.
    private static readonly string[] NotTried =
        ["image_size", "classes", "backbone", "drop_path", "audio_channels", "posterior_start"];

    private readonly string file = Path.GetTempFileName();
    private readonly IDisposable scope = NewDisposeScope();

    public void Dispose()
    {
        scope.Dispose();
        File.Delete(file);
    }

    [Theory]
    [InlineData("ecmvae_small")]
    [InlineData("ecmvae_small", "model.network.use_audio=false", "objective.similarity_weight=0.5")]
    [InlineData("ecmvae_small", "model.network.factorisation=specific_only")]
    [InlineData("ecmvae_small", "model.network.fusion=av_correlation", "objective.similarity_weight=0.5",
        "objective.similarity.distance=euclidean")]
    [InlineData("ecmvae_small", "objective.similarity_weight=0.5")]
    [InlineData("mi_resnet50", "objective.similarity_weight=0.5")]
    [InlineData("mi_resnet50", "model.network.regulariser=lower_bound")]
    [InlineData("mi_resnet50", "model.network.regulariser=none")]
    [InlineData("tpavi_small")]
    [InlineData("tpavi_small", "objective.matching_weight=0.5")]
    [InlineData("tpavi_small", "objective.matching_weight=0.5", "objective.matching=cosine")]
    [InlineData("tpavi_small", "model.network.attention=picture")]
    [InlineData("tpavi_small", "model.network.tpavi_stages=[]")]
    public void A_key_changes_the_loss_or_is_named_as_idle(string model, params string[] changes)
    {
        var usual = Read(model, changes);
        var before = new Trained(usual, null);
        var idle = usual.ToExperiment().FindIdleKeys().ToArray();

        foreach (var line in RecordWriter.Lines(usual.Task).Where(IsTried))
        {
            var effects = Others(line.Value).Select(value => $"{line.Key}={value}").Select(change => TryRead(model, [.. changes, change]))
                .OfType<SegmentationExperiment>().Select(changed => new Trained(changed, before).Differs(before)).ToArray();
            if (idle.Any(keys => keys.Contains(line.Key)))
                Assert.All(effects, hasEffect => Assert.False(hasEffect, $"{line.Key} has an effect"));
            else if (effects.Length > 0) // else all are refused
                Assert.True(effects.Contains(true), $"{line.Key} has no effect");
        }
    }

    private static bool IsTried(WrittenLine line) => !line.IsHeading && line.Value is not string
        && (line.Key.StartsWith("model.network.", StringComparison.Ordinal) || line.Key.StartsWith("objective.", StringComparison.Ordinal))
        && !NotTried.Contains(line.Key.Split('.')[^1]);

    private static IEnumerable<string> Others(object? value) => value switch
    {
        null => ["1"],
        bool truth => [truth ? "false" : "true"],
        Enum name => Enum.GetNames(name.GetType()).Where(other => other != name.ToString()).Select(RecordReader.SnakeCase),
        IEnumerable => ["[0]"],
        int number => [(number + 4).ToString(CultureInfo.InvariantCulture)],
        double number => [(number > 1 ? 0.01 : number + 0.25).ToString(CultureInfo.InvariantCulture)],
        _ => throw new NotSupportedException($"{value.GetType()}"),
    };

    private SegmentationExperiment Read(string model, string[] changes)
    {
        File.WriteAllText(file, $"name: x\nmodel: {{name: {model}}}");
        return SegmentationExperiment.Load(file,
            ["model.network.backbone=small_residual", "model.network.image_size=32", "model.network.channels=8", .. changes]);
    }

    // Null where it is refused.
    private SegmentationExperiment? TryRead(string model, string[] changes)
    {
        try
        {
            return Read(model, changes);
        }
        catch (UsageException)
        {
            return null;
        }
    }

    private sealed class Trained
    {
        private readonly Dictionary<string, Tensor> weights;
        private readonly string[] used;
        private readonly double[] losses; // the total and its terms

        // With the weights of the other as far as they fit, and its batch.
        public Trained(SegmentationExperiment experiment, Trained? other)
        {
            var network = NamedGenerator.DrawFromDefault(1, "weights", experiment.Task.Model.Network.Create);
            using var untracked = no_grad();
            var draws = NamedGenerator.Create(1, "more weights");
            foreach (var (_, parameter) in network.named_parameters())
                parameter.add_(randn(parameter.shape, generator: draws) * 0.1); // some begin with 0
            weights = network.state_dict();
            foreach (var (name, weight) in weights)
                if (other?.weights.GetValueOrDefault(name) is { } known && known.shape.SequenceEqual(weight.shape))
                    weight.copy_(known);
            used = [.. network.named_parameters().Where(entry => !network.IsUnused(entry.name))
                .Select(entry => $"{entry.name} {string.Join('x', entry.parameter.shape)}")];
            weights = weights.ToDictionary(entry => entry.Key, entry => entry.Value.clone()); // the norms' statistics move
            var input = Input(NamedGenerator.Create(1, "input"));
            network.train();
            losses = [.. experiment.Task.Objective.Compute(network.call(input), input, progress: 0.1).Named()
                .Select(term => (double)term.Value.item<float>())];
        }

        public bool Differs(Trained other) => !used.SequenceEqual(other.used) || !losses.SequenceEqual(other.losses);

        // Two clips of two frames, of which the first has a mask.
        private static AvsInput Input(Generator draws)
        {
            Tensor Draw(params long[] shape) => randn(shape, generator: draws);
            return new AvsInput(Draw(4, 3, 32, 32), null, 2, Draw(2, 1, 32, 32).gt(0).to(float32), tensor(new long[] { 0, 2 }))
            {
                AudioEmbedding = Draw(4, 128),
                Noise = new GeneratorNoise(NamedGenerator.Create(1, "noise")),
            };
        }
    }
}
