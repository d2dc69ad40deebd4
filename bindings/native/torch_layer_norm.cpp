// LayerNorm over the last dimension, and its gradients, each in one pass over memory: with x̂ = (x - mean) r and r = 1 / √(variance + eps)
//
//   y = w x̂ + b     ∂x = r (w ∂y - mean(w ∂y) - x̂ mean(w ∂y x̂))     ∂w = Σ ∂y x̂     ∂b = Σ ∂y
//
// where the sums over rows are taken part by part, and the parts added in their order: the same for any number of threads.

#include <algorithm>
#include <cmath>
#include <tuple>

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

constexpr int64_t kGrain = 1 << 14; // values

struct Moments {
    float mean, r;
};

AVS_INLINE Moments moments(const float* x, int64_t width, float eps) {
    Eight a = _mm256_setzero_ps(), b = a;
    int64_t j = 0;
    for (; j + 16 <= width; j += 16) {
        a = _mm256_add_ps(a, load(x + j));
        b = _mm256_add_ps(b, load(x + j + 8));
    }
    if (j < width)
        a = _mm256_add_ps(a, load(x + j));
    const float mean = avs::sum(_mm256_add_ps(a, b)) / static_cast<float>(width);
    const Eight centre = all(mean);
    a = b = _mm256_setzero_ps();
    for (j = 0; j + 16 <= width; j += 16) {
        const Eight c = _mm256_sub_ps(load(x + j), centre), d = _mm256_sub_ps(load(x + j + 8), centre);
        a = fused(c, c, a);
        b = fused(d, d, b);
    }
    if (j < width) {
        const Eight c = _mm256_sub_ps(load(x + j), centre);
        a = fused(c, c, a);
    }
    return {mean, 1 / std::sqrt(avs::sum(_mm256_add_ps(a, b)) / static_cast<float>(width) + eps)};
}

AVS_FAST at::Tensor forward_pass(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double eps) {
    const int64_t width = x.size(-1);
    auto result = at::empty_like(x);
    const float *from = x.data_ptr<float>(), *w = weight.data_ptr<float>(), *b = bias.data_ptr<float>();
    float* to = result.data_ptr<float>();
    at::parallel_for(0, x.numel() / width, kGrain / width + 1, [&](int64_t begin, int64_t end) AVS_FAST {
        for (int64_t i = begin * width; i < end * width; i += width) {
            const auto of = moments(from + i, width, static_cast<float>(eps));
            const Eight scale = all(of.r), shift = all(-of.mean * of.r);
            for (int64_t j = 0; j < width; j += 8)
                store(to + i + j, fused(fused(load(from + i + j), scale, shift), load(w + j), load(b + j)));
        }
    });
    return result;
}

AVS_FAST std::tuple<at::Tensor, at::Tensor, at::Tensor> backward_pass(const at::Tensor& gradient, const at::Tensor& x, const at::Tensor& weight, double eps) {
    const int64_t width = x.size(-1), rows = x.numel() / width, part = std::max<int64_t>(64, (rows + 31) / 32), parts = (rows + part - 1) / part;
    auto result = at::empty_like(x);
    const auto sums = at::zeros({parts, 2, width}, x.options()); // ∂w, ∂b
    const float *by = gradient.data_ptr<float>(), *from = x.data_ptr<float>(), *w = weight.data_ptr<float>();
    float *to = result.data_ptr<float>(), *sum = sums.data_ptr<float>();
    at::parallel_for(0, parts, 1, [&](int64_t begin, int64_t end) AVS_FAST {
        for (int64_t k = begin; k < end; k++) {
            float *by_weight = sum + 2 * width * k, *by_bias = by_weight + width;
            for (int64_t i = k * part * width; i < std::min(rows, (k + 1) * part) * width; i += width) {
                const auto of = moments(from + i, width, static_cast<float>(eps));
                const Eight scale = all(of.r), shift = all(-of.mean * of.r);
                Eight plain = _mm256_setzero_ps(), along = plain; // Σ w ∂y, Σ w ∂y x̂
                for (int64_t j = 0; j < width; j += 8) {
                    const Eight g = load(by + i + j), normal = fused(load(from + i + j), scale, shift), weighted = _mm256_mul_ps(g, load(w + j));
                    plain = _mm256_add_ps(plain, weighted);
                    along = fused(weighted, normal, along);
                    store(by_weight + j, fused(g, normal, load(by_weight + j)));
                    store(by_bias + j, _mm256_add_ps(load(by_bias + j), g));
                }
                const Eight mean = all(avs::sum(plain) / static_cast<float>(width)), slope = all(avs::sum(along) / static_cast<float>(width));
                for (int64_t j = 0; j < width; j += 8) {
                    const Eight normal = fused(load(from + i + j), scale, shift), weighted = _mm256_mul_ps(load(by + i + j), load(w + j));
                    store(to + i + j, _mm256_mul_ps(scale, _mm256_fnmadd_ps(normal, slope, _mm256_sub_ps(weighted, mean))));
                }
            }
        }
    });
    const auto total = sums.sum(0);
    return {result, total[0], total[1]};
}

