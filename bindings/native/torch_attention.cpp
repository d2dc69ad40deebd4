// softmax(Q Kᵀ / √d) V in one pass over blocks of queries, so that the scores never leave the caches: T. Dao et al., "FlashAttention", NeurIPS 2022, for
// keys few enough that a block's scores fit whole. Inputs are read where they lie, heads side by side in a token for one; results lie as
// [N, L, heads, e], which is how the layer behind attention wants them.
//
// With P = softmax(S), S = Q Kᵀ / √d and the result's gradient ∂O:
//   ∂V = Pᵀ ∂O     ∂P = ∂O Vᵀ     ∂S = P ⊙ (∂P - Σ_keys P ⊙ ∂P)     ∂Q = ∂S K / √d     ∂K = ∂Sᵀ Q / √d
// where P is computed again. The sums over queries are taken part by part, and the parts added in their order: the same for any number of threads.

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <tuple>
#include <vector>

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
using avs::load;
using avs::Matrix;
using avs::multiply;
using avs::store;

constexpr int64_t kBlock = 48;       // queries whose scores are held
constexpr int64_t kPart = 8 * kBlock; // queries of one piece of work
constexpr int64_t kMostKeys = 1024, kWidest = 256;

int64_t whole(int64_t count) { return (count + 7) / 8 * 8; }

// One head of one example: rows of values that lie side by side.
struct Rows {
    const float* at;
    int64_t row;

    Rows(const at::Tensor& tensor, int64_t item)
        : at(tensor.data_ptr<float>() + item / tensor.size(1) * tensor.stride(0) + item % tensor.size(1) * tensor.stride(1)), row(tensor.stride(2)) {}
};

struct Sizes {
    int64_t heads, queries, keys, depth, width, parts;

    Sizes(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v)
        : heads(q.size(0) * q.size(1)), queries(q.size(2)), keys(k.size(2)), depth(q.size(3)), width(v.size(3)), parts((queries + kPart - 1) / kPart) {}
    int64_t padded() const { return whole(keys); }
    float scale() const { return static_cast<float>(1 / std::sqrt(static_cast<double>(depth))); }
};

void copy_rows(const Rows& from, int64_t first, int64_t count, int64_t width, float* to) {
    for (int64_t i = 0; i < count; i++)
        std::memcpy(to + i * width, from.at + (first + i) * from.row, sizeof(float) * width);
}

// [rows, width] -> [width, whole(rows)], with zeros where there are no rows.
void turn(const Rows& from, int64_t rows, int64_t width, float* to) {
    const int64_t padded = whole(rows);
    for (int64_t j = 0; j < width; j++) {
        for (int64_t i = 0; i < rows; i++)
            to[j * padded + i] = from.at[i * from.row + j];
        std::fill(to + j * padded + rows, to + (j + 1) * padded, 0.f);
    }
}

// The softmax of the scaled scores of each row, in place; 0 behind the last key.
AVS_FAST void softmax(float* scores, int64_t rows, int64_t keys, float scale) {
    const int64_t padded = whole(keys), last = padded - 8;
    const Eight present = avs::first(keys - last);
    for (; rows > 0; rows--, scores += padded) {
        Eight most = _mm256_blendv_ps(all(-std::numeric_limits<float>::infinity()), load(scores + last), present);
        for (int64_t j = 0; j < last; j += 8)
            most = _mm256_max_ps(most, load(scores + j));
        const Eight shift = all(avs::greatest(most)), by = all(scale);
        Eight sums = _mm256_setzero_ps();
        for (int64_t j = 0; j < padded; j += 8) {
            Eight value = avs::exponential(_mm256_mul_ps(_mm256_sub_ps(load(scores + j), shift), by));
            if (j == last)
                value = _mm256_and_ps(value, present);
            sums = _mm256_add_ps(sums, value);
            store(scores + j, value);
        }
        const Eight total = all(avs::sum(sums));
        for (int64_t j = 0; j < padded; j += 8)
            store(scores + j, _mm256_div_ps(load(scores + j), total));
    }
}

