using Avs.Core.Formats;
using Avs.Core.Libtorch;
using static TorchSharp.torch;

namespace Avs.Core.Tests.Libtorch;

public sealed class ScalarTypesTests
{
    [Fact]
    public void Every_type_of_a_file_is_one_of_a_tensor_of_the_same_size()
    {
        foreach (var type in Enum.GetValues<ElementType>())
        {
            using var one = zeros(1, type.ToScalarType());
            Assert.Equal((type.SizeOf(), type), ((int)one.ElementSize, one.dtype.ToElementType()));
        }
    }

    [Fact]
    public void Complex_tensors_go_into_no_file() => Assert.Throws<ArgumentException>(() => ScalarType.ComplexFloat32.ToElementType());
}
