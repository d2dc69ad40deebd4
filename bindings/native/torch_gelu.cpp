// GELU, x Φ(x) with Φ the normal distribution, and its gradient Φ(x) + x φ(x), in one pass over memory. The tail is
//
//   Φ(-t) = e^(-t²/2) u P(u),  u = 1 / (1 + 0.26 t),  t >= 0
//
// with P of degree 8 fitted to the least relative error, 2.5e-8 for t <= 14; so small values keep their digits where 1 + erf has lost them.

#include <algorithm>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include "torch_vector.h"
// Last: the names of its value tags are also those of libtorch's types.
#include "torch_shim.h"

#if AVS_HAS_VECTORS

namespace {

using avs::all;
using avs::Eight;
using avs::fused;
using avs::load;
using avs::store;

constexpr int64_t kGrain = 1 << 15;

// Φ(x), and e^(-x²/2).
AVS_INLINE Eight normal(Eight x, Eight& bell) {
    const Eight t = _mm256_andnot_ps(all(-0.f), x);
    bell = avs::exponential(_mm256_mul_ps(_mm256_mul_ps(x, x), all(-.5f)));
    const Eight u = _mm256_div_ps(all(1.f), fused(t, all(.26f), all(1.f)));
    Eight p = all(0.03050502142885233f);
    p = fused(p, u, all(-0.1528294638071399f));
    p = fused(p, u, all(0.2514925579000241f));
    p = fused(p, u, all(-0.1509503518640532f));
    p = fused(p, u, all(0.16094876842502323f));
    p = fused(p, u, all(0.05102731370402574f));
    p = fused(p, u, all(0.10303034258427117f));
    p = fused(p, u, all(0.10301673878090692f));
    p = fused(p, u, all(0.10375906047628491f));
    const Eight tail = _mm256_mul_ps(_mm256_mul_ps(p, u), bell);
    return _mm256_blendv_ps(_mm256_sub_ps(all(1.f), tail), tail, x); // by the sign of x
}

AVS_INLINE Eight of(Eight x) {
    Eight bell;
    return _mm256_mul_ps(x, normal(x, bell));
}

AVS_INLINE Eight slope(Eight x) {
    Eight bell;
    const Eight below = normal(x, bell);
    return fused(_mm256_mul_ps(x, bell), all(0.3989422804f), below); // 1 / sqrt(2 pi)
}

AVS_FAST void apply(const float* x, int64_t count, float* y) {
    int64_t i = 0;
    for (; i + 8 <= count; i += 8)
        store(y + i, of(load(x + i)));
    if (i < count) {
        float rest[8] = {};
        std::copy(x + i, x + count, rest);
        store(rest, of(load(rest)));
        std::copy(rest, rest + count - i, y + i);
    }
}

AVS_FAST void apply_gradient(const float* gradient, const float* x, int64_t count, float* to) {
    int64_t i = 0;
    for (; i + 8 <= count; i += 8)
        store(to + i, _mm256_mul_ps(load(gradient + i), slope(load(x + i))));
    if (i < count) {
        float rest[8] = {};
        std::copy(x + i, x + count, rest);
        store(rest, slope(load(rest)));
        for (int64_t k = i; k < count; k++)
            to[k] = gradient[k] * rest[k - i];
    }
}

void gelu_into(const at::Tensor& x, const at::Tensor& y) {
    const float* from = x.data_ptr<float>();
    float* to = y.data_ptr<float>();
    at::parallel_for(0, x.numel(), kGrain, [&](int64_t begin, int64_t end) { apply(from + begin, end - begin, to + begin); });
}

at::Tensor gelu_gradient(const at::Tensor& gradient, const at::Tensor& x) {
    const auto result = at::empty_like(x);
    const float *by = gradient.data_ptr<float>(), *from = x.data_ptr<float>();
    float* to = result.data_ptr<float>();
    at::parallel_for(0, x.numel(), kGrain, [&](int64_t begin, int64_t end) { apply_gradient(by + begin, from + begin, end - begin, to + begin); });
    return result;
}

class Gelu final : public torch::autograd::Function<Gelu> {
public:
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x) {
        context->save_for_backward({x});
        auto y = at::empty_like(x);
        gelu_into(x, y);
        return y;
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients) {
        const auto x = context->get_saved_variables()[0];
        if (at::GradMode::is_enabled()) // the gradient is itself to be differentiated: libtorch's own, which can be
            return {at::gelu_backward(gradients[0], x)};
        static const auto backward = c10::Dispatcher::singleton().findSchemaOrThrow("avs::gelu_backward", "").typed<at::Tensor(const at::Tensor&, const at::Tensor&)>();
        return {backward.call(gradients[0].contiguous(), x)};
    }
};

bool suits(const at::Tensor& x) { return avs::has_vectors() && x.scalar_type() == at::kFloat && x.device().is_cpu() && x.is_contiguous(); }

// x: float32 on the CPU, contiguous.
at::Tensor gelu(const at::Tensor& x) {
    TORCH_CHECK(suits(x), "GELU of ", x.sizes());
    if (at::GradMode::is_enabled() && x.requires_grad())
        return Gelu::apply(x);
    auto y = at::empty_like(x);
    gelu_into(x, y);
    return y;
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(avs, library) {
    library.def("gelu(Tensor x) -> Tensor", gelu);
    library.def("gelu_backward(Tensor gradient, Tensor x) -> Tensor", gelu_gradient);
}

// Whether avs::gelu can be had for it.
AVS_API int32_t avs_gelu_suits(avs::Handle x) { return suits(avs::borrow(x)); }

#else

AVS_API int32_t avs_gelu_suits(avs::Handle) { return 0; }

#endif
