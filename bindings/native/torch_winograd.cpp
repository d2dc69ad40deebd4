// 3x3 convolutions, padded by their dilation, of float32 maps in whole planes, by Winograd's minimal filtering F(4x4, 3x3): A. Lavin, S. Gray, "Fast Algorithms
// for Convolutional Neural Networks", CVPR 2016. The map is cut into tiles of 4x4 results, each of which depends on a patch of 6x6 values:
//
//   Y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A        g: 3x3 weights, d: patch, Y: tile; ⊙ summed over the input channels
//
// so that the sums over channels are 36 matrix products with a quarter of a direct convolution's multiplications. The gradient of the input is the same
// convolution with the weights turned round; that of the weights is Gᵀ [ (A ∂Y Aᵀ) ⊙ (Bᵀ d B) ] G, summed over the tiles. With dilation D the values of a
// patch, and the results of a tile, lie D apart: a convolution of each of the D x D maps that every D-th row and column make.
// Those are often small: of 56 rows every twelfth makes 4 or 5, and 5 would take two tiles of 4. F(3, 3) and F(2, 3) interpolate at points of which all are
// F(4, 3)'s too, so tiles of 3 and 2 results along either axis take some of the same 36 transformed weights, and each point has its own number of tiles.
// Everything is done for some rows of tiles at a time, so that what lies between the steps stays in the caches: transformed values are kept as
// [point][channel][tile], 36 matrices.

#include <algorithm>
#include <cstring>
#include <numeric>
#include <type_traits>
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

using avs::Eight;
using avs::load;
using avs::store;

// The largest tile, and its points along one axis: 0, 1, -1, infinity, 2, -2. A tile of n results has the first n + 2.
constexpr int64_t kTile = 4, kPatch = 6, kPoints = kPatch * kPatch, kTaps = 9;
constexpr int64_t kVector = 8;
constexpr int64_t kRows = 6, kLanes = 2 * kVector; // the matrix products' register block
constexpr int64_t kDepth = 256;                    // so many of a product's terms at a time: a panel of kLanes stays in the first cache,
constexpr int64_t kRowPanels = 22;                 // and so many panels of kRows in the second
constexpr int64_t kChunkFloats = 2 << 20;          // of transformed values at a time

// The first `count` of eight values, and zeros.
AVS_INLINE Eight load_part(const float* from, int64_t count) { return _mm256_maskload_ps(from, _mm256_castps_si256(avs::first(count))); }

// Stores the first `count` of eight values. A masked store takes longer.
AVS_INLINE void store_part(float* to, Eight values, int64_t count) {
    if (count >= kVector)
        return store(to, values);
    __m128 rest = _mm256_castps256_ps128(values);
    if (count & 4) {
        _mm_storeu_ps(to, rest);
        rest = _mm256_extractf128_ps(values, 1);
        to += 4;
    }
    if (count & 2) {
        _mm_storel_pi(reinterpret_cast<__m64*>(to), rest);
        rest = _mm_movehl_ps(rest, rest);
        to += 2;
    }
    if (count & 1)
        _mm_store_ss(to, rest);
}

int64_t panels(int64_t count, int64_t width) { return (count + width - 1) / width; }

// From one row of tiles' values to the next: an odd number of cache lines, as rows a power of two apart share one set of a cache. Groups may write
// up to a vector beyond what is theirs.
int64_t room_for(int64_t tiles) { return (panels(tiles + kVector, kLanes) | 1) * kLanes; }

// From one point's matrix to the next's.
int64_t apart(int64_t floats) { return panels(floats, kLanes) * kLanes + 5 * kLanes; }

at::Tensor buffer(int64_t floats) { return at::empty({floats}, at::kFloat); }

// ---- The transforms of a line of values. A block is transformed along its columns, then along its rows. Tile: the results that a block is of.

// Bᵀ. A patch begins one value before its tile. A point's weights are scaled as F(4, 3) has them; the smaller tiles' patches make up for it.
template <int Tile>
struct Patch {
    static constexpr int from = Tile + 2, points = Tile + 2, before = 1;

    static AVS_INLINE void line(const Eight* d, Eight* t) {
        if constexpr (Tile == 4) {
            const Eight a = d[4] - 4 * d[2], b = d[3] - 4 * d[1], c = d[4] - d[2], e = 2 * (d[3] - d[1]);
            t[0] = 4 * d[0] - 5 * d[2] + d[4];
            t[1] = a + b;
            t[2] = a - b;
            t[3] = 4 * d[1] - 5 * d[3] + d[5];
            t[4] = c + e;
            t[5] = c - e;
        } else if constexpr (Tile == 3) {
            const Eight a = 2 * (d[1] - d[3]);
            t[0] = 4 * (d[0] - d[2]) - a;
            t[1] = 3 * (d[3] - d[2]) - 6 * d[1];
            t[2] = 2 * d[1] - 3 * d[2] + d[3];
            t[3] = d[4] - d[2] + a;
            t[4] = -2 * a;
        } else {
            t[0] = 4 * (d[0] - d[2]);
            t[1] = -3 * (d[1] + d[2]);
            t[2] = 3 * (d[1] - d[2]);
            t[3] = d[3] - d[1];
        }
    }
};

