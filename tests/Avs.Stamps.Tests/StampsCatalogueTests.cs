using Avs.Core;
using Avs.Data.Packages;

namespace Avs.Stamps.Tests;

public sealed class StampsCatalogueTests
{
    private readonly StampsCatalogue shipped = StampsCatalogue.Default();

    [Fact]
    public void The_shipped_catalogue_has_67_objects_12_of_them_with_second_recordings()
    {
        Assert.Equal(67, shipped.Objects.Count);
        Assert.Equal(12, shipped.Objects.Count(o => o.SecondRecordings.Count > 0));
    }

    [Fact]
    public void Spoken_names_are_not_in_the_catalogue() =>
        Assert.DoesNotContain(shipped.Sources, s => s.Path.Contains("_desc", StringComparison.Ordinal));

    [Fact]
    public void Each_background_is_in_one_split() => Assert.Distinct(shipped.Backgrounds.Select(b => b.Source));

    [Fact]
    public void No_recording_serves_two_objects() =>
        Assert.Distinct(shipped.Objects.SelectMany(o => o.Recordings.Concat(o.SecondRecordings)));

    [Fact]
    public void The_demo_objects_are_in_the_catalogue() => Assert.Equal(10, shipped.With(StampsCatalogue.DemoObjects).Objects.Count);

    [Fact]
    public void An_unknown_object_is_named() =>
        Assert.Contains("unicorn", Assert.Throws<UsageException>(() => shipped.With(["dog", "unicorn"])).Message);

    [Fact]
    public void A_wrong_kind_is_named_with_its_line()
    {
        var error = Assert.Throws<DataException>(() =>
            StampsCatalogue.Parse(new StringReader("kind,object,split,package,path\nsong,a,,p,x\n"), "t.csv"));
        Assert.Contains("t.csv:2", error.Message);
        Assert.Contains("song", error.Message);
    }

    [Fact]
    public void A_part_of_a_resource_file_knows_its_archive_and_its_place_in_the_cache()
    {
        var part = new PackageFile("p", "usr/a.rcc!/x/y.ogg");
        Assert.Equal(("usr/a.rcc", "/x/y.ogg", "p/usr/a.rcc/x/y.wav"), (part.PathInPackage, part.ResourceEntry, part.CachePath));
    }

    [Fact]
    public void The_folder_of_the_fetched_parts_keeps_its_name() =>
        Assert.Equal("/cache/stamps-42eeec348b75", PackageCache.PathOf("/cache", "stamps", shipped.Sources));
}
