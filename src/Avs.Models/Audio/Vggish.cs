using TorchSharp.Modules;
using static TorchSharp.torch;

// VGGish: S. Hershey et al., "CNN Architectures for Large-Scale Audio Classification", ICASSP 2017; layout and names of the torchvggish
// release. Six 3x3 convolutions in four groups, each group halved by maximum pooling, then three linear layers; ReLU after every one, the
// last included.

namespace Avs.Models.Audio;

/// <summary>VGGish: log-mel [N,1,96,64] to embeddings [N,128], 0 or above; with its post-processor, whole numbers from 0 to 255.</summary>
public sealed class Vggish : AudioBackbone
{
    private readonly Sequential features, embeddings;
    private readonly VggishPostprocessor? pproc;

    /// <summary>Creates the network with fresh weights.</summary>
    /// <param name="postProcess">Whether embeddings go through the published principal components and eight bits. In audio-visual
    /// segmentation: no.</param>
    public Vggish(bool postProcess = false) : base(nameof(Vggish))
    {
        pproc = postProcess ? new VggishPostprocessor() : null;
        features = nn.Sequential(
            Conv(1, 64), nn.ReLU(), Halve(), // [N,64,48,32]
            Conv(64, 128), nn.ReLU(), Halve(), // [N,128,24,16]
            Conv(128, 256), nn.ReLU(), Conv(256, 256), nn.ReLU(), Halve(), // [N,256,12,8]
            Conv(256, 512), nn.ReLU(), Conv(512, 512), nn.ReLU(), Halve()); // [N,512,6,4]
        embeddings = nn.Sequential(
            nn.Linear(512 * 6 * 4, 4096), nn.ReLU(),
            nn.Linear(4096, 4096), nn.ReLU(),
            nn.Linear(4096, 128), nn.ReLU());
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override int Channels => 128;

    /// <inheritdoc/>
    public override Tensor forward(Tensor logMel)
    {
        using var scope = NewDisposeScope();
        // The published weights were made with the channels last.
        var places = Features(logMel).permute(0, 2, 3, 1).flatten(1); // [N,512,6,4] -> [N,12288]
        var embedding = embeddings.call(places); // [N,128]
        return (pproc is null ? embedding : pproc.call(embedding)).MoveToOuterDisposeScope();
    }

    /// <summary>The convolutions' output.</summary>
    /// <param name="logMel">[N,1,96,64].</param>
    /// <returns>[N,512,6,4].</returns>
    public Tensor Features(Tensor logMel) => features.call(logMel);

    private static Conv2d Conv(long input, long output) => nn.Conv2d(input, output, 3, padding: 1);

    private static MaxPool2d Halve() => nn.MaxPool2d(2, 2);
}
