using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Avs.Core.Formats;
using Avs.Data.Audio;
using Avs.Data.Clips;
using Avs.Data.Prepare;
using Avs.Parity.Comparison;

namespace Avs.Parity.Tests;

/// <summary>Public cases at other sizes: maps that are not square, sounds that are not whole seconds.</summary>
public sealed class OtherSizesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("parity").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // Golden: the module in PyTorch 1.13 (CPU, float64), weights and inputs by the fill rule under this name; it gives the public 4x4 case
    // as well.
    [Fact]
    public void The_information_bound_of_a_map_of_3_by_2_is_the_reference_s()
    {
        Write("07_mi_lower_bound_module", "mi_3x2", item =>
        {
            foreach (var (key, _) in item["inputs"]!.AsObject()) item["inputs"]![key]!["name"] = $"input:mi_3x2/{key}";
            item["inputs"]!["visual"]!["shape"] = new JsonArray(5, 128, 3, 2);
            item["outputs"] = new JsonObject
            {
                ["loss"] = new JsonObject
                {
                    ["shape"] = new JsonArray(),
                    ["kind"] = "scalar",
                    ["tol_l2"] = 1e-5
                }
            };
        }, [Number("loss", -0.6640532049520145)]);
        var result = Assert.Single(ParityRunner.Run(folder));
        Assert.True(result.Status == CaseStatus.Ok, result.Detail);
    }

    [Theory]
    [InlineData(56_000, 3)] // 3.5 s
    [InlineData(80_000, 5)]
    [InlineData(92_400, 5)] // 5.775 s hold a sixth
    public void A_pickled_log_mel_of_a_sound_of_any_length_has_five_examples(int samples, int own)
    {
        var wave = ParityFolder.Case("12_pkl").Inputs["wave"] with { Shape = [samples] };
        var examples = LogMelFrontEnd.Compute([.. HashFill.Waveform(wave).Select(sample => sample / 32768)], 16_000);
        float[] released = [.. Enumerable.Range(0, 5)
            .SelectMany(k => examples.AsSpan(Math.Min(k, own - 1) * Clip.LogMelSize, Clip.LogMelSize).ToArray())];
        File.WriteAllBytes(Path.Combine(folder, "clip.pkl"), LogMelPickle.Encode(released));
        Write("12_pkl", "pkl", item =>
        {
            item["files"] = new JsonArray("clip.pkl");
            item["requires_grad"] = false;
            item["inputs"]!["wave"]!["shape"] = new JsonArray(samples);
        }, [new SafetensorsValue("log_mel", ElementType.F32, [5, 1, 96, 64], MemoryMarshal.AsBytes<float>(released).ToArray())]);
        var result = Assert.Single(ParityRunner.Run(folder));
        Assert.True(result.Status == CaseStatus.Ok, result.Detail);
    }

    private static SafetensorsValue Number(string name, double value) => new(name, ElementType.F64, [], BitConverter.GetBytes(value));

    private void Write(string source, string name, Action<JsonNode> change, SafetensorsValue[] expected)
    {
        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(ParityFolder.Path, "manifest.json")))!;
        var item = manifest["cases"]!.AsArray().Single(node => (string?)node!["case"] == source)!.DeepClone();
        item["case"] = name;
        item["file"] = name + ".safetensors";
        change(item);
        File.WriteAllText(Path.Combine(folder, "manifest.json"),
            new JsonObject { ["format"] = 1, ["cases"] = new JsonArray(item) }.ToJsonString());
        SafetensorsWriter.Write(Path.Combine(folder, name + ".safetensors"), expected);
    }
}
