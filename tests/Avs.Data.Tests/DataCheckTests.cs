namespace Avs.Data.Tests;

public sealed class DataCheckTests
{
    [Fact]
    public void A_whole_folder_is_complete()
    {
        using var tiny = TinyBench.S4();
        var report = Assert.Single(DataCheck.Run(tiny.Root));
        Assert.True(report.IsComplete);
        Assert.Equal((Subset.S4, 5), (report.Subset, report.FramesPerClip));
        Assert.Equal([(2, 2), (1, 1), (1, 1)], report.Splits.Select(split => (split.InTable, split.Whole)));
    }

    [Fact]
    public void Sizes_other_than_the_official_are_noted_and_not_wrong()
    {
        using var tiny = TinyBench.MS3();
        var report = Assert.Single(DataCheck.Run(tiny.Root));
        Assert.True(report.IsComplete);
        Assert.Contains("1/1/1 clips for train/val/test; AVSBench's own has 296/64/64", Assert.Single(report.Notes));
    }

    [Fact]
    public void Everything_wrong_is_named_and_not_only_the_first()
    {
        using var tiny = TinyBench.S4();
        File.Delete(tiny.Frame("one", 2));
        File.Delete(tiny.Frame("one", 4));
        File.WriteAllBytes(tiny.Mask("one", 1), []);
        File.WriteAllText(tiny.Sound("three", split: "val"), "no sound");
        var report = Assert.Single(DataCheck.Run(tiny.Root));
        Assert.Equal(["frames", "frames", "masks", "sound"], report.Problems.Select(problem => problem.Group));
        Assert.Equal([1, 0, 1], report.Splits.Select(split => split.Whole));
    }

    [Fact]
    public void A_wrong_table_is_a_problem_of_its_own()
    {
        using var tiny = TinyBench.S4();
        File.WriteAllText(tiny.Table, "name,start,category,split\none,0,dog_barking,trian\n");
        Assert.Equal("table", Assert.Single(Assert.Single(DataCheck.Run(tiny.Root)).Problems).Group);
    }

    [Fact]
    public void A_clip_named_twice_is_wrong()
    {
        using var tiny = TinyBench.S4();
        File.AppendAllText(tiny.Table, "one,0,dog_barking,train\n");
        Assert.Contains("names the clip one 2 times", Assert.Single(Assert.Single(DataCheck.Run(tiny.Root)).Problems).Sentence);
    }

    [Fact]
    public void A_folder_with_neither_subset_is_refused() =>
        Assert.Contains("holds no s4_meta_data.csv", Assert.Throws<DataException>(() => DataCheck.Run(Path.GetTempPath())).Message);

    [Fact]
    public void Progress_counts_every_clip()
    {
        using var tiny = TinyBench.S4();
        var last = 0;
        DataCheck.Run(tiny.Root, threads: 1, (done, all) =>
        {
            Assert.Equal(4, all);
            last = done;
        });
        Assert.Equal(4, last);
    }
}
