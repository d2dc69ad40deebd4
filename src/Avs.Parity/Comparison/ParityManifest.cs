using System.Text.Json;
using System.Text.Json.Serialization;
using Avs.Core;

namespace Avs.Parity.Comparison;

/// <summary>A parity folder's <c>manifest.json</c>: what to compute, from which numbers, and how near it must come.</summary>
/// <param name="Cases">Every case, in the order of the file.</param>
public sealed record ParityManifest(IReadOnlyList<ParityCase> Cases)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Reads the manifest of a folder.</summary>
    /// <exception cref="DataException">There is none, or it is not of this format.</exception>
    public static ParityManifest Read(string folder)
    {
        var path = Path.Combine(folder, "manifest.json");
        if (!Directory.Exists(folder)) throw new DataException($"The parity folder {folder} does not exist.");
        if (!File.Exists(path)) throw new DataException($"The parity folder {folder} has no manifest.json.");
        try
        {
            using var stream = File.OpenRead(path);
            var manifest = JsonSerializer.Deserialize<ParityManifest>(stream, Options) ?? throw new JsonException("it is empty");
            if (manifest.Cases is null) throw new JsonException("it has no \"cases\"");
            if (manifest.Cases.Any(item => item is null || string.IsNullOrEmpty(item.Name)))
                throw new JsonException("one of its cases has no \"case\" name");
            return manifest with { Cases = [.. manifest.Cases.Select(item => item with { Folder = folder })] };
        }
        catch (JsonException cause)
        {
            throw new DataException($"{path} is not a parity manifest: {cause.Message.ReplaceLineEndings(" ")}", cause);
        }
    }
}

/// <summary>One case of a parity manifest.</summary>
public sealed record ParityCase
{
    /// <summary>The case's name: a label only, nothing is decided by it.</summary>
    [JsonPropertyName("case")]
    public required string Name { get; init; }

    /// <summary>The safetensors file with the reference values, beside the manifest.</summary>
    public string File { get; init; } = "";

    /// <summary>What the case is, for people.</summary>
    public string What { get; init; } = "";

    /// <summary><c>train</c>, <c>eval</c> or null where no module is involved.</summary>
    public string? Mode { get; init; }

