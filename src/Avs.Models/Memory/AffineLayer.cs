using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// Autograd gives the gradients of a layer y = L(h, w) + b to whoever has run it. As L is linear in both, they follow without running it
// again.

namespace Avs.Models.Memory;

/// <summary>A convolution or a linear layer whose result is not at hand when its gradients are wanted.</summary>
/// <param name="Layer">L.</param>
/// <param name="Weight">w.</param>
/// <param name="Bias">b, or null.</param>
internal abstract record AffineLayer(nn.Module<Tensor, Tensor> Layer, Parameter Weight, Parameter? Bias)
{
    /// <summary>A Linear, or a Conv2d without dilation or groups.</summary>
    /// <exception cref="ArgumentException">The layer is another.</exception>
    public static AffineLayer From(nn.Module<Tensor, Tensor> layer) => layer switch
    {
        Linear linear => new Matrix(linear),
        Conv2d { groups: 1 } convolution when convolution.dilation.All(step => step == 1) => new Convolution(convolution),
        _ =>
            throw new ArgumentException($"found a {layer.GetType().Name}, expected a Linear or a Conv2d without dilation or groups",
            nameof(layer)),
    };

    /// <summary>Whether a parameter is this layer's.</summary>
    public bool Has(Parameter parameter) => parameter.Handle == Weight.Handle || parameter.Handle == Bias?.Handle;

    /// <summary>The gradients of ⟨g, L(h, w)⟩.</summary>
    /// <param name="weight">w.</param>
    /// <param name="h">h, without gradient.</param>
    /// <param name="g">g, of y's shape.</param>
    /// <returns>By h and by w; the second is null where the weights are frozen.</returns>
    public abstract (Tensor OfInput, Tensor? OfWeight) Gradients(Tensor weight, Tensor h, Tensor g);

    /// <summary>The gradient of ⟨g, y⟩ by b.</summary>
    public abstract Tensor OfBias(Tensor g);

    // Without dilation or groups. The adjoint conv* of a convolution is linear in the weights too:
    //
    //   ⟨g, conv(h, w)⟩ = ⟨conv*(g, w), h⟩        ∂/∂h = conv*(g, w),        ∂/∂w = the gradient of ⟨conv*(g, w), h⟩ by w
    //
    // so that autograd has the weights' gradient as soon as conv*(g, w), which is wanted anyway, has been computed.
    private sealed record Convolution(Conv2d Conv) : AffineLayer(Conv, Conv.weight, Conv.bias)
    {
        public override (Tensor OfInput, Tensor? OfWeight) Gradients(Tensor weight, Tensor h, Tensor g)
        {
            using var scope = NewDisposeScope();
            using var recorded = set_grad_enabled(weight.requires_grad);
            var w = weight.detach().requires_grad_(weight.requires_grad); // [Co,C,k,k]
            var ofInput = Adjoint(w, g.contiguous(), h.shape);
            var ofWeight = weight.requires_grad ? autograd.grad([ofInput], [w], [h])[0] : null;
            return (ofInput.detach().MoveToOuterDisposeScope(), ofWeight?.MoveToOuterDisposeScope());
        }

        public override Tensor OfBias(Tensor g) => g.sum([0, 2, 3]);

        private Tensor Adjoint(Tensor weight, Tensor g, long[] size)
        {
            var (stride, padding, kernel) = (Conv.stride[0], Conv.padding![0], weight.shape[2]);
            // That of a convolution which keeps the size is another such one, with the weights turned round.
            if (stride == 1 && 2 * padding == kernel - 1)
                return F.conv2d(g, weight.flip(2, 3).transpose(0, 1).contiguous(), null, [1, 1], [padding, padding]);
            long Missing(int axis) => size[axis] - ((g.shape[axis] - 1) * stride - 2 * padding + kernel);
            return F.conv_transpose2d(g, weight, null, [stride, stride], [padding, padding], [Missing(2), Missing(3)]);
        }
    }

    private sealed record Matrix(Linear Linear) : AffineLayer(Linear, Linear.weight, Linear.bias)
    {
        public override (Tensor OfInput, Tensor? OfWeight) Gradients(Tensor weight, Tensor h, Tensor g)
        {
            using var scope = NewDisposeScope();
            var ofWeight = weight.requires_grad ? Rows(g).t().mm(Rows(h)).MoveToOuterDisposeScope() : null;
            return (g.matmul(weight).MoveToOuterDisposeScope(), ofWeight);
        }

        public override Tensor OfBias(Tensor g) => Rows(g).sum([0]);

        private static Tensor Rows(Tensor x) => x.reshape(-1, x.shape[^1]);
    }
}
