namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            private static readonly Op s_setData = new("aten::set_data");

            /// <summary>
            /// Moves parameters, gradients and buffers to a device and converts the floating-point ones. The tensor objects stay the
            /// same, so that an optimizer made before still holds the module's parameters.
            /// </summary>
            internal void Move(Device? device, ScalarType? dtype, bool non_blocking)
            {
                if (dtype is <= ScalarType.Int64 or ScalarType.Bool)
                    throw new ArgumentException($"a module's parameters can be of a floating-point or complex type, not {dtype}");
                using var scope = NewDisposeScope();
                using var guard = no_grad();
                foreach (var parameter in parameters())
                {
                    Move(parameter, device, dtype, non_blocking);
                    if (parameter.grad is { } gradient)
                        Move(gradient, device, dtype, non_blocking);
                }

                foreach (var buffer in buffers())
                    Move(buffer, device, dtype, non_blocking);
            }

            private static void Move(Tensor tensor, Device? device, ScalarType? dtype, bool non_blocking)
            {
                var type = dtype is { } wanted && tensor.is_floating_point() ? wanted : tensor.dtype;
                var place = device ?? tensor.device;
                if (type == tensor.dtype && place.Equals(tensor.device))
                    return;
                var moved = tensor.to(type, place, non_blocking: non_blocking);
                s_setData.Run(tensor, moved);
            }
        }
    }
}

/// <summary>Moves and conversions of modules; each returns the module itself.</summary>
public static class ModuleExtensionMethods
{
    public static T to<T>(this T module, torch.Device device, torch.ScalarType type, bool non_blocking = false)
        where T : torch.nn.Module => Moved(module, device, type, non_blocking);

    public static T to<T>(this T module, torch.ScalarType type, bool non_blocking = false)
        where T : torch.nn.Module => Moved(module, null, type, non_blocking);

    public static T to<T>(this T module, torch.Device device, bool non_blocking = false)
        where T : torch.nn.Module => Moved(module, device, null, non_blocking);

    public static T to<T>(this T module, DeviceType deviceType, int deviceIndex = -1, bool non_blocking = false)
        where T : torch.nn.Module => Moved(module, new torch.Device(deviceType, deviceIndex), null, non_blocking);

    public static T to<T>(this T module, string device, bool non_blocking = false)
        where T : torch.nn.Module => Moved(module, new torch.Device(device), null, non_blocking);

    public static T to<T>(this T module, torch.Tensor other, bool non_blocking = false)
        where T : torch.nn.Module => Moved(module, other.device, other.dtype, non_blocking);

    public static T cpu<T>(this T module, bool non_blocking = false)
        where T : torch.nn.Module => Moved(module, torch.CPU, null, non_blocking);

    public static T cuda<T>(this T module, int deviceIndex = -1, bool non_blocking = false)
        where T : torch.nn.Module => Moved(module, new torch.Device(DeviceType.CUDA, deviceIndex), null, non_blocking);

    public static T half<T>(this T module, bool non_blocking = false)
        where T : torch.nn.Module => Moved(module, null, torch.ScalarType.Float16, non_blocking);

    public static T bfloat16<T>(this T module, bool non_blocking = false)
        where T : torch.nn.Module => Moved(module, null, torch.ScalarType.BFloat16, non_blocking);

    public static T @float<T>(this T module, bool non_blocking = false)
        where T : torch.nn.Module => Moved(module, null, torch.ScalarType.Float32, non_blocking);

    public static T @double<T>(this T module, bool non_blocking = false)
        where T : torch.nn.Module => Moved(module, null, torch.ScalarType.Float64, non_blocking);

    private static T Moved<T>(T module, torch.Device? device, torch.ScalarType? type, bool non_blocking)
        where T : torch.nn.Module
    {
        module.Move(device, type, non_blocking);
        return module;
    }
}
