using Avs.Core.Formats;

namespace Avs.Parity.Comparison;

/// <summary>
/// Takes the results of one case and compares each with its reference values by the fixtures' rules: relative L2 error, largest error
/// relative to the largest reference value, largest absolute error, bit for bit where the tolerance is 0; and sums of the whole tensor
/// where only a part is stored.
/// </summary>
/// <param name="reference">Its open reference file.</param>
public sealed class CaseOutputs(ParityCase item, SafetensorsFile reference)
{
    /// <summary>What a reference of zeros allows.</summary>
    private const double ZeroTolerance = 1e-6;

    /// <summary>Steps of Adam differ a little in size.</summary>
    private const double FlipTolerance = 0.01;

    /// <summary>Sums of equal numbers may differ by the order of adding.</summary>
    private const double SumTolerance = 1e-12;

    private readonly HashSet<string> given = new(StringComparer.Ordinal);
    private readonly List<string> failures = [];
    private double worstError = double.NaN, worstBound = double.NaN, nearest = -1;
    private string worstMeasure = "nothing compared";

    /// <summary>Whether the case asks for this output.</summary>
    public bool Wants(string name) => item.Outputs.ContainsKey(name);

    /// <summary>The outputs that begin with a text, without it.</summary>
    public IEnumerable<string> Under(string start) =>
        item.Outputs.Keys.Where(name => name.StartsWith(start, StringComparison.Ordinal)).Select(name => name[start.Length..]);

    /// <summary>Compares one result; one that the case does not ask for is ignored.</summary>
    /// <param name="name">The output's name.</param>
    /// <param name="values">All elements in row-major order.</param>
    /// <param name="shape">Sizes; null to skip the comparison of sizes (their product is always compared).</param>
    public void Give(string name, ReadOnlySpan<double> values, IReadOnlyList<long>? shape = null)
    {
        if (!item.Outputs.TryGetValue(name, out var output) || !given.Add(name)) return;
        if (HashFill.Count(output.Shape) != values.Length || (shape is not null && !shape.SequenceEqual(output.Shape)))
        {
            var found = shape is null ? $"{values.Length} elements" : $"shape [{string.Join(", ", shape)}]";
            Fail(name, "shape", double.PositiveInfinity, 0,
                $"{name} has {found} where the reference has shape [{string.Join(", ", output.Shape)}]");
            return;
        }
        var expected = reference.ReadDoubles(name);
        var stored = Stored(output, values, expected.Length);
        if (output.TolL2 == 0) Exact(name, stored, expected);
        else Near(name, output, stored, expected);
        if (reference.Entries.ContainsKey(name + ".stats")) Sums(name, output, values, reference.ReadDoubles(name + ".stats"));
    }

    /// <summary>Compares one result of float32 elements.</summary>
    /// <param name="name">The output's name.</param>
    /// <param name="values">All elements in row-major order.</param>
    /// <param name="shape">Sizes, or null.</param>
    public void Give(string name, ReadOnlySpan<float> values, IReadOnlyList<long>? shape = null)
    {
        if (!Wants(name)) return;
        var wide = new double[values.Length];
        for (var i = 0; i < wide.Length; i++) wide[i] = values[i];
        Give(name, wide, shape);
    }

    /// <summary>The names of the reference file's tensors, for cases whose outputs are those and not a list of the manifest's.</summary>
    public IReadOnlyCollection<string> ReferenceNames => [.. reference.Entries.Keys];

    /// <summary>Elements of a reference tensor.</summary>
    public int ReferenceCount(string name) => checked((int)reference.Entries[name].Count);

    /// <summary>Compares one array with the reference tensor of that name, bit for bit.</summary>
    /// <param name="name">The tensor's name in the reference file.</param>
    /// <param name="origin">Where it comes from, for the failure's sentence.</param>
    public void GiveBits(string name, NumberArray array, string origin)
    {
        given.Add(name);
        var expected = reference.Read(name);
        if (array.Type != expected.Type || !array.Shape.SequenceEqual(expected.Shape))
            Fail($"{name} in {origin} is {array.Type.NameOf()} [{string.Join(", ", array.Shape)}] where the reference is "
                + $"{expected.Type.NameOf()} [{string.Join(", ", expected.Shape)}]");
        else
            Judge($"{name} in {origin}", "bits", array.Bytes.Span.SequenceEqual(expected.Bytes.Span) ? 0 : double.PositiveInfinity, 0);
    }

    /// <summary>Compares float32 values with the reference tensor of that name, by the largest absolute error.</summary>
    /// <param name="name">The tensor's name in the reference file.</param>
    /// <param name="values">All elements in row-major order.</param>
    public void GiveNear(string name, ReadOnlySpan<float> values, double tolerance)
    {
        given.Add(name);
        var expected = reference.Read(name).ToFloats();
        var worst = expected.Length == values.Length ? 0 : double.PositiveInfinity;
        for (var i = 0; i < Math.Min(values.Length, expected.Length); i++)
            worst = Math.Max(worst, Math.Abs((double)values[i] - expected[i]));
        Judge(name, "absolute", worst, tolerance);
    }

    /// <summary>Records a failure that is not an output's, such as a wrong checksum.</summary>
    /// <param name="what">What failed, in a few words.</param>
    public void Fail(string what) => Fail(what, "", double.PositiveInfinity, 0, what);

