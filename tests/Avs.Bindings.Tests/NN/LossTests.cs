using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Avs.Bindings.Tests.NN;

/// <summary>Losses give the numbers of PyTorch 1.13.</summary>
public sealed class LossTests
{
    [Fact]
    public void Binary_cross_entropy()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        var target = x.gt(0.2).to(float32);
        Golden.Matches(nn.BCELoss().call(sigmoid(x * 3), target), 1, [0.224474], 0.22447403, 0.050388589);
    }

    [Fact]
    public void Binary_cross_entropy_with_logits_and_weighted_positives()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        var target = x.gt(0.2).to(float32);
        Golden.Matches(F.binary_cross_entropy_with_logits(x, target, null, nn.Reduction.Mean, tensor(2f)), 1, [0.6083117], 0.60831171, 0.37004314);
    }

    [Fact]
    public void Mean_squared_error()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        var target = x.gt(0.2).to(float32);
        Golden.Matches(nn.MSELoss().call(x, target), 1, [0.2973856], 0.29738557, 0.088438179);
    }

    [Fact]
    public void Sum_of_absolute_errors()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        var target = x.gt(0.2).to(float32);
        Golden.Matches(F.l1_loss(x, target, nn.Reduction.Sum), 1, [124.9466], 124.94664, 15611.663);
    }

    [Fact]
    public void Smooth_l1()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        var target = x.gt(0.2).to(float32);
        Golden.Matches(F.smooth_l1_loss(x, target, nn.Reduction.Mean, 0.5), 1, [0.2535489], 0.25354895, 0.06428707);
    }

    [Fact]
    public void Cross_entropy_with_smoothed_labels()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        var labels = arange(72, dtype: int64).remainder(4).reshape(2, 6, 6);
        Golden.Matches(F.cross_entropy(x, labels, label_smoothing: 0.1), 1, [1.512528], 1.5125278, 2.2877404);
    }

    [Fact]
    public void Negative_log_likelihood()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        var labels = arange(72, dtype: int64).remainder(4).reshape(2, 6, 6);
        Golden.Matches(F.nll_loss(F.log_softmax(x, 1), labels), 1, [1.512558], 1.5125581, 2.287832);
    }

    [Fact]
    public void Kl_divergence_of_probabilities()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(F.kl_div(F.log_softmax(x, 1), F.softmax(x * 2, 1), false, nn.Reduction.Sum), 1, [5.434762], 5.4347615, 29.536633);
    }

    [Fact]
    public void Kl_divergence_of_logarithms()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(F.kl_div(F.log_softmax(x, 1), F.log_softmax(x * 2, 1), true, nn.Reduction.Sum), 1, [5.434761], 5.434761, 29.536628);
    }

    [Fact]
    public void Cosine_similarity()
    {
        using var scope = NewDisposeScope();
        var x = Golden.Pictures();
        Golden.Matches(F.cosine_similarity(x, x.cos(), 1), 72, [0.7293539, 0.844078, 0.7904574, 0.5981916], 0.090517044, 23.877048);
    }

    [Fact]
    public void A_wrong_shape_is_an_exception()
    {
        using var scope = NewDisposeScope();
        Assert.ThrowsAny<Exception>(() => F.binary_cross_entropy(zeros(2), zeros(3)));
    }
}
