using Avs.Eval.AutoencoderFigures;
using Avs.Eval.Autoencoding;
using Avs.Eval.Reports;
using ScottPlot;
using static TorchSharp.torch;

namespace Avs.Eval.EcmvaeCodes;

/// <summary>
/// Where the codes of frames lie in the plane, by principal axes and by t-SNE, in the colours of what is known of the frames.
/// </summary>
internal sealed class CodePlanes
{
    private const int Side = 340;

    private static readonly Rgb OwnSound = new(31, 111, 235), NothingSounds = new(245, 120, 20), Muted = new(150, 156, 166),
        NotKnown = new(205, 209, 215);

    private readonly IReadOnlyList<CodedFrame> frames;
    private readonly IReadOnlyList<Plane> axes, neighbours;
    private readonly string[] classes;
    private readonly string name, which;

    // A code's points, of the frames with their own sound and muted.
    private sealed record Plane(string Symbol, double[][] Real, double[][] Muted, string X, string Y);

    /// <summary>Lays out frames drawn at random.</summary>
    /// <param name="name">What headings call the model.</param>
    /// <param name="most">How many frames at most.</param>
    public CodePlanes(CollectedCodes codes, string name, long seed, int most)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        this.name = name;
        var rows = RowOrder.Choose(codes.Frames.Count, most, seed, "latents/points");
        frames = [.. rows.Select(row => codes.Frames[(int)row])];
        classes = [.. codes.Frames.SelectMany(frame => (string?[])[frame.Category, frame.SilentObject]).OfType<string>().Distinct()
            .Order(StringComparer.Ordinal)];
        which = $"{(rows.Length < codes.Frames.Count ? $"{rows.Length} of " : "")}{codes.Frames.Count} frames of {codes.Dataset}, "
            + "the means of the codes that test time has.";
        var chosen = tensor(rows);
        axes = [.. codes.Factors.Select(factor => ByAxes(factor, chosen))];
        neighbours = [.. codes.Factors.Select(factor => ByNeighbours(factor, chosen))];
    }

    public Figure DrawAxes() => ByClass("pca", "the codes by their principal axes", axes,
        "The two directions in which each varies the most, with their share of the variance.");

    public Figure DrawNeighbours() => ByClass("tsne", "the codes by t-SNE", neighbours,
        "t-SNE (perplexity 30) keeps near codes near; sizes of groups and distances between them mean nothing.");

    public Figure DrawSounding()
    {
        var isSilentFrame = frames.Any(frame => frame.Sounds == false);
        KeyEntry[] key =
        [
            new(OwnSound, "with the clip's sound"),
            .. isSilentFrame ? [new KeyEntry(NothingSounds, "nothing in the picture sounds")] : Array.Empty<KeyEntry>(),
            new(Muted, "the same frames muted"),
        ];
        ScottPlot.Plot Draw(Plane plane, string how)
        {
            var plot = Empty(plane, how);
            LatentPlane.Add(plot, plane.Muted, Muted.ToPlot().WithAlpha(.6), 7); // below: where sound does not matter, a ring shows
            AddWhere(plot, plane, frame => frame.Sounds != false, OwnSound);
            AddWhere(plot, plane, frame => frame.Sounds == false, NothingSounds);
            return plot;
        }
        return new PlotGrid(axes.Count, Side, Side).Draw(
            "sounding", $"{name}: the codes with sound and without",
            $"{which} Muted frames are drawn larger and below: a grey rim means that the code does not move when the sound is taken away.",
            [.. axes.Select(plane => Draw(plane, "principal axes")), .. neighbours.Select(plane => Draw(plane, "t-SNE"))], key);
    }

    private Figure ByClass(string file, string title, IReadOnlyList<Plane> planes, string how)
    {
        ScottPlot.Plot Draw(Plane plane, string by, Func<CodedFrame, string?> value)
        {
            var plot = Empty(plane, by);
            AddWhere(plot, plane, frame => value(frame) is null, NotKnown);
            foreach (var (label, one) in classes.Index())
                AddWhere(plot, plane, frame => value(frame) == one, ClassColours.ForClass(label));
            return plot;
        }
        var hasSilent = frames.Any(frame => frame.SilentObject is not null);
        return new PlotGrid(planes.Count, Side, Side).Draw(
            file, $"{name}: {title}", $"{which} {how}"
                + (hasSilent ? " Above in the colour of what sounds, below of the other object in the picture, which does not." : ""),
            [
                .. planes.Select(plane => Draw(plane, classes.Length > 0 ? "by what sounds" : "", frame => frame.Category)),
                .. hasSilent
                    ? planes.Select(plane => Draw(plane, "by the silent object", frame => frame.SilentObject)) : [],
            ],
            [
                .. classes.Select((one, label) => new KeyEntry(ClassColours.ForClass(label), one)),
                .. frames.Any(frame => frame.Category is null || (hasSilent && frame.SilentObject is null))
                    ? [new KeyEntry(NotKnown, "none, or not known")] : Array.Empty<KeyEntry>(),
            ]);
    }

    private void AddWhere(ScottPlot.Plot plot, Plane plane, Func<CodedFrame, bool> condition, Rgb colour) =>
        LatentPlane.Add(plot, plane.Real.Where((_, i) => condition(frames[i])), colour.ToPlot().WithAlpha(.7), 4);

    private static ScottPlot.Plot Empty(Plane plane, string by)
    {
        var isLayout = plane.X.Length == 0;
        var plot = LatentPlane.Create(by.Length > 0 ? $"{plane.Symbol}, {by}" : plane.Symbol, plane.X, plane.Y, square: isLayout);
        if (isLayout)
        {
            foreach (var axis in (IAxis[])[plot.Axes.Bottom, plot.Axes.Left])
            {
                axis.TickLabelStyle.IsVisible = false;
                (axis.MajorTickStyle.Length, axis.MinorTickStyle.Length) = (0, 0);
            }
        }
        return plot;
    }

    private static Plane ByAxes(FactorCodes factor, Tensor rows)
    {
        using var scope = NewDisposeScope();
        var fitted = PrincipalAxes.Fit(factor.Prior.Mean);
        string Axis(int d) => $"axis {d + 1}: {Tiles.Number(100 * fitted.Shares.ElementAtOrDefault(d), 0)} %";
        double[][] Places(Tensor codes) => Tiles.Rows(fitted.Project(codes.index_select(0, rows)));
        return new Plane(factor.Symbol, Places(factor.Prior.Mean), Places(factor.Muted.Mean), Axis(0), Axis(1));
    }

    private static Plane ByNeighbours(FactorCodes factor, Tensor rows)
    {
        using var scope = NewDisposeScope();
        var (real, muted) = (factor.Prior.Mean.index_select(0, rows), factor.Muted.Mean.index_select(0, rows));
        var places = Tiles.Rows(TSne.Embed(cat([real, muted])));
        var count = (int)rows.shape[0];
        return new Plane(factor.Symbol, places[..count], places[count..], "", "");
    }
}
