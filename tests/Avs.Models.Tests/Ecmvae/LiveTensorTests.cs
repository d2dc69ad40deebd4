using Avs.Models.Ecmvae;
using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Ecmvae;

public class LiveTensorTests
{
    [Fact]
    public void Live_tensors_do_not_grow_over_training_steps()
    {
        using var model = new AudioVisualSegmenter(Given.SmallSegmenter);
        using var optimizer = optim.AdamW(model.parameters(), 1e-3);
        using var generator = new Generator(1);
        var noise = new GeneratorNoise(generator);
        var objective = new EcmvaeObjective();
        void Step()
        {
            using var scope = NewDisposeScope();
            var input = Given.Batch(2, 1, 64);
            optimizer.zero_grad();
            objective.Compute(model.call(input with { Noise = noise }), input with { Noise = noise }).Total.backward();
            optimizer.step();
        }

        LiveTensors.AssertSteady(Step);
    }
}
