using System.Globalization;
using Avs.Core;
using Avs.Data.Images;
using Avs.Eval.AutoencoderFigures;
using Avs.Eval.Reports;
using Avs.Eval.Tests.Autoencoding;
using Avs.Eval.Tests.Reports;
using Avs.Models.Vae.Autoencoders;
using Avs.Models.Vae.Networks;
using OpenCvSharp;
using static TorchSharp.torch;

namespace Avs.Eval.Tests.AutoencoderFigures;

[Collection(Alone.Name)]
public sealed class LatentFigureTests : IDisposable
{
    private readonly ImageTensors images = FakeImages.Load(60, name: "fake test");

    public void Dispose() => images.Dispose();

    private LatentSubject Vae(int latentSize = 2) => Subject(new VaeConfig { LatentSize = latentSize });

    private LatentSubject Subject(AutoencoderConfig config)
    {
        manual_seed(1);
        var network = (config with
        {
            Image = new ImageShape { Height = 8, Width = 8 },
            Encoder = new EncoderConfig { Kind = NetworkKind.Mlp, Hidden = [16] },
            Decoder = new DecoderConfig { Kind = NetworkKind.Mlp, Hidden = [16] },
        }).Create();
        network.eval();
        return new LatentSubject(network, images, "random");
    }

    private static readonly Dictionary<string, Func<LatentSubject, FigureReport>> Pictures = new()
    {
        ["reconstruct"] = subject => ReconstructionFigure.Draw(subject, 12),
        ["sample box"] = subject => SampleFigure.Draw(subject, CodeSource.Box),
        ["sample prior"] = subject => SampleFigure.Draw(subject, CodeSource.Prior),
        ["sample mixture"] = subject => SampleFigure.Draw(subject, CodeSource.Mixture),
        ["scatter"] = subject => ScatterFigure.Draw(subject),
        ["histograms"] = HistogramFigure.Draw,
        ["interpolate"] = subject => PathFigures.Interpolate(subject, PathFigures.DrawPairs(subject, 2)),
        ["traverse"] = subject => PathFigures.Traverse(subject, 3),
        ["arithmetic"] = subject => ArithmeticFigure.Draw(subject, "top left", score: shown => shown.mean([1, 2, 3])),
        ["neighbours"] = subject => NeighbourFigure.Draw(subject, [0, 1], 4),
        ["manifold"] = subject => ManifoldFigure.Draw(subject, useQuantiles: true, side: 4),
        ["ellipses"] = subject => EllipseFigure.Draw(subject),
        ["inpaint"] = subject => RestorationFigure.Draw(subject, Damage.Hole, 3),
        ["outfill"] = subject => RestorationFigure.Draw(subject, Damage.Surroundings, 1),
        ["denoise"] = subject => RestorationFigure.Draw(subject, Damage.Noise),
        ["density"] = subject =>
        {
            using var others = FakeImages.Load(20, labelled: false, name: "others");
            return DensityFigure.Draw(subject, others);
        },
    };

