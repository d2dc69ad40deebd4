namespace Avs.Core.Tests.Architecture;

/// <summary>Which folder uses which, read from the source. Rooms are the projects of `src`.</summary>
public sealed class FolderGraphTests
{
    // Data flows from left to right; the pictures (Data) and the networks (Models) meet in plain tensors only.
    private static readonly Dictionary<string, string[]> Rooms = new()
    {
        ["Avs.Core"] = [],
        ["Avs.Data"] = ["Avs.Core"],
        ["Avs.Stamps"] = ["Avs.Core", "Avs.Data"],
        ["Avs.Models"] = ["Avs.Core"],
        ["Avs.Eval"] = ["Avs.Core", "Avs.Data", "Avs.Models"],
        ["Avs.Train"] = ["Avs.Core", "Avs.Data", "Avs.Models", "Avs.Eval"],
        ["Avs.Serve"] = ["Avs.Core", "Avs.Data", "Avs.Models", "Avs.Eval", "Avs.Train"],
        ["Avs.Parity"] = ["Avs.Core", "Avs.Data", "Avs.Models", "Avs.Eval"],
        ["Avs.Bench"] = ["Avs.Core", "Avs.Data", "Avs.Models", "Avs.Eval", "Avs.Train"],
        ["Avs.Cli"] = ["Avs.Core", "Avs.Data", "Avs.Stamps", "Avs.Models", "Avs.Eval", "Avs.Train", "Avs.Serve",
            "Avs.Parity", "Avs.Bench"],
    };

    private const int MostColumns = 140;

    private static readonly IReadOnlyList<SourceFile> Files = SourceFile.ReadAll();

    private sealed record Arrow(string From, string To, string File)
    {
        public bool StaysInRoom => RoomOf(From) == RoomOf(To);

        public override string ToString() => $"{File}: {From} -> {To}";
    }

    private static readonly IReadOnlyList<Arrow> Arrows = FindArrows();

    [Fact]
    public void Rooms_use_only_the_rooms_before_them() =>
        Assert.Equal([], Arrows.Where(arrow => !arrow.StaysInRoom && !Rooms[RoomOf(arrow.From)].Contains(RoomOf(arrow.To)))
            .Select(arrow => $"{arrow}"));

    [Fact]
    public void Every_room_is_in_the_table() =>
        Assert.Equal(Rooms.Keys.Order(), Files.Select(file => RoomOf(file.Folder)).Distinct().Order());

    [Fact]
    public void Folders_of_a_room_use_each_other_in_one_direction_only() =>
        Assert.Equal([], Circles().Select(arrow => $"{arrow}"));

    [Fact]
    public void A_namespace_is_its_folder() =>
        Assert.Equal([], Files.Where(file => file.Namespace != file.Folder && file.Path != "src/Avs.Cli/Program.cs")
            .Select(file => $"{file.Path}: {file.Namespace}"));

    [Fact]
    public void Lines_have_at_most_140_columns()
    {
        var wide = from file in Repository.CSharpFiles("src", "tests").Select(file => Path.GetRelativePath(Repository.Root, file))
                   from line in File.ReadLines(Path.Combine(Repository.Root, file)).Select((text, i) => (Text: text, Number: i + 1))
                   where line.Text.Length > MostColumns && !IsData(line.Text)
                   select $"{file}:{line.Number} has {line.Text.Length}";
        Assert.Equal([], wide);
    }

    // Bytes in base64 have no place to break.
    private static bool IsData(string line) => line.Split(' ').Any(word => word.Length > MostColumns - 20);

    private static List<Arrow> FindArrows()
    {
        var types = Files.GroupBy(file => file.Folder)
            .ToDictionary(folder => folder.Key, folder => folder.SelectMany(file => file.Types).ToHashSet(StringComparer.Ordinal));
        return [.. Files.SelectMany(file => file.UsedFolders(types).Select(used => new Arrow(file.Folder, used, file.Path)))];
    }

    // The arrows within a room whose end leads back to their beginning.
    private static IEnumerable<Arrow> Circles()
    {
        var next = Arrows.Where(arrow => arrow.StaysInRoom).ToLookup(arrow => arrow.From, arrow => arrow.To);
        return Arrows.Where(arrow => arrow.StaysInRoom && Reachable(arrow.To, next).Contains(arrow.From));
    }

    private static HashSet<string> Reachable(string from, ILookup<string, string> next)
    {
        var seen = new HashSet<string> { from };
        var left = new Stack<string>([from]);
        while (left.TryPop(out var folder))
        {
            foreach (var to in next[folder].Where(seen.Add))
                left.Push(to);
        }

        return seen;
    }

    private static string RoomOf(string folder) => string.Join('.', folder.Split('.').Take(2));
}
