// BatchNorm by the statistics of the batch, and its gradients, a channel at a time: its planes are read from memory once and from the caches after that. With
// x̂ = (x - mean) r, r = 1 / √(variance + eps), and means over a channel's N values
//
//   y = w x̂ + b     ∂x = w r (∂y - mean(∂y) - x̂ mean(∂y x̂))     ∂w = Σ ∂y x̂     ∂b = Σ ∂y
//
// Sums are in double precision, as libtorch has them in this order of memory.

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

// A map [pictures, channels, ...] as one channel sees it.
struct Channels {
    int64_t pictures, channels, plane;

    explicit Channels(const at::Tensor& map) : pictures(map.size(0)), channels(map.size(1)), plane(map.numel() / (map.size(0) * map.size(1))) {}

    double values() const { return static_cast<double>(pictures * plane); }
    int64_t grain() const { return kGrain / (pictures * plane) + 1; }
    int64_t at(int64_t picture, int64_t channel) const { return (picture * channels + channel) * plane; }
};

// Sums of what comes in eights, in double precision.
struct Sum {
    __m256d low, high;

    AVS_INLINE Sum() : low(_mm256_setzero_pd()), high(_mm256_setzero_pd()) {}

    AVS_INLINE void add(Eight values) {
        low = _mm256_add_pd(low, _mm256_cvtps_pd(_mm256_castps256_ps128(values)));
        high = _mm256_add_pd(high, _mm256_cvtps_pd(_mm256_extractf128_ps(values, 1)));
    }

    AVS_INLINE void add_product(Eight a, Eight b) {
        low = _mm256_fmadd_pd(_mm256_cvtps_pd(_mm256_castps256_ps128(a)), _mm256_cvtps_pd(_mm256_castps256_ps128(b)), low);
        high = _mm256_fmadd_pd(_mm256_cvtps_pd(_mm256_extractf128_ps(a, 1)), _mm256_cvtps_pd(_mm256_extractf128_ps(b, 1)), high);
    }

    AVS_INLINE double total() const {
        alignas(32) double four[4];
        _mm256_store_pd(four, _mm256_add_pd(low, high));
        return four[0] + four[1] + (four[2] + four[3]);
    }
};

AVS_FAST double sum_of(const float* x, int64_t count) {
    Sum a, b;
    int64_t j = 0;
    for (; j + 16 <= count; j += 16) {
        a.add(load(x + j));
        b.add(load(x + j + 8));
    }
    double rest = 0;
    for (; j < count; j++)
        rest += x[j];
    return a.total() + b.total() + rest;
}

AVS_FAST double squares_of(const float* x, int64_t count, double mean) {
    // x - mean in double precision too: where a channel varies little around a large mean, rounding would be all there is.
    const __m256d centre = _mm256_set1_pd(mean);
    __m256d a = _mm256_setzero_pd(), b = a;
    int64_t j = 0;
    for (; j + 8 <= count; j += 8) {
        const __m256d low = _mm256_sub_pd(_mm256_cvtps_pd(_mm_loadu_ps(x + j)), centre), high = _mm256_sub_pd(_mm256_cvtps_pd(_mm_loadu_ps(x + j + 4)), centre);
        a = _mm256_fmadd_pd(low, low, a);
        b = _mm256_fmadd_pd(high, high, b);
    }
    alignas(32) double four[4];
    _mm256_store_pd(four, _mm256_add_pd(a, b));
    double rest = 0;
    for (; j < count; j++)
        rest += (x[j] - mean) * (x[j] - mean);
    return four[0] + four[1] + (four[2] + four[3]) + rest;
}

// y = scale x + shift
AVS_FAST void affine(const float* x, int64_t count, float scale, float shift, float* y) {
    const Eight a = all(scale), b = all(shift);
    int64_t j = 0;
    for (; j + 8 <= count; j += 8)
        store(y + j, fused(load(x + j), a, b));
    for (; j < count; j++)
        y[j] = x[j] * scale + shift;
}