    public static TheoryData<string> Names => [.. Pictures.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_picture_can_be_drawn_and_leaves_no_tensor(string name)
    {
        var subject = Vae();
        _ = subject.LatentSize;
        using (subject.Network)
            DrawnReport.AssertWhole(() => Pictures[name](subject));
    }

    [Fact]
    public void Of_many_dimensions_the_scatter_says_what_it_shows_and_the_plane_is_refused()
    {
        var subject = Vae(latentSize: 5);
        using (subject.Network)
        {
            Assert.Contains("the codes have 5 dimensions; the picture shows the first two", ScatterFigure.Draw(subject).Sentences);
            Assert.Equal(
                "a decoded plane needs codes of 2 dimensions, but those of random have 5; 'avs latent traverse' shows any number",
                Assert.Throws<UsageException>(() => ManifoldFigure.Draw(subject, true)).Message);
        }
    }

    [Fact]
    public void What_a_plain_autoencoder_or_a_grey_one_cannot_show_is_one_sentence()
    {
        var subject = Subject(new PlainAutoencoderConfig { LatentSize = 1 });
        using (subject.Network)
        {
            Assert.Equal("a scatter shows 2 dimensions, but the codes of random have 1",
                Assert.Throws<UsageException>(() => ScatterFigure.Draw(subject)).Message);
            Assert.Equal(
                "random is a model of grey images, so there are no colours to find; it takes one of 3 channels",
                Assert.Throws<UsageException>(() => RestorationFigure.Draw(subject, Damage.Colour)).Message);
            Assert.Equal(
                "random: the network's code is not a distribution, so there is no bound of log p(x)",
                Assert.Throws<UsageException>(() => DensityFigure.Draw(subject, images)).Message);
            Assert.Equal("there is no image 60: fake test has 60, counted from 0",
                Assert.Throws<UsageException>(() => PathFigures.Traverse(subject, 60)).Message);
        }
    }

    [Theory]
    [InlineData("beard", "no image of fake test has 'beard', expected one of even, top left, top right, bottom left")]
    public void An_attribute_that_no_image_has_is_one_sentence(string name, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<UsageException>(() => AttributeVector.Has(images, name)).Message);

    [Fact]
    public void An_attribute_of_every_image_has_no_vector()
    {
        using var one = FakeImages.Load(1);
        Assert.Equal("every image of fake has 'even': there is no difference to take",
            Assert.Throws<UsageException>(() => AttributeVector.Has(one, "even")).Message);
    }

    [Fact]
    public void The_vector_of_a_class_points_from_the_others_mean_code_to_its_own()
    {
        using var network = LinearImages.CreateNetwork();
        var subject = new LatentSubject(network, images, "linear");
        var vector = AttributeVector.Find(subject, AttributeVector.Has(images, "top right"));

        // The same by hand, from the pixels: the code is the means of two quarters.
        double[] Mean(bool wanted, int top, int left) =>
        [
            .. Enumerable.Range(0, 60).Where(row => (images.Labels[row] == 1) == wanted).Select(row =>
            {
                using var scope = NewDisposeScope();
                return (double)images.Batch([row]).narrow(2, top, 4).narrow(3, left, 4).mean().item<float>();
            }),
        ];
        double x = Mean(true, 0, 4).Average() - Mean(false, 0, 4).Average(), y = Mean(true, 4, 0).Average() - Mean(false, 4, 0).Average();
        var length = Math.Sqrt(x * x + y * y);
        var direction = vector.Direction.data<float>().ToArray();
        vector.Direction.Dispose();

        Assert.Equal(length, vector.Length, 1e-5);
        Assert.Equal(x / length, direction[0], 1e-5);
        Assert.Equal(y / length, direction[1], 1e-5);
        Assert.Equal((20, 40), (vector.With, vector.Without));
    }

    [Fact]
    public void A_vector_settles_before_all_images_are_seen()
    {
        using var many = FakeImages.Load(2500);
        using var network = LinearImages.CreateNetwork();
        var vector = AttributeVector.Find(new LatentSubject(network, many, "linear"), AttributeVector.Has(many, "top right"));
        vector.Direction.Dispose();

        // Two batches of 500: the means of the first are within 0.08 of those of both.
        Assert.Equal((true, 1000), (vector.Settled, vector.With + vector.Without));
    }

    [Fact]
    public void The_ends_of_an_interpolation_are_the_reconstructions()
    {
        using var network = LinearImages.CreateNetwork();
        var report = PathFigures.Interpolate(new LatentSubject(network, images, "linear"), [(0, 4)]);

        Assert.Equal("the ends differ from the reconstructions of A and B by 0.0e+0 at most", Assert.Single(report.Sentences));
    }

    [Fact]
    public void A_score_that_grows_with_the_brightness_rises_with_alpha()
    {
        using var network = LinearImages.CreateNetwork();
        var report = ArithmeticFigure.Draw(new LatentSubject(network, images, "linear"), "top right", score: shown =>
        {
            using var scope = NewDisposeScope();
            return shown.narrow(2, 0, 4).narrow(3, 4, 4).mean([1, 2, 3]).MoveToOuterDisposeScope();
        });

        Assert.Contains("the classifier's score rises in 8 of 8 steps of α", report.Sentences);
    }

    [Fact]
    public void Neighbours_have_the_class_of_the_image_where_codes_tell_classes_apart()
    {
        using var network = LinearImages.CreateNetwork();
        var report = NeighbourFigure.Draw(new LatentSubject(network, images, "linear"), [5]);

        Assert.Equal("of all 60 images, the nearest other has the same class in 100.0 %", Assert.Single(report.Sentences));
    }

    [Fact]
    public void The_grid_of_a_plane_has_equal_steps_of_probability()
    {
        var grid = ManifoldFigure.Quantiles(15);

        Assert.Equal(-1.4652338, grid[1], 1e-7); // Φ⁻¹(1/14), vae_fixtures.md
        Assert.Equal(0, grid[7], 1e-15);
        Assert.Equal(-3.0902323, grid[0], 1e-7); // Φ⁻¹(0.001)
    }

    [Fact]
    public void A_decoded_hole_counts_only_the_missing_pixels()
    {
        using var network = LinearImages.CreateNetwork();
        var table = Assert.Single(RestorationFigure.Draw(new LatentSubject(network, images, "linear"), Damage.Hole, 1).Tables).Table;

        // By hand: 40 % of 8 pixels are 3, the middle from row and column 2 on; set to 0, their error is their own square.
        using var scope = NewDisposeScope();
        var squares = images.Batch([0, 2, 4]).narrow(2, 2, 3).narrow(3, 2, 3).square().mean().item<float>();
        Assert.Equal(["damaged", squares.ToString("F5", CultureInfo.InvariantCulture)], table.Rows[0]);
    }

    [Fact]
    public void A_picture_file_becomes_an_image_with_a_border()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("avs-latent-").FullName, "white.png");
        using (var white = new Mat(20, 30, MatType.CV_8UC3, Scalar.White))
            File.WriteAllBytes(path, white.ToBytes(".png"));
        using var image = NetworkImage.FromFile(path, channels: 1, side: 8, pad: 2);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

        Assert.Equal([1, 1, 12, 12], image.shape);
        Assert.Equal(64, image.sum().item<float>(), 1e-3);
        Assert.Equal(1, image[0, 0, 2, 2].item<float>(), 1e-5);
    }
}
