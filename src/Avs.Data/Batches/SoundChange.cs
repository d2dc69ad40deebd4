using System.Numerics;
using System.Runtime.InteropServices;
using Avs.Core;

namespace Avs.Data.Batches;

/// <summary>The random changes of one clip's sound.</summary>
internal sealed class SoundChange
{
    private const float Offset = 0.01f; // of the log-mel values: ln(mel + 0.01)
    private const double RoomNoise = 0.03; // the loudest room noise of a silent clip, in mel magnitude

    private readonly double noise;
    private readonly float gain, roomNoise;
    private readonly NamedRandom random;

    private SoundChange(bool silent, float gain, double noise, float roomNoise, NamedRandom random)
    {
        Silent = silent;
        this.gain = gain;
        this.noise = noise;
        this.roomNoise = roomNoise;
        this.random = random;
    }

    /// <summary>Whether the clip became silent: its masks are empty then.</summary>
    public bool Silent { get; }

    /// <summary>Draws the changes of a clip; the noise itself continues on the same stream.</summary>
    public static SoundChange Draw(AugmentOptions options, NamedRandom random) => new(
        random.Chance(options.SilentClips), (float)Math.Exp(options.SoundGain * random.Uniform(-1, 1)), options.SoundNoise,
        (float)(RoomNoise * random.NextDouble()), random);

    /// <summary>Writes one example, `[96, 64]`.</summary>
    public void Example(ReadOnlySpan<float> logMel, Span<float> result)
    {
        if (Silent)
        {
            for (var i = 0; i < result.Length; i++)
                result[i] = MathF.Log(Offset + roomNoise * (float)random.NextDouble());
            return;
        }

        logMel.CopyTo(result);
        if (gain != 1)
        {
            // The gain acts on the magnitude under the logarithm, so that silence stays silent. An example is whole vectors long.
            var values = MemoryMarshal.Cast<float, Vector<float>>(result);
            var offset = new Vector<float>(Offset);
            for (var i = 0; i < values.Length; i++)
                values[i] = Vector.Log(Vector.Max(Vector.Exp(values[i]) - offset, Vector<float>.Zero) * gain + offset);
        }

        if (noise > 0)
            AddNoise(result);
    }

    // The sum of four 16-bit uniform numbers, centred, is normal enough for noise and costs one draw of the stream.
    private void AddNoise(Span<float> result)
    {
        var scale = (float)(noise * Math.Sqrt(3) / 65536);
        for (var i = 0; i < result.Length; i++)
        {
            var bits = random.NextUInt64();
            var sum = (int)(ushort)bits + (ushort)(bits >> 16) + (ushort)(bits >> 32) + (ushort)(bits >> 48);
            result[i] += scale * (sum - 2 * 65535);
        }
    }
}
