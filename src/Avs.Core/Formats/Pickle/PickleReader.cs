using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Avs.Core.Formats.Pickle;

/// <summary>
/// Runs one pickle's instructions, of protocols 2 to 5, without ever making anything but numbers, texts, bytes, tuples, lists, dictionaries
/// and what the whitelist of <see cref="PickleGlobals"/> makes; whatever else the pickle asks for becomes a <see cref="PickleOpaque"/>,
/// which has a name and nothing of Python's. No length may exceed what is left of the file; that is checked before anything is allocated.
/// </summary>
/// <param name="path">The file, for errors.</param>
/// <param name="stream">Positioned at the pickle's first byte; left behind its last.</param>
/// <param name="persistent">Resolves what lies outside of the pickle: storages. Null where nothing may.</param>
internal sealed class PickleReader(string path, Stream stream, PickleGlobals globals, Func<object?, object?>? persistent)
{
    private const int LongestName = 1000;

    private readonly List<object?> stack = [];
    private readonly Stack<int> marks = new();
    private readonly Dictionary<long, object?> memo = [];
    private readonly Dictionary<object, int> numbers = new(ReferenceEqualityComparer.Instance);

    /// <exception cref="DataException">The pickle is damaged.</exception>
    public object? Read()
    {
        while (true)
        {
            var code = Byte();
            if (code == '.')
                return Pop();
            Execute(code);
        }
    }

    private void Execute(byte code)
    {
        switch (code)
        {
            case 0x80: Protocol(Byte()); break;
            case 0x95: Take(8, "a frame"); break;
            case (byte)'(': marks.Push(stack.Count); break;
            case (byte)'0': Pop(); break;
            case (byte)'1': PopToMark(); break;
            case (byte)'2': Push(Peek()); break;

            case (byte)'N': Push(null); break;
            case 0x88: Push(true); break;
            case 0x89: Push(false); break;
            case (byte)'K': Push((long)Byte()); break;
            case (byte)'M': Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case (byte)'J': Push((long)Int32()); break;
            case 0x8A: Push(Integer(Take(Byte(), "a number"))); break;
            case 0x8B: Push(Integer(Take(Int32(), "a number"))); break;
            case (byte)'G': Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;

            case (byte)'X': Push(Text(Take(UInt32(), "a text"))); break;
            case 0x8C: Push(Text(Take(Byte(), "a text"))); break;
            case 0x8D: Push(Text(Take(Int64(), "a text"))); break;
            case (byte)'T': Push(OldText(Take(Int32(), "a text"))); break;
            case (byte)'U': Push(OldText(Take(Byte(), "a text"))); break;
            case (byte)'B': Push(Take(UInt32(), "a run of bytes")); break;
            case (byte)'C': Push(Take(Byte(), "a run of bytes")); break;
            case 0x8E or 0x96: Push(Take(Int64(), "a run of bytes")); break;

            case (byte)')': Push(new PickleTuple([])); break;
            case 0x85: Push(new PickleTuple([Pop()])); break;
            case 0x86: Push(new PickleTuple([.. PopSeveral(2)])); break;
            case 0x87: Push(new PickleTuple([.. PopSeveral(3)])); break;
            case (byte)'t': Push(new PickleTuple(PopToMark())); break;
            case (byte)']': Push(new List<object?>()); break;
            case (byte)'a': Append([Pop()]); break;
            case (byte)'e': Append(PopToMark()); break;
            case (byte)'}': Push(new PickleDictionary()); break;
            case (byte)'s': SetItems(PopSeveral(2)); break;
            case (byte)'u': SetItems(PopToMark()); break;

            case (byte)'q': memo[Byte()] = Peek(); break;
            case (byte)'r': memo[UInt32()] = Peek(); break;
            case 0x94: memo[memo.Count] = Peek(); break;
            case (byte)'h': Push(FromMemo(Byte())); break;
            case (byte)'j': Push(FromMemo(UInt32())); break;

            case 0x8F: Push(PickleGlobals.Opaque("builtins.set")); break;
            case 0x90: AddToSet(PopToMark()); break;
            case 0x91: Push(PickleGlobals.Opaque("builtins.frozenset", PopToMark())); break;

            case (byte)'c': Push(globals.Find(Line(), Line())); break;
            case 0x93: GlobalOfStack(); break;
            case 0x82: Push(PickleGlobals.Opaque($"extension {Byte()}")); break;
            case 0x83: Push(PickleGlobals.Opaque($"extension {BinaryPrimitives.ReadUInt16LittleEndian(Take(2))}")); break;
            case 0x84: Push(PickleGlobals.Opaque($"extension {Int32()}")); break;
            case (byte)'R': Reduce(); break;
            case 0x81: NewObject(PopSeveral(2)); break;
            case 0x92: NewObject(PopSeveral(3)); break;
            case (byte)'o': OldObject(PopToMark()); break;
            case (byte)'i': OldObject([globals.Find(Line(), Line()), .. PopToMark()]); break;
            case (byte)'b': Build(); break;
            case (byte)'Q': Push(persistent is null ? throw Damaged("names a storage where none can be") : persistent(Pop())); break;

            default:
                throw new DataException(
                $"{path}: its pickle uses the instruction 0x{code:X2}, which files of tensors do not need, so it is not read");
        }
    }

    private void Protocol(byte version)
    {
        if (version is < 2 or > 5)
            throw new DataException($"{path}: its pickle has protocol {version}, expected 2 to 5");
    }

