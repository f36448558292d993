/* Sums, means, extrema, products, norms and variances over dimensions.

   NOTE [ Reducing in C ]
   The operand's memory is dense. Its dimensions, in the order of memory, are merged into runs that are kept or reduced; so a reduction
   is one of lines (a kept run, then a reduced one), of columns (reduced, then kept), or one after the other. Sums of float32 run in 64
   parallel sums of at most 64 elements, which are added up in double precision: they are more exact than sums in pairs, and as fast as
   memory is read. Long lines are cut into chunks of one length, whatever the number of threads, so that results do not depend on it. */

#ifndef REAL

#include "../_core/_native.h"
#include <math.h>

#define LANES 64
#define BLOCK 4096   /* elements that are added up in single precision at most, LANES at a time */
#define CHUNK 32768  /* elements of a long line that one thread takes at a time */
#define WIDTH 512    /* columns taken together */
#define MAX_CHUNKS 4096

/* of _kernels_sums.c */
void lines_sum_in_order_float(const float *x, npy_intp count, npy_intp lines, float *result);
void lines_sum_in_order_double(const double *x, npy_intp count, npy_intp lines, double *result);
void columns_sum_in_order_float(const float *x, npy_intp count, npy_intp step, npy_intp width, float *result);
void columns_sum_in_order_double(const double *x, npy_intp count, npy_intp step, npy_intp width, double *result);

enum { SUM, SQUARES, ABSOLUTE, MAXIMUM, MINIMUM, PRODUCT, VARIANCE, OPERATIONS };
/* What is done to the reduced numbers: nothing, division by how many there were, a square root. */
enum { AS_IT_IS, AVERAGE, ROOT };

/* outer lines (or matrices of count rows and inner columns), one after the other */
typedef struct {
    int operation, kind; /* kind: of 16-bit floats, whose results are float32 */
    const char *source;
    char *result;
    npy_intp outer, count, inner, pieces_of_line, length; /* a long line: into how many chunks it is cut, how long they are */
    double *partial;
    double correction; /* of variances */
} reduce_job;

#define REAL double
#define REAL_CLONES FEW_CLONES
#define REAL_FUSED_CLONES FEW_FUSED_CLONES
#define MASK int64_t
#define NAMED(name) name##_double
#include "_kernels_reduce.c"
#undef REAL
#undef REAL_CLONES
#undef REAL_FUSED_CLONES
#undef MASK
#undef NAMED
#define REAL float
#define REAL_CLONES CLONES
#define REAL_FUSED_CLONES FUSED_CLONES
#define MASK int32_t
#define NAMED(name) name##_float
#include "_kernels_reduce.c"
#undef REAL
#undef REAL_CLONES
#undef REAL_FUSED_CLONES
#undef MASK
#undef NAMED

/* ---------------------------------------------------------------- 16-bit floats, made float32 a block at a time */

static double joined(int operation, double total, double more)
{
    if (operation == MAXIMUM) return larger_double(more, total);
    if (operation == MINIMUM) return smaller_double(more, total);
    return operation == PRODUCT ? total * more : total + more;
}

static double narrow_pass(int kind, int operation, const char *source, npy_intp count, double centre)
{
    float wide[BLOCK];
    double total = 0;
    for (npy_intp first = 0; first < count; first += BLOCK) {
        npy_intp length = count - first < BLOCK ? count - first : BLOCK;
        widen(kind, source + 2 * first, wide, length);
        double more = operation == VARIANCE ? line_deviation_float(wide, length, centre) : line_functions_float[operation](wide, length, 0);
        total = first ? joined(operation, total, more) : more;
    }
    return total;
}

static double narrow_line(const reduce_job *job, const char *source, npy_intp count)
{
    if (job->operation != VARIANCE) return narrow_pass(job->kind, job->operation, source, count, 0);
    double centre = narrow_pass(job->kind, SUM, source, count, 0) / count, rest = (float)centre - centre;
    double spread = narrow_pass(job->kind, VARIANCE, source, count, centre) - count * rest * rest, divisor = count - job->correction;
    return (spread < 0 ? 0 : spread) / (divisor > 0 ? divisor : 0);
}

