using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Plays no part in computing; for whoever wants to label a tensor.</summary>
        public string? name { get; set; }

        public long Dimensions => Live(Native.avs_tensor_dim(Handle));

        public long ndim => Dimensions;

        public long NumberOfElements => Live(Native.avs_tensor_numel(Handle));

        public long ElementSize => Live(Native.avs_tensor_element_size(Handle));

        public ScalarType dtype => (ScalarType)Live(Native.avs_tensor_dtype(Handle));

        public Device device
        {
            get
            {
                Native.avs_tensor_device(Handle, out var type, out var index);
                GC.KeepAlive(this);
                return type == (int)DeviceType.CPU ? CPU : new Device((DeviceType)type, index);
            }
        }

        public DeviceType device_type => device.type;

        public int device_index => device.index;

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_meta => device_type == DeviceType.META;

        /// <summary>The lengths of the dimensions.</summary>
        public unsafe long[] shape
        {
            get
            {
                var sizes = new long[Dimensions];
                fixed (long* into = sizes)
                    Native.Check(Native.avs_tensor_sizes(Handle, into));
                GC.KeepAlive(this);
                return sizes;
            }
        }

        public long dim() => Dimensions;

        public long numel() => NumberOfElements;

        public long element_size() => ElementSize;

        public bool is_cpu() => device_type == DeviceType.CPU;

        public bool is_floating_point() => torch.is_floating_point(dtype);

        public bool is_integral() => torch.is_integral(dtype);

        public bool is_complex() => torch.is_complex(dtype);

        public bool is_nonzero() => ToScalar().ToBoolean();

        public long[] size() => shape;

        public unsafe long size(int dim)
        {
            var dimensions = (int)Dimensions;
            var at = dim < 0 ? dim + dimensions : dim;
            if (at < 0 || at >= dimensions)
                throw new ExternalException($"Dimension out of range (expected to be in range of [{-dimensions}, {dimensions - 1}], but got {dim})");
            var sizes = stackalloc long[dimensions];
            Native.Check(Native.avs_tensor_sizes(Handle, sizes));
            GC.KeepAlive(this);
            return sizes[at];
        }

        public unsafe long[] stride()
        {
            var strides = new long[Dimensions];
            fixed (long* into = strides)
                Native.Check(Native.avs_tensor_strides(Handle, into));
            GC.KeepAlive(this);
            return strides;
        }

        public long stride(int dim) => stride()[dim < 0 ? dim + (int)Dimensions : dim];

        public long storage_offset()
        {
            Native.Check(Native.avs_tensor_storage_offset(Handle, out var offset));
            return Live(offset);
        }

        public bool is_contiguous() => is_contiguous(memory_format.contiguous_format);

        internal bool is_contiguous(memory_format format)
        {
            Native.Check(Native.avs_tensor_is_contiguous(Handle, (int)format, out var contiguous));
            return Live(contiguous != 0);
        }

        /// <summary>Another tensor object for the same native tensor.</summary>
        public Tensor alias() => Live(new Tensor(Native.avs_tensor_alias(Handle)));

        /// <inheritdoc/>
        public override string ToString() => IsInvalid
            ? "a disposed tensor"
            : $"[{string.Join('x', shape)}], type = {dtype}, device = {device}";

        /// <inheritdoc/>
        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

        /// <inheritdoc/>
        public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

        // Keeps this tensor from the collector until the native side has answered.
        private T Live<T>(T answer)
        {
            GC.KeepAlive(this);
            return answer;
        }
    }

    public static bool is_floating_point(ScalarType type) =>
        type is ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64;

    public static bool is_integral(ScalarType type) =>
        type is ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16 or ScalarType.Int32 or ScalarType.Int64 or ScalarType.Bool;

    public static bool is_complex(ScalarType type) => type is ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64;

    public static bool is_floating_point(Tensor input) => input.is_floating_point();

    public static bool is_complex(Tensor input) => input.is_complex();

    public static bool is_integral(Tensor t) => t.is_integral();
}