    private void GlobalOfStack()
    {
        var names = PopSeveral(2);
        if (names is not [string module, string name])
            throw Damaged("names a global by something that is not a text");
        Push(globals.Find(module, name));
    }

    private void Reduce()
    {
        object? arguments = Pop(), function = Pop();
        if (arguments is not PickleTuple tuple)
            throw Damaged("calls something that is not a function");
        Push(globals.Call(function, tuple.Items));
    }

    // (class, arguments) or (class, arguments, named arguments). OrderedDict and what is derived of it come this way too.
    private void NewObject(object?[] parts)
    {
        if (parts[1] is not PickleTuple tuple)
            throw Damaged("makes an object of arguments that are not a tuple");
        Push(globals.Call(parts[0], parts is [_, _, PickleDictionary { Entries.Count: > 0 } named]
            ? [.. tuple.Items, named]
            : tuple.Items));
    }

    // An instance of a class of Python 2's old kind: the class and the arguments since the mark.
    private void OldObject(object?[] parts)
    {
        if (parts.Length == 0)
            throw Damaged("makes an object without a class");
        Push(globals.Call(parts[0], parts[1..]));
    }

    private void AddToSet(object?[] items)
    {
        if (Peek() is not PickleOpaque set)
            throw Damaged("adds to something that is not a set");
        set.Inside.AddRange(items);
    }

    private void Build()
    {
        var state = Pop();
        switch (Peek())
        {
            // Attributes of a dictionary, such as the versions that PyTorch keeps beside a state dict.
            case PickleDictionary or PickledTensor: break;
            case PickleOpaque opaque: opaque.Inside.Add(state); break;
            case NumpyArray array: globals.SetState(array, state); break;
            case NumpyType type: globals.SetState(type, state); break;
            default: throw Damaged("sets the state of something that has none");
        }
    }

    private void Append(object?[] items)
    {
        var list = Peek() switch
        {
            List<object?> known => known,
            PickleOpaque opaque => opaque.Items ??= [],
            _ => throw Damaged("appends to something that is not a list"),
        };
        list.AddRange(items);
    }

    private void SetItems(object?[] items)
    {
        if (items.Length % 2 != 0)
            throw Damaged("sets an item of something that is not a dictionary");
        var dictionary = Peek() switch
        {
            PickleDictionary known => known,
            PickleOpaque opaque => opaque.Entries ??= new PickleDictionary(),
            _ => throw Damaged("sets an item of something that is not a dictionary"),
        };
        for (var i = 0; i < items.Length; i += 2)
            dictionary[Key(items[i])] = items[i + 1];
    }

    // Texts and numbers stay as they are. Other keys need a unique name: tuples have one, objects get a number.
    private object Key(object? key) => key switch
    {
        string or long or bool or double or BigInteger => key,
        null => "None",
        byte[] bytes => Encoding.Latin1.GetString(bytes),
        PickleTuple tuple =>
            $"({string.Join(", ", tuple.Items.Select(item => Convert.ToString(Key(item), CultureInfo.InvariantCulture)))})",
        PickleOpaque opaque => $"<{opaque.What} {Number(opaque)}>",
        _ => throw Damaged("has a dictionary key that nothing can be found by"),
    };

    private int Number(object item)
    {
        if (!numbers.TryGetValue(item, out var number))
            numbers[item] = number = numbers.Count + 1;
        return number;
    }

    private void Push(object? value) => stack.Add(value);

    private object? Pop()
    {
        var top = Peek();
        stack.RemoveAt(stack.Count - 1);
        return top;
    }

    private object? Peek() =>
        stack.Count > (marks.Count > 0 ? marks.Peek() : 0) ? stack[^1] : throw Damaged("takes a value where there is none");

    private object?[] PopSeveral(int count)
    {
        var values = new object?[count];
        for (var i = count - 1; i >= 0; i--)
            values[i] = Pop();
        return values;
    }

    private object?[] PopToMark()
    {
        if (marks.Count == 0)
            throw Damaged("goes back to a mark where there is none");
        var mark = marks.Pop();
        object?[] values = [.. stack.Skip(mark)];
        stack.RemoveRange(mark, values.Length);
        return values;
    }

    private object? FromMemo(long place) =>
        memo.TryGetValue(place, out var value) ? value : throw Damaged($"refers to a value {place} that it has not made");

    private byte Byte()
    {
        var value = stream.ReadByte();
        return value >= 0 ? (byte)value : throw CutShort();
    }

    private byte[] Take(long length, string what = "a number")
    {
        var left = stream.Length - stream.Position;
        if (length < 0 || length > left)
            throw Damaged($"says that {what} of {length} bytes follows, but {left} bytes are left: it is cut short");
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    private uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    private long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    private static object Integer(byte[] littleEndian)
    {
        var number = new BigInteger(littleEndian);
        return number >= long.MinValue && number <= long.MaxValue ? (object)(long)number : number;
    }

    // Python keeps lone surrogates as they are; no name of a tensor has one.
    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    // Python 2 has one type for texts and bytes.
    private static object OldText(byte[] bytes) => System.Text.Ascii.IsValid(bytes) ? Encoding.ASCII.GetString(bytes) : bytes;

    private string Line()
    {
        var line = new StringBuilder();
        for (var next = Byte(); next != '\n'; next = Byte())
        {
            if (line.Length == LongestName)
                throw Damaged($"has a global of more than {LongestName} letters");
            line.Append((char)next);
        }
        return line.ToString();
    }

    private DataException Damaged(string what) => new($"{path}: its pickle {what}");

    private DataException CutShort() => new($"{path}: its pickle ends in the middle: the file is cut short");
}
