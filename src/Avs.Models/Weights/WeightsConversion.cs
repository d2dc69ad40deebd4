using Avs.Core;
using Avs.Core.Formats;
using Avs.Core.Formats.Pickle;

namespace Avs.Models.Weights;

/// <summary>Which tensors a conversion takes along, and under which names.</summary>
public sealed record ConversionOptions
{
    /// <summary>Only tensors whose name begins with this, without it; e.g. <c>state_dict/</c>.</summary>
    public string Only { get; init; } = "";

    /// <summary>This is taken off the names that begin with it; e.g. <c>module.</c>.</summary>
    public string StripPrefix { get; init; } = "";
}

/// <summary>What a conversion did.</summary>
/// <param name="Tensors">Number of tensors written.</param>
/// <param name="LeftOut">Tensors that <see cref="ConversionOptions.Only"/> left out.</param>
/// <param name="OtherValues">Numbers, texts and objects of the source that the target's format, or a plain state dict, has no place
/// for.</param>
/// <param name="NotFinite">A sentence for each tensor that holds NaN or infinite numbers, which are written as they are.</param>
public sealed record ConversionReport(int Tensors, int LeftOut, int OtherValues, IReadOnlyList<string> NotFinite);

/// <summary>Rewrites files of weights in another format, element for element.</summary>
public static class WeightsConversion
{
    /// <summary>Writes a copy whose format follows from the target's extension: <c>.safetensors</c>, <c>.pth</c> or <c>.pt</c>.</summary>
    /// <param name="source">A file of weights.</param>
    /// <param name="target">The file to write; it must not exist.</param>
    /// <param name="options">Which tensors, and their names.</param>
    /// <exception cref="UsageException">The target exists, or its extension says no format.</exception>
    /// <exception cref="DataException">The source is missing or damaged, no tensor is left, or two would have the same name.</exception>
    public static ConversionReport Convert(string source, string target, ConversionOptions options)
    {
        RequireNew(target);
        var extension = Path.GetExtension(target).ToLowerInvariant();
        if (extension is not (".safetensors" or ".pth" or ".pt"))
            throw new UsageException($"{target}: found the extension '{extension}', expected .safetensors, .pth or .pt");
        using var file = WeightsFile.Open(source);
        (string From, string To)[] names = [.. file.Entries.Where(entry => entry.Name.StartsWith(options.Only, StringComparison.Ordinal))
            .Select(entry => (entry.Name, Strip(entry.Name[options.Only.Length..], options.StripPrefix)))];
        if (names.Length == 0)
            throw new DataException(options.Only.Length == 0
                ? $"{source} holds no tensors"
                : $"{source} holds no tensor whose name begins with '{options.Only}'");
        if (names.GroupBy(name => name.To, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new DataException(
                $"{source}: the tensors {string.Join(" and ", twice.Select(name => $"'{name.From}'"))} would both be named '{twice.Key}'");

        var notFinite = new List<string>();
        NumberArray Read(string name)
        {
            var array = file.Read(name);
            if (FiniteNumbers.Fault(array) is { } fault) notFinite.Add($"the tensor '{name}' {fault}");
            return array;
        }

        var lost = file.OtherValues + file.Skipped.Count;
        if (extension == ".safetensors")
        {
            SafetensorsWriter.Write(target, names.Select(name => Value(name.To, Read(name.From))), file.Metadata);
        }
        else
        {
            lost += file.Metadata.Count;
            TorchZipWriter.Write(target, names.Select(name => (name.To, Read(name.From))));
        }
        return new ConversionReport(names.Length, file.Entries.Count - names.Length, lost, notFinite);
    }

    /// <summary>Refuses a file to write that is there already, or in a folder that is not there.</summary>
    /// <exception cref="UsageException">It cannot be written, or would replace another.</exception>
    public static void RequireNew(string target)
    {
        if (File.Exists(target) || Directory.Exists(target)) throw new UsageException($"{target} exists already and is not overwritten");
        if (Path.GetDirectoryName(Path.GetFullPath(target)) is { } folder && !Directory.Exists(folder))
            throw new UsageException($"the folder {folder} does not exist");
    }

    private static SafetensorsValue Value(string name, NumberArray array) => new(name, array.Type, array.Shape, array.Bytes);

    private static string Strip(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;
}
