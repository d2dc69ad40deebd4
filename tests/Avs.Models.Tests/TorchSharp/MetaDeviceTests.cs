using System.Runtime.InteropServices;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Models.Tests.TorchSharp;

/// <summary>What makes libtorch's meta device a stand-in for a GPU.</summary>
public class MetaDeviceTests
{
    private static readonly Device Meta = new(global::TorchSharp.DeviceType.META);

    public static TheoryData<string> Operations => ["add", "product", "convolution", "norm", "cat", "choice", "copy back", "number"];

    // A stand-in that let a tensor of the CPU through would prove nothing.
    [Theory]
    [MemberData(nameof(Operations))]
    public void A_tensor_of_the_cpu_or_a_number_read_is_refused(string operation)
    {
        using var scope = NewDisposeScope();
        Tensor there = zeros([2, 3, 4, 4], device: Meta), here = zeros(2, 3, 4, 4);
        Assert.Throws<ExternalException>(() => operation switch
        {
            "add" => there + here,
            "product" => there.matmul(here),
            "convolution" => F.conv2d(there, zeros(5, 3, 3, 3)),
            "norm" => F.batch_norm(there, zeros(3), ones(3), ones(3), zeros(3)),
            "cat" => cat([there, here], 1),
            "choice" => there.index_select(0, tensor(new long[] { 1 })),
            "copy back" => there.cpu(),
            _ => there.sum().item<float>(),
        });
    }
}
