using Avs.Core;
using Avs.Data.Clips;
using Avs.Data.Images;

namespace Avs.Train.Autoencoding;

/// <summary>Opens the multimodal set that an experiment names.</summary>
public static class MultimodalData
{
    /// <summary>Reads a split into memory.</summary>
    /// <param name="log">Gets a few words when something is fetched.</param>
    /// <exception cref="UsageException">There is no such set, or it needs a folder.</exception>
    /// <exception cref="DataException">A file is missing or damaged.</exception>
    public static MultimodalTensors Open(MultimodalDataConfig config, Split split, Action<string>? log = null) =>
        RootMessage.Reword(config.Root, () => MultimodalSets.Open(config.Set, split, new ImageSetOptions
        {
            Root = config.Root,
            Side = config.Side,
            Log = log ?? (_ => { }),
        }));
}

/// <summary>The sets say how verbs are given a folder; an experiment is given it by a key.</summary>
internal static class RootMessage
{
    public static T Reword<T>(string? root, Func<T> open)
    {
        try
        {
            return open();
        }
        catch (UsageException e) when (root is null && e.Message.Contains("--root DIR", StringComparison.Ordinal))
        {
            throw new UsageException(
                "data.root: " + e.Message.Replace("with --root DIR", "there, or with --data DIR", StringComparison.Ordinal), e);
        }
    }
}
