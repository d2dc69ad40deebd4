using Avs.Core;

namespace Avs.Eval.Reports;

/// <summary>A finished picture.</summary>
/// <param name="Name">The name of its files, without extension.</param>
/// <param name="Title">What it shows, in a few words.</param>
/// <param name="Png">A PNG file.</param>
/// <param name="Svg">The same as an SVG file; null of pictures that are made of pixels.</param>
public sealed record Figure(string Name, string Title, byte[] Png, string? Svg = null)
{
    /// <summary>Writes its files, each whole or not at all.</summary>
    /// <param name="folder">Made when missing.</param>
    /// <returns>Their paths.</returns>
    public IReadOnlyList<string> Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var png = Path.Combine(folder, $"{Name}.png");
        AtomicFile.WriteAllBytes(png, Png);
        if (Svg is null)
            return [png];
        var svg = Path.Combine(folder, $"{Name}.svg");
        AtomicFile.WriteAllText(svg, Svg);
        return [png, svg];
    }
}

/// <summary>A table with a heading.</summary>
public sealed record TitledTable(string Title, Table Table);

/// <summary>Pictures with the numbers that belong to them.</summary>
/// <param name="Figures">At least one.</param>
/// <param name="Tables">Tables to print.</param>
/// <param name="Sentences">What else to say, a line each.</param>
public sealed record FigureReport(IReadOnlyList<Figure> Figures, IReadOnlyList<TitledTable> Tables, IReadOnlyList<string> Sentences);