// A
template <int Tile>
struct Spread {
    static constexpr int from = Tile, points = Tile + 2, before = 0;

    static AVS_INLINE void line(const Eight* y, Eight* t) {
        const Eight a = Tile > 2 ? y[0] + y[2] : y[0], b = Tile > 3 ? y[1] + y[3] : y[1];
        t[0] = y[0];
        t[1] = a + b;
        t[2] = a - b;
        t[3] = y[Tile - 1];
        if constexpr (Tile > 2) {
            const Eight c = y[0] + 4 * y[2], e = Tile > 3 ? 2 * y[1] + 8 * y[3] : 2 * y[1];
            t[4] = c + e;
            t[5] = c - e;
        }
    }
};

// Aᵀ: from the points to the results
template <int Tile>
AVS_INLINE void tile_line(const Eight* m, Eight* y) {
    const Eight a = m[1] + m[2], b = m[1] - m[2];
    y[0] = m[0] + a;
    y[1] = b;
    if constexpr (Tile > 2) {
        const Eight c = Tile > 3 ? m[4] + m[5] : m[4], e = Tile > 3 ? m[4] - m[5] : m[4];
        y[0] += c;
        y[1] += 2 * e;
        y[2] = a + 4 * c;
        y[3] = b + 8 * e;
    }
    y[Tile - 1] += m[3];
}

// The next two go from values s apart to values u apart.

AVS_INLINE void weight_line(const Eight* g, int64_t s, Eight* t, int64_t u) { // G: 3 -> 6
    const Eight a = (g[0] + g[2 * s]) * (-1.f / 6), b = g[s] * (-1.f / 6), c = g[0] * (1.f / 24) + g[2 * s] * (1.f / 6), e = g[s] * (1.f / 12);
    t[0] = g[0] * .25f;
    t[u] = a + b;
    t[2 * u] = a - b;
    t[3 * u] = g[2 * s];
    t[4 * u] = c + e;
    t[5 * u] = c - e;
}

AVS_INLINE void taps_line(const Eight* t, int64_t s, Eight* g, int64_t u) { // Gᵀ: 6 -> 3
    const Eight a = t[s] + t[2 * s], b = t[2 * s] - t[s], c = t[4 * s] + t[5 * s], e = t[4 * s] - t[5 * s];
    g[0] = t[0] * .25f - a * (1.f / 6) + c * (1.f / 24);
    g[u] = b * (1.f / 6) + e * (1.f / 12);
    g[2 * u] = (c - a) * (1.f / 6) + t[3 * s];
}

// ---- Tiles

// How one axis is cut. With dilation D every D-th place makes a line; each is cut evenly into as few tiles as there can be: n of them have L + 2n points for L
// results, the fewest that tiles of 2, 3 and 4 can have. Where that saves less than a twelfth all are of 4, as tiles of several sizes make more groups of them.
// A tile's results are start, start + D, ...: `size` of them, as far as they lie inside the map.
struct Axis {
    struct Cut {
        int64_t start, size;
    };
    std::vector<Cut> cuts;     // the larger before the smaller,
    int64_t with[kPatch] = {}; // so that those that have a point are the first ones

    Axis(int64_t length, int64_t dilation) {
        for (int64_t first = 0; first < std::min(length, dilation); first++) {
            int64_t left = panels(length - first, dilation), tiles = panels(left, kTile), start = first;
            const bool evenly = 2 * (kTile * tiles - left) >= tiles;
            for (; tiles > 0; tiles--) {
                const int64_t size = evenly ? std::max<int64_t>(2, panels(left, tiles)) : kTile;
                cuts.push_back({start, size});
                left -= size;
                start += size * dilation;
            }
        }
        std::sort(cuts.begin(), cuts.end(), [](const Cut& a, const Cut& b) { return a.size != b.size ? a.size > b.size : a.start < b.start; });
        for (const auto& cut : cuts)
            for (int64_t point = 0; point < cut.size + 2; point++)
                with[point]++;
    }

    int64_t points() const { return std::accumulate(with, with + kPatch, int64_t{0}); }
};

// Up to eight tiles of a row, all of one size, from number `at` on, the first of which begins in column x. Without dilation they lie side by side, with it
// they are interleaved: the next begins one column on.
struct Group {
    int64_t at, x, size, count;
};

// A row of tiles in one of the pictures.
struct Row {
    int64_t picture, start, size;
};

struct Tiling {
    int64_t count, height, width, dilation;
    Axis ys, xs;
    std::vector<Row> rows; // the larger before the smaller
    std::vector<Group> groups;

