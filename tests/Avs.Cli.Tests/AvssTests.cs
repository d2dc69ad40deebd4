using Avs.Data.Tests.AvsBench;
using Avs.Train.Runs;
using NAudio.Wave;
using static TorchSharp.torch;

namespace Avs.Cli.Tests;

/// <summary>Models cannot be trained or measured on AVSS yet: each way to ask for it says so.</summary>
public sealed class AvssTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    public AvssTests()
    {
        File.WriteAllText(folder.At("avss.yaml"), "name: x\ndata:\n  subset: avss\n");
        File.WriteAllText(folder.At("weights.yaml"), $"data: {{subset: avss}}\nmodel: {{weights: {folder.At("trained.safetensors")}}}\n");
        File.WriteAllText(folder.At("s4.yaml"), "name: x\n");
        using (var model = nn.Linear(1, 1))
            Checkpoint.Write(folder.At("trained.safetensors"), model, "data: {subset: avss}\n", 1);
        Directory.CreateDirectory(folder.At("run"));
        File.Copy(folder.At("avss.yaml"), folder.At("run/config.yaml"));
        foreach (var file in (string[])["run/best.safetensors", "run/last.state.safetensors"])
            File.Copy(folder.At("trained.safetensors"), folder.At(file));
        TinyBench.WriteRgb(folder.At("frames/clip_1.png"), 8, 8, (_, _) => (1, 2, 3));
        TinyBench.WriteWave(folder.At("frames/clip.wav"), new WaveFormat(16_000, 16, 1), 1, _ => 0);
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("train @avss.yaml")]
    [InlineData("train @s4.yaml --set data.subset=avss")]
    [InlineData("train --resume @run")]
    [InlineData("eval @run")]
    [InlineData("eval @trained.safetensors")]
    [InlineData("eval @weights.yaml")]
    [InlineData("predict @run @frames --out @out")]
    [InlineData("predict @trained.safetensors @frames --out @out")]
    [InlineData("data cache @avss.yaml")]
    [InlineData("demo --config @avss.yaml")]
    [InlineData("bench data --config @avss.yaml")]
    public void It_is_refused_in_one_sentence_with_exit_code_2(string line)
    {
        var typed = Typed.Line(line.Replace("@", folder.At("") + "/").Split(' '));

        Assert.Equal(2, typed.Code);
        Assert.EndsWith(
            ": data.subset: found 'avss', expected s4 or ms3: models cannot be trained or measured on AVSS yet", typed.Sentence);
        Assert.False(Directory.Exists(folder.At("out")));
    }
}
