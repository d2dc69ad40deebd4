namespace Avs.Tests;

/// <summary>
/// Tests that count the live tensors of the process, or record what libtorch runs: on all threads, so no other test may run meanwhile.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    /// <summary>The collection's name.</summary>
    public const string Name = "alone";
}
