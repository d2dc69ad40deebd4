using System.Text;

namespace Avs.Parity.Comparison;

/// <summary>
/// The fill rule of the parity fixtures: weights, inputs and noise out of one integer hash of a name, so that any program makes the same
/// numbers without exchanging files. Values are computed in float64 in the order written and rounded to float32 once, at the end.
/// </summary>
public static class HashFill
{
    private static readonly uint[] Table = MakeTable();

    /// <summary>The zlib/PNG CRC-32 of a text in UTF-8.</summary>
    public static uint Crc32(string text)
    {
        var crc = 0xFFFFFFFF;
        foreach (var value in Encoding.UTF8.GetBytes(text)) crc = Table[(crc ^ value) & 0xFF] ^ (crc >> 8);
        return ~crc;
    }

    /// <summary>The first <paramref name="count"/> numbers u in [0, 1) of a name.</summary>
    public static double[] Unit(string name, long count)
    {
        var hash = Crc32(name);
        var values = new double[count];
        for (long i = 0; i < count; i++)
        {
            var x = unchecked(hash + 0x9E3779B9u * (uint)(i + 1));
            x = unchecked((x ^ (x >> 16)) * 0x85EBCA6Bu);
            x = unchecked((x ^ (x >> 13)) * 0xC2B2AE35u);
            x ^= x >> 16;
            values[i] = x / 4294967296.0;
        }
        return values;
    }

    /// <summary>The values of one state-dict entry, by the last part of its key.</summary>
    /// <param name="name">Prefix and key together: what the hash is taken of.</param>
    /// <param name="shape">Sizes of the entry.</param>
    public static float[] Weight(string name, IReadOnlyList<long> shape)
    {
        var last = name[(name.LastIndexOf('.') + 1)..];
        var count = Count(shape);
        if (last == "num_batches_tracked") return new float[count];
        var u = Unit(name, count);
        switch (last)
        {
            case "weight" when shape.Count >= 2:
                var bound = Math.Sqrt(3.0 / Count([.. shape.Skip(1)]));
                return Round(u, v => (2 * v - 1) * bound);
            case "weight" or "running_var":
                return Round(u, v => 0.75 + 0.5 * v);
            case "bias" or "running_mean":
                return Round(u, v => (v - 0.5) * 0.2);
            default:
                throw new NotCoveredException($"the fill rule has no values for the state-dict entry '{name}'");
        }
    }

    /// <summary>Standard-normal-like noise, <c>(2u - 1) sqrt(3)</c>.</summary>
    public static float[] Noise(string name, long count) => Round(Unit(name, count), u => (2 * u - 1) * Math.Sqrt(3.0));

    /// <summary>Values between <paramref name="lo"/> and <paramref name="hi"/>.</summary>
    public static float[] Uniform(string name, long count, double lo, double hi) => Round(Unit(name, count), u => lo + (hi - lo) * u);

    /// <summary>Coarse blocks with fine noise over them: something like a picture.</summary>
    /// <param name="name">Name of the input.</param>
    /// <param name="shape">Sizes; the last two are height and width.</param>
    /// <param name="lo">Lower bound.</param>
    /// <param name="hi">Upper bound.</param>
    /// <param name="block">Side of a block in pixels.</param>
    public static float[] Blocky(string name, IReadOnlyList<long> shape, double lo, double hi, int block)
    {
        long height = shape[^2], width = shape[^1];
        var planes = Count(shape) / Math.Max(1, height * width);
        long rows = (height + block - 1) / block, columns = (width + block - 1) / block;
        var fine = Unit(name + "/fine", planes * height * width);
        var coarse = Unit(name + "/coarse", planes * rows * columns);
        var values = new float[fine.Length];
        long i = 0;
        for (long plane = 0; plane < planes; plane++)
            for (long y = 0; y < height; y++)
                for (long x = 0; x < width; x++, i++)
                {
                    var a = lo + (hi - lo) * coarse[(plane * rows + y / block) * columns + x / block];
                    var b = lo + (hi - lo) * fine[i];
                    values[i] = (float)(0.75 * a + 0.25 * b);
                }
        return values;
    }

