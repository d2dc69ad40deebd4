namespace Avs.Cli.Json;

/// <summary>What `avs latent embed --json` prints.</summary>
/// <param name="Image">A file, or a split and the image's number.</param>
/// <param name="Class">Its class; null where that is not known.</param>
/// <param name="Code">The code, or its mean.</param>
/// <param name="Deviation">σ of each dimension; null of a plain code.</param>
internal sealed record EmbeddingJson(string Image, string? Class, float[] Code, float[]? Deviation);
