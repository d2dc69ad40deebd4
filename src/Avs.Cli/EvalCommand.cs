using System.CommandLine;
using Avs.Core;

namespace Avs.Cli;

/// <summary>`avs eval RUN`: the measures of the run's task.</summary>
internal static class EvalCommand
{
    public static Command Create(Terminal terminal)
    {
        var options = new EvalOptions();
        var verb = new Verb("eval",
            "Measure a trained model: a segmenter's mIoU and F-score by every protocol, and whether its masks follow the sound; an "
            + "autoencoder's bounds, codes and images; a multimodal VAE's coherence and codes.",
            "avs eval runs/demo/short",
            "avs eval runs/demo/short --audio all --out scores",
            "avs eval runs/demo/short --audio real,muted --masks --out scores",
            "avs eval runs/demo/short --samples 10 --overlays pictures",
            "avs eval runs/demo/short --probes",
            "avs eval experiments/published.yaml --split test",
            "avs eval runs/demo/short/best.safetensors --data data/AVSBench --split val --json",
            "avs eval runs/vae_mlp/1 --against digits",
            "avs eval runs/dmvae/1 --json") { options.Path };
        foreach (var option in options.All)
            verb.Options.Add(option);
        verb.SetAction(parse =>
        {
            var path = parse.GetValue(options.Path)!;
            switch (EvalOptions.FindTask(path))
            {
                case EvalOptions.Autoencoding:
                    EvalAutoencoder.Run(terminal, parse, options, path);
                    break;
                case EvalOptions.Multimodal:
                    EvalMultimodal.Run(terminal, parse, options, path);
                    break;
                case EvalOptions.Segmentation when parse.GetValue(options.Probes):
                    EvalProbes.Run(terminal, parse, options, path);
                    break;
                case EvalOptions.Segmentation:
                    EvalSegmentation.Run(terminal, parse, options, path);
                    break;
                case var task:
                    throw new UsageException($"'{path}' is a run of the task '{task}', which nothing measures; expected "
                        + $"{EvalOptions.Segmentation}, {EvalOptions.Autoencoding} or {EvalOptions.Multimodal}");
            }
        });
        return verb;
    }
}