    Tiling(const at::Tensor& map, int64_t dilation)
        : count(map.size(0)), height(map.size(2)), width(map.size(3)), dilation(dilation), ys(height, dilation), xs(width, dilation) {
        for (int64_t picture = 0; picture < count; picture++)
            for (const auto& cut : ys.cuts)
                rows.push_back({picture, cut.start, cut.size});
        std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.size > b.size; });
        const auto& cuts = xs.cuts;
        for (int64_t begin = 0, end; begin < xs.with[0]; begin = end) {
            for (end = begin + 1; end < xs.with[0] && end < begin + kVector && cuts[end].size == cuts[begin].size; end++)
                if (dilation > 1 && cuts[end].start != cuts[end - 1].start + 1)
                    break;
            groups.push_back({begin, cuts[begin].start, cuts[begin].size, end - begin});
        }
    }

    int64_t rows_in_all() const { return count * ys.with[0]; }
    int64_t points() const { return count * ys.points() * xs.points(); }
    int64_t plane() const { return height * width; }
    int64_t span() const { return width + 5 * dilation + 6 * kVector; } // of a line, with what groups read and write beyond its ends

    // Of some rows of tiles, those that have this point.
    int64_t tiles(int64_t first, int64_t rows, int64_t point) const {
        return std::clamp<int64_t>(count * ys.with[point / kPatch] - first, 0, rows) * xs.with[point % kPatch];
    }

    // As many rows of tiles as come to about so many points, and to the fewest blocks of a matrix product's lanes.
    int64_t rows_for(int64_t values) const {
        const auto blocks = [&](int64_t at_once) {
            int64_t sum = 0;
            for (int64_t first = 0; first < rows_in_all(); first += at_once)
                for (int64_t point = 0; point < kPoints; point++)
                    sum += panels(tiles(first, std::min(at_once, rows_in_all() - first), point), kLanes);
            return sum;
        };
        const int64_t most = std::clamp<int64_t>(values * rows_in_all() / points(), 1, rows_in_all());
        int64_t best = most, fewest = blocks(most);
        for (int64_t some = most - 1; some > most / 2; some--)
            if (const int64_t these = blocks(some); these < fewest) {
                best = some;
                fewest = these;
            }
        return best;
    }
};

// Calls with the size of a tile as a constant.
template <class Work>
void with_size(int64_t size, const Work& work) {
    switch (size) {
        case 4: return work(std::integral_constant<int, 4>());
        case 3: return work(std::integral_constant<int, 3>());
        default: return work(std::integral_constant<int, 2>());
    }
}

// values[j] of eight neighbouring tiles: line[Tile l + j] for tile l.
template <int Tile, int From>
AVS_INLINE void read_neighbours(const float* line, Eight* values) {
    const auto both = [&](int64_t l) AVS_FAST {
        return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(line + Tile * l)), _mm_loadu_ps(line + Tile * (l + 4)), 1);
    };
    const Eight a = both(0), b = both(1), c = both(2), d = both(3);
    const Eight ab = _mm256_unpacklo_ps(a, b), AB = _mm256_unpackhi_ps(a, b), cd = _mm256_unpacklo_ps(c, d), CD = _mm256_unpackhi_ps(c, d);
    values[0] = _mm256_shuffle_ps(ab, cd, 0x44);
    values[1] = _mm256_shuffle_ps(ab, cd, 0xEE);
    values[2] = _mm256_shuffle_ps(AB, CD, 0x44);
    values[3] = _mm256_shuffle_ps(AB, CD, 0xEE);
    const __m256i next = _mm256_setr_epi32(1, 2, 3, 4, 5, 6, 7, 0);
#pragma GCC unroll 2
    for (int j = 4; j < From; j++) // the next tile's
        values[j] = _mm256_blend_ps(_mm256_permutevar8x32_ps(values[j - Tile], next), _mm256_broadcast_ss(line + 7 * Tile + j), 0x80);
}

// The reverse. Four values are written of each tile; the next one's, which come after them, are written over what is too much.
template <int Tile>
AVS_INLINE void write_neighbours(const Eight* values, float* line) {
    const Eight c = values[Tile > 2 ? 2 : 0], d = values[Tile > 3 ? 3 : 0];
    const Eight ab = _mm256_unpacklo_ps(values[0], values[1]), AB = _mm256_unpackhi_ps(values[0], values[1]);
    const Eight cd = _mm256_unpacklo_ps(c, d), CD = _mm256_unpackhi_ps(c, d);
    const Eight tiles[] = {_mm256_shuffle_ps(ab, cd, 0x44), _mm256_shuffle_ps(ab, cd, 0xEE), _mm256_shuffle_ps(AB, CD, 0x44), _mm256_shuffle_ps(AB, CD, 0xEE)};
#pragma GCC unroll 4
    for (int l = 0; l < 4; l++)
        _mm_storeu_ps(line + Tile * l, _mm256_castps256_ps128(tiles[l]));
#pragma GCC unroll 4
    for (int l = 0; l < 4; l++)
        _mm_storeu_ps(line + Tile * (l + 4), _mm256_extractf128_ps(tiles[l], 1));
}

// ---- Matrix products

