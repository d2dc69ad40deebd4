using OpenCvSharp;

namespace Avs.Data;

/// <summary>
/// Reads one mask as 0 and 1. Grey, colour and 1-bit pictures: 1 where the luminance is at least 128. Palette PNG: 1 where the
/// palette number is not 0. (The published code converts by library defaults, which agree for 0/255 grey pictures and differ elsewhere.)
/// </summary>
public static class MaskReader
{
    private const int Threshold = 128;

    /// <summary>Decodes a PNG or JPEG file.</summary>
    /// <returns>0 or 1, `[height, width]`.</returns>
    /// <exception cref="DataException">The file is missing, cut short or no picture.</exception>
    public static (byte[] Mask, int Height, int Width) Read(string path)
    {
        var file = ImageFile.Read(path);
        if (ImageFile.IsPalettePng(file))
        {
            var (numbers, height, width) = PalettePng.Read(path, file);
            for (var i = 0; i < numbers.Length; i++)
                numbers[i] = numbers[i] != 0 ? (byte)1 : (byte)0;
            return (numbers, height, width);
        }

        using var picture = FrameReader.Decode(path, file, ImreadModes.Grayscale);
        var mask = FrameReader.Bytes(picture, 1);
        for (var i = 0; i < mask.Length; i++)
            mask[i] = mask[i] >= Threshold ? (byte)1 : (byte)0;
        return (mask, picture.Rows, picture.Cols);
    }
}
