namespace Avs.Eval.Reports;

/// <summary>A colour for each class, the same in every picture.</summary>
public static class ClassColours
{
    private static readonly Rgb[] Distinct =
    [
        new(31, 111, 235), new(245, 120, 20), new(26, 158, 106), new(210, 47, 62), new(150, 80, 200), new(130, 86, 60), new(235, 105, 180),
        new(110, 116, 124), new(178, 178, 30), new(20, 180, 205),
    ];

    private static readonly Rgb None = new(70, 76, 84);

    /// <summary>The colour of a class by its number; grey of -1, an image without class.</summary>
    public static Rgb ForClass(int label) => label < 0 ? None : label < Distinct.Length ? Distinct[label] : FromHue(label);

    // Each hue is far from those before: they are apart by the golden angle.
    private static Rgb FromHue(int label)
    {
        var hue = label * 137.50776 % 360 / 60;
        byte Part(double shift)
        {
            var k = (shift + hue) % 6;
            return (byte)Math.Round(205 - 165 * Math.Clamp(Math.Min(k, 4 - k), 0, 1));
        }
        return new Rgb(Part(5), Part(3), Part(1));
    }
}
