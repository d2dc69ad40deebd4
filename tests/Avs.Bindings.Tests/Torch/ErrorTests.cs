using System.Runtime.InteropServices;
using TorchSharp;

namespace Avs.Bindings.Tests.Torch;

/// <summary>Nothing that is done wrong ends the process: it is an exception that says what was wrong.</summary>
public class ErrorTests
{
    [Fact]
    public void Shapes_that_do_not_fit_are_libtorchs_message()
    {
        using var tensor = torch.ones(2, 3);
        var error = Assert.Throws<ExternalException>(() => tensor.matmul(tensor));
        Assert.Equal("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)", error.Message);
    }

    [Fact]
    public void Types_that_do_not_fit_are_libtorchs_message()
    {
        using var floats = torch.ones(2, 2);
        using var doubles = torch.ones(2, 2, torch.float64);
        Assert.Contains("type", Assert.Throws<ExternalException>(() => floats.mm(doubles)).Message);
    }

    [Fact]
    public void A_null_tensor_is_named()
    {
        using var tensor = torch.ones(2);
        var error = Assert.Throws<ExternalException>(() => tensor.add((torch.Tensor)null!));
        Assert.Equal("aten::add.Tensor(): argument 'other' must be Tensor, not None", error.Message);
    }

    [Fact]
    public void A_null_tensor_in_a_list_is_named()
    {
        using var tensor = torch.ones(2);
        var error = Assert.Throws<ExternalException>(() => torch.cat([tensor, null!]));
        Assert.Equal("aten::cat(): element 1 of 'tensors' is null", error.Message);
    }

    [Fact]
    public void A_disposed_tensor_is_refused()
    {
        var tensor = torch.ones(2);
        tensor.Dispose();
        tensor.Dispose();
        Assert.Throws<ObjectDisposedException>(() => tensor + 1);
        Assert.Throws<ObjectDisposedException>(() => tensor.shape);
        Assert.Equal("a disposed tensor", tensor.ToString());
    }

    [Fact]
    public void A_tensor_of_another_type_is_not_read()
    {
        using var tensor = torch.ones(2);
        Assert.Throws<ArgumentException>(() => tensor.data<long>());
        Assert.Throws<ArgumentException>(() => tensor.item<float>());
    }

    [Fact]
    public void An_operator_that_does_not_exist_is_named()
    {
        var op = new Op("aten::no_such_operator");
        Assert.False(op.Exists);
        Assert.Equal("this libtorch has no operator aten::no_such_operator", Assert.Throws<ExternalException>(() => op.Run()).Message);
    }

    [Fact]
    public void An_argument_of_the_wrong_kind_is_named()
    {
        using var tensor = torch.ones(1, 1, 4, 4);
        var error = Assert.Throws<ExternalException>(() => new Op("aten::conv2d").Call(tensor, tensor, Arg.None, "one"));
        Assert.Equal("aten::conv2d(): argument 'stride' must be int[], not a string", error.Message);
    }

    [Fact]
    public void Too_many_and_too_few_arguments_are_counted()
    {
        using var tensor = torch.ones(1);
        var relu = new Op("aten::relu");
        Assert.Equal("aten::relu() takes at most 1 arguments, not 2", Assert.Throws<ExternalException>(() => relu.Call(tensor, 1)).Message);
        Assert.Equal("aten::relu(): argument 'self' is missing", Assert.Throws<ExternalException>(() => relu.Call()).Message);
    }

    [Fact]
    public void An_index_out_of_range_is_libtorchs_message()
    {
        using var tensor = torch.ones(2, 3);
        Assert.Contains("out of range", Assert.Throws<ExternalException>(() => tensor[5]).Message);
        Assert.Contains("out of range", Assert.Throws<ExternalException>(() => tensor.size(4)).Message);
        using var wrong = torch.tensor(new long[] { 9 });
        Assert.ThrowsAny<Exception>(() => tensor.index_select(0, wrong));
        Assert.ThrowsAny<Exception>(() => tensor[wrong]);
    }

    [Fact]
    public void A_mask_of_another_shape_is_refused()
    {
        using var tensor = torch.ones(2, 3);
        using var mask = torch.ones(3, 3) > 0;
        Assert.Contains("does not match", Assert.Throws<ExternalException>(() => tensor[mask]).Message);
    }

    [Fact]
    public void Backward_of_a_vector_is_libtorchs_message()
    {
        using var tensor = torch.ones(2, requires_grad: true);
        using var doubled = tensor * 2;
        Assert.Equal("grad can be implicitly created only for scalar outputs", Assert.Throws<ExternalException>(() => doubled.backward()).Message);
    }

    [Fact]
    public void A_second_backward_through_a_freed_graph_is_an_exception()
    {
        using var tensor = torch.ones(2, requires_grad: true);
        using var sum = (tensor * tensor).sum();
        sum.backward();
        Assert.Contains("second time", Assert.Throws<ExternalException>(() => sum.backward()).Message);
    }

    [Fact]
    public void Whole_numbers_have_no_gradients()
    {
        using var tensor = torch.arange(3);
        Assert.Contains("floating", Assert.Throws<ExternalException>(() => tensor.requires_grad_()).Message);
    }

    [Fact]
    public void A_gradient_of_another_shape_is_refused()
    {
        using var tensor = torch.ones(2, requires_grad: true);
        using var gradient = torch.ones(3);
        Assert.Contains("does not fit", Assert.Throws<ExternalException>(() => tensor.grad = gradient).Message);
    }

    [Fact]
    public void A_device_that_is_not_there_is_an_exception()
    {
        if (!torch.cuda.is_available())
            Assert.ThrowsAny<Exception>(() => torch.ones(2, device: torch.CUDA));
        Assert.Throws<ArgumentException>(() => torch.device("cpuu"));
    }

    [Fact]
    public void Arrays_must_fill_their_shape() =>
        Assert.Throws<ArgumentException>(() => torch.tensor(new[] { 1f, 2, 3 }, [2, 2]));

    [Fact]
    public void After_an_error_the_thread_goes_on_computing()
    {
        using var tensor = torch.ones(2, 3);
        for (var i = 0; i < 100; i++)
            Assert.ThrowsAny<Exception>(() => tensor.view(7));
        using var sum = tensor.sum();
        Assert.Equal(6f, sum.item<float>());
    }
}
