using Avs.Core;
using Avs.Data.AvsBench;
using Avs.Data.Clips;
using Avs.Data.Prepare;

namespace Avs.Stamps.Tests;

/// <summary>compose -> export to raw videos -> prepare: the same data set again.</summary>
public sealed class RoundTripTests(RoundTripTests.Prepared folders) : IClassFixture<RoundTripTests.Prepared>
{
    private readonly string composed = folders.Composed, prepared = folders.Again;

    /// <summary>The composed set and what came of its videos.</summary>
    public sealed class Prepared : IDisposable
    {
        private readonly SyntheticParts parts = new();

        public Prepared()
        {
            Composed = parts.Composed("composed",
                new ComposeOptions(5, new SceneCounts(1, 1, 1, 0), new SceneCounts(1, 1, 1, 0), Threads: 2));
            var videos = Path.Combine(parts.Folder, "videos");
            Again = Path.Combine(parts.Folder, "prepared");
            VideoExport.Run(Composed, videos, threads: 2);
            foreach (var (home, table) in new[] { ("Single-source", "s4_meta_data.csv"), ("Multi-sources", "ms3_meta_data.csv") })
            {
                var folder = Path.Combine(videos, home);
                Preparation.Run(new PrepareOptions(Path.Combine(folder, table), Path.Combine(folder, VideoExport.VideosFolder), Again)
                {
                    Masks = Path.Combine(folder, VideoExport.MasksFolder),
                    Threads = 2,
                });
            }
        }

        public string Composed { get; }

        public string Again { get; }

        public void Dispose() => parts.Dispose();
    }

    [Fact]
    public void The_file_tree_is_the_same_but_for_the_log_mel_that_composing_leaves_out()
    {
        string[] added = ["audio_log_mel", "prepare_report.csv"];
        Assert.Equal(Files(composed), Files(prepared).Where(file => !added.Any(file.Contains)));
    }

    [Fact]
    public void Frames_and_masks_and_tables_are_the_same_to_the_bit()
    {
        var files = Files(composed).Where(file => !file.EndsWith(".wav", StringComparison.Ordinal)).ToArray();
        Assert.Contains(files, file => file.Contains("gt_masks"));
        Assert.All(files,
            file => Assert.Equal(File.ReadAllBytes(Path.Combine(composed, file)), File.ReadAllBytes(Path.Combine(prepared, file))));
    }

    [Fact]
    public void The_log_mel_is_the_same()
    {
        foreach (var subset in new[] { Subset.S4, Subset.MS3 })
        {
            var (before, after) = (AvsBenchDataset.Open(composed, subset, Split.Train),
                AvsBenchDataset.Open(prepared, subset, Split.Train));
            for (var i = 0; i < before.Clips.Count; i++)
            {
                var worst = before.Load(i).LogMel.Zip(after.Load(i).LogMel, (a, b) => Math.Abs(a - b)).Max();
                Assert.InRange(worst, 0, 2e-3);
            }
        }
    }

    [Fact]
    public void An_existing_folder_is_not_exported_into() =>
        Assert.Throws<UsageException>(() => VideoExport.Run(composed, prepared, threads: 1));

    private static IEnumerable<string> Files(string root) =>
        new[] { "Single-source",
            "Multi-sources" }.SelectMany(home => Directory.EnumerateFiles(Path.Combine(root, home), "*", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(root, file)).Where(file => !file.EndsWith("CREDITS", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal);
}
