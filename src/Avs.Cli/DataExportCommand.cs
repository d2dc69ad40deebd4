using System.CommandLine;
using Avs.Data.Prepare;

namespace Avs.Cli;

/// <summary>`avs data export DIR NEW`</summary>
internal static class DataExportCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = new Argument<string>("DIR")
        {
            Description = "A folder with an S4 or MS3, or one that holds Single-source and Multi-sources.",
        };
        var target = new Argument<string>("NEW") { Description = "The folder to make; an existing one must be empty." };
        var threads = CommonOptions.Count("--threads", "Clips worked on at the same time.", Environment.ProcessorCount);
        var verb = new Verb("export",
            "Make a lossless video of each clip (one frame a second and the sound as it is, .mkv), with the table and the masks beside: " +
            "the way back from 'data prepare'.",
            "avs data export data/tiny data/tiny-videos",
            "avs data prepare data/tiny-videos/Single-source/s4_meta_data.csv data/tiny-videos/Single-source/raw_videos data/again " +
            "--masks data/tiny-videos/Single-source/masks")
        {
            folder, target, threads,
        };
        verb.SetAction(parse =>
        {
            var clips = ProgressView.Run(terminal, view => Stoppable.Run($"stopped; nothing of {parse.GetValue(target)} is left", stop =>
                VideoExport.Run(parse.GetValue(folder)!, parse.GetValue(target)!, parse.GetValue(threads), view.Count("clips"), stop)));
            terminal.Out.WriteLine($"{clips} clips in {parse.GetValue(target)}");
        });
        return verb;
    }
}
