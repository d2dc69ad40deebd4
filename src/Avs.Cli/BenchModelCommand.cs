using System.CommandLine;
using System.Globalization;
using Avs.Bench;
using Avs.Core;
using Avs.Train.Training;
using TorchSharp;

namespace Avs.Cli;

/// <summary>`avs bench model`</summary>
internal static class BenchModelCommand
{
    public static Verb Create(Terminal terminal)
    {
        var name = new Argument<string>("NAME") { Description = "A model; 'avs models' lists them." };
        var clips = CommonOptions.Count("--clips", "Clips in a batch, five frames each.", 1);
        var threads = CommonOptions.Count("--threads", "Threads that an operator may use.", 2);
        var rounds = CommonOptions.Count("--rounds", "Measurements; the median counts.", 5);
        var device = CommonOptions.Device();
        var tf32 = new Option<bool>("--tf32") { Description = "Let CUDA compute float32 products in TF32." };
        var bf16 = new Option<bool>("--bf16")
        {
            Description = "Compute forward and backward under bfloat16 autocast, and the plain convolution and product beside them too.",
        };
        var json = CommonOptions.Json("the figures");
        var verb = new Verb(
            "model",
            "What a model costs with random weights: operations, milliseconds a clip for inference and for a training step (forward, " +
            "losses, backward, optimizer), peak memory, and the share it reaches of what a plain convolution or matrix product reaches " +
            "on this machine between the rounds.",
            "avs bench model ecmvae_resnet50",
            "avs bench model tpavi_pvt_v2_b5 --threads 2 --rounds 7 --json")
        {
            name, clips, threads, rounds, device, tf32, bf16, json,
        };
        verb.SetAction(parse =>
        {
            var asJson = parse.GetValue(json);
            var where = CommonOptions.ParseDevice(parse.GetValue(device)!);
            if (parse.GetValue(tf32) && where.type != DeviceType.CUDA)
                throw new UsageException("--tf32 is how CUDA devices multiply, so it needs --device cuda");
            var options = new ModelBenchmarkOptions(parse.GetValue(name)!, where)
            {
                Clips = parse.GetValue(clips),
                Threads = parse.GetValue(threads),
                Rounds = parse.GetValue(rounds),
                Tf32 = parse.GetValue(tf32),
                Precision = parse.GetValue(bf16) ? Precision.Bf16 : Precision.Fp32,
                Report = terminal.Error.WriteLine,
            };
            var report = ModelBenchmark.Run(options);
            if (asJson)
                terminal.Out.WriteLine(ModelBenchmarkJson.From(report, options).ToJson());
            else
                Print(terminal.Out, report, options);
        });
        return verb;
    }

    private static void Print(TextWriter output, ModelBenchmarkReport report, ModelBenchmarkOptions options)
    {
        void Line(FormattableString text) => output.WriteLine(FormattableString.Invariant(text));
        void Row(string name, WorkCost cost)
        {
            var time = string.Create(CultureInfo.InvariantCulture, $"{name,-14}  {1000 * cost.Seconds / options.Clips,8:0}");
            var operations = $"{Figure(cost.Gflop / options.Clips),10}  {Figure(cost.GflopPerSecond),8}  {Figure(cost.RoofShare, "0 %"),7}";
            output.WriteLine($"{time}  {operations}  {Figure(cost.PeakGigabytes, "0.00"),7}");
        }

        var precision = options.Precision == Precision.Bf16 ? "bf16 autocast" : "fp32";
        var settings = $"{options.Clips} x {options.Frames} frames, {options.Threads} threads, {precision}, median of {options.Rounds}";
        Line($"{report.Model}: {report.Parameters:N0} parameters; {settings}");
        Line($"{"",-14}  {"ms/clip",8}  {"GFLOP/clip",10}  {"GFLOP/s",8}  {"of roof",7}  {"peak GB",7}");
        Row("inference", report.Inference);
        Row("training step", report.TrainStep);
        if (report.AudioNetwork is { } audio)
            Row("audio network", audio);
        Line($"roof: {report.RoofGflops:0} GFLOP/s, the better of a 3x3 convolution and a matrix product between the rounds");
        if (report.AudioNetwork is not null)
            Line($"audio network: frozen, so a cache runs it once for a data set; not part of the other rows");
    }

    private static string Figure(double? value, string format = "0.0") => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
