using Avs.Core;
using Avs.Data.Clips;
using Avs.Eval.Evaluation;

namespace Avs.Eval.Reports;

/// <summary>
/// Writes each labelled frame with its prediction as `{folder}/{clip}_{frame}.png`, frames counted from one as AVSBench does; where several
/// latent codes were drawn, also `{clip}_{frame}_uncertainty.png`.
/// </summary>
/// <param name="folder">Made when missing.</param>
/// <param name="dataset">The data set that is evaluated.</param>
public sealed class OverlayFiles(string folder, IClipDataset dataset)
{
    /// <summary>Writes the frames of one clip, each file whole or not at all.</summary>
    public void Write(ClipPrediction prediction)
    {
        Directory.CreateDirectory(folder);
        var clip = dataset.Load(prediction.Index);
        foreach (var frame in prediction.LabelledFrames)
        {
            Write($"{clip.Info.Id}_{frame + 1}.png", ClipCells.Prediction(clip, prediction, frame, ""));
            if (ClipCells.Uncertainty(clip, prediction, frame) is { } uncertainty)
                Write($"{clip.Info.Id}_{frame + 1}_uncertainty.png", uncertainty);
        }
    }

    private void Write(string file, SheetCell cell) =>
        AtomicFile.WriteAllBytes(Path.Combine(folder, file), new ContactSheet(cell.Width).Picture(cell));
}
