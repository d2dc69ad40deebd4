// 3x3 convolutions, padded by one, of float32 maps in whole planes, by Winograd's minimal filtering F(4x4, 3x3): A. Lavin, S. Gray, "Fast Algorithms for
// Convolutional Neural Networks", CVPR 2016. The map is cut into tiles of 4x4 results, each of which depends on a patch of 6x6 values:
//
//   Y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A        g: 3x3 weights, d: patch, Y: tile; ⊙ summed over the input channels
//
// so that the sums over channels are 36 matrix products with a quarter of a direct convolution's multiplications. The gradient of the input is the same
// convolution with the weights turned round; that of the weights is Gᵀ [ (A ∂Y Aᵀ) ⊙ (Bᵀ d B) ] G, summed over the tiles.
// Everything is done for some tiles at a time, so that what lies between the steps stays in the caches.

#include <algorithm>
#include <cstring>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

// Last: the names of its value tags are also those of libtorch's types.
#include "torch_shim.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#define AVS_FAST __attribute__((target("avx2,fma")))
#define AVS_INLINE __attribute__((target("avx2,fma"), always_inline)) inline

namespace {

constexpr int64_t kTile = 4, kPatch = 6, kPoints = kPatch * kPatch, kTaps = 9;
constexpr int64_t kRows = 6, kLanes = 16; // the matrix products' register block
constexpr int64_t kChunkFloats = 2 << 20; // of transformed values at a time

using Half = float __attribute__((vector_size(32)));

// One value of each of kLanes tiles or channels. (GCC's own vectors of this size go through memory.)
struct alignas(64) Wide {
    Half low, high;
};

AVS_INLINE Wide operator+(const Wide& a, const Wide& b) { return {a.low + b.low, a.high + b.high}; }
AVS_INLINE Wide operator-(const Wide& a, const Wide& b) { return {a.low - b.low, a.high - b.high}; }
AVS_INLINE Wide operator*(float scale, const Wide& a) { return {scale * a.low, scale * a.high}; }
AVS_INLINE Wide operator*(const Wide& a, float scale) { return scale * a; }
AVS_INLINE Wide operator+(const Wide& a, float shift) { return {a.low + shift, a.high + shift}; }

// From one point's values to the next point's: a little more than they take, as places that are a power of two apart share one set of a cache.
int64_t apart(int64_t floats) { return floats + 5 * kLanes; }

int64_t panels(int64_t count, int64_t width) { return (count + width - 1) / width; }

// ---- The four transforms of a line; a block is transformed line by line, then column by column.

template <class V>
AVS_INLINE void patch_line(const V* d, int64_t s, V* t, int64_t u) { // Bᵀ: 6 -> 6
    const V a = d[4 * s] - 4 * d[2 * s], b = d[3 * s] - 4 * d[s], c = d[4 * s] - d[2 * s], e = 2 * (d[3 * s] - d[s]);
    t[0] = 4 * d[0] - 5 * d[2 * s] + d[4 * s];
    t[u] = a + b;
    t[2 * u] = a - b;
    t[3 * u] = c + e;
    t[4 * u] = c - e;
    t[5 * u] = 4 * d[s] - 5 * d[3 * s] + d[5 * s];
}

template <class V>
AVS_INLINE void tile_line(const V* m, int64_t s, V* y, int64_t u) { // Aᵀ: 6 -> 4
    const V a = m[s] + m[2 * s], b = m[s] - m[2 * s], c = m[3 * s] + m[4 * s], e = m[3 * s] - m[4 * s];
    y[0] = m[0] + a + c;
    y[u] = b + 2 * e;
    y[2 * u] = a + 4 * c;
    y[3 * u] = b + 8 * e + m[5 * s];
}

template <class V>
AVS_INLINE void spread_line(const V* y, int64_t s, V* t, int64_t u) { // A: 4 -> 6
    const V a = y[0] + y[2 * s], b = y[s] + y[3 * s], c = y[0] + 4 * y[2 * s], e = 2 * y[s] + 8 * y[3 * s];
    t[0] = y[0];
    t[u] = a + b;
    t[2 * u] = a - b;
    t[3 * u] = c + e;
    t[4 * u] = c - e;
    t[5 * u] = y[3 * s];
}

template <class V>
AVS_INLINE void weight_line(const V* g, int64_t s, V* t, int64_t u) { // G: 3 -> 6
    const V a = (g[0] + g[2 * s]) * (-1.f / 6), b = g[s] * (-1.f / 6), c = g[0] * (1.f / 24) + g[2 * s] * (1.f / 6), e = g[s] * (1.f / 12);
    t[0] = g[0] * .25f;
    t[u] = a + b;
    t[2 * u] = a - b;
    t[3 * u] = c + e;
    t[4 * u] = c - e;
    t[5 * u] = g[2 * s];
}

template <class V>
AVS_INLINE void taps_line(const V* t, int64_t s, V* g, int64_t u) { // Gᵀ: 6 -> 3
    const V a = t[s] + t[2 * s], b = t[2 * s] - t[s], c = t[3 * s] + t[4 * s], e = t[3 * s] - t[4 * s];
    g[0] = t[0] * .25f - a * (1.f / 6) + c * (1.f / 24);
    g[u] = b * (1.f / 6) + e * (1.f / 12);
    g[2 * u] = (c - a) * (1.f / 6) + t[5 * s];
}

// ---- Maps and tiles

struct Maps {
    int64_t count, height, width;