static void narrow_columns_pass(const reduce_job *job, int operation, const char *source, npy_intp width, double *total, const float *mean)
{
    float wide[32 * WIDTH];
    double more[WIDTH];
    for (npy_intp row = 0; row < job->count; row += 32) {
        npy_intp rows = job->count - row < 32 ? job->count - row : 32;
        for (npy_intp i = 0; i < rows; i++) widen(job->kind, source + 2 * (row + i) * job->inner, wide + i * width, width);
        column_functions_float[operation](wide, rows, width, width, row ? more : total, mean);
        for (npy_intp j = 0; row && j < width; j++) total[j] = joined(operation, total[j], more[j]);
    }
}

static void narrow_columns(const reduce_job *job, npy_intp outer, npy_intp first)
{
    const char *source = job->source + 2 * (outer * job->count * job->inner + first);
    float *result = (float *)job->result + outer * job->inner + first, mean[WIDTH] = {0};
    npy_intp width = job->inner - first < WIDTH ? job->inner - first : WIDTH;
    double total[WIDTH], exact[WIDTH], divisor = job->count - job->correction;
    if (job->operation == VARIANCE) {
        narrow_columns_pass(job, SUM, source, width, exact, mean);
        for (npy_intp j = 0; j < width; j++) mean[j] = (float)(exact[j] /= job->count);
    }
    narrow_columns_pass(job, job->operation, source, width, total, mean);
    for (npy_intp j = 0; j < width; j++) {
        if (job->operation == VARIANCE) {
            double rest = mean[j] - exact[j], spread = total[j] - job->count * rest * rest;
            total[j] = (spread < 0 ? 0 : spread) / (divisor > 0 ? divisor : 0);
        }
        result[j] = (float)total[j];
    }
}

static void reduce_piece_narrow(void *argument, int piece, int pieces)
{
    reduce_job *job = argument;
    npy_intp first, last, chunks = job->pieces_of_line, tiles = job->inner == 1 ? chunks : (job->inner + WIDTH - 1) / WIDTH;
    part_of(job->outer * tiles, piece, pieces, &first, &last);
    for (npy_intp unit = first; unit < last; unit++) {
        if (job->inner > 1) {
            narrow_columns(job, unit / tiles, unit % tiles * WIDTH);
            continue;
        }
        npy_intp start = unit % chunks * job->length, length = job->count - start < job->length ? job->count - start : job->length;
        double found = narrow_line(job, job->source + 2 * (unit / chunks * job->count + start), length);
        if (chunks == 1) ((float *)job->result)[unit] = (float)found;
        else job->partial[unit] = found;
    }
}

/* ---------------------------------------------------------------- from arrays to runs */

typedef struct {
    PyArrayObject *array;
    int runs, reduced[8]; /* runs of memory, outermost first, and whether each is reduced */
    npy_intp sizes[8];
    int out_ndim;
    npy_intp out_dims[NPY_MAXDIMS], count; /* the result's shape; elements for each result */
} plan;

/* The axes as a set of bits: None or an empty sequence means all. 0 where it takes more thought. */
static uint64_t axes_of(PyObject *dim, int ndim)
{
    uint64_t all = ndim == 64 ? ~(uint64_t)0 : ((uint64_t)1 << ndim) - 1, found = 0;
    if (dim == Py_None) return all;
    if (PyLong_CheckExact(dim)) {
        int axis = axis_of(dim, ndim);
        return axis < 0 ? 0 : (uint64_t)1 << axis;
    }
    if (!PyTuple_CheckExact(dim) && !PyList_CheckExact(dim)) return 0;
    Py_ssize_t size = PySequence_Fast_GET_SIZE(dim);
    for (Py_ssize_t index = 0; index < size; index++) {
        int axis = axis_of(PySequence_Fast_GET_ITEM(dim, index), ndim);
        if (axis < 0 || found >> axis & 1) return 0;
        found |= (uint64_t)1 << axis;
    }
    return size ? found : all;
}

