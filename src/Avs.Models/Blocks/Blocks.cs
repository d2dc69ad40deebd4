using Avs.Models.Memory;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Models.Blocks;

/// <summary>A convolution that keeps the size, without bias or norm; entry <c>conv</c>.</summary>
internal sealed class BareConv : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d conv;

    public BareConv(long input, long output, long kernel, long dilation = 1) : base(nameof(BareConv))
    {
        conv = nn.Conv2d(input, output, kernel, padding: dilation * (kernel / 2), dilation: dilation, bias: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => conv.call(x);
}

/// <summary>A convolution that keeps the size, then BatchNorm; entries <c>conv</c> and <c>norm</c>.</summary>
internal sealed class ConvNorm : nn.Module<Tensor, Tensor>, INormalisedConvolutions
{
    private readonly Conv2d conv;
    private readonly BatchNorm2d norm;

    public ConvNorm(long input, long output, long kernel) : base(nameof(ConvNorm))
    {
        conv = nn.Conv2d(input, output, kernel, padding: kernel / 2, bias: false);
        norm = nn.BatchNorm2d(output);
        Both = new NormalisedConvolution(conv, norm, 1, kernel / 2);
        RegisterComponents();
    }

    public NormalisedConvolution Both { get; }

    public IEnumerable<NormalisedConvolution> Convolutions => [Both];

    public override Tensor forward(Tensor x) => Both.Run(x);
}