AVS_FAST at::Tensor attention_forward(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
    const Sizes size(q, k, v);
    const auto result = at::empty({q.size(0), size.queries, q.size(1), size.width}, q.options()).transpose(1, 2); // [N,heads,L,e]
    at::parallel_for(0, size.heads * size.parts, 1, [&](int64_t begin, int64_t end) AVS_FAST {
        std::vector<float> keys(size.depth * size.padded()), values(size.keys * size.width), scores(kBlock * size.padded());
        int64_t packed = -1;
        for (int64_t item = begin; item < end; item++) { // item: example, head, part of the queries
            const int64_t head = item / size.parts, from = item % size.parts * kPart, to = std::min(size.queries, from + kPart);
            if (head != packed) {
                turn(Rows(k, head), size.keys, size.depth, keys.data());
                copy_rows(Rows(v, head), 0, size.keys, size.width, values.data());
                packed = head;
            }
            const Rows queries(q, head), out(result, head);
            for (int64_t i = from; i < to; i += kBlock) {
                const int64_t rows = std::min(kBlock, to - i);
                multiply<false>({queries.at + i * queries.row, queries.row, 1}, rows, keys.data(), size.padded(), size.depth, size.padded(), scores.data(), size.padded());
                softmax(scores.data(), rows, size.keys, size.scale());
                multiply<false>({scores.data(), size.padded(), 1}, rows, values.data(), size.width, size.keys, size.width, const_cast<float*>(out.at) + i * out.row, out.row);
            }
        }
    });
    return result;
}

// What a thread needs for one head's gradients.
struct Bench {
    std::vector<float> turned_keys, turned_values, keys, queries, gradients, weights, by_weights;

    explicit Bench(const Sizes& size)
        : turned_keys(size.depth * size.padded()), turned_values(size.width * size.padded()), keys(size.keys * size.depth), queries(kBlock * size.depth),
          gradients(kBlock * size.width), weights(kBlock * size.padded()), by_weights(kBlock * size.padded()) {}
};

// ∂S from P and ∂P, in ∂P's place, scaled.
AVS_FAST void softmax_gradient(const float* weights, float* gradient, int64_t rows, int64_t padded, float scale) {
    for (; rows > 0; rows--, weights += padded, gradient += padded) {
        Eight sums = _mm256_setzero_ps();
        for (int64_t j = 0; j < padded; j += 8)
            sums = avs::fused(load(weights + j), load(gradient + j), sums);
        const Eight mean = all(avs::sum(sums)), by = all(scale);
        for (int64_t j = 0; j < padded; j += 8)
            store(gradient + j, _mm256_mul_ps(_mm256_mul_ps(load(weights + j), by), _mm256_sub_ps(load(gradient + j), mean)));
    }
}

AVS_FAST std::tuple<at::Tensor, at::Tensor, at::Tensor> attention_backward(const at::Tensor& gradient, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
    const Sizes size(q, k, v);
    const auto room = [&](int64_t rows, int64_t width) { return at::empty({q.size(0), rows, q.size(1), width}, q.options()).transpose(1, 2); };
    const auto by_q = room(size.queries, size.depth), by_k = room(size.keys, size.depth), by_v = room(size.keys, size.width);
    const int64_t one_part = size.keys * (size.depth + size.width);
    const auto parts = at::zeros({size.heads * size.parts, one_part}, q.options());
    float* sums = parts.data_ptr<float>();
    at::parallel_for(0, size.heads * size.parts, 1, [&](int64_t begin, int64_t end) AVS_FAST {
        Bench at(size);
        int64_t packed = -1;
        for (int64_t item = begin; item < end; item++) { // item: example, head, part of the queries
            const int64_t head = item / size.parts, from = item % size.parts * kPart, to = std::min(size.queries, from + kPart);
            if (head != packed) {
                turn(Rows(k, head), size.keys, size.depth, at.turned_keys.data());
                turn(Rows(v, head), size.keys, size.width, at.turned_values.data());
                copy_rows(Rows(k, head), 0, size.keys, size.depth, at.keys.data());
                packed = head;
            }
            float *sum_k = sums + item * one_part, *sum_v = sum_k + size.keys * size.depth;
            const Rows out(by_q, head);
            for (int64_t i = from; i < to; i += kBlock) {
                const int64_t rows = std::min(kBlock, to - i), padded = size.padded();
                float *weights = at.weights.data(), *by_scores = at.by_weights.data();
                copy_rows(Rows(q, head), i, rows, size.depth, at.queries.data());
                copy_rows(Rows(gradient, head), i, rows, size.width, at.gradients.data());
                multiply<false>({at.queries.data(), size.depth, 1}, rows, at.turned_keys.data(), padded, size.depth, padded, weights, padded);
                softmax(weights, rows, size.keys, size.scale());
                multiply<true>({weights, 1, padded}, size.keys, at.gradients.data(), size.width, rows, size.width, sum_v, size.width);
                multiply<false>({at.gradients.data(), size.width, 1}, rows, at.turned_values.data(), padded, size.width, padded, by_scores, padded);
                softmax_gradient(weights, by_scores, rows, padded, size.scale());
                multiply<false>({by_scores, padded, 1}, rows, at.keys.data(), size.depth, size.keys, size.depth, const_cast<float*>(out.at) + i * out.row, out.row);
                multiply<true>({by_scores, 1, padded}, size.keys, at.queries.data(), size.depth, rows, size.depth, sum_k, size.depth);
            }
        }
    });
    const auto total = parts.view({q.size(0), q.size(1), size.parts, one_part}).sum(2); // [N,heads,S*(d+e)]
    by_k.copy_(total.narrow(2, 0, size.keys * size.depth).view({q.size(0), q.size(1), size.keys, size.depth}));
    by_v.copy_(total.narrow(2, size.keys * size.depth, size.keys * size.width).view({q.size(0), q.size(1), size.keys, size.width}));
    return {by_q, by_k, by_v};
}

