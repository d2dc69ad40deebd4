using System.IO.Compression;
using System.Text;

namespace Avs.Core.Tests.Formats;

/// <summary>Files written byte by byte, good and bad ones.</summary>
internal static class Handmade
{
    /// <summary>Instructions of a pickle: a text stands for its Latin-1 bytes.</summary>
    public static byte[] Bytes(params ReadOnlySpan<object> parts)
    {
        var bytes = new List<byte>();
        foreach (var part in parts)
            bytes.AddRange(part is byte[] raw ? raw : Encoding.Latin1.GetBytes((string)part));
        return [.. bytes];
    }

    /// <summary>A short text as an instruction.</summary>
    public static string Text(string text) => $"\u008c{(char)text.Length}{text}";

    /// <summary>The pickle of one tensor of float32.</summary>
    /// <param name="elements">What it says its storage has.</param>
    /// <param name="offset">First element, below 256.</param>
    /// <param name="sizes">Instructions that make the tuple of sizes.</param>
    /// <param name="strides">Instructions that make the tuple of strides.</param>
    /// <param name="key">The storage's key.</param>
    public static string Tensor(int elements, int offset, string sizes, string strides, string key = "0") =>
        $"ctorch._utils\n_rebuild_tensor_v2\n((X\u0007\0\0\0storagectorch\nFloatStorage\n{Text(key)}{Text("cpu")}{Int(elements)}tQ"
        + $"K{(char)offset}{sizes}{strides}\u0089ccollections\nOrderedDict\n)RtR";

    /// <summary>A whole number as an instruction.</summary>
    public static string Int(int number) => "J" + Encoding.Latin1.GetString(BitConverter.GetBytes(number));

    /// <summary>A tuple of one number as instructions.</summary>
    public static string One(int number) => Int(number) + "\u0085";

    /// <summary>A zip container.</summary>
    public static byte[] Zip(string pickle, params ReadOnlySpan<(string Name, byte[] Content)> entries)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add("archive/data.pkl", Bytes("\u0080\u0002", pickle, "."));
            foreach (var (name, content) in entries)
                Add(name, content);

            void Add(string name, byte[] content)
            {
                using var target = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                target.Write(content);
            }
        }
        return stream.ToArray();
    }

    /// <summary>A legacy container with one storage, "0".</summary>
    public static byte[] Legacy(string pickle, long elements, byte[] content) => Bytes(
        "\u0080\u0002\u008a\u000al\u00fc\u009cF\u00f9 j\u00a8P\u0019.",
        "\u0080\u0002M\u00e9\u0003.",
        "\u0080\u0002}X\u000d\0\0\0little_endian\u0088s.",
        "\u0080\u0002", pickle, ".",
        "\u0080\u0002]X\u0001\0\0\u00000a.",
        BitConverter.GetBytes(elements), content);

    /// <summary>Float32 elements as they lie in a file.</summary>
    public static byte[] Floats(params ReadOnlySpan<float> values)
    {
        var bytes = new List<byte>();
        foreach (var value in values)
            bytes.AddRange(BitConverter.GetBytes(value));
        return [.. bytes];
    }
}
