/* exp and its relatives for one element of type REAL, written so that compilers turn loops over them into vector code.

   exp(x) = 2^n (1 + r + r^2 Q(r)) with x = n log(2) + r; Q interpolates (e^r - 1 - r) / r^2 at Chebyshev's points for |r| <= log(2) / 2. All
   are within about one unit in the last place. Results that have no normal float32 are 0. */

#ifndef RUSHLIGHT_KERNELS_MATH_H
#define RUSHLIGHT_KERNELS_MATH_H

#include "../_core/_native.h"
#include <math.h>

INLINE float power_of_two_float(int32_t exponent)
{
    union { int32_t bits; float value; } made = {(exponent + 127) << 23};
    return made.value;
}

INLINE double power_of_two_double(int64_t exponent)
{
    union { int64_t bits; double value; } made = {(exponent + 1023) << 52};
    return made.value;
}

INLINE float exp_float(float x)
{
    float y = x > 89.0f ? 89.0f : x;
    union { float value; int32_t bits; } shifted = {y * 1.44269504f + 12582912.0f}; /* its low bits are the nearest integer */
    float n = shifted.value - 12582912.0f;
    float r = (y - n * 0.693359375f) - n * -2.12194440e-4f;
    float q = 1.98911246e-4f;
    q = q * r + 1.39337704e-3f;
    q = q * r + 8.33331081e-3f;
    q = q * r + 4.16664638e-2f;
    q = q * r + 1.66666667e-1f;
    q = q * r + 0.5f;
    float p = (q * r * r + r) + 1.0f;
    union { int32_t bits; float value; } half = {(shifted.bits << 23) + (126 << 23)}; /* 2^(n - 1): 2^n may be too large */
    return x < -86.9f ? 0.0f : (p + p) * half.value;
}

