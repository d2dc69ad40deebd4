using Avs.Data.Audio;
using Avs.Data.Clips;
using Avs.Data.Media;

namespace Avs.Serve.Jobs;

/// <summary>A clip of the data set with what its pictures get to hear.</summary>
/// <param name="Clip">With that sound.</param>
/// <param name="Recording">What the page plays; null: silence, or a sound of which the data set keeps no recording.</param>
internal sealed record HeardClip(Clip Clip, Waveform? Recording)
{
    public static HeardClip Load(IClipDataset clips, int index, Sound sound)
    {
        var clip = clips.Load(index);
        switch (sound.Kind)
        {
            case SoundKind.Muted:
                var silence = new float[clip.LogMel.Length];
                Array.Fill(silence, LogMelFrontEnd.Silence);
                return new HeardClip(clip.WithLogMel(silence), null);
            case SoundKind.Clip:
                return new HeardClip(clip.WithLogMel(clips.LoadSound(sound.Clip!.Value).LogMel), clips.LoadWaveform(sound.Clip.Value));
            case SoundKind.File:
                var samples = new double[clip.Frames * LogMelFrontEnd.SampleRate];
                var (mono, _) = SoundTrack.ReadMono(MediaFile.Read(sound.File!, selfContained: true), clip.Frames);
                mono.AsSpan(0, Math.Min(mono.Length, samples.Length)).CopyTo(samples);
                var logMel = LogMelFrontEnd.ComputeExactly(samples, LogMelFrontEnd.SampleRate, clip.Frames)!;
                return new HeardClip(clip.WithLogMel(logMel), new Waveform(samples, LogMelFrontEnd.SampleRate));
            default:
                return new HeardClip(clip, clips.LoadWaveform(index));
        }
    }

    /// <summary>This one clip as a data set, which evaluations take.</summary>
    public IClipDataset AsDataset(IClipDataset source) => new Only(source, Clip);

    private sealed class Only(IClipDataset source, Clip clip) : IClipDataset
    {
        public string Name => source.Name;

        public int FramesPerClip => source.FramesPerClip;

        public IReadOnlyList<ClipInfo> Clips => [clip.Info];

        public IReadOnlyList<string> Classes => source.Classes;

        public Clip Load(int index) => clip;
    }
}
