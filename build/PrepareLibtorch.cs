using System.Runtime.CompilerServices;

internal static class PrepareLibtorch
{
    [ModuleInitializer]
    internal static void Prepare() => Avs.Libtorch.Startup.Prepare();
}