    /// <summary>Choices of the model or the losses.</summary>
    public IReadOnlyDictionary<string, JsonElement> Config { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Modules whose weights are filled.</summary>
    public IReadOnlyList<ParityWeights> Weights { get; init; } = [];

    /// <summary>Inputs by key.</summary>
    public IReadOnlyDictionary<string, ParityInput> Inputs { get; init; } = new Dictionary<string, ParityInput>();

    /// <summary>Injected noise in the order of the reference's draws.</summary>
    public IReadOnlyList<ParityNoise> Eps { get; init; } = [];

    /// <summary>What is compared, by name.</summary>
    public IReadOnlyDictionary<string, ParityOutput> Outputs { get; init; } = new Dictionary<string, ParityOutput>();

    /// <summary>CRC-32 of some names, where the fill rule itself is the subject.</summary>
    public IReadOnlyDictionary<string, uint> Crc32 { get; init; } = new Dictionary<string, uint>();

    /// <summary>Remarks; some say how an input is used.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Serialised files to be read back.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Numbers and texts that a serialised file holds beside its tensors, by their place in it.</summary>
    public IReadOnlyDictionary<string, JsonElement> PlainValues { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>For tensors of a serialised file, by the last part of their name: sizes, strides and offset in their storage.</summary>
    public IReadOnlyDictionary<string, JsonElement> Strides { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Tensors of a serialised file that are views of one storage.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Shared { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>
    /// Whether the tensor of a serialised file was saved as one that gradients are wanted of; null where the case does not say.
    /// </summary>
    public bool? RequiresGrad { get; init; }

    /// <summary>The folder that the case's files lie in.</summary>
    [JsonIgnore]
    public string Folder { get; init; } = "";

    /// <summary>Whether the modules are in training mode.</summary>
    [JsonIgnore]
    public bool Training => Mode == "train";

    /// <summary>Whether every one of these inputs is there.</summary>
    public bool HasInputs(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (!Inputs.ContainsKey(name)) return false;
        return true;
    }

    /// <summary>A whole number of the configuration.</summary>
    public int Number(string key, int otherwise) =>
        Config.TryGetValue(key, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt32() : otherwise;

    /// <summary>A word of the configuration.</summary>
    public string Text(string key, string otherwise) =>
        Config.TryGetValue(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : otherwise;

    /// <summary>The backbone that the configuration names, as this program calls it.</summary>
    /// <exception cref="NotCoveredException">It is another than the authors'.</exception>
    public string Backbone(string key) => Text(key, "resnet") switch
    {
        "resnet" => "resnet50",
        "pvt" => "pvt_v2_b5",
        var other => throw new NotCoveredException($"no backbone '{other}'"),
    };
}

/// <summary>One module whose weights are filled.</summary>
/// <param name="Module">The reference's name of the module.</param>
/// <param name="Prefix">Text before each key when its hash is taken.</param>
/// <param name="Keys">File of <c>keys/</c> that lists its state dict, if any.</param>
public sealed record ParityWeights(string Module, string Prefix, string? Keys);

/// <summary>One injected noise tensor.</summary>
/// <param name="Latent">Where it enters.</param>
/// <param name="Name">What the hash is taken of.</param>
/// <param name="Shape">Sizes.</param>
public sealed record ParityNoise(string Latent, string Name, IReadOnlyList<long> Shape);

/// <summary>One input and the rule that makes it.</summary>
public sealed record ParityInput
{
    /// <summary><c>uniform</c>, <c>blocky</c>, <c>disks</c> or <c>waveform</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>What the hash is taken of.</summary>
    public required string Name { get; init; }

    public required IReadOnlyList<long> Shape { get; init; }

    /// <summary>Lower bound.</summary>
    public double Lo { get; init; }

    /// <summary>Upper bound.</summary>
    public double Hi { get; init; }

    /// <summary>Side of a block in pixels.</summary>
    public int Block { get; init; } = 1;

    /// <summary>Frames without a disk.</summary>
    public IReadOnlyList<int> Empty { get; init; } = [];

    /// <summary>Samples per second.</summary>
    public int SampleRate { get; init; } = 16000;

    /// <summary>Per channel, its tones: frequency in hertz, amplitude, phase in radians.</summary>
    public IReadOnlyList<IReadOnlyList<IReadOnlyList<double>>> Components { get; init; } = [];

    /// <summary>Amplitude of the noise.</summary>
    public double Noise { get; init; }

    /// <summary>Whether samples are rounded to 16 bits.</summary>
    public bool Int16 { get; init; }
}

/// <summary>One reference value: how it is stored and how near a result must come.</summary>
public sealed record ParityOutput
{
    /// <summary>Sizes of the whole tensor.</summary>
    public IReadOnlyList<long> Shape { get; init; } = [];

    /// <summary>Element type of the reference.</summary>
    public string Dtype { get; init; } = "float32";

    /// <summary><c>fwd</c>, <c>grad</c>, <c>scalar</c>, <c>step</c> or <c>new</c>.</summary>
    public string Kind { get; init; } = "fwd";

    /// <summary><c>full</c> or <c>stride</c>.</summary>
    public string Stored { get; init; } = "full";

    /// <summary>First stored element.</summary>
    public long Start { get; init; }

    /// <summary>Distance between stored elements.</summary>
    public long Step { get; init; } = 1;

    /// <summary>Number of stored elements.</summary>
    public long Count { get; init; }

    /// <summary>Largest difference between the reference's own float32 and float64 results, relative to the largest value.</summary>
    public double? NoiseMax { get; init; }

    /// <summary>Bound on the relative L2 error; 0 means bit for bit.</summary>
    public double? TolL2 { get; init; }

    /// <summary>Bound on the largest error relative to the largest reference value.</summary>
    public double? TolMax { get; init; }

    /// <summary>Bound on the largest absolute error.</summary>
    public double? TolAbs { get; init; }
}
