using System.Buffers.Binary;
using Avs.Core;
using Tensorboard;

namespace Avs.Train.Runs;

/// <summary>
/// A file of TensorBoard's events: records of their length (8 bytes), its checksum (4), the event and its checksum (4), one after another.
/// TorchSharp writes such files and reads none.
/// </summary>
internal static class EventFile
{
    public const string Pattern = "events.out.tfevents.*";
    private const int BeforeEvent = 12, AfterEvent = 4;

    /// <summary>
    /// Drops the events of later steps, and what a process was writing at the end when it was killed; a file of which no event is left is
    /// removed.
    /// </summary>
    public static void KeepUpTo(string path, long step)
    {
        var bytes = File.ReadAllBytes(path);
        List<(int Start, int Size)> kept = [];
        var isEmpty = true;
        foreach (var (start, size) in Records(bytes))
        {
            var read = Event.Parser.ParseFrom(bytes, start + BeforeEvent, size - BeforeEvent - AfterEvent);
            if (read.Step > step)
                continue;
            kept.Add((start, size));
            isEmpty &= read.WhatCase == Event.WhatOneofCase.FileVersion;
        }
        if (isEmpty)
            File.Delete(path);
        else if (kept.Sum(record => record.Size) < bytes.Length)
            AtomicFile.WriteAllBytes(path, [.. kept.SelectMany(record => bytes[record.Start..(record.Start + record.Size)])]);
    }

    private static IEnumerable<(int Start, int Size)> Records(byte[] bytes)
    {
        for (var start = 0; bytes.Length - start >= BeforeEvent + AfterEvent;)
        {
            var length = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(start));
            if (length > (ulong)(bytes.Length - start - BeforeEvent - AfterEvent))
                yield break;
            var size = BeforeEvent + (int)length + AfterEvent;
            yield return (start, size);
            start += size;
        }
    }
}
