using System.Diagnostics;

namespace Avs.Bench.Tests;

public sealed class PythonPeerTests
{
    [Theory]
    [InlineData("operations.py")]
    [InlineData("clips.py")]
    [InlineData("autoencoders.py")]
    public void A_program_is_valid_Python(string name)
    {
        if (!File.Exists("/usr/bin/python3"))
            return; // nothing needs Python
        using var text = new StreamReader(typeof(PythonPeer).Assembly.GetManifestResourceStream(name)!);
        var start = new ProcessStartInfo("/usr/bin/python3", ["-c", "import ast, sys; ast.parse(sys.stdin.read())"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        using var python = Process.Start(start)!;
        python.StandardInput.Write(text.ReadToEnd());
        python.StandardInput.Close();
        Assert.Equal("", python.StandardError.ReadToEnd());
        python.WaitForExit();
        Assert.Equal(0, python.ExitCode);
    }

    [Fact]
    public void An_interpreter_that_cannot_run_it_gives_none() =>
        Assert.Null(PythonPeer.Start(["no-such-python", "/bin/false"], "operations.py", 1));
}
