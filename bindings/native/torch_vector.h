// Eight float32 at once (AVX2 and FMA), and what the fused kernels share: e^x, matrix products of small blocks, and the test for a processor that has them.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__)
#define AVS_HAS_VECTORS 1

#include <cstdint>

#include <immintrin.h>

#define AVS_FAST __attribute__((target("avx2,fma")))
#define AVS_INLINE __attribute__((target("avx2,fma"), always_inline)) inline

namespace avs {

inline bool has_vectors() {
    static const bool able = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    return able;
}

using Eight = __m256;

AVS_INLINE Eight load(const float* from) { return _mm256_loadu_ps(from); }
AVS_INLINE void store(float* to, Eight values) { _mm256_storeu_ps(to, values); }
AVS_INLINE Eight all(float value) { return _mm256_set1_ps(value); }
AVS_INLINE Eight fused(Eight a, Eight b, Eight c) { return _mm256_fmadd_ps(a, b, c); } // a b + c

AVS_INLINE float sum(Eight values) {
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(values), _mm256_extractf128_ps(values, 1));
    four = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(four, _mm_movehdup_ps(four)));
}

AVS_INLINE float greatest(Eight values) {
    __m128 four = _mm_max_ps(_mm256_castps256_ps128(values), _mm256_extractf128_ps(values, 1));
    four = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(four, _mm_movehdup_ps(four)));
}

// The first `count` of eight: all bits set, the others' none.
AVS_INLINE Eight first(int64_t count) {
    return _mm256_castsi256_ps(_mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)));
}

// e^x = 2^n e^r with |r| <= ln(2)/2 and e^r by its series up to r^7 / 5040, which leaves 5e-9. Below e^-87 it stays at 1e-38.
AVS_INLINE Eight exponential(Eight x) {
    x = _mm256_min_ps(all(88.3f), _mm256_max_ps(all(-87.3f), x)); // in this order what is no number stays so
    const Eight n = _mm256_round_ps(_mm256_mul_ps(x, all(1.44269504f)), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    Eight r = _mm256_fnmadd_ps(n, all(0.693359375f), x); // ln 2 in two parts; the first has so few bits that its multiples are exact
    r = _mm256_fnmadd_ps(n, all(-2.12194440e-4f), r);
    Eight y = all(1.f / 5040);
    y = fused(y, r, all(1.f / 720));
    y = fused(y, r, all(1.f / 120));
    y = fused(y, r, all(1.f / 24));
    y = fused(y, r, all(1.f / 6));
    y = fused(y, r, all(.5f));
    y = fused(y, r, all(1.f));
    y = fused(y, r, all(1.f));
    const __m256i power = _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23);
    return _mm256_mul_ps(y, _mm256_castsi256_ps(power));
}

// A matrix by its first value, the distance of its rows, and that of its columns.
struct Matrix {
    const float* at;
    int64_t row, column;
};

// to[i][j] = (Add: +=) sum over k < depth of a[i][k] b[k][j] for R rows and 8 V columns; b's columns lie side by side.
template <int R, int V, bool Add>
AVS_INLINE void multiply_block(const Matrix& a, const float* b, int64_t b_row, int64_t depth, float* to, int64_t to_row) {
    Eight sums[R][V];
    for (int i = 0; i < R; i++)
        for (int j = 0; j < V; j++)
            sums[i][j] = Add ? load(to + i * to_row + 8 * j) : _mm256_setzero_ps();
    for (int64_t k = 0; k < depth; k++) {
        Eight right[V];
        for (int j = 0; j < V; j++)
            right[j] = load(b + k * b_row + 8 * j);
        for (int i = 0; i < R; i++) {
            const Eight left = all(a.at[i * a.row + k * a.column]);
            for (int j = 0; j < V; j++)
                sums[i][j] = fused(left, right[j], sums[i][j]);
        }
    }
    for (int i = 0; i < R; i++)
        for (int j = 0; j < V; j++)
            store(to + i * to_row + 8 * j, sums[i][j]);
}

template <int V, bool Add>
AVS_FAST inline void multiply_columns(Matrix a, int64_t rows, const float* b, int64_t b_row, int64_t depth, float* to, int64_t to_row) {
    for (; rows >= 6; rows -= 6, a.at += 6 * a.row, to += 6 * to_row)
        multiply_block<6, V, Add>(a, b, b_row, depth, to, to_row);
    switch (rows) {
        case 5: multiply_block<5, V, Add>(a, b, b_row, depth, to, to_row); break;
        case 4: multiply_block<4, V, Add>(a, b, b_row, depth, to, to_row); break;
        case 3: multiply_block<3, V, Add>(a, b, b_row, depth, to, to_row); break;
        case 2: multiply_block<2, V, Add>(a, b, b_row, depth, to, to_row); break;
        case 1: multiply_block<1, V, Add>(a, b, b_row, depth, to, to_row); break;
        default: break;
    }
}

// The product of small matrices, of which b, [depth, columns], stays in the first cache; columns: a multiple of 8.
template <bool Add>
AVS_FAST inline void multiply(const Matrix& a, int64_t rows, const float* b, int64_t b_row, int64_t depth, int64_t columns, float* to, int64_t to_row) {
    int64_t j = 0;
    for (; j + 16 <= columns; j += 16)
        multiply_columns<2, Add>(a, rows, b + j, b_row, depth, to + j, to_row);
    if (j < columns)
        multiply_columns<1, Add>(a, rows, b + j, b_row, depth, to + j, to_row);
}

}  // namespace avs

#endif
