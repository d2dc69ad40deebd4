// The parts of libtorch that are not operators: a tensor's own facts, autograd, gradient modes, generators, threads, devices, memory.

#include "torch_shim.h"

#include <malloc.h>

#include <mutex>
#include <string>
#include <vector>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/Generator.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/cuda.h>
#include <torch/version.h>

using avs::borrow;
using avs::give;
using avs::guarded;
using avs::Handle;

namespace {

std::string& last_error() {
    static thread_local std::string message;
    return message;
}

std::vector<at::Tensor> borrow_all(const Handle* handles, int32_t count) {
    std::vector<at::Tensor> tensors;
    tensors.reserve(count);
    for (int32_t i = 0; i < count; i++)
        tensors.push_back(borrow(handles[i]));
    return tensors;
}

c10::Device device_of(int32_t type, int32_t index) {
    return c10::Device(static_cast<c10::DeviceType>(type), static_cast<c10::DeviceIndex>(index));
}

// Gradients are computed in the types that forward computed in, whatever the thread would now cast to.
struct WithoutAutocast {
    c10::impl::ExcludeDispatchKeyGuard guard{c10::autocast_dispatch_keyset};
};

}  // namespace

void avs::set_error(const char* message) noexcept {
    try {
        last_error() = message;
    } catch (...) {
        last_error().clear();
    }
}

AVS_API const char* avs_last_error() { return last_error().c_str(); }

// glibc hands freed blocks above its thresholds back to the system, so that what libraries take for a call would be paged in anew at every
// step of a training loop. Here memory once taken is kept for the next step.
AVS_API void avs_start() {
    avs::keep_large_blocks();
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, -1);
    mallopt(M_TOP_PAD, 64 << 20);
}

AVS_API const char* avs_torch_version() { return TORCH_VERSION; }

// ---- A tensor's own facts

AVS_API void avs_tensor_free(Handle tensor) {
    guarded([&] { avs::ImplPtr::reclaim(tensor); });
}

// Another counted reference to the same tensor.
AVS_API Handle avs_tensor_alias(Handle tensor) { return give(borrow(tensor)); }

AVS_API int32_t avs_tensor_dim(Handle tensor) { return static_cast<int32_t>(tensor->dim()); }

AVS_API int64_t avs_tensor_numel(Handle tensor) { return tensor->numel(); }

AVS_API int32_t avs_tensor_dtype(Handle tensor) { return static_cast<int32_t>(c10::typeMetaToScalarType(tensor->dtype())); }

AVS_API int32_t avs_tensor_element_size(Handle tensor) { return static_cast<int32_t>(tensor->itemsize()); }

AVS_API void avs_tensor_device(Handle tensor, int32_t* type, int32_t* index) {
    const auto device = tensor->device();
    *type = static_cast<int32_t>(device.type());
    *index = device.index();
}

AVS_API int avs_tensor_sizes(Handle tensor, int64_t* sizes) {
    return guarded([&] {
        for (auto size : tensor->sizes())
            *sizes++ = size;
    });
}

AVS_API int avs_tensor_strides(Handle tensor, int64_t* strides) {
    return guarded([&] {
        for (auto stride : tensor->strides())
            *strides++ = stride;
    });
}

AVS_API int avs_tensor_storage_offset(Handle tensor, int64_t* offset) {
    return guarded([&] { *offset = tensor->storage_offset(); });
}

AVS_API int avs_tensor_is_contiguous(Handle tensor, int32_t format, int32_t* result) {
    return guarded([&] { *result = tensor->is_contiguous(static_cast<c10::MemoryFormat>(format)); });
}

AVS_API int avs_tensor_data(Handle tensor, void** data) {
    return guarded([&] { *data = borrow(tensor).data_ptr(); });
}

// ---- Autograd

AVS_API int avs_tensor_requires_grad(Handle tensor, int32_t* result) {
    return guarded([&] { *result = tensor->requires_grad(); });
}

AVS_API int avs_tensor_set_requires_grad(Handle tensor, int32_t value) {
    return guarded([&] { borrow(tensor).requires_grad_(value != 0); });
}

AVS_API int avs_tensor_is_leaf(Handle tensor, int32_t* result) {
    return guarded([&] { *result = borrow(tensor).is_leaf(); });
}

AVS_API int avs_tensor_grad(Handle tensor, Handle* grad) {
    *grad = nullptr;
    return guarded([&] { *grad = give(at::Tensor(borrow(tensor).grad())); });
}

AVS_API int avs_tensor_set_grad(Handle tensor, Handle grad) {
    return guarded([&] {
        auto owner = borrow(tensor);
        auto value = borrow(grad);
        if (value.defined()) {
            TORCH_CHECK(value.sizes() == owner.sizes(), "a gradient of shape ", value.sizes(), " does not fit a tensor of shape ", owner.sizes());
            TORCH_CHECK(value.scalar_type() == owner.scalar_type() && value.device() == owner.device(),
                        "a gradient must have its tensor's dtype and device");
        }
        owner.mutable_grad() = value;
    });
}

AVS_API int avs_backward(const Handle* tensors, int32_t count, const Handle* gradients, int32_t gradient_count, int32_t retain_graph,
                         int32_t create_graph, const Handle* inputs, int32_t input_count) {
    return guarded([&] {
        WithoutAutocast as_recorded;
        torch::autograd::backward(borrow_all(tensors, count), borrow_all(gradients, gradient_count), retain_graph != 0 || create_graph != 0,
                                  create_graph != 0, borrow_all(inputs, input_count));
    });
}

