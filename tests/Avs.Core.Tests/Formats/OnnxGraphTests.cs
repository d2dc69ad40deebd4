using Avs.Core.Formats;

namespace Avs.Core.Tests.Formats;

public class OnnxGraphTests
{
    private static readonly byte[] Good = OnnxBytes.Model(
        OnnxBytes.Node("Conv", ["picture", "w"], "a"),
        OnnxBytes.Node("Relu", ["a"], "b"),
        OnnxBytes.Raw("w", [1, 200, 1], [.. Enumerable.Range(0, 200).Select(i => (float)i)]),
        OnnxBytes.Floats("v", [2, 2], 1, -2, 0.5f, 3),
        OnnxBytes.Integers("sizes", 3, 4));

    [Fact]
    public void Operators_and_weights_of_either_encoding_are_read()
    {
        var graph = OnnxGraph.Read("tiny.onnx", Good);

        Assert.Equal(["Conv", "Relu"], graph.Nodes.Select(node => node.Operator));
        Assert.Equal(["picture", "w"], graph.Nodes[0].Inputs);
        Assert.Equal("Conv", graph.Maker("a", "Conv").Operator);
        Assert.Null(graph.MakerOrNone("picture"));
        Assert.Equal([1, 200, 1], graph.Weight("w").Shape);
        Assert.Equal(199, graph.Weight("w").ToFloats()[199]);
        Assert.Equal([2, 2], graph.Weight("v").Shape);
        Assert.Equal([1, -2, 0.5f, 3], graph.Weight("v").ToFloats());
    }

    [Fact]
    public void A_file_that_is_cut_short_anywhere_is_refused_by_its_name()
    {
        for (var length = 0; length < Good.Length; length++)
            Assert.StartsWith("tiny.onnx ", Assert.Throws<DataException>(() => OnnxGraph.Read("tiny.onnx", Good[..length])).Message);
    }

    [Fact]
    public void Damage_anywhere_is_one_sentence_or_other_numbers_but_no_crash()
    {
        for (var at = 0; at < Good.Length; at++)
        {
            var bytes = (byte[])Good.Clone();
            bytes[at] ^= 0xFF;
            if (Record.Exception(() => OnnxGraph.Read("tiny.onnx", bytes)) is { } error)
                Assert.StartsWith("tiny.onnx", Assert.IsType<DataException>(error).Message);
        }
    }

    [Fact]
    public void A_file_of_another_kind_is_called_by_its_kind() => Assert.Contains("a PNG picture",
        Assert.Throws<DataException>(() => OnnxGraph.Read("x.onnx", [0x89, .. "PNG\r\n\u001a\n"u8, 0, 0, 0, 13])).Message);

    [Fact]
    public void What_does_not_fit_is_named()
    {
        string Refusal(Action<OnnxGraph> look, params byte[][] parts) =>
            Assert.Throws<DataException>(() => look(OnnxGraph.Read("x.onnx", OnnxBytes.Model(parts)))).Message;
        var node = OnnxBytes.Node("Conv", ["x", "w"], "y");
        Assert.Equal("x.onnx: the weight 'w' has 8 bytes where its shape [3] needs 12",
            Refusal(_ => { }, node, OnnxBytes.Raw("w", [3], 1, 2)));
        Assert.Equal("x.onnx holds no float32 weight 'n'", Refusal(graph => graph.Weight("n"), node, OnnxBytes.Integers("n", 1)));
        Assert.Equal("x.onnx: the tensor 'y' comes out of Conv, expected Relu", Refusal(graph => graph.Maker("y", "Relu"), node));
        Assert.Equal("x.onnx: the tensor 'x' comes out of nothing, expected Relu", Refusal(graph => graph.Maker("x", "Relu"), node));
    }
}
