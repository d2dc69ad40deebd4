using System.CommandLine;
using System.Globalization;
using Avs.Cli.Json;
using Avs.Core;
using Avs.Data.Clips;
using Avs.Data.Images;
using Avs.Eval.Reports;

namespace Avs.Cli;

/// <summary>`avs data images [NAME]`</summary>
internal static class DataImagesCommand
{
    private const int PicturesInRow = 12, MostRows = 12, PictureWidth = 64;

    private static readonly string[] Known = [.. ImageSets.All.Select(set => set.Name), .. MultimodalSets.All.Select(set => set.Name)];

    private static readonly string[] Resized =
    [
        .. ImageSets.All.Where(set => set.TakesSide).Select(set => set.Name),
        .. MultimodalSets.All.Where(set => set.TakesSide).Select(set => set.Name),
    ];

    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string?>("NAME")
        {
            Description = "The set; without one, all are listed.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var root = new Option<string?>("--root")
        {
            Description = "The folder of its files, for sets that are not fetched.",
            HelpName = "DIR",
        };
        var side = CommonOptions.OptionalCount(
            "--side", $"Bring the pictures of {string.Join(", ", Resized)} to squares of this side.", help: "PIXELS");
        var sheet = new Option<string?>("--sheet")
        {
            Description = "Write some pictures of each class, or with each attribute, or some examples, into one PNG.",
            HelpName = "FILE",
        };
        var json = CommonOptions.Json("what was found");
        var verb = new Verb("images",
            "Say what an image set, or a set with several images an example, holds, fetching it if need be: splits, sizes, classes, " +
            "attributes or factors; and show some of it.",
            "avs data images",
            "avs data images fashion_mnist --sheet fashion.png",
            "avs data images folder --root celeba --side 64",
            "avs data images poly_digits --root data/poly-digits --sheet examples.png") { name, root, side, sheet, json };
        verb.SetAction(parse =>
        {
            if (parse.GetValue(name) is not { } wanted)
            {
                Option[] ofOne = [root, side, sheet, json];
                if (ofOne.FirstOrDefault(option => parse.GetResult(option) is { Implicit: false }) is { } needless)
                    throw new UsageException($"{needless.Name} needs the NAME of an image set; without one the sets are listed");
                var sets = ImageSets.All.Select(set => (IReadOnlyList<string>)[set.Name, set.About])
                    .Concat(MultimodalSets.All.Select(set => (IReadOnlyList<string>)[set.Name, set.About]));
                terminal.Screen.Write(TableView.Create(new Table(["name", "what it is"], [.. sets])));
                return;
            }

            if (!Known.Contains(wanted))
                throw new UsageException($"there is no image set '{wanted}', expected one of {string.Join(", ", Known)}");
            if (parse.GetValue(side) is not null && !Resized.Contains(wanted))
                throw new UsageException(
                    $"--side: the pictures of {wanted} have one size already; it is for the sets {string.Join(", ", Resized)}");
            var options = new ImageSetOptions { Root = parse.GetValue(root), Side = parse.GetValue(side), Log = terminal.Error.WriteLine };
            if (MultimodalSets.All.FirstOrDefault(known => known.Name == wanted) is { } several)
            {
                MultimodalSetView.Show(terminal, several, options, parse.GetValue(sheet), parse.GetValue(json));
                return;
            }

            var set = ImageSets.Find(wanted);
            var splits = Enum.GetValues<Split>().Select(split => OpenIfThere(() => set.Open(split, options), split)).OfType<IImageDataset>()
                .ToArray();
            if (parse.GetValue(sheet) is { } path)
                new ContactSheet(PictureWidth).Write(path, CreateSheet(splits[0]));
            if (parse.GetValue(json))
                JsonOutput.Write(terminal, ImageSetJson.From(splits), JsonOutput.Default.ImageSetJson);
            else
                Print(terminal, splits);
        });
        return verb;
    }

    /// <summary>
    /// A split, or null: sets with official training and test images have no validation split unless some are set aside.
    /// </summary>
    internal static T? OpenIfThere<T>(Func<T> open, Split split)
        where T : class
    {
        try
        {
            return open();
        }
        catch (UsageException) when (split == Split.Val)
        {
            return null;
        }
    }

    private static void Print(Terminal terminal, IImageDataset[] splits)
    {
        var rows = splits.Select(split => (IReadOnlyList<string>)
        [
            split.Name, Number(split.Count), $"{split.Width}x{split.Height}x{split.Channels}", Counts(split), $"{split.Attributes.Count}",
        ]);
        terminal.Screen.Write(TableView.Create(new Table(["split", "images", "size", "of each class", "attributes"], [.. rows])));
        if (splits[0].Attributes.Count > 0)
            terminal.Out.WriteLine($"attributes: {string.Join(", ", splits[0].Attributes)}");
    }

    private static string Counts(IImageDataset split)
    {
        var counts = ImageSetJson.CountClasses(split);
        if (counts.Length == 0)
            return "-";
        var each = counts.Min() == counts.Max() ? $"{counts[0]}" : $"{counts.Min()} to {counts.Max()}";
        return $"{each} of {counts.Length}";
    }

    private static Sheet CreateSheet(IImageDataset split)
    {
        var groups = split.Classes.Count > 0
            ? split.Classes.Select((name, c) => (Name: name, Has: (Func<int, bool>)(i => split.Label(i) == c)))
            : split.Attributes.Count > 0
                ? split.Attributes.Select((name, a) => (Name: name, Has: (Func<int, bool>)(i => split.AttributesOf(i)[a])))
                : [(Name: "the first", Has: _ => true)];
        SheetCell Cell(int image) => new(Rgb(split, image), split.Height, split.Width, null, "");
        var rows = groups.Take(MostRows).Select(group =>
            new SheetRow(group.Name, [.. Enumerable.Range(0, split.Count).Where(group.Has).Take(PicturesInRow).Select(Cell)]));
        var subtitle = $"{Number(split.Count)} images of {split.Width}x{split.Height}";
        return new Sheet(split.Name, subtitle, [.. Enumerable.Repeat("", PicturesInRow)], [.. rows]);
    }

    private static byte[] Rgb(IImageDataset split, int index)
    {
        var pixels = split.Pixels(index);
        return split.Channels == 3 ? pixels : [.. pixels.SelectMany(grey => new[] { grey, grey, grey })];
    }

    internal static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture).Replace(',', ' ');
}
