using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Avs.Core.Libtorch;
using Avs.Data.Audio;
using Avs.Data.Cache;
using Avs.Data.Clips;
using Avs.Models;
using Avs.Models.Audio;
using static TorchSharp.torch;

namespace Avs.Train.Segmentation;

/// <summary>
/// Lets a cache keep what a frozen audio network makes of the clips' sound, so that the network runs once for each clip, ever.
/// </summary>
public static class FrozenSound
{
    private const int ExamplesInCall = 64;

    /// <summary>The frozen audio network of a segmenter; null where it has none.</summary>
    /// <param name="model">The segmenter; it must outlive the result's use.</param>
    /// <param name="device">Where it computes.</param>
    public static SoundEmbedding? Of(AudioVisualSegmenter model, Device device)
    {
        if (model.FrozenAudio is not { } audio)
            return null;
        var key = new Lazy<string>(() => $"{model.Config.Audio}-{WeightsHash(audio)}");
        return new SoundEmbedding(() => key.Value, audio.Channels, examples => Compute(audio, device, examples));
    }

    // [n, 1, 96, 64] -> [n, D]
    private static float[] Compute(AudioBackbone audio, Device device, float[] examples)
    {
        using var untracked = no_grad();
        audio.eval();
        var count = examples.Length / Clip.LogMelSize;
        var vectors = new List<float>(count * audio.Channels);
        for (var first = 0; first < count; first += ExamplesInCall)
        {
            using var scope = NewDisposeScope();
            var rows = Math.Min(ExamplesInCall, count - first);
            var part = examples.AsSpan(first * Clip.LogMelSize, rows * Clip.LogMelSize).ToArray();
            var input = tensor(part, [rows, 1, LogMelFrontEnd.ExampleFrames, LogMelFrontEnd.Bands]).to(device);
            vectors.AddRange(audio.call(input).ToFloats());
        }

        return [.. vectors];
    }

    private static string WeightsHash(AudioBackbone audio)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var scope = NewDisposeScope();
        foreach (var (name, value) in audio.state_dict().OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(name));
            hash.AppendData(MemoryMarshal.AsBytes<float>(value.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