    /// <summary>Binary masks: one disk a frame, none in the frames listed as empty.</summary>
    /// <param name="name">Name of the input.</param>
    /// <param name="shape">Sizes; the last two are height and width, the others together count the frames.</param>
    /// <param name="empty">Frames that stay all zero.</param>
    public static float[] Disks(string name, IReadOnlyList<long> shape, IReadOnlyList<int> empty)
    {
        long height = shape[^2], width = shape[^1];
        var frames = Count(shape) / Math.Max(1, height * width);
        var u = Unit(name, 3 * frames);
        var values = new float[frames * height * width];
        for (long frame = 0; frame < frames; frame++)
        {
            if (empty.Contains((int)frame)) continue;
            var cx = width * (0.25 + 0.5 * u[3 * frame]);
            var cy = height * (0.25 + 0.5 * u[3 * frame + 1]);
            var r = Math.Min(height, width) * (0.12 + 0.2 * u[3 * frame + 2]);
            for (long y = 0; y < height; y++)
                for (long x = 0; x < width; x++)
                {
                    double dx = x + 0.5 - cx, dy = y + 0.5 - cy;
                    if (dx * dx + dy * dy <= r * r) values[(frame * height + y) * width + x] = 1;
                }
        }
        return values;
    }

    /// <summary>A sound: tones that take turns, over noise. Samples lie row-major, [samples] or [samples, channels].</summary>
    /// <param name="spec">An input of kind <c>waveform</c>.</param>
    /// <returns>float64 samples; with <see cref="ParityInput.Int16"/> whole numbers from -32768 to 32767.</returns>
    public static double[] Waveform(ParityInput spec)
    {
        var samples = spec.Shape[0];
        var channels = spec.Shape.Count > 1 ? spec.Shape[1] : 1;
        var values = new double[samples * channels];
        for (var channel = 0; channel < channels; channel++)
        {
            var u = Unit(channels > 1 ? $"{spec.Name}/ch{channel}" : spec.Name, samples);
            var components = spec.Components[channel];
            for (long t = 0; t < samples; t++)
            {
                var x = spec.Noise * (2 * u[t] - 1);
                var second = (long)Math.Floor((double)t / spec.SampleRate);
                for (var k = 0; k < components.Count; k++)
                {
                    double f = components[k][0], a = components[k][1], p = components[k][2];
                    var envelope = (second + k) % 3 == 0 ? 1.0 : 0.2;
                    x += a * envelope * Math.Sin(2 * Math.PI * f * t / spec.SampleRate + p);
                }
                values[t * channels + channel] = spec.Int16 ? Math.Clamp(Math.Floor(x * 32767 + 0.5), -32768, 32767) : x;
            }
        }
        return values;
    }

    /// <summary>The values of any input but a waveform, rounded to float32.</summary>
    public static float[] Input(ParityInput spec) => spec.Kind switch
    {
        "uniform" => Uniform(spec.Name, Count(spec.Shape), spec.Lo, spec.Hi),
        "blocky" => Blocky(spec.Name, spec.Shape, spec.Lo, spec.Hi, spec.Block),
        "disks" => Disks(spec.Name, spec.Shape, spec.Empty),
        _ => throw new NotCoveredException($"there is no rule for inputs of kind '{spec.Kind}'"),
    };

    internal static long Count(IReadOnlyList<long> shape) => shape.Aggregate(1L, (product, size) => product * size);

    private static float[] Round(double[] unit, Func<double, double> rule) => Array.ConvertAll(unit, u => (float)rule(u));

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++) value = (value & 1) != 0 ? 0xEDB88320u ^ (value >> 1) : value >> 1;
            table[i] = value;
        }
        return table;
    }
}
