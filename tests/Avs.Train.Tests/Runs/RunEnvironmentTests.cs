using System.Text.Json;
using Avs.Core;
using Avs.Train.Runs;
using static TorchSharp.torch;

namespace Avs.Train.Tests.Runs;

public sealed class RunEnvironmentTests : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(path);

    [Fact]
    public void Each_process_adds_itself()
    {
        RunEnvironment.Find(7, 0, CPU).AddTo(path);
        RunEnvironment.Find(7, 40, CPU).AddTo(path);

        var processes = RunEnvironment.Read(path);
        Assert.Equal([0L, 40], processes.Select(process => process.FromStep));
        var last = processes[1];
        Assert.Equal((Environment.ProcessId, 7L, "cpu", get_num_threads()), (last.Process, last.Seed, last.Device, last.Threads));
        Assert.Equal(Environment.ProcessorCount, last.Processors);
        Assert.StartsWith("0.107.0", last.Torchsharp);
        Assert.StartsWith("2.10.", last.Libtorch);
        Assert.InRange(DateTimeOffset.Now - last.Started, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void The_commit_is_that_of_the_source_it_was_built_in()
    {
        var head = ExternalProgram.Run("git", ["rev-parse", "HEAD"], Repository.Root, "git fails").Trim();
        Assert.Equal(head, RunEnvironment.Find(1, 0, CPU).Commit);
    }

    [Fact]
    public void A_damaged_file_is_refused_and_kept()
    {
        File.WriteAllText(path, "[{");
        Assert.StartsWith($"{path} is not the list of a run's processes: ",
            Assert.Throws<DataException>(() => RunEnvironment.Find(1, 0, CPU).AddTo(path)).Message);
        Assert.Equal("[{", File.ReadAllText(path));
    }

    [Fact]
    public void Every_key_is_explained_in_the_docs()
    {
        RunEnvironment.Find(1, 0, CPU).AddTo(path);
        var page = File.ReadAllText(Repository.At("docs/experiments.md"));
        using var json = JsonDocument.Parse(File.ReadAllText(path));
        Assert.All(json.RootElement[0].EnumerateObject(), entry => Assert.Contains($"`{entry.Name}`", page));
    }
}
