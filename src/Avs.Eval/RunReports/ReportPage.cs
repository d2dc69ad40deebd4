using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Avs.Core;
using Avs.Eval.Reports;
using Fluid;
using static Avs.Eval.RunReports.ReportNumbers;

namespace Avs.Eval.RunReports;

/// <summary>
/// One web page about a run, or about several side by side, that holds its pictures and sounds. ReportPage.liquid is its template. The page
/// forbids itself the network and every script but its own.
/// </summary>
public static class ReportPage
{
    /// <summary>
    /// Clips of a group at most, so that no page exceeds 15 MB: one run has three groups, several have five, and a clip of ten seconds
    /// takes 0.8 MB.
    /// </summary>
    public static int MostClips(int runs) => runs == 1 ? 5 : 3;

    private const string Mark = "<meta name=\"generator\" content=\"avs report\">";

    private static readonly IFluidTemplate Template = HtmlPage.ParseResource("ReportPage.liquid");
    private static readonly string CommonStyle = HtmlPage.ReadResource("common.css");
    private static readonly string Script = HtmlPage.ReadResource("ReportPage.js");
    private static readonly string ScriptHash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Script)));

    private static readonly Type[] Parts =
    [
        typeof(LinkModel), typeof(SummaryModel), typeof(KeyFigureModel), typeof(ReportTableModel), typeof(PlotModel), typeof(LegendModel),
        typeof(CategoriesModel), typeof(CategoryModel), typeof(BarModel), typeof(ClipGroupModel), typeof(ClipModel), typeof(FactModel),
        typeof(StripRowModel), typeof(LoudnessModel), typeof(SoundsModel), typeof(SoundSheetModel), typeof(LatentModel),
        typeof(RunModel), typeof(DifferencesModel),
    ];

    /// <summary>Writes the page, whole or not at all.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="runs">One or more, measured on the same clips.</param>
    /// <param name="groups">The clips to show.</param>
    /// <param name="load">Gives a clip by its place in the data set.</param>
    public static void Write(string path, IReadOnlyList<ReportRun> runs, IReadOnlyList<ClipGroup> groups, Func<int, ShownClip> load) =>
        AtomicFile.WriteAllText(path, Create(runs, groups, load));

    /// <summary>The page as a text; see <see cref="Write"/>.</summary>
    public static string Create(IReadOnlyList<ReportRun> runs, IReadOnlyList<ClipGroup> groups, Func<int, ShownClip> load)
    {
        string[] names = [.. runs.Select(run => run.Name)];
        var plots = TrainingPart.Draw(runs);
        var categories = ScorePart.Categories(runs);
        var sounds = SoundPart.Create(runs);
        ClipGroupModel[] shown = [.. groups.Select((group, g) => new ClipGroupModel(
            $"clips-{g + 1}", group.Title, group.Text,
            [.. group.Clips.Select((clip, k) => CreateClip($"{g + 1}-{k + 1}", clip, load(clip), runs, names))]))];
        LatentModel[] latents = [.. runs.SelectMany(run => run.Latents.Select(picture => new LatentModel(
            run.Name, runs.Count == 1 ? picture.Title : $"{run.Name}: {picture.Title}", picture.MediaType,
            Convert.ToBase64String(picture.Content))))];
        (string Id, string Text, bool IsThere)[] sections =
        [
            ("scores", "Scores", true), ("training", "Training", plots.Count > 0),
            ("categories", categories.Title, categories.Rows.Count > 0),
            ("sounds", "Sound", sounds.Tables.Count > 0), ("clips", "Clips", shown.Length > 0),
            ("latents", "Latent codes", latents.Length > 0), ("setup", "Configuration", true),
        ];
        return HtmlPage.Render(Template, new ReportModel(
            string.Join(" beside ", names),
            Describe(runs),
            CommonStyle,
            Script,
            ScriptHash,
            [.. sections.Where(section => section.IsThere).Select(section => new LinkModel(section.Id, section.Text))],
            ScorePart.Create(runs),
            plots,
            categories,
            shown,
            sounds,
            latents,
            [.. runs.Select(run => new RunModel(run.Name, run.Experiment, Facts(run.Training), Facts(run.Environment)))],
            TrainingPart.FindDifferences(runs)), Parts);
    }

    /// <summary>Whether a file is a page that this class wrote, which may be replaced by another.</summary>
    public static bool IsReport(string path)
    {
        using var reader = new StreamReader(path);
        var start = new char[1024];
        return new string(start, 0, reader.ReadBlock(start)).Contains(Mark, StringComparison.Ordinal);
    }

    private static ClipModel CreateClip(string key, int index, ShownClip shown, IReadOnlyList<ReportRun> runs, IReadOnlyList<string> names)
    {
        var sound = shown.Sound is { Mono.Length: > 0 } waveform ? PageSound.From(waveform, shown.Clip.FramesPresent) : null;
        var info = shown.Clip.Info;
        var facts = new List<FactModel>();
        if (info.Category.Length > 0)
            facts.Add(new FactModel("category", info.Category));
        for (var run = 0; run < runs.Count; run++)
        {
            var clip = runs[run].Scores.Clips[index];
            facts.Add(new FactModel(runs.Count == 1 ? "IoU" : $"IoU, {names[run]}", Score(clip.Iou)));
            if (runs.Count > 1)
                continue;
            if (clip.F is { } f)
                facts.Add(new FactModel("F", Score(f)));
            if (clip.Uncertainty is { } uncertainty)
                facts.Add(new FactModel("entropy", string.Create(CultureInfo.InvariantCulture, $"{uncertainty:0.000} bit")));
        }
        var frames = shown.Clip.FramesPresent;
        var loudness = Filmstrip.Loudness(sound, frames);
        return new ClipModel(
            key, info.Id, facts, sound is null ? "" : Convert.ToBase64String(sound.Wav), frames, Filmstrip.Create(shown, names), loudness,
            $"Loudness of each second of {info.Id}: {string.Join(", ", loudness.Select(second => second.Text))}");
    }

    private static string Describe(IReadOnlyList<ReportRun> runs)
    {
        var metrics = runs[0].Scores.Metrics;
        var models = string.Join(", ", runs.Select(run => run.Scores.Metrics.Model).Distinct());
        var latent = metrics.Settings.Samples > 1 ? $", {metrics.Settings.Samples} draws of the latent codes" : "";
        return $"{models} on {metrics.Data.Name}: {metrics.Data.Clips} clips, pictures of {metrics.Settings.ImageSize} px"
            + $"{(metrics.Settings.Flip ? ", mirrored pictures averaged" : "")}{latent}.";
    }

    private static IReadOnlyList<FactModel> Facts(IReadOnlyList<(string Name, string Value)> pairs) =>
        [.. pairs.Select(pair => new FactModel(pair.Name, pair.Value))];
}