    explicit Maps(const at::Tensor& map) : count(map.size(0)), height(map.size(2)), width(map.size(3)) {}
    int64_t across() const { return panels(width, kTile); }
    int64_t down() const { return panels(height, kTile); }
    int64_t tiles() const { return count * down() * across(); }
    int64_t plane() const { return height * width; }
};

// Where a tile lies: its picture, and the place of its first result.
struct Place {
    int64_t picture = 0, y = 0, x = 0;

    Place() = default;
    Place(const Maps& maps, int64_t tile) {
        const int64_t row = tile / maps.across();
        picture = row / maps.down();
        y = kTile * (row % maps.down());
        x = kTile * (tile % maps.across());
    }
};

// Reads Size x Size values of a plane from (y, x) on into one lane of a block; what lies outside is zero.
template <int Size>
AVS_INLINE void read(const float* plane, const Maps& maps, int64_t y, int64_t x, float* block, int64_t lanes) {
    if (y >= 0 && x >= 0 && y + Size <= maps.height && x + Size <= maps.width) {
        const float* from = plane + y * maps.width + x;
#pragma GCC unroll 6
        for (int i = 0; i < Size; i++, from += maps.width)
#pragma GCC unroll 6
            for (int j = 0; j < Size; j++)
                block[(i * Size + j) * lanes] = from[j];
        return;
    }
    for (int64_t i = 0; i < Size; i++)
        for (int64_t j = 0; j < Size; j++) {
            const bool inside = y + i >= 0 && y + i < maps.height && x + j >= 0 && x + j < maps.width;
            block[(i * Size + j) * lanes] = inside ? plane[(y + i) * maps.width + x + j] : 0;
        }
}

// ---- Matrix products: out[kRows][kLanes] (+)= sum over depth of left[depth][kRows] right[depth][kLanes]

template <bool Add>
AVS_FAST void multiply(const float* left, const float* right, int64_t depth, float* out) {
    __m256 sums[kRows][2];
#pragma GCC unroll 6
    for (int r = 0; r < kRows; r++) {
        sums[r][0] = Add ? _mm256_load_ps(out + r * kLanes) : _mm256_setzero_ps();
        sums[r][1] = Add ? _mm256_load_ps(out + r * kLanes + 8) : _mm256_setzero_ps();
    }
    for (int64_t d = 0; d < depth; d++, left += kRows, right += kLanes) {
        const __m256 a = _mm256_load_ps(right), b = _mm256_load_ps(right + 8);
#pragma GCC unroll 6
        for (int r = 0; r < kRows; r++) {
            const __m256 scale = _mm256_broadcast_ss(left + r);
            sums[r][0] = _mm256_fmadd_ps(scale, a, sums[r][0]);
            sums[r][1] = _mm256_fmadd_ps(scale, b, sums[r][1]);
        }
    }
#pragma GCC unroll 6
    for (int r = 0; r < kRows; r++) {
        _mm256_store_ps(out + r * kLanes, sums[r][0]);
        _mm256_store_ps(out + r * kLanes + 8, sums[r][1]);
    }
}

// ---- Transforms of whole operands

// G g Gᵀ as [point][panel of kRows outputs][input][kRows]; turned: as the gradient of the input needs them, inputs for outputs and each 3x3 turned round.
AVS_FAST void transform_weights(const float* weight, int64_t outputs, int64_t inputs, bool turned, float* to) {
    const int64_t count = panels(outputs, kRows);
    at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) AVS_FAST {
        alignas(64) float taps[kTaps][8] = {};
        alignas(64) Half half[3 * kPatch], points[kPoints];
        for (int64_t panel = begin; panel < end; panel++)
            for (int64_t in = 0; in < inputs; in++) {
                for (int64_t r = 0; r < kRows; r++) {
                    const int64_t out = panel * kRows + r;
                    const float* from = out >= outputs ? nullptr : weight + kTaps * (turned ? in * outputs + out : out * inputs + in);
                    for (int t = 0; t < kTaps; t++)
                        taps[t][r] = !from ? 0 : from[turned ? kTaps - 1 - t : t];
                }
                const auto* g = reinterpret_cast<const Half*>(taps);
                for (int j = 0; j < 3; j++)
                    weight_line(g + j, 3, half + j, 3); // [3,3] -> [6,3]
                for (int i = 0; i < kPatch; i++)
                    weight_line(half + 3 * i, 1, points + kPatch * i, 1); // -> [6,6]
                for (int64_t k = 0; k < kPoints; k++)
                    std::memcpy(to + k * apart(count * inputs * kRows) + (panel * inputs + in) * kRows, &points[k], sizeof(float) * kRows);
            }
    });
}

