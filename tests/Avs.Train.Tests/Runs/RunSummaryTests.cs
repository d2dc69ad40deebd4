using System.Text.Json;
using Avs.Core;
using Avs.Train.Runs;

namespace Avs.Train.Tests.Runs;

public sealed class RunSummaryTests
{
    private static readonly RunSummary Summary = new()
    {
        Task = "segmentation",
        Finished = true,
        Step = 90,
        Steps = 100,
        BestScore = 0.75,
        BestStep = 50,
        Seconds = 12.5,
        SamplesPerSecond = 80.25,
        SkippedSamples = 1,
        SkippedSteps = 2,
    };

    [Fact]
    public void A_summary_has_its_keys() => Assert.Equal(
        """
        {
          "task": "segmentation",
          "finished": true,
          "step": 90,
          "steps": 100,
          "best_score": 0.75,
          "best_step": 50,
          "seconds": 12.5,
          "samples_per_second": 80.25,
          "skipped_samples": 1,
          "skipped_steps": 2
        }

        """.ReplaceLineEndings("\n"), Summary.ToJson());

    [Fact]
    public void What_there_is_not_yet_is_null() => Assert.Contains("\"best_score\": null", (Summary with { BestScore = null }).ToJson());

    [Fact]
    public void It_is_read_back_and_a_damaged_one_is_refused()
    {
        var path = Path.GetTempFileName();
        Summary.Write(path);
        Assert.Equal(Summary, RunSummary.Read(path));
        File.WriteAllText(path, "{\"task\": 3}");
        Assert.StartsWith($"{path} is not the summary of a run: ", Assert.Throws<DataException>(() => RunSummary.Read(path)).Message);
        File.Delete(path);
    }

    [Fact]
    public void Every_key_is_explained_in_the_docs()
    {
        var page = File.ReadAllText(Repository.At("docs/experiments.md"));
        using var json = JsonDocument.Parse(Summary.ToJson());
        Assert.All(json.RootElement.EnumerateObject(), entry => Assert.Contains($"| `{entry.Name}` |", page));
    }
}