INLINE double exp_double(double x)
{
    x = x > 710.0 ? 710.0 : x;
    x = x < -746.0 ? -746.0 : x;
    union { double value; int64_t bits; } shifted = {x * 1.4426950408889634 + 6755399441055744.0};
    double n = shifted.value - 6755399441055744.0;
    double r = (x - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10;
    double q = 1.60867021347744496e-10;
    q = q * r + 2.09182490292375639e-9;
    q = q * r + 2.50520708935169351e-8;
    q = q * r + 2.7557262977857478e-7;
    q = q * r + 2.75573192474065859e-6;
    q = q * r + 2.48015873367240819e-5;
    q = q * r + 1.98412698412632285e-4;
    q = q * r + 1.3888888888878968e-3;
    q = q * r + 8.33333333333333402e-3;
    q = q * r + 4.16666666666666769e-2;
    q = q * r + 1.66666666666666667e-1;
    q = q * r + 0.5;
    double p = (q * r * r + r) + 1.0;
    int64_t exponent = (shifted.bits << 13) >> 13, half = exponent >> 1; /* the low bits of the shifted number are n */
    return p * power_of_two_double(half) * power_of_two_double(exponent - half);
}

/* exp(x) - 1 for x <= 0, exact near 0. */
INLINE float expm1_negative_float(float x)
{
    x = x < -30.0f ? -30.0f : x;
    float n = (x * 1.44269504f + 12582912.0f) - 12582912.0f;
    float r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
    float q = 1.98911246e-4f;
    q = q * r + 1.39337704e-3f;
    q = q * r + 8.33331081e-3f;
    q = q * r + 4.16664638e-2f;
    q = q * r + 1.66666667e-1f;
    q = q * r + 0.5f;
    float scale = power_of_two_float((int32_t)n);
    float found = scale * (q * r * r + r) + (scale - 1.0f);
    return x == 0 ? x : found; /* which keeps the sign of -0 */
}

INLINE double expm1_negative_double(double x)
{
    return expm1(x);
}

/* ---------------------------------------------------------------- with fused steps

   The functions that programs call by name: nearer to the exact results than those above, which are parts of longer formulas. */

/* exp(r) - 1 for |r| <= log(2) / 2, and n, of x = n log(2) + r. */
INLINE float split_exp_float(float x, float *n)
{
    *n = fmaf(x, 1.44269504f, 12582912.0f) - 12582912.0f;
    float r = fmaf(*n, -1.42860682e-6f, fmaf(*n, -0.693145752f, x));
    float q = 1.98911246e-4f;
    q = fmaf(q, r, 1.39337704e-3f);
    q = fmaf(q, r, 8.33331081e-3f);
    q = fmaf(q, r, 4.16664638e-2f);
    q = fmaf(q, r, 1.66666667e-1f);
    q = fmaf(q, r, 0.5f);
    return fmaf(q * r, r, r);
}

INLINE float exp_fused_float(float x)
{
    float y = x > 89.0f ? 89.0f : x, n;
    y = y < -105.0f ? -105.0f : y;
    float rest = split_exp_float(y, &n);
    int32_t whole = (int32_t)n, half = whole >> 1; /* 2^n may have no normal float */
    return (1.0f + rest) * power_of_two_float(half) * power_of_two_float(whole - half);
}

INLINE float expm1_fused_float(float x)
{
    float y = x > 89.0f ? 89.0f : x, n;
    y = y < -30.0f ? -30.0f : y;
    float rest = split_exp_float(y, &n), scale = power_of_two_float((int32_t)n - 1);
    float found = 2.0f * fmaf(scale, rest, scale - 0.5f);
    return x == 0 ? x : found; /* which keeps the sign of -0 */
}

/* With t = 1 + x = 2^e m, m - 1 is exact, and log(m) = 2 atanh(s), s = (m - 1) / (m + 1). */
INLINE float log1p_fused_float(float x)
{
    float y = x > 1e38f ? 0.25f * x : x, more = x > 1e38f ? 2.0f : 0.0f, sum = 1.0f + y;
    union { float value; int32_t bits; } read = {sum};
    int32_t e = (read.bits - 0x3f400000) >> 23;
    float scale = power_of_two_float(-e), f = fmaf(y, scale, scale - 1.0f), n = (float)e + more;
    float s = f / (2.0f + f), z = s * s, half = 0.5f * f * f;
    float q = 2.37513418e-1f;
    q = fmaf(q, z, 2.8532545e-1f);
    q = fmaf(q, z, 4.00003136e-1f);
    q = fmaf(q, z, 6.66666663e-1f) * z;
    float found = fmaf(n, 0.693145752f, f - (half - fmaf(s, half + q, n * 1.42860682e-6f)));
    found = y < -1.0f ? NAN : sum == 0.0f ? -INFINITY : x < INFINITY ? found : x;
    return x == 0 ? x : found;
}

INLINE double log1p_fused_double(double x)
{
    double y = x > 1e307 ? 0.25 * x : x, more = x > 1e307 ? 2.0 : 0.0, sum = 1.0 + y;
    union { double value; int64_t bits; } read = {sum};
    int64_t e = (read.bits - 0x3fe8000000000000) >> 52;
    double scale = power_of_two_double(-e), f = fma(y, scale, scale - 1.0), n = (double)(int32_t)e + more;
    double s = f / (2.0 + f), z = s * s, half = 0.5 * f * f;
    double q = 1.3609030262858499e-1;
    q = fma(q, z, 1.3209708242059463e-1);
    q = fma(q, z, 1.5388867805613717e-1);
    q = fma(q, z, 1.8181737626302937e-1);
    q = fma(q, z, 2.2222223048351588e-1);
    q = fma(q, z, 2.8571428567275935e-1);
    q = fma(q, z, 4.000000000000794e-1);
    q = fma(q, z, 6.6666666666666664e-1) * z;
    double found = fma(n, 6.93147180369123816490e-1, f - (half - fma(s, half + q, n * 1.90821492927058770002e-10)));
    found = y < -1.0 ? NAN : sum == 0.0 ? -INFINITY : x < INFINITY ? found : x;
    return x == 0 ? x : found;
}

/* log(1 + u) for 0 <= u <= 1: twice the area tangent of u / (2 + u). */
INLINE float log1p_unit_float(float u)
{
    float s = u / (2.0f + u), t = s * s;
    float q = 2.43939081e-1f;
    q = q * t + 2.13985606e-1f;
    q = q * t + 2.86202074e-1f;
    q = q * t + 3.99987112e-1f;
    q = q * t + 6.66666790e-1f;
    return s * q * t + 2.0f * s;
}

INLINE double log1p_unit_double(double u)
{
    double s = u / (2.0 + u), t = s * s;
    double q = 1.57686342584204136e-1;
    q = q * t + 4.69611123350523309e-2;
    q = q * t + 9.41539572514708864e-2;
    q = q * t + 9.42388474806771502e-2;
    q = q * t + 1.05357192571752626e-1;
    q = q * t + 1.17640896827576255e-1;
    q = q * t + 1.33333616361891886e-1;
    q = q * t + 1.53846144818503777e-1;
    q = q * t + 1.81818182013125638e-1;
    q = q * t + 2.22222222219500522e-1;
    q = q * t + 2.85714285714308439e-1;
    q = q * t + 3.99999999999999901e-1;
    q = q * t + 6.66666666666666667e-1;
    return s * q * t + 2.0 * s;
}

/* A rational function of the square; 1 beyond 3.92. */
INLINE float erf_float(float x)
{
    float a = x < 0 ? -x : x, z = a > 3.92f ? 3.92f * 3.92f : x * x;
    float p = 2.0419575e-06f, q = 3.80027268e-05f;
    p = fmaf(p, z, 0.000284785376f);
    p = fmaf(p, z, 0.00377897057f);
    p = fmaf(p, z, 0.0527882688f);
    p = fmaf(p, z, 0.190770209f);
    p = fmaf(p, z, 1.12837911f);
    q = fmaf(q, z, 0.00116504174f);
    q = fmaf(q, z, 0.0149961589f);
    q = fmaf(q, z, 0.114251703f);
    q = fmaf(q, z, 0.502398431f);
    q = fmaf(q, z, 1.0f);
    float found = a > 3.92f ? 1.0f : a * p / q;
    found = found > 1.0f ? 1.0f : found;
    return x != x ? x : copysignf(found, x);
}

/* exp(-x^2) times a polynomial of t = 1 / (1 + 0.75 |x|), which interpolates exp(x^2) erfc(|x|) / t. */
INLINE float erfc_fused_float(float x)
{
    float a = x < 0 ? -x : x;
    a = a > 10.2f ? 10.2f : a;
    float square = a * a, rest = fmaf(a, a, -square), t = 1.0f / fmaf(0.75f, a, 1.0f);
    float q = -0.129106387f;
    q = fmaf(q, t, 0.782046497f);
    q = fmaf(q, t, -1.9882834f);
    q = fmaf(q, t, 2.63512492f);
    q = fmaf(q, t, -1.7277025f);
    q = fmaf(q, t, 0.30368489f);
    q = fmaf(q, t, -0.038876757f);
    q = fmaf(q, t, 0.317784935f);
    q = fmaf(q, t, 0.42215535f);
    q = fmaf(q, t, 0.423172385f);
    float power = exp_fused_float(-square), tail = fmaf(-rest, power, power) * (q * t);
    return x != x ? x : x < 0 ? 2.0f - tail : tail;
}

/* log(t) for normal t > 0: with t = 2^e m, log(m) = 2 atanh(s), s = (m - 1) / (m + 1). */
INLINE float log_fused_float(float t)
{
    union { float value; int32_t bits; } read = {t};
    int32_t e = (read.bits - 0x3f400000) >> 23;
    float f = t * power_of_two_float(-e) - 1.0f, n = (float)e;
    float s = f / (2.0f + f), z = s * s, half = 0.5f * f * f;
    float q = 2.37513418e-1f;
    q = fmaf(q, z, 2.8532545e-1f);
    q = fmaf(q, z, 4.00003136e-1f);
    q = fmaf(q, z, 6.66666663e-1f) * z;
    return fmaf(n, 0.693145752f, f - (half - fmaf(s, half + q, n * 1.42860682e-6f)));
}

/* M. Giles, Approximating the erfinv function, 2010. */
INLINE float erfinv_fused_float(float x)
{
    float below = fmaf(-x, x, 1.0f), w = -log_fused_float(below > 1e-30f ? below : 1e-30f), a = w - 2.5f, b = sqrtf(w < 5.0f ? 5.0f : w) - 3.0f;
    float near = 2.81022636e-8f, far = -2.00214257e-4f;
    near = fmaf(near, a, 3.43273939e-7f);
    near = fmaf(near, a, -3.5233877e-6f);
    near = fmaf(near, a, -4.39150654e-6f);
    near = fmaf(near, a, 2.1858087e-4f);
    near = fmaf(near, a, -1.25372503e-3f);
    near = fmaf(near, a, -4.17768164e-3f);
    near = fmaf(near, a, 2.46640727e-1f);
    near = fmaf(near, a, 1.50140941f);
    far = fmaf(far, b, 1.00950558e-4f);
    far = fmaf(far, b, 1.34934322e-3f);
    far = fmaf(far, b, -3.67342844e-3f);
    far = fmaf(far, b, 5.73950773e-3f);
    far = fmaf(far, b, -7.6224613e-3f);
    far = fmaf(far, b, 9.43887047e-3f);
    far = fmaf(far, b, 1.00167406f);
    far = fmaf(far, b, 2.83297682f);
    float size = x < 0 ? -x : x, found = x * (w < 5.0f ? near : far);
    return size < 1.0f ? found : size == 1.0f ? x * INFINITY : NAN;
}

INLINE double erf_double(double x)
{
    return erf(x);
}

/* The normal distribution's tail beyond |x|, given exp(-x^2 / 2): a polynomial of 1 / (1 + 0.3 |x|) times the power. */
INLINE float normal_tail_float(float x, float power)
{
    float t = 1.0f / (1.0f + 0.3f * (x < 0 ? -x : x));
    float q = 0.0371611011f;
    q = q * t + -0.163479222f;
    q = q * t + 0.217419281f;
    q = q * t + -0.0642653549f;
    q = q * t + 0.134526288f;
    q = q * t + 0.0978989566f;
    q = q * t + 0.121148496f;
    q = q * t + 0.119588842f;
    q = q * t + 1.62884648e-6f;
    return q * power;
}

INLINE double normal_tail_double(double x, double power)
{
    return 0.5 * erfc((x < 0 ? -x : x) * 0.7071067811865476);
}

#endif
