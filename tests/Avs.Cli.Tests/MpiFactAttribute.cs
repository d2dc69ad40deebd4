namespace Avs.Cli.Tests;

/// <summary>A test that starts several processes by one of the MPI libraries; skipped where that is not installed.</summary>
public sealed class MpiFactAttribute : FactAttribute
{
    public MpiFactAttribute(string mpirun = "mpirun", string package = "openmpi-bin")
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, mpirun))))
            Skip = $"no {mpirun} here: apt-get install --no-install-recommends {package}";
    }
}
