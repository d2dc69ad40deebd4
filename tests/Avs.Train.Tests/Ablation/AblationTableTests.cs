using Avs.Eval.Reports;
using Avs.Train.Ablation;

namespace Avs.Train.Tests.Ablation;

public sealed class AblationTableTests : IDisposable
{
    private readonly MatrixFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Table Numbers(AblationMatrix matrix) => AblationTable.Read(matrix, Path.Combine(folder.Runs, "m")).ToNumbers();

    private static string Cell(Table table, int row, string column) => table.Rows[row][table.Columns.ToList().IndexOf(column)];

    [Fact]
    public void Means_deviations_and_paired_differences_are_those_of_arithmetic_by_hand()
    {
        var matrix = folder.Load(MatrixFolder.TwoByTwo.Replace("[1, 2]", "[1, 2, 3]"));
        foreach (var (trial, score) in matrix.Trials.Zip([1.0, 2, 6, 2, 2, 5]))
            folder.Finish(trial, score);

        var table = Numbers(matrix);

        // Mean 3, deviations -2 -1 3: 14 / 2 = 7. Mean 3, deviations -1 -1 2: 6 / 2 = 3. Differences 1 0 -1: mean 0, 2 / 2 = 1.
        Assert.Equal(["full", "no kl"], table.Rows.Select(row => row[0]));
        Assert.Equal(("3", "3"), (Cell(table, 0, "best_score_mean"), Cell(table, 1, "best_score_mean")));
        Assert.Equal((Math.Sqrt(7), Math.Sqrt(3)),
            (double.Parse(Cell(table, 0, "best_score_std")), double.Parse(Cell(table, 1, "best_score_std"))));
        Assert.Equal(("", ""), (Cell(table, 0, "difference_mean"), Cell(table, 0, "difference_std")));
        Assert.Equal(("0", "1"), (Cell(table, 1, "difference_mean"), Cell(table, 1, "difference_std")));
        Assert.Equal(("7", "0"), (Cell(table, 0, "val_kl_mean"), Cell(table, 0, "val_kl_std")));
        Assert.DoesNotContain("total_mean", table.Columns);
    }

    [Fact]
    public void What_a_paper_prints_stands_beside_what_was_obtained()
    {
        var matrix = folder.Load("base: base.yaml\nvariants: [{name: full, published: {miou: 0.8174}}, {name: no, set: {train.steps: 3}}]");

        var table = AblationTable.Read(matrix, Path.Combine(folder.Runs, "m"));

        Assert.Equal(["0.8174", "-"], table.ToTable().Rows.Select((_, row) => Cell(table.ToTable(), row, "published miou")));
        Assert.Equal(["0.8174", ""], table.ToNumbers().Rows.Select((_, row) => Cell(table.ToNumbers(), row, "published_miou")));
    }

    [Fact]
    public void A_difference_pairs_runs_of_the_same_seed_and_values_that_are_both_finished()
    {
        var matrix = folder.Load(MatrixFolder.TwoByTwo + "factors: {train.steps: [10, 20]}");
        void Finish(string name, double score) => folder.Finish(matrix[name], score);
        Finish("full-steps_10-seed_2", 5);
        Finish("full-steps_20-seed_1", 100);
        Finish("no_kl-steps_10-seed_1", 50);
        Finish("no_kl-steps_10-seed_2", 7);

        var table = Numbers(matrix);

        Assert.Equal(["1", "1", "2", "0"], table.Rows.Select((_, row) => Cell(table, row, "finished")));
        Assert.Equal(("2", ""), (Cell(table, 2, "difference_mean"), Cell(table, 2, "difference_std")));
        Assert.Equal("", Cell(table, 3, "difference_mean"));
    }

    [Fact]
    public void The_files_hold_one_row_a_setting_and_the_columns_that_were_asked_for()
    {
        var matrix = folder.Load(
            "base: base.yaml\ncolumns: [total, val_none]\nseeds: [1, 2]\nfactors: {model.network.latent_size: [2, 8]}");
        folder.Finish(matrix.Trials[0], 0.7, "step,total,val_kl\n5,1,\n10,3,\n10,,7\n");
        folder.Finish(matrix.Trials[1], 0.8, "step,total,val_kl\n5,1,\n10,4,\n10,,7\n", seconds: 6);
        var to = Path.Combine(folder.Runs, "m");

        AblationTable.Read(matrix, to).Write(to, Assert.Fail);

        Assert.Equal("""
            | latent_size |   runs |    best score |         total | val none | steps |       seconds | samples per second |
            | ----------: | -----: | ------------: | ------------: | -------- | ----: | ------------: | -----------------: |
            |           2 |      2 | 0.750 ± 0.071 | 3.500 ± 0.707 | -        |    10 | 5.500 ± 0.707 |        100.0 ± 0.0 |
            |           8 | 0 of 2 |             - |             - | -        |     - |             - |                  - |

            """.ReplaceLineEndings("\n"), File.ReadAllText(Path.Combine(to, "table.md")));
        Assert.Contains("2 & 2 & 0.750 $\\pm$ 0.071 & ", File.ReadAllText(Path.Combine(to, "table.tex")));
        Assert.StartsWith("model.network.latent_size,finished,runs,best_score_mean,best_score_std,total_mean,total_std,val_none_mean,",
            File.ReadAllText(Path.Combine(to, "table.csv")));
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], File.ReadAllBytes(Path.Combine(to, "table.png"))[..4]);
        Assert.Empty(Directory.GetFiles(to, "*.partial"));
    }

    [Theory]
    [InlineData(new[] { 241.26 }, "241.3")]
    [InlineData(new[] { 0.5, 0.5 }, "0.500 ± 0.000")]
    [InlineData(new[] { -1000.4, -1001.4 }, "-1001 ± 1")]
    [InlineData(new[] { 0.01, 0.02 }, "0.01500 ± 0.00707")]
    public void A_spread_shows_four_digits_of_its_mean(double[] values, string text) => Assert.Equal(text, $"{Spread.From(values)}");

    [Fact]
    public void The_picture_has_a_place_for_each_value_and_a_series_for_each_variant()
    {
        var matrix = folder.Load(MatrixFolder.TwoByTwo + "factors: {train.steps: [10, 20, 30]}");
        folder.Finish(matrix["no_kl-steps_20-seed_1"], 5);

        var picture = AblationTable.Read(matrix, Path.Combine(folder.Runs, "m")).ToPicture();

        Assert.Equal(["10", "20", "30"], picture.Places);
        Assert.Equal(["full", "no kl"], picture.Series.Select(series => series.Name));
        Assert.Equal([null, new SpreadPoint(5, 0), null], picture.Series[1].Points);
        Assert.True(picture.Joined);
    }
}
