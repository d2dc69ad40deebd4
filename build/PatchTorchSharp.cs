using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>An MSBuild task: writes patched copies of TorchSharp's two libraries. The package's own files stay as they are.</summary>
public sealed class PatchTorchSharp : Task
{
    /// <summary>TorchSharp.dll and libLibTorchSharp.so, as the package has them.</summary>
    [Required]
    public string[] Libraries { get; set; }

    /// <summary>Where the copies go.</summary>
    [Required]
    public string Folder { get; set; }

    public override bool Execute()
    {
        Directory.CreateDirectory(Folder);
        foreach (var library in Libraries)
        {
            var bytes = File.ReadAllBytes(library);
            var patches = library.EndsWith(".dll") ? KeepArgumentsAlive(bytes) : WeakenSymbolVersion(bytes, "GLIBCXX_3.4.32");
            if (patches == 1)
                Replace(Path.Combine(Folder, Path.GetFileName(library)), bytes);
            else
                Log.LogError($"{library}: found {patches} places to patch, expected 1; this TorchSharp is not the one that build/PatchTorchSharp.cs was written for");
        }

        return !Log.HasLoggedErrors;
    }

    // TorchSharp's fault: its methods pass the handle of an object to native code and do not keep the object alive, so that the collector may free a
    // temporary Scalar while libtorch reads it ("Unknown scalar type.", rarely a crash). Code that is compiled without optimisation keeps its arguments and
    // locals to the end of the method. So [assembly: Debuggable(IgnoreSymbolStoreSequencePoints)] becomes Default | IgnoreSymbolStoreSequencePoints |
    // DisableOptimizations. It can go when TorchSharp calls GC.KeepAlive: PatchedTorchSharpTests notices.
    private static int KeepArgumentsAlive(byte[] bytes)
    {
        byte[] release = [8, 1, 0, 2, 0, 0, 0, 0, 0]; // the attribute's blob: length, prolog, flags, no named arguments
        var places = 0;
        for (var i = 0; i + release.Length <= bytes.Length; i++)
        {
            var same = 0;
            while (same < release.Length && bytes[i + same] == release[same])
                same++;
            if (same < release.Length)
                continue;
            places++;
            bytes[i + 3] = 3;
            bytes[i + 4] = 1;
        }

        return places;
    }

    // TorchSharp's fault: libLibTorchSharp.so is built with GCC 13 and needs version GLIBCXX_3.4.32 of libstdc++, which older systems lack (Debian 12 and
    // Ubuntu 22.04 end at 3.4.30), for one symbol, std::ios_base_library_init, that no code calls: it says that libstdc++ itself prepares cout and its like,
    // and where it is older libc10.so and libtorch_cpu.so do. The version's need is marked weak here. The dynamic linker looks at that mark
    // only after it has not found the version, so nothing changes where libstdc++ has it: this is done on every machine, and a published folder may travel.
    // It can go when the package is built for an older libstdc++: this task then finds no such need.
    private static int WeakenSymbolVersion(byte[] bytes, string version)
    {
        const uint VersionNeeds = 0x6ffffffe; // SHT_GNU_verneed
        const byte Weak = 2; // VER_FLG_WEAK
        int Half(int at) => BitConverter.ToUInt16(bytes, at);
        uint Word(int at) => BitConverter.ToUInt32(bytes, at);
        int Offset(int at) => checked((int)BitConverter.ToInt64(bytes, at));
        string Text(int at) => Encoding.ASCII.GetString(bytes, at, Array.IndexOf(bytes, (byte)0, at) - at);

        int sections = Offset(0x28), size = Half(0x3A), count = Half(0x3C), places = 0;
        for (var section = sections; section < sections + count * size; section += size)
        {
            if (Word(section + 4) != VersionNeeds)
                continue;
            var names = Offset(sections + (int)Word(section + 40) * size + 24);
            var file = Offset(section + 24);
            for (var files = Word(section + 44); files > 0; files--, file += (int)Word(file + 12))
            {
                var need = file + (int)Word(file + 8);
                for (var needs = Half(file + 2); needs > 0; needs--, need += (int)Word(need + 12))
                {
                    if (Text(names + (int)Word(need + 8)) != version)
                        continue;
                    places++;
                    bytes[need + 4] |= Weak;
                }
            }
        }

        return places;
    }

    // Several projects may be built at a time: a file appears whole or not at all, and one that outputs share by hard links is never written into.
    private static void Replace(string path, byte[] bytes)
    {
        var partial = path + "." + Guid.NewGuid().ToString("N");
        File.WriteAllBytes(partial, bytes);
        try
        {
            File.Move(partial, path);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Replace(partial, path, null);
        }
    }
}
