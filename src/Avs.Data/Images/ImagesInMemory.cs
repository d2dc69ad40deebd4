namespace Avs.Data.Images;

/// <summary>Images that lie in memory one after the other.</summary>
/// <param name="Name">A short name for reports.</param>
/// <param name="Channels">1 or 3.</param>
/// <param name="Classes">The names of the classes.</param>
/// <param name="All">Every image of the set, `[n, Height, Width, Channels]`.</param>
/// <param name="Chosen">The images of this split.</param>
internal sealed record ImagesInMemory(
    string Name, int Height, int Width, int Channels, IReadOnlyList<string> Classes,
    byte[] All, byte[] Labels, int[] Chosen) : IImageDataset
{
    public int Count => Chosen.Length;

    public IReadOnlyList<string> Attributes => [];

    public byte[] Pixels(int index) => All.AsSpan(Chosen[index] * Height * Width * Channels, Height * Width * Channels).ToArray();

    public int Label(int index) => Labels[Chosen[index]];

    public IReadOnlyList<bool> AttributesOf(int index) => [];
}
