using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;
using Avs.Eval.Reports;
using OpenCvSharp;

namespace Avs.Eval.Tests.Metrics;

/// <summary>Our numbers beside those of the definitions in plain numpy, which reads the masks that we wrote.</summary>
public sealed class ReferenceScriptTests : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private const int Side = 48, Frames = 3, ClipsPerCall = 4;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-reference-");

    public void Dispose() => folder.Delete(recursive: true);

    [NumpyTheory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Speed", "Slow")]
    public void Every_protocol_equals_its_definition_run_by_another_program(bool graded)
    {
        var random = new Random(graded ? 1 : 2);
        // Ten clips: two full calls and one of two; the last two clips have no target in any frame, so that their call has no F-score.
        ClipScore[] scores = [.. Enumerable.Range(0, 10).Select(i => Write(random, i, graded))];

        var found = Ask("reference_metrics.py", $"{ClipsPerCall}");

        foreach (var (protocol, score) in new Scores(scores, ClipsPerCall).ByProtocol)
        {
            Assert.Equal(found[protocol.Name()][0], score.Miou, 1e-7);
            Assert.Equal(found[protocol.Name()][1], score.FScore, 1e-7);
        }
        Assert.Equal(4, found.Count);
    }

    [NumpyTheory]
    [InlineData(5)]
    [InlineData(71)]
    [Trait("Speed", "Slow")]
    public void The_scores_of_classes_equal_their_definitions_run_by_another_program(int classes)
    {
        var random = new Random(classes);
        // Clips of three and of six frames; class 4 is never true, and of 71 most are nowhere.
        ClassTotals[] clips = [.. Enumerable.Range(0, 6).Select(i => WriteClasses(random, i, classes, 3 + i % 2 * 3))];

        var found = Ask("reference_classes.py", $"{classes}", "6");

        var scores = ClassScores.Compute(clips).ByProtocol;
        Assert.Equal(["avsbench", "dataset", "frame"], found.Keys.Order());
        foreach (var (protocol, score) in scores)
            Assert.All(score.Named.Zip(found[protocol.Name()]), pair => Assert.Equal(pair.Second, pair.First.Value, 1e-9));
    }

    private ClassTotals WriteClasses(Random random, int number, int classes, int frames)
    {
        var clip = new ClipInfo($"clip{number}", "dog", Split.Test, null);
        var (masks, truths) = (new PredictionFiles(folder.CreateSubdirectory("masks").FullName, Subset.AVSS),
            new PredictionFiles(folder.CreateSubdirectory("truth").FullName, Subset.AVSS));
        File.AppendAllText(Path.Combine(folder.FullName, "clips.txt"), $"{clip.Id} {frames}\n");
        var totals = new ClassTotals(classes, 6 - frames);
        for (var frame = 0; frame < frames; frame++)
        {
            var last = classes == 71 ? 70 : 3;
            byte[] truth = [.. Disk(random).Zip(Disk(random), (one, two) => (byte)(two == 1 ? last : one * (1 + number % 2)))];
            byte[] guess = [.. truth.Select(label => (byte)(random.Next(4) == 0 ? random.Next(5) : label))];
            masks.WriteClasses(clip, frame, guess, Side, Side);
            truths.WriteClasses(clip, frame, truth, Side, Side);
            totals.Add(guess, truth);
        }
        return totals;
    }

    private ClipScore Write(Random random, int number, bool graded)
    {
        var clip = new ClipInfo($"clip{number}", number % 2 == 0 ? "dog" : "cat", Split.Test, null);
        var files = new PredictionFiles(folder.CreateSubdirectory("masks").FullName, Subset.S4);
        File.AppendAllText(Path.Combine(folder.FullName, "clips.txt"), $"{clip.Category} {clip.Id} {Frames}\n");
        var scorer = new FrameScorer();
        return new ClipScore(clip, clip, [.. Enumerable.Range(0, Frames).Select(frame =>
        {
            var truth = number >= 8 || (number + frame) % 5 == 0 ? new byte[Side * Side] : Disk(random);
            var guess = random.Next(6) == 0 ? new byte[Side * Side] : Disk(random);
            float[] logits = [.. guess.Select((inside, i) => graded
                ? (float)(random.NextDouble() * 8 - 4 + (inside == 1 ? 1.5 : -1.5) + (truth[i] == 1 ? 1 : -1))
                : inside == 1 ? 20f : -20f)];
            if (graded)
            {
                using var raw = File.Open(Path.Combine(folder.FullName, "logits.f32"), FileMode.Append);
                raw.Write(MemoryMarshal.AsBytes<float>(logits));
            }
            files.Write(clip, frame, Array.ConvertAll(logits, LogitLevels.Probability), Side, Side);
            WriteTruth(clip, frame, truth);
            return scorer.Score(logits, truth);
        })], [.. Enumerable.Range(0, Frames)]);
    }

    private void WriteTruth(ClipInfo clip, int frame, byte[] truth)
    {
        var home = folder.CreateSubdirectory($"truth/{clip.Category}/{clip.Id}");
        using var picture = Mat.FromPixelData(Side, Side, MatType.CV_8UC1, Array.ConvertAll(truth, value => (byte)(255 * value)));
        File.WriteAllBytes(Path.Combine(home.FullName, $"{clip.Id}_{frame + 1}.png"), picture.ToBytes(".png"));
    }

    private static byte[] Disk(Random random)
    {
        int x = random.Next(10, 38), y = random.Next(10, 38), radius = random.Next(4, 18);
        return [.. Enumerable.Range(0, Side * Side).Select(i =>
            (i % Side - x) * (i % Side - x) + (i / Side - y) * (i / Side - y) <= radius * radius ? (byte)1 : (byte)0)];
    }

    private Dictionary<string, double[]> Ask(string name, params string[] arguments)
    {
        var script = Repository.At($"tests/Avs.Eval.Tests/Metrics/{name}");
        var (code, answer, error) = Run([script, folder.FullName, .. arguments]);
        Assert.True(code == 0, error);
        return JsonSerializer.Deserialize<Dictionary<string, double[]>>(answer)!;
    }

    private sealed class NumpyTheoryAttribute : TheoryAttribute
    {
        public NumpyTheoryAttribute()
        {
            if (!File.Exists(Python) || ReferenceScriptTests.Run("-c", "import numpy, PIL").Code != 0)
                Skip = $"{Python} with numpy and PIL is not here";
        }
    }

    private static (int Code, string Out, string Error) Run(params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, text, error.Result);
    }
}
