namespace Avs.Eval.RunReports;

// What ReportPage.liquid shows, each part by the name of its property in snake_case.

internal sealed record ReportModel(
    string Title, string Subtitle, string CommonStyle, string Script, string ScriptHash, IReadOnlyList<LinkModel> Contents,
    SummaryModel Summary, IReadOnlyList<PlotModel> Plots, CategoriesModel Categories, IReadOnlyList<ClipGroupModel> Groups,
    SoundsModel Sounds, IReadOnlyList<LatentModel> Latents, IReadOnlyList<RunModel> Runs, DifferencesModel Differences);

internal sealed record LinkModel(string Id, string Text);

internal sealed record SummaryModel(
    IReadOnlyList<KeyFigureModel> KeyFigures, IReadOnlyList<ReportTableModel> Tables, IReadOnlyList<string> Notes,
    IReadOnlyList<PlotModel> Plots);

/// <param name="Note">A few words below the value; may be empty.</param>
internal sealed record KeyFigureModel(string Label, string Value, string Note);

internal sealed record ReportTableModel(string Title, Reports.HtmlPage.TableModel Table);

/// <param name="Alt">What it shows, for those who do not see it.</param>
/// <param name="Svg">An SVG file in base64.</param>
internal sealed record PlotModel(string Title, string Alt, string Svg, IReadOnlyList<LegendModel> Legend);

/// <param name="Colour">The number of its colour.</param>
internal sealed record LegendModel(string Name, int Colour);

/// <param name="Unit">What a row is of.</param>
/// <param name="Counted">What <see cref="CategoryModel.Count"/> counts.</param>
internal sealed record CategoriesModel(
    string Title, string Text, string Unit, string Counted, IReadOnlyList<LegendModel> Legend, IReadOnlyList<CategoryModel> Rows);

internal sealed record CategoryModel(string Name, string Count, IReadOnlyList<BarModel> Bars);

/// <param name="Percent">Its length, 0 to 100.</param>
internal sealed record BarModel(int Colour, string Value, string FScore, string Percent);

internal sealed record ClipGroupModel(string Id, string Title, string Text, IReadOnlyList<ClipModel> Clips);

/// <param name="Facts">Category and scores.</param>
/// <param name="Wav">A WAV file in base64; empty where there is no recording.</param>
/// <param name="Seconds">Of its frames, which are one a second.</param>
internal sealed record ClipModel(
    string Key, string Id, IReadOnlyList<FactModel> Facts, string Wav, int Seconds, IReadOnlyList<StripRowModel> Rows,
    IReadOnlyList<LoudnessModel> Loudness, string LoudnessText);

internal sealed record FactModel(string Name, string Value);

/// <param name="Images">JPEG files in base64, one a frame.</param>
internal sealed record StripRowModel(string Label, string Alt, IReadOnlyList<string> Images);

internal sealed record LoudnessModel(string Percent, string Text);

/// <param name="Sheets">Pictures under different sounds: one sheet, or none.</param>
internal sealed record SoundsModel(
    IReadOnlyList<ReportTableModel> Tables, IReadOnlyList<string> Notes, IReadOnlyList<SoundSheetModel> Sheets);

internal sealed record SoundSheetModel(
    string Title, string Text, IReadOnlyList<string> Columns, IReadOnlyList<Reports.HtmlPage.RowModel> Rows);

/// <param name="Content">A file of the type <paramref name="MediaType"/> in base64.</param>
internal sealed record LatentModel(string Run, string Title, string MediaType, string Content);

internal sealed record RunModel(string Name, string Experiment, IReadOnlyList<FactModel> Training, IReadOnlyList<FactModel> Environment);

/// <param name="Tables">One of the keys whose values differ, or none.</param>
internal sealed record DifferencesModel(IReadOnlyList<ReportTableModel> Tables);
