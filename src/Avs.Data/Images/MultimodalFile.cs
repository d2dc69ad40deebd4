using System.Runtime.InteropServices;
using Avs.Core;
using Avs.Core.Formats;
using static TorchSharp.torch;

namespace Avs.Data.Images;

/// <summary>The images of one modality before they become tensors.</summary>
/// <param name="Values">[n, Channels, Height, Width].</param>
public sealed record ModalityPixels(string Name, int Channels, int Height, int Width, byte[] Values);

/// <summary>
/// The examples of one split in one safetensors file: `modality/NAME` uint8 [n,C,H,W]; `factor/NAME` int64, [n] where all modalities share
/// it, else [n, modalities]. The metadata name the values of each factor (`classes/NAME` or `classes/NAME/MODALITY`, `|` between them).
/// </summary>
public static class MultimodalFile
{
    private const string ModalityPrefix = "modality/", FactorPrefix = "factor/", ClassesPrefix = "classes/";
    private const char Between = '|';

    /// <summary>Writes a file, whole or not at all.</summary>
    /// <param name="factors">Those of one name are shared (one of them) or there is one for each modality.</param>
    /// <param name="about">Further text to keep with them.</param>
    public static void Write(
        string path, IReadOnlyList<ModalityPixels> modalities, IReadOnlyList<Factor> factors, IReadOnlyDictionary<string, string> about)
    {
        var metadata = new Dictionary<string, string>(about);
        var values = modalities.Select(modality => new SafetensorsValue(ModalityPrefix + modality.Name, ElementType.U8,
            [modality.Values.LongLength / (modality.Channels * modality.Height * modality.Width), modality.Channels, modality.Height,
                modality.Width], modality.Values)).ToList();
        foreach (var group in factors.GroupBy(factor => factor.Name))
        {
            Factor[] columns = [.. group.OrderBy(factor => factor.Modality)];
            var (count, shared) = (columns[0].Labels.Count, columns[0].Modality is null);
            var labels = new long[count * columns.Length];
            for (var column = 0; column < columns.Length; column++)
            {
                var name = shared ? group.Key : $"{group.Key}/{modalities[column].Name}";
                metadata[ClassesPrefix + name] = string.Join(Between, columns[column].Classes);
                for (var i = 0; i < count; i++)
                    labels[i * columns.Length + column] = columns[column].Labels[i];
            }
            values.Add(new SafetensorsValue(FactorPrefix + group.Key, ElementType.I64, shared ? [count] : [count, columns.Length],
                MemoryMarshal.AsBytes(labels.AsSpan()).ToArray()));
        }
        SafetensorsWriter.Write(path, values, metadata);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="name">The name of what is returned.</param>
    /// <param name="modalities">The modalities that it must hold, in this order.</param>
    /// <param name="factors">The factors that it must hold.</param>
    /// <exception cref="DataException">It is missing, damaged, lacks something, or its parts do not fit each other.</exception>
    public static MultimodalTensors Read(string path, string name, IReadOnlyList<string> modalities, IReadOnlyList<string> factors)
    {
        using var file = SafetensorsFile.Open(path);
        var count = Require(file, ModalityPrefix + modalities[0], ElementType.U8, 4).Shape[0];
        if (count == 0)
            throw new DataException($"{path} holds no example");
        foreach (var modality in modalities)
        {
            var shape = Require(file, ModalityPrefix + modality, ElementType.U8, 4).Shape;
            if (shape[0] != count)
                throw new DataException(
                    $"{path}: {ModalityPrefix}{modality} holds {shape[0]} images, but {ModalityPrefix}{modalities[0]} {count}");
            if (shape[1] is not (1 or 3) || shape[2] == 0 || shape[3] == 0)
                throw new DataException($"{path}: {ModalityPrefix}{modality} is {Describe(shape)}, expected images of 1 or 3 channels");
        }
        var known = factors.SelectMany(factor => ReadFactor(file, factor, modalities, count)).ToArray();

        using var scope = NewDisposeScope();
        var tensors = modalities.Select(modality =>
        {
            long[] shape = [.. file.Entries[ModalityPrefix + modality].Shape];
            return new ModalityTensor(modality, tensor(file.ReadBytes(ModalityPrefix + modality), shape, ScalarType.Byte));
        }).ToArray();
        foreach (var modality in tensors)
            modality.Values.DetachFromDisposeScope();
        return new MultimodalTensors(name, tensors, known);
    }

    private static Factor[] ReadFactor(SafetensorsFile file, string factor, IReadOnlyList<string> modalities, long count)
    {
        var key = FactorPrefix + factor;
        var shape = Require(file, key, ElementType.I64, null).Shape;
        if (shape.Count is not (1 or 2) || shape[0] != count || (shape.Count == 2 && shape[1] != modalities.Count))
            throw new DataException(
                $"{file.Path}: {key} is {Describe(shape)}, expected [{count}] or [{count},{modalities.Count}]: a label for each example");
        var columns = shape.Count == 1 ? 1 : modalities.Count;
        var labels = MemoryMarshal.Cast<byte, long>(file.ReadBytes(key)).ToArray();
        return [.. Enumerable.Range(0, columns).Select(column =>
        {
            var place = shape.Count == 1 ? factor : $"{factor}/{modalities[column]}";
            if (!file.Metadata.TryGetValue(ClassesPrefix + place, out var names))
                throw new DataException($"{file.Path} does not name the values of {place}: its metadata lack {ClassesPrefix}{place}");
            var classes = names.Split(Between);
            var chosen = new int[count];
            for (var i = 0; i < count; i++)
            {
                var label = labels[i * columns + column];
                if (label < 0 || label >= classes.Length)
                    throw new DataException($"{file.Path}: {key} holds the label {label}, expected 0 to {classes.Length - 1}");
                chosen[i] = (int)label;
            }
            return new Factor(factor, classes, chosen, shape.Count == 1 ? null : column);
        })];
    }

    private static SafetensorsEntry Require(SafetensorsFile file, string name, ElementType type, int? dimensions)
    {
        if (!file.Entries.TryGetValue(name, out var entry))
            throw new DataException($"{file.Path} holds no tensor named '{name}'");
        return entry.Type == type && (dimensions is null || entry.Shape.Count == dimensions)
            ? entry
            : throw new DataException($"{file.Path}: {name} is {entry.Type.NameOf()} {Describe(entry.Shape)}, expected {type.NameOf()}"
                + (dimensions is null ? "" : $" in {dimensions} dimensions"));
    }

    private static string Describe(IReadOnlyList<long> shape) => $"[{string.Join(",", shape)}]";
}
