namespace Avs.Bindings.Tests.Media;

/// <summary>A folder of its own for one test, gone afterwards.</summary>
public abstract class TempFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("avs-media-");

    protected string PathTo(string name) => Path.Combine(folder.FullName, name);

    public void Dispose()
    {
        folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }
}
