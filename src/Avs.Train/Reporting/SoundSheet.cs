using System.Globalization;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;
using Avs.Eval.Reports;
using Avs.Train.Segmentation;

namespace Avs.Train.Reporting;

/// <summary>
/// The same pictures under different sounds: the truth, what a model finds with the clip's own sound, in silence, and with the other
/// object's sound where scenes are known, else with white noise.
/// </summary>
/// <param name="Test">The clips; those of a scene are all among them.</param>
public sealed record SoundSheet(Segmenter Segmenter, EvaluationOptions Options, IClipDataset Test)
{
    /// <summary>The sheet of some clips.</summary>
    /// <param name="chosen">Places in <see cref="Test"/>, a row each.</param>
    public Sheet Create(string title, string subtitle, IReadOnlyList<int> chosen, CancellationToken stop = default)
    {
        var scenes = chosen.Select(place => Test.Clips[place].Scene).ToHashSet();
        var hasScenes = !scenes.Contains(null);
        // The others of a scene too, for their sounds.
        int[] places = hasScenes
            ? [.. Enumerable.Range(0, Test.Clips.Count).Where(place => scenes.Contains(Test.Clips[place].Scene))]
            : [.. chosen];
        var clips = new ClipSubset(Test, places);
        var last = hasScenes ? AudioCondition.Other : AudioCondition.Noise;
        var canPlay = hasScenes || AudioConditions.FindPlayable(clips).Playable.Contains(last); // noise is as loud as a recording
        var seen = new Dictionary<(AudioCondition Audio, int Index), ClipPrediction>();
        Evaluator.Run(
            Segmenter, clips, Options with { Observe = prediction => seen[(prediction.Audio, prediction.Index)] = prediction },
            canPlay ? [AudioCondition.Real, AudioCondition.Muted, last] : [AudioCondition.Real, AudioCondition.Muted], stop);

        SheetRow Row(int place)
        {
            var index = Array.IndexOf(places, place);
            var clip = clips.Load(index);
            var frame = clip.FramesPresent / 2;
            var real = seen[(AudioCondition.Real, index)];
            string Iou(ClipPrediction prediction) =>
                string.Create(CultureInfo.InvariantCulture, $"IoU {prediction.Frames.Average(f => f.Iou):0.00}");
            SheetCell[] cells =
            [
                ClipCells.Frame(clip, frame, clip.Info.Category.Length == 0 ? "" : $"{clip.Info.Category} sounds"),
                ClipCells.Truth(clip, frame, ""),
                ClipCells.Prediction(clip, real, frame, Iou(real)),
                ClipCells.Prediction(clip, seen[(AudioCondition.Muted, index)], frame, ""),
            ];
            if (!canPlay)
                return new SheetRow(clip.Info.Id, cells);
            var other = seen[(last, index)];
            cells = [.. cells, ClipCells.Prediction(clip, other, frame, hasScenes ? Iou(other) : "")];
            if (!hasScenes)
                return new SheetRow(clip.Info.Id, cells);
            var sounding = clips.Load(Enumerable.Range(0, places.Length).First(i => clips.Clips[i].Id == other.SoundFrom.Id));
            return new SheetRow(clip.Info.Id, [.. cells, ClipCells.Truth(sounding, frame, $"{other.SoundFrom.Category} sounds")]);
        }

        string[] more = hasScenes ? ["with the other's sound", "truth of the other"] : canPlay ? ["with white noise"] : [];
        return new Sheet(title, subtitle, ["frame", "truth", "prediction", "in silence", .. more], [.. chosen.Select(Row)]);
    }
}
