/* Small matrix products in registers, for processors with fused products and sums; others have TILES 0, or can_fuse() 0.

   out[o][j] = sum over taps t of weights[t][o] * in[offsets[t] + j], for 8 rows o and tile_step() places j: fused, in the order of taps. */

#ifndef RUSHLIGHT_KERNELS_TILES_H
#define RUSHLIGHT_KERNELS_TILES_H

#include "../_core/_native.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define TILES 1
#else
#define TILES 0
#endif

#define BLOCK 8 /* rows */

#if TILES
#define FUSING(target_name) __attribute__((target(target_name), optimize("fp-contract=fast")))
#define EIGHT(M) M(0) M(1) M(2) M(3) M(4) M(5) M(6) M(7)
typedef float vector_16 __attribute__((vector_size(64), aligned(4), may_alias));
typedef float vector_8 __attribute__((vector_size(32), aligned(4), may_alias));

typedef void (*tile_function)(const float *in, const npy_intp *offsets, const float *weights, npy_intp taps,
                                              float *out, npy_intp pitch);

#define CLEAR(o) vector_16 a##o = {0}, b##o = {0};
#define STEP(o) a##o += weights[o] * x; b##o += weights[o] * y;
#define STORE(o) *(vector_16 *)(out + o * pitch) = a##o; *(vector_16 *)(out + o * pitch + 16) = b##o;
FUSING("avx512f") static void tile_wide(const float *in, const npy_intp *offsets, const float *weights, npy_intp taps,
                                              float *out, npy_intp pitch)
{
    EIGHT(CLEAR)
    for (npy_intp tap = 0; tap < taps; tap++, weights += BLOCK) {
        vector_16 x = *(const vector_16 *)(in + offsets[tap]), y = *(const vector_16 *)(in + offsets[tap] + 16);
        EIGHT(STEP)
    }
    EIGHT(STORE)
}
#undef CLEAR
#undef STEP
#undef STORE

#define CLEAR(o) vector_8 a##o = {0};
#define STEP(o) a##o += weights[o] * x;
#define STORE(o) *(vector_8 *)(out + o * pitch) = a##o;
FUSING("avx2,fma") static void tile_narrow(const float *in, const npy_intp *offsets, const float *weights, npy_intp taps,
                                              float *out, npy_intp pitch)
{
    EIGHT(CLEAR)
    for (npy_intp tap = 0; tap < taps; tap++, weights += BLOCK) {
        vector_8 x = *(const vector_8 *)(in + offsets[tap]);
        EIGHT(STEP)
    }
    EIGHT(STORE)
}
#undef CLEAR
#undef STEP
#undef STORE

INLINE int is_wide(void)
{
    return __builtin_cpu_supports("avx512f");
}

INLINE int can_fuse(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

INLINE tile_function best_tile(void)
{
    return is_wide() ? tile_wide : tile_narrow;
}

INLINE npy_intp tile_step(void)
{
    return is_wide() ? 32 : 8;
}
#endif

#endif
