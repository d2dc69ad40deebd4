using Avs.Core;
using Avs.Data.Media;
using Avs.Data.Tests.AvsBench;
using OpenCvSharp;

namespace Avs.Data.Tests.Media;

public sealed class FrameFolderTests : IDisposable
{
    private readonly Film film = new();

    public void Dispose() => film.Dispose();

    private void Frame(string name, byte grey, int side = 8) => TinyBench.WriteGrey(film.At("frames", name), side, side, (_, _) => grey);

    [Fact]
    public void Frames_come_in_the_order_of_their_numbers()
    {
        Frame("clip.mp4_10.png", 10);
        Frame("clip.mp4_9.png", 9);
        Frame("clip.mp4_1.png", 1);
        File.WriteAllText(film.At("frames", "notes.txt"), "no frame");
        var folder = new FrameFolder(film.At("frames"), 2);
        Assert.Equal([(0, 1), (0.5, 9), (1, 10)], folder.Pictures()
            .Select(picture => (picture.Seconds, (int)picture.Bgr.At<Vec3b>(0, 0).Item0)));
    }

    [Fact]
    public void Frames_of_different_sizes_are_refused()
    {
        Frame("a_1.png", 1);
        Frame("a_2.png", 2, side: 9);
        var error = Assert.Throws<DataException>(() => new FrameFolder(film.At("frames"), 1).Pictures().Count());
        Assert.EndsWith("a_2.png is 9x9, expected 8x8 as the first frame", error.Message);
    }

    [Fact]
    public void A_folder_without_pictures_is_refused() =>
        Assert.Contains("holds no PNG or JPEG picture", Assert.Throws<DataException>(() => new FrameFolder(film.Folder, 1)).Message);
}