/* Fill a plan; 0 where NumPy has to be asked. */
static int make_plan(plan *made, PyArrayObject *x, PyObject *dim, int keepdim)
{
    int ndim = PyArray_NDIM(x), order[NPY_MAXDIMS], used = 0;
    npy_intp *dims = PyArray_DIMS(x), *strides = PyArray_STRIDES(x), step = PyArray_ITEMSIZE(x);
    uint64_t axes = axes_of(dim, ndim);
    if ((!axes && (ndim || dim != Py_None)) || ndim > 60) return 0; /* a number may be asked for the same dimension twice */
    made->out_ndim = 0;
    made->count = 1;
    for (int axis = 0; axis < ndim; axis++) {
        if (dims[axis] == 0) return 0;
        int reduced = axes >> axis & 1;
        if (reduced) made->count *= dims[axis];
        if (!reduced || keepdim) made->out_dims[made->out_ndim++] = reduced ? 1 : dims[axis];
        if (dims[axis] == 1) continue;
        int place = used++;
        for (; place > 0 && strides[order[place - 1]] < strides[axis]; place--) order[place] = order[place - 1];
        order[place] = axis;
    }
    int last_kept = -1;
    made->runs = 0;
    for (int place = 0; place < used; place++) {
        int axis = order[place], reduced = axes >> axis & 1;
        if (!reduced) {
            if (axis < last_kept) return 0; /* the results would not lie row by row */
            last_kept = axis;
        }
        if (made->runs && made->reduced[made->runs - 1] == reduced) made->sizes[made->runs - 1] *= dims[axis];
        else {
            if (made->runs == 8) return 0;
            made->reduced[made->runs] = reduced;
            made->sizes[made->runs++] = dims[axis];
        }
    }
    for (int place = used - 1; place >= 0; place--) {
        if (strides[order[place]] != step) return 0;
        step *= dims[order[place]];
    }
    return 1;
}

static void run_reduce(int type, reduce_job *job)
{
    npy_intp work = job->outer * job->count * job->inner;
    piece_function pieces = job->kind ? reduce_piece_narrow : type == NPY_FLOAT ? reduce_piece_float : reduce_piece_double;
    npy_intp tiles = job->inner == 1 ? 1 : (job->inner + WIDTH - 1) / WIDTH;
    job->pieces_of_line = 1;
    job->length = job->count;
    double partial[MAX_CHUNKS];
    if (job->operation == SUM && !job->kind) { /* a whole sum is shared by the threads as in PyTorch */
        npy_intp chunks = (job->count + CHUNK - 1) / CHUNK, threads = thread_count();
        if (chunks > threads) chunks = threads;
        if (job->inner == 1 && job->outer == 1 && chunks > 1) {
            job->length = (job->count + chunks - 1) / chunks;
            job->pieces_of_line = (job->count + job->length - 1) / job->length;
            job->partial = partial;
        }
    } else if (job->inner == 1 && job->outer < 16 && job->count >= 2 * CHUNK && job->operation != VARIANCE) {
        npy_intp chunks = (job->count + CHUNK - 1) / CHUNK, most = MAX_CHUNKS / job->outer;
        if (chunks > most) chunks = most;
        job->length = ((job->count + chunks - 1) / chunks + BLOCK - 1) / BLOCK * BLOCK;
        job->pieces_of_line = (job->count + job->length - 1) / job->length;
        job->partial = partial;
    }
    run_parallel(pieces, job, work, job->outer * tiles * job->pieces_of_line);
    if (job->pieces_of_line > 1) {
        if (type == NPY_FLOAT) join_float(job);
        else join_double(job);
    }
}

/* The operation over the runs of a plan, into result; 0 where there are too many runs. */
static int reduce_runs(plan *made, int type, int kind, int operation, double correction, const char *source, char *result)
{
    reduce_job job = {.operation = operation, .kind = kind, .source = source, .result = result, .outer = 1, .count = 1, .inner = 1, .correction = correction};
    int runs = made->runs;
    npy_intp *sizes = made->sizes;
    if (runs && !made->reduced[0]) {
        job.outer = sizes[0];
        sizes++;
        runs--;
    }
    if (runs > 0) job.count = sizes[0];
    if (runs > 1) job.inner = sizes[1];
    if (runs <= 2) {
        run_reduce(type, &job);
        return 1;
    }
    if (runs != 3 || operation == VARIANCE) return 0;
    /* reduced, kept, reduced */
    if (operation == SUM && !kind) {
        job.length = sizes[2];
        npy_intp results = job.outer * job.inner;
        run_parallel(type == NPY_FLOAT ? spread_piece_float : spread_piece_double, &job, results * job.count * job.length, results);
        return 1;
    }
    /* the innermost first */
    npy_intp dims[1] = {job.outer * sizes[0] * sizes[1]};
    PyArrayObject *middle = new_array(type, 1, dims, 0);
    if (!middle) return -1;
    reduce_job first = {.operation = operation, .kind = kind, .source = source, .result = PyArray_BYTES(middle), .outer = dims[0], .count = sizes[2], .inner = 1};
    run_reduce(type, &first);
    job.kind = WIDE;
    job.source = PyArray_BYTES(middle);
    if (operation == SQUARES || operation == ABSOLUTE) job.operation = SUM;
    run_reduce(type, &job);
    Py_DECREF(middle);
    return 1;
}

