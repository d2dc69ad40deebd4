using Avs.Core;

namespace Avs.Stamps;

/// <summary>One object's part in a clip's sound.</summary>
/// <param name="Sounding">For each second, whether the object sounds.</param>
internal sealed record Voice(Recording Recording, bool[] Sounding);

/// <summary>Mixes the sound of a clip: looped recordings at a random place, speed and gain, over a little room noise.</summary>
internal static class SoundMixer
{
    private const int SampleRate = Recording.SampleRate;

    // Ramp at the start and end of a sounding second, to avoid clicks: 10 ms.
    private const int Ramp = SampleRate / 100;

    private const float Ceiling = 0.98f;

    /// <returns>16-bit stereo, left and right in turn, `[seconds * 16000, 2]`.</returns>
    public static short[] Mix(NamedRandom random, IReadOnlyList<Voice> voices, int seconds)
    {
        var length = seconds * SampleRate;
        var sum = new float[length];
        foreach (var voice in voices)
            Add(sum, random, voice);

        // One gain for the whole clip where it would overflow, to keep the balance of its objects.
        var peak = sum.Length == 0 ? 0 : sum.Max(Math.Abs);
        var gain = peak > Ceiling - 0.03f ? (Ceiling - 0.03f) / peak : 1;
        var noise = (float)random.Uniform(0.001, 0.004);
        var (left, right) = (0f, 0f);
        var stereo = new short[length * 2];
        for (var i = 0; i < length; i++)
        {
            // Two uniform numbers in each draw; a one-pole low-pass makes room noise of them, the factor restores the level.
            var bits = random.NextUInt64();
            left += 0.3f * ((int)(bits & 0xFFFFFFFF) / 2147483648f - left);
            right += 0.3f * ((int)(bits >> 32) / 2147483648f - right);
            stereo[2 * i] = ToInt16(sum[i] * gain + 4f * noise * left);
            stereo[2 * i + 1] = ToInt16(sum[i] * gain + 4f * noise * right);
        }

        return stereo;
    }

    private static void Add(float[] sum, NamedRandom random, Voice voice)
    {
        var samples = voice.Recording.Samples;
        var gain = (float)Math.Exp(random.Uniform(Math.Log(0.4), Math.Log(1.6)));
        var speed = random.Uniform(0.95, 1.06);
        var position = random.Uniform(0, samples.Length);
        var gap = 0;
        for (var i = 0; i < sum.Length; i++)
        {
            if (gap > 0)
            {
                gap--;
                continue;
            }

            sum[i] += gain * Gate(voice.Sounding, i) * Interpolate(samples, position);
            position += speed;
            if (position < samples.Length - 1)
                continue;
            position = 0;
            gap = (int)(random.Uniform(0.03, 0.2) * SampleRate);
        }
    }

    private static float Gate(bool[] sounding, int sample)
    {
        var second = sample / SampleRate;
        if (!sounding[second])
            return 0;
        var within = sample % SampleRate;
        var gate = 1f;
        if (within < Ramp && (second == 0 || !sounding[second - 1]))
            gate = (float)within / Ramp;
        if (within >= SampleRate - Ramp && (second == sounding.Length - 1 || !sounding[second + 1]))
            gate = Math.Min(gate, (float)(SampleRate - within) / Ramp);
        return gate;
    }

    /// <summary>Cubic (Catmull-Rom) interpolation, silent outside.</summary>
    private static float Interpolate(float[] samples, double position)
    {
        var at = (int)position;
        var f = (float)(position - at);
        var (a, b, c, d) = (At(at - 1), At(at), At(at + 1), At(at + 2));
        return b + 0.5f * f * (c - a + f * (2 * a - 5 * b + 4 * c - d + f * (3 * (b - c) + d - a)));

        float At(int i) => (uint)i < (uint)samples.Length ? samples[i] : 0;
    }

    private static short ToInt16(float value) => (short)Math.Clamp(MathF.Round(value * 32767f), short.MinValue, short.MaxValue);
}
