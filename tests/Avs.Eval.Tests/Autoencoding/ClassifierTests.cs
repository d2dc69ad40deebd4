using Avs.Core;
using Avs.Eval.Autoencoding;
using static TorchSharp.torch;

namespace Avs.Eval.Tests.Autoencoding;

public sealed class ClassifierTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-classifier-");
    private readonly LabelledImages train = LabelledImages.FromClasses(FakeImages.Load(120, name: "fake train"));
    private readonly LabelledImages test = LabelledImages.FromClasses(FakeImages.Load(30, name: "fake test"));

    private ClassifierOptions Few => new() { Steps = 40, Batch = 32, Cache = folder.FullName };

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void It_learns_and_gives_classes_probabilities_and_features()
    {
        using var scope = NewDisposeScope();
        using var classifier = ClassifierTraining.Get(train, test, Few with { Cache = null });
        Assert.InRange(classifier.TestAccuracy, 0.95, 1);
        var images = test.Batch([0, 2, 4]);
        Assert.Equal([0, 1, 2], classifier.Classify(images));
        Assert.All(ImageBatches.Numbers(classifier.Probabilities(images).sum(1)), sum => Assert.Equal(1, sum, 1e-5));
        Assert.Equal([3, 64], classifier.Features(images).shape);
        Assert.Empty(folder.GetFiles("*", SearchOption.AllDirectories));
    }

    [Fact]
    public void An_attribute_is_two_classes()
    {
        var images = LabelledImages.FromAttribute(FakeImages.Load(4), "even");
        Assert.Equal(["not even", "even"], images.Classes);
        Assert.Equal([1, 0, 1, 0], images.Labels);
        Assert.Throws<ArgumentException>(() => LabelledImages.FromAttribute(FakeImages.Load(4), "odd"));
        Assert.Throws<ArgumentException>(() => LabelledImages.FromClasses(FakeImages.Load(4, labelled: false)));
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights()
    {
        using var scope = NewDisposeScope();
        float[] Weights(long seed)
        {
            using var network = ClassifierTraining.Train(train, Few with { Seed = seed, Steps = 3 });
            return [.. network.parameters().SelectMany(parameter => parameter.data<float>().ToArray())];
        }

        Assert.Equal(Weights(1), Weights(1));
        Assert.NotEqual(Weights(1), Weights(2));
    }

    [Fact]
    public void It_is_kept_and_trained_once()
    {
        using var scope = NewDisposeScope();
        var steps = 0;
        var options = Few with { Steps = 3, Progress = (_, _) => steps++ };
        using var first = ClassifierTraining.Get(train, test, options);
        using var second = ClassifierTraining.Get(train, test, options);
        Assert.Equal(3, steps);
        Assert.Equal(
            ImageBatches.Numbers(first.Probabilities(test.Batch([0, 1])).flatten()),
            ImageBatches.Numbers(second.Probabilities(test.Batch([0, 1])).flatten()));
        Assert.StartsWith("fake-train-1x8x8-seed1-v1-", Assert.Single(folder.GetFiles("*", SearchOption.AllDirectories)).Name);
    }

    [Fact]
    public void Other_images_labels_seeds_or_steps_have_a_file_of_their_own()
    {
        var labels = train.Labels.ToArray();
        labels[7] = 2 - labels[7];
        string[] names =
        [
            ClassifierTraining.FileName(train, Few),
            ClassifierTraining.FileName(train with { Labels = labels }, Few),
            ClassifierTraining.FileName(train with { Batch = rows => train.Batch(rows) * 0.5f }, Few),
            ClassifierTraining.FileName(train, Few with { Seed = 2 }),
            ClassifierTraining.FileName(train, Few with { Steps = 41 }),
        ];
        Assert.Equal(names.Length, names.Distinct().Count());
    }

    [Fact]
    public void A_damaged_file_is_named()
    {
        ClassifierTraining.Get(train, test, Few with { Steps = 1 }).Dispose();
        var file = Assert.Single(folder.GetFiles("*", SearchOption.AllDirectories)).FullName;
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..200]);
        Assert.Contains(file, Assert.Throws<DataException>(() => ClassifierTraining.Get(train, test, Few with { Steps = 1 })).Message);
    }
}
