using Avs.Core;
using Avs.Core.Formats;
using Avs.Core.Libtorch;
using TorchSharp;
using static TorchSharp.torch;

namespace Avs.Models.Weights;

/// <summary>How the names of a file relate to those of a module.</summary>
public sealed record WeightsRules
{
    /// <summary>The module's own names are those of the file, and nothing may be left over.</summary>
    public static WeightsRules Exact { get; } = new();

    /// <summary>
    /// Names that a file may have without the module having them: all that begin with one of these, or end with one that itself begins with
    /// <c>*</c>.
    /// </summary>
    public IReadOnlyList<string> Leftovers { get; init; } = [];

    /// <summary>
    /// Names that the module may have without the file having them; their tensors stay as they are. Written like <see cref="Leftovers"/>.
    /// </summary>
    public IReadOnlyList<string> MayMiss { get; init; } = [];

    /// <summary>The name that one of the module's tensors has in the file, where it is another one.</summary>
    public Func<string, string> NameInFile { get; init; } = name => name;
}

/// <summary>What was loaded.</summary>
/// <param name="Loaded">Number of tensors that the module took over.</param>
/// <param name="Kept">Tensors that the file lacks and that stay as they were: BatchNorm's counters, which files of before PyTorch 0.4.1
/// have none of, and what the rules allow.</param>
/// <param name="Leftovers">Tensors of the file that the module has no place for, as the rules allow.</param>
public sealed record LoadReport(string Path, int Loaded, IReadOnlyList<string> Kept, IReadOnlyList<string> Leftovers);

/// <summary>Fills modules from files of weights, by name. A module is filled whole or left as it was.</summary>
public static class WeightsLoader
{
    private const string Counter = "num_batches_tracked";

    /// <summary>How many names of a list an error tells, and how long each may be.</summary>
    private const int MostNames = 3, LongestName = 80;

    /// <summary>What wrappers of PyTorch put into names: data-parallel training and torch.compile.</summary>
    private static readonly string[] Wrappers = ["module.", "_orig_mod."];

    /// <summary>Fills a module from a file of any format.</summary>
    /// <param name="rules">How names relate; null: they are the same.</param>
    /// <exception cref="DataException">The file is missing or damaged, it does not fit (the first missing and unexpected names and wrong
    /// shapes are listed, and how many there are), or a number in it is NaN or infinite.</exception>
    public static LoadReport Load(nn.Module module, string path, WeightsRules? rules = null)
    {
        using var file = WeightsFile.Open(path);
        return Load(module, file, rules);
    }

    /// <summary>Fills a module from an open file.</summary>
    /// <inheritdoc cref="Load(nn.Module, string, WeightsRules?)"/>
    public static LoadReport Load(nn.Module module, WeightsFile file, WeightsRules? rules = null)
    {
        using var scope = NewDisposeScope();
        rules ??= WeightsRules.Exact;
        var targets = module.state_dict().Select(entry => (Name: rules.NameInFile(entry.Key), Tensor: entry.Value)).ToArray();
        var wanted = targets.Select(target => target.Name).ToHashSet(StringComparer.Ordinal);
        var entries = Unwrap(file, wanted);
        if (wanted.Count > 0 && !entries.Keys.Any(wanted.Contains)) throw new DataException(NothingFits(file, wanted));

        string[] missing = [.. wanted.Where(name => !entries.ContainsKey(name))];
        string[] kept = [.. missing.Where(name => IsOneOf(name, rules.MayMiss) || name.EndsWith(Counter, StringComparison.Ordinal))];
        string[] extra = [.. entries.Keys.Where(name => !wanted.Contains(name))];
        string[] leftovers = [.. extra.Where(name => IsOneOf(name, rules.Leftovers))];
        var found = targets.Where(target => entries.ContainsKey(target.Name)).Select(target => (target.Tensor, Entry: entries[target.Name]))
            .ToArray();
        Refuse(file.Path,
        [
            List("misses", missing.Except(kept)),
            List("has the unexpected", extra.Except(leftovers)),
            List("has other shapes than the model for", found.Where(pair => !Fits(pair.Tensor, pair.Entry)).Select(pair =>
                $"{pair.Entry.Name} ({pair.Entry.Type.NameOf()} [{string.Join(", ", pair.Entry.Shape)}], expected {pair.Tensor.dtype} "
                    + $"[{string.Join(", ", pair.Tensor.shape)}])")),
        ]);

        using var noGradient = no_grad();
        // Everything is read before anything is written: a damaged file leaves the module as it was.
        Tensor[] values = [.. found.Select(pair => FiniteNumbers.Require(file.Path, pair.Entry.Name, file.Read(pair.Entry.Name))
            .ToTensor())];
        for (var i = 0; i < values.Length; i++) found[i].Tensor.copy_(values[i]);
        return new LoadReport(file.Path, found.Length, kept, leftovers);
    }

    /// <summary>How many of a module's tensors a file has names for.</summary>
    internal static int CountFits(nn.Module module, WeightsFile file)
    {
        using var scope = NewDisposeScope();
        var wanted = module.state_dict().Keys.ToHashSet(StringComparer.Ordinal);
        return Unwrap(file, wanted).Keys.Count(wanted.Contains);
    }