// Bᵀ d B of the tiles [first, first + kLanes * count) as [point][panel of kLanes tiles][channel][kLanes].
AVS_FAST void transform_patches_by_tile(const float* map, const Maps& maps, int64_t channels, int64_t first, int64_t count, float* to) {
    const int64_t step = apart(count * channels * kLanes);
    std::vector<Place> places;
    for (int64_t tile = first; tile < std::min(first + count * kLanes, maps.tiles()); tile++)
        places.emplace_back(maps, tile);
    at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) AVS_FAST {
        alignas(64) Wide patch[kPoints] = {}, half[kPoints], points[kPatch];
        for (int64_t c = 0; c < channels; c++) // outside, so that rows are read on and on
            for (int64_t panel = begin; panel < end; panel++) {
                const int64_t tile = panel * kLanes, present = std::min<int64_t>(kLanes, places.size() - tile);
                for (int64_t l = 0; l < present; l++) {
                    const Place& place = places[tile + l];
                    read<kPatch>(map + (place.picture * channels + c) * maps.plane(), maps, place.y - 1, place.x - 1, reinterpret_cast<float*>(patch) + l, kLanes);
                }
                for (int j = 0; j < kPatch; j++)
                    patch_line(patch + j, kPatch, half + j, kPatch);
                for (int64_t i = 0; i < kPatch; i++) {
                    patch_line(half + kPatch * i, 1, points, 1);
                    for (int64_t j = 0; j < kPatch; j++)
                        *reinterpret_cast<Wide*>(to + (kPatch * i + j) * step + (panel * channels + c) * kLanes) = points[j];
                }
            }
    });
}

// Transformed blocks of `present` tiles from the first on as [point][panel of Lanes channels][tile of `room`][Lanes]: patches, or tiles of a gradient.
template <class V, int64_t Lanes, bool Patches>
AVS_FAST void transform_by_channel(const float* map, const Maps& maps, int64_t channels, int64_t first, int64_t present, int64_t room, float* to) {
    constexpr int Size = Patches ? kPatch : kTile;
    constexpr int64_t kStride = sizeof(V) / sizeof(float);
    const int64_t count = panels(channels, Lanes), step = apart(count * room * Lanes);
    at::parallel_for(0, count * present, 64, [&](int64_t begin, int64_t end) AVS_FAST {
        alignas(64) V block[Size * Size] = {}, half[kPatch * Size], points[kPatch];
        for (int64_t item = begin; item < end; item++) {
            const int64_t panel = item / present, tile = item % present, here = std::min(Lanes, channels - panel * Lanes);
            const Place place(maps, first + tile);
            const float* plane = map + (place.picture * channels + panel * Lanes) * maps.plane();
            if (here < Lanes)
                std::memset(block, 0, sizeof block);
            for (int64_t l = 0; l < here; l++, plane += maps.plane())
                read<Size>(plane, maps, place.y - (Patches ? 1 : 0), place.x - (Patches ? 1 : 0), reinterpret_cast<float*>(block) + l, kStride);
            for (int j = 0; j < Size; j++) {
                if (Patches)
                    patch_line(block + j, Size, half + j, Size);
                else
                    spread_line(block + j, Size, half + j, Size);
            }
            for (int64_t i = 0; i < kPatch; i++) {
                if (Patches)
                    patch_line(half + Size * i, 1, points, 1);
                else
                    spread_line(half + Size * i, 1, points, 1);
                for (int64_t j = 0; j < kPatch; j++)
                    std::memcpy(to + (kPatch * i + j) * step + (panel * room + tile) * Lanes, &points[j], sizeof(float) * Lanes);
            }
        }
    });
}

