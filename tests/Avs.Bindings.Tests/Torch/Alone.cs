namespace Avs.Bindings.Tests.Torch;

/// <summary>Tests of what the whole process shares (the count of live tensors, the default generator): after all others, one at a time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class Alone
{
    public const string Name = "alone";
}
