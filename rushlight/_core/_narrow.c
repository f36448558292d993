/* 16-bit floats to float32 and back, rounded to the nearest (to even between two). Branchless, so that compilers make vector code. */

#include "_native.h"
#if defined(__x86_64__) && defined(__GNUC__)
#include <cpuid.h>
#include <immintrin.h>
#endif

typedef union {
    uint32_t bits;
    float value;
} word;

INLINE float float_of_half(uint16_t half)
{
    word made = {(uint32_t)(half & 0x7fff) << 13}, least = {113u << 23};
    uint32_t exponent = made.bits & 0x0f800000u;
    made.bits += (127u - 15u) << 23;
    word tiny = {made.bits + (1u << 23)};
    tiny.value -= least.value; /* without denormal numbers on the way, which may be off */
    made.bits = exponent == 0 ? tiny.bits : exponent == 0x0f800000u ? made.bits + ((128u - 16u) << 23) : made.bits;
    made.bits |= (uint32_t)(half & 0x8000) << 16;
    return made.value;
}

INLINE uint16_t half_of_float(float x)
{
    word made = {.value = x}, shift = {126u << 23}, small;
    uint32_t sign = made.bits & 0x80000000u;
    made.bits ^= sign;
    small.value = made.value + shift.value; /* the sum's low bits are the denormal half */
    uint32_t rounded = (made.bits + 0xc8000fffu + (made.bits >> 13 & 1)) >> 13;
    uint32_t found = made.bits < 113u << 23 ? small.bits - shift.bits : rounded;
    found = made.bits >= 143u << 23 ? 0x7c00u : found;
    found = made.bits > 0x7f800000u ? 0x7e00u : found;
    return (uint16_t)(found | sign >> 16);
}

INLINE float float_of_brain(uint16_t brain)
{
    word made = {(uint32_t)brain << 16};
    return made.value;
}

INLINE uint16_t brain_of_float(float x)
{
    word made = {.value = x};
    uint32_t rounded = (made.bits + 0x7fffu + (made.bits >> 16 & 1)) >> 16;
    uint32_t nan = (made.bits >> 16 & 0x8000u) | 0x7fc0u;
    return (uint16_t)((made.bits & 0x7fffffffu) > 0x7f800000u ? nan : rounded);
}

#define EACH(name, FROM, TO, convert) \
    CLONES static void name(const FROM *from, TO *to, npy_intp count) \
    { \
        for (npy_intp i = 0; i < count; i++) to[i] = convert(from[i]); \
    }
EACH(widen_half, uint16_t, float, float_of_half)
EACH(widen_brain, uint16_t, float, float_of_brain)
EACH(narrow_half, float, uint16_t, half_of_float)
EACH(narrow_brain, float, uint16_t, brain_of_float)

/* How many of the first halves the processor's own instructions converted, eight at a time. */
#if defined(__x86_64__) && defined(__GNUC__)
__attribute__((target("avx,f16c"))) static npy_intp widen_by_eight(const uint16_t *from, float *to, npy_intp count)
{
    npy_intp i = 0;
    for (; i + 8 <= count; i += 8) _mm256_storeu_ps(to + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(from + i))));
    return i;
}

__attribute__((target("avx,f16c"))) static npy_intp narrow_by_eight(const float *from, uint16_t *to, npy_intp count)
{
    npy_intp i = 0;
    for (; i + 8 <= count; i += 8)
        _mm_storeu_si128((__m128i *)(to + i), _mm256_cvtps_ph(_mm256_loadu_ps(from + i), _MM_FROUND_TO_NEAREST_INT));
    return i;
}

static int converts_halves(void)
{
    static int known = -1; /* found twice where two threads ask at once */
    if (known < 0) {
        unsigned a, b, c = 0, d;
        known = __builtin_cpu_supports("avx") && __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C);
    }
    return known;
}
#else
#define converts_halves() 0
#define widen_by_eight(from, to, count) 0
#define narrow_by_eight(from, to, count) 0
#endif

void widen(int kind, const void *from, float *to, npy_intp count)
{
    if (kind != HALF) {
        widen_brain(from, to, count);
        return;
    }
    npy_intp done = converts_halves() ? widen_by_eight(from, to, count) : 0;
    widen_half((const uint16_t *)from + done, to + done, count - done);
}

void narrow(int kind, const float *from, void *to, npy_intp count)
{
    if (kind != HALF) {
        narrow_brain(from, to, count);
        return;
    }
    npy_intp done = converts_halves() ? narrow_by_eight(from, to, count) : 0;
    narrow_half(from + done, (uint16_t *)to + done, count - done);
}