// In libtorch's operators, for a gradient that is itself to be differentiated.
std::tuple<at::Tensor, at::Tensor, at::Tensor> differentiable_backward(const at::Tensor& gradient, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
    const double scale = 1 / std::sqrt(static_cast<double>(q.size(3)));
    const auto weights = (q * scale).matmul(k.transpose(2, 3)).softmax(3); // [N,heads,L,S]
    const auto by_weights = gradient.matmul(v.transpose(2, 3));
    const auto by_scores = weights * (by_weights - (weights * by_weights).sum(3, true)) * scale;
    return {by_scores.matmul(k), by_scores.transpose(2, 3).matmul(q), weights.transpose(2, 3).matmul(gradient)};
}

class Attention final : public torch::autograd::Function<Attention> {
public:
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
        context->save_for_backward({q, k, v});
        return attention_forward(q, k, v);
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const auto gradient = gradients[0].stride(3) == 1 ? gradients[0] : gradients[0].contiguous();
        if (at::GradMode::is_enabled()) {
            const auto [by_q, by_k, by_v] = differentiable_backward(gradient, saved[0], saved[1], saved[2]);
            return {by_q, by_k, by_v};
        }
        using Signature = std::tuple<at::Tensor, at::Tensor, at::Tensor>(const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&);
        static const auto backward = c10::Dispatcher::singleton().findSchemaOrThrow("avs::attention_backward", "").typed<Signature>();
        const auto [by_q, by_k, by_v] = backward.call(gradient, saved[0], saved[1], saved[2]);
        return {by_q, by_k, by_v};
    }
};

bool suits(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
    const auto one = [](const at::Tensor& tensor) {
        return tensor.dim() == 4 && tensor.scalar_type() == at::kFloat && tensor.device().is_cpu() && tensor.layout() == at::kStrided && tensor.numel() > 0 &&
               tensor.stride(3) == 1 && tensor.size(3) % 8 == 0 && tensor.size(3) <= kWidest;
    };
    return avs::has_vectors() && one(q) && one(k) && one(v) && k.size(2) <= kMostKeys && k.sizes().slice(0, 2) == q.sizes().slice(0, 2) &&
           v.sizes().slice(0, 3) == k.sizes().slice(0, 3) && q.size(3) == k.size(3);
}

// Query [N,heads,L,d], key [N,heads,S,d], value [N,heads,S,e], each row's values side by side -> [N,heads,L,e].
at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
    TORCH_CHECK(suits(q, k, v), "attention of ", q.sizes(), " to ", k.sizes(), " and ", v.sizes());
    if (at::GradMode::is_enabled() && (q.requires_grad() || k.requires_grad() || v.requires_grad()))
        return Attention::apply(q, k, v);
    return attention_forward(q, k, v);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(avs, library) {
    library.def("attention(Tensor query, Tensor key, Tensor value) -> Tensor", attention);
    library.def("attention_backward(Tensor gradient, Tensor query, Tensor key, Tensor value) -> (Tensor, Tensor, Tensor)", attention_backward);
}

// Whether avs::attention can be had for these.
AVS_API int32_t avs_attention_suits(avs::Handle query, avs::Handle key, avs::Handle value) {
    return suits(avs::borrow(query), avs::borrow(key), avs::borrow(value));
}

#else

AVS_API int32_t avs_attention_suits(avs::Handle, avs::Handle, avs::Handle) { return 0; }

#endif
