using Avs.Models.Vae.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Models.Classifiers;

/// <summary>
/// A small classifier of images, to judge what generative models make: three convolutions of stride 2 with batch normalisation, a dense
/// layer of features, a dense layer of classes. [N,C,H,W] in [0, 1] -> logits [N,classes].
/// </summary>
public sealed class ImageClassifier : nn.Module<Tensor, Tensor>
{
    /// <summary>Numbers of the last layer before the classes.</summary>
    public const int FeatureCount = 64;

    private static readonly int[] Channels = [32, 64, 64];

    private readonly ModuleList<Conv2d> convs;
    private readonly ModuleList<BatchNorm2d> norms;
    private readonly Linear dense, last;

    /// <summary>Creates it with first weights of its own (K. He et al., 2015).</summary>
    /// <param name="image">Any size.</param>
    /// <param name="classes">At least 2.</param>
    /// <param name="generator">Draws the weights.</param>
    public ImageClassifier(ImageShape image, int classes, Generator generator) : base(nameof(ImageClassifier))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        long Halved(long side) => Channels.Aggregate(side, (s, _) => (s + 1) / 2);
        int[] widths = [image.Channels, .. Channels];
        convs = new ModuleList<Conv2d>(
            [.. Channels.Select((width, i) => nn.Conv2d(widths[i], width, 3, stride: 2, padding: 1, bias: false))]);
        norms = new ModuleList<BatchNorm2d>([.. Channels.Select(width => nn.BatchNorm2d(width))]);
        dense = nn.Linear(Channels[^1] * Halved(image.Height) * Halved(image.Width), FeatureCount);
        last = nn.Linear(FeatureCount, classes);
        RegisterComponents();
        Initialise(generator);
    }

    /// <summary>Images [N,C,H,W] to features [N,64], not below 0.</summary>
    public Tensor Features(Tensor images)
    {
        using var scope = NewDisposeScope();
        var x = images;
        foreach (var (conv, norm) in convs.Zip(norms))
            x = F.relu(norm.call(conv.call(x))); // [N,C,H,W] -> [N,D,⌈H/2⌉,⌈W/2⌉]
        return F.relu(dense.call(x.flatten(1))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        return last.call(Features(images)).MoveToOuterDisposeScope();
    }

    private void Initialise(Generator generator)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, parameter) in named_parameters())
        {
            if (parameter.dim() > 1)
            {
                var inputs = parameter.numel() / parameter.shape[0];
                parameter.copy_(randn(parameter.shape, ScalarType.Float32, generator: generator) * Math.Sqrt(2.0 / inputs));
            }
            else if (name.EndsWith("bias", StringComparison.Ordinal))
                parameter.zero_();
        }
    }
}
