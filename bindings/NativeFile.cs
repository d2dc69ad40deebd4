using System.Reflection;
using System.Runtime.InteropServices;

namespace Avs.Bindings;

/// <summary>A native library of ours: beside the program, or in the folder that AVS_NATIVE names, where one was compiled for this machine.</summary>
internal static class NativeFile
{
    /// <summary>Loads a library.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="assembly">Whose functions it holds.</param>
    /// <param name="purpose">What it is for, as part of a sentence.</param>
    /// <param name="needs">What it is linked to, as part of a sentence.</param>
    /// <exception cref="DllNotFoundException">It is not there, or does not fit this machine; one sentence that says which.</exception>
    public static nint Load(string name, Assembly assembly, string purpose, string needs)
    {
        string?[] folders = [Environment.GetEnvironmentVariable("AVS_NATIVE"), AppContext.BaseDirectory, Path.GetDirectoryName(assembly.Location)];
        var file = folders.Where(folder => !string.IsNullOrEmpty(folder)).Select(folder => Path.Combine(folder!, name)).FirstOrDefault(File.Exists)
            ?? throw new DllNotFoundException($"{name}, which {purpose}, is not beside the program: ./avs build makes it, in a published folder ./avs build-native, where {needs} is installed");
        try
        {
            return NativeLibrary.Load(file);
        }
        catch (DllNotFoundException e)
        {
            // The last line is the system's own reason; those before it are advice on how to find one.
            var reason = e.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Last();
            throw new DllNotFoundException($"{name}, which {purpose}, does not fit this machine's libraries ({reason}): it needs {needs}; ./avs build makes it anew, in a published folder ./avs build-native");
        }
    }
}
