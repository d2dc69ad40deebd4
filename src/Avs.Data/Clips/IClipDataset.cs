using Avs.Core;

namespace Avs.Data.Clips;

/// <summary>One row of a data set's table.</summary>
/// <param name="Id">The clip's name, unique in its data set.</param>
/// <param name="Category">The class folder of S4, or the class named beside the table; empty where the data set has none (MS3).</param>
/// <param name="Split">The split the row is in.</param>
/// <param name="Scene">Clips with the same scene show the same picture and differ in what sounds (AVS-Stamps); null elsewhere.</param>
public sealed record ClipInfo(string Id, string Category, Split Split, string? Scene)
{
    /// <summary>What sounds, where `stamps.csv` names it (AVS-Stamps); null elsewhere.</summary>
    public string? SoundingObject { get; init; }

    /// <summary>Whether the recording is in a training clip, where `stamps.csv` says so (AVS-Stamps); null elsewhere.</summary>
    public bool? RecordingSeen { get; init; }
}

/// <summary>A data set of short clips of pictures and sound. Implementations are safe to read from several threads.</summary>
public interface IClipDataset
{
    /// <summary>A short name for reports, such as `S4 test`.</summary>
    string Name { get; }

    /// <summary>T, the number of frames (and of log-mel examples) of every clip.</summary>
    int FramesPerClip { get; }

    /// <summary>The clips in the table's order.</summary>
    IReadOnlyList<ClipInfo> Clips { get; }

    /// <summary>Names of the classes that <see cref="Clip.Labels"/> numbers, background first; empty where a data set has none.</summary>
    IReadOnlyList<string> Classes => [];

    /// <summary>Reads and decodes one clip.</summary>
    /// <exception cref="DataException">A file is missing or damaged; the sentence names it.</exception>
    Clip Load(int index);

    /// <summary>Clips with the same key show the same pictures; null where nothing is known.</summary>
    string? PicturesKey(int index) => null;

    /// <summary>
    /// Reads one clip, taking its pictures from another clip of the same <see cref="PicturesKey"/> instead of decoding them again.
    /// </summary>
    /// <param name="samePictures">That other clip, as <see cref="Load(int)"/> returned it or reduced to another size.</param>
    /// <exception cref="DataException">A file is missing or damaged; the sentence names it.</exception>
    Clip Load(int index, Clip samePictures) => Load(index);

    /// <summary>Reads a clip's sound alone.</summary>
    /// <exception cref="DataException">A file is missing or damaged; the sentence names it.</exception>
    ClipSound LoadSound(int index)
    {
        var clip = Load(index);
        return new ClipSound(clip.LogMel, clip.SoundEmbedding) { ExamplesPresent = clip.FramesPresent };
    }

    /// <summary>Reads a clip's waveform; null where a data set keeps nothing but log-mel examples.</summary>
    /// <exception cref="DataException">The file is damaged; the sentence names it.</exception>
    Waveform? LoadWaveform(int index) => null;
}

/// <summary>The sound of a clip as models take it.</summary>
/// <param name="LogMel">`[T, 1, 96, 64]`.</param>
/// <param name="Embedding">The output of a frozen audio network for it, `[T, D]`; null where there is none.</param>
public sealed record ClipSound(float[] LogMel, float[]? Embedding)
{
    /// <summary>How many of the T examples are sound: the others pad a shorter clip with zeros.</summary>
    public int ExamplesPresent { get; init; } = LogMel.Length / Clip.LogMelSize;
}

/// <summary>A recording.</summary>
/// <param name="Mono">Samples in [-1, 1], the mean of the channels.</param>
/// <param name="SampleRate">Samples a second.</param>
public sealed record Waveform(double[] Mono, int SampleRate);

/// <summary>A data set that names the files and settings its clips come from, so that a cache knows when it is out of date.</summary>
public interface ICacheSource : IClipDataset
{
    /// <summary>The name of the cache's file, such as `s4-train`.</summary>
    string CacheName { get; }

    /// <summary>The folder that the files lie in.</summary>
    string Root { get; }

    /// <summary>Everything except the files that decides what <see cref="IClipDataset.Load(int)"/> returns.</summary>
    string Settings { get; }

    /// <summary>The files that a clip is read from; a missing one is named all the same.</summary>
    IEnumerable<string> FilesOf(int index);
}
