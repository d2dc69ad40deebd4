namespace Avs.Libtorch;

/// <summary>What libtorch must be told before its first operator.</summary>
public static class Startup
{
    private static int calls;

    /// <summary>Prepares libtorch, the first time that it is called.</summary>
    public static void Prepare()
    {
        if (Interlocked.Increment(ref calls) > 1)
            return;
        MatrixProducts.UseAvx512();
        Switches.UseNnpack(false); // it is slower than oneDNN, and on a processor that it does not know it writes a warning for every convolution
        if (OneDnnCaches.AreHidden && !OneDnnCaches.Correct())
        {
            Switches.UseOneDnn(false);
            Console.Error.WriteLine("warning: this machine hides the sizes of the processor's caches, and this libtorch is not one whose oneDNN could be corrected: "
                + "oneDNN is off, and convolutions take several times as long");
        }
    }
}
