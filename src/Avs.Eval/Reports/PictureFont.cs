using ScottPlot;
using SkiaSharp;

namespace Avs.Eval.Reports;

/// <summary>The font of all pictures: DejaVu Sans, a part of the program, so that no picture depends on the fonts of a machine.</summary>
internal sealed class PictureFont : IFontResolver
{
    /// <summary>What plots call it.</summary>
    public const string Name = "avs";

    /// <summary>What SVG files call it.</summary>
    public const string Family = "DejaVu Sans";

    private PictureFont() { }

    public static SKTypeface Regular { get; } = Load("DejaVuSans.ttf");

    public static SKTypeface Bold { get; } = Load("DejaVuSans-Bold.ttf");

    /// <summary>Makes it the font of all plots. ScottPlot would use a font of the machine, and draw no text where there is none.</summary>
    public static void UseInPlots()
    {
        Fonts.FontResolvers.Insert(0, new PictureFont());
        Fonts.Default = Name;
    }

    // ScottPlot may dispose of what it is given, so it gets typefaces of its own.
    SKTypeface? IFontResolver.CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        fontName == Name ? Load(weight > FontWeight.Medium ? "DejaVuSans-Bold.ttf" : "DejaVuSans.ttf") : null;

    SKTypeface? IFontResolver.CreateTypeface(string fontName, bool bold, bool italic) =>
        fontName == Name ? Load(bold ? "DejaVuSans-Bold.ttf" : "DejaVuSans.ttf") : null;

    private static SKTypeface Load(string file) => SKTypeface.FromStream(typeof(PictureFont).Assembly.GetManifestResourceStream(file)!);
}
