using Avs.Core.Libtorch;
using static global::TorchSharp.torch;

namespace Avs.Core.Tests.Libtorch;

public sealed class RandomNumbersTests
{
    [Fact]
    public void In_bfloat16_they_are_the_float32_ones_rounded()
    {
        using var scope = NewDisposeScope();
        Tensor Normal(ScalarType type)
        {
            using var generator = new Generator(5);
            return RandomNumbers.Normal([3, 4], type, CPU, generator);
        }
        Assert.Equal(ScalarType.BFloat16, Normal(ScalarType.BFloat16).dtype);
        Assert.True(Normal(ScalarType.BFloat16).equal(Normal(ScalarType.Float32).to(ScalarType.BFloat16)).all().item<bool>());
    }

    [Fact]
    public void Uniform_ones_for_bfloat16_stay_float32()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(ScalarType.Float32, RandomNumbers.Uniform([3], ScalarType.BFloat16, CPU, null).dtype);
    }
}
