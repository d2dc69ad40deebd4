using System.Globalization;
using System.Runtime.InteropServices;

namespace TorchSharp.Engine;

/// <summary>One operator of a profile.</summary>
/// <param name="Name">libtorch's name, such as <c>aten::mm</c>.</param>
/// <param name="Calls">How often it ran.</param>
/// <param name="OwnTime">Time in it, without what it called.</param>
/// <param name="Flop">Floating-point operations of convolutions and matrix products (a multiply-add is two); 0 for others.</param>
public sealed record OperatorFigures(string Name, long Calls, TimeSpan OwnTime, double Flop);

/// <summary>
/// Records what libtorch runs, on all threads, forward and backward. TorchSharp has no such thing: this is the one part of the bindings that goes
/// beyond its API, and src/ reaches it through one file.
/// </summary>
public static class OperatorProfile
{
    /// <summary>Records while <paramref name="body"/> runs.</summary>
    /// <param name="body">What to record.</param>
    /// <param name="byShape">Whether operators that were given tensors of other shapes are told apart; the shapes are then in the name.</param>
    /// <exception cref="ExternalException">Another profile is being taken.</exception>
    public static IReadOnlyList<OperatorFigures> Of(Action body, bool byShape = false)
    {
        Native.Check(Native.avs_profile_start(byShape ? 1 : 0));
        IntPtr lines;
        try
        {
            body();
        }
        finally
        {
            Native.Check(Native.avs_profile_stop(out lines));
        }
        return [.. Marshal.PtrToStringUTF8(lines)!.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Read)];
    }

    private static OperatorFigures Read(string line)
    {
        var fields = line.Split('\t');
        long Number(int i) => long.Parse(fields[i], CultureInfo.InvariantCulture);
        return new OperatorFigures(fields[0], Number(1), TimeSpan.FromTicks(Number(2) / 100), Number(3));
    }
}
