/* softmax and log_softmax of lines of float32, and their gradients, bit for bit as PyTorch's vector code has them.

   NOTE [ Softmax in PyTorch's order ]
   exp and log are the functions of SLEEF that PyTorch calls (https://sleef.org, Shibata and Petrogalli 2019: Sleef_expf_u10 and
   Sleef_logf_u10). Sums go over as many lanes as a vector of the processor has, whose totals are added up by halves. */

#include "../_core/_native.h"
#include <math.h>

INLINE float scaled(float value, int32_t exponent)
{
    union { int32_t bits; float number; } low = {((exponent >> 1) + 127) << 23}, high = {(exponent - (exponent >> 1) + 127) << 23};
    return value * low.number * high.number;
}

/* Below -104 it is 0 by itself. */
INLINE float exp_u10(float x)
{
    float y = x < -105.0f ? -105.0f : x > 105.0f ? 105.0f : x;
    float n = (y * 1.442695040888963407f + 12582912.0f) - 12582912.0f; /* the nearest integer */
    float r = fmaf(n, -1.428606765330187045e-06f, fmaf(n, -0.693145751953125f, y));
    float u = 0.000198527617612853646278381f;
    u = fmaf(u, r, 0.00139304355252534151077271f);
    u = fmaf(u, r, 0.00833336077630519866943359f);
    u = fmaf(u, r, 0.0416664853692054748535156f);
    u = fmaf(u, r, 0.166666671633720397949219f);
    u = fmaf(u, r, 0.5f);
    return scaled(1.0f + fmaf(r * r, u, r), (int32_t)n);
}

/* log of a normal number: 2 atanh((m - 1) / (m + 1)) + e log(2), in pairs of floats */
INLINE float log_u10(float x)
{
    union { float number; int32_t bits; } read = {x * (1.0f / 0.75f)};
    int32_t e = (read.bits >> 23) - 127;
    float m = scaled(x, -e);
    float above = m - 1.0f, above_rest = (-1.0f - (above - (above + 1.0f))) + (m - (above + 1.0f));
    float below = 1.0f + m, below_rest = (1.0f - (below - (below - 1.0f))) + (m - (below - 1.0f));
    float inverse = 1.0f / below, s = above * inverse;
    float error = fmaf(inverse, above, -s), defect = fmaf(-below_rest, inverse, fmaf(-below, inverse, 1.0f));
    float s_rest = fmaf(s, defect, fmaf(above_rest, inverse, error));
    float z = s * s, q = fmaf(fmaf(0.3027294874e+0f, z, 0.3996108174e+0f), z, 0.6666694880e+0f);
    float high = 0.69314718246459960938f * e, low = fmaf(-1.904654323148236017e-09f, e, fmaf(0.69314718246459960938f, e, -high));
    float sum = high + 2 * s, rest = (((high - sum) + 2 * s) + low) + 2 * s_rest;
    float cubic = z * s * q, total = sum + cubic;
    return total + (((sum - total) + cubic) + rest);
}

/* The lanes' totals, added up by halves. */
INLINE float joined(float *lane, int lanes)
{
    for (int half = lanes / 2; half; half /= 2)
        for (int j = 0; j < half; j++) lane[j] += lane[j + half];
    return lane[0];
}

/* The sum of VALUE(i); what fills no vector is added as TAIL(lane, i). */
#define SUM_LANES(total, count, lanes, VALUE, TAIL) \
    { \
        npy_intp i = lanes, whole = count - count % lanes; \
        if (count < lanes) { \
            total = VALUE(0); \
            for (i = 1; i < count; i++) total += VALUE(i); \
        } else { \
            float lane[lanes]; \
            for (int j = 0; j < lanes; j++) lane[j] = VALUE(j); \
            for (; i < whole; i += lanes) \
                for (int j = 0; j < lanes; j++) lane[j] += VALUE(i + j); \
            for (int j = 0; i + j < count; j++) lane[j] = TAIL(lane[j], i + j); \
            total = joined(lane, lanes); \
        } \
    }

