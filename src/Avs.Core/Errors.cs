namespace Avs.Core;

/// <summary>A mistake in the user's input, in one sentence: which file, key or line, what was found, what was expected.</summary>
public abstract class AvsException : Exception
{
    /// <param name="message">The sentence the user reads.</param>
    /// <param name="cause">The exception behind it, shown with `AVS_TRACE=1`.</param>
    protected AvsException(string message, Exception? cause) : base(message, cause) { }

    /// <summary>The exit code of a program that ends with this error.</summary>
    public abstract int ExitCode { get; }
}

/// <summary>The command line or a configuration file is wrong (exit code 2).</summary>
public sealed class UsageException(string message, Exception? cause = null) : AvsException(message, cause)
{
    public override int ExitCode => 2;
}

/// <summary>A data file or folder is missing, damaged or not what it should be (exit code 3).</summary>
public sealed class DataException(string message, Exception? cause = null) : AvsException(message, cause)
{
    public override int ExitCode => 3;
}
