using Avs.Core.Formats;
using Avs.Core.Formats.Pickle;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Avs.Models.Tests.Weights;

/// <summary>A folder of small files of weights, gone after the test.</summary>
public sealed class WeightsFolder : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("weights").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public string At(string name) => Path.Combine(folder, name);

    /// <summary>A file of PyTorch 1.13 out of the parity fixtures.</summary>
    public static string Fixture(string name) => Repository.At($"tests/parity/{name}");

    /// <summary>The network whose state dict the fixtures hold.</summary>
    public static Sequential Network() => nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Linear(4, 2));

    /// <summary>Its entries' names and shapes.</summary>
    public static IReadOnlyList<(string Name, long[] Shape)> Entries { get; } =
    [
        ("0.weight", [4, 3, 3, 3]), ("0.bias", [4]), ("1.weight", [4]), ("1.bias", [4]), ("1.running_mean", [4]), ("1.running_var", [4]),
            ("2.weight", [2, 4]), ("2.bias", [2]),
    ];

    /// <summary>Float32 numbers 0, 1, 2, …</summary>
    public static NumberArray Counting(params long[] shape)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < shape.Aggregate(1L, (product, size) => product * size); i++) bytes.AddRange(BitConverter.GetBytes((float)i));
        return new NumberArray(ElementType.F32, shape, bytes.ToArray());
    }

    /// <summary>Writes tensors in the format of the name.</summary>
    public string Write(string name, params IEnumerable<(string Name, NumberArray Value)> tensors)
    {
        if (name.EndsWith(".safetensors", StringComparison.Ordinal))
            SafetensorsWriter.Write(At(name),
                tensors.Select(entry => new SafetensorsValue(entry.Name, entry.Value.Type, entry.Value.Shape, entry.Value.Bytes)));
        else TorchZipWriter.Write(At(name), tensors);
        return At(name);
    }
}