INLINE void softmax_lanes(const float *x, float *out, npy_intp count, int is_log, int lanes)
{
    float best[16], top, total;
    npy_intp whole = count - count % 16;
    for (int j = 0; j < 16; j++) best[j] = x[0];
    for (npy_intp i = 0; i < whole; i += 16)
        for (int j = 0; j < 16; j++) best[j] = x[i + j] > best[j] ? x[i + j] : best[j]; /* a nan makes the sum nan */
    for (npy_intp i = whole; i < count; i++) best[0] = x[i] > best[0] ? x[i] : best[0];
    top = best[0];
    for (int j = 1; j < 16; j++) top = best[j] > top ? best[j] : top;
    for (npy_intp i = 0; i < count; i++) out[i] = exp_u10(x[i] - top);
#define POWER(i) out[i]
#define ADD_POWER(lane, i) lane + out[i]
    if (lanes == 16) SUM_LANES(total, count, 16, POWER, ADD_POWER)
    else SUM_LANES(total, count, 8, POWER, ADD_POWER)
    float shift = is_log ? log_u10(total) : 1.0f / total;
    if (is_log) for (npy_intp i = 0; i < count; i++) out[i] = x[i] - top - shift;
    else for (npy_intp i = 0; i < count; i++) out[i] *= shift;
}

/* PyTorch's compiler fused the last products with the sum where one thread works `alone`, and not where several may. */
INLINE void backward_lanes(const float *grad, const float *y, float *out, npy_intp count, int is_log, int alone, int lanes)
{
    float total;
#define PLAIN(i) grad[i]
#define ADD_PLAIN(lane, i) lane + grad[i]
#define WEIGHTED(i) (grad[i] * y[i])
#define ADD_WEIGHTED(lane, i) (alone ? fmaf(grad[i], y[i], lane) : lane + grad[i] * y[i])
    if (is_log) {
        if (lanes == 16) SUM_LANES(total, count, 16, PLAIN, ADD_PLAIN)
        else SUM_LANES(total, count, 8, PLAIN, ADD_PLAIN)
        for (npy_intp i = 0; i < count; i++) out[i] = fmaf(-exp_u10(y[i]), total, grad[i]);
        return;
    }
    if (lanes == 16) SUM_LANES(total, count, 16, WEIGHTED, ADD_WEIGHTED)
    else SUM_LANES(total, count, 8, WEIGHTED, ADD_WEIGHTED)
    for (npy_intp i = 0; i < count; i++) out[i] = (grad[i] - total) * y[i];
}

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define FOR(name, target_name, lanes) \
    __attribute__((target(target_name))) static void name( \
        const float *grad, const float *x, float *out, npy_intp count, int is_log, int alone) \
    { \
        if (grad) backward_lanes(grad, x, out, count, is_log, alone, lanes); \
        else softmax_lanes(x, out, count, is_log, lanes); \
    }
FOR(line_of_16, "avx512f", 16)
FOR(line_of_8, "avx2,fma", 8)

/* Lanes of PyTorch's vectors here; 0 where it would have others than these. */
static int lanes_here(void)
{
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return 0;
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl") ? 16 : 8;
}
#else
#define line_of_16(...)
#define line_of_8(...)
#define lanes_here() 0
#endif

/* The softmax of one of so many lines or, with `grad`, the gradient of a softmax that was x; 0 where nothing was done. */
int softmax_in_order_float(const float *grad, const float *x, float *out, npy_intp count, npy_intp number, int is_log)
{
    int lanes = lanes_here(), alone = number == 1 || thread_count() == 1;
    if (lanes == 16) line_of_16(grad, x, out, count, is_log, alone);
    else if (lanes) line_of_8(grad, x, out, count, is_log, alone);
    return lanes;
}
