using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace TorchSharp;

/// <summary>
/// An operator of libtorch, found by its schema name (<c>aten::conv2d</c>, overload <c>""</c>) when it is first called.
/// Arguments are positional, in the schema's order (keyword-only ones included); those left off take the schema's defaults,
/// and each is converted to what the schema asks for (an integer where a float or a list is wanted, and so on).
/// Errors of libtorch come as <see cref="ExternalException"/> with libtorch's message.
/// </summary>
internal sealed class Op
{
    private const int Buffer = 96; // 8-byte words of list contents that travel on the stack; longer lists use the heap

    private readonly string _name;
    private readonly string _overload;
    private IntPtr _handle;

    internal Op(string name, string overload = "")
    {
        _name = name;
        _overload = overload;
    }

    /// <summary>Whether this libtorch has the operator.</summary>
    internal bool Exists => _handle != 0 || TryResolve();

    /// <summary>Runs the operator; its first result, a tensor.</summary>
    internal torch.Tensor Call(params ReadOnlySpan<Arg> args)
    {
        var largeBytes = Invoke(args, Want.One, out var tensor, out _);
        return tensor != 0 ? new torch.Tensor(tensor, largeBytes) : throw new ExternalException($"{this} returned no tensor");
    }

    /// <summary>Runs the operator; all results, which are tensors or one list of tensors (an undefined one is null).</summary>
    internal torch.Tensor[] CallMany(params ReadOnlySpan<Arg> args)
    {
        Invoke(args, Want.Many, out _, out var values);
        var tensors = new torch.Tensor[values.Length];
        for (var i = 0; i < tensors.Length; i++)
            tensors[i] = values[i].Tag == (int)ArgTag.Tensor && values[i].Bits != 0 ? new torch.Tensor((IntPtr)values[i].Bits) : null!;
        return tensors;
    }

    /// <summary>Runs the operator for its effect: nothing is wrapped (in-place operators).</summary>
    internal void Run(params ReadOnlySpan<Arg> args) => Invoke(args, Want.Nothing, out _, out _);

    /// <summary>Runs an operator whose result is a number or a truth value.</summary>
    internal double CallDouble(params ReadOnlySpan<Arg> args) => Number(args) switch
    {
        { Tag: (int)ArgTag.Double } number => BitConverter.Int64BitsToDouble(number.Bits),
        var number => number.Bits,
    };

    /// <inheritdoc cref="CallDouble"/>
    internal long CallLong(params ReadOnlySpan<Arg> args) => Number(args) switch
    {
        { Tag: (int)ArgTag.Double } number => (long)BitConverter.Int64BitsToDouble(number.Bits),
        var number => number.Bits,
    };

    /// <inheritdoc cref="CallDouble"/>
    internal bool CallBool(params ReadOnlySpan<Arg> args) => CallLong(args) != 0;

    /// <inheritdoc/>
    public override string ToString() => _overload.Length == 0 ? _name : $"{_name}.{_overload}";

    private NativeValue Number(ReadOnlySpan<Arg> args)
    {
        Invoke(args, Want.Many, out _, out var values);
        return values.Length == 1 && values[0].Tag is (int)ArgTag.Int or (int)ArgTag.Double or (int)ArgTag.Bool
            ? values[0]
            : throw new ExternalException($"{this} returned no number");
    }

    private enum Want
    {
        Nothing,
        One,
        Many,
    }

