namespace Avs.Core.Libtorch;

/// <summary>Settings that libtorch needs before its first operator.</summary>
public static class Startup
{
    private static readonly Lock Gate = new();
    private static bool done;

    /// <summary>Prepares libtorch, the first time that it is called.</summary>
    public static void Prepare()
    {
        lock (Gate)
        {
            if (!done)
                Configure();
            done = true;
        }
    }

    private static void Configure()
    {
        MatrixProducts.UseAvx512();
        // On a processor that it does not know NNPACK writes a warning for every convolution.
        Switches.UseNnpack(false);
        if (OneDnnCaches.AreHidden && !OneDnnCaches.Correct())
        {
            Switches.UseOneDnn(false);
            Console.Error.WriteLine("warning: this machine hides the sizes of the processor's caches, and this libtorch's oneDNN could not "
                + "be corrected: oneDNN is off, and convolutions take several times as long");
        }
    }
}