static PyObject *reduce_array(PyObject *value, PyObject *dim, PyObject *keep, int operation, int finish, double correction)
{
    PyArrayObject *x = array_of(value);
    plan made;
    int kind = x ? narrow_kind(x) : WIDE;
    if (!x || (!kind && !is_float(x)) || (keep != Py_False && keep != Py_True) || !make_plan(&made, x, dim, keep == Py_True)) DECLINE;
    if (!PyArray_NDIM(x) && keep == Py_True) DECLINE;
    int type = kind ? NPY_FLOAT : PyArray_TYPE(x);
    PyArrayObject *result = new_array(type, made.out_ndim, made.out_dims, 0);
    if (!result) return NULL;
    int done = reduce_runs(&made, type, kind, operation, correction, PyArray_BYTES(x), PyArray_BYTES(result));
    if (done <= 0) {
        Py_DECREF(result);
        if (done < 0) return NULL;
        DECLINE;
    }
    if (finish != AS_IT_IS) {
        if (type == NPY_FLOAT) finish_float(PyArray_DATA(result), PyArray_SIZE(result), finish, made.count);
        else finish_double(PyArray_DATA(result), PyArray_SIZE(result), finish, made.count);
    }
    if (kind) Py_SETREF(result, narrowed(result, kind, PyArray_TYPE(x)));
    return (PyObject *)result;
}

/* ---------------------------------------------------------------- kernels */

/* (x[, dtype]) */
#define WHOLE(name, operation, finish) \
    static PyObject *name##_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count) \
    { \
        if (count < 1 || (count > 1 && args[1] != Py_None)) DECLINE; \
        return reduce_array(args[0], Py_None, Py_False, operation, finish, 0); \
    }
/* (x, dim[, keepdim[, dtype]]) */
#define OVER(name, operation, finish) \
    static PyObject *name##_over_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count) \
    { \
        if (count < 2 || (count > 3 && args[3] != Py_None)) DECLINE; \
        return reduce_array(args[0], args[1], count > 2 ? args[2] : Py_False, operation, finish, 0); \
    }

WHOLE(sum, SUM, AS_IT_IS)
WHOLE(mean, SUM, AVERAGE)
WHOLE(max, MAXIMUM, AS_IT_IS)
WHOLE(min, MINIMUM, AS_IT_IS)
WHOLE(prod, PRODUCT, AS_IT_IS)
OVER(sum, SUM, AS_IT_IS)
OVER(mean, SUM, AVERAGE)
OVER(max, MAXIMUM, AS_IT_IS)
OVER(min, MINIMUM, AS_IT_IS)
OVER(prod, PRODUCT, AS_IT_IS)

/* (x, dim, correction, keepdim): variances, or standard deviations. */
static PyObject *variance(PyObject *const *args, Py_ssize_t count, int finish)
{
    double correction = 1;
    plan made;
    if (count != 4 || (args[2] != Py_None && !number_of(args[2], &correction))) DECLINE;
    PyArrayObject *x = array_of(args[0]);
    if (!x || (!narrow_kind(x) && !is_float(x)) || !make_plan(&made, x, args[1], 0) || made.count - correction <= 0) DECLINE; /* which warns */
    return reduce_array(args[0], args[1], args[3], VARIANCE, finish, correction);
}

static PyObject *var_over_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    return variance(args, count, AS_IT_IS);
}

static PyObject *std_over_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    return variance(args, count, ROOT);
}

/* (x, order, dim, keepdim, dtype) */
static PyObject *norm_over_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    double order;
    if (count != 5 || args[4] != Py_None || !number_of(args[1], &order)) DECLINE;
    if (order == 2) return reduce_array(args[0], args[2], args[3], SQUARES, ROOT, 0);
    if (order == 1) return reduce_array(args[0], args[2], args[3], ABSOLUTE, AS_IT_IS, 0);
    DECLINE;
}

