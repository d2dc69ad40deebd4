using TorchSharp;
using Tensor = TorchSharp.torch.Tensor;
using TensorIndex = TorchSharp.torch.TensorIndex;

namespace Avs.Bindings.Tests.Torch;

/// <summary>A tensor's own facts, its elements, its indices, and how it is made.</summary>
public class TensorTests
{
    [Fact]
    public void A_tensor_knows_its_shape_type_and_place()
    {
        using var tensor = torch.zeros(2, 3, 4, torch.int32);
        Assert.Equal([2, 3, 4], tensor.shape);
        Assert.Equal([12, 4, 1], tensor.stride());
        Assert.Equal((3, 24, torch.ScalarType.Int32, 4), (tensor.dim(), tensor.numel(), tensor.dtype, tensor.element_size()));
        Assert.Equal("cpu", tensor.device.ToString());
        Assert.Equal(4, tensor.size(-1));
        Assert.Equal("[2x3x4], type = Int32, device = cpu", tensor.ToString());
    }

    [Fact]
    public void Elements_of_each_type_come_back_as_they_went_in()
    {
        using var scope = torch.NewDisposeScope();
        Assert.Equal([1.5f, -2], torch.tensor(new[] { 1.5f, -2 }).data<float>().ToArray());
        Assert.Equal([1.5, -2], torch.tensor(new[] { 1.5, -2 }).data<double>().ToArray());
        Assert.Equal([7L, -7], torch.tensor(new[] { 7L, -7 }).data<long>().ToArray());
        Assert.Equal([7, -7], torch.tensor(new[] { 7, -7 }).data<int>().ToArray());
        Assert.Equal(new byte[] { 255, 0 }, torch.tensor(new byte[] { 255, 0 }).data<byte>().ToArray());
        Assert.Equal([true, false], torch.tensor(new[] { true, false }).data<bool>().ToArray());
        Assert.Equal([(Half)0.5], torch.tensor(new[] { (Half)0.5 }).data<Half>().ToArray());
    }

    [Fact]
    public void Elements_are_read_and_written_in_the_order_of_the_dimensions()
    {
        using var scope = torch.NewDisposeScope();
        var turned = torch.arange(6).reshape(2, 3).T;
        var data = turned.data<long>();
        Assert.Equal([0, 3, 1, 4, 2, 5], data.ToArray());
        Assert.Equal(4, data[1, 1]);
        data[2, 0] = 9;
        Assert.Equal(9, turned[2, 0].item<long>());
    }

    [Fact]
    public void A_single_element_is_read_as_any_number()
    {
        using var scope = torch.NewDisposeScope();
        Assert.Equal(2.5f, torch.tensor(2.5).ToSingle());
        Assert.Equal(3, torch.tensor(3L).ToInt32());
        Assert.True(torch.tensor(true).ToBoolean());
        Assert.Equal(2.5, (double)torch.tensor(2.5));
        Assert.Equal(2.5, torch.tensor(2.5).item<double>());
    }

    [Fact]
    public void Arrays_of_several_dimensions_keep_their_shape()
    {
        using var scope = torch.NewDisposeScope();
        Assert.Equal([2, 3], torch.tensor(new[,] { { 1f, 2, 3 }, { 4, 5, 6 } }).shape);
        Assert.Equal([1, 2, 2], torch.from_array(new[, ,] { { { 1L, 2 }, { 3, 4 } } }).shape);
        Assert.Equal([2, 2], torch.tensor(new[] { 1f, 2, 3, 4 }, [2, 2]).shape);
        Assert.Equal(torch.ScalarType.Float32, torch.tensor(new[] { 1L, 2 }, torch.float32).dtype);
    }

    [Fact]
    public void Tensors_are_made_from_shapes_and_ranges()
    {
        using var scope = torch.NewDisposeScope();
        Numbers.Same([0, 0], torch.zeros(2));
        Numbers.Same([1, 1], torch.ones_like(torch.zeros(2)));
        Numbers.Same([7, 7], torch.full(2, 7));
        Numbers.Same([1, 3, 5], torch.arange(1, 6, 2));
        Numbers.Same([0, 0.5, 1], torch.linspace(0, 1, 3));
        Numbers.Same([1, 0, 0, 1], torch.eye(2));
        Numbers.Same([4, 4], torch.zeros(3).new_full([2], 4));
        Assert.Equal(torch.ScalarType.Int64, torch.arange(3).dtype);
        Assert.Equal(torch.ScalarType.Float32, torch.arange(3.0f).dtype);
    }

