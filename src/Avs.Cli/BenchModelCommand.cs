using System.CommandLine;
using System.Globalization;
using System.Text.Json;
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
        var bf16 = new Option<bool>("--bf16") { Description = "Compute forward and backward under bfloat16 autocast, and the plain convolution and product beside them too." };
        var json = CommonOptions.Json("the figures");
        var verb = new Verb(
            "model",
            "What a model costs with random weights: operations, milliseconds a clip for inference and for a training step (forward, losses, backward, optimizer), " +
            "peak memory, and the share it reaches of what a plain convolution or matrix product reaches on this machine between the rounds.",
            "avs bench model ecmvae_resnet50",
            "avs bench model tpavi_pvt_v2_b5 --threads 2 --rounds 7 --json") { name, clips, threads, rounds, device, tf32, bf16, json };
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
                Says = terminal.Error.WriteLine,
            };
            var report = ModelBenchmark.Run(options);
            if (asJson)
                terminal.Out.WriteLine(Json(report, options));
            else
                Print(terminal.Out, report, options);
        });
        return verb;
    }

    private static void Print(TextWriter output, ModelBenchmarkReport report, ModelBenchmarkOptions options)
    {
        FormattableString head =
            $"{report.Model}: {report.Parameters:N0} parameters; {options.Clips} x {options.Frames} frames, {options.Threads} threads, {Named(options.Precision)}, median of {options.Rounds}";
        output.WriteLine(FormattableString.Invariant(head));
        output.WriteLine($"{"",-14}  {"ms/clip",8}  {"GFLOP/clip",10}  {"GFLOP/s",8}  {"of roof",7}  {"peak GB",7}");
        Row("inference", report.Inference);
        Row("training step", report.TrainStep);
        if (report.Hearing is { } hearing)
            Row("hearing", hearing);
        output.WriteLine(FormattableString.Invariant($"roof: {report.RoofGflops:0} GFLOP/s, the better of a 3x3 convolution and a matrix product between the rounds"));
        if (report.Hearing is not null)
            output.WriteLine("hearing: the frozen audio network, which a cache runs once for a data set; not part of the other rows");

        void Row(string name, WorkCost cost) => output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-14}  {1000 * cost.Seconds / options.Clips,8:0}  {Figure(cost.Gflop / options.Clips),10}  {Figure(cost.GflopPerSecond),8}  {Share(cost.RoofShare),7}  {Figure(cost.PeakGigabytes, "0.00"),7}"));
    }

    private static string Named(Precision precision) => precision == Precision.Bf16 ? "bf16 autocast" : "fp32";

    private static string Figure(double? value, string format = "0.0") => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";

    private static string Share(double? value) => value?.ToString("0 %", CultureInfo.InvariantCulture) ?? "-";

    // Times are of the whole batch, as are operations.
    private static string Json(ModelBenchmarkReport report, ModelBenchmarkOptions options) => JsonSerializer.Serialize(new
    {
        model = report.Model,
        clips = options.Clips,
        threads = options.Threads,
        precision = options.Precision == Precision.Bf16 ? "bf16" : "fp32",
        parameters = report.Parameters,
        inference_s = report.Inference.Seconds,
        train_step_s = report.TrainStep.Seconds,
        hearing_s = report.Hearing?.Seconds,
        peak_gb = report.TrainStep.PeakGigabytes,
        inference_peak_gb = report.Inference.PeakGigabytes,
        gflop = report.Inference.Gflop,
        train_gflop = report.TrainStep.Gflop,
        roof_gflops = report.RoofGflops,
        roof_share = report.RoofShare,
        inference_roof_share = report.Inference.RoofShare,
        train_roof_share = report.TrainStep.RoofShare,
    });
}