const kernel_row reduce_kernels[] = {
    {"sum", sum_kernel}, {"sum_over", sum_over_kernel}, {"mean", mean_kernel}, {"mean_over", mean_over_kernel},
    {"max", max_kernel}, {"max_over", max_over_kernel}, {"min", min_kernel}, {"min_over", min_over_kernel},
    {"prod", prod_kernel}, {"prod_over", prod_over_kernel}, {"var_over", var_over_kernel},
    {"std_over", std_over_kernel}, {"norm_over", norm_over_kernel}, {NULL}};

#else /* ---------------------------------------------------------------- for each type: lines */

typedef MASK NAMED(mask); /* an integer of the same size */

INLINE REAL NAMED(larger)(REAL x, REAL best)
{
    return x > best || x != x ? x : best; /* a nan stays: nothing is larger, and only another nan takes its place */
}

INLINE REAL NAMED(smaller)(REAL x, REAL best)
{
    return x < best || x != x ? x : best;
}

/* Sums in LANES lanes of at most BLOCK elements, added up in double precision. */
#define SUMMING(name, VALUE) \
    REAL_CLONES static double NAMED(name)(const REAL *x, npy_intp count, double centre) \
    { \
        double wide[8] = {0}, total = 0; \
        if (count < 16) { \
            REAL few = 0; \
            for (npy_intp i = 0; i < count; i++) few += VALUE(x[i]); \
            return few; \
        } \
        while (count >= LANES) { \
            npy_intp block = count < BLOCK ? count & ~(npy_intp)(LANES - 1) : BLOCK; \
            if (block == LANES) { /* the same sums */ \
                for (int k = 0; k < LANES; k += 8) \
                    for (int j = 0; j < 8; j++) wide[j] += VALUE(x[k + j]); \
                x += LANES; \
                count -= LANES; \
                break; \
            } \
            REAL lane[LANES] = {0}; \
            for (npy_intp i = 0; i < block; i += LANES) \
                for (int j = 0; j < LANES; j++) lane[j] += VALUE(x[i + j]); \
            for (int k = 0; k < LANES; k += 8) \
                for (int j = 0; j < 8; j++) wide[j] += lane[k + j]; \
            x += block; \
            count -= block; \
        } \
        for (int j = 0; j < 8; j++) total += wide[j]; \
        for (npy_intp i = 0; i < count; i++) total += VALUE(x[i]); \
        return total; \
    }
#define ITSELF(x) (x)
#define SQUARE(x) ((x) * (x))
#define MAGNITUDE(x) ((x) < 0 ? -(x) : (x))
#define DEVIATION(x) (((x) - (REAL)centre) * ((x) - (REAL)centre))
SUMMING(line_sum, ITSELF)
SUMMING(line_squares, SQUARE)
SUMMING(line_absolute, MAGNITUDE)
SUMMING(line_deviation, DEVIATION)

/* STEP in LANES lanes. A nan is lost in comparisons, so it is looked for besides (with `seeks`) and is the result where there is one. */
#define FOLDING(name, STEP, seeks) \
    REAL_CLONES static double NAMED(name)(const REAL *x, npy_intp count, double unused) \
    { \
        REAL best = x[0]; \
        npy_intp i = 1; \
        if (count >= LANES) { \
            REAL lane[LANES]; \
            NAMED(mask) bad[LANES] = {0}; \
            for (int j = 0; j < LANES; j++) lane[j] = x[j]; \
            for (i = seeks ? 0 : LANES; i + LANES <= count; i += LANES) \
                for (int j = 0; j < LANES; j++) { \
                    lane[j] = STEP(x[i + j], lane[j]); \
                    if (seeks) bad[j] |= x[i + j] != x[i + j]; \
                } \
            for (int width = LANES / 2; width >= 8; width /= 2) \
                for (int j = 0; j < width; j++) { \
                    lane[j] = STEP(lane[j + width], lane[j]); \
                    bad[j] |= bad[j + width]; \
                } \
            for (int j = 0; j < 8; j++) \
                if (bad[j]) return NAN; \
            best = lane[0]; \
            for (int j = 1; j < 8; j++) best = STEP(lane[j], best); \
        } \
        for (; i < count; i++) { \
            if (seeks && (x[i] != x[i] || best != best)) return NAN; \
            best = STEP(x[i], best); \
        } \
        return best; \
    }