// Σ ∂y and Σ ∂y (x - mean)
AVS_FAST void gradient_sums(const float* g, const float* x, int64_t count, float mean, double& plain, double& along) {
    Sum a, b;
    const Eight centre = all(mean);
    int64_t j = 0;
    for (; j + 8 <= count; j += 8) {
        const Eight gradient = load(g + j);
        a.add(gradient);
        b.add_product(gradient, _mm256_sub_ps(load(x + j), centre));
    }
    for (; j < count; j++) {
        plain += g[j];
        along += static_cast<double>(g[j]) * (x[j] - mean);
    }
    plain += a.total();
    along += b.total();
}

// ∂x = scale (∂y - level - slope (x - mean))
AVS_FAST void input_gradient(const float* g, const float* x, int64_t count, float mean, float level, float slope, float scale, float* to) {
    const Eight centre = all(mean), a = all(level), b = all(slope), c = all(scale);
    int64_t j = 0;
    for (; j + 8 <= count; j += 8) {
        const Eight deviation = _mm256_sub_ps(load(x + j), centre);
        store(to + j, _mm256_mul_ps(_mm256_fnmadd_ps(deviation, b, _mm256_sub_ps(load(g + j), a)), c));
    }
    for (; j < count; j++)
        to[j] = (g[j] - level - (x[j] - mean) * slope) * scale;
}

float* values(const c10::optional<at::Tensor>& tensor) { return tensor && tensor->defined() ? tensor->data_ptr<float>() : nullptr; }

// y, and of each channel its mean and r, [2, C]; the running statistics, where there are any, move by `momentum`.
std::tuple<at::Tensor, at::Tensor> forward_pass(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const c10::optional<at::Tensor>& running_mean,
                                                const c10::optional<at::Tensor>& running_var, double momentum, double eps) {
    const Channels of(x);
    auto result = at::empty_like(x), moments = at::empty({2, of.channels}, x.options());
    const float *from = x.data_ptr<float>(), *w = weight.data_ptr<float>(), *b = bias.data_ptr<float>();
    float *to = result.data_ptr<float>(), *moment = moments.data_ptr<float>(), *means = values(running_mean), *variances = values(running_var);
    at::parallel_for(0, of.channels, of.grain(), [&](int64_t begin, int64_t end) {
        for (int64_t c = begin; c < end; c++) {
            double mean = 0, squares = 0;
            for (int64_t n = 0; n < of.pictures; n++)
                mean += sum_of(from + of.at(n, c), of.plane);
            mean /= of.values();
            for (int64_t n = 0; n < of.pictures; n++)
                squares += squares_of(from + of.at(n, c), of.plane, mean);
            moment[c] = static_cast<float>(mean);
            moment[of.channels + c] = static_cast<float>(1 / std::sqrt(squares / of.values() + eps));
            const float scale = moment[of.channels + c] * w[c], shift = b[c] - moment[c] * scale;
            for (int64_t n = 0; n < of.pictures; n++)
                affine(from + of.at(n, c), of.plane, scale, shift, to + of.at(n, c));
            if (means)
                means[c] = static_cast<float>(momentum * mean + (1 - momentum) * means[c]);
            if (variances)
                variances[c] = static_cast<float>(momentum * squares / (of.values() - 1) + (1 - momentum) * variances[c]);
        }
    });
    for (const auto& running : {running_mean, running_var})
        if (running && running->defined())
            running->unsafeGetTensorImpl()->bump_version();
    return {result, moments};
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> backward_pass(const at::Tensor& gradient, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& moments) {
    const Channels of(x);
    auto by_x = at::empty_like(x), by_weight = at::empty_like(weight), by_bias = at::empty_like(weight);
    const float *by = gradient.data_ptr<float>(), *from = x.data_ptr<float>(), *w = weight.data_ptr<float>(), *moment = moments.data_ptr<float>();
    float *to = by_x.data_ptr<float>(), *to_weight = by_weight.data_ptr<float>(), *to_bias = by_bias.data_ptr<float>();
    at::parallel_for(0, of.channels, of.grain(), [&](int64_t begin, int64_t end) {
        for (int64_t c = begin; c < end; c++) {
            const float mean = moment[c], r = moment[of.channels + c];
            double plain = 0, along = 0;
            for (int64_t n = 0; n < of.pictures; n++)
                gradient_sums(by + of.at(n, c), from + of.at(n, c), of.plane, mean, plain, along);
            const auto level = static_cast<float>(plain / of.values()), slope = static_cast<float>(along * r * r / of.values());
            for (int64_t n = 0; n < of.pictures; n++)
                input_gradient(by + of.at(n, c), from + of.at(n, c), of.plane, mean, level, slope, r * w[c], to + of.at(n, c));
            to_weight[c] = static_cast<float>(along * r);
            to_bias[c] = static_cast<float>(plain);
        }
    });
    return {by_x, by_weight, by_bias};
}

class BatchNorm final : public torch::autograd::Function<BatchNorm> {
public:
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                              const c10::optional<at::Tensor>& running_mean, const c10::optional<at::Tensor>& running_var, double momentum, double eps) {
        const auto [result, moments] = forward_pass(x, weight, bias, running_mean, running_var, momentum, eps);
        context->save_for_backward({x, weight, moments});
        context->saved_data["eps"] = eps;
        return result;
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const auto &x = saved[0], &weight = saved[1], &moments = saved[2];
        std::tuple<at::Tensor, at::Tensor, at::Tensor> found;
        if (at::GradMode::is_enabled()) { // the gradient is itself to be differentiated: libtorch's own, which can be
            found = at::native_batch_norm_backward(gradients[0], x, weight, {}, {}, moments[0], moments[1], true, context->saved_data["eps"].toDouble(), {true, true, true});
        } else {
            using Signature = std::tuple<at::Tensor, at::Tensor, at::Tensor>(const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&);
            static const auto backward = c10::Dispatcher::singleton().findSchemaOrThrow("avs::batch_norm_backward", "").typed<Signature>();
            found = backward.call(gradients[0].contiguous(), x, weight, moments);
        }
        const at::Tensor none;
        return {std::get<0>(found), std::get<1>(found), std::get<2>(found), none, none, none, none};
    }
};

