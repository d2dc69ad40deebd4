using Avs.Models.Ecmvae;

namespace Avs.Models;

/// <summary>Lets whole results outlive the dispose scope in which they were made.</summary>
internal static class Scopes
{
    public static SegmenterOutput MoveToOuterDisposeScope(this SegmenterOutput output) => output.Each(tensor => tensor.MoveToOuterDisposeScope());

    public static LevelInformation MoveToOuterDisposeScope(this LevelInformation level) => level.Each(tensor => tensor.MoveToOuterDisposeScope());
}