#define LARGER(x, y) ((x) > (y) ? (x) : (y))
#define SMALLER(x, y) ((x) < (y) ? (x) : (y))
#define TIMES(x, y) ((x) * (y))
FOLDING(line_max, LARGER, 1)
FOLDING(line_min, SMALLER, 1)
FOLDING(line_product, TIMES, 0)

static double NAMED(line_variance)(const REAL *x, npy_intp count, double correction)
{
    double centre = NAMED(line_sum)(x, count, 0) / count;
    double rest = (double)(REAL)centre - centre; /* deviations are taken from the rounded mean */
    double spread = NAMED(line_deviation)(x, count, centre) - count * rest * rest;
    double divisor = count - correction;
    return (spread < 0 ? 0 : spread) / (divisor > 0 ? divisor : 0);
}

static double (*const NAMED(line_functions)[OPERATIONS])(const REAL *, npy_intp, double) = {
    NAMED(line_sum), NAMED(line_squares), NAMED(line_absolute), NAMED(line_max), NAMED(line_min), NAMED(line_product), NAMED(line_variance)
};

/* ---------------------------------------------------------------- columns */

#define SUMMING_COLUMNS(name, VALUE) \
    REAL_CLONES static void NAMED(name)(const REAL *x, npy_intp count, npy_intp stride, npy_intp width, double *wide, const REAL *mean) \
    { \
        for (npy_intp j = 0; j < width; j++) wide[j] = 0; \
        for (npy_intp row = 0; row < count; row += 64) { \
            REAL lane[WIDTH] = {0}; \
            npy_intp end = row + 64 < count ? row + 64 : count; \
            for (npy_intp i = row; i < end; i++) \
                for (npy_intp j = 0; j < width; j++) lane[j] += VALUE(x[i * stride + j]); \
            for (npy_intp j = 0; j < width; j++) wide[j] += lane[j]; \
        } \
    }
#define FROM_MEAN(x) (((x) - mean[j]) * ((x) - mean[j]))
SUMMING_COLUMNS(columns_sum, ITSELF)
SUMMING_COLUMNS(columns_squares, SQUARE)
SUMMING_COLUMNS(columns_absolute, MAGNITUDE)
SUMMING_COLUMNS(columns_deviation, FROM_MEAN)

#define FOLDING_COLUMNS(name, STEP) \
    REAL_CLONES static void NAMED(name)(const REAL *x, npy_intp count, npy_intp stride, npy_intp width, double *wide, const REAL *unused) \
    { \
        REAL lane[WIDTH]; \
        for (npy_intp j = 0; j < width; j++) lane[j] = x[j]; \
        for (npy_intp i = 1; i < count; i++) \
            for (npy_intp j = 0; j < width; j++) lane[j] = STEP(x[i * stride + j], lane[j]); \
        for (npy_intp j = 0; j < width; j++) wide[j] = lane[j]; \
    }
FOLDING_COLUMNS(columns_max, NAMED(larger))
FOLDING_COLUMNS(columns_min, NAMED(smaller))
FOLDING_COLUMNS(columns_product, TIMES)

static void (*const NAMED(column_functions)[OPERATIONS])(const REAL *, npy_intp, npy_intp, npy_intp, double *, const REAL *) = {
    NAMED(columns_sum), NAMED(columns_squares), NAMED(columns_absolute), NAMED(columns_max), NAMED(columns_min), NAMED(columns_product),
    NAMED(columns_deviation)
};

static void NAMED(reduce_columns)(reduce_job *job, npy_intp outer, npy_intp first)
{
    const REAL *source = (const REAL *)job->source + outer * job->count * job->inner + first;
    REAL *result = (REAL *)job->result + outer * job->inner + first;
    npy_intp width = job->inner - first < WIDTH ? job->inner - first : WIDTH;
    double wide[WIDTH];
    REAL mean[WIDTH] = {0};
    if (job->operation == VARIANCE) {
        double exact[WIDTH], divisor = job->count - job->correction;
        NAMED(columns_sum)(source, job->count, job->inner, width, exact, NULL);
        for (npy_intp j = 0; j < width; j++) mean[j] = (REAL)(exact[j] /= job->count);
        NAMED(columns_deviation)(source, job->count, job->inner, width, wide, mean);
        for (npy_intp j = 0; j < width; j++) {
            double rest = mean[j] - exact[j], spread = wide[j] - job->count * rest * rest;
            result[j] = (REAL)((spread < 0 ? 0 : spread) / (divisor > 0 ? divisor : 0));
        }
        return;
    }
    if (job->operation == SUM) {
        NAMED(columns_sum_in_order)(source, job->count, job->inner, width, result);
        return;
    }
    NAMED(column_functions)[job->operation](source, job->count, job->inner, width, wide, mean);
    for (npy_intp j = 0; j < width; j++) result[j] = (REAL)wide[j];
}

