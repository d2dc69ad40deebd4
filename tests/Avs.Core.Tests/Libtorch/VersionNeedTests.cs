using System.Reflection;
using System.Text;
using Avs.Core.Libtorch;
using TorchSharp;

namespace Avs.Core.Tests.Libtorch;

/// <summary>
/// libLibTorchSharp.so of TorchSharp 0.107 says that it needs GLIBCXX_3.4.32, of GCC 13.2's libstdc++, and the dynamic linker of Debian 12
/// and Ubuntu 22.04 then refuses it, although all that it calls is there. build/PatchTorchSharp.cs marks that need as weak in a copy.
/// </summary>
public sealed class VersionNeedTests
{
    private const string Version = "GLIBCXX_3.4.32";

    private static readonly byte[] Original = File.ReadAllBytes(Path.Combine(
        typeof(VersionNeedTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "Packages").Value!,
        "torchsharp", typeof(torch).Assembly.GetName().Version!.ToString(3), "runtimes", "linux-x64", "native", "libLibTorchSharp.so"));

    /// <summary>Where this fails after an upgrade, TorchSharp is built for older systems again, and the way round can go.</summary>
    [Fact]
    public void The_package_s_library_needs_a_new_libstdc() => Assert.True(Names(Original, Version));

    [Fact]
    public void The_copy_that_runs_differs_by_the_one_flag_that_an_older_libstdc_needs()
    {
        torch.zeros(1).Dispose();
        var loaded = File.ReadAllBytes(LoadedLibrary.Find("libLibTorchSharp.so")!.Path);
        Assert.Equal(Original.Length, loaded.Length);
        var changed = Enumerable.Range(0, loaded.Length).Where(i => loaded[i] != Original[i]).ToArray();
        var place = Assert.Single(changed);
        Assert.Equal(Original[place] | 2, loaded[place]); // VER_FLG_WEAK: looked at only where the version is not found
    }

    private static bool Names(byte[] library, string version) => library.AsSpan().IndexOf(Encoding.ASCII.GetBytes($"\0{version}\0")) >= 0;
}
