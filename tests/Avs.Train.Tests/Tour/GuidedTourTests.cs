using Avs.Eval.Reports;
using Avs.Train.Autoencoding;
using Avs.Train.Tests.Autoencoding;
using Avs.Train.Tour;
using Avs.Train.Training;

namespace Avs.Train.Tests.Tour;

/// <summary>The tour on a few images in files.</summary>
public sealed class GuidedTourTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-tour-");

    public GuidedTourTests() => TinyImages.WriteMnist(At("images"), test: 100);

    public void Dispose() => folder.Delete(recursive: true);

    private string At(string name) => Path.Combine(folder.FullName, name);

    private TourOptions Tiny => new(At("tour"), Steps: 3)
    {
        Clothes = new ImageDataConfig { Root = At("images"), ValidationImages = 10 },
        Digits = new ImageDataConfig { Set = "mnist", Root = At("images"), ValidationImages = 10 },
    };

    [Fact]
    public void It_shows_each_step_and_ends_with_a_page_of_them_all()
    {
        var walker = new Walker(_ => true);
        var end = GuidedTour.Run(Tiny, walker);

        Assert.NotNull(end);
        Assert.Equal(At("tour/tour.html"), end.Page);
        Assert.Equal(Enumerable.Range(1, 15).Select(i => $"{i}"), walker.Sections.Select(section => section.Title.Split(' ')[0]));
        var page = File.ReadAllText(end.Page);
        Assert.All(walker.Sections, section => Assert.Contains($"<h2>{section.Title}</h2>", page));
        Assert.Equal(walker.Sections.Sum(section => section.Reports.Sum(report => report.Figures.Count)), page.Split("<img ").Length - 1);
        Assert.All(walker.Pictures, picture => Assert.True(File.Exists(picture), picture));
        Assert.Contains("href=\"page.html\"", page);
        Assert.True(File.Exists(At("tour/page.html")));
        Assert.Contains("trained for 3 and 6 steps", page);
        string[] networks = ["ae_conv", "vae_conv", "vae_mlp"];
        Assert.Equal(networks, walker.Trained);
        Assert.All(networks, name => Assert.True(File.Exists(At($"tour/runs/{name}/tour/best.safetensors"))));
    }

    [Fact]
    public void It_ends_without_a_page_where_a_training_is_stopped()
    {
        var walker = new Walker(trained => trained < 2);

        Assert.Null(GuidedTour.Run(Tiny, walker));
        Assert.Equal("6", walker.Sections[^1].Title.Split(' ')[0]); // what is said of the first network
        Assert.False(File.Exists(At("tour/tour.html")));
    }

    private sealed class Walker(Func<int, bool> goesOn) : ITourListener, ITrainingListener
    {
        public List<string> Trained { get; } = [];

        public List<FigureSection> Sections { get; } = [];

        public List<string> Pictures { get; } = [];

        public bool Train(string title, Func<ITrainingListener, CancellationToken, bool> training)
        {
            Trained.Add(title.Split(' ', ':')[1]);
            return training(this, default) && goesOn(Trained.Count);
        }

        public void Show(FigureSection section, IReadOnlyList<string> pictures)
        {
            Sections.Add(section);
            Pictures.AddRange(pictures);
        }

        public void Stepped(TrainingLine line) { }

        public void Log(string sentence) { }
    }
}
