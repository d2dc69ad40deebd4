using System.Globalization;
using System.Text.Json;
using Avs.Core.Formats.Pickle;
using Avs.Data.Audio;
using Avs.Data.Clips;
using Avs.Parity.Comparison;

namespace Avs.Parity.Cases;

/// <summary>
/// Serialised files (<c>files</c>) that are read back and compared with the reference file bit for bit: tensors, and where the case lists
/// them the strides, the shared storages and the numbers and texts beside them. A file of one log-mel tensor is also computed again from
/// the case's waveform: as many examples as the file has, as the release fills a short sound up.
/// </summary>
internal sealed class PickledFileCase : ICaseRule
{
    private const double LogMelTolerance = 2e-4;

    public bool Recognises(ParityCase item) => item.Files.Count > 0 && item.Weights.Count == 0 && item.Outputs.Count == 0;

    public void Compute(ParityCase item, CaseOutputs outputs)
    {
        foreach (var name in item.Files)
        {
            using var file = PickledFile.Open(Path.Combine(item.Folder, name));
            Compare(item, name, file, outputs);
        }
        if (item.Inputs.Values.FirstOrDefault(input => input.Kind == "waveform") is not { } wave) return;
        foreach (var reference in outputs.ReferenceNames)
        {
            var examples = outputs.ReferenceCount(reference) / Clip.LogMelSize;
            outputs.GiveNear(reference, LogMelFrontEnd.ComputeExactly(LogMelCase.Mono(wave), wave.SampleRate, examples)
                ?? [], LogMelTolerance);
        }
    }

    private static void Compare(ParityCase item, string name, PickledFile file, CaseOutputs outputs)
    {
        var container = Container(file, outputs);
        string[] expected = [.. outputs.ReferenceNames.Where(reference => reference.StartsWith(container, StringComparison.Ordinal))];
        var found = file.Tensors.ToDictionary(entry => Join(container, entry.Name), entry => entry.Tensor, StringComparer.Ordinal);
        foreach (var missing in expected.Where(reference => !found.ContainsKey(reference)))
            outputs.Fail($"{name} has no tensor {missing}");
        foreach (var (reference, tensor) in found)
        {
            if (!expected.Contains(reference))
            {
                outputs.Fail($"{name} has a tensor {reference} that the reference does not have");
                continue;
            }
            outputs.GiveBits(reference, tensor.Read(), name);
            if (item.RequiresGrad is { } gradient && tensor.RequiresGrad != gradient)
                outputs.Fail($"{reference} in {name} says of gradients {tensor.RequiresGrad}, expected {gradient}");
            if (item.Strides.TryGetValue(reference[(reference.LastIndexOf('/') + 1)..], out var layout)
                && !SameLayout(tensor, layout))
                outputs.Fail($"{reference} in {name} has strides [{string.Join(", ", tensor.Strides)}] and offset {tensor.Offset}, "
                    + $"expected {layout.GetRawText().ReplaceLineEndings("")}");
        }
        foreach (var (group, members) in item.Shared)
        {
            PickledTensor[] views = [.. members.Where(found.ContainsKey).Select(member => found[member])];
            if (views.Any(view => !view.SharesStorageWith(views[0])))
                outputs.Fail($"the tensors of {group} in {name} do not share a storage");
        }
        // A file of a part of the reference is a plain state dict: it has no values beside its tensors.
        if (container.Length == 0 && file.Values.Count > 0) CompareValues(item, name, file, outputs);
    }

    // A plain state dict lies one level below the names of the reference file, a single tensor has no name at all.
    private static string Container(PickledFile file, CaseOutputs outputs)
    {
        if (file.Tensors is [{ Name: "" }]) return outputs.ReferenceNames.Count == 1 ? outputs.ReferenceNames.First() : "";
        var containers = outputs.ReferenceNames.Where(reference => reference.Contains('/'))
            .Select(reference => reference[..(reference.IndexOf('/') + 1)]);
        return containers.Distinct().Prepend("")
            .FirstOrDefault(start => file.Tensors.Any(entry => outputs.ReferenceNames.Contains(start + entry.Name))) ?? "";
    }

    private static string Join(string container, string name) => name.Length == 0 ? container : container + name;

    private static bool SameLayout(PickledTensor tensor, JsonElement layout) =>
        layout.EnumerateArray().ToArray() is [var sizes, var strides, var offset]
        && Numbers(sizes).SequenceEqual(tensor.Shape) && Numbers(strides).SequenceEqual(tensor.Strides)
            && offset.GetInt64() == tensor.Offset;

    private static IEnumerable<long> Numbers(JsonElement list) => list.EnumerateArray().Select(number => number.GetInt64());

    private static void CompareValues(ParityCase item, string name, PickledFile file, CaseOutputs outputs)
    {
        var values = file.Values.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        foreach (var (key, expected) in item.PlainValues)
            foreach (var (place, leaf) in Leaves(key, expected))
            {
                if (!values.TryGetValue(place, out var value)) outputs.Fail($"{name} has no value {place}");
                else if (!Same(value, leaf))
                    outputs.Fail(
                        $"{place} in {name} is {Convert.ToString(value, CultureInfo.InvariantCulture)}, expected {leaf.GetRawText()}");
            }
    }

    private static IEnumerable<(string Place, JsonElement Leaf)> Leaves(string place, JsonElement value) =>
        value.ValueKind == JsonValueKind.Array
        ? value.EnumerateArray().SelectMany((element, i) => Leaves($"{place}/{i}", element))
        : [(place, value)];

    private static bool Same(object? value, JsonElement expected) => (value, expected.ValueKind) switch
    {
        (null, JsonValueKind.Null) or (true, JsonValueKind.True) or (false, JsonValueKind.False) => true,
        (string text, JsonValueKind.String) => text == expected.GetString(),
        (long number, JsonValueKind.Number) => expected.TryGetInt64(out var whole) && whole == number,
        (double number, JsonValueKind.Number) => expected.GetDouble().Equals(number),
        _ => false,
    };
}
