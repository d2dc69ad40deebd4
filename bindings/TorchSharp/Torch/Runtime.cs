using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>The libtorch that the native library was built for.</summary>
    public static string __version__ => Marshal.PtrToStringUTF8(Native.avs_torch_version())!;

    /// <summary>Readies a kind of device; true when this machine has one.</summary>
    public static bool TryInitializeDeviceType(DeviceType deviceType) =>
        deviceType == DeviceType.CPU || (deviceType == DeviceType.CUDA && cuda.is_available());

    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (!TryInitializeDeviceType(deviceType))
            throw new InvalidOperationException($"this machine, or this libtorch, has no {deviceType} device");
    }

    public static int get_num_threads() => Native.avs_num_threads();

    public static void set_num_threads(int num) => Native.Check(Native.avs_set_num_threads(num));

    public static int get_num_interop_threads() => Native.avs_num_interop_threads();

    public static void set_num_interop_threads(int num) => Native.Check(Native.avs_set_num_interop_threads(num));

    /// <summary>Whether this thread computes with numbers too small to be normal as with nought; false when the processor cannot.</summary>
    public static bool set_flush_denormal(bool mode) => Native.avs_set_flush_denormal(mode ? 1 : 0) != 0;

    /// <summary>Operators without a deterministic form then throw, or only warn.</summary>
    public static void use_deterministic_algorithms(bool mode = true, bool warn_only = false) =>
        Native.avs_set_deterministic(mode ? 1 : 0, warn_only ? 1 : 0);

    /// <summary>NVIDIA devices, when the libtorch was built for them and there are any.</summary>
    public static partial class cuda
    {
        public static bool is_available() => Native.avs_cuda_available() != 0;

        public static bool is_cudnn_available() => Native.avs_cudnn_available() != 0;

        public static int device_count() => Native.avs_cuda_device_count();

        public static void manual_seed(long seed) => Native.Check(Native.avs_cuda_manual_seed((ulong)seed, 0));

        public static void manual_seed_all(long seed) => Native.Check(Native.avs_cuda_manual_seed((ulong)seed, 1));

        /// <summary>Waits for all work on a device.</summary>
        public static void synchronize(Device? device = null) => Native.Check(Native.avs_cuda_synchronize(device?.index ?? -1));
    }

    /// <summary>libtorch's switches that TorchSharp keeps under <c>torch.backends</c>.</summary>
    public static partial class backends
    {
        /// <summary>Of cuBLAS.</summary>
        public static partial class cuda
        {
            /// <summary>Of matrix products.</summary>
            public static class matmul
            {
                public static bool allow_tf32
                {
                    get => Native.avs_tf32(0) != 0;
                    set => Native.avs_set_tf32(0, value ? 1 : 0);
                }
            }
        }

        /// <summary>Of cuDNN.</summary>
        public static partial class cudnn
        {
            public static bool allow_tf32
            {
                get => Native.avs_tf32(1) != 0;
                set => Native.avs_set_tf32(1, value ? 1 : 0);
            }
        }
    }
}
