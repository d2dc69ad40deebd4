using System.Buffers.Binary;

namespace Avs.Core.Formats.Pickle;

/// <summary>
/// Writes one tensor as Python's `pickle.dumps` (protocol 3) writes a PyTorch tensor: its elements lie in a `torch.save` stream of before
/// 1.6 inside the pickle. Python reads it with `pickle.load`.
/// </summary>
public static class TensorPickle
{
    public static byte[] Encode(NumberArray tensor) => new PickleWriter(protocol: 3)
        .Global("torch._utils", "_rebuild_tensor_v2").Mark()
        .Global("torch.storage", "_load_from_bytes").Bytes(StorageStream(tensor)).Tuple1().Reduce()
        .WholeStorage(tensor.Shape)
        .Tuple().Reduce()
        .End();

    // Five pickles, then the number of elements and the elements. TorchLegacy reads it.
    private static byte[] StorageStream(NumberArray tensor)
    {
        using var stream = new MemoryStream(tensor.Bytes.Length + 512);
        stream.Write(new PickleWriter(2).Integer(TorchLegacy.Magic).End());
        stream.Write(new PickleWriter(2).Integer(TorchLegacy.Version).End());
        stream.Write(new PickleWriter(2)
            .EmptyDictionary().Mark()
            .Text("protocol_version").Integer(TorchLegacy.Version)
            .Text("little_endian").Boolean(true)
            .Text("type_sizes").EmptyDictionary().Mark().Text("short").Integer(2).Text("int").Integer(4).Text("long").Integer(4).SetItems()
            .SetItems().End());
        stream.Write(new PickleWriter(2)
            .Mark().Text("storage").Global("torch", StorageClass.NameOf(tensor.Type)).Text("0").Text("cpu").Integer(tensor.Count).None()
            .Tuple().PersistentId().End());
        stream.Write(new PickleWriter(2).EmptyList().Text("0").Append().End());

        Span<byte> count = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(count, tensor.Count);
        stream.Write(count);
        stream.Write(tensor.Bytes.Span);
        return stream.ToArray();
    }
}
