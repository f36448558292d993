/* Square roots of lines of floats, on processors with AVX-512 bit for bit as PyTorch's vector library has them: an estimate of 14 bits, made
   better by Newton's method without a last correction, so that one in 150 is rounded down where the nearest number lies above. */

#include "../_core/_native.h"
#include <math.h>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#include <immintrin.h>
#define ESTIMATES 1

/* Whether x is a positive normal number; the others have exact roots. */
#define PLAIN(sort, x, least) \
    (_mm512_cmp_##sort##_mask(x, _mm512_set1_##sort(least), _CMP_GE_OQ) & _mm512_cmp_##sort##_mask(x, _mm512_set1_##sort(INFINITY), _CMP_LT_OQ))

__attribute__((target("avx512f"))) static __m512 roots_of_16(__m512 x)
{
    __m512 y = _mm512_rsqrt14_ps(x), s = _mm512_mul_ps(x, y), h = _mm512_mul_ps(y, _mm512_set1_ps(0.5f));
    s = _mm512_fmadd_ps(_mm512_fnmadd_ps(s, s, x), h, s);
    return _mm512_mask_blend_ps(PLAIN(ps, x, 1.17549435e-38f), _mm512_sqrt_ps(x), s);
}

__attribute__((target("avx512f"))) static __m512d roots_of_8(__m512d x)
{
    __m512d half = _mm512_set1_pd(0.5), y = _mm512_rsqrt14_pd(x), s = _mm512_mul_pd(x, y), h = _mm512_mul_pd(y, half);
    __m512d d = _mm512_fnmadd_pd(s, h, half);
    s = _mm512_fmadd_pd(s, d, s);
    h = _mm512_fmadd_pd(h, d, h);
    s = _mm512_fmadd_pd(_mm512_fnmadd_pd(s, s, x), h, s);
    return _mm512_mask_blend_pd(PLAIN(pd, x, 2.2250738585072014e-308), _mm512_sqrt_pd(x), s);
}

#define LINE(name, real, sort, lanes, roots, mask) \
    __attribute__((target("avx512f"))) static void name(const real *x, real *out, npy_intp count) \
    { \
        for (; count >= lanes; count -= lanes, x += lanes, out += lanes) _mm512_storeu_##sort(out, roots(_mm512_loadu_##sort(x))); \
        mask rest = (mask)((1u << count) - 1); \
        if (rest) _mm512_mask_storeu_##sort(out, rest, roots(_mm512_maskz_loadu_##sort(rest, x))); \
    }
LINE(estimated_float, float, ps, 16, roots_of_16, __mmask16)
LINE(estimated_double, double, pd, 8, roots_of_8, __mmask8)
#else
#define ESTIMATES 0
#endif

void square_roots_float(const float *x, float *out, npy_intp count)
{
#if ESTIMATES
    if (__builtin_cpu_supports("avx512f")) {
        estimated_float(x, out, count);
        return;
    }
#endif
    for (npy_intp i = 0; i < count; i++) out[i] = sqrtf(x[i]);
}

void square_roots_double(const double *x, double *out, npy_intp count)
{
#if ESTIMATES
    if (__builtin_cpu_supports("avx512f")) {
        estimated_double(x, out, count);
        return;
    }
#endif
    for (npy_intp i = 0; i < count; i++) out[i] = sqrt(x[i]);
}
