using System.Globalization;

namespace Avs.Core.Configuration;

/// <summary>What numbers a configuration key takes.</summary>
[AttributeUsage(AttributeTargets.Property)]
public abstract class LimitAttribute : Attribute
{
    /// <summary>Whether the number is allowed.</summary>
    /// <param name="value">The number.</param>
    public abstract bool Allows(double value);

    /// <summary>What is allowed, as it follows "a number": `above 0`.</summary>
    public abstract string Words { get; }

    private protected static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A number greater than a bound.</summary>
/// <param name="bound">The bound, itself not allowed.</param>
public sealed class AboveAttribute(double bound) : LimitAttribute
{
    /// <inheritdoc/>
    public override bool Allows(double value) => value > bound;

    /// <inheritdoc/>
    public override string Words => $"above {Text(bound)}";
}

/// <summary>A number not below a bound.</summary>
/// <param name="bound">The smallest number allowed.</param>
public sealed class AtLeastAttribute(double bound) : LimitAttribute
{
    /// <inheritdoc/>
    public override bool Allows(double value) => value >= bound;

    /// <inheritdoc/>
    public override string Words => $"of at least {Text(bound)}";
}

/// <summary>A number between two bounds, both allowed.</summary>
/// <param name="least">The smallest number allowed.</param>
/// <param name="most">The largest number allowed.</param>
public sealed class BetweenAttribute(double least, double most) : LimitAttribute
{
    /// <inheritdoc/>
    public override bool Allows(double value) => value >= least && value <= most;

    /// <inheritdoc/>
    public override string Words => $"from {Text(least)} to {Text(most)}";
}