    [SkipLocalsInit]
    private unsafe long Invoke(ReadOnlySpan<Arg> args, Want want, out IntPtr tensor, out ReadOnlySpan<NativeValue> values)
    {
        if (_handle == 0 && !TryResolve())
            throw new ExternalException($"this libtorch has no operator {this}");

        var natives = stackalloc NativeValue[args.Length];
        var words = stackalloc long[Buffer];
        var used = 0;
        List<IntPtr>? heap = null;
        try
        {
            for (var i = 0; i < args.Length; i++)
            {
                ref readonly var arg = ref args[i];
                natives[i] = arg.Reference is null
                    ? new NativeValue((int)arg.Tag, 0, arg.Bits)
                    : arg.Tag == ArgTag.Tensor
                        ? new NativeValue((int)ArgTag.Tensor, 0, Unsafe.As<torch.Tensor>(arg.Reference).Handle)
                        : Marshalled(arg, words, ref used, ref heap);
            }

            tensor = 0;
            values = default;
            var largeBytes = 0L;
            switch (want)
            {
                case Want.One:
                    Native.Check(Native.avs_op_call_one(_handle, natives, args.Length, out tensor, out largeBytes));
                    break;
                case Want.Nothing:
                    Native.Check(Native.avs_op_run(_handle, natives, args.Length));
                    break;
                default:
                    Native.Check(Native.avs_op_call(_handle, natives, args.Length, out var results, out var count));
                    values = new ReadOnlySpan<NativeValue>(results, count);
                    break;
            }

            return largeBytes;
        }
        finally
        {
            if (heap is not null)
            {
                foreach (var block in heap)
                    NativeMemory.Free((void*)block);
            }
        }
    }

    private static unsafe NativeValue Marshalled(in Arg arg, long* words, ref int used, ref List<IntPtr>? heap)
    {
        switch (arg.Reference)
        {
            case long[] list:
                {
                    var room = Room(list.Length, words, ref used, ref heap);
                    list.CopyTo(new Span<long>(room, list.Length));
                    return new NativeValue((int)ArgTag.IntList, list.Length, (long)room);
                }
            case double[] list:
                {
                    var room = Room(list.Length, words, ref used, ref heap);
                    list.CopyTo(new Span<double>(room, list.Length));
                    return new NativeValue((int)ArgTag.DoubleList, list.Length, (long)room);
                }
            case bool[] list:
                {
                    var room = Room(list.Length, words, ref used, ref heap);
                    for (var i = 0; i < list.Length; i++)
                        room[i] = list[i] ? 1 : 0;
                    return new NativeValue((int)ArgTag.BoolList, list.Length, (long)room);
                }
            case torch.Tensor[] list:
                return Handles(list, words, ref used, ref heap);
            case List<torch.Tensor> list:
                return Handles(CollectionsMarshal.AsSpan(list), words, ref used, ref heap);
            case torch.Generator generator:
                return new NativeValue((int)ArgTag.Generator, 0, generator.Handle);
            case Scalar complex:
                {
                    var room = (double*)Room(2, words, ref used, ref heap);
                    room[0] = complex.Real;
                    room[1] = complex.Imaginary;
                    return new NativeValue((int)ArgTag.Complex, 2, (long)room);
                }
            default:
                {
                    var text = (string)arg.Reference!;
                    var length = Encoding.UTF8.GetByteCount(text);
                    var room = (byte*)Room((length + 7) / 8, words, ref used, ref heap);
                    Encoding.UTF8.GetBytes(text, new Span<byte>(room, length));
                    return new NativeValue((int)ArgTag.String, length, (long)room);
                }
        }
    }

    private static unsafe NativeValue Handles(ReadOnlySpan<torch.Tensor> list, long* words, ref int used, ref List<IntPtr>? heap)
    {
        var room = Room(list.Length, words, ref used, ref heap);
        for (var i = 0; i < list.Length; i++)
            room[i] = list[i]?.Handle ?? 0;
        return new NativeValue((int)ArgTag.TensorList, list.Length, (long)room);
    }

    private static unsafe long* Room(int count, long* words, ref int used, ref List<IntPtr>? heap)
    {
        if (used + count <= Buffer)
        {
            used += count;
            return words + used - count;
        }

        var block = (IntPtr)NativeMemory.Alloc((nuint)count, sizeof(long));
        (heap ??= []).Add(block);
        return (long*)block;
    }

    private bool TryResolve() => (_handle = Native.avs_op_find(_name, _overload)) != 0;
}
