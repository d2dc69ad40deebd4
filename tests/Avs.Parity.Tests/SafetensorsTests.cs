using System.Buffers.Binary;
using System.Text;
using Avs.Core;
using Avs.Core.Formats;

namespace Avs.Parity.Tests;

public sealed class SafetensorsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("safetensors").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Every_element_type_comes_back_as_written()
    {
        var path = At("all");
        SafetensorsValue[] values = [.. Enum.GetValues<ElementType>().Select((type, i) =>
            new SafetensorsValue($"t.{type}", type, [2, 3], Enumerable.Range(i, Size(type) * 6).Select(b => (byte)b).ToArray()))];
        SafetensorsWriter.Write(path, values, new Dictionary<string, string> { ["made by"] = "a test ✓" });

        using var file = SafetensorsFile.Open(path);
        Assert.Equal("a test ✓", file.Metadata["made by"]);
        Assert.Equal(values.Length, file.Entries.Count);
        foreach (var value in values)
        {
            Assert.Equal(value.Type, file.Entries[value.Name].Type);
            Assert.Equal(value.Shape, file.Entries[value.Name].Shape);
            Assert.Equal(value.Bytes.ToArray(), file.ReadBytes(value.Name));
        }
    }

    [Fact]
    public void Numbers_of_every_type_read_as_float64()
    {
        var path = At("numbers");
        SafetensorsWriter.Write(path,
        [
            new("half", ElementType.F16, [1], BitConverter.GetBytes((Half)1.5)),
            new("brain", ElementType.BF16, [1], new byte[] { 0xC0, 0x3F }),
            new("long", ElementType.I64, [], BitConverter.GetBytes(-7L)),
            new("byte", ElementType.I8, [2], new byte[] { 0xFF, 3 }),
            new("none", ElementType.F32, [0, 4], Array.Empty<byte>()),
        ]);
        using var file = SafetensorsFile.Open(path);
        Assert.Equal([1.5], file.ReadDoubles("half"));
        Assert.Equal([1.5], file.ReadDoubles("brain"));
        Assert.Equal([-7], file.ReadDoubles("long"));
        Assert.Equal([-1, 3], file.ReadDoubles("byte"));
        Assert.Empty(file.ReadDoubles("none"));
    }

    [Fact]
    public void A_shorter_file_replaces_a_longer_one_whole()
    {
        var path = At("replaced");
        SafetensorsWriter.Write(path, [new("long", ElementType.U8, [5000], new byte[5000])]);
        SafetensorsWriter.Write(path, [new("short", ElementType.U8, [1], new byte[1])]);
        using var file = SafetensorsFile.Open(path);
        Assert.Equal(["short"], file.Entries.Keys);
        Assert.Single(Directory.GetFiles(folder));
    }

    [Fact]
    public void A_failed_write_leaves_the_older_file_and_nothing_else()
    {
        var path = At("kept");
        SafetensorsWriter.Write(path, [new("old", ElementType.U8, [1], new byte[1])]);
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path, [new("new", ElementType.F32, [2], new byte[3])]));
        using var file = SafetensorsFile.Open(path);
        Assert.Equal(["old"], file.Entries.Keys);
        Assert.Single(Directory.GetFiles(folder));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 3, "cut short")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 5, "1 bytes after its last tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "'a' 4 bytes where dtype F32 and shape [2] need 8")]
    [InlineData("""{"a":{"dtype":"Q4","shape":[1],"data_offsets":[0,4]}}""", 4, "unknown dtype 'Q4'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "shape entry that is not a whole number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}""", 4, "more elements than can be counted")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "not a start and an end")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "no data_offsets")]
    [InlineData("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[3],"data_offsets":[2,5]}}""", 5,
        "'b' overlap")]
    [InlineData("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[1],"data_offsets":[4,5]}}""", 5,
        "leaves 1 bytes unused")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2,
        "'a' twice")]
    [InlineData("""{"__metadata__":{"n":3}}""", 0, "not a string")]
    [InlineData("[]", 0, "not a JSON object")]
    [InlineData("nonsense", 0, "not JSON")]
    public void A_damaged_header_is_told_in_one_sentence(string header, int dataBytes, string expected)
    {
        var path = At("damaged");
        var json = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)json.Length), .. json, .. new byte[dataBytes]]);
        AssertTold(path, expected);
    }

    [Theory]
    [InlineData(ulong.MaxValue, "more than the")]
    [InlineData(1000UL, "cut short")]
    public void A_wrong_header_length_is_told_in_one_sentence(ulong length, string expected)
    {
        var path = At("length");
        var bytes = new byte[20];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        bytes[8] = (byte)'{';
        File.WriteAllBytes(path, bytes);
        AssertTold(path, expected);
    }

    [Fact]
    public void An_empty_file_is_told_in_one_sentence()
    {
        var path = At("empty");
        File.WriteAllBytes(path, []);
        AssertTold(path, "too short");
    }

    [Fact]
    public void A_missing_file_is_told_in_one_sentence() =>
        Assert.Contains("does not exist", Assert.Throws<DataException>(() => SafetensorsFile.Open(At("missing"))).Message);

    private string At(string name) => Path.Combine(folder, name + ".safetensors");

    private static int Size(ElementType type) => type switch
    {
        ElementType.F64 or ElementType.I64 => 8,
        ElementType.F32 or ElementType.I32 => 4,
        ElementType.F16 or ElementType.BF16 or ElementType.I16 => 2,
        _ => 1,
    };

    private static void AssertTold(string path, string expected)
    {
        var message = Assert.Throws<DataException>(() => SafetensorsFile.Open(path)).Message;
        Assert.StartsWith(path, message);
        Assert.Contains(expected, message);
        Assert.DoesNotContain('\n', message);
    }
}
