using System.Buffers.Binary;
using Avs.Core;

namespace Avs.Data.Images;

/// <summary>
/// An array of bytes as MNIST's files hold it: two zero bytes, the type (8: unsigned bytes), the number of dimensions, each size as a
/// big-endian 32-bit number, then the values. Files may be packed by gzip.
/// </summary>
/// <param name="Sizes">The size of each dimension.</param>
/// <param name="Values">The values, the last dimension fastest.</param>
internal sealed record IdxFile(int[] Sizes, byte[] Values)
{
    // A damaged size must not become a huge allocation.
    private const long MostValues = 1L << 31;

    /// <exception cref="DataException">The file is missing, no idx file, or not as long as it says.</exception>
    public static IdxFile Read(string path, int dimensions)
    {
        var bytes = Unpacked(path);
        if (bytes.Length < 4 || bytes[0] != 0 || bytes[1] != 0)
            throw new DataException(
                $"{path} starts with {WholeFile.Start(bytes)}, expected an idx file (two zero bytes, type, dimensions)");
        if (bytes[2] != 8 || bytes[3] != dimensions)
            throw new DataException(
                $"{path} holds values of type {bytes[2]} in {bytes[3]} dimensions, expected unsigned bytes (8) in {dimensions}");
        var header = 4 + 4 * dimensions;
        if (bytes.Length < header)
            throw new DataException($"{path} is cut short: {bytes.Length} bytes, its header alone has {header}");
        var sizes = new int[dimensions];
        long values = 1;
        for (var d = 0; d < dimensions; d++)
        {
            var size = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(4 + 4 * d));
            values = Math.Min(values * size, MostValues);
            sizes[d] = (int)Math.Min(size, int.MaxValue);
        }

        if (bytes.Length - header != values)
            throw new DataException($"{path} holds {bytes.Length - header} values, its header promises {string.Join(" x ", sizes)}");
        return new IdxFile(sizes, bytes[header..]);
    }

    private static byte[] Unpacked(string path)
    {
        var file = WholeFile.Read(path);
        return file is [0x1F, 0x8B, ..] ? GzipFile.Unpack(path, file) : file;
    }
}