// Aᵀ m A of [point][panel of tiles][row][kLanes], with the bias added, into the tiles' places.
AVS_FAST void write_tiles(const float* from, int64_t rows, const float* bias, const Maps& maps, int64_t channels, int64_t first, int64_t count, float* map) {
    at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) AVS_FAST {
        alignas(64) Wide points[kPoints], half[kTile * kPatch], tile[kTile * kTile];
        Place places[kLanes];
        for (int64_t panel = begin; panel < end; panel++) {
            const int64_t number = first + panel * kLanes, present = std::min(kLanes, maps.tiles() - number);
            for (int64_t l = 0; l < present; l++)
                places[l] = Place(maps, number + l);
            for (int64_t c = 0; c < channels; c++) {
                for (int64_t k = 0; k < kPoints; k++)
                    std::memcpy(&points[k], from + k * apart(count * rows * kLanes) + (panel * rows + c) * kLanes, sizeof(Wide));
                for (int j = 0; j < kPatch; j++)
                    tile_line(points + j, kPatch, half + j, kPatch); // [6,6] -> [4,6]
                for (int i = 0; i < kTile; i++)
                    tile_line(half + kPatch * i, 1, tile + kTile * i, 1); // -> [4,4]
                if (bias)
                    for (auto& values : tile)
                        values = values + bias[c];
                const auto* values = reinterpret_cast<const float*>(tile);
                for (int64_t l = 0; l < present; l++) {
                    const Place& place = places[l];
                    float* to = map + (place.picture * channels + c) * maps.plane() + place.y * maps.width + place.x;
                    const int64_t height = std::min(kTile, maps.height - place.y), width = std::min(kTile, maps.width - place.x);
                    for (int64_t i = 0; i < height; i++, to += maps.width)
                        for (int64_t j = 0; j < width; j++)
                            to[j] = values[(kTile * i + j) * kLanes + l];
                }
            }
        }
    });
}

// ---- The three passes

// For so many values of each point.
at::Tensor room(int64_t floats) { return at::empty({kPoints * apart(floats)}, at::kFloat); }

// Tiles at a time, for `channels` transformed values of each point.
int64_t chunk(const Maps& maps, int64_t channels) {
    const int64_t fitting = kChunkFloats / (kPoints * channels) / kLanes * kLanes;
    return std::min(panels(maps.tiles(), kLanes) * kLanes, std::max(4 * kLanes, fitting));
}

AVS_FAST at::Tensor convolved(const at::Tensor& input, const at::Tensor& weight, const float* bias, bool turned) {
    const Maps maps(input);
    const int64_t inputs = input.size(1), outputs = weight.size(turned ? 1 : 0), row_panels = panels(outputs, kRows), rows = row_panels * kRows;
    const int64_t at_once = chunk(maps, inputs + outputs), most = at_once / kLanes;
    auto result = at::empty({maps.count, outputs, maps.height, maps.width}, input.options());
    const auto weights = room(rows * inputs), patches = room(at_once * inputs), products = room(at_once * rows);
    auto *u = weights.data_ptr<float>(), *v = patches.data_ptr<float>(), *m = products.data_ptr<float>();
    transform_weights(weight.data_ptr<float>(), outputs, inputs, turned, u);
    for (int64_t first = 0; first < maps.tiles(); first += at_once) {
        const int64_t count = std::min(most, panels(maps.tiles() - first, kLanes));
        transform_patches_by_tile(input.data_ptr<float>(), maps, inputs, first, count, v);
        at::parallel_for(0, kPoints * count, 4, [&](int64_t begin, int64_t end) AVS_FAST {
            for (int64_t item = begin; item < end; item++) { // item: point, panel of tiles
                const int64_t point = item / count, panel = item % count;
                const float *left = u + point * apart(rows * inputs), *right = v + point * apart(count * inputs * kLanes) + panel * inputs * kLanes;
                float* out = m + point * apart(count * rows * kLanes) + panel * rows * kLanes;
                for (int64_t r = 0; r < row_panels; r++)
                    multiply<false>(left + r * inputs * kRows, right, inputs, out + r * kRows * kLanes);
            }
        });
        write_tiles(m, rows, bias, maps, outputs, first, count, result.data_ptr<float>());
    }
    return result;
}

