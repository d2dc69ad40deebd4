using System.CommandLine;
using System.Runtime.InteropServices;
using Avs.Core;
using OpenCvSharp;
using static TorchSharp.torch;

namespace Avs.Cli;

/// <summary>`avs doctor`</summary>
internal static class DoctorCommand
{
    public static Command Create(Terminal terminal)
    {
        var verb = new Verb("doctor", "Say which libraries, processors and threads are in use, and what is missing.", "avs doctor");
        verb.SetAction(_ =>
        {
            var complete = true;
            void Report(string what, Func<string> find)
            {
                string found;
                try
                {
                    found = find();
                }
                catch (Exception e) when (
                    e is DllNotFoundException or TypeInitializationException or EntryPointNotFoundException or ExternalException)
                {
                    complete = false;
                    found = $"missing: {(MissingLibrary.Explain(e) ?? (e.InnerException ?? e).Message).ReplaceLineEndings(" ").Trim()}";
                }
                terminal.Out.WriteLine($"{what,-12}{found}");
            }

            Report("avs", () => VersionCommand.Version);
            Report(".NET", () => $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.RuntimeIdentifier}");
            Report("processors", () => $"{Environment.ProcessorCount}");
            Report("libtorch", () => __version__);
            Report("threads", () => $"{get_num_threads()} within an operator (OMP_NUM_THREADS or train.threads change it)");
            Report("CUDA", () => cuda.is_available() ? $"{cuda.device_count()} device(s)" : "not available");
            Report("OpenCV", () => Cv2.GetVersionString() ?? "unknown");
            return complete ? 0 : 1;
        });
        return verb;
    }
}
