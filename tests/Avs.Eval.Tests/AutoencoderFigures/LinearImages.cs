using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Distributions;
using Avs.Models.Vae.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Eval.Tests.AutoencoderFigures;

/// <summary>
/// An autoencoder of 8x8 images whose code is known: the means of the upper right and the lower left quarter; decoded, each fills its
/// quarter.
/// </summary>
internal static class LinearImages
{
    private const int Side = 8, Half = Side / 2;

    public static AutoencoderNetwork CreateNetwork()
    {
        var head = new CodeHead(Side * Side, 2);
        using (no_grad())
        {
            using var quarters = Quarters();
            head.get_parameter("code.weight")!.copy_(quarters / (Half * Half));
            head.get_parameter("code.bias")!.zero_();
        }
        var likelihood = new Likelihood(new LikelihoodConfig { Kind = LikelihoodKind.MeanSquaredError, Output = OutputRange.Unbounded });
        var network = new AutoencoderNetwork(new Flat(), head, new Filled(), likelihood);
        network.eval();
        return network;
    }

    // [2,64], 1 inside.
    private static Tensor Quarters()
    {
        using var scope = NewDisposeScope();
        var quarters = zeros(2, Side, Side);
        quarters[0].narrow(0, 0, Half).narrow(1, Half, Half).fill_(1);
        quarters[1].narrow(0, Half, Half).narrow(1, 0, Half).fill_(1);
        return quarters.flatten(1).MoveToOuterDisposeScope();
    }

    private sealed class Flat() : ImageEncoder(nameof(Flat))
    {
        public override long Features => Side * Side;

        public override Tensor forward(Tensor images) => images.flatten(1);
    }

    private sealed class Filled : ImageDecoder
    {
        private readonly Linear fill;

        public Filled() : base(nameof(Filled))
        {
            fill = nn.Linear(2, Side * Side, hasBias: false);
            using (no_grad())
            {
                using var quarters = Quarters();
                fill.weight.copy_(quarters.t());
            }
            RegisterComponents();
        }

        public override Tensor forward(Tensor codes)
        {
            using var scope = NewDisposeScope();
            return fill.call(codes).view(-1, 1, Side, Side).MoveToOuterDisposeScope();
        }
    }
}
