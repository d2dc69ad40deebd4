using Avs.Core;
using Avs.Data.Clips;
using Avs.Data.Media;
using Avs.Eval.Reports;
using OpenCvSharp;

namespace Avs.Eval.Tests.Reports;

public sealed class PredictionFilesTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-predictions-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData(Subset.S4, "out/dog_barking/clip7/clip7_0.png")]
    [InlineData(Subset.MS3, "out/clip7/clip7_0.png")]
    public void Paths_follow_the_data_set(Subset subset, string expected) =>
        Assert.Equal(expected, new PredictionFiles("out", subset).GetPath(new ClipInfo("clip7", "dog_barking", Split.Test, null), 0));

    [Fact]
    public void A_mask_is_written_as_grey_of_0_and_255()
    {
        var clip = new ClipInfo("clip7", "dog", Split.Test, null);
        var files = new PredictionFiles(folder.FullName, Subset.S4);
        files.Write(clip, 4, [0.4f, 0.5f, 0.51f, 1f, 0f, 0.9f], 2, 3);
        using var mask = Cv2.ImRead(files.GetPath(clip, 4), ImreadModes.Unchanged);
        Assert.Equal(MatType.CV_8UC1, mask.Type());
        mask.GetBytes(out var pixels);
        Assert.Equal([0, 0, 255, 255, 0, 255], pixels);
        Assert.Single(Directory.GetFiles(Path.Combine(folder.FullName, "dog", "clip7")));
    }

    [Theory]
    [InlineData("../clip")]
    [InlineData("")]
    [InlineData("..")]
    public void A_name_that_leads_out_of_the_folder_is_refused(string name) =>
        Assert.Throws<DataException>(() => new PredictionFiles("out", Subset.MS3).GetPath(new ClipInfo(name, "", Split.Test, null), 0));
}
