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
            var whole = true;
            void Say(string what, Func<string> find)
            {
                string found;
                try
                {
                    found = find();
                }
                catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or EntryPointNotFoundException or ExternalException)
                {
                    whole = false;
                    found = $"missing: {(MissingLibrary.Explain(e) ?? (e.InnerException ?? e).Message).ReplaceLineEndings(" ").Trim()}";
                }
                terminal.Out.WriteLine($"{what,-12}{found}");
            }

            Say("avs", () => VersionCommand.Version);
            Say(".NET", () => $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.RuntimeIdentifier}");
            Say("processors", () => $"{Environment.ProcessorCount}");
            Say("libtorch", () => __version__);
            Say("threads", () => $"{get_num_threads()} within an operator (OMP_NUM_THREADS or train.threads change it)");
            Say("CUDA", () => cuda.is_available() ? $"{cuda.device_count()} device(s)" : "not available");
            Say("OpenCV", () => Cv2.GetVersionString() ?? "unknown");
            return whole ? 0 : 1;
        });
        return verb;
    }
}
