using Avs.Core;
using Avs.Data.Media;

namespace Avs.Data.AvsBench;

/// <summary>
/// The colours that stand for classes in AVSS's label pictures: Pascal VOC's rule, which spreads the bits of a class's number over the
/// highest bits of red, green and blue.
/// </summary>
public static class AvssPalette
{
    /// <summary>The rule has as many colours.</summary>
    public const int MostClasses = 256;

    private static readonly Dictionary<int, byte> Numbers = Enumerable.Range(0, MostClasses)
        .ToDictionary(number => Packed(ColourOf(number)), number => (byte)number);

    /// <summary>The colour of a class.</summary>
    /// <param name="number">Its number, 0 to 255; 0, the background, is black.</param>
    public static (byte Red, byte Green, byte Blue) ColourOf(int number)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)number, (uint)MostClasses, nameof(number));
        int red = 0, green = 0, blue = 0;
        for (var bit = 7; number != 0; bit--, number >>= 3)
        {
            red |= (number & 1) << bit;
            green |= ((number >> 1) & 1) << bit;
            blue |= ((number >> 2) & 1) << bit;
        }

        return ((byte)red, (byte)green, (byte)blue);
    }

    /// <summary>Reads a label picture as class numbers.</summary>
    /// <param name="path">A PNG file.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <returns>The class of each pixel, `[height, width]`.</returns>
    /// <exception cref="DataException">The file is missing, damaged or no picture, or a pixel has a colour that stands for no
    /// class.</exception>
    public static (byte[] Labels, int Height, int Width) Read(string path, int classes)
    {
        var (rgb, height, width) = FrameReader.Read(path);
        var labels = new byte[height * width];
        var (last, lastNumber) = (0, (byte)0); // neighbours mostly have one colour
        for (var i = 0; i < labels.Length; i++)
        {
            var colour = rgb[3 * i] << 16 | rgb[3 * i + 1] << 8 | rgb[3 * i + 2];
            if (colour != last)
            {
                if (!Numbers.TryGetValue(colour, out var number) || number >= classes)
                    throw new DataException($"{path}: the pixel at column {i % width}, row {i / width} has the colour #{colour:x6}, which "
                        + $"none of the {classes} classes has");
                (last, lastNumber) = (colour, number);
            }

            labels[i] = lastNumber;
        }

        return (labels, height, width);
    }

    private static int Packed((byte Red, byte Green, byte Blue) colour) => colour.Red << 16 | colour.Green << 8 | colour.Blue;
}
