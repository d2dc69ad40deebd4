using Avs.Core.Configuration;
using Avs.Models.Segmentation;

namespace Avs.Models.AvsBench;

/// <summary>What a visual feature attends to in the baseline's TPAVI.</summary>
public enum TpaviAttention
{
    /// <summary>The sound of the clip (the paper's reported runs).</summary>
    Sound,

    /// <summary>The picture itself: no sound enters the network.</summary>
    Picture,

    /// <summary>Both, and the mean of the two results.</summary>
    SoundAndPicture,
}

/// <summary>The sizes and choices of the baseline. The defaults are the paper's.</summary>
public sealed record AvsBenchConfig : NetworkConfig
{
    /// <summary>Width of heads, TPAVI and paths, a multiple of 4. The paper: 256.</summary>
    [MultipleOf(4)] public int Channels { get; init; } = 256;

    /// <summary>
    /// Levels with a TPAVI, 0 (fine) to 3 (coarse). The others pass their map through and return no audio vector. The paper: all.
    /// </summary>
    [Between(0, 3), Distinct] public IReadOnlyList<int> TpaviStages { get; init; } = [0, 1, 2, 3];

    /// <summary>What the TPAVI attends to. The paper: the sound.</summary>
    public TpaviAttention Attention { get; init; } = TpaviAttention.Sound;

    /// <summary>
    /// Most successive frames of a clip that attend to one another; a longer clip is cut into stretches. Null: all. The AVSS release: 5 of
    /// ten seconds.
    /// </summary>
    [AtLeast(1)] public int? AttentionFrames { get; init; }

    /// <summary>Whether the linear layer that aligns a sound with a level has a bias. The AVSS release: no.</summary>
    public bool AlignBias { get; init; } = true;

    /// <summary>
    /// Whether a ResNet-50 keeps the published checkpoints' second branch of the last two stages: 22 063 104 parameters that take part in
    /// no output. Default: no; the <c>_reference</c> presets: yes.
    /// </summary>
    public bool UnusedBranch { get; init; }

    /// <inheritdoc/>
    public override bool UsesSound => Attention != TpaviAttention.Picture && TpaviStages.Count > 0;

    /// <inheritdoc/>
    public override SegmentationNetwork Create() => new AvsBenchModel(this);

    /// <inheritdoc/>
    public override SegmentationObjective DefaultObjective() => AvsBenchObjective.S4;
}
