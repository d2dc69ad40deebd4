using System.Buffers.Binary;

namespace NAudio.Wave.SampleProviders;

/// <summary>16-bit PCM out of floats, clipped at -1 and 1.</summary>
public class SampleToWaveProvider16(ISampleProvider sourceProvider) : IWaveProvider
{
    private float[] samples = [];

    public WaveFormat WaveFormat { get; } = new(sourceProvider.WaveFormat.SampleRate, 16, sourceProvider.WaveFormat.Channels);
    public float Volume { get; set; } = 1f;

    public int Read(byte[] destBuffer, int offset, int numBytes)
    {
        var wanted = numBytes / 2;
        if (samples.Length < wanted) samples = new float[wanted];
        var read = sourceProvider.Read(samples, 0, wanted);
        for (var i = 0; i < read; i++)
            BinaryPrimitives.WriteInt16LittleEndian(destBuffer.AsSpan(offset + 2 * i), (short)(Math.Clamp(samples[i] * Volume, -1f, 1f) * 32767));
        return read * 2;
    }
}
