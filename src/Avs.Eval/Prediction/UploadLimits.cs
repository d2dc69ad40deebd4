using System.Globalization;
using Avs.Core;
using Avs.Data.Media;

namespace Avs.Eval.Prediction;

/// <summary>
/// What a video has to keep to that somebody else sent. Files that name others instead of holding pictures are refused too, for ffmpeg
/// would open those.
/// </summary>
/// <param name="Seconds">The longest length; its sound is read no further.</param>
/// <param name="Pixels">Of each picture at most.</param>
public sealed record UploadLimits(int Seconds, int Pixels)
{
    /// <exception cref="DataException">What the file states is too much.</exception>
    internal void Require(MediaFile media)
    {
        if (media.Pictures is not { } pictures)
            return;
        if ((long)pictures.Width * pictures.Height > Pixels)
        {
            throw new DataException(string.Create(CultureInfo.InvariantCulture,
                $"{media.Path} has pictures of {pictures.Width}x{pictures.Height}, expected at most {Pixels / 1e6:0.#} million pixels"));
        }
        Require(media.Path, pictures.StatedSeconds);
    }

    /// <exception cref="DataException">It goes on for more than a second after the last one allowed.</exception>
    internal void Require(string path, double seconds)
    {
        // The pictures of a film of a minute often end a little later.
        if (seconds >= Seconds + 1)
        {
            throw new DataException(string.Create(CultureInfo.InvariantCulture,
                $"{path} is longer than {Seconds} s, which is as long as a video may be here"));
        }
    }
}