    /// <summary>
    /// The tensors of a checkpoint by the module's names: those below the place within the file that has most of them, whatever
    /// dictionaries and modules it lies in, without what PyTorch's wrappers put into names.
    /// </summary>
    private static Dictionary<string, WeightsEntry> Unwrap(WeightsFile file, HashSet<string> wanted)
    {
        // For each place, the tensors whose names below it are the module's.
        var fits = new Dictionary<string, List<WeightsEntry>>(StringComparer.Ordinal);
        foreach (var entry in file.Entries)
        {
            for (var at = 0; at >= 0; at = NextPart(entry.Name, at))
            {
                if (!wanted.Contains(Bare(entry.Name[at..], wanted))) continue;
                var place = entry.Name[..at];
                if (!fits.TryGetValue(place, out var found)) fits[place] = found = [];
                found.Add(entry);
            }
        }
        var most = fits.Values.Select(found => found.Count).DefaultIfEmpty(0).Max();
        string[] best = [.. fits.Where(pair => pair.Value.Count == most).Select(pair => pair.Key)];
        if (best.Length == 0) best = [""];
        if (best.Length > 1) RefuseUnlessSame(file, [.. best.Select(place => (place, fits[place]))], wanted);

        var chosen = best[0];
        var entries = new Dictionary<string, WeightsEntry>(StringComparer.Ordinal);
        foreach (var entry in file.Entries)
        {
            if (!entry.Name.StartsWith(chosen, StringComparison.Ordinal)) continue;
            var name = Bare(entry.Name[chosen.Length..], wanted);
            // What other dictionaries hold, such as an optimizer's state, is not the model's unless it has the model's names.
            if (!wanted.Contains(name) && entry.Name.IndexOf('/', chosen.Length) >= 0) continue;
            if (!entries.TryAdd(name, entry)) throw new DataException($"{file.Path} holds '{name}' both with and without '{Wrappers[0]}'");
        }
        return entries;
    }

    private static int NextPart(string name, int at)
    {
        var next = name.AsSpan(at).IndexOfAny('/', '.');
        return next < 0 ? -1 : at + next + 1;
    }

    private static string Bare(string name, HashSet<string> wanted)
    {
        if (wanted.Contains(name)) return name;
        // A dictionary for each part of the model does for the part's name.
        var bare = name.Replace('/', '.');
        if (!wanted.Contains(bare))
            bare = WithoutWrappers(bare);
        return wanted.Contains(bare) ? bare : WithoutWrappers(name);
    }

    private static string WithoutWrappers(string bare)
    {
        foreach (var wrapper in Wrappers)
        {
            while (bare.StartsWith(wrapper, StringComparison.Ordinal)) bare = bare[wrapper.Length..];
            bare = bare.Replace("." + wrapper, ".", StringComparison.Ordinal);
        }
        return bare;
    }

    // Weights and their running average, student and teacher: to take either without a word would be a guess.
    private static void RefuseUnlessSame(WeightsFile file, IReadOnlyList<(string Place, List<WeightsEntry> Entries)> places,
        HashSet<string> wanted)
    {
        var first = places[0].Entries.ToDictionary(entry => Bare(entry.Name[places[0].Place.Length..], wanted), StringComparer.Ordinal);
        foreach (var (place, entries) in places.Skip(1))
        {
            foreach (var entry in entries)
            {
                if (first.TryGetValue(Bare(entry.Name[place.Length..], wanted), out var same)
                    && (ReferenceEquals(same, entry)
                        || file.Read(same.Name).Bytes.Span.SequenceEqual(file.Read(entry.Name).Bytes.Span))) continue;
                throw new DataException($"{file.Path} holds the model's tensors under '{places[0].Place}' and others under '{place}'; "
                    + "write the ones that are meant into a file "
                    + "of their own: "
                    + ShellCommand.ForProgram("weights", "convert", file.Path, "weights.safetensors", "--only", places[0].Place));
            }
        }
    }

    private static string NothingFits(WeightsFile file, IEnumerable<string> wanted)
    {
        var skipped = file.SkippedInWords() is { } words ? $"; it also holds {words}, which is not read" : "";
        return file.Entries.Count == 0
            ? $"{file.Path} holds no tensors"
            : $"{file.Path} does not fit the model: none of its {file.Entries.Count} tensors has a name of the model's; it holds "
                + $"{Few(file.Entries.Select(entry => entry.Name))}, "
                + $"the model has {Few(wanted)}{skipped}";
    }

    private static bool IsOneOf(string name, IReadOnlyList<string> patterns) => patterns.Any(pattern =>
        pattern.StartsWith('*')
            ? name.EndsWith(pattern[1..], StringComparison.Ordinal)
            : name.StartsWith(pattern, StringComparison.Ordinal));

    private static bool Fits(Tensor target, WeightsEntry entry) =>
        entry.Shape.SequenceEqual(target.shape)
            && (entry.Type.ToScalarType() == target.dtype || (entry.Type.IsFloating() && target.is_floating_point()));

    private static string? List(string what, IEnumerable<string> names)
    {
        string[] all = [.. names];
        return all.Length == 0 ? null : $"{what} {Few(all)}";
    }

    private static string Few(IEnumerable<string> names)
    {
        string[] all = [.. names];
        var listed = string.Join(", ", all.Take(MostNames).Select(name => name.Length <= LongestName ? name : "…" + name[^LongestName..]));
        return all.Length > MostNames ? $"{listed} and {all.Length - MostNames} more" : listed;
    }

    private static void Refuse(string path, string?[] faults)
    {
        string[] listed = [.. faults.OfType<string>()];
        if (listed.Length > 0) throw new DataException($"{path} does not fit the model: it {string.Join("; it ", listed)}");
    }
}
