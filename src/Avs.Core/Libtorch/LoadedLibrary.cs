using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Avs.Core.Libtorch;

/// <summary>
/// A shared library of this process: its build ID and the addresses of its local symbols, which the dynamic linker does not give.
/// </summary>
/// <param name="origin">Where it is in memory.</param>
internal sealed class LoadedLibrary(string path, nint origin)
{
    private const int NoteSegment = 4, BuildIdNote = 3, SymbolTable = 2; // PT_NOTE, NT_GNU_BUILD_ID, SHT_SYMTAB of ELF

    public string Path => path;

    public nint Origin => origin;

    /// <summary>The library of that file name; null where none is loaded.</summary>
    public static LoadedLibrary? Find(string fileName)
    {
        // 7f0000000000-7f0000001000 r-xp 00000000 fe:00 1234    /folder/name.so: of a library the first line is its beginning
        var line = File.ReadLines("/proc/self/maps").FirstOrDefault(line => line.EndsWith('/' + fileName, StringComparison.Ordinal));
        return line is null
            ? null
            : new(line[line.IndexOf('/')..], nint.Parse(line[..line.IndexOf('-')], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }

    /// <summary>The build ID, in hexadecimal digits; empty where there is none.</summary>
    public string BuildId
    {
        get
        {
            var segments = origin + (nint)Marshal.ReadInt64(origin, 0x20);
            int size = Marshal.ReadInt16(origin, 0x36), count = Marshal.ReadInt16(origin, 0x38);
            for (var segment = segments; segment < segments + size * count; segment += size)
            {
                if (Marshal.ReadInt32(segment) != NoteSegment)
                    continue;
                var end = origin + (nint)(Marshal.ReadInt64(segment, 16) + Marshal.ReadInt64(segment, 40));
                for (var note = origin + (nint)Marshal.ReadInt64(segment, 16); note < end;)
                {
                    int name = (Marshal.ReadInt32(note) + 3) & ~3, length = Marshal.ReadInt32(note, 4), type = Marshal.ReadInt32(note, 8);
                    if (type == BuildIdNote)
                    {
                        var bytes = new byte[length];
                        Marshal.Copy(note + 12 + name, bytes, 0, length);
                        return Convert.ToHexStringLower(bytes);
                    }
                    note += 12 + name + ((length + 3) & ~3);
                }
            }
            return "";
        }
    }

    /// <summary>Where symbols are in memory, local ones too, from the table in the library's file; 0 for one that is not there.</summary>
    public nint[] Addresses(params string[] names)
    {
        using var file = File.OpenHandle(path);
        var header = Read(file, 0, 64);
        int size = BitConverter.ToInt16(header, 0x3A), count = BitConverter.ToInt16(header, 0x3C);
        var sections = Read(file, BitConverter.ToInt64(header, 0x28), (long)size * count);
        var addresses = new nint[names.Length];
        for (var section = 0; section < sections.Length; section += size)
        {
            if (BitConverter.ToInt32(sections, section + 4) != SymbolTable)
                continue;
            ReadOnlySpan<byte> text = Content(file, sections, BitConverter.ToInt32(sections, section + 40) * size);
            var places = new uint[names.Length];
            for (var n = 0; n < names.Length; n++)
                places[n] = (uint)(text.IndexOf(Encoding.ASCII.GetBytes($"\0{names[n]}\0")) + 1);
            var symbols = MemoryMarshal.Cast<byte, ulong>(Content(file, sections, section)); // three words each: name, address, size
            for (var s = 0; s + 2 < symbols.Length; s += 3)
            {
                var n = Array.IndexOf(places, (uint)symbols[s]);
                if (n >= 0 && places[n] > 0)
                    addresses[n] = origin + (nint)symbols[s + 1];
            }
        }
        return addresses;
    }

    private static byte[] Content(SafeFileHandle file, byte[] sections, int section) =>
        Read(file, BitConverter.ToInt64(sections, section + 24), BitConverter.ToInt64(sections, section + 32));

    private static byte[] Read(SafeFileHandle file, long offset, long length)
    {
        var bytes = new byte[length];
        for (var done = 0; done < bytes.Length;)
        {
            var more = RandomAccess.Read(file, bytes.AsSpan(done), offset + done);
            if (more == 0)
                throw new EndOfStreamException();
            done += more;
        }
        return bytes;
    }
}