    /// <summary>The comparison as a whole.</summary>
    public CaseResult Result()
    {
        string[] missing = [.. (item.Outputs.Count > 0 ? item.Outputs.Keys : reference.Entries.Keys).Where(name => !given.Contains(name))];
        if (failures.Count > 0)
            return new CaseResult(item.Name, CaseStatus.Fail, worstError, worstBound, string.Join("; ", failures.Take(5)));
        if (missing.Length > 0 || given.Count == 0)
        {
            var reason = missing.Length > 0 ? $"no rule for the output '{missing[0]}'" : "the case has no outputs";
            return new CaseResult(item.Name, CaseStatus.NotCovered, double.NaN, double.NaN, reason);
        }
        return new CaseResult(item.Name, CaseStatus.Ok, worstError, worstBound, worstMeasure);
    }

    private static double[] Stored(ParityOutput output, ReadOnlySpan<double> values, int count)
    {
        if (output.Stored == "full") return values.ToArray();
        var stored = new double[count];
        for (var k = 0; k < count; k++) stored[k] = values[checked((int)(output.Start + output.Step * k))];
        return stored;
    }

    private void Exact(string name, double[] stored, double[] expected)
    {
        double worst = 0;
        if (stored.Length != expected.Length) worst = double.PositiveInfinity;
        for (var i = 0; i < Math.Min(stored.Length, expected.Length); i++)
            if (!stored[i].Equals(expected[i]))
                worst = Math.Max(worst, double.IsNaN(stored[i] - expected[i])
                    ? double.PositiveInfinity
                    : Math.Abs(stored[i] - expected[i]));
        Judge(name, "exact", worst, 0);
    }

    private void Near(string name, ParityOutput output, double[] stored, double[] expected)
    {
        if (stored.Length != expected.Length)
        {
            Fail(name, "shape", double.PositiveInfinity, 0,
                $"{name} has {stored.Length} elements where the reference file has {expected.Length}");
            return;
        }
        double difference = 0, norm = 0, largestDifference = 0, largest = 0;
        for (var i = 0; i < stored.Length; i++)
        {
            var d = stored[i] - expected[i];
            difference += d * d;
            norm += expected[i] * expected[i];
            // Max propagates NaN, so a NaN among the results fails every bound below.
            largestDifference = Math.Max(largestDifference, Math.Abs(d));
            largest = Math.Max(largest, Math.Abs(expected[i]));
        }
        if (largest == 0)
        {
            Judge(name, "absolute", largestDifference, ZeroTolerance);
            return;
        }
        if (output.TolL2 is { } l2) Judge(name, "relative L2", Math.Sqrt(difference / norm), Math.Max(l2, OneFlip(name, output, norm)));
        if (output.TolMax is { } max) Judge(name, "relative maximum", largestDifference / largest, max);
        if (output.TolAbs is { } absolute) Judge(name, "absolute", largestDifference, absolute);
        if (output is { TolL2: null, TolMax: null, TolAbs: null }) Fail($"{name} has no tolerance in the manifest");
    }

    // Adam's first step is the sign of the gradient. Where the reference's own float32 and float64 signs differ (by twice the step), a
    // gradient of nothing but rounding is among the elements, and bounds that were taken of the whole tensor leave no room for one such
    // element among the few that are stored: it is twice the rate, beside the steps that are stored (few of which may be more than zero) or
    // beside the new values (`new/`), which hold the same step.
    private double OneFlip(string name, ParityOutput output, double norm)
    {
        var step = output.Kind switch
        {
            "step" => output,
            "new" when name.StartsWith("new/", StringComparison.Ordinal) => item.Outputs.GetValueOrDefault("step/" + name["new/".Length..]),
            _ => null,
        };
        return step?.NoiseMax is > 1 ? 2 * OneAdamStep.Rate / Math.Sqrt(norm) * (1 + FlipTolerance) : 0;
    }

    // .stats holds sum, sum of absolute values and L2 norm of the whole tensor.
    private void Sums(string name, ParityOutput output, ReadOnlySpan<double> values, double[] stats)
    {
        double sum = 0, absolute = 0, square = 0;
        foreach (var value in values)
        {
            sum += value;
            absolute += Math.Abs(value);
            square += value * value;
        }
        var norm = Math.Sqrt(square);
        if (stats[1] == 0)
        {
            Judge(name, "absolute sum", absolute, ZeroTolerance * values.Length);
            return;
        }
        if (output.TolL2 is { } l2)
        {
            var bound = Math.Max(l2, SumTolerance);
            Judge(name, "sum", Math.Abs(sum - stats[0]) / stats[1], bound);
            Judge(name, "absolute sum", Math.Abs(absolute - stats[1]) / stats[1], bound);
            Judge(name, "L2 norm", Math.Abs(norm - stats[2]) / stats[2], bound);
        }
        else if (output.TolAbs is { } bound)
        {
            // An absolute bound on every element bounds the sums by its multiples.
            Judge(name, "mean", Math.Abs(sum - stats[0]) / values.Length, bound);
            Judge(name, "mean absolute value", Math.Abs(absolute - stats[1]) / values.Length, bound);
            Judge(name, "root mean square", Math.Abs(norm - stats[2]) / Math.Sqrt(values.Length), bound);
        }
    }

    private void Judge(string name, string measure, double error, double tolerance)
    {
        if (!(error <= tolerance))
            Fail(name, measure, error, tolerance, $"{name}: {measure} error {error:0.##e+0} above {tolerance:0.##e+0}");
        else Note(name, measure, error, tolerance, error == 0 ? 0 : error / tolerance);
    }

    private void Fail(string name, string measure, double error, double tolerance, string sentence)
    {
        failures.Add(sentence);
        Note(name, measure, error, tolerance, double.IsFinite(error) && tolerance > 0 ? error / tolerance : double.PositiveInfinity);
    }

    private void Note(string name, string measure, double error, double tolerance, double nearness)
    {
        if (nearness <= nearest) return;
        (nearest, worstError, worstBound, worstMeasure) = (nearness, error, tolerance, $"{name} ({measure})");
    }
}
