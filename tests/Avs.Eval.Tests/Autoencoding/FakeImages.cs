using Avs.Data.Images;

namespace Avs.Eval.Tests.Autoencoding;

/// <summary>
/// Images in memory, of three classes: a bright square in one of three corners over noise. Every second image has the attribute `even`.
/// </summary>
internal sealed class FakeImages(int count, int side = 8, bool labelled = true, string name = "fake", bool everyEven = false)
    : IImageDataset
{
    public static string[] Corners { get; } = ["top left", "top right", "bottom left"];

    public string Name => name;

    public int Count => count;

    public int Height => side;

    public int Width => side;

    public int Channels => 1;

    public IReadOnlyList<string> Classes => labelled ? Corners : [];

    public IReadOnlyList<string> Attributes => labelled ? ["even"] : [];

    public static ImageTensors Load(int count, int side = 8, bool labelled = true, string name = "fake") =>
        ImageTensors.Load(new FakeImages(count, side, labelled, name));

    public byte[] Pixels(int index)
    {
        var random = new Avs.Core.NamedRandom(index, "fake/pixels");
        var pixels = new byte[side * side];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)random.NextInt(60);
        var (top, left) = (Corner(index) == 2 ? side / 2 : 0, Corner(index) == 1 ? side / 2 : 0);
        for (var y = 0; y < side / 2; y++)
            for (var x = 0; x < side / 2; x++)
                pixels[(top + y) * side + left + x] += 190;
        return pixels;
    }

    public int Label(int index) => labelled ? Corner(index) : -1;

    public IReadOnlyList<bool> AttributesOf(int index) => labelled ? [everyEven || index % 2 == 0] : [];

    private static int Corner(int index) => index / 2 % 3;
}
