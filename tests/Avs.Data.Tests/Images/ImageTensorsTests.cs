using Avs.Core;
using Avs.Data.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Data.Tests.Images;

public sealed class ImageTensorsTests
{
    // 2500 images of 2x3, three channels: pixel (y, x) of channel c of image i is 100 c + 10 y + x, plus i % 7.
    private sealed record Numbered(int Count = 2500, int Damaged = -1) : IImageDataset
    {
        public string Name => "numbered";

        public int Height => 2;

        public int Width => 3;

        public int Channels => 3;

        public IReadOnlyList<string> Classes { get; } = ["even", "odd"];

        public IReadOnlyList<string> Attributes { get; } = ["late"];

        public byte[] Pixels(int index) => index == Damaged
            ? throw new DataException($"{index}.png is damaged")
            : [.. Enumerable.Range(0, 18).Select(at => Expected(index, at % 3, at / 3 / 3, at / 3 % 3))];

        public int Label(int index) => index % 2;

        public IReadOnlyList<bool> AttributesOf(int index) => [index >= 1000];
    }

    private static byte Expected(int image, int channel, int y, int x) => (byte)(100 * channel + 10 * y + x + image % 7);

    [Fact]
    public void Batches_are_channels_first_between_0_and_1_with_zeros_around()
    {
        using var images = ImageTensors.Load(new Numbered(), pad: 2);
        Assert.Equal((2500, 3, 6, 7), (images.Count, images.Channels, images.Height, images.Width));
        using var batch = images.Batch([2400, 3]);
        Assert.Equal(ScalarType.Float32, batch.dtype);
        Assert.Equal([2, 3, 6, 7], batch.shape);
        foreach (var (row, image) in new[] { (0, 2400), (1, 3) })
        {
            for (var c = 0; c < 3; c++)
            {
                for (var y = 0; y < 6; y++)
                {
                    for (var x = 0; x < 7; x++)
                    {
                        var inside = y is 2 or 3 && x is 2 or 3 or 4;
                        Assert.Equal(inside ? Expected(image, c, y - 2, x - 2) / 255f : 0f, batch[row, c, y, x].ToSingle());
                    }
                }
            }
        }
    }

    [Fact]
    public void A_batch_in_order_is_that_of_its_indices()
    {
        using var images = ImageTensors.Load(new Numbered());
        using var ordered = images.Batch(1020, 8);
        using var chosen = images.Batch([1020, 1021, 1022, 1023, 1024, 1025, 1026, 1027]);
        Assert.Equal(chosen.data<float>().ToArray(), ordered.data<float>().ToArray());
    }

    [Fact]
    public void Labels_and_attributes_are_those_of_the_images_that_are_kept()
    {
        using var images = ImageTensors.Load(new Numbered(), most: 1002);
        Assert.Equal((1002, 1002, 1002), (images.Count, images.Labels.Count, images.AttributesOf.Count));
        Assert.Equal([0, 1, 0], images.Labels.Take(3));
        Assert.Equal([false, true], images.AttributesOf.Skip(999).Take(2).Select(each => each[0]));
    }

    [Fact]
    public void A_damaged_image_is_its_own_sentence() => Assert.Equal("1300.png is damaged",
        Assert.Throws<DataException>(() => ImageTensors.Load(new Numbered(Damaged: 1300))).Message);

    [Fact]
    public void No_tensor_is_left_over()
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var images = ImageTensors.Load(new Numbered(), pad: 1))
        {
            Assert.Equal(before + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            images.Batch([1, 2]).Dispose();
            images.Batch(0, 5).Dispose();
            Assert.Throws<DataException>(() => ImageTensors.Load(new Numbered(Damaged: 1300)));
            Assert.Equal(before + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