// out[kRows][kLanes] (+)= sum over depth of left[row][depth] right[depth][lane]; LeftStep, left_row: from one depth, one row of `left` to the next.
template <int LeftStep, bool Add>
AVS_INLINE void multiply(const float* left, int64_t left_row, const float* right, int64_t right_step, int64_t depth, float* out, int64_t out_row) {
    Eight sums[kRows][2];
#pragma GCC unroll 6
    for (int r = 0; r < kRows; r++) {
        sums[r][0] = Add ? load(out + r * out_row) : _mm256_setzero_ps();
        sums[r][1] = Add ? load(out + r * out_row + kVector) : _mm256_setzero_ps();
    }
    for (int64_t d = 0; d < depth; d++, left += LeftStep, right += right_step) {
        const Eight a = _mm256_load_ps(right), b = _mm256_load_ps(right + kVector);
#pragma GCC unroll 6
        for (int r = 0; r < kRows; r++) {
            const Eight scale = _mm256_broadcast_ss(left + r * left_row);
            sums[r][0] = _mm256_fmadd_ps(scale, a, sums[r][0]);
            sums[r][1] = _mm256_fmadd_ps(scale, b, sums[r][1]);
        }
    }
#pragma GCC unroll 6
    for (int r = 0; r < kRows; r++) {
        store(out + r * out_row, sums[r][0]);
        store(out + r * out_row + kVector, sums[r][1]);
    }
}

// ---- Transforms of whole operands

// G g Gᵀ as [point][panel of kRows outputs][input][kRows]; turned: as the gradient of the input needs them, inputs for outputs and each 3x3 turned round.
AVS_FAST void transform_weights(const float* weight, int64_t outputs, int64_t inputs, bool turned, float* to) {
    const int64_t count = panels(outputs, kRows), step = apart(count * inputs * kRows);
    at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) AVS_FAST {
        alignas(32) float taps[kTaps][kVector] = {};
        Eight g[kTaps], half[3 * kPatch], points[kPoints];
        for (int64_t panel = begin; panel < end; panel++)
            for (int64_t in = 0; in < inputs; in++) {
                for (int64_t r = 0; r < kRows; r++) {
                    const int64_t out = panel * kRows + r;
                    const float* from = out >= outputs ? nullptr : weight + kTaps * (turned ? in * outputs + out : out * inputs + in);
                    for (int t = 0; t < kTaps; t++)
                        taps[t][r] = !from ? 0 : from[turned ? kTaps - 1 - t : t];
                }
                for (int t = 0; t < kTaps; t++)
                    g[t] = load(taps[t]);
                for (int j = 0; j < 3; j++)
                    weight_line(g + j, 3, half + j, 3); // [3,3] -> [6,3]
                for (int i = 0; i < kPatch; i++)
                    weight_line(half + 3 * i, 1, points + kPatch * i, 1); // -> [6,6]
                for (int64_t k = 0; k < kPoints; k++)
                    std::memcpy(to + k * step + (panel * inputs + in) * kRows, &points[k], sizeof(float) * kRows);
            }
    });
}

// The next two are functions of their own, with what they need by value: a vector may be stored over anything, so what a lambda holds is read again after each.

// The blocks of a row of tiles transformed along their columns: from[i], a block's i-th row of values, to line[point][column].
template <class Block>
AVS_FAST void transform_columns(const float* const* from, int64_t width, float* line, int64_t span) {
    Eight values[kPatch], points[kPatch];
    int64_t x = 0;
    for (; x + kVector <= width; x += kVector) {
#pragma GCC unroll 6
        for (int i = 0; i < Block::from; i++)
            values[i] = load(from[i] + x);
        Block::line(values, points);
#pragma GCC unroll 6
        for (int i = 0; i < Block::points; i++)
            store(line + i * span + x, points[i]);
    }
    if (x == width)
        return;
#pragma GCC unroll 6
    for (int i = 0; i < Block::from; i++)
        values[i] = load_part(from[i] + x, width - x);
    Block::line(values, points);
#pragma GCC unroll 6
    for (int i = 0; i < Block::points; i++)
        store(line + i * span + x, points[i]);
}

// Where a row of tiles has its values: `at` + j `step` + row with[j] for its j-th point along the row, and so on for those down the column.
struct Places {
    int64_t of[kPatch];

    Places(const Tiling& tiling, int64_t at, int64_t step, int64_t row) {
        for (int64_t j = 0; j < kPatch; j++)
            of[j] = at + j * step + row * tiling.xs.with[j];
    }
};

// Then a group of tiles along their rows: `lines` of line[point][column] to [point][tile], points `step` apart.
template <int Tile, template <int> class Block, bool Dilated>
AVS_FAST void transform_rows(const float* line, int64_t span, int64_t lines, const Group& group, int64_t dilation, float* to, const Places& places, int64_t step) {
    Eight values[kPatch], points[kPatch];
    float* out[kPatch];
    for (int j = 0; j < kPatch; j++)
        out[j] = to + places.of[j] + group.at;
    line += group.x;
#pragma GCC unroll 6 // rolled up, an undilated convolution takes a quarter longer
    for (int i = 0; i < kPatch; i++, line += span) {
        if (i >= lines)
            break;
        if (!Dilated)
            read_neighbours<Tile, Block<Tile>::from>(line, values);
        else
#pragma GCC unroll 6
            for (int j = 0; j < Block<Tile>::from; j++)
                values[j] = load(line + j * dilation);
        Block<Tile>::line(values, points);
#pragma GCC unroll 6
        for (int j = 0; j < Block<Tile>::points; j++) {
            store(out[j], points[j]);
            out[j] += kPatch * step;
        }
    }
}

