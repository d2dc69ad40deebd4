using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Avs.Core;
using Avs.Data.Packages;

namespace Avs.Data.Tests.Packages;

public sealed class QtResourceFileTests
{
    private static readonly byte[] Plain = [1, 2, 3], Packed = Encoding.ASCII.GetBytes(new string('x', 500));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Lists_and_reads_plain_and_compressed_entries(int version)
    {
        var file = new QtResourceFile("t.rcc", Container(version));
        Assert.Equal(["/sub/a.bin", "/sub/b.txt"], file.Paths);
        Assert.Equal(Plain, file.Read("/sub/a.bin"));
        Assert.Equal(Packed, file.Read("/sub/b.txt"));
    }

    [Fact]
    public void An_unknown_entry_is_named() =>
        Assert.Contains("/sub/c", Assert.Throws<DataException>(() => new QtResourceFile("t.rcc", Container(3)).Read("/sub/c")).Message);

    [Fact]
    public void Another_file_is_refused() =>
        Assert.Contains("qres", Assert.Throws<DataException>(() => new QtResourceFile("t.rcc", new byte[64])).Message);

    [Fact]
    public void Zstandard_is_refused_by_name()
    {
        var bytes = Container(3, flags: 4);
        Assert.Contains("Zstandard", Assert.Throws<DataException>(() => new QtResourceFile("t.rcc", bytes).Read("/sub/b.txt")).Message);
    }

    [Fact]
    public void A_folder_that_holds_itself_is_refused()
    {
        var bytes = Container(3);
        var tree = (int)BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(tree + 22 + 10), 0); // "sub" begins at the root again
        Assert.Throws<DataException>(() => new QtResourceFile("t.rcc", bytes));
    }

    [Fact]
    public void No_damage_escapes_as_anything_but_a_sentence()
    {
        var whole = Container(3);
        for (var length = 0; length < whole.Length; length++)
            ReadAll(whole[..length]);
        for (var at = 4; at < whole.Length; at++)
        {
            var changed = (byte[])whole.Clone();
            changed[at] ^= 0xFF;
            ReadAll(changed);
        }
    }

    private static void ReadAll(byte[] bytes)
    {
        try
        {
            var file = new QtResourceFile("t.rcc", bytes);
            foreach (var path in file.Paths)
                file.Read(path);
        }
        catch (DataException)
        {
            // The one way it may end; another exception fails the test.
        }
    }

    /// <summary>A container with the folder `sub` of two files: `a.bin` plain, `b.txt` compressed.</summary>
    private static byte[] Container(int version, ushort flags = 1)
    {
        using var compressed = new MemoryStream();
        compressed.Write(BigEndian((uint)Packed.Length));
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            zlib.Write(Packed);
        byte[] data = [.. BigEndian(3), .. Plain, .. BigEndian((uint)compressed.Length), .. compressed.ToArray()];
        byte[] names = [.. Name("sub"), .. Name("a.bin"), .. Name("b.txt")];
        var rest = version == 1 ? [] : new byte[8]; // time of change
        byte[] tree =
        [
            .. BigEndian(0), 0, 2, .. BigEndian(1), .. BigEndian(1), .. rest,
            .. BigEndian(0), 0, 2, .. BigEndian(2), .. BigEndian(2), .. rest,
            .. BigEndian(12), 0, 0, 0, 0, 0, 0, .. BigEndian(0), .. rest,
            .. BigEndian(28), 0, (byte)flags, 0, 0, 0, 0, .. BigEndian(7), .. rest,
        ];
        var header = version == 3 ? 24 : 20;
        return
        [
            .. "qres"u8, .. BigEndian((uint)version), .. BigEndian((uint)(header + data.Length + names.Length)), .. BigEndian((uint)header),
            .. BigEndian((uint)(header + data.Length)), .. version == 3 ? BigEndian(0) : [], .. data, .. names, .. tree,
        ];
    }

    private static byte[] Name(string name) => [0, (byte)name.Length, 0, 0, 0, 0, .. Encoding.BigEndianUnicode.GetBytes(name)];

    private static byte[] BigEndian(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
