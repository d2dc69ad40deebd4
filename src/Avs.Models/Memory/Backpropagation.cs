using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Avs.Models.Memory;

/// <summary>
/// Backward with the exceptions of our own functions. A .NET exception cannot pass through libtorch's frames: the runtime would end the
/// process. So a function that fails returns a gradient which libtorch refuses; that ends backward, and the exception itself waits here.
/// Where backward was not begun here the process ends, after the runtime has written the exception.
/// </summary>
public static class Backpropagation
{
    private static int running;
    private static ExceptionDispatchInfo? failure; // the first; on CUDA backward runs on a thread of libtorch's

    [ThreadStatic]
    private static int inner;

    [ThreadStatic]
    private static ExceptionDispatchInfo? innerFailure;

    /// <summary>Adds the gradients of a loss to its leaves.</summary>
    public static void Run(Tensor loss) => Run(() => loss.backward());

    /// <summary>Runs a backward in a form of its own.</summary>
    internal static void Run(Action backward)
    {
        Interlocked.Increment(ref running);
        try
        {
            backward();
        }
        catch (ExternalException) when (Interlocked.Exchange(ref failure, null) is { } first)
        {
            first.Throw();
        }
        finally
        {
            Interlocked.Decrement(ref running);
        }
    }

    /// <summary>The gradients ∂⟨g, y⟩/∂x, for the backward of a function: null where y does not depend on x.</summary>
    /// <remarks>
    /// TorchSharp 0.107's <c>autograd.grad</c> catches no exception of libtorch's: a function that fails inside this one gives no gradient
    /// instead.
    /// </remarks>
    internal static IList<Tensor?> Gradients(Tensor y, Tensor[] x, Tensor g)
    {
        inner++;
        try
        {
            return autograd.grad([y], x, [g], false, false, true)!;
        }
        finally
        {
            inner--;
            if (innerFailure is { } failed)
            {
                innerFailure = null;
                failed.Throw();
            }
        }
    }

    /// <summary>Whether backward is that of a function inside another's.</summary>
    internal static bool IsInner => inner > 0;

    /// <summary>Takes an exception of a function's backward, if there is somebody to throw it.</summary>
    internal static bool Takes(Exception e)
    {
        if (IsInner)
            innerFailure ??= ExceptionDispatchInfo.Capture(e);
        else if (Volatile.Read(ref running) > 0)
            Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
        else
            return false;
        return true;
    }
}