// The blocks of some rows of tiles as [point][channel][tile of `room`], points `step` apart: patches (Bᵀ d B) or tiles (A y Aᵀ).
template <template <int> class Block>
void transform(const float* map, const Tiling& tiling, int64_t channels, int64_t first, int64_t rows, int64_t room, int64_t step, float* to) {
    const int64_t span = tiling.span(), before = Block<kTile>::before * tiling.dilation;
    at::parallel_for(0, channels, 1, [&](int64_t begin, int64_t end) {
        std::vector<float> line(kPatch * span), zeros(tiling.width);
        for (int64_t c = begin; c < end; c++)
            for (int64_t row = 0; row < rows; row++) {
                const auto [picture, start, size] = tiling.rows[first + row];
                const float *plane = map + (picture * channels + c) * tiling.plane(), *from[kPatch];
                for (int64_t i = 0; i < kPatch; i++) {
                    const int64_t y = start + i * tiling.dilation - before;
                    from[i] = y < 0 || y >= tiling.height ? zeros.data() : plane + y * tiling.width;
                }
                with_size(size, [&](auto tile) { transform_columns<Block<tile>>(from, tiling.width, line.data() + before, span); });
                const Places places(tiling, c * room, step, row);
                const int64_t lines = size + 2;
                for (const auto& group : tiling.groups)
                    with_size(group.size, [&](auto tile) {
                        if (tiling.dilation == 1)
                            transform_rows<tile, Block, false>(line.data(), span, lines, group, 1, to, places, step);
                        else
                            transform_rows<tile, Block, true>(line.data(), span, lines, group, tiling.dilation, to, places, step);
                    });
            }
    });
}

// [point][tile] of a group, points `step` apart, to line[point][column]. Without dilation groups are in order: what one writes beyond its own is written
// again by those after it.
template <int Tile, bool Dilated>
AVS_FAST void collect_rows(const float* from, const Places& places, int64_t step, const Group& group, int64_t dilation, float* line, int64_t span, int64_t lines) {
    Eight points[kPatch], values[kTile];
    const float* in[kPatch];
    for (int j = 0; j < kPatch; j++)
        in[j] = from + places.of[j] + group.at;
    const int64_t count = group.count;
    line += group.x;
#pragma GCC unroll 6
    for (int i = 0; i < kPatch; i++, line += span) {
        if (i >= lines)
            break;
#pragma GCC unroll 6
        for (int j = 0; j < Tile + 2; j++) {
            points[j] = load(in[j]);
            in[j] += kPatch * step;
        }
        tile_line<Tile>(points, values);
        if (!Dilated)
            write_neighbours<Tile>(values, line);
        else
#pragma GCC unroll 4
            for (int j = 0; j < Tile; j++)
                store_part(line + j * dilation, values[j], count);
    }
}

// line[point][column] to `rows` of the map, `apart` from each other, with the bias added.
template <int Tile>
AVS_FAST void collect_columns(const float* line, int64_t span, int64_t width, float bias, float* to, int64_t rows, int64_t apart) {
    const Eight shift = avs::all(bias);
    Eight points[kPatch], values[kTile];
    for (int64_t x = 0; x < width; x += kVector) {
#pragma GCC unroll 6
        for (int i = 0; i < Tile + 2; i++)
            points[i] = load(line + i * span + x);
        tile_line<Tile>(points, values);
        float* out = to + x;
#pragma GCC unroll 4
        for (int i = 0; i < Tile; i++, out += apart) {
            if (i >= rows)
                break;
            store_part(out, values[i] + shift, width - x);
        }
    }
}

// Aᵀ m A of [point][channel][tile of `room`], points `step` apart, with the bias added, into the tiles' places.
void write_tiles(const float* from, int64_t step, const float* bias, const Tiling& tiling, int64_t channels, int64_t first, int64_t rows, int64_t room,
                 float* map) {
    const int64_t span = tiling.span();
    at::parallel_for(0, channels, 1, [&](int64_t begin, int64_t end) {
        std::vector<float> line(kPatch * span);
        for (int64_t c = begin; c < end; c++)
            for (int64_t row = 0; row < rows; row++) {
                const auto [picture, start, size] = tiling.rows[first + row];
                const Places places(tiling, c * room, step, row);
                const int64_t lines = size + 2, inside = std::min(size, panels(tiling.height - start, tiling.dilation));
                for (const auto& group : tiling.groups)
                    with_size(group.size, [&](auto tile) {
                        if (tiling.dilation == 1)
                            collect_rows<tile, false>(from, places, step, group, 1, line.data(), span, lines);
                        else
                            collect_rows<tile, true>(from, places, step, group, tiling.dilation, line.data(), span, lines);
                    });
                float* to = map + (picture * channels + c) * tiling.plane() + start * tiling.width;
                with_size(size, [&](auto tile) {
                    collect_columns<tile>(line.data(), span, tiling.width, bias ? bias[c] : 0, to, inside, tiling.dilation * tiling.width);
                });
            }
    });
}

// ---- The three passes

// The points in an order in which threads that take equal shares of them get those of many tiles and of few alike.
int64_t diagonally(int64_t item) { return item * (kPatch + 1) % kPoints; }

