using System.Reflection;
using System.Runtime.InteropServices;

namespace NAudio.Wave.SampleProviders;

/// <summary>Sound at another sample rate, band-limited; by libsoxr at its "high quality" (20 bits, passband to 0.91 of the lower Nyquist).</summary>
public class WdlResamplingSampleProvider : ISampleProvider
{
    private const int InputFrames = 4096;

    private readonly ISampleProvider source;
    private readonly int channels;
    private readonly SoxrHandle? soxr;
    private readonly float[] input;
    private int inputAt;
    private int inputEnd;
    private bool sourceEnded;

    public WdlResamplingSampleProvider(ISampleProvider source, int newSampleRate)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(newSampleRate, 1);
        this.source = source;
        channels = source.WaveFormat.Channels;
        input = new float[InputFrames * channels];
        WaveFormat = WaveFormat.CreateIeeeFloatWaveFormat(newSampleRate, channels);
        if (newSampleRate != source.WaveFormat.SampleRate) soxr = SoxrHandle.Create(source.WaveFormat.SampleRate, newSampleRate, channels);
    }

    public WaveFormat WaveFormat { get; }

    public int Read(float[] buffer, int offset, int count)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        if (soxr is null) return source.Read(buffer, offset, count);
        var done = 0;
        while (count - done >= channels)
        {
            if (inputAt == inputEnd && !sourceEnded) Fill();
            var (consumed, produced) = soxr.Process(
                input.AsSpan(inputAt * channels, (inputEnd - inputAt) * channels), sourceEnded, buffer.AsSpan(offset + done, count - done), channels);
            inputAt += consumed;
            done += produced * channels;
            if (sourceEnded && produced == 0) break;
        }
        return done;
    }

    private void Fill()
    {
        inputAt = 0;
        inputEnd = source.Read(input, 0, input.Length) / channels;
        sourceEnded = inputEnd == 0;
    }
}

internal sealed unsafe partial class SoxrHandle() : SafeHandle(0, ownsHandle: true)
{
    private const string Library = "libsoxr.so.0";
    private const uint HighQuality = 4;

    static SoxrHandle() => NativeLibrary.SetDllImportResolver(typeof(SoxrHandle).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name != Library ? 0
        : NativeLibrary.TryLoad(name, assembly, path, out var library) ? library
        : throw new DllNotFoundException($"{Library}, which resamples sound, is not on this machine; on Debian, as root: apt-get install libsoxr0");

    public override bool IsInvalid => handle == 0;

    public static SoxrHandle Create(double inputRate, double outputRate, int channels)
    {
        var quality = soxr_quality_spec(HighQuality, 0);
        var soxr = soxr_create(inputRate, outputRate, (uint)channels, out var error, 0, in quality, 0);
        return error == 0 && !soxr.IsInvalid ? soxr : throw new InvalidOperationException($"libsoxr: {Marshal.PtrToStringUTF8(error) ?? "no resampler"}");
    }

    /// <summary>Frames consumed and produced. An empty input with <paramref name="ended"/> drains what the filter still holds.</summary>
    public (int Consumed, int Produced) Process(ReadOnlySpan<float> input, bool ended, Span<float> output, int channels)
    {
        nuint consumed = 0, produced;
        fixed (float* from = input)
        fixed (float* to = output)
        {
            var error = ended && input.IsEmpty
                ? soxr_process(this, null, 0, null, to, (nuint)(output.Length / channels), out produced)
                : soxr_process(this, from, (nuint)(input.Length / channels), &consumed, to, (nuint)(output.Length / channels), out produced);
            if (error != 0) throw new InvalidOperationException($"libsoxr: {Marshal.PtrToStringUTF8(error)}");
        }
        return ((int)consumed, (int)produced);
    }

    protected override bool ReleaseHandle()
    {
        soxr_delete(handle);
        return true;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct QualitySpec
    {
        public double Precision, PhaseResponse, PassbandEnd, StopbandBegin;
        public nint Reserved;
        public nuint Flags;
    }

    [LibraryImport(Library)] private static partial QualitySpec soxr_quality_spec(nuint recipe, nuint flags);
    [LibraryImport(Library)]
    private static partial SoxrHandle soxr_create(double inputRate, double outputRate, uint channels, out nint error, nint ioSpec, in QualitySpec quality, nint runtimeSpec);
    [LibraryImport(Library)]
    private static partial nint soxr_process(SoxrHandle soxr, float* input, nuint inputFrames, nuint* consumed, float* output, nuint outputFrames, out nuint produced);
    [LibraryImport(Library)] private static partial void soxr_delete(nint soxr);
}