bool suits(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const at::Tensor& running_mean, const at::Tensor& running_var) {
    const auto plain = [](const at::Tensor& tensor) {
        return tensor.defined() && tensor.scalar_type() == at::kFloat && tensor.device().is_cpu() && tensor.is_contiguous();
    };
    const auto of_channels = [&](const at::Tensor& tensor) { return plain(tensor) && tensor.dim() == 1 && tensor.size(0) == x.size(1); };
    const auto running = [&](const at::Tensor& tensor) { return !tensor.defined() || (of_channels(tensor) && !tensor.requires_grad()); };
    return avs::has_vectors() && plain(x) && x.dim() > 2 && x.numel() > x.size(1) && of_channels(weight) && of_channels(bias) && running(running_mean) &&
           running(running_var);
}

// x [N, C, ...], the rest [C]: float32 on the CPU, contiguous. Of training: by the statistics of x.
at::Tensor batch_norm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const c10::optional<at::Tensor>& running_mean,
                      const c10::optional<at::Tensor>& running_var, double momentum, double eps) {
    TORCH_CHECK(suits(x, weight, bias, running_mean.value_or(at::Tensor()), running_var.value_or(at::Tensor())), "BatchNorm of ", x.sizes(), " by weights of ", weight.sizes());
    if (at::GradMode::is_enabled() && (x.requires_grad() || weight.requires_grad() || bias.requires_grad()))
        return BatchNorm::apply(x, weight, bias, running_mean, running_var, momentum, eps);
    return std::get<0>(forward_pass(x, weight, bias, running_mean, running_var, momentum, eps));
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(avs, library) {
    library.def("batch_norm(Tensor x, Tensor weight, Tensor bias, Tensor? running_mean, Tensor? running_var, float momentum, float eps) -> Tensor", batch_norm);
    library.def("batch_norm_backward(Tensor gradient, Tensor x, Tensor weight, Tensor moments) -> (Tensor, Tensor, Tensor)", backward_pass);
}

// Whether avs::batch_norm can be had for these; the last two may be null.
AVS_API int32_t avs_batch_norm_suits(avs::Handle x, avs::Handle weight, avs::Handle bias, avs::Handle running_mean, avs::Handle running_var) {
    return suits(avs::borrow(x), avs::borrow(weight), avs::borrow(bias), avs::borrow(running_mean), avs::borrow(running_var));
}

#else

AVS_API int32_t avs_batch_norm_suits(avs::Handle, avs::Handle, avs::Handle, avs::Handle, avs::Handle) { return 0; }

#endif
