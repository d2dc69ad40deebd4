using System.Globalization;
using System.Text.Json;
using Avs.Core;
using Avs.Core.Formats;
using Avs.Core.Libtorch;
using Avs.Models.Vae.Distributions;
using CsvHelper;
using static TorchSharp.torch;

// codes.safetensors, of N frames, M of them with masks, clip after clip:
//
//   prior.c.mean, prior.c.log_variance            float32 [N,K]     and s_v, s_a: what test time has, μ and log σ²
//   muted.c.mean, muted.c.log_variance            float32 [N,K]     with silence instead of the clip's sound
//   posterior.c.mean, posterior.c.log_variance    float32 [M,K]     what saw the masks
//   labelled                                      int64 [M]         the rows of the M frames
//   clip, frame                                   int64 [N]         a number in the list `clips` of the metadata; the frame's own, from 0
//   category, silent_object                       int64 [N]         a number in the list `classes` of the metadata; -1: not known
//   position                                      int64 [N]         in the list `positions`; -1: no mask, or an empty one
//   sounds                                        int64 [N]         1: the mask is not empty; 0: it is; -1: no mask
//
// The metadata's lists are JSON arrays of texts; `dataset` and `checkpoint` say where the codes come from.
//
// codes.csv has a row for each frame: clip, frame, category, silent_object, position, sounds, then the means c_0 … of the prior,
// posterior_c_0 … (empty without a mask) and muted_c_0 …, likewise of s_v and s_a.

namespace Avs.Eval.EcmvaeCodes;

/// <summary>Writes the codes of frames as files, each whole or not at all.</summary>
public static class CodeExport
{
    public const string TensorFile = "codes.safetensors", TableFile = "codes.csv";

    /// <summary>Writes both files.</summary>
    /// <param name="folder">Made when missing.</param>
    /// <param name="checkpoint">The file that the model came from.</param>
    /// <returns>Their paths.</returns>
    public static IReadOnlyList<string> Write(CollectedCodes codes, string folder, string checkpoint)
    {
        Directory.CreateDirectory(folder);
        var (tensors, table) = (Path.Combine(folder, TensorFile), Path.Combine(folder, TableFile));
        WriteTensors(codes, tensors, checkpoint);
        WriteTable(codes, table);
        return [tensors, table];
    }

    private static void WriteTensors(CollectedCodes codes, string path, string checkpoint)
    {
        using var untracked = no_grad();
        string[] clips = [.. codes.Frames.Select(frame => frame.Clip).Distinct()];
        string[] classes = [.. codes.Frames.SelectMany(frame => (string?[])[frame.Category, frame.SilentObject]).OfType<string>()
            .Distinct().Order(StringComparer.Ordinal)];
        var place = clips.Index().ToDictionary(clip => clip.Item, clip => (long)clip.Index, StringComparer.Ordinal);
        SafetensorsValue Numbers(string name, Func<CodedFrame, long> value) => Whole(name, codes.Frames.Select(value));
        SafetensorsWriter.Write(path,
        [
            .. codes.Factors.SelectMany(factor => (SafetensorsValue[])
            [
                .. Both($"prior.{factor.Symbol}", factor.Prior), .. Both($"muted.{factor.Symbol}", factor.Muted),
                .. Both($"posterior.{factor.Symbol}", factor.Posterior),
            ]),
            Whole("labelled", codes.Labelled.Select(row => (long)row)),
            Numbers("clip", frame => place[frame.Clip]), Numbers("frame", frame => frame.Frame),
            Numbers("category", frame => Array.IndexOf(classes, frame.Category)),
            Numbers("silent_object", frame => Array.IndexOf(classes, frame.SilentObject)),
            Numbers("position", frame => Array.IndexOf(CodePass.Quadrants, frame.Position)),
            Numbers("sounds", frame => Sounds(frame)),
        ], new Dictionary<string, string>
        {
            ["dataset"] = codes.Dataset,
            ["checkpoint"] = checkpoint,
            ["clips"] = JsonSerializer.Serialize(clips, EcmvaeCodesJson.Default.StringArray),
            ["classes"] = JsonSerializer.Serialize(classes, EcmvaeCodesJson.Default.StringArray),
            ["positions"] = JsonSerializer.Serialize(CodePass.Quadrants, EcmvaeCodesJson.Default.StringArray),
        });
    }

    private static void WriteTable(CollectedCodes codes, string path)
    {
        var maskOf = codes.Labelled.Index().ToDictionary(row => row.Item, row => row.Index);
        var means = codes.Factors.Select(factor => (
            factor.Symbol, factor.Size,
            Prior: Rows(factor.Prior), Posterior: Rows(factor.Posterior), Muted: Rows(factor.Muted))).ToArray();
        AtomicFile.Write(path, partial =>
        {
            using var writer = new CsvWriter(new StreamWriter(partial), CultureInfo.InvariantCulture);
            void Line(IEnumerable<string> fields)
            {
                foreach (var field in fields)
                    writer.WriteField(field);
                writer.NextRecord();
            }
            IEnumerable<string> Names(string before) =>
                means.SelectMany(code => Enumerable.Range(0, code.Size).Select(d => $"{before}{code.Symbol}_{d}"));
            Line(
            [
                "clip", "frame", "category", "silent_object", "position", "sounds",
                .. Names(""), .. Names("posterior_"), .. Names("muted_"),
            ]);
            foreach (var (row, frame) in codes.Frames.Index())
            {
                Line(
                [
                    frame.Clip, Text(frame.Frame), frame.Category ?? "", frame.SilentObject ?? "", frame.Position ?? "",
                    frame.Sounds is null ? "" : Text(Sounds(frame)),
                    .. means.SelectMany(code => code.Prior[row].Select(Text)),
                    .. means.SelectMany(code => maskOf.TryGetValue(row, out var mask)
                        ? code.Posterior[mask].Select(Text) : Enumerable.Repeat("", code.Size)),
                    .. means.SelectMany(code => code.Muted[row].Select(Text)),
                ]);
            }
        });
    }

    private static long Sounds(CodedFrame frame) => frame.Sounds switch { true => 1, false => 0, null => -1 };

    private static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static float[][] Rows(DiagonalGaussian code)
    {
        using var scope = NewDisposeScope();
        return [.. code.Mean.contiguous().data<float>().ToArray().Chunk((int)code.Mean.shape[1])];
    }

    private static SafetensorsValue[] Both(string name, DiagonalGaussian code) =>
        [Value($"{name}.mean", code.Mean), Value($"{name}.log_variance", code.LogVariance)];

    private static SafetensorsValue Whole(string name, IEnumerable<long> values)
    {
        using var scope = NewDisposeScope();
        return Value(name, tensor(values.ToArray()));
    }

    private static SafetensorsValue Value(string name, Tensor value)
    {
        using var scope = NewDisposeScope();
        return new SafetensorsValue(name, value.dtype.ToElementType(), value.shape, value.contiguous().bytes.ToArray());
    }
}
