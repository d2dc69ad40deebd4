using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Avs.Core;
using Avs.Core.Formats;
using Avs.Parity.Comparison;

namespace Avs.Parity.Tests;

/// <summary>The comparison itself, on copies of one small case that are changed a little.</summary>
public sealed class ComparisonTests : IDisposable
{
    private const string Source = "11_metrics";
    private readonly string folder = Directory.CreateTempSubdirectory("parity").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_case_passes_under_another_name()
    {
        Copy(item => item["case"] = "some other name");
        var result = Assert.Single(ParityRunner.Run(folder));
        Assert.Equal(("some other name", CaseStatus.Ok), (result.Name, result.Status));
        Assert.InRange(result.Worst, 0, result.Tolerance);
    }

    [Fact]
    public void A_reference_off_by_more_than_its_tolerance_fails()
    {
        Copy(values: Changed("batch0/miou", value => value * 1.001));
        var result = Assert.Single(ParityRunner.Run(folder));
        Assert.Equal(CaseStatus.Fail, result.Status);
        Assert.Contains("batch0/miou", result.Detail);
        Assert.InRange(result.Worst, 0.0009, 0.0011);
        Assert.Equal(2e-6, result.Tolerance);
    }

    [Fact]
    public void A_reference_off_by_less_than_its_tolerance_passes()
    {
        Copy(values: Changed("batch0/miou", value => value * (1 + 5e-7)));
        Assert.Equal(CaseStatus.Ok, Assert.Single(ParityRunner.Run(folder)).Status);
    }

    [Fact]
    public void A_wrong_sum_of_the_whole_tensor_fails()
    {
        Copy(values: Changed("batch0/frame0/recall.stats", value => value * 1.01));
        var result = Assert.Single(ParityRunner.Run(folder));
        Assert.Equal(CaseStatus.Fail, result.Status);
        Assert.Contains("sum", result.Detail);
    }

    [Fact]
    public void A_reference_of_another_shape_fails()
    {
        Copy(item => item["outputs"]!["batch0/iou_per_frame"]!["shape"] = new JsonArray(19));
        var result = Assert.Single(ParityRunner.Run(folder));
        Assert.Equal(CaseStatus.Fail, result.Status);
        Assert.Contains("20 elements where the reference has shape [19]", result.Detail);
    }

    [Theory]
    [InlineData(1, 2.0, true)]
    [InlineData(2, 2.0, false)]
    [InlineData(1, 0.01, false)]
    public void One_step_of_those_stored_may_have_the_other_sign_where_the_reference_s_own_signs_waver(int flipped, double noise,
        bool passes)
    {
        const int Count = 100;
        double[] steps = [.. Enumerable.Range(0, Count).Select(i => i % 3 == 0 ? -1e-4 : 1e-4)];
        Assert.Equal(passes, StepsPass(steps, flipped, noise));
    }

    // Of 100 steps 75 are nothing, because no gradient comes there: one that turns is 2/5 of the others, not 2/10.
    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void Steps_of_nothing_do_not_make_one_that_turns_smaller(int flipped, bool passes)
    {
        const int Count = 100;
        double[] steps = [.. Enumerable.Range(0, Count).Select(i => i < 25 ? 1e-4 : 0)];
        Assert.Equal(passes, StepsPass(steps, flipped, 2));
    }

    private bool StepsPass(double[] steps, int flipped, double noise)
    {
        var path = Path.Combine(folder, "steps.safetensors");
        SafetensorsWriter.Write(path,
            [new SafetensorsValue("step/w", ElementType.F64, [steps.Length], MemoryMarshal.AsBytes<double>(steps).ToArray())]);
        var output = new ParityOutput { Shape = [steps.Length], Kind = "step", Dtype = "float64", NoiseMax = noise, TolL2 = 0.08 };
        var item = new ParityCase { Name = "steps", File = path, Outputs = new Dictionary<string, ParityOutput> { ["step/w"] = output } };
        using var reference = SafetensorsFile.Open(path);
        var outputs = new CaseOutputs(item, reference);
        for (var i = 0; i < flipped; i++) steps[i] = -steps[i];
        outputs.Give("step/w", steps);
        return outputs.Result().Status == CaseStatus.Ok;
    }

