using Avs.Core;
using Avs.Core.Formats;

namespace Avs.Models.Weights;

/// <summary>Finds the weights of a ResNet of basic blocks in an ONNX graph, whose tensors have names that say nothing.</summary>
internal static class OnnxResNet
{
    /// <summary>The weights by torchvision's names (conv1, bn1, layer1.0.conv1, …), without the classifier.</summary>
    /// <exception cref="DataException">The graph is another network's.</exception>
    public static Dictionary<string, NumberArray> Read(OnnxGraph graph)
    {
        var found = new Dictionary<string, NumberArray>(StringComparer.Ordinal);

        void Convolution(string name, OnnxNode node) => found[$"{name}.weight"] = graph.Weight(node.Inputs[1]);

        void Norm(string name, OnnxNode node)
        {
            foreach (var (tensor, part) in node.Inputs.Skip(1).Zip((string[])["weight", "bias", "running_mean", "running_var"]))
                found[$"{name}.{part}"] = graph.Weight(tensor);
        }

        // The convolution before a norm is returned.
        OnnxNode Both(string convolution, string norm, OnnxNode node)
        {
            Norm(norm, node);
            var before = graph.Maker(node.Inputs[0], "Conv");
            Convolution(convolution, before);
            return before;
        }

        Both("conv1", "bn1", graph.Nodes.First(node => node.Operator == "BatchNormalization"));
        var (stage, block) = (1, 0);
        // y = ReLU( BN conv ReLU BN conv x + shortcut(x) ); the shortcut has a convolution in the first block of each stage but the first
        foreach (var sum in graph.Nodes.Where(node => node.Operator == "Add"))
        {
            var shortcut = graph.MakerOrNone(sum.Inputs[1]) is { Operator: "BatchNormalization" } norm ? norm : null;
            (stage, block) = shortcut is null ? (stage, block) : (stage + 1, 0);
            var name = $"layer{stage}.{block++}";
            var second = Both($"{name}.conv2", $"{name}.bn2", graph.Maker(sum.Inputs[0], "BatchNormalization"));
            var between = graph.Maker(second.Inputs[0], "Relu");
            var first = Both($"{name}.conv1", $"{name}.bn1", graph.Maker(between.Inputs[0], "BatchNormalization"));
            var input = shortcut is null
                ? sum.Inputs[1]
                : Both($"{name}.downsample.0", $"{name}.downsample.1", shortcut).Inputs[0];
            if (first.Inputs[0] != input)
                throw new DataException($"{name} of the graph starts from '{first.Inputs[0]}' and its shortcut from '{input}'");
        }
        return found;
    }
}
