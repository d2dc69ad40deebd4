using Avs.Core;
using Avs.Data.Images;
using static TorchSharp.torch;

// The direction of an attribute: the mean code of images that have it minus the mean code of those that do not, divided by its length.
// The means run over batches of images in random order, until a batch moves the two by less than 0.08 together or 10,000 images with the
// attribute have been seen (D. Foster, "Generative Deep Learning", 2nd edition, chapter 3).

namespace Avs.Eval.AutoencoderFigures;

/// <summary>An attribute's direction in the latent space.</summary>
/// <param name="Direction">Of length 1, float32 [K].</param>
/// <param name="Length">The distance of the two means.</param>
/// <param name="With">Images seen that have it.</param>
/// <param name="Without">Images seen that do not.</param>
/// <param name="Settled">Whether the means had settled before the images were at an end.</param>
public sealed record AttributeVector(Tensor Direction, double Length, int With, int Without, bool Settled)
{
    private const int BatchImages = 500, MostWith = 10_000;
    private const double LeastMovement = 0.08;

    /// <summary>Which images have an attribute, or are of a class.</summary>
    /// <param name="name">An attribute's or a class's.</param>
    /// <exception cref="UsageException">There is none of that name, no image has it, or all have.</exception>
    public static bool[] Has(ImageTensors images, string name)
    {
        var (attribute, label) = (IndexOf(images.Attributes, name), IndexOf(images.Classes, name));
        if (attribute < 0 && label < 0)
        {
            string[] known = [.. images.Attributes, .. images.Classes];
            throw new UsageException(known.Length == 0
                ? $"the images of {images.Name} have neither attributes nor classes, so none has '{name}'"
                : $"no image of {images.Name} has '{name}', expected one of {string.Join(", ", known)}");
        }
        bool[] has = [.. Enumerable.Range(0, images.Count)
            .Select(row => attribute >= 0 ? images.AttributesOf[row][attribute] : images.Labels[row] == label)];
        return has.Distinct().Count() == 2 ? has : throw new UsageException(
            $"{(has.Length > 0 && has[0] ? "every" : "no")} image of {images.Name} has '{name}': there is no difference to take");
    }

    /// <summary>Finds the direction.</summary>
    /// <param name="subject">Network and images.</param>
    /// <param name="has">Which images have the attribute.</param>
    public static AttributeVector Find(LatentSubject subject, IReadOnlyList<bool> has)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        var order = Enumerable.Range(0, has.Count).ToArray();
        subject.CreateRandom("arithmetic/order").Shuffle(order.AsSpan()); // sets may be sorted by class
        var sums = (With: zeros(subject.LatentSize), Without: zeros(subject.LatentSize));
        var means = sums;
        var (with, without, settled) = (0, 0, false);
        foreach (var rows in order.Chunk(BatchImages))
        {
            var codes = subject.Means(rows);
            var mask = tensor(rows.Select(row => has[row] ? 1f : 0f).ToArray()).unsqueeze(1); // [N,1]
            var count = rows.Count(row => has[row]);
            (with, without) = (with + count, without + rows.Length - count);
            sums = (sums.With + (codes * mask).sum([0]), sums.Without + (codes * (1 - mask)).sum([0]));
            var next = (With: sums.With / Math.Max(with, 1), Without: sums.Without / Math.Max(without, 1));
            var movement = (next.With - means.With).norm().item<float>() + (next.Without - means.Without).norm().item<float>();
            means = next;
            settled = with > 0 && without > 0 && movement < LeastMovement;
            if (settled || (with >= MostWith && without > 0))
                break;
        }
        var difference = means.With - means.Without;
        var length = difference.norm().item<float>();
        return new AttributeVector((difference / Math.Max(length, 1e-12f)).MoveToOuterDisposeScope(), length, with, without, settled);
    }

    private static int IndexOf(IReadOnlyList<string> names, string name) =>
        Enumerable.Range(0, names.Count).FirstOrDefault(i => string.Equals(names[i], name, StringComparison.OrdinalIgnoreCase), -1);
}
