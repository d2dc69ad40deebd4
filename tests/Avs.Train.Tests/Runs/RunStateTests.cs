using Avs.Core;
using Avs.Train.Runs;
using Avs.Train.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Runs;

public sealed class RunStateTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-state-");
    private readonly Linear model = nn.Linear(2, 1);

    private string StatePath => Path.Combine(folder.FullName, "last.state.safetensors");

    public void Dispose()
    {
        model.Dispose();
        folder.Delete(recursive: true);
    }

    private OptimizerHelper Optimizer(OptimizerName name) =>
        Optimizers.Create(new OptimizerConfig { Name = name, LearningRate = 0.1 },
            [.. model.named_parameters().Select(entry => (entry.name, entry.parameter))]);

    // One step along a gradient of this size for the bias; the weights themselves stay finite.
    private void Save(OptimizerName name, float gradient)
    {
        using var optimizer = Optimizer(name);
        using (var loss = model.forward(ones(1, 2)).sum())
            loss.backward();
        using (no_grad())
            model.bias!.grad!.fill_(gradient);
        optimizer.step();
        using (no_grad())
            model.bias.fill_(0f);
        new RunState(model, optimizer, []).Write(StatePath, new RunProgress(1, null, 0, 1), []);
    }

    [Theory]
    [InlineData(OptimizerName.Adamw)]
    [InlineData(OptimizerName.Adam)]
    [InlineData(OptimizerName.Sgd)]
    public void An_optimizer_whose_state_holds_NaN_is_refused(OptimizerName name)
    {
        Save(name, float.NaN);
        using var optimizer = Optimizer(name);

        Assert.StartsWith($"'{StatePath}': the optimizer's state of 'bias' holds numbers that are NaN or infinite",
            Assert.Throws<DataException>(() => new RunState(model, optimizer, []).Restore(StatePath, [])).Message);
    }

    [Theory]
    [InlineData(OptimizerName.Adamw)]
    [InlineData(OptimizerName.Sgd)]
    public void A_state_of_finite_numbers_is_restored(OptimizerName name)
    {
        Save(name, 1f);
        using var optimizer = Optimizer(name);

        Assert.Equal(1, new RunState(model, optimizer, []).Restore(StatePath, []).Step);
    }

    [Fact]
    public void The_state_of_another_optimizer_is_refused_with_the_file()
    {
        Save(OptimizerName.Adamw, 1f);
        using var optimizer = Optimizer(OptimizerName.Sgd);

        Assert.StartsWith($"'{StatePath}': the optimizer's state is of another optimizer than the experiment's, or damaged: ",
            Assert.Throws<DataException>(() => new RunState(model, optimizer, []).Restore(StatePath, [])).Message);
    }
}