    [Fact]
    public void Indices_pick_as_in_Python()
    {
        using var scope = torch.NewDisposeScope();
        var t = torch.arange(24).reshape(2, 3, 4);
        Numbers.Same([13], t[1, 0, 1]);
        Numbers.Same([12, 13, 14, 15], t[1, 0]);
        Numbers.Same([3, 7, 11, 15, 19, 23], t[TensorIndex.Ellipsis, -1]);
        Numbers.Same([5, 6, 17, 18], t[.., 1, 1..^1]);
        Numbers.Same([0, 2, 12, 14], t[.., 0, TensorIndex.Slice(step: 2)]);
        Assert.Equal([2, 1, 3, 4], t[TensorIndex.Colon, TensorIndex.None].shape);
        Assert.Equal([1, 2, 3, 4], t[TensorIndex.Bool(true)].shape);
        Numbers.Same([20, 21, 22, 23], t[^1, ^1]);
    }

    [Fact]
    public void Tensors_as_indices_pick_as_in_Python()
    {
        using var scope = torch.NewDisposeScope();
        var t = torch.arange(12).reshape(3, 4);
        var rows = torch.tensor(new long[] { 2, 0 });
        Assert.Equal([2, 4], t[rows].shape);
        Numbers.Same([9, 1], t[rows, torch.tensor(1L)]);
        Numbers.Same([10, 3], t[rows, torch.tensor(new long[] { 2, 3 })]);
        Numbers.Same([10, 2], t[.., 2][rows]);
        Numbers.Same([10, 11], t[t > 9]);
        Numbers.Same([1, 9], t[torch.tensor(new[] { true, false, true }), 1]);
        Numbers.Same([2, 10], t[TensorIndex.TensorIdx(torch.tensor(new[] { true, false, true })), TensorIndex.Single(2)]);
    }

    [Fact]
    public void Indices_set_as_in_Python()
    {
        using var scope = torch.NewDisposeScope();
        var t = torch.zeros(2, 3);
        t[0, 1] = torch.tensor(5f);
        t[1] = torch.tensor(new[] { 1f, 2, 3 });
        t[.., 2..] = torch.ones(1, 2, 1) * 9;
        Numbers.Same([0, 5, 9, 1, 2, 9], t);
        t[t == 9] = -1;
        Numbers.Same([0, 5, -1, 1, 2, -1], t);
        t.index_put_(torch.ones(2), [TensorIndex.TensorIdx(torch.tensor(new long[] { 0, 0 })), TensorIndex.Single(0)], true);
        Numbers.Same([2, 5, -1, 1, 2, -1], t);
    }

    [Fact]
    public void In_place_operators_return_the_tensor_itself()
    {
        using var tensor = torch.ones(2);
        Assert.Same(tensor, tensor.add_(1).mul_(3).clamp_(0, 5));
        Numbers.Same([5, 5], tensor);
    }

    [Fact]
    public void Types_and_places_are_converted()
    {
        using var scope = torch.NewDisposeScope();
        var tensor = torch.tensor(new[] { 1.7f, -1.7f });
        Numbers.Same([1, -1], tensor.to(torch.int64));
        Assert.Equal(torch.ScalarType.BFloat16, tensor.to_type(torch.bfloat16).dtype);
        Assert.Equal(torch.ScalarType.Float64, tensor.to(torch.float64, torch.CPU).dtype);
        tensor.cpu().zero_();
        Numbers.Same([0, 0], tensor);
        tensor.to(torch.float32, copy: true).fill_(1);
        Numbers.Same([0, 0], tensor);
    }

    [Fact]
    public void Channels_last_changes_the_strides_and_not_the_elements()
    {
        using var scope = torch.NewDisposeScope();
        var tensor = torch.arange(24).reshape(1, 2, 3, 4);
        var last = tensor.contiguous(memory_format.channels_last);
        Assert.Equal([24, 1, 8, 2], last.stride());
        Assert.True(torch.equal(tensor, last));
    }

    [Fact]
    public void Equality_of_whole_tensors_is_told_from_that_of_elements()
    {
        using var scope = torch.NewDisposeScope();
        var a = torch.tensor(new[] { 1.0, 2 });
        var b = torch.tensor(new[] { 1.0, 2 + 1e-9 });
        Assert.False(torch.equal(a, b));
        Assert.True(torch.allclose(a, b));
        Numbers.Same([1, 0], a == b);
    }

    [Fact]
    public void Threads_can_be_counted_and_set()
    {
        var before = torch.get_num_threads();
        torch.set_num_threads(1);
        Assert.Equal(1, torch.get_num_threads());
        torch.set_num_threads(before);
    }
}