AVS_FAST at::Tensor weight_gradient(const at::Tensor& input, const at::Tensor& gradient) {
    const Maps maps(input);
    const int64_t inputs = input.size(1), outputs = gradient.size(1), row_panels = panels(outputs, kRows), lane_panels = panels(inputs, kLanes);
    const int64_t at_once = chunk(maps, inputs + outputs), block = kRows * kLanes;
    const auto patches = room(at_once * lane_panels * kLanes), tiles = room(at_once * row_panels * kRows), sums = room(row_panels * lane_panels * block).zero_();
    auto *v = patches.data_ptr<float>(), *d = tiles.data_ptr<float>(), *s = sums.data_ptr<float>();
    for (int64_t first = 0; first < maps.tiles(); first += at_once) {
        const int64_t present = std::min(at_once, maps.tiles() - first);
        transform_by_channel<Wide, kLanes, true>(input.data_ptr<float>(), maps, inputs, first, present, at_once, v);
        transform_by_channel<Half, kRows, false>(gradient.data_ptr<float>(), maps, outputs, first, present, at_once, d);
        at::parallel_for(0, kPoints * row_panels, 4, [&](int64_t begin, int64_t end) AVS_FAST {
            for (int64_t item = begin; item < end; item++) { // item: point, panel of outputs
                const int64_t point = item / row_panels, r = item % row_panels;
                const float *left = d + point * apart(at_once * row_panels * kRows) + r * at_once * kRows, *right = v + point * apart(at_once * lane_panels * kLanes);
                float* out = s + point * apart(row_panels * lane_panels * block) + r * lane_panels * block;
                for (int64_t p = 0; p < lane_panels; p++)
                    multiply<true>(left, right + p * at_once * kLanes, present, out + p * block);
            }
        });
    }
    auto result = at::empty({outputs, inputs, 3, 3}, input.options());
    float* to = result.data_ptr<float>();
    at::parallel_for(0, outputs, 1, [&](int64_t begin, int64_t end) AVS_FAST {
        alignas(64) Wide points[kPoints], half[3 * kPatch], taps[kTaps];
        for (int64_t out = begin; out < end; out++)
            for (int64_t p = 0; p < lane_panels; p++) {
                for (int64_t k = 0; k < kPoints; k++)
                    std::memcpy(&points[k], s + k * apart(row_panels * lane_panels * block) + ((out / kRows * lane_panels + p) * kRows + out % kRows) * kLanes, sizeof(Wide));
                for (int j = 0; j < kPatch; j++)
                    taps_line(points + j, kPatch, half + j, kPatch); // [6,6] -> [3,6]
                for (int i = 0; i < 3; i++)
                    taps_line(half + kPatch * i, 1, taps + 3 * i, 1); // -> [3,3]
                const auto* values = reinterpret_cast<const float*>(taps);
                for (int64_t l = 0; l < std::min(kLanes, inputs - p * kLanes); l++)
                    for (int64_t t = 0; t < kTaps; t++)
                        to[(out * inputs + p * kLanes + l) * kTaps + t] = values[t * kLanes + l];
            }
    });
    return result;
}

// ---- As libtorch's operators

// With fewer places the gain is small, and what is rounded differently shows in networks that normalise by few samples: a ReLU decides by the sign of what
// comes before it. Gradients decide nothing.
constexpr int64_t kForwardPlaces = 3000;

at::Tensor forward_pass(const at::Tensor& input, const at::Tensor& weight, const c10::optional<at::Tensor>& bias) {
    if (Maps(input).count * Maps(input).plane() < kForwardPlaces) {
        at::AutoDispatchBelowAutograd below;
        return at::conv2d(input, weight, bias, 1, 1);
    }
    const auto shift = bias && bias->defined() ? bias->contiguous() : at::Tensor();
    return convolved(input, weight.contiguous(), shift.defined() ? shift.data_ptr<float>() : nullptr, false);
}

