// Depthwise 3x3 convolutions with one zero around the map, of float32 maps whose channels lie last: token sequences seen as pictures are such maps.
// oneDNN is built for maps whose channels lie first and takes a third of the memory's rate here, less in backward. All three passes below are bound
// by memory: they walk along the channels, four places of a row at a time, so that each weight is loaded once for four results.

#include <algorithm>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

// Last: the names of its value tags are also those of libtorch's types.
#include "torch_shim.h"

#if defined(__x86_64__)
#define AVS_CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define AVS_CLONES
#endif

namespace {

constexpr int64_t kPlaces = 4;

struct Map {
    int64_t count, height, width, channels;
    int64_t rows() const { return count * height; }
    int64_t grain() const { return std::max<int64_t>(1, 32768 / (width * channels)); }
};

// The places (y - 1 .. y + 1, x - 1 .. x + 4) of a map, row by row; those outside it are `zeros`.
struct Window {
    const float* at[3][kPlaces + 2];

    Window(const float* map, const Map& size, const float* zeros, int64_t row, int64_t x) {
        const int64_t y = row % size.height;
        for (int64_t i = -1; i <= 1; i++) {
            for (int64_t j = -1; j <= kPlaces; j++) {
                const bool inside = y + i >= 0 && y + i < size.height && x + j >= 0 && x + j < size.width;
                at[i + 1][j + 1] = inside ? map + ((row + i) * size.width + x + j) * size.channels : zeros;
            }
        }
    }
};

// out[place][c] = bias[c] + sum over taps of weight[tap][c] * in[place + tap][c], for four places side by side.
AVS_CLONES void apply(const Window& in, const float* __restrict weight, const float* __restrict bias, int64_t channels, float* __restrict out0,
                      float* __restrict out1, float* __restrict out2, float* __restrict out3) {
    for (int64_t c = 0; c < channels; c++) {
        float s0 = bias[c], s1 = s0, s2 = s0, s3 = s0;
        for (int i = 0; i < 3; i++) {
            const float w0 = weight[(3 * i) * channels + c], w1 = weight[(3 * i + 1) * channels + c], w2 = weight[(3 * i + 2) * channels + c];
            const float x0 = in.at[i][0][c], x1 = in.at[i][1][c], x2 = in.at[i][2][c], x3 = in.at[i][3][c], x4 = in.at[i][4][c], x5 = in.at[i][5][c];
            s0 += w0 * x0 + w1 * x1 + w2 * x2;
            s1 += w0 * x1 + w1 * x2 + w2 * x3;
            s2 += w0 * x2 + w1 * x3 + w2 * x4;
            s3 += w0 * x3 + w1 * x4 + w2 * x5;
        }
        out0[c] = s0;
        out1[c] = s1;
        out2[c] = s2;
        out3[c] = s3;
    }
}

// sum[tap][c] += sum over four places of in[place + tap][c] * gradient[place][c], and sum[9][c] += the gradients themselves.
AVS_CLONES void gather(const Window& in, const float* const* gradient, int64_t channels, float* __restrict sum) {
    const float *g0 = gradient[0], *g1 = gradient[1], *g2 = gradient[2], *g3 = gradient[3];
    for (int i = 0; i < 3; i++) {
        float* __restrict t0 = sum + (3 * i) * channels;
        float* __restrict t1 = t0 + channels;
        float* __restrict t2 = t1 + channels;
        const float *x0 = in.at[i][0], *x1 = in.at[i][1], *x2 = in.at[i][2], *x3 = in.at[i][3], *x4 = in.at[i][4], *x5 = in.at[i][5];
        for (int64_t c = 0; c < channels; c++) {
            t0[c] += g0[c] * x0[c] + g1[c] * x1[c] + g2[c] * x2[c] + g3[c] * x3[c];
            t1[c] += g0[c] * x1[c] + g1[c] * x2[c] + g2[c] * x3[c] + g3[c] * x4[c];
            t2[c] += g0[c] * x2[c] + g1[c] * x3[c] + g2[c] * x4[c] + g3[c] * x5[c];
        }
    }
    float* __restrict last = sum + 9 * channels;
    for (int64_t c = 0; c < channels; c++)
        last[c] += g0[c] + g1[c] + g2[c] + g3[c];
}

at::Tensor channels_last(const at::Tensor& map) { return map.contiguous(at::MemoryFormat::ChannelsLast); }

Map size_of(const at::Tensor& map) { return {map.size(0), map.size(2), map.size(3), map.size(1)}; }

// Weights [C,1,3,3] as [9,C]; turned by half for the gradient of the input.
at::Tensor taps(const at::Tensor& weight, bool turned) {
    auto rows = weight.reshape({weight.size(0), 9});
    return (turned ? rows.flip(1) : rows).t().contiguous();
}

at::Tensor convolved(const at::Tensor& input, const at::Tensor& taps, const float* bias) {
    const auto in = channels_last(input);
    const auto size = size_of(in);
    auto out = at::empty(in.sizes(), in.options().memory_format(at::MemoryFormat::ChannelsLast));
    const std::vector<float> zeros(size.channels);
    const float *from = in.data_ptr<float>(), *weight = taps.data_ptr<float>();
    float* to = out.data_ptr<float>();
    at::parallel_for(0, size.rows(), size.grain(), [&](int64_t first, int64_t end) {
        std::vector<float> beyond(size.channels);
        for (int64_t row = first; row < end; row++) {
            for (int64_t x = 0; x < size.width; x += kPlaces) {
                float* place[kPlaces];
                for (int64_t k = 0; k < kPlaces; k++)
                    place[k] = x + k < size.width ? to + (row * size.width + x + k) * size.channels : beyond.data();
                apply(Window(from, size, zeros.data(), row, x), weight, bias ? bias : zeros.data(), size.channels, place[0], place[1], place[2], place[3]);
            }
        }
    });
    return out;
}

// The gradients of the taps, and of the bias behind them: [10,C].
at::Tensor tap_gradients(const at::Tensor& input, const at::Tensor& gradient) {
    const auto in = channels_last(input), grad = channels_last(gradient);
    const auto size = size_of(in);
    const std::vector<float> zeros(size.channels);
    const float *from = in.data_ptr<float>(), *by = grad.data_ptr<float>();
    // A part for each thread, added up in their order.
    const int64_t parts = std::min<int64_t>(at::get_num_threads(), size.rows());
    auto sums = at::zeros({parts, 10, size.channels}, in.options().memory_format(at::MemoryFormat::Contiguous));
    float* to = sums.data_ptr<float>();
    at::parallel_for(0, parts, 1, [&](int64_t first, int64_t end) {
        for (int64_t part = first; part < end; part++) {
            for (int64_t row = part * size.rows() / parts; row < (part + 1) * size.rows() / parts; row++) {
                for (int64_t x = 0; x < size.width; x += kPlaces) {
                    const float* gradients[kPlaces];
                    for (int64_t k = 0; k < kPlaces; k++)
                        gradients[k] = x + k < size.width ? by + (row * size.width + x + k) * size.channels : zeros.data();
                    gather(Window(from, size, zeros.data(), row, x), gradients, size.channels, to + part * 10 * size.channels);
                }
            }
        }
    });
    return parts == 1 ? sums[0] : sums.sum(0);
}

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct Depthwise : torch::autograd::Function<Depthwise> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& input, const at::Tensor& weight, const at::Tensor& bias) {
        context->save_for_backward({input, weight});
        return convolved(input, taps(weight, false), bias.data_ptr<float>());
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const auto &input = saved[0], &weight = saved[1], &gradient = gradients[0];
        if (at::GradMode::is_enabled()) { // the gradient is itself to be differentiated: libtorch's own, which can be
            const auto all = at::convolution_backward(gradient, input, weight, at::IntArrayRef({weight.size(0)}), {1, 1}, {1, 1}, {1, 1}, false, {0, 0},
                                                      weight.size(0), {true, true, true});
            return {std::get<0>(all), std::get<1>(all), std::get<2>(all)};
        }
        at::Tensor by_input, by_weight, by_bias;
        if (context->needs_input_grad(0))
            by_input = convolved(gradient, taps(weight, true), nullptr);
        if (context->needs_input_grad(1) || context->needs_input_grad(2)) {
            const auto sums = tap_gradients(input, gradient);
            by_weight = sums.narrow(0, 0, 9).t().contiguous().view(weight.sizes());
            by_bias = sums[9].clone();
        }
        return {by_input, by_weight, by_bias};
    }
};

// Input [N,C,H,W] with its channels last, weight [C,1,3,3], bias [C]; all float32 on the CPU.
at::Tensor depthwise(const at::Tensor& input, const at::Tensor& weight, const at::Tensor& bias) {
    TORCH_CHECK(input.dim() == 4 && weight.dim() == 4 && weight.size(0) == input.size(1) && weight.size(1) == 1 && weight.size(2) == 3 && weight.size(3) == 3 &&
                    bias.dim() == 1 && bias.size(0) == weight.size(0),
                "a depthwise 3x3 convolution of ", input.sizes(), " by weights of ", weight.sizes(), " and ", bias.sizes());
    const auto flat = bias.contiguous();
    if (at::GradMode::is_enabled() && (input.requires_grad() || weight.requires_grad() || bias.requires_grad()))
        return Depthwise::apply(input, weight, flat);
    return convolved(input, taps(weight, false), flat.data_ptr<float>());
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(avs, library) {
    library.def("depthwise_conv3x3(Tensor input, Tensor weight, Tensor bias) -> Tensor", depthwise);
}
