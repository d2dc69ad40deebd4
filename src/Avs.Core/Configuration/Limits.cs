using System.Globalization;
using System.Text.Json.Nodes;

namespace Avs.Core.Configuration;

/// <summary>
/// What numbers a property of a configuration record takes; of several on one property all must hold. On a list: what each of its numbers
/// is.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public abstract class LimitAttribute : Attribute
{
    public abstract bool Allows(double value);

    /// <summary>What is allowed, as it follows "a number": `above 0`.</summary>
    public abstract string Words { get; }

    /// <summary>Says the same in the words of JSON Schema.</summary>
    internal abstract void AddTo(JsonObject schema);

    private protected static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A number greater than a bound.</summary>
public sealed class AboveAttribute(double bound) : LimitAttribute
{
    public override bool Allows(double value) => value > bound;

    public override string Words => $"above {Text(bound)}";

    internal override void AddTo(JsonObject schema) => schema["exclusiveMinimum"] = bound;
}

/// <summary>A number not below a bound.</summary>
public sealed class AtLeastAttribute(double bound) : LimitAttribute
{
    public override bool Allows(double value) => value >= bound;

    public override string Words => $"of at least {Text(bound)}";

    internal override void AddTo(JsonObject schema) => schema["minimum"] = bound;
}

/// <summary>A number less than a bound.</summary>
public sealed class BelowAttribute(double bound) : LimitAttribute
{
    public override bool Allows(double value) => value < bound;

    public override string Words => $"below {Text(bound)}";

    internal override void AddTo(JsonObject schema) => schema["exclusiveMaximum"] = bound;
}

/// <summary>A number not above a bound.</summary>
public sealed class AtMostAttribute(double bound) : LimitAttribute
{
    public override bool Allows(double value) => value <= bound;

    public override string Words => $"at most {Text(bound)}";

    internal override void AddTo(JsonObject schema) => schema["maximum"] = bound;
}

/// <summary>A number between two bounds, both allowed.</summary>
public sealed class BetweenAttribute(double least, double most) : LimitAttribute
{
    public override bool Allows(double value) => value >= least && value <= most;

    public override string Words => $"from {Text(least)} to {Text(most)}";

    internal override void AddTo(JsonObject schema) => (schema["minimum"], schema["maximum"]) = (least, most);
}

/// <summary>A whole number above 0 that a unit divides.</summary>
public sealed class MultipleOfAttribute(int unit) : LimitAttribute
{
    public override bool Allows(double value) => value > 0 && value % unit == 0;

    public override string Words => $"above 0 and divisible by {unit}";

    internal override void AddTo(JsonObject schema) => (schema["exclusiveMinimum"], schema["multipleOf"]) = (0, unit);
}

/// <summary>An odd whole number above 0.</summary>
public sealed class OddAttribute : LimitAttribute
{
    public override bool Allows(double value) => value > 0 && value % 2 == 1;

    public override string Words => "above 0 and odd";

    internal override void AddTo(JsonObject schema) =>
        (schema["exclusiveMinimum"], schema["not"]) = (0, new JsonObject { ["multipleOf"] = 2 });
}

/// <summary>A list in which nothing stands twice.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DistinctAttribute : Attribute;

/// <summary>A configuration record whose values must also fit each other.</summary>
public interface ICrossChecked
{
    /// <summary>The first value that does not fit the others; null where all fit.</summary>
    Misfit? FindMisfit();
}

/// <summary>A value that does not fit the others of its record.</summary>
/// <param name="Property">The C# name of the property that holds it.</param>
/// <param name="Expected">What is expected of it, as it follows "expected".</param>
public sealed record Misfit(string Property, string Expected);