class Winograd final : public torch::autograd::Function<Winograd> {
public:
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& input, const at::Tensor& weight, const c10::optional<at::Tensor>& bias) {
        context->save_for_backward({input, weight});
        context->saved_data["shifted"] = bias && bias->defined();
        return forward_pass(input, weight, bias);
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const auto &input = saved[0], &weight = saved[1];
        const auto gradient = gradients[0].contiguous();
        const bool shifted = context->saved_data["shifted"].toBool();
        if (at::GradMode::is_enabled()) { // the gradient is itself to be differentiated: libtorch's own, which can be
            const auto all = at::convolution_backward(gradient, input, weight, at::IntArrayRef({weight.size(0)}), {1, 1}, {1, 1}, {1, 1}, false, {0, 0}, 1,
                                                      {true, true, true});
            return {std::get<0>(all), std::get<1>(all), shifted ? std::get<2>(all) : at::Tensor()};
        }
        static const auto by_input = c10::Dispatcher::singleton().findSchemaOrThrow("avs::conv3x3_input_gradient", "").typed<at::Tensor(const at::Tensor&, const at::Tensor&)>();
        static const auto by_weight = c10::Dispatcher::singleton().findSchemaOrThrow("avs::conv3x3_weight_gradient", "").typed<at::Tensor(const at::Tensor&, const at::Tensor&)>();
        return {context->needs_input_grad(0) ? by_input.call(gradient, weight) : at::Tensor(), context->needs_input_grad(1) ? by_weight.call(input, gradient) : at::Tensor(),
                shifted && context->needs_input_grad(2) ? gradient.sum({0, 2, 3}) : at::Tensor()};
    }
};

void check(const at::Tensor& input, const at::Tensor& weight) {
    TORCH_CHECK(input.dim() == 4 && weight.dim() == 4 && weight.size(1) == input.size(1) && weight.size(2) == 3 && weight.size(3) == 3 &&
                    input.scalar_type() == at::kFloat && weight.scalar_type() == at::kFloat && input.is_contiguous() && input.device().is_cpu() && weight.device().is_cpu(),
                "a 3x3 convolution of ", input.sizes(), " by weights of ", weight.sizes());
}

// Input [N,C,H,W] in whole planes, weight [K,C,3,3], bias [K]; all float32 on the CPU.
at::Tensor conv3x3(const at::Tensor& input, const at::Tensor& weight, const c10::optional<at::Tensor>& bias) {
    check(input, weight);
    TORCH_CHECK(!bias || !bias->defined() || (bias->dim() == 1 && bias->size(0) == weight.size(0) && bias->scalar_type() == at::kFloat), "a bias of another size");
    const bool shifted = bias && bias->defined();
    if (at::GradMode::is_enabled() && (input.requires_grad() || weight.requires_grad() || (shifted && bias->requires_grad())))
        return Winograd::apply(input, weight, bias);
    return forward_pass(input, weight, bias);
}

at::Tensor input_gradient(const at::Tensor& gradient, const at::Tensor& weight) { return convolved(gradient, weight.contiguous(), nullptr, true); }

// Whether there is enough to do for the transforms to pay, and a processor for it.
bool suits(const at::Tensor& input, int64_t outputs) {
    static const bool able = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    constexpr int64_t kChannels = 64, kSide = 14, kPlaces = 900;
    return able && input.dim() == 4 && input.size(1) >= kChannels && outputs >= kChannels && std::min(input.size(2), input.size(3)) >= kSide &&
           input.size(0) * input.size(2) * input.size(3) >= kPlaces && input.is_contiguous() && input.scalar_type() == at::kFloat && input.device().is_cpu();
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(avs, library) {
    library.def("conv3x3(Tensor input, Tensor weight, Tensor? bias) -> Tensor", conv3x3);
    library.def("conv3x3_input_gradient(Tensor gradient, Tensor weight) -> Tensor", input_gradient);
    library.def("conv3x3_weight_gradient(Tensor input, Tensor gradient) -> Tensor", weight_gradient);
}

// Whether avs::conv3x3 is the faster way for this input and this many output channels.
AVS_API int32_t avs_conv3x3_suits(avs::Handle input, int64_t outputs) { return suits(avs::borrow(input), outputs); }

#else

AVS_API int32_t avs_conv3x3_suits(avs::Handle, int64_t) { return 0; }

#endif