/* ---------------------------------------------------------------- pieces of the work */

static void NAMED(reduce_piece)(void *argument, int piece, int pieces)
{
    reduce_job *job = argument;
    npy_intp first, last;
    if (job->inner > 1) {
        npy_intp tiles = (job->inner + WIDTH - 1) / WIDTH;
        part_of(job->outer * tiles, piece, pieces, &first, &last);
        for (npy_intp unit = first; unit < last; unit++) NAMED(reduce_columns)(job, unit / tiles, unit % tiles * WIDTH);
        return;
    }
    double (*line)(const REAL *, npy_intp, double) = NAMED(line_functions)[job->operation];
    const REAL *source = (const REAL *)job->source;
    npy_intp chunks = job->pieces_of_line;
    part_of(job->outer * chunks, piece, pieces, &first, &last);
    if (job->operation == SUM && chunks == 1) {
        NAMED(lines_sum_in_order)(source + first * job->count, job->count, last - first, (REAL *)job->result + first);
        return;
    }
    for (npy_intp unit = first; unit < last; unit++) {
        npy_intp start = unit % chunks * job->length, length = job->count - start < job->length ? job->count - start : job->length;
        const REAL *from = source + unit / chunks * job->count + start;
        REAL sum = 0;
        if (job->operation == SUM) NAMED(lines_sum_in_order)(from, length, 1, &sum);
        double found = job->operation == SUM ? sum : line(from, length, job->correction);
        if (chunks == 1) ((REAL *)job->result)[unit] = (REAL)found;
        else job->partial[unit] = found;
    }
}

/* Sums over `count` lines of `length` numbers each, which lie `inner` lines apart. */
static void NAMED(spread_piece)(void *argument, int piece, int pieces)
{
    reduce_job *job = argument;
    npy_intp first, last;
    part_of(job->outer * job->inner, piece, pieces, &first, &last);
    for (npy_intp unit = first; unit < last; unit++) {
        npy_intp start = unit / job->inner * job->count * job->inner + unit % job->inner;
        REAL total = 0, sum;
        for (npy_intp line = 0; line < job->count; line++) {
            NAMED(lines_sum_in_order)((const REAL *)job->source + (start + line * job->inner) * job->length, job->length, 1, &sum);
            total += sum;
        }
        ((REAL *)job->result)[unit] = total;
    }
}

/* Results of lines that were cut into chunks. */
static void NAMED(join)(reduce_job *job)
{
    if (job->operation == SUM && !job->kind) {
        REAL parts[MAX_CHUNKS];
        for (npy_intp i = 0; i < job->pieces_of_line; i++) parts[i] = (REAL)job->partial[i];
        NAMED(lines_sum_in_order)(parts, job->pieces_of_line, 1, (REAL *)job->result);
        return;
    }
    for (npy_intp outer = 0; outer < job->outer; outer++) {
        double *partial = job->partial + outer * job->pieces_of_line, total = partial[0];
        for (npy_intp i = 1; i < job->pieces_of_line; i++) {
            if (job->operation == MAXIMUM) total = larger_double(partial[i], total);
            else if (job->operation == MINIMUM) total = smaller_double(partial[i], total);
            else if (job->operation == PRODUCT) total *= partial[i];
            else total += partial[i];
        }
        ((REAL *)job->result)[outer] = (REAL)total;
    }
}

static void NAMED(finish)(REAL *values, npy_intp size, int finish, npy_intp count)
{
    for (npy_intp i = 0; i < size; i++) values[i] = finish == AVERAGE ? values[i] / (REAL)count : (REAL)sqrt(values[i]);
}

#endif
