using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    private static partial class Aten
    {
        internal static readonly Op item = new("aten::item");
        internal static readonly Op contiguous = new("aten::contiguous");
        internal static readonly Op clone = new("aten::clone");
        internal static readonly Op copy_ = new("aten::copy_");
        internal static readonly Op to_layout = new("aten::to", "dtype_layout");
        internal static readonly Op pin_memory = new("aten::pin_memory");
        internal static readonly Op real = new("aten::real");
        internal static readonly Op imag = new("aten::imag");
        internal static readonly Op view_as_real = new("aten::view_as_real");
        internal static readonly Op view_as_complex = new("aten::view_as_complex");
        internal static readonly Op set_source = new("aten::set_", "source_Tensor");
    }

    public partial class Tensor
    {
        public Tensor real => Aten.real.Call(this);

        public Tensor imag => Aten.imag.Call(this);

        /// <summary>The elements' bytes in memory, for reading and writing; the tensor must be contiguous, on the CPU, and outlive the span.</summary>
        public unsafe Span<byte> bytes
        {
            get
            {
                if (!is_contiguous())
                    throw new NotSupportedException("bytes of a tensor that is not contiguous: call contiguous() first");
                return new Span<byte>((void*)DataPointer(), checked((int)(NumberOfElements * ElementSize)));
            }
        }

        /// <summary>The elements, for reading and writing.</summary>
        public TensorAccessor<T> data<T>()
            where T : unmanaged => new(this);

        /// <summary>The single element.</summary>
        public unsafe T item<T>()
            where T : unmanaged
        {
            if (NumberOfElements != 1)
                throw new ArgumentException($"item() needs a tensor of one element, not of {NumberOfElements}");
            TensorAccessor<T>.CheckType(dtype);
            if (is_cpu())
                return Live(Unsafe.ReadUnaligned<T>((void*)DataPointer()));
            using var here = cpu();
            return here.item<T>();
        }

        /// <summary>The single element as a number.</summary>
        public Scalar ToScalar()
        {
            if (is_complex())
            {
                using var wide = detach().to_type(ScalarType.ComplexFloat64).cpu();
                return wide.item<System.Numerics.Complex>();
            }

            return dtype switch
            {
                ScalarType.Bool => Aten.item.CallBool(this),
                ScalarType.Float32 => (float)Aten.item.CallDouble(this),
                ScalarType.Float64 or ScalarType.Float16 or ScalarType.BFloat16 => Aten.item.CallDouble(this),
                _ => Aten.item.CallLong(this),
            };
        }

        public T ReadCpuValue<T>(long i)
            where T : unmanaged => data<T>().ReadAt(i);

        public float ReadCpuSingle(long i) => ReadCpuValue<float>(i);

        public double ReadCpuDouble(long i) => ReadCpuValue<double>(i);

        public long ReadCpuInt64(long i) => ReadCpuValue<long>(i);

        public Tensor clone() => Aten.clone.Call(this);

        internal Tensor clone(memory_format format) => Aten.clone.Call(this, format);

        public Tensor contiguous() => Aten.contiguous.Call(this);

        /// <summary>The same elements laid out in that format (TorchSharp itself has no such argument).</summary>
        public Tensor contiguous(memory_format format) => Aten.contiguous.Call(this, format);

        public Tensor copy_(Tensor source, bool nonBlocking = false) => In(Aten.copy_, this, source, nonBlocking);

        public Tensor set_(Tensor source) => In(Aten.set_source, this, source);

        public Tensor pin_memory() => Aten.pin_memory.Call(this);

        public Tensor view_as_real() => Aten.view_as_real.Call(this);

        public Tensor view_as_complex() => Aten.view_as_complex.Call(this);

        public Tensor cpu() => to(CPU);

        public Tensor cuda(Device? device = null, bool non_blocking = false) => to(device ?? CUDA, false, false, non_blocking);

        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            To(type, null, copy, disposeAfter, non_blocking, null);

        public Tensor type_as(Tensor tensor) => to_type(tensor.dtype);

        public Tensor type(ScalarType dtype) => to_type(dtype);

        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            To(type, null, copy, disposeAfter, non_blocking, null);

        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            To(type, device, copy, disposeAfter, non_blocking, null);

        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            To(null, device, copy, disposeAfter, non_blocking, null);

        public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            To(null, new Device(device), copy, disposeAfter, non_blocking, null);

        public Tensor to(DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            To(null, new Device(deviceType, deviceIndex), copy, disposeAfter, non_blocking, null);

        public Tensor to(Tensor other, bool non_blocking = false) => To(other.dtype, other.device, false, false, non_blocking, null);

        /// <summary>The same elements laid out in that format (TorchSharp itself has no such overload).</summary>
        public Tensor to(memory_format format) => To(null, null, false, false, false, format);

        internal IntPtr DataPointer()
        {
            if (!is_cpu())
                throw new InvalidOperationException("the elements are not in the CPU's memory: move or copy the tensor to the cpu first");
            Native.Check(Native.avs_tensor_data(Handle, out var data));
            return Live(data);
        }

        private Tensor To(ScalarType? type, Device? device, bool copy, bool disposeAfter, bool nonBlocking, memory_format? format)
        {
            var result = Aten.to_layout.Call(this, type, Arg.None, device, Arg.None, nonBlocking, copy, format);
            if (disposeAfter)
                Dispose();
            return result;
        }
    }

    public static Tensor clone(Tensor input) => input.clone();
}

/// <summary>Reading a one-element tensor as a number of C#.</summary>
public static class TensorExtensionMethods
{
    public static float ToSingle(this torch.Tensor value) => value.ToScalar().ToSingle();

    public static double ToDouble(this torch.Tensor value) => value.ToScalar().ToDouble();

    public static Half ToHalf(this torch.Tensor value) => value.ToScalar().ToHalf();

    public static sbyte ToSByte(this torch.Tensor value) => value.ToScalar().ToSByte();

    public static byte ToByte(this torch.Tensor value) => value.ToScalar().ToByte();

    public static short ToInt16(this torch.Tensor value) => value.ToScalar().ToInt16();

    public static int ToInt32(this torch.Tensor value) => value.ToScalar().ToInt32();

    public static long ToInt64(this torch.Tensor value) => value.ToScalar().ToInt64();

    public static bool ToBoolean(this torch.Tensor value) => value.ToScalar().ToBoolean();

    /// <summary>A tensor of that shape with the array's elements.</summary>
    public static torch.Tensor ToTensor<T>(this T[] rawArray, long[] dimensions, bool doCopy = false, bool requires_grad = false)
        where T : unmanaged => torch.FromSpan<T>(rawArray, dimensions, null, null, requires_grad);
}
