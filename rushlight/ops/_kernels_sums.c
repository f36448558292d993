/* Sums of float32 and float64 in PyTorch's order, so that they come out bit for bit as there.

   NOTE [ Order of sums ]
   Numbers are added up in four rows of WAYS lanes, and each row on four levels: after 16 numbers (more, where there are more than 2^19)
   the lower level is added to the one above, and every 16th time that one to the next. Then the levels are added up, then the rows, then the
   lanes, after the numbers at the end that fill no lane. Where the sums of several columns are asked for, the lanes are columns, and for
   four times WAYS of them so are the rows; the rest of the columns is summed like lines. */

#ifndef REAL

#include "../_core/_native.h"

#define THIS_FILE "_kernels_sums.c"
#include "_kernels_floats.h"

#else

typedef REAL NAMED(ways) __attribute__((vector_size(32), aligned(sizeof(REAL)), may_alias));
#define WAYS (32 / (npy_intp)sizeof(REAL))
#define LEVELS 4
#define COLUMNS 512 /* of columns_sum_in_order() at most */

/* How often a level is added to the next, as a power of two. */
INLINE int NAMED(power_of)(npy_intp size)
{
    int bits = 0;
    while (bits < 62 && (npy_intp)1 << bits < size) bits++;
    return bits / LEVELS < 4 ? 4 : bits / LEVELS;
}

/* total[r] = the sum over i < size of x[i * step + r * row], for four rows r. */
#define CASCADE(name, VALUES) \
    INLINE void NAMED(name)(const REAL *x, npy_intp step, npy_intp row, npy_intp size, VALUES *total) \
    { \
        VALUES level[LEVELS][4]; \
        int power = NAMED(power_of)(size), used = 1; \
        npy_intp i = 0, many = (npy_intp)1 << power; \
        for (;;) { \
            VALUES a = {0}, b = {0}, c = {0}, d = {0}; \
            int whole = i + many <= size; \
            for (npy_intp stop = whole ? i + many : size; i < stop; i++, x += step) { \
                a += *(const VALUES *)x; \
                b += *(const VALUES *)(x + row); \
                c += *(const VALUES *)(x + 2 * row); \
                d += *(const VALUES *)(x + 3 * row); \
            } \
            if (!whole) { \
                total[0] = a, total[1] = b, total[2] = c, total[3] = d; \
                break; \
            } \
            if (used == 1) { \
                memset(level, 0, sizeof(level)); \
                used = LEVELS; \
            } \
            level[1][0] += a, level[1][1] += b, level[1][2] += c, level[1][3] += d; \
            for (int up = 2; up < LEVELS && !(i & (many - 1) << (up - 1) * power); up++) \
                for (int r = 0; r < 4; r++) { \
                    level[up][r] += level[up - 1][r]; \
                    level[up - 1][r] = (VALUES){0}; \
                } \
        } \
        for (int up = 1; up < used; up++) \
            for (int r = 0; r < 4; r++) total[r] += level[up][r]; \
    }
CASCADE(cascade_ways, NAMED(ways))
CASCADE(cascade_one, REAL)
#undef CASCADE

/* Values `step` apart, one (or WAYS) at a time. */
#define ROW(name, VALUES, cascade) \
    INLINE void NAMED(name)(const REAL *x, npy_intp step, npy_intp size, REAL *result) \
    { \
        VALUES total[4]; \
        NAMED(cascade)(x, 4 * step, step, size / 4, total); \
        for (npy_intp i = size & ~(npy_intp)3; i < size; i++) total[0] += *(const VALUES *)(x + i * step); \
        for (int r = 1; r < 4; r++) total[0] += total[r]; \
        *(VALUES *)result = total[0]; \
    }
ROW(row_of_ways, NAMED(ways), cascade_ways)
ROW(row_of_one, REAL, cascade_one)
#undef ROW

/* The sums of so many lines of values side by side. */
FEW_CLONES void NAMED(lines_sum_in_order)(const REAL *x, npy_intp count, npy_intp lines, REAL *result)
{
    npy_intp whole = count / WAYS;
    for (; lines > 0; lines--, x += count, result++) {
        if (!whole) {
            NAMED(row_of_one)(x, 1, count, result);
            continue;
        }
        REAL lanes[WAYS], total = 0;
        NAMED(row_of_ways)(x, WAYS, whole, lanes);
        for (npy_intp i = whole * WAYS; i < count; i++) total += x[i];
        for (int lane = 0; lane < WAYS; lane++) total += lanes[lane];
        *result = total;
    }
}

FEW_CLONES static void NAMED(wide_columns)(const REAL *x, npy_intp count, npy_intp step, npy_intp width, REAL *result)
{
    REAL level[LEVELS][COLUMNS] = {{0}};
    int power = NAMED(power_of)(count);
    npy_intp many = (npy_intp)1 << power;
    for (npy_intp i = 0; i < count; ) {
        for (npy_intp j = 0; j < width; j++) level[0][j] += x[i * step + j];
        if (++i & (many - 1)) continue;
        for (int up = 1; up < LEVELS; up++) {
            for (npy_intp j = 0; j < width; j++) {
                level[up][j] += level[up - 1][j];
                level[up - 1][j] = 0;
            }
            if (i & (many - 1) << up * power) break;
        }
    }
    for (npy_intp j = 0; j < width; j++) {
        REAL total = level[0][j];
        for (int up = 1; up < LEVELS; up++) total += level[up][j];
        result[j] = total;
    }
}

FEW_CLONES static void NAMED(narrow_columns)(const REAL *x, npy_intp count, npy_intp step, npy_intp column, npy_intp width, REAL *result)
{
    if (step >= WAYS)
        for (; column + WAYS <= width; column += WAYS) NAMED(row_of_ways)(x + column, step, count, result + column);
    for (; column < width; column++) NAMED(row_of_one)(x + column, step, count, result + column);
}

/* The sums of `width` columns at most COLUMNS, the first of which stands at a multiple of COLUMNS; `step` columns make a row. */
void NAMED(columns_sum_in_order)(const REAL *x, npy_intp count, npy_intp step, npy_intp width, REAL *result)
{
    npy_intp ways = step >= WAYS ? WAYS : 1, column = width - width % (4 * ways);
    if (column) NAMED(wide_columns)(x, count, step, column, result);
    NAMED(narrow_columns)(x, count, step, column, width, result);
}

#undef WAYS
#undef LEVELS
#undef COLUMNS
#endif
