using System.IO.MemoryMappedFiles;

namespace Avs.Data.Cache;

/// <summary>
/// A file mapped into memory for reading: pages come from the disk once and stay shared between processes. Safe to read from several
/// threads.
/// </summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile map;
    private readonly MemoryMappedViewAccessor view;

    /// <summary>Maps a whole file, which must not be empty.</summary>
    public MappedFile(string path)
    {
        map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
    }

    /// <summary>Copies bytes out of the file; the caller knows that they lie inside it.</summary>
    public void Read(long offset, Span<byte> target)
    {
        byte* start = null;
        try
        {
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            new ReadOnlySpan<byte>(start + view.PointerOffset + offset, target.Length).CopyTo(target);
        }
        finally
        {
            if (start is not null)
                view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    public void Dispose()
    {
        view.Dispose();
        map.Dispose();
    }
}