    // What a step is part of wavers with it: 100 weights of 0.02 have the norm 0.2, of which one turned step of 1e-4 is a thousandth.
    [Theory]
    [InlineData(1, 2.0, true)]
    [InlineData(2, 2.0, false)]
    [InlineData(1, 0.01, false)]
    public void New_values_may_differ_by_the_one_step_that_may_have_the_other_sign(int flipped, double noise, bool passes)
    {
        const int Count = 100;
        double[] values = [.. Enumerable.Repeat(0.02, Count)];
        var path = Path.Combine(folder, "steps.safetensors");
        SafetensorsWriter.Write(path,
            [new SafetensorsValue("new/w", ElementType.F64, [Count], MemoryMarshal.AsBytes<double>(values).ToArray())]);
        var item = new ParityCase
        {
            Name = "steps",
            File = path,
            Outputs = new Dictionary<string, ParityOutput>
            {
                ["new/w"] = new() { Shape = [Count], Kind = "new", TolL2 = 1e-4 },
                ["step/w"] = new() { Shape = [Count], Kind = "step", NoiseMax = noise, TolL2 = 0.05 },
            },
        };
        using var reference = SafetensorsFile.Open(path);
        var outputs = new CaseOutputs(item, reference);
        for (var i = 0; i < flipped; i++) values[i] += 2e-4;
        outputs.Give("new/w", values);
        Assert.Equal(passes, outputs.Result().Status != CaseStatus.Fail);
    }

    [Fact]
    public void A_case_of_an_unknown_kind_is_not_covered()
    {
        Copy(item =>
        {
            item["weights"] = new JsonArray(new JsonObject { ["module"] = "Unheard", ["prefix"] = "" });
            item["inputs"] = new JsonObject();
        });
        var result = Assert.Single(ParityRunner.Run(folder));
        Assert.Equal("not covered", result.StatusText);
        Assert.NotEmpty(result.Detail);
    }

    [Fact]
    public void An_output_without_a_rule_makes_a_case_not_covered()
    {
        Copy(item => item["outputs"]!["batch0/dice"] = item["outputs"]!["batch0/miou"]!.DeepClone());
        var result = Assert.Single(ParityRunner.Run(folder));
        Assert.Equal(CaseStatus.NotCovered, result.Status);
        Assert.Contains("'batch0/dice'", result.Detail);
    }

    [Fact]
    public void A_missing_reference_file_fails_in_one_sentence()
    {
        Copy();
        File.Delete(Path.Combine(folder, Source + ".safetensors"));
        var result = Assert.Single(ParityRunner.Run(folder));
        Assert.Equal(CaseStatus.Fail, result.Status);
        Assert.Contains("does not exist", result.Detail);
    }

    [Fact]
    public void A_truncated_reference_file_fails_in_one_sentence()
    {
        Copy();
        var path = Path.Combine(folder, Source + ".safetensors");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^3]);
        var result = Assert.Single(ParityRunner.Run(folder));
        Assert.Equal(CaseStatus.Fail, result.Status);
        Assert.Contains("cut short", result.Detail);
    }

    [Theory]
    [InlineData("{", "is not a parity manifest")]
    [InlineData("{}", "is not a parity manifest")]
    [InlineData("""{"cases": [{"inputs": {}}]}""", "is not a parity manifest")]
    [InlineData("""{"cases": [null]}""", "is not a parity manifest")]
    public void A_broken_manifest_is_told_in_one_sentence(string text, string expected)
    {
        File.WriteAllText(Path.Combine(folder, "manifest.json"), text);
        Assert.Contains(expected, Assert.Throws<DataException>(() => ParityRunner.Run(folder)).Message);
    }

    [Fact]
    public void A_folder_without_a_manifest_is_told_in_one_sentence() =>
        Assert.Contains("has no manifest.json", Assert.Throws<DataException>(() => ParityRunner.Run(folder)).Message);

    private static Func<SafetensorsValue, SafetensorsValue> Changed(string name, Func<double, double> change) => value =>
    {
        if (value.Name != name) return value;
        var bytes = value.Type == ElementType.F32
            ? BitConverter.GetBytes((float)change(BitConverter.ToSingle(value.Bytes.Span)))
            : BitConverter.GetBytes(change(BitConverter.ToDouble(value.Bytes.Span)));
        return value with { Bytes = (byte[])[.. bytes, .. value.Bytes.Span[bytes.Length..]] };
    };

    private void Copy(Action<JsonNode>? change = null, Func<SafetensorsValue, SafetensorsValue>? values = null)
    {
        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(ParityFolder.Path, "manifest.json")))!;
        var item = manifest["cases"]!.AsArray().Single(node => (string?)node!["case"] == Source)!.DeepClone();
        change?.Invoke(item);
        File.WriteAllText(Path.Combine(folder, "manifest.json"),
            new JsonObject { ["format"] = 1, ["cases"] = new JsonArray(item) }.ToJsonString());

        using var file = SafetensorsFile.Open(Path.Combine(ParityFolder.Path, Source + ".safetensors"));
        var all = file.Entries.Values.OrderBy(entry => entry.Start)
            .Select(entry => new SafetensorsValue(entry.Name, entry.Type, entry.Shape, file.ReadBytes(entry.Name)));
        SafetensorsWriter.Write(Path.Combine(folder, Source + ".safetensors"), values is null ? all : all.Select(values));
    }
}
