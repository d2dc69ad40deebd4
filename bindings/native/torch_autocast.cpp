// Autocast: whether a thread computes convolutions and matrix products on a kind of device in bfloat16.

#include <ATen/autocast_mode.h>
#include <torch/version.h>

// Last: the names of its value tags are also those of libtorch's types.
#include "torch_shim.h"

namespace {

using c10::DeviceType;

// From 2.4 on libtorch has one function for all kinds of devices.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
bool enabled(DeviceType device) { return at::autocast::is_autocast_enabled(device); }

void set_enabled(DeviceType device, bool on) {
    at::autocast::set_autocast_dtype(device, at::kBFloat16);
    at::autocast::set_autocast_enabled(device, on);
}
#else
bool enabled(DeviceType device) {
    return device == DeviceType::CPU ? at::autocast::is_cpu_enabled() : device == DeviceType::CUDA && at::autocast::is_enabled();
}

void set_enabled(DeviceType device, bool on) {
    TORCH_CHECK(device == DeviceType::CPU || device == DeviceType::CUDA, "autocast is for the CPU and CUDA");
    if (device == DeviceType::CPU) {
        at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
        at::autocast::set_cpu_enabled(on);
    } else {
        at::autocast::set_autocast_gpu_dtype(at::kBFloat16);
        at::autocast::set_enabled(on);
    }
}
#endif

}  // namespace

AVS_API int32_t avs_autocast(int32_t device) {
    bool on = false;
    avs::guarded([&] { on = enabled(static_cast<DeviceType>(device)); });
    return on;
}

// Casts of weights are not kept: one that was made where gradients are off, as inside a function that records its own, would be handed out where they are on,
// and the weight would learn nothing.
AVS_API int avs_set_autocast(int32_t device, int32_t on) {
    return avs::guarded([&] {
        set_enabled(static_cast<DeviceType>(device), on != 0);
        at::autocast::set_autocast_cache_enabled(on == 0);
    });
}
