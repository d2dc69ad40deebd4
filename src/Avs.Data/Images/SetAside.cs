using Avs.Core;
using Avs.Data.Clips;

namespace Avs.Data.Images;

/// <summary>Sets that have official training and test items only: some training items are set aside for validation.</summary>
internal static class SetAside
{
    /// <summary>The items of a split among those of its file or folder, ascending.</summary>
    /// <param name="count">How many there are in it.</param>
    /// <exception cref="UsageException">None is set aside for validation, or more than there are.</exception>
    public static int[] Choose(string name, int count, Split split, ImageSetOptions options)
    {
        int[] all = [.. Enumerable.Range(0, count)];
        if (split == Split.Test)
            return all;
        if (options.ValidationImages < 0 || options.ValidationImages >= count)
            throw new UsageException($"{name}: {options.ValidationImages} of {count} training images cannot be set aside for validation");
        if (split == Split.Val && options.ValidationImages == 0)
            throw new UsageException(
                $"{name} has no val split of its own: its authors give training and test images; set some training images aside for it");
        new NamedRandom(options.Seed, $"images/{name}/split").Shuffle(all.AsSpan());
        return [.. (split == Split.Val ? all[..options.ValidationImages] : all[options.ValidationImages..]).Order()];
    }
}
