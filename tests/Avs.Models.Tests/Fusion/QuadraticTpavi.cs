using Avs.Models.Fusion;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Fusion;

/// <summary>TPAVI as the paper writes it, attention matrix and all, on the weights of a <see cref="Tpavi"/>.</summary>
internal static class QuadraticTpavi
{
    public static Tensor Forward(Tpavi block, Tensor visual, Tensor audio, int frames)
    {
        var parts = block.named_children().ToDictionary(child => child.name, child => child.module);
        Tensor Project(string name, Tensor x) => ((Conv3d)parts[name]).call(x).flatten(2); // [B,C,T,h,w] -> [B,C',M]
        long n = visual.shape[0], c = visual.shape[1], h = visual.shape[2], w = visual.shape[3], b = n / frames;

        var v = visual.view(b, frames, c, h, w).permute(0, 2, 1, 3, 4); // [B,C,T,h,w]
        var a = audio.view(b, frames, c).permute(0, 2, 1); // [B,C,T]
        v = v / (v.square().sum(1, keepdim: true) + 1e-6).sqrt();
        a = a / (a.square().sum(1, keepdim: true) + 1e-6).sqrt();
        var spread = a.unsqueeze(-1).unsqueeze(-1).expand(b, c, frames, h, w);

        var attention = Project("theta", v).transpose(1, 2).bmm(Project("phi", spread)) / (double)(frames * h * w); // [B,M,M]
        var y = attention.bmm(Project("g", v).transpose(1, 2)); // [B,M,C']
        var wZ = ((ModuleList<nn.Module<Tensor, Tensor>>)parts["W_z"]);
        var z = wZ[0].call(y.transpose(1, 2).reshape(b, y.shape[2], frames, h, w)); // [B,C,T,h,w]
        z = wZ[1].call(z.reshape(b, c, frames * h, w)).view(b, c, frames, h, w) + v;
        return ((LayerNorm)parts["norm_layer"]).call(z.permute(0, 2, 3, 4, 1)).view(n, h, w, c).permute(0, 3, 1, 2); // [N,C,h,w]
    }
}
