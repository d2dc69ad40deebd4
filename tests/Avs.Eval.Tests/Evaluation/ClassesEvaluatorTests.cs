using Avs.Core;
using Avs.Data.AvsBench;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Metrics;
using Avs.Eval.Reports;
using Avs.Models.Segmentation;
using static TorchSharp.torch;

namespace Avs.Eval.Tests.Evaluation;

/// <summary>Evaluation on AVSS: classes, and clips of different lengths.</summary>
public sealed class ClassesEvaluatorTests : IDisposable
{
    private const int Clips = 7;
    private static readonly EvaluationOptions Options = new(FakeClips.Side);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-classes-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public void A_perfect_listener_scores_one_whatever_the_batch(int batch, bool observed)
    {
        var seen = new List<ClipPrediction>();
        var result = Evaluator.Run(FakeClasses.Listen, new FakeClasses(Clips),
            Options with { ClipsPerBatch = batch, Observe = observed ? seen.Add : null });

        var classes = result.Scores.Classes!;
        foreach (var protocol in (Protocol[])[Protocol.Frame, Protocol.Dataset, Protocol.AvsBench])
            Assert.All(classes.ByProtocol[protocol].Named, score => Assert.Equal(1, score.Value, 1e-12));
        Assert.Equal(1, result.Scores.Miou, 1e-6); // of the foreground
        Assert.Equal(Enumerable.Range(0, Clips).Sum(FakeClasses.Length), result.Scores.Frames);
        Assert.Equal(["background", "dog", "violin", "piano"], result.ClassNames);
        if (observed)
            Assert.All(seen, one => Assert.Equal(FakeClasses.Length(one.Index) * 64, one.Logits.Length));
    }

    [Fact]
    public void The_model_is_shown_the_frames_that_exist_and_none_that_pads()
    {
        var rows = 0L;
        MaskPrediction Counting(AvsInput input)
        {
            rows += input.Images.shape[0];
            Assert.Equal(input.Images.shape[0], input.FramesPerClip.Lengths(input.Images.shape[0]).Sum());
            Assert.True(input.LogMel!.mean([1, 2, 3]).abs().min().item<float>() > 0);
            return FakeClasses.Listen(input);
        }

        Evaluator.Run(Counting, new FakeClasses(Clips), Options);

        Assert.Equal(Enumerable.Range(0, Clips).Sum(FakeClasses.Length), rows);
    }

    [Fact]
    public void Scores_of_a_guess_do_not_depend_on_the_batch()
    {
        static MaskPrediction Guess(AvsInput input)
        {
            // By the picture alone, which tells the clip.
            var grey = input.Images.mean([1, 2, 3]).view(-1, 1, 1, 1);
            var places = arange(FakeClasses.K * 64, ScalarType.Float32).view(1, FakeClasses.K, 8, 8);
            return (grey * 37 + places * 1.7).sin();
        }
        var all = ((int[])[1, 2, 5]).Select(batch =>
            Evaluator.Run(Guess, new FakeClasses(Clips), Options with { ClipsPerBatch = batch }).Scores.Classes!.ByProtocol).ToArray();

        Assert.All(all, scores => Assert.Equal(all[0], scores));
        Assert.InRange(all[0][Protocol.Frame].Miou, 0.001, 0.9);
    }

    [Fact]
    public void A_shorter_recording_is_played_again_to_a_longer_clip()
    {
        var heard = new List<float>();
        MaskPrediction Listening(AvsInput input)
        {
            heard.AddRange(input.LogMel!.mean([1, 2, 3]).data<float>());
            return FakeClasses.Listen(input);
        }

        var result = Evaluator.Run(Listening, new FakeClasses(Clips), Options, AudioCondition.Swapped);

        Assert.All(heard, value => Assert.True(value > 0.5f));
        Assert.True(result.Scores.Classes!.ByProtocol[Protocol.Frame].MiouWithoutBackground < 0.5);
    }

