using System.Diagnostics;
using Avs.Core;
using Avs.Train.Runs;

namespace Avs.Train.Tests.Runs;

public sealed class RunFolderTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-run-");

    public void Dispose() => folder.Delete(recursive: true);

    private RunFolder NewRun(string? name = "one") => RunFolder.Create(folder.FullName, "x", name, "name: x\n", DateTime.UnixEpoch);

    [Fact]
    public void A_run_that_is_being_trained_is_refused_with_who_trains_it()
    {
        using var first = NewRun();
        using var second = RunFolder.Open(first.FullPath);

        Assert.Equal($"the run '{first.FullPath}' is being trained by process {Environment.ProcessId} on {Environment.MachineName}; wait "
            + "for its end, or stop it first",
            Assert.Throws<UsageException>(second.Lock).Message);
    }

    [Fact]
    public void A_run_is_free_when_its_holder_is_done()
    {
        var first = NewRun();
        first.Dispose();
        using var second = RunFolder.Open(first.FullPath);
        second.Lock();
        second.Lock();

        Assert.True(File.Exists(Path.Combine(first.FullPath, "run.lock")));
    }

    [Fact]
    public void A_refused_second_does_not_free_the_run_of_the_first()
    {
        using var first = NewRun();
        using (var second = RunFolder.Open(first.FullPath))
            Assert.Throws<UsageException>(second.Lock);
        using var third = RunFolder.Open(first.FullPath);

        Assert.Contains($"process {Environment.ProcessId} ", Assert.Throws<UsageException>(third.Lock).Message);
    }

    [Fact]
    public void A_run_can_be_read_while_it_is_trained()
    {
        using var first = NewRun();

        Assert.Equal("name: x\n", File.ReadAllText(RunFolder.Open(first.FullPath).ConfigPath));
    }

    [Fact]
    public void The_name_of_a_run_is_taken_once()
    {
        using var first = NewRun();

        Assert.Equal($"the run '{first.FullPath}' exists already; name another or continue it with --resume {first.FullPath}",
            Assert.Throws<UsageException>(() => NewRun()).Message);
    }

    [Fact]
    public void Runs_that_begin_at_the_same_moment_get_folders_of_their_own()
    {
        var runs = new RunFolder[8];
        Parallel.For(0, runs.Length, i => runs[i] = NewRun(name: null));

        Assert.Equal(runs.Length, runs.Select(run => run.FullPath).Distinct().Count());
        foreach (var run in runs)
            run.Dispose();
    }

    [Fact]
    public void What_a_dead_process_left_half_written_is_removed_and_all_else_kept()
    {
        var run = NewRun();
        run.Dispose();
        using var dead = Process.Start("true");
        dead.WaitForExit();
        string At(string name) => Path.Combine(run.FullPath, name);
        string[] kept = [$"last.safetensors.{Environment.ProcessId}.partial", $"mine.{dead.Id}.partial", "last.safetensors.partial",
            "last.safetensors"];
        string[] removed = [$"last.safetensors.{dead.Id}.partial", $"last.state.safetensors.{dead.Id}.partial"];
        foreach (var name in (string[])[.. kept, .. removed])
            File.WriteAllText(At(name), "");

        using var again = RunFolder.Open(run.FullPath);
        again.Lock();

        Assert.All(kept, name => Assert.True(File.Exists(At(name)), name));
        Assert.All(removed, name => Assert.False(File.Exists(At(name)), name));
    }
}
