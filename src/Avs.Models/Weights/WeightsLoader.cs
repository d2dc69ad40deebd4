using Avs.Formats;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Models.Weights;

/// <summary>How the names of a file relate to those of a module.</summary>
public sealed record WeightsRules
{
    /// <summary>The module's own names are those of the file, and nothing may be left over.</summary>
    public static WeightsRules Exact { get; } = new();

    /// <summary>Names that a file may have without the module having them: all that begin with one of these, or end with one that itself begins with <c>*</c>.</summary>
    public IReadOnlyList<string> Leftovers { get; init; } = [];

    /// <summary>Names that the module may have without the file having them; their tensors stay as they are. Written like <see cref="Leftovers"/>.</summary>
    public IReadOnlyList<string> MayMiss { get; init; } = [];

    /// <summary>The name that one of the module's tensors has in the file, where it is another one.</summary>
    public Func<string, string> NameInFile { get; init; } = name => name;
}

/// <summary>What was loaded.</summary>
/// <param name="Path">The file.</param>
/// <param name="Loaded">Number of tensors that the module took over.</param>
/// <param name="Kept">Tensors that the file lacks and that stay as they were: BatchNorm's counters, which files of before PyTorch 0.4.1 have none of, and what the rules allow.</param>
/// <param name="Leftovers">Tensors of the file that the module has no place for, as the rules allow.</param>
public sealed record LoadReport(string Path, int Loaded, IReadOnlyList<string> Kept, IReadOnlyList<string> Leftovers);

/// <summary>Fills modules from files of weights, by name. A module is filled whole or left as it was.</summary>
public static class WeightsLoader
{
    private const string Counter = "num_batches_tracked", DataParallel = "module.";

    /// <summary>Fills a module from a file of any format.</summary>
    /// <param name="module">The module.</param>
    /// <param name="path">The file.</param>
    /// <param name="rules">How names relate; null: they are the same.</param>
    /// <exception cref="DataException">The file is missing or damaged, or it does not fit: every missing and unexpected name and every wrong shape is told.</exception>
    public static LoadReport Load(nn.Module module, string path, WeightsRules? rules = null)
    {
        using WeightsFile file = WeightsFile.Open(path);
        return Load(module, file, rules);
    }

    /// <summary>Fills a module from an open file.</summary>
    /// <inheritdoc cref="Load(nn.Module, string, WeightsRules?)"/>
    public static LoadReport Load(nn.Module module, WeightsFile file, WeightsRules? rules = null)
    {
        using DisposeScope scope = NewDisposeScope();
        rules ??= WeightsRules.Exact;
        var targets = module.state_dict().Select(entry => (Name: rules.NameInFile(entry.Key), Tensor: entry.Value)).ToArray();
        var wanted = targets.Select(target => target.Name).ToHashSet(StringComparer.Ordinal);
        Dictionary<string, WeightsEntry> entries = Unwrap(file, wanted);

        string[] missing = [.. wanted.Where(name => !entries.ContainsKey(name))];
        string[] kept = [.. missing.Where(name => IsOneOf(name, rules.MayMiss) || name.EndsWith(Counter, StringComparison.Ordinal))];
        string[] extra = [.. entries.Keys.Where(name => !wanted.Contains(name))];
        string[] leftovers = [.. extra.Where(name => IsOneOf(name, rules.Leftovers))];
        var found = targets.Where(target => entries.ContainsKey(target.Name)).Select(target => (target.Tensor, Entry: entries[target.Name])).ToArray();
        Refuse(file.Path,
        [
            List("misses", missing.Except(kept)),
            List("has the unexpected", extra.Except(leftovers)),
            List("has other shapes than the model for", found.Where(pair => !Fits(pair.Tensor, pair.Entry)).Select(pair =>
                $"{pair.Entry.Name} ({pair.Entry.Type.NameOf()} [{string.Join(", ", pair.Entry.Shape)}], expected {pair.Tensor.dtype} [{string.Join(", ", pair.Tensor.shape)}])")),
        ]);

        using IDisposable noGradient = no_grad();
        // Everything is read before anything is written: a damaged file leaves the module as it was.
        Tensor[] values = [.. found.Select(pair => ToTensor(file.Read(pair.Entry.Name)))];
        for (int i = 0; i < values.Length; i++) found[i].Tensor.copy_(values[i]);
        return new LoadReport(file.Path, found.Length, kept, leftovers);
    }

    /// <summary>
    /// The tensors of a checkpoint by the module's names: out of the dictionary within the file that has most of them, without the prefix that PyTorch's
    /// data-parallel wrapper leaves.
    /// </summary>
    private static Dictionary<string, WeightsEntry> Unwrap(WeightsFile file, HashSet<string> wanted)
    {
        string Bare(string name) => !wanted.Contains(name) && name.StartsWith(DataParallel, StringComparison.Ordinal) ? name[DataParallel.Length..] : name;
        var containers = file.Entries.GroupBy(entry => entry.Name[..(entry.Name.LastIndexOf('/') + 1)], StringComparer.Ordinal);
        IGrouping<string, WeightsEntry>? best = containers.MaxBy(group => group.Count(entry => wanted.Contains(Bare(entry.Name[group.Key.Length..]))));
        var entries = new Dictionary<string, WeightsEntry>(StringComparer.Ordinal);
        foreach (WeightsEntry entry in best ?? Enumerable.Empty<WeightsEntry>())
        {
            string name = Bare(entry.Name[best!.Key.Length..]);
            if (!entries.TryAdd(name, entry)) throw new DataException($"{file.Path} holds '{name}' both with and without '{DataParallel}'");
        }
        return entries;
    }

    private static bool IsOneOf(string name, IReadOnlyList<string> patterns) => patterns.Any(pattern =>
        pattern.StartsWith('*') ? name.EndsWith(pattern[1..], StringComparison.Ordinal) : name.StartsWith(pattern, StringComparison.Ordinal));

    private static bool Fits(Tensor target, WeightsEntry entry) =>
        entry.Shape.SequenceEqual(target.shape) && (ScalarTypeOf(entry.Type) == target.dtype || (entry.Type.IsFloating() && target.is_floating_point()));

    private static string? List(string what, IEnumerable<string> names)
    {
        string[] all = [.. names];
        return all.Length == 0 ? null : $"{what} {string.Join(", ", all)}";
    }

    private static void Refuse(string path, string?[] faults)
    {
        string[] told = [.. faults.OfType<string>()];
        if (told.Length > 0) throw new DataException($"{path} does not fit the model: it {string.Join("; it ", told)}");
    }

    private static Tensor ToTensor(NumberArray array)
    {
        Tensor tensor = empty([.. array.Shape], ScalarTypeOf(array.Type), CPU);
        array.Bytes.Span.CopyTo(tensor.bytes);
        return tensor;
    }

    private static ScalarType ScalarTypeOf(ElementType type) => type switch
    {
        ElementType.F64 => ScalarType.Float64,
        ElementType.F32 => ScalarType.Float32,
        ElementType.F16 => ScalarType.Float16,
        ElementType.BF16 => ScalarType.BFloat16,
        ElementType.I64 => ScalarType.Int64,
        ElementType.I32 => ScalarType.Int32,
        ElementType.I16 => ScalarType.Int16,
        ElementType.I8 => ScalarType.Int8,
        ElementType.U8 => ScalarType.Byte,
        _ => ScalarType.Bool,
    };
}
