using Avs.Core.Formats;
using Avs.Core.Libtorch;
using static global::TorchSharp.torch;

namespace Avs.Core.Tests.Libtorch;

public sealed class TensorArraysTests
{
    [Fact]
    public void Every_element_type_has_a_tensor_type_of_its_size_and_back()
    {
        using var scope = NewDisposeScope();
        foreach (var type in Enum.GetValues<ElementType>())
        {
            Assert.Equal(type, type.ToScalarType().ToElementType());
            Assert.Equal(type.SizeOf(), empty([1], type.ToScalarType()).bytes.Length);
        }
    }

    [Fact]
    public void An_array_becomes_a_tensor_of_its_bytes()
    {
        using var scope = NewDisposeScope();
        var array = new NumberArray(ElementType.I16, [2, 1], new byte[] { 1, 0, 0, 2 });
        var tensor = array.ToTensor();
        Assert.Equal([2L, 1L], tensor.shape);
        Assert.Equal([1, 512], tensor.data<short>().ToArray());
    }

    [Fact]
    public void A_type_that_files_do_not_have_is_refused() =>
        Assert.Throws<ArgumentException>(() => ScalarType.ComplexFloat32.ToElementType());
}