    [Fact]
    public void Silence_and_noise_are_scored_against_the_classes_too()
    {
        var results = Evaluator.Run(FakeClasses.Listen, new FakeClasses(Clips), Options,
            [AudioCondition.Real, AudioCondition.Muted, AudioCondition.Noise]);

        Assert.Equal(1, results[0].Scores.Classes!.ByProtocol[ClassScores.Main].Miou, 1e-12);
        Assert.All(results.Skip(1), result =>
            Assert.Equal(0, result.Scores.Classes!.ByProtocol[ClassScores.Main].MiouWithoutBackground, 1e-12));
        // Nothing found is what the baseline answers.
        var nothing = Baselines.Run(Baseline.AllBackground, new FakeClasses(Clips)).Scores.Classes!;
        Assert.Equal(nothing.ByProtocol, results[1].Scores.Classes!.ByProtocol);
        Assert.Equal(1.0, RobustnessScores.From(results)!.GMiou, 1e-6);
    }

    [Fact]
    public void A_model_of_other_classes_than_the_data_is_refused_in_one_sentence()
    {
        static MaskPrediction Mask(AvsInput input) => zeros(input.Images.shape[0], 1, 8, 8);
        Assert.Equal(
            "the model tells 1 classes apart (model.network.classes), and fake AVSS has 4, expected a model of these data",
            Assert.Throws<UsageException>(() => Evaluator.Run(Mask, new FakeClasses(2), Options)).Message);
        Assert.Equal("the model tells 4 classes apart (model.network.classes), and fake has 1, expected a model of these data",
            Assert.Throws<UsageException>(() => Evaluator.Run(FakeClasses.Listen, FakeClips.WithScenes(), Options)).Message);
    }

    [Fact]
    public void The_folder_of_an_evaluation_holds_each_class_and_masks_in_the_colours_of_the_labels()
    {
        var clips = new FakeClasses(3);
        var path = Path.Combine(folder.FullName, "scores");
        using (var made = new EvaluationFolder(path, Subset.AVSS))
        {
            var results = Evaluator.Run(FakeClasses.Listen, clips, Options with { Observe = made.WriteMasks }, [AudioCondition.Real]);
            made.Finish(EvaluationReport.From(
                FakeClips.Subject with { Subset = "avss" }, results, new Dictionary<AudioCondition, string>(), draws: 10));
        }

        var (labels, _, _) = AvssPalette.Read(Path.Combine(path, "masks/real/clip1/clip1_3.png"), FakeClasses.K);
        Assert.Equal(clips.Load(1).Labels![(3 * 64)..], labels);
        Assert.Equal(2 + 4 + 2, Directory.GetFiles(Path.Combine(path, "masks"), "*.png", SearchOption.AllDirectories).Length);
        var metrics = MetricsJson.Read(Path.Combine(path, "metrics.json")).Conditions["real"].Classes!;
        Assert.Equal((4, 1.0), (metrics.Count, metrics.Protocols["frame"].Miou));
        Assert.Equal(["avsbench", "frame", "dataset"], metrics.Protocols.Keys);
        Assert.Equal([1.0, 1.0], metrics.Protocols["frame"].MiouInterval!);
        Assert.Equal((2, 4), (metrics.Classes["violin"].Number, metrics.Classes["violin"].TargetFrames));
        Assert.Equal("real,2,violin,4,4,1,1,1,1", File.ReadAllLines(Path.Combine(path, "classes.csv"))[3]);
        Assert.True(EvaluatedClips.Read(path).HasClasses);
    }

    [Fact]
    public void An_overlay_paints_each_class_in_its_colour()
    {
        var clip = new FakeClasses(3).Load(1);
        var cell = ClipCells.Truth(clip, 0, "");
        Assert.Equal(clip.Labels![..64], cell.Classes!);
        var drawn = new ContactSheet(64).Picture(cell with { Rgb = new byte[3 * 64] });
        var file = Path.Combine(folder.FullName, "cell.png");
        File.WriteAllBytes(file, drawn);
        var (rgb, _, _) = Avs.Data.Media.FrameReader.Read(file);
        // Class 2 is green (0, 128, 0); its column is the second of eight.
        var (red, green, blue) = (rgb[3 * (32 * 64 + 12)], rgb[3 * (32 * 64 + 12) + 1], rgb[3 * (32 * 64 + 12) + 2]);
        Assert.True(green > 60 && red < 10 && blue < 10, $"{red} {green} {blue}");
    }
}
