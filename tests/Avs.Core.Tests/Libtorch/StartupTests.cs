using System.Runtime.InteropServices;
using Avs.Core.Libtorch;
using static TorchSharp.torch;

namespace Avs.Core.Tests.Libtorch;

/// <summary>The settings of libtorch at start-up, and its switches.</summary>
[Collection(Alone.Name)]
public sealed class StartupTests
{
    private static LoadedLibrary Library => LoadedLibrary.Find("libtorch_cpu.so")!;

    /// <summary>
    /// Of another libtorch the addresses are searched for at each start, which takes half a second: they belong into OneDnnCaches.cs, if
    /// oneDNN still needs correcting.
    /// </summary>
    [Fact]
    public void The_known_build_is_the_one_that_is_loaded() => Assert.Equal(OneDnnCaches.KnownBuild, Library.BuildId);

    [Fact]
    public void The_known_addresses_are_those_of_its_table_of_symbols() => Assert.Equal(
        Library.Addresses("_ZN4dnnl4impl3cpu3x643cpuEv", "_ZZN4dnnl4impl3cpu3x643cpuEvE4cpu_"), OneDnnCaches.Addresses(Library));

    [Fact]
    public void A_symbol_that_is_not_there_has_no_address() => Assert.Equal([0], Library.Addresses("_ZN4avs4noneEv"));

    [Fact]
    public void Where_the_caches_are_hidden_oneDNN_assumes_common_sizes() => Assert.True(!OneDnnCaches.AreHidden || OneDnnCaches.Correct());

    [Fact]
    public void An_object_that_is_not_the_expected_one_is_left_alone()
    {
        var words = Enumerable.Range(100, 32).ToArray();
        var pinned = GCHandle.Alloc(words, GCHandleType.Pinned);
        Assert.False(OneDnnCaches.Correct(pinned.AddrOfPinnedObject()));
        pinned.Free();
        Assert.Equal(Enumerable.Range(100, 32), words);
    }

    [Fact]
    public void Numbers_below_1e_38_become_0_on_the_thread_that_asks()
    {
        float tiny = float.NaN, before = float.NaN;
        var thread = new Thread(() =>
        {
            using var scope = NewDisposeScope();
            var small = tensor(new[] { 1e-30f });
            before = (small * 1e-9).item<float>();
            Switches.FlushDenormals();
            tiny = (small * 1e-9).item<float>();
        });
        thread.Start();
        thread.Join();
        Assert.True(before > 0);
        Assert.Equal(0, tiny);
    }
}
