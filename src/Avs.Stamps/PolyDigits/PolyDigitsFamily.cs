namespace Avs.Stamps.PolyDigits;

/// <summary>A colour of digits and what is done to the photograph so that they can be read on it.</summary>
/// <param name="Colour">Red, green, blue; null: the photograph's colours inverted, as PolyMNIST's digits are.</param>
/// <param name="Scale">The photograph's values are scaled by this factor ...</param>
/// <param name="Shift">... then this is added: the background becomes dark or light.</param>
/// <param name="Rim">The digit has a black rim, one pixel wide.</param>
internal sealed record Ink((byte Red, byte Green, byte Blue)? Colour, double Scale, double Shift, bool Rim = false);

/// <summary>The look of one modality: photographs of one kind and an ink.</summary>
/// <param name="About">The kind of photographs.</param>
/// <param name="Photographs">The file names, without extension, of background photographs of the catalogue of AVS-Stamps.</param>
internal sealed record PolyDigitsFamily(string About, IReadOnlyList<string> Photographs, Ink Ink)
{
    /// <summary>One for each modality; no photograph is in two of them.</summary>
    public static IReadOnlyList<PolyDigitsFamily> All { get; } =
    [
        new("leaves", ["Blinds", "GreenMeadow", "RainDrops", "LadyBird"], new Ink(null, 0.4, 0)),
        new("flowers", ["FreshFlower", "Garden", "YellowFlower", "TwoWings"], new Ink((255, 255, 255), 0.5, 0)),
        new("landscapes", ["aitzgorri_by_Aitzol_Berasategi", "picosdeeuropa_by_Aitzol_Berasategi", "canyondeChelly", "machuPicchu"],
            new Ink((0, 0, 0), 0.6, 100)),
        new("red stone", ["hawaMahal", "konarkSunTemple", "petra", "navajo"], new Ink((70, 230, 255), 0.6, 0)),
        new("castles", ["neuschwansteinCastle", "schwerinPalace", "berlinCathedral", "chateaudeChambord"],
            new Ink((255, 225, 40), 1, 0, Rim: true)),
    ];
}
