using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// Autograd gives the gradients of a convolution conv(h, w) to whoever has run it. Without running it again they follow from its adjoint conv*, which is linear
// in the weights too:
//
//   ⟨g, conv(h, w)⟩ = ⟨conv*(g, w), h⟩        ∂/∂h = conv*(g, w),        ∂/∂w = the gradient of ⟨conv*(g, w), h⟩ by w
//
// so that autograd has the weights' gradient as soon as conv*(g, w), which is wanted anyway, has been computed.

namespace Avs.Models;

/// <summary>The gradients of a convolution whose result is not at hand.</summary>
internal static class ConvolutionGradients
{
    /// <summary>The gradients of ⟨g, conv(h, w)⟩.</summary>
    /// <param name="convolution">Its stride and padding, without dilation or groups.</param>
    /// <param name="weight">w [Co,C,k,k].</param>
    /// <param name="input">h [N,C,H,W], without gradient.</param>
    /// <param name="gradient">g, of the result's shape [N,Co,H',W'].</param>
    /// <returns>By h [N,C,H,W] and by w; the second is null where the weights are frozen.</returns>
    public static (Tensor OfInput, Tensor? OfWeight) Of(Conv2d convolution, Tensor weight, Tensor input, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        using var recorded = set_grad_enabled(weight.requires_grad);
        var w = weight.detach().requires_grad_(weight.requires_grad);
        var ofInput = Adjoint(convolution, w, gradient.contiguous(), input.shape);
        var ofWeight = weight.requires_grad ? autograd.grad([ofInput], [w], [input])[0] : null;
        return (ofInput.detach().MoveToOuterDisposeScope(), ofWeight?.MoveToOuterDisposeScope());
    }

    private static Tensor Adjoint(Conv2d convolution, Tensor weight, Tensor gradient, long[] size)
    {
        var (stride, padding, kernel) = (convolution.stride[0], convolution.padding![0], weight.shape[2]);
        // That of a convolution which keeps the size is another such one, with the weights turned round.
        if (stride == 1 && 2 * padding == kernel - 1)
            return F.conv2d(gradient, weight.flip(2, 3).transpose(0, 1).contiguous(), null, [1, 1], [padding, padding]);
        long Missing(int axis) => size[axis] - ((gradient.shape[axis] - 1) * stride - 2 * padding + kernel);
        return F.conv_transpose2d(gradient, weight, null, [stride, stride], [padding, padding], [Missing(2), Missing(3)]);
    }
}
