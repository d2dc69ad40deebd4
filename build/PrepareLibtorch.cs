using System.Runtime.CompilerServices;

internal static class PrepareLibtorch
{
#pragma warning disable CA2255 // in libraries too: a test host, or a program that uses the models alone, must not compute before it
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Prepare() => Avs.Core.Libtorch.Startup.Prepare();
}
