using Avs.Core.Configuration;

namespace Avs.Models.Vae.Networks;

/// <summary>The shape of an image, [C,H,W].</summary>
public sealed record ImageShape
{
    [AtLeast(1)] public int Channels { get; init; } = 1;

    [AtLeast(1)] public int Height { get; init; } = 32;

    [AtLeast(1)] public int Width { get; init; } = 32;

    /// <summary>P = C·H·W, what "per pixel" averages over.</summary>
    public int Numbers => Channels * Height * Width;

    /// <summary>`3x32x32`.</summary>
    public override string ToString() => $"{Channels}x{Height}x{Width}";
}