class LayerNorm final : public torch::autograd::Function<LayerNorm> {
public:
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double eps) {
        context->save_for_backward({x, weight, bias});
        context->saved_data["eps"] = eps;
        return forward_pass(x, weight, bias, eps);
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const auto &x = saved[0], &weight = saved[1], &bias = saved[2];
        const double eps = context->saved_data["eps"].toDouble();
        if (at::GradMode::is_enabled()) { // the gradient is itself to be differentiated: libtorch's own, which can be
            const auto forward = at::native_layer_norm(x, weight.sizes(), weight, bias, eps);
            const auto [by_x, by_weight, by_bias] =
                at::native_layer_norm_backward(gradients[0], x, weight.sizes(), std::get<1>(forward), std::get<2>(forward), weight, bias, {true, true, true});
            return {by_x, by_weight, by_bias, at::Tensor()};
        }
        using Signature = std::tuple<at::Tensor, at::Tensor, at::Tensor>(const at::Tensor&, const at::Tensor&, const at::Tensor&, double);
        static const auto backward = c10::Dispatcher::singleton().findSchemaOrThrow("avs::layer_norm_backward", "").typed<Signature>();
        const auto [by_x, by_weight, by_bias] = backward.call(gradients[0].contiguous(), x, weight, eps);
        return {by_x, by_weight, by_bias, at::Tensor()};
    }
};

bool suits(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
    const auto plain = [](const at::Tensor& tensor) { return tensor.scalar_type() == at::kFloat && tensor.device().is_cpu() && tensor.is_contiguous(); };
    return avs::has_vectors() && x.dim() > 0 && x.numel() > 0 && x.size(-1) % 8 == 0 && plain(x) && weight.defined() && bias.defined() && plain(weight) && plain(bias) &&
           weight.dim() == 1 && weight.size(0) == x.size(-1) && bias.sizes() == weight.sizes();
}

// x [..., C], weight and bias [C]: float32 on the CPU, contiguous, C a multiple of eight.
at::Tensor layer_norm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, double eps) {
    TORCH_CHECK(suits(x, weight, bias), "LayerNorm of ", x.sizes(), " by weights of ", weight.sizes());
    if (at::GradMode::is_enabled() && (x.requires_grad() || weight.requires_grad() || bias.requires_grad()))
        return LayerNorm::apply(x, weight, bias, eps);
    return forward_pass(x, weight, bias, eps);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(avs, library) {
    library.def("layer_norm(Tensor x, Tensor weight, Tensor bias, float eps) -> Tensor", layer_norm);
    library.def("layer_norm_backward(Tensor gradient, Tensor x, Tensor weight, float eps) -> (Tensor, Tensor, Tensor)", backward_pass);
}

// Whether avs::layer_norm can be had for these.
AVS_API int32_t avs_layer_norm_suits(avs::Handle x, avs::Handle weight, avs::Handle bias) {
    return suits(avs::borrow(x), avs::borrow(weight), avs::borrow(bias));
}

#else

AVS_API int32_t avs_layer_norm_suits(avs::Handle, avs::Handle, avs::Handle) { return 0; }

#endif
