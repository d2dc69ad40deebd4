using System.Runtime.CompilerServices;

namespace Avs.Models;

/// <summary>Validation of configuration values at the moment they are set.</summary>
internal static class Check
{
    public static int Positive(int value, [CallerMemberName] string name = "") =>
        value > 0 ? value : throw new ArgumentException($"{name} is {value}; expected a positive number", name);

    public static double Positive(double value, [CallerMemberName] string name = "") =>
        value > 0 && double.IsFinite(value) ? value : throw new ArgumentException($"{name} is {value}; expected a positive number", name);

    public static double? Positive(double? value, [CallerMemberName] string name = "") => value is { } given ? Positive(given, name) : null;

    public static double NotNegative(double value, [CallerMemberName] string name = "") =>
        value >= 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentException($"{name} is {value}; expected zero or a positive number", name);

    public static double Share(double value, [CallerMemberName] string name = "") =>
        value is >= 0 and < 1
            ? value
            : throw new ArgumentException($"{name} is {value}; expected a number from 0 up to, not including, 1", name);

    public static int Odd(int value, [CallerMemberName] string name = "") =>
        value > 0 && value % 2 == 1 ? value : throw new ArgumentException($"{name} is {value}; expected a positive odd number", name);

    public static int MultipleOf32(int value, [CallerMemberName] string name = "") => MultipleOf(32, value, name);

    public static int MultipleOf4(int value, [CallerMemberName] string name = "") => MultipleOf(4, value, name);

    private static int MultipleOf(int unit, int value, string name) =>
        value > 0 && value % unit == 0
            ? value
            : throw new ArgumentException($"{name} is {value}; expected a positive multiple of {unit}", name);
}