// products[point][row][tile] = weights[point][row][input] patches[point][input][tile]
AVS_FAST void multiply_points(const float* weights, const float* patches, int64_t inputs, int64_t row_panels, const Tiling& tiling, int64_t first_row,
                              int64_t rows, int64_t room, float* products) {
    const int64_t blocks = panels(row_panels, kRowPanels);
    at::parallel_for(0, kPoints * blocks, 1, [&](int64_t begin, int64_t end) AVS_FAST {
        for (int64_t item = begin; item < end; item++) { // item: point, block of row panels
            const int64_t point = diagonally(item / blocks), first = item % blocks * kRowPanels, last = std::min(first + kRowPanels, row_panels);
            const int64_t lane_panels = panels(tiling.tiles(first_row, rows, point), kLanes);
            const float *left = weights + point * apart(row_panels * inputs * kRows), *right = patches + point * apart(inputs * room);
            float* out = products + point * apart(row_panels * kRows * room);
            for (int64_t depth = 0; depth < inputs; depth += kDepth)
                for (int64_t panel = 0; panel < lane_panels; panel++)
                    for (int64_t r = first; r < last; r++) {
                        const float *these = left + (r * inputs + depth) * kRows, *those = right + depth * room + panel * kLanes;
                        float* here = out + r * kRows * room + panel * kLanes;
                        if (depth == 0)
                            multiply<kRows, false>(these, 1, those, room, std::min(kDepth, inputs), here, room);
                        else
                            multiply<kRows, true>(these, 1, those, room, std::min(kDepth, inputs - depth), here, room);
                    }
        }
    });
}

AVS_FAST at::Tensor convolved(const at::Tensor& input, const at::Tensor& weight, const float* bias, int64_t dilation, bool turned) {
    const Tiling tiling(input, dilation);
    const int64_t inputs = input.size(1), outputs = weight.size(turned ? 1 : 0), row_panels = panels(outputs, kRows), rows = row_panels * kRows;
    const int64_t at_once = tiling.rows_for(kChunkFloats / (inputs + rows)), room = room_for(at_once * tiling.xs.with[0]);
    const int64_t chunks = panels(tiling.rows_in_all(), at_once), threads = at::get_num_threads();
    // Where there are many, each thread does its own from end to end; otherwise they share every step of each.
    const bool apiece = threads > 1 && chunks >= 4 * threads;
    const int64_t patch_floats = kPoints * apart(inputs * room), product_floats = kPoints * apart(rows * room);
    auto result = at::empty({tiling.count, outputs, tiling.height, tiling.width}, input.options());
    const auto weights = buffer(kPoints * apart(rows * inputs)), patches = buffer((apiece ? threads : 1) * patch_floats),
               products = buffer((apiece ? threads : 1) * product_floats);
    const auto *x = input.data_ptr<float>(), *u = weights.data_ptr<float>();
    float *v = patches.data_ptr<float>(), *m = products.data_ptr<float>(), *y = result.data_ptr<float>();
    transform_weights(weight.data_ptr<float>(), outputs, inputs, turned, weights.data_ptr<float>());
    const auto run = [&](int64_t begin, int64_t end) {
        const int64_t own = apiece ? at::get_thread_num() : 0;
        for (int64_t chunk = begin; chunk < end; chunk++) {
            const int64_t first = chunk * at_once, here = std::min(at_once, tiling.rows_in_all() - first);
            transform<Patch>(x, tiling, inputs, first, here, room, apart(inputs * room), v + own * patch_floats);
            multiply_points(u, v + own * patch_floats, inputs, row_panels, tiling, first, here, room, m + own * product_floats);
            write_tiles(m + own * product_floats, apart(rows * room), bias, tiling, outputs, first, here, room, y);
        }
    };
    if (apiece)
        at::parallel_for(0, chunks, 1, run);
    else
        run(0, chunks);
    return result;
}

// [kLanes channels of `room`][tiles] -> [tile][kLanes]
AVS_FAST void turn(const float* from, int64_t channels, int64_t room, int64_t tiles, float* to) {
    for (int64_t half = 0; half < kLanes; half += kVector)
        for (int64_t t = 0; t < tiles; t += kVector) {
            Eight a[kVector], b[kVector];
#pragma GCC unroll 8
            for (int i = 0; i < kVector; i++)
                a[i] = half + i < channels ? load(from + (half + i) * room + t) : _mm256_setzero_ps();
#pragma GCC unroll 4
            for (int i = 0; i < kVector; i += 2) {
                b[i] = _mm256_unpacklo_ps(a[i], a[i + 1]);
                b[i + 1] = _mm256_unpackhi_ps(a[i], a[i + 1]);
            }
#pragma GCC unroll 2
            for (int i = 0; i < kVector; i += 4) {
                a[i] = _mm256_shuffle_ps(b[i], b[i + 2], 0x44);
                a[i + 1] = _mm256_shuffle_ps(b[i], b[i + 2], 0xEE);
                a[i + 2] = _mm256_shuffle_ps(b[i + 1], b[i + 3], 0x44);
                a[i + 3] = _mm256_shuffle_ps(b[i + 1], b[i + 3], 0xEE);
            }
#pragma GCC unroll 4
            for (int i = 0; i < 4; i++) {
                _mm256_store_ps(to + (t + i) * kLanes + half, _mm256_permute2f128_ps(a[i], a[i + 4], 0x20));
                _mm256_store_ps(to + (t + i + 4) * kLanes + half, _mm256_permute2f128_ps(a[i], a[i + 4], 0x31));
            }
        }
}

