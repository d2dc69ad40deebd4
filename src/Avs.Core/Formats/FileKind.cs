using System.Buffers.Binary;
using System.Text;

namespace Avs.Core.Formats;

/// <summary>Names a file's kind by its first bytes, for messages about a file that is not what was expected.</summary>
public static class FileKind
{
    private const int BytesRead = 512;
    private const string BytesOnly = "a file that begins with the bytes";

    /// <summary>Whether a file may hold text: it begins as text, or with bytes of no known kind.</summary>
    /// <param name="kind">The result of <see cref="Describe(string)"/>.</param>
    public static bool MayBeText(string kind) =>
        kind.StartsWith("a text", StringComparison.Ordinal) || kind.StartsWith(BytesOnly, StringComparison.Ordinal);

    private static readonly (byte[] Start, int At, string Kind)[] Magic =
    [
        ([0x89, (byte)'P', (byte)'N', (byte)'G'], 0, "a PNG picture"),
        ([0xFF, 0xD8, 0xFF], 0, "a JPEG picture"),
        ([.. "GIF8"u8], 0, "a GIF picture"),
        ([(byte)'I', (byte)'I', 42, 0], 0, "a TIFF picture"),
        ([(byte)'M', (byte)'M', 0, 42], 0, "a TIFF picture"),
        ([.. "WEBP"u8], 8, "a WebP picture"),
        ([.. "WAVE"u8], 8, "a WAV sound"),
        ([.. "AVI "u8], 8, "an AVI video"),
        ([.. "ftyp"u8], 4, "a video or sound (MP4 or MOV)"),
        ([.. "moov"u8], 4, "a video or sound (MP4 or MOV)"),
        ([.. "mdat"u8], 4, "a video or sound (MP4 or MOV)"),
        ([.. "wide"u8], 4, "a video or sound (MP4 or MOV)"),
        ([0x1A, 0x45, 0xDF, 0xA3], 0, "a video (Matroska or WebM)"),
        ([.. "OggS"u8], 0, "a sound or video (Ogg)"),
        ([.. "fLaC"u8], 0, "a FLAC sound"),
        ([.. "ID3"u8], 0, "an MP3 sound"),
        ([.. "FLV"u8], 0, "an FLV video"),
        ([0, 0, 1, 0xBA], 0, "an MPEG video"),
        ([0x1F, 0x8B], 0, "compressed with gzip (unpack it first: gunzip)"),
        ([.. "BZh"u8], 0, "compressed with bzip2 (unpack it first: bunzip2)"),
        ([0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0], 0, "compressed with xz (unpack it first: unxz)"),
        ([0x28, 0xB5, 0x2F, 0xFD], 0, "compressed with zstd (unpack it first: unzstd)"),
        ([(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C], 0, "a 7-Zip archive (unpack it first)"),
        ([.. "Rar!"u8], 0, "a RAR archive (unpack it first)"),
        ([.. "ustar"u8], 257, "a tar archive (unpack it first)"),
        ([0x89, (byte)'H', (byte)'D', (byte)'F'], 0, "an HDF5 file (Keras or MATLAB)"),
        ([0x93, .. "NUMPY"u8], 0, "a NumPy array (.npy)"),
        ([.. "GGUF"u8], 0, "a GGUF file of a language model"),
        ([.. "%PDF"u8], 0, "a PDF document"),
        ([.. "SQLite format 3"u8], 0, "an SQLite database"),
        ([0x7F, (byte)'E', (byte)'L', (byte)'F'], 0, "a program"),
        ([.. "BM"u8], 0, "a BMP picture"),
        ([.. "RIFF"u8], 0, "a RIFF file"),
    ];

    /// <summary>The kind of a file, to follow "it is": `a PNG picture`.</summary>
    /// <param name="path">A file that exists.</param>
    /// <exception cref="DataException">It is missing, a folder, or may not be read.</exception>
    public static string Describe(string path)
    {
        using var stream = InputFile.Open(path);
        var start = new byte[BytesRead];
        return Describe(start.AsSpan(0, stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)));
    }

    /// <summary>The kind of a file by its beginning.</summary>
    /// <param name="start">The first bytes of the file; all of them where it is short.</param>
    public static string Describe(ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty)
            return "empty (0 bytes)";
        if (IsTorch(start))
            return "a file of PyTorch or of Python's pickle";
        if (start.StartsWith("PK\x03\x04"u8))
            return "a zip archive";
        if (IsSafetensors(start))
            return "a safetensors file";
        // Before the magic numbers, for some of them are words.
        if (TextKind(start) is { } text)
            return text;
        foreach (var (magic, at, kind) in Magic)
            if (start.Length >= at + magic.Length && start.Slice(at, magic.Length).SequenceEqual(magic))
                return kind;
        if (start.IndexOfAnyExcept((byte)0) < 0)
            return "nothing but zeros, as a download that was cut off leaves it";
        return $"{BytesOnly} {Convert.ToHexString(start[..Math.Min(8, start.Length)])}";
    }

    /// <summary>Whether a file may be one of PyTorch's: a pickle, or a zip with one in it.</summary>
    internal static bool IsTorch(ReadOnlySpan<byte> start) =>
        (start.Length > 1 && start[0] == 0x80 && start[1] is >= 2 and <= 5)
        || (start.StartsWith("PK\x03\x04"u8) && start.IndexOf("data.pkl"u8) >= 0);

    /// <summary>
    /// Whether a file begins as a safetensors file does: the length of its header in 8 bytes, then the header, which is JSON.
    /// </summary>
    internal static bool IsSafetensors(ReadOnlySpan<byte> start) =>
        start.Length > 8 && start[8] == '{' && BinaryPrimitives.ReadUInt64LittleEndian(start) < 1UL << 32;

    private static string? TextKind(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            start = start[3..];
        // The bytes may end in the middle of a letter.
        var text = Encoding.UTF8.GetString(start).TrimEnd('\uFFFD');
        if (text.Any(letter => letter == '\uFFFD' || (char.IsControl(letter) && letter is not ('\n' or '\r' or '\t' or '\f'))))
            return null;
        var trimmed = text.TrimStart();
        bool Begins(string word) => trimmed.StartsWith(word, StringComparison.OrdinalIgnoreCase);
        if (Begins("version https://git-lfs.github.com") || Begins("version https://hawser.github.com"))
            return "a Git LFS pointer, which stands for a file that was not fetched (git lfs pull fetches it)";
        if (Begins("<!doctype html") || Begins("<html") || (Begins("<") && trimmed.Contains("<html", StringComparison.OrdinalIgnoreCase)))
            return "an HTML page, as a browser saves it in place of the file (download the file itself)";
        if (Begins("<?xml") || Begins("<Error>"))
            return "an XML text, as a server sends it in place of a file (download the file again)";
        var line = trimmed.Split('\n', 2)[0].TrimEnd();
        var shown = line.Length > 40 ? line[..40] + "…" : line;
        if (Begins("{") || Begins("["))
            return $"a text (JSON?) that begins with '{shown}'";
        return IsKey(line) || line.StartsWith('#') || line == "---"
            ? $"a text (YAML?) that begins with '{shown}'"
            : $"a text that begins with '{shown}'";
    }

    private static bool IsKey(string line)
    {
        var colon = line.IndexOf(':');
        return colon > 0 && (colon == line.Length - 1 || line[colon + 1] == ' ')
            && line[..colon].All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.');
    }
}
