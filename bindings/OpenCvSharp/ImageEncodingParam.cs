namespace OpenCvSharp;

/// <summary>A setting of an image writer, for example PngCompression 0..9.</summary>
public record ImageEncodingParam(ImwriteFlags EncodingId, int Value)
{
    internal static int[] Flatten(ImageEncodingParam[]? all) =>
        all is null ? [] : [.. all.SelectMany(p => new[] { (int)p.EncodingId, p.Value })];
}