AVS_FAST at::Tensor weight_gradient(const at::Tensor& input, const at::Tensor& gradient, int64_t dilation) {
    const Tiling tiling(input, dilation);
    const int64_t inputs = input.size(1), outputs = gradient.size(1), row_panels = panels(outputs, kRows), lane_panels = panels(inputs, kLanes);
    const int64_t at_once = tiling.rows_for(kChunkFloats / (inputs + outputs)), room = room_for(at_once * tiling.xs.with[0]), block = kRows * kLanes;
    const int64_t patch_step = apart(inputs * room), tile_step = apart(row_panels * kRows * room), sum_step = row_panels * lane_panels * block;
    const auto patches = buffer(kPoints * patch_step), tiles = buffer(kPoints * tile_step), sums = at::zeros({kPoints * sum_step}, at::kFloat);
    auto *v = patches.data_ptr<float>(), *d = tiles.data_ptr<float>(), *s = sums.data_ptr<float>();
    for (int64_t first = 0; first < tiling.rows_in_all(); first += at_once) {
        const int64_t here = std::min(at_once, tiling.rows_in_all() - first);
        transform<Patch>(input.data_ptr<float>(), tiling, inputs, first, here, room, patch_step, v);
        transform<Spread>(gradient.data_ptr<float>(), tiling, outputs, first, here, room, tile_step, d);
        at::parallel_for(0, kPoints * lane_panels, 1, [&](int64_t begin, int64_t end) AVS_FAST {
            std::vector<float> space((room + 1) * kLanes);
            auto* turned = reinterpret_cast<float*>((reinterpret_cast<uintptr_t>(space.data()) + 63) / 64 * 64);
            for (int64_t item = begin; item < end; item++) { // item: point, panel of inputs
                const int64_t point = diagonally(item / lane_panels), panel = item % lane_panels, present = tiling.tiles(first, here, point);
                turn(v + point * patch_step + panel * kLanes * room, inputs - panel * kLanes, room, present, turned);
                for (int64_t r = 0; r < row_panels; r++)
                    multiply<1, true>(d + point * tile_step + r * kRows * room, room, turned, kLanes, present, s + point * sum_step + (r * lane_panels + panel) * block, kLanes);
            }
        });
    }
    auto result = at::empty({outputs, inputs, 3, 3}, input.options());
    float* to = result.data_ptr<float>();
    at::parallel_for(0, outputs, 1, [&](int64_t begin, int64_t end) AVS_FAST {
        Eight points[kPoints], half[3 * kPatch], taps[kTaps];
        for (int64_t out = begin; out < end; out++)
            for (int64_t in = 0; in < inputs; in += kVector) {
                for (int64_t k = 0; k < kPoints; k++)
                    points[k] = load(s + k * sum_step + (out / kRows * lane_panels + in / kLanes) * block + out % kRows * kLanes + in % kLanes);
                for (int j = 0; j < kPatch; j++)
                    taps_line(points + j, kPatch, half + j, kPatch); // [6,6] -> [3,6]
                for (int i = 0; i < 3; i++)
                    taps_line(half + kPatch * i, 1, taps + 3 * i, 1); // -> [3,3]
                const auto* values = reinterpret_cast<const float*>(taps);
                for (int64_t l = 0; l < std::min(kVector, inputs - in); l++)
                    for (int64_t t = 0; t < kTaps; t++)
                        to[(out * inputs + in + l) * kTaps + t] = values[t * kVector + l];
            }
    });
    return result;
}

// ---- As libtorch's operators

// With fewer places the gain is small, and what is rounded differently shows in networks that normalise by few samples: a ReLU decides by the sign of what
// comes before it. Gradients decide nothing.
constexpr int64_t kForwardPlaces = 3000;

at::Tensor forward_pass(const at::Tensor& input, const at::Tensor& weight, const c10::optional<at::Tensor>& bias, int64_t dilation) {
    if (input.size(0) * input.size(2) * input.size(3) < kForwardPlaces) {
        at::AutoDispatchBelowAutograd below;
        return at::conv2d(input, weight, bias, 1, dilation, dilation);
    }
    const auto shift = bias && bias->defined() ? bias->contiguous() : at::Tensor();
    return convolved(input, weight.contiguous(), shift.defined() ? shift.data_ptr<float>() : nullptr, dilation, false);
}

