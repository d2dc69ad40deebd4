using Google.Protobuf;

namespace Avs.Core.Formats;

/// <summary>One operator of an ONNX graph, with the names of the tensors that go in and come out.</summary>
public sealed record OnnxNode(string Operator, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs);

/// <summary>
/// The operators and float32 weights of an ONNX file. Of the format's messages four are read, a dozen fields of theirs, by
/// Google.Protobuf's stream: TorchSharp brings it along, and classes generated from the whole format would be longer than this.
/// </summary>
public sealed class OnnxGraph
{
    // A field's number and its kind on the wire: 0 a number, 2 a length and that many bytes (onnx.proto3).
    private const uint ModelGraph = 7 << 3 | 2;
    private const uint GraphNode = 1 << 3 | 2, GraphInitializer = 5 << 3 | 2;
    private const uint NodeInput = 1 << 3 | 2, NodeOutput = 2 << 3 | 2, NodeOperator = 4 << 3 | 2;
    private const uint TensorSize = 1 << 3, TensorSizes = 1 << 3 | 2, TensorType = 2 << 3, TensorFloats = 4 << 3 | 2,
        TensorName = 8 << 3 | 2, TensorBytes = 9 << 3 | 2;

    private const int Float32 = 1; // TensorProto.DataType.FLOAT

    private readonly string source;
    private readonly List<OnnxNode> nodes = [];
    private readonly Dictionary<string, NumberArray> weights = new(StringComparer.Ordinal);

    private OnnxGraph(string source) => this.source = source;

    /// <summary>In the order in which they can run.</summary>
    public IReadOnlyList<OnnxNode> Nodes => nodes;

    /// <summary>Reads a file.</summary>
    /// <param name="source">What errors call it.</param>
    /// <param name="file">Its bytes.</param>
    /// <exception cref="DataException">They are cut short or no ONNX file.</exception>
    public static OnnxGraph Read(string source, byte[] file)
    {
        var graph = new OnnxGraph(source);
        try
        {
            foreach (var (_, input) in Fields(UnsafeByteOperations.UnsafeWrap(file), ModelGraph))
                graph.Add(input.ReadBytes());
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new DataException($"{source} is cut short or damaged, or no ONNX file: found {file.Length} bytes, "
                + FileKind.Describe(file.AsSpan(0, Math.Min(512, file.Length))), e);
        }
        return graph.nodes.Count > 0 ? graph : throw new DataException(
            $"{source} is not an ONNX file: found {FileKind.Describe(file.AsSpan(0, Math.Min(512, file.Length)))}");
    }

    /// <summary>The float32 weight of a name.</summary>
    /// <exception cref="DataException">There is none.</exception>
    public NumberArray Weight(string name) =>
        weights.TryGetValue(name, out var array) ? array : throw new DataException($"{source} holds no float32 weight '{name}'");

    /// <summary>The operator that a tensor comes out of.</summary>
    /// <exception cref="DataException">It is another operator, or the tensor is the graph's input or a weight.</exception>
    public OnnxNode Maker(string tensor, string expected)
    {
        var found = MakerOrNone(tensor)?.Operator;
        return found == expected
            ? MakerOrNone(tensor)!
            : throw new DataException($"{source}: the tensor '{tensor}' comes out of {found ?? "nothing"}, expected {expected}");
    }

    /// <summary>The operator that a tensor comes out of; null for the graph's input and for weights.</summary>
    public OnnxNode? MakerOrNone(string tensor) => nodes.FirstOrDefault(node => node.Outputs.Contains(tensor));

    private void Add(ByteString graph)
    {
        foreach (var (tag, input) in Fields(graph, GraphNode, GraphInitializer))
        {
            if (tag == GraphNode)
                nodes.Add(ReadNode(input.ReadBytes()));
            else
                AddWeight(input.ReadBytes());
        }
    }

    private static OnnxNode ReadNode(ByteString message)
    {
        var (name, inputs, outputs) = ("", new List<string>(), new List<string>());
        foreach (var (tag, input) in Fields(message, NodeInput, NodeOutput, NodeOperator))
        {
            if (tag == NodeOperator)
                name = input.ReadString();
            else
                (tag == NodeInput ? inputs : outputs).Add(input.ReadString());
        }
        return new OnnxNode(name, inputs, outputs);
    }

    private void AddWeight(ByteString message)
    {
        var (name, type, shape) = ("", 0, new List<long>());
        var numbers = ByteString.Empty; // little-endian, in either of two fields
        foreach (var (tag, input) in Fields(message, TensorSize, TensorSizes, TensorType, TensorFloats, TensorName, TensorBytes))
        {
            if (tag == TensorSize)
                shape.Add(input.ReadInt64());
            else if (tag == TensorSizes)
                shape.AddRange(ReadSizes(input.ReadBytes()));
            else if (tag == TensorType)
                type = input.ReadInt32();
            else if (tag == TensorName)
                name = input.ReadString();
            else
                numbers = input.ReadBytes();
        }
        if (type != Float32)
            return;
        // As decimals, which no product of a few sizes overflows.
        var count = shape.Aggregate(1m, (product, size) => product * size);
        if (shape.Any(size => size < 0) || count * sizeof(float) != numbers.Length)
            throw new DataException($"{source}: the weight '{name}' has {numbers.Length} bytes where its shape "
                + $"[{string.Join(", ", shape)}] needs {count * sizeof(float)}");
        weights[name] = new NumberArray(ElementType.F32, shape, numbers.Memory);
    }

    private static IEnumerable<long> ReadSizes(ByteString packed)
    {
        using var input = packed.CreateCodedInput();
        while (!input.IsAtEnd)
            yield return input.ReadInt64();
    }

    // Stands before the value of each field that is wanted, which the caller reads; passes over the others.
    private static IEnumerable<(uint Tag, CodedInputStream Input)> Fields(ByteString message, params uint[] wanted)
    {
        using var input = message.CreateCodedInput();
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (wanted.Contains(tag))
                yield return (tag, input);
            else
                input.SkipLastField();
        }
    }
}
