// One step of Adam or AdamW in one pass over memory, as libtorch 1.13 has it for CUDA only: parameter, gradient and both running means are read
// once, and nothing is made on the way.

#include "torch_shim.h"

#include <cmath>

#include <ATen/Parallel.h>

namespace {

struct Rule {
    float beta1, rest1, beta2, rest2, eps, decay, shrink, root, rate;  // rest: 1 - beta, of which float32 would lose half; shrink: 1 - lr * decoupled decay; root: sqrt(1 - beta2^t); rate: lr / (1 - beta1^t)
};

#if defined(__x86_64__)
__attribute__((target_clones("arch=x86-64-v3", "default")))
#endif
void step(const Rule rule, int64_t count, float* __restrict p, const float* __restrict gradient, float* __restrict m, float* __restrict v) {
    for (int64_t i = 0; i < count; i++) {
        const float g = gradient[i] + rule.decay * p[i];
        m[i] = rule.beta1 * m[i] + rule.rest1 * g;
        v[i] = rule.beta2 * v[i] + rule.rest2 * g * g;
        p[i] = rule.shrink * p[i] - rule.rate * m[i] / (std::sqrt(v[i]) / rule.root + rule.eps);
    }
}

bool plain(const at::Tensor& tensor) {
    return tensor.device().is_cpu() && tensor.scalar_type() == at::kFloat && tensor.is_contiguous();
}

}  // namespace

// `tensors`: parameter, gradient, mean, mean of squares of the first parameter, then of the next. `done` is 0, and nothing was changed, when one of
// them is not a contiguous float32 tensor on the CPU.
AVS_API int avs_adam_step(const avs::Handle* tensors, int32_t count, int64_t t, double rate, double beta1, double beta2, double eps, double decay,
                          int32_t decoupled, int32_t* done) {
    return avs::guarded([&] {
        *done = 0;
        for (int32_t i = 0; i < 4 * count; i++) {
            if (!plain(avs::borrow(tensors[i])) || tensors[i]->numel() != tensors[i / 4 * 4]->numel())
                return;
        }
        const auto wide = [](double value) { return static_cast<float>(value); };
        const Rule rule{wide(beta1), wide(1 - beta1), wide(beta2), wide(1 - beta2), wide(eps), wide(decoupled ? 0 : decay), wide(decoupled ? 1 - rate * decay : 1),
                        wide(std::sqrt(1 - std::pow(beta2, static_cast<double>(t)))), wide(rate / (1 - std::pow(beta1, static_cast<double>(t))))};
        for (int32_t i = 0; i < count; i++) {
            float* at[4];
            for (int k = 0; k < 4; k++)
                at[k] = avs::borrow(tensors[4 * i + k]).data_ptr<float>();
            at::parallel_for(0, tensors[4 * i]->numel(), 1 << 15,
                             [&](int64_t from, int64_t to) { step(rule, to - from, at[0] + from, at[1] + from, at[2] + from, at[3] + from); });
            avs::borrow(tensors[4 * i]).unsafeGetTensorImpl()->bump_version();
        }
        *done = 1;
    });
}
