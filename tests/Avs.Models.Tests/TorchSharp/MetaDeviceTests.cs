using System.Runtime.InteropServices;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Models.Tests.TorchSharp;

/// <summary>Why networks are not run on libtorch's meta device; where one of these fails DeviceTests can be plainer.</summary>
public sealed class MetaDeviceTests : IDisposable
{
    private static readonly Device Meta = new(global::TorchSharp.DeviceType.META);

    private readonly global::TorchSharp.DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Convolutions_relu_and_batch_norm_are_not_to_be_had_there()
    {
        Tensor Zeros(params long[] shape) => zeros(shape, device: Meta);
        Assert.Throws<ExternalException>(() => F.conv2d(Zeros(2, 3, 4, 4), Zeros(5, 3, 3, 3)));
        Assert.Throws<ExternalException>(() => F.relu(Zeros(2, 3)));
        Assert.Throws<ExternalException>(() => F.batch_norm(Zeros(2, 3, 4, 4), Zeros(3), Zeros(3), training: true));
    }

    [Fact]
    public void Products_and_cat_let_the_cpus_tensors_through()
    {
        Tensor there = zeros([4, 4], device: Meta), here = zeros(4, 4);
        Assert.Throws<ExternalException>(() => there + here);
        Assert.Equal(global::TorchSharp.DeviceType.META, there.matmul(here).device_type);
        Assert.Equal(global::TorchSharp.DeviceType.META, cat([there, here], 1).device_type);
    }

    [Fact]
    public void Numbers_cannot_be_read_there()
    {
        var there = zeros([4, 4], device: Meta);
        Assert.Throws<ExternalException>(() => there.sum().item<float>());
        Assert.Throws<ExternalException>(() => there.cpu());
    }
}
