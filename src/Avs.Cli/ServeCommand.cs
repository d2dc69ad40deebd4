using System.CommandLine;
using System.Net;
using Avs.Core;
using Avs.Data.Clips;
using Avs.Serve;
using Avs.Serve.Http;
using static TorchSharp.torch;

namespace Avs.Cli;

/// <summary>`avs serve RUN`</summary>
internal static class ServeCommand
{
    private const int SignalOfTerminal = 130; // Ctrl-C, which is how a server ends

    public static Command Create(Terminal terminal)
    {
        var run = new Argument<string>("RUN") { Description = "The folder of a run of segmentation, or a checkpoint." };
        var (data, split, device) = (CommonOptions.DataOfRun(), CommonOptions.Split("The split to show."), CommonOptions.Device());
        split.Description = "The split whose clips are offered.";
        var usual = new ServeOptions();
        var host = new Option<string>("--host")
        {
            Description = "The address to listen at; 0.0.0.0 lets other machines in, without any password.",
            HelpName = "ADDRESS",
            DefaultValueFactory = _ => usual.Host.ToString(),
        };
        var port = CommonOptions.Count("--port", "The port to listen at; 0: a free one.", 8008, least: 0);
        var work = new Option<string?>("--work")
        {
            Description = "A new folder for uploads and results, which stays. Default: one in the cache, removed at the end.",
            HelpName = "DIR",
        };
        var size = CommonOptions.Count("--max-size", "Megabytes of an uploaded file at most.", (int)(usual.MostBytes / 1_000_000));
        var seconds = CommonOptions.Count("--max-seconds", "Length of a video at most.", usual.LongestSeconds);
        var time = CommonOptions.Count("--max-time", "Seconds for an upload, and then for the work on it.",
            (int)usual.LongestJob.TotalSeconds);
        var queue = CommonOptions.Count("--queue", "Jobs that may wait; further ones are refused.", usual.QueueLength);
        var kept = CommonOptions.Count("--keep", "Results that are kept; the oldest go.", usual.KeptJobs);
        var verb = new Verb("serve",
            "A local web page: drop a video or take a clip, see what the model finds, turn the sound off or give it another.",
            "avs serve runs/demo/short",
            "avs serve runs/demo/short --port 0 --split val --data data/avs-stamps",
            "avs serve runs/demo/short --host 0.0.0.0 --max-size 20 --max-seconds 30")
        {
            run, data, split, host, port, work, size, seconds, time, queue, kept, device,
        };
        verb.SetAction(parse =>
        {
            var options = usual with
            {
                Host = ParseHost(parse.GetValue(host)!),
                Port = parse.GetValue(port) is var number and <= IPEndPoint.MaxPort
                    ? number
                    : throw new UsageException($"--port: found {parse.GetValue(port)}, expected 0 to {IPEndPoint.MaxPort}"),
                WorkFolder = parse.GetValue(work),
                MostBytes = parse.GetValue(size) * 1_000_000L,
                LongestSeconds = parse.GetValue(seconds),
                LongestJob = TimeSpan.FromSeconds(parse.GetValue(time)),
                QueueLength = parse.GetValue(queue),
                KeptJobs = parse.GetValue(kept),
            };
            var path = parse.GetValue(run)!;
            if (EvalOptions.FindTask(path) is var task && task != EvalOptions.Segmentation)
                throw new UsageException($"'{path}' is a run of the task '{task}', and only segmenters can be shown a video");
            return Serve(terminal, path, parse.GetValue(data), CommonOptions.Chosen<Split>(parse.GetValue(split)!),
                CommonOptions.ParseDevice(parse.GetValue(device)!), options);
        });
        return verb;
    }

    private static int Serve(Terminal terminal, string path, string? data, Split split, Device device, ServeOptions options)
    {
        using var signals = new StopSignals();
        using var run = ServedRun.Open(path, data, split, device);
        if (run.Clips is null)
            terminal.Error.WriteLine($"note: no clips are offered: {run.WhyNoClips}");
        Listen(terminal, run, options, signals.Token).GetAwaiter().GetResult();
        return signals.ExitCode == SignalOfTerminal ? 0 : signals.ExitCode;
    }

    private static async Task Listen(Terminal terminal, ServedRun run, ServeOptions options, CancellationToken stop)
    {
        await using var server = await PageServer.StartAsync(run, options, terminal.Error.WriteLine);
        terminal.Out.WriteLine($"{run.Name} is at {server.Address} until Ctrl-C ends it");
        terminal.Out.Flush();
        try
        {
            await Task.Delay(Timeout.Infinite, stop);
        }
        catch (OperationCanceledException)
        {
            terminal.Error.WriteLine("stopped");
        }
    }

    private static IPAddress ParseHost(string text) => text == "localhost"
        ? IPAddress.Loopback
        : IPAddress.TryParse(text, out var address)
            ? address
            : throw new UsageException(
                $"--host: found '{text}', expected an address such as 127.0.0.1, or 0.0.0.0 for all of this machine's");
}
