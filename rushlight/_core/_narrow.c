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

/* How many of the first elements the processor's own instructions converted, so many at a time. */
#if defined(__x86_64__) && defined(__GNUC__)
#define BY(name, needs, FROM, TO, step, ...) \
    __attribute__((target(needs))) static npy_intp name(const FROM *from, TO *to, npy_intp count) \
    { \
        npy_intp i = 0; \
        for (; i + step <= count; i += step) __VA_ARGS__; \
        return i; \
    }
BY(widen_by_8, "avx,f16c", uint16_t, float, 8, _mm256_storeu_ps(to + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(from + i)))))
BY(widen_by_16, "avx512f", uint16_t, float, 16, _mm512_storeu_ps(to + i, _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(from + i)))))
BY(narrow_by_8, "avx,f16c", float, uint16_t, 8,
   _mm_storeu_si128((__m128i *)(to + i), _mm256_cvtps_ph(_mm256_loadu_ps(from + i), _MM_FROUND_TO_NEAREST_INT)))
BY(narrow_by_16, "avx512f", float, uint16_t, 16,
   _mm256_storeu_si256((__m256i *)(to + i), _mm512_cvtps_ph(_mm512_loadu_ps(from + i), _MM_FROUND_TO_NEAREST_INT)))

/* brain_of_float() of 16 elements, whose upper halves are then taken. */
BY(narrow_brain_by_16, "avx512f", float, uint16_t, 16, {
    __m512i bits = _mm512_loadu_si512(from + i), upper = _mm512_srli_epi32(bits, 16);
    __m512i rounded = _mm512_add_epi32(_mm512_add_epi32(bits, _mm512_set1_epi32(0x7fff)), _mm512_and_si512(upper, _mm512_set1_epi32(1)));
    __m512i nan = _mm512_or_si512(_mm512_and_si512(upper, _mm512_set1_epi32(0x8000)), _mm512_set1_epi32(0x7fc0));
    __mmask16 is_nan = _mm512_cmp_ps_mask(_mm512_castsi512_ps(bits), _mm512_castsi512_ps(bits), _CMP_UNORD_Q);
    _mm256_storeu_si256((__m256i *)(to + i), _mm512_cvtepi32_epi16(_mm512_mask_mov_epi32(_mm512_srli_epi32(rounded, 16), is_nan, nan)));
})

/* 0, 8 or 16: how many halves the processor converts at a time. */
static int conversions(void)
{
    static int known = -1; /* found twice where two threads ask at once */
    if (known < 0) {
        unsigned a, b, c = 0, d;
        int eight = __builtin_cpu_supports("avx") && __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C);
        known = __builtin_cpu_supports("avx512f") ? 16 : eight ? 8 : 0;
    }
    return known;
}
#else
#define conversions() 0
#define widen_by_8(from, to, count) 0
#define widen_by_16(from, to, count) 0
#define narrow_by_8(from, to, count) 0
#define narrow_by_16(from, to, count) 0
#define narrow_brain_by_16(from, to, count) 0
#endif

void widen(int kind, const void *from, float *to, npy_intp count)
{
    if (kind != HALF) {
        widen_brain(from, to, count);
        return;
    }
    npy_intp done = conversions() == 16 ? widen_by_16(from, to, count) : conversions() ? widen_by_8(from, to, count) : 0;
    widen_half((const uint16_t *)from + done, to + done, count - done);
}

void narrow(int kind, const float *from, void *to, npy_intp count)
{
    npy_intp done;
    if (kind != HALF) {
        done = conversions() == 16 ? narrow_brain_by_16(from, to, count) : 0;
        narrow_brain(from + done, (uint16_t *)to + done, count - done);
        return;
    }
    done = conversions() == 16 ? narrow_by_16(from, to, count) : conversions() ? narrow_by_8(from, to, count) : 0;
    narrow_half(from + done, (uint16_t *)to + done, count - done);
}

/* ---------------------------------------------------------------- whole arrays */

typedef struct {
    int kind, widens;
    const char *from;
    char *to;
    npy_intp count;
} conversion;

static void convert_piece(void *argument, int piece, int pieces)
{
    conversion *job = argument;
    npy_intp first, last;
    lines_of(job->count, piece, pieces, &first, &last);
    if (job->widens) widen(job->kind, job->from + 2 * first, (float *)job->to + first, last - first);
    else narrow(job->kind, (const float *)job->from + first, job->to + 2 * first, last - first);
}

static PyArrayObject *convert(PyArrayObject *array, int kind, int type)
{
    PyArrayObject *made = new_in_step(array, type);
    if (!made) return NULL;
    conversion job = {kind, type == NPY_FLOAT, PyArray_BYTES(array), PyArray_BYTES(made), PyArray_SIZE(array)};
    run_parallel(convert_piece, &job, job.count, job.count / 64);
    return made;
}

PyArrayObject *widened(PyArrayObject *array)
{
    return convert(array, narrow_kind(array), NPY_FLOAT);
}

PyArrayObject *narrowed(PyArrayObject *array, int kind, int type)
{
    return convert(array, kind, type);
}
