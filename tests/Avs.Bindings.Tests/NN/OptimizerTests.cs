using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Bindings.Tests.NN;

/// <summary>Twenty steps end where PyTorch 1.13 ends, and saved states go on as if nothing had happened.</summary>
public sealed class OptimizerTests
{
    [Fact]
    public void Adam_walks_where_PyTorchs_does() => Golden.Matches(
        [0.2675021, 0.18911968, 0.20486629, -0.0482544, 0.057045013, 0.10918037, 0.31936273, -0.050468214],
        Trajectory(parameters => optim.Adam(parameters, 0.05)),
        1e-6);

    [Fact]
    public void Adam_with_decay_and_amsgrad_walks_where_PyTorchs_does() => Golden.Matches(
        [0.055541359, -0.01668388, -0.0017150622, -0.048190996, 0.057045091, 0.10918027, 0.11887066, -0.049602315],
        Trajectory(parameters => optim.Adam(parameters, 0.05, weight_decay: 0.1, amsgrad: true)),
        1e-6);

    [Fact]
    public void AdamW_walks_where_PyTorchs_does() => Golden.Matches(
        [0.026337489, -0.032316327, 0.021388575, -0.012870491, 0.06686081, 0.10882227, 0.1618371, -0.025930902],
        Trajectory(parameters => optim.AdamW(parameters, 0.05, 0.8, 0.95, weight_decay: 0.1)),
        1e-6);

    [Fact]
    public void Sgd_walks_where_PyTorchs_does() => Golden.Matches(
        [0.10853135, 0.21447118, 0.31094772, 0.28081164, 0.33412284, 0.35758793, 0.36271715, -0.17272775],
        Trajectory(parameters => optim.SGD(parameters, 0.05)),
        1e-6);

    [Fact]
    public void Sgd_with_dampened_momentum_and_decay_walks_where_PyTorchs_does() => Golden.Matches(
        [0.22659908, 0.15849224, 0.096469164, -0.18052888, -0.21480165, -0.22988692, 0.22504114, -0.1496195],
        Trajectory(parameters => optim.SGD(parameters, 0.02, 0.9, 0.1, 0.01)),
        1e-6);

    [Fact]
    public void Sgd_with_Nesterovs_momentum_walks_where_PyTorchs_does() => Golden.Matches(
        [0.20049599, 0.13704564, 0.079263106, -0.16818601, -0.20011564, -0.2141695, 0.21731067, -0.14587744],
        Trajectory(parameters => optim.SGD(parameters, 0.02, 0.9, nesterov: true)),
        1e-6);

    [Fact]
    public void RmsProp_walks_where_PyTorchs_does() => Golden.Matches(
        [0.4688423, 0.4190304, 0.46511275, 0.19647899, 0.31070259, 0.36451524, 0.48730612, -0.012851151],
        Trajectory(parameters => optim.RMSProp(parameters, 0.01)),
        1e-6);

    [Fact]
    public void RmsProp_centred_with_momentum_walks_where_PyTorchs_does() => Golden.Matches(
        [-0.0073333266, -0.00076422852, -0.012278073, 0.0084289014, 0.038679436, 0.059337452, 0.077354603, -7.5739554e-05],
        Trajectory(parameters => optim.RMSProp(parameters, 0.01, momentum: 0.5, centered: true, weight_decay: 0.1)),
        1e-6);

    [Theory]
    [InlineData("adam")]
    [InlineData("adamw")]
    [InlineData("sgd")]
    [InlineData("rmsprop")]
    public void A_saved_state_goes_on_bit_for_bit(string kind)
    {
        using var scope = NewDisposeScope();
        var straight = Start();
        using var whole = Make(kind, straight);
        Walk(straight, whole, 0, 8);

        var broken = Start();
        using var before = Make(kind, broken);
        Walk(broken, before, 0, 4);
        using var stream = new MemoryStream();
        before.save_state_dict(new BinaryWriter(stream));
        stream.Position = 0;
        using var after = Make(kind, broken);
        after.load_state_dict(new BinaryReader(stream));
        Walk(broken, after, 4, 8);

        Assert.Equal(Golden.Values(straight[0]), Golden.Values(broken[0]));
        Assert.Equal(Golden.Values(straight[1]), Golden.Values(broken[1]));
    }

    [Fact]
    public void Groups_have_rates_of_their_own()
    {
        using var scope = NewDisposeScope();
        var parameters = Start();
        using var optimizer = optim.AdamW(
            [new AdamW.ParamGroup([parameters[0]], lr: 0), new AdamW.ParamGroup([parameters[1]], new AdamW.Options { weight_decay = 0.1 })], 0.05);
        var before = Golden.Values(parameters[0]);
        Walk(parameters, optimizer, 0, 1);
        Assert.Equal([0, 0.05], optimizer.ParamGroups.Select(group => group.LearningRate));
        Assert.Equal(before, Golden.Values(parameters[0]));
    }

    [Fact]
    public void A_state_of_another_optimizer_is_refused()
    {
        using var scope = NewDisposeScope();
        using var stream = new MemoryStream();
        using var adam = optim.Adam(Start());
        adam.save_state_dict(new BinaryWriter(stream));
        stream.Position = 0;
        using var sgd = optim.SGD(Start(), 0.1);
        Assert.Throws<InvalidDataException>(() => sgd.load_state_dict(new BinaryReader(stream)));
    }

    [Fact]
    public void A_parameter_without_gradient_is_left_alone()
    {
        using var scope = NewDisposeScope();
        var parameters = Start();
        using var optimizer = optim.Adam(parameters, 0.1);
        parameters[1].pow(2).sum().backward();
        var before = Golden.Values(parameters[0]);
        optimizer.step();
        Assert.Equal(before, Golden.Values(parameters[0]));
    }

    private static Parameter[] Start() =>
    [
        nn.Parameter(arange(6, dtype: float32).mul(0.3).sin().reshape(2, 3)),
        nn.Parameter(tensor(new[] { 0.5f, -0.2f })),
    ];

    private static OptimizerHelper Make(string kind, Parameter[] parameters) => kind switch
    {
        "adam" => optim.Adam(parameters, 0.05, amsgrad: true),
        "adamw" => optim.AdamW(parameters, 0.05, weight_decay: 0.1),
        "sgd" => optim.SGD(parameters, 0.02, 0.9),
        _ => optim.RMSProp(parameters, 0.01, momentum: 0.5, centered: true),
    };

    private static void Walk(Parameter[] parameters, optim.Optimizer optimizer, int from, int to)
    {
        var (a, b) = (parameters[0], parameters[1]);
        for (var i = from; i < to; i++)
        {
            optimizer.zero_grad();
            var loss = ((a * a).sum() * 0.5) + (a[0] * b[0]).sum().cos() + (b.pow(4).sum() * ((i + 1) * 0.1));
            loss.backward();
            optimizer.step();
        }
    }

    private static double[] Trajectory(Func<Parameter[], optim.Optimizer> make)
    {
        using var scope = NewDisposeScope();
        var parameters = Start();
        using var optimizer = make(parameters);
        Walk(parameters, optimizer, 0, 20);
        return [.. Golden.Values(parameters[0]), .. Golden.Values(parameters[1])];
    }
}
