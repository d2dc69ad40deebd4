using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Avs.Bindings;

[assembly: InternalsVisibleTo("Avs.Bindings.Tests")]
[assembly: DisableRuntimeMarshalling]

namespace TorchSharp;

/// <summary>A value as it crosses the boundary: the native side's <c>AvsValue</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct NativeValue(int tag, int length, long bits)
{
    internal readonly int Tag = tag;
    internal readonly int Length = length;
    internal readonly long Bits = bits;
}

/// <summary>The functions of libavs_torch.so. Each returns a status or cannot fail: no C++ exception crosses the boundary.</summary>
internal static unsafe partial class Native
{
    private const string Library = "avs_torch";

    static Native()
    {
        NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, Resolve);
        avs_start();
    }

    /// <summary>Throws libtorch's message when a call has failed.</summary>
    internal static void Check(int status)
    {
        if (status != 0)
            Throw();
    }

    private static void Throw() => throw new ExternalException(Marshal.PtrToStringUTF8(avs_last_error()) ?? "an error without a message");

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == Library ? NativeFile.Load("libavs_torch.so", assembly, "computes with tensors", "libtorch 1.13 or newer") : 0;

    [LibraryImport(Library)]
    internal static partial void avs_start();

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial IntPtr avs_last_error();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial IntPtr avs_op_find(string name, string overload);

    [LibraryImport(Library)]
    internal static partial int avs_op_call_one(IntPtr op, NativeValue* args, int count, out IntPtr tensor, out long largeBytes);

    [LibraryImport(Library)]
    internal static partial int avs_op_run(IntPtr op, NativeValue* args, int count);

    [LibraryImport(Library)]
    internal static partial int avs_op_call(IntPtr op, NativeValue* args, int count, out NativeValue* results, out int resultCount);

    [LibraryImport(Library)]
    internal static partial int avs_adam_step(IntPtr* tensors, int count, long t, double rate, double beta1, double beta2, double eps,
        double decay, int decoupled, out int done);

    [LibraryImport(Library)]
    internal static partial int avs_profile_start(int byShape);

    [LibraryImport(Library)]
    internal static partial int avs_profile_stop(out IntPtr lines);

    [LibraryImport(Library)]
    internal static partial void avs_tensor_free(IntPtr tensor);

    [LibraryImport(Library)]
    internal static partial int avs_generator_new(int device, int index, ulong seed, out IntPtr generator);

    [LibraryImport(Library)]
    internal static partial int avs_generator_default(int device, int index, out IntPtr generator);

    [LibraryImport(Library)]
    internal static partial void avs_generator_free(IntPtr generator);

    [LibraryImport(Library)]
    internal static partial int avs_generator_seed(IntPtr generator, ulong seed);

    [LibraryImport(Library)]
    internal static partial int avs_generator_initial_seed(IntPtr generator, out ulong seed);

    [LibraryImport(Library)]
    internal static partial int avs_generator_state(IntPtr generator, out IntPtr tensor);

    [LibraryImport(Library)]
    internal static partial int avs_generator_set_state(IntPtr generator, IntPtr tensor);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial IntPtr avs_torch_version();

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial IntPtr avs_tensor_alias(IntPtr tensor);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int avs_tensor_dim(IntPtr tensor);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial long avs_tensor_numel(IntPtr tensor);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int avs_tensor_dtype(IntPtr tensor);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int avs_tensor_element_size(IntPtr tensor);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial void avs_tensor_device(IntPtr tensor, out int type, out int index);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int avs_tensor_sizes(IntPtr tensor, long* sizes);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int avs_tensor_strides(IntPtr tensor, long* strides);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int avs_tensor_storage_offset(IntPtr tensor, out long offset);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int avs_tensor_is_contiguous(IntPtr tensor, int format, out int contiguous);

    [LibraryImport(Library)]
    internal static partial int avs_tensor_data(IntPtr tensor, out IntPtr data);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int avs_tensor_requires_grad(IntPtr tensor, out int required);

    [LibraryImport(Library)]
    internal static partial int avs_tensor_set_requires_grad(IntPtr tensor, int required);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int avs_tensor_is_leaf(IntPtr tensor, out int leaf);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int avs_tensor_grad(IntPtr tensor, out IntPtr gradient);

    [LibraryImport(Library)]
    internal static partial int avs_tensor_set_grad(IntPtr tensor, IntPtr gradient);

    [LibraryImport(Library)]
    internal static partial int avs_backward(
        IntPtr* tensors,
        int count,
        IntPtr* gradients,
        int gradientCount,
        int retainGraph,
        int createGraph,
        IntPtr* inputs,
        int inputCount);

    [LibraryImport(Library)]
    internal static partial int avs_grad(
        IntPtr* outputs,
        int count,
        IntPtr* inputs,
        int inputCount,
        IntPtr* gradients,
        int gradientCount,
        int retainGraph,
        int createGraph,
        int allowUnused,
        IntPtr* results);

    [LibraryImport(Library)]
    internal static partial int avs_gradient_listen(
        IntPtr leaf,
        IntPtr managed,
        delegate* unmanaged[Cdecl]<IntPtr, int> arrived,
        delegate* unmanaged[Cdecl]<IntPtr, void> release,
        out IntPtr listener);

    [LibraryImport(Library)]
    internal static partial void avs_gradient_listener_free(IntPtr listener);

    [LibraryImport(Library)]
    internal static partial int avs_function_record(
        IntPtr function,
        delegate* unmanaged[Cdecl]<IntPtr, IntPtr, IntPtr*, int, int> backward,
        delegate* unmanaged[Cdecl]<IntPtr, void> release,
        IntPtr* inputs,
        int inputCount,
        IntPtr* saved,
        int savedCount,
        IntPtr result,
        out IntPtr recorded,
        out IntPtr node);

    [LibraryImport(Library)]
    internal static partial int avs_function_saved(IntPtr node, IntPtr* tensors);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void avs_set_error(string message);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int avs_conv3x3_suits(IntPtr input, long outputs, long dilation);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int avs_attention_suits(IntPtr query, IntPtr key, IntPtr value);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int avs_gelu_suits(IntPtr x);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int avs_layer_norm_suits(IntPtr x, IntPtr weight, IntPtr bias);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int avs_batch_norm_suits(IntPtr x, IntPtr weight, IntPtr bias, IntPtr runningMean, IntPtr runningVar);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int avs_grad_mode();

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial void avs_set_grad_mode(int enabled);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int avs_inference_mode();

    [LibraryImport(Library)]
    internal static partial int avs_inference_mode_enter(int enabled, out IntPtr guard);

    [LibraryImport(Library)]
    internal static partial void avs_inference_mode_leave(IntPtr guard);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int avs_autocast(int device);

    [LibraryImport(Library)]
    internal static partial int avs_set_autocast(int device, int on);

    [LibraryImport(Library)]
    internal static partial int avs_manual_seed(ulong seed);

    [LibraryImport(Library)]
    internal static partial int avs_num_threads();

    [LibraryImport(Library)]
    internal static partial int avs_set_num_threads(int count);

    [LibraryImport(Library)]
    internal static partial int avs_num_interop_threads();

    [LibraryImport(Library)]
    internal static partial int avs_set_num_interop_threads(int count);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int avs_set_flush_denormal(int on);

    [LibraryImport(Library)]
    internal static partial int avs_cuda_available();

    [LibraryImport(Library)]
    internal static partial int avs_cudnn_available();

    [LibraryImport(Library)]
    internal static partial int avs_cuda_device_count();

    [LibraryImport(Library)]
    internal static partial int avs_cuda_synchronize(long device);

    [LibraryImport(Library)]
    internal static partial int avs_cuda_manual_seed(ulong seed, int all);

    [LibraryImport(Library)]
    internal static partial int avs_tf32(int cudnn);

    [LibraryImport(Library)]
    internal static partial void avs_set_tf32(int cudnn, int on);

    [LibraryImport(Library)]
    internal static partial void avs_set_deterministic(int on, int warnOnly);
}