AVS_API int avs_grad(const Handle* outputs, int32_t count, const Handle* inputs, int32_t input_count, const Handle* gradients,
                     int32_t gradient_count, int32_t retain_graph, int32_t create_graph, int32_t allow_unused, Handle* results) {
    return guarded([&] {
        WithoutAutocast as_recorded;
        auto grads = torch::autograd::grad(borrow_all(outputs, count), borrow_all(inputs, input_count), borrow_all(gradients, gradient_count),
                                           retain_graph != 0 || create_graph != 0, create_graph != 0, allow_unused != 0);
        for (auto& grad : grads)
            *results++ = give(std::move(grad));
    });
}

AVS_API int32_t avs_grad_mode() { return c10::GradMode::is_enabled(); }

AVS_API void avs_set_grad_mode(int32_t enabled) { c10::GradMode::set_enabled(enabled != 0); }

AVS_API int32_t avs_inference_mode() { return c10::InferenceMode::is_enabled(); }

// The mode lasts, on the calling thread, until the returned guard is handed back there.
AVS_API int avs_inference_mode_enter(int32_t enabled, void** guard) {
    return guarded([&] { *guard = new c10::InferenceMode(enabled != 0); });
}

AVS_API void avs_inference_mode_leave(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }

// ---- Randomness

AVS_API int avs_manual_seed(uint64_t seed) {
    return guarded([&] { at::manual_seed(seed); });
}

AVS_API int avs_generator_default(int32_t type, int32_t index, at::Generator** generator) {
    return guarded([&] { *generator = new at::Generator(at::globalContext().defaultGenerator(device_of(type, index))); });
}

AVS_API int avs_generator_new(int32_t type, int32_t index, uint64_t seed, at::Generator** generator) {
    return guarded([&] {
        const auto device = device_of(type, index);
        auto made = device.is_cpu() ? at::detail::createCPUGenerator(seed) : at::globalContext().defaultGenerator(device).clone();
        made.set_current_seed(seed);
        *generator = new at::Generator(std::move(made));
    });
}

AVS_API void avs_generator_free(at::Generator* generator) { delete generator; }

AVS_API int avs_generator_seed(at::Generator* generator, uint64_t seed) {
    return guarded([&] {
        std::lock_guard<std::mutex> hold(generator->mutex());
        generator->set_current_seed(seed);
    });
}

AVS_API int avs_generator_initial_seed(at::Generator* generator, uint64_t* seed) {
    return guarded([&] {
        std::lock_guard<std::mutex> hold(generator->mutex());
        *seed = generator->current_seed();
    });
}

AVS_API int avs_generator_state(at::Generator* generator, Handle* state) {
    return guarded([&] {
        std::lock_guard<std::mutex> hold(generator->mutex());
        *state = give(generator->get_state());
    });
}

AVS_API int avs_generator_set_state(at::Generator* generator, Handle state) {
    return guarded([&] {
        std::lock_guard<std::mutex> hold(generator->mutex());
        generator->set_state(borrow(state));
    });
}

// ---- Threads and devices

AVS_API int32_t avs_num_threads() { return at::get_num_threads(); }

AVS_API int avs_set_num_threads(int32_t count) {
    return guarded([&] { at::set_num_threads(count); });
}

AVS_API int32_t avs_num_interop_threads() { return at::get_num_interop_threads(); }

AVS_API int avs_set_num_interop_threads(int32_t count) {
    return guarded([&] { at::set_num_interop_threads(count); });
}

AVS_API int32_t avs_set_flush_denormal(int32_t on) { return at::globalContext().setFlushDenormal(on != 0); }

AVS_API int32_t avs_cuda_available() {
    bool available = false;
    guarded([&] { available = torch::cuda::is_available(); });
    return available;
}

AVS_API int32_t avs_cuda_device_count() {
    int32_t count = 0;
    guarded([&] { count = static_cast<int32_t>(torch::cuda::device_count()); });
    return count;
}

AVS_API int32_t avs_cudnn_available() {
    bool available = false;
    guarded([&] { available = torch::cuda::cudnn_is_available(); });
    return available;
}

AVS_API int avs_cuda_synchronize(int64_t device) {
    return guarded([&] { torch::cuda::synchronize(device); });
}

AVS_API int avs_cuda_manual_seed(uint64_t seed, int32_t all) {
    return guarded([&] { all ? torch::cuda::manual_seed_all(seed) : torch::cuda::manual_seed(seed); });
}

AVS_API int32_t avs_tf32(int32_t cudnn) {
    bool on = false;
    guarded([&] { on = cudnn ? at::globalContext().allowTF32CuDNN() : at::globalContext().allowTF32CuBLAS(); });
    return on;
}

AVS_API void avs_set_tf32(int32_t cudnn, int32_t on) {
    guarded([&] {
        cudnn ? at::globalContext().setAllowTF32CuDNN(on != 0) : at::globalContext().setAllowTF32CuBLAS(on != 0);
    });
}

AVS_API void avs_set_deterministic(int32_t on, int32_t warn_only) {
    guarded([&] { at::globalContext().setDeterministicAlgorithms(on != 0, warn_only != 0); });
}