class Winograd final : public torch::autograd::Function<Winograd> {
public:
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& input, const at::Tensor& weight, const c10::optional<at::Tensor>& bias,
                              int64_t dilation) {
        context->save_for_backward({input, weight});
        context->saved_data["shifted"] = bias && bias->defined();
        context->saved_data["dilation"] = dilation;
        return forward_pass(input, weight, bias, dilation);
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const auto &input = saved[0], &weight = saved[1];
        const auto gradient = gradients[0].to(at::kFloat).contiguous(); // where forward was libtorch's own under autocast, of bfloat16
        const bool shifted = context->saved_data["shifted"].toBool();
        const int64_t dilation = context->saved_data["dilation"].toInt();
        if (at::GradMode::is_enabled()) { // the gradient is itself to be differentiated: libtorch's own, which can be
            const auto all = at::convolution_backward(gradient, input, weight, at::IntArrayRef({weight.size(0)}), {1, 1}, {dilation, dilation}, {dilation, dilation}, false, {0, 0}, 1,
                                                      {true, true, true});
            return {std::get<0>(all), std::get<1>(all), shifted ? std::get<2>(all) : at::Tensor(), at::Tensor()};
        }
        static const auto by_input = c10::Dispatcher::singleton().findSchemaOrThrow("avs::conv3x3_input_gradient", "").typed<at::Tensor(const at::Tensor&, const at::Tensor&, int64_t)>();
        static const auto by_weight = c10::Dispatcher::singleton().findSchemaOrThrow("avs::conv3x3_weight_gradient", "").typed<at::Tensor(const at::Tensor&, const at::Tensor&, int64_t)>();
        return {context->needs_input_grad(0) ? by_input.call(gradient, weight, dilation) : at::Tensor(), context->needs_input_grad(1) ? by_weight.call(input, gradient, dilation) : at::Tensor(),
                shifted && context->needs_input_grad(2) ? gradient.sum({0, 2, 3}) : at::Tensor(), at::Tensor()};
    }
};

void check(const at::Tensor& input, const at::Tensor& weight) {
    TORCH_CHECK(input.dim() == 4 && weight.dim() == 4 && weight.size(1) == input.size(1) && weight.size(2) == 3 && weight.size(3) == 3 &&
                    input.scalar_type() == at::kFloat && weight.scalar_type() == at::kFloat && input.is_contiguous() && input.device().is_cpu() && weight.device().is_cpu(),
                "a 3x3 convolution of ", input.sizes(), " by weights of ", weight.sizes());
}

// Input [N,C,H,W] in whole planes, padded by the dilation, weight [K,C,3,3], bias [K]; all float32 on the CPU.
at::Tensor conv3x3(const at::Tensor& input, const at::Tensor& weight, const c10::optional<at::Tensor>& bias, int64_t dilation) {
    check(input, weight);
    TORCH_CHECK(!bias || !bias->defined() || (bias->dim() == 1 && bias->size(0) == weight.size(0) && bias->scalar_type() == at::kFloat), "a bias of another size");
    const bool shifted = bias && bias->defined();
    if (at::GradMode::is_enabled() && (input.requires_grad() || weight.requires_grad() || (shifted && bias->requires_grad())))
        return Winograd::apply(input, weight, bias, dilation);
    return forward_pass(input, weight, bias, dilation);
}

at::Tensor input_gradient(const at::Tensor& gradient, const at::Tensor& weight, int64_t dilation) {
    return convolved(gradient, weight.contiguous(), nullptr, dilation, true);
}

// Whether there is enough to do for the transforms to pay, not too much of it is the tiles' overhang, and the processor can.
bool suits(const at::Tensor& input, int64_t outputs, int64_t dilation) {
    constexpr int64_t kOutputs = 32, kSide = 14, kPlaces = 900;
    const int64_t fewest = dilation == 1 ? 32 : 64; // inputs
    constexpr double kLargestShare = 0.52; // of a direct convolution's multiplications, but those by padding
    if (!avs::has_vectors() || input.dim() != 4 || input.size(1) < fewest || outputs < kOutputs || std::min(input.size(2), input.size(3)) < kSide || !input.is_contiguous() ||
        !(input.scalar_type() == at::kFloat || input.scalar_type() == at::kBFloat16) || !input.device().is_cpu())
        return false;
    const Tiling tiling(input, dilation);
    const auto inside = [&](int64_t length) { return 3 * length - 2 * std::min(length, dilation); };
    return tiling.count * tiling.plane() >= (dilation == 1 ? kPlaces : kForwardPlaces) &&
           tiling.points() <= kLargestShare * tiling.count * inside(tiling.height) * inside(tiling.width);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(avs, library) {
    library.def("conv3x3(Tensor input, Tensor weight, Tensor? bias, int dilation) -> Tensor", conv3x3);
    library.def("conv3x3_input_gradient(Tensor gradient, Tensor weight, int dilation) -> Tensor", input_gradient);
    library.def("conv3x3_weight_gradient(Tensor input, Tensor gradient, int dilation) -> Tensor", weight_gradient);
}

// Whether avs::conv3x3 is the faster way for this input (of bfloat16 after a cast), this many output channels and this dilation.
AVS_API int32_t avs_conv3x3_suits(avs::Handle input, int64_t outputs, int64_t dilation) { return suits(avs::borrow(input), outputs, dilation); }

#else

AVS_API int32_t avs_conv3x3_suits(avs::Handle, int64_t, int64_t) { return 0; }

#endif
