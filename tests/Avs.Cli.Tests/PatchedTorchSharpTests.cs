using System.Diagnostics;
using System.Reflection;
using System.Reflection.Emit;
using TorchSharp;

namespace Avs.Cli.Tests;

/// <summary>
/// What build/PatchTorchSharp.cs changes, and whether it is still needed. (libLibTorchSharp.so needs no test: every other one loads it.)
/// </summary>
public class PatchedTorchSharpTests
{
    [Fact]
    public void TorchSharp_keeps_its_arguments_alive() =>
        Assert.True(typeof(torch).Assembly.GetCustomAttribute<DebuggableAttribute>()!.IsJITOptimizerDisabled);

    // When this fails TorchSharp has been mended, in this place at least: see whether all methods are, and take KeepArgumentsAlive out.
    [Fact]
    public void TorchSharp_itself_still_passes_handles_of_Scalars_that_nothing_keeps_alive()
    {
        var multiply = typeof(torch.Tensor).GetMethod(nameof(torch.Tensor.mul), [typeof(Scalar)])!;
        var called = CalledBy(multiply).Select(method => method.Name).ToArray();

        Assert.Contains("THSTensor_mul_scalar", called);
        Assert.DoesNotContain(nameof(GC.KeepAlive), called);
        Assert.Equal(typeof(nint), CalledBy(multiply).Single(method => method.Name == "THSTensor_mul_scalar")
            .GetParameters()[1].ParameterType);
    }

    // Any place where a call's opcode is followed by the token of a method; what only looks like one resolves to nothing.
    private static IEnumerable<MethodBase> CalledBy(MethodInfo method)
    {
        var code = method.GetMethodBody()!.GetILAsByteArray()!;
        for (var i = 0; i + 5 <= code.Length; i++)
            if ((code[i] == OpCodes.Call.Value || code[i] == OpCodes.Callvirt.Value)
                && Resolve(BitConverter.ToInt32(code, i + 1)) is { } called)
                yield return called;

        MethodBase? Resolve(int token)
        {
            try
            {
                return method.Module.ResolveMethod(token);
            }
            catch (Exception e) when (e is ArgumentException or BadImageFormatException)
            {
                return null;
            }
        }
    }
}
