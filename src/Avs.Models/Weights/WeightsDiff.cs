using Avs.Core;
using Avs.Core.Formats;

namespace Avs.Models.Weights;

/// <summary>A tensor that two files hold in different types or shapes.</summary>
/// <param name="First">Type and shape in the first file, e.g. <c>F32 [64, 3, 7, 7]</c>.</param>
/// <param name="Second">The same of the second file.</param>
public sealed record Reshaped(string Name, string First, string Second);

/// <summary>A tensor whose elements differ between two files.</summary>
/// <param name="Largest">Largest absolute difference; infinite where one is not a number and the other is.</param>
/// <param name="RelativeL2">Norm of the difference over the first file's norm; NaN where that is zero or not a number.</param>
public sealed record Changed(string Name, double Largest, double RelativeL2);

/// <summary>How two files of weights differ.</summary>
/// <param name="Missing">Names that only the first file has.</param>
/// <param name="Unexpected">Names that only the second file has.</param>
/// <param name="Reshaped">Tensors of other types or shapes.</param>
/// <param name="Changed">Tensors whose elements differ by a bit at least, worst first.</param>
/// <param name="Equal">Number of tensors that are the same bit for bit.</param>
public sealed record WeightsDiff(
    IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected, IReadOnlyList<Reshaped> Reshaped, IReadOnlyList<Changed> Changed,
        int Equal)
{
    /// <summary>Whether nothing differs.</summary>
    public bool Same => Missing.Count + Unexpected.Count + Reshaped.Count + Changed.Count == 0;

    /// <summary>Compares two files tensor by tensor.</summary>
    /// <param name="first">The one file.</param>
    /// <param name="second">The other file.</param>
    /// <exception cref="DataException">A file is damaged where a tensor lies.</exception>
    public static WeightsDiff Of(WeightsFile first, WeightsFile second)
    {
        var others = second.Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        var names = first.Entries.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        var reshaped = new List<Reshaped>();
        var changed = new List<Changed>();
        var equal = 0;
        foreach (var entry in first.Entries)
        {
            if (!others.TryGetValue(entry.Name, out var other)) continue;
            if (entry.Type != other.Type || !entry.Shape.SequenceEqual(other.Shape))
            {
                reshaped.Add(new Reshaped(entry.Name, Describe(entry), Describe(other)));
                continue;
            }
            NumberArray a = first.Read(entry.Name), b = second.Read(entry.Name);
            if (a.Bytes.Span.SequenceEqual(b.Bytes.Span)) equal++;
            else changed.Add(Compare(entry.Name, a.ToDoubles(), b.ToDoubles()));
        }
        return new WeightsDiff(
            [.. first.Entries.Select(entry => entry.Name).Where(name => !others.ContainsKey(name))],
            [.. second.Entries.Select(entry => entry.Name).Where(name => !names.Contains(name))],
            reshaped, [.. changed.OrderByDescending(item => item.Largest)], equal);
    }

    private static string Describe(WeightsEntry entry) => $"{entry.Type.NameOf()} [{string.Join(", ", entry.Shape)}]";

    private static Changed Compare(string name, double[] a, double[] b)
    {
        double largest = 0, square = 0, norm = 0;
        for (var i = 0; i < a.Length; i++)
        {
            norm += a[i] * a[i];
            // Equal covers equal infinities, whose difference is not a number.
            if (a[i].Equals(b[i])) continue;
            var difference = Math.Abs(a[i] - b[i]);
            largest = Math.Max(largest, double.IsNaN(difference) ? double.PositiveInfinity : difference);
            square += difference * difference;
        }
        return new Changed(name, largest, norm > 0 ? Math.Sqrt(square / norm) : double.NaN);
    }
}
