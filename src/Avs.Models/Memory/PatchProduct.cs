using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Models.Memory;

/// <summary>
/// A convolution whose kernel and stride are the same, over tokens, as a matrix product over its patches: R x R places become one at twice
/// the convolution's rate. Rows and columns that fill no patch are left out, as the convolution leaves them.
/// </summary>
internal static class PatchProduct
{
    /// <summary>conv(tokens as a picture) as tokens.</summary>
    /// <param name="conv">C to K channels, kernel and stride R, unpadded.</param>
    /// <param name="tokens">[N,h*w,C].</param>
    /// <param name="h">Rows of the token picture.</param>
    /// <param name="w">Columns of it.</param>
    /// <returns>[N,(h/R)*(w/R),K].</returns>
    public static Tensor Run(Conv2d conv, Tensor tokens, long h, long w)
    {
        using var scope = NewDisposeScope();
        long n = tokens.shape[0], c = tokens.shape[2], r = conv.weight.shape[2], rows = h / r, columns = w / r;
        var patches = tokens.view(n, h, w, c).narrow(1, 0, rows * r).narrow(2, 0, columns * r).reshape(n, rows, r, columns, r, c)
            .permute(0, 1, 3, 2, 4, 5).reshape(n * rows * columns, r * r * c); // [N*m/R²,R*R*C]
        var weight = conv.weight.permute(0, 2, 3, 1).reshape(conv.weight.shape[0], r * r * c); // [K,C,R,R] -> [K,R*R*C]
        return F.linear(patches, weight, conv.bias).view(n, rows * columns, -1).MoveToOuterDisposeScope(); // [N,m/R²,K]
    }
}
