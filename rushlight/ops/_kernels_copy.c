/* Row-major copies of arrays that lie otherwise in memory, and running sums.

   Dimensions that lie one within the other are merged first. Where both sides have their elements one after the other, runs are copied;
   where the source has them along another dimension than the copy, the two dimensions are gone through in tiles, so that each line of
   the cache that is read is used up while it is there. */

#include "../_core/_native.h"

#define TILE 64
#define MOST 16 /* dimensions */

typedef struct {
    const char *source;
    char *target;
    npy_intp item, dims[MOST], from[MOST], to[MOST]; /* strides in bytes; the copy's last dimension is its innermost */
    int ndim, inner; /* inner: the dimension along which the source lies, if it is not the last */
    npy_intp outer, tiles;
} copy_job;

#define STRIDED(name, TYPE) \
    static void name(char *target, const char *source, npy_intp rows, npy_intp row_to, npy_intp row_from, npy_intp count, npy_intp from) \
    { \
        for (npy_intp row = 0; row < rows; row++) { \
            TYPE *out = (TYPE *)(target + row * row_to); \
            const char *in = source + row * row_from; \
            for (npy_intp i = 0; i < count; i++) out[i] = *(const TYPE *)(in + i * from); \
        } \
    }
STRIDED(strided_1, uint8_t)
STRIDED(strided_2, uint16_t)
STRIDED(strided_4, uint32_t)
STRIDED(strided_8, uint64_t)

static void copy_strided(
    npy_intp item, char *target, const char *source, npy_intp rows, npy_intp row_to, npy_intp row_from, npy_intp count, npy_intp from)
{
    if (item == 1) strided_1(target, source, rows, row_to, row_from, count, from);
    else if (item == 2) strided_2(target, source, rows, row_to, row_from, count, from);
    else if (item == 4) strided_4(target, source, rows, row_to, row_from, count, from);
    else strided_8(target, source, rows, row_to, row_from, count, from);
}

/* One row (or, where the source lies along `inner`, one strip of TILE rows) of the copy. */
static void copy_unit(const copy_job *job, const char *source, char *target, npy_intp tile)
{
    int last = job->ndim - 1, inner = job->inner;
    npy_intp count = job->dims[last], from = job->from[last];
    if (inner < 0) {
        if (from == job->item) memcpy(target, source, count * job->item);
        else copy_strided(job->item, target, source, 1, 0, 0, count, from);
        return;
    }
    npy_intp first = tile * TILE, rows = job->dims[inner] - first < TILE ? job->dims[inner] - first : TILE;
    source += first * job->from[inner];
    target += first * job->to[inner];
    for (npy_intp at = 0; at < count; at += TILE)
        copy_strided(job->item, target + at * job->item, source + at * from, rows, job->to[inner], job->from[inner],
                     count - at < TILE ? count - at : TILE, from);
}

static void copy_piece(void *argument, int piece, int pieces)
{
    copy_job *job = argument;
    npy_intp first, last;
    part_of(job->outer * job->tiles, piece, pieces, &first, &last);
    for (npy_intp unit = first; unit < last; unit++) {
        npy_intp rest = unit / job->tiles;
        const char *source = job->source;
        char *target = job->target;
        for (int dim = job->ndim - 2; dim >= 0; dim--) {
            if (dim == job->inner) continue;
            source += rest % job->dims[dim] * job->from[dim];
            target += rest % job->dims[dim] * job->to[dim];
            rest /= job->dims[dim];
        }
        copy_unit(job, source, target, unit % job->tiles);
    }
}

/* (x): a row-major copy. */
static PyObject *row_major_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *x = count == 1 ? array_of(args[0]) : NULL;
    if (!x || PyArray_TYPE(x) >= NPY_OBJECT || PyArray_NDIM(x) > MOST || PyArray_SIZE(x) < 64) DECLINE;
    copy_job job = {.source = PyArray_BYTES(x), .item = PyArray_ITEMSIZE(x), .inner = -1, .outer = 1, .tiles = 1};
    if (job.item > 8) DECLINE;
    for (int dim = 0; dim < PyArray_NDIM(x); dim++) {
        npy_intp size = PyArray_DIMS(x)[dim], stride = PyArray_STRIDES(x)[dim];
        if (size == 1) continue;
        int before = job.ndim - 1;
        if (before >= 0 && job.from[before] == stride * size) {
            job.dims[before] *= size;
            job.from[before] = stride;
            continue;
        }
        job.dims[job.ndim] = size;
        job.from[job.ndim++] = stride;
    }
    npy_intp step = job.item;
    for (int dim = job.ndim - 1; dim >= 0; dim--) {
        job.to[dim] = step;
        step *= job.dims[dim];
        if (dim < job.ndim - 1 && job.from[dim] == job.item && job.from[job.ndim - 1] != 0) job.inner = dim;
    }
    if (job.from[job.ndim - 1] == job.item) job.inner = -1;
    npy_intp long_run = job.dims[job.ndim - 1];
    if (job.ndim == 1 && job.from[0] == job.item) { /* all in one piece: cut for the threads */
        npy_intp part = 1 << 14;
        if (long_run % part == 0 && long_run > part) {
            job.ndim = 2;
            job.dims[0] = long_run / part;
            job.dims[1] = part;
            job.from[0] = job.to[0] = part * job.item;
            job.from[1] = job.to[1] = job.item;
        }
    }
    for (int dim = 0; dim < job.ndim - 1; dim++)
        if (dim != job.inner) job.outer *= job.dims[dim];
    if (job.inner >= 0) job.tiles = (job.dims[job.inner] + TILE - 1) / TILE;
    PyArrayObject *result = new_array(PyArray_TYPE(x), PyArray_NDIM(x), PyArray_DIMS(x), 0);
    if (!result) return NULL;
    job.target = PyArray_BYTES(result);
    run_parallel(copy_piece, &job, PyArray_SIZE(x), job.outer * job.tiles);
    return (PyObject *)result;
}

/* ---------------------------------------------------------------- other dtypes */

enum { BOOL, BYTE, INT, LONG, SINGLE, DOUBLE, CASTS, NEITHER = CASTS };

#define CASTING(name, FROM, TO) \
    static void name(const void *source, void *target, npy_intp count) \
    { \
        const FROM *from = source; \
        TO *to = target; \
        for (npy_intp i = 0; i < count; i++) to[i] = (TO)from[i]; \
    }
#define TESTING(name, FROM) \
    static void name(const void *source, void *target, npy_intp count) \
    { \
        const FROM *from = source; \
        uint8_t *to = target; \
        for (npy_intp i = 0; i < count; i++) to[i] = from[i] != 0; \
    }
#define TO_FLOATS(name, FROM) CASTING(name##_single, FROM, float) CASTING(name##_double, FROM, double)
TO_FLOATS(byte, uint8_t)
TO_FLOATS(int, int32_t)
TO_FLOATS(long, int64_t)
CASTING(byte_int, uint8_t, int32_t)
CASTING(byte_long, uint8_t, int64_t)
CASTING(int_long, int32_t, int64_t)
CASTING(long_int, int64_t, int32_t)
CASTING(single_double, float, double)
CASTING(double_single, double, float)
TESTING(single_bool, float)
TESTING(double_bool, double)
TESTING(long_bool, int64_t)
#if defined(__x86_64__) /* where what does not fit becomes the least integer, as for PyTorch */
CASTING(single_int, float, int32_t)
CASTING(single_long, float, int64_t)
CASTING(double_int, double, int32_t)
CASTING(double_long, double, int64_t)
#else
#define single_int NULL
#define single_long NULL
#define double_int NULL
#define double_long NULL
#endif

typedef void (*cast_function)(const void *, void *, npy_intp);
static const cast_function casts[CASTS][CASTS] = {
    [BOOL] = {NULL, NULL, byte_int, byte_long, byte_single, byte_double},
    [BYTE] = {NULL, NULL, byte_int, byte_long, byte_single, byte_double},
    [INT] = {NULL, NULL, NULL, int_long, int_single, int_double},
    [LONG] = {long_bool, NULL, long_int, NULL, long_single, long_double},
    [SINGLE] = {single_bool, NULL, single_int, single_long, NULL, single_double},
    [DOUBLE] = {double_bool, NULL, double_int, double_long, double_single, NULL}};

typedef struct {
    const char *source;
    char *target;
    npy_intp from_item, to_item, count;
    int from_kind, to_kind; /* of 16-bit floats */
    cast_function first, second; /* to float32 or all the way; from float32 */
} cast_job;

static void cast_piece(void *argument, int piece, int pieces)
{
    cast_job *job = argument;
    npy_intp first, last;
    float middle[BLOCKED];
    lines_of(job->count, piece, pieces, &first, &last);
    npy_intp step = job->from_kind || job->to_kind ? BLOCKED : last - first;
    for (; first < last; first += step) {
        npy_intp count = last - first < step ? last - first : step;
        const char *source = job->source + first * job->from_item;
        char *target = job->target + first * job->to_item;
        float *wide = job->to_kind || job->second ? middle : (float *)target;
        if (job->from_kind) widen(job->from_kind, source, wide, count);
        else if (job->first) job->first(source, job->to_kind ? (void *)middle : target, count);
        else wide = (float *)source;
        if (job->second) job->second(wide, target, count);
        else if (job->to_kind) narrow(job->to_kind, wide, target, count);
    }
}

static int cast_code(int type)
{
    if (type == NPY_LONGLONG && sizeof(npy_longlong) == 8) return LONG;
    return type == NPY_BOOL ? BOOL : type == NPY_UINT8 ? BYTE : type == NPY_INT32 ? INT : type == NPY_INT64 ? LONG
        : type == NPY_FLOAT ? SINGLE : type == NPY_DOUBLE ? DOUBLE : NEITHER;
}

/* (x, dtype): a copy in another dtype that lies as x does. 16-bit floats are made by way of float32. */
static PyObject *cast_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *x = count == 2 ? array_of(args[0]) : NULL;
    if (!x || !PyArray_DescrCheck(args[1]) || PyArray_SIZE(x) == 0) DECLINE;
    PyArray_Descr *wanted = (PyArray_Descr *)args[1];
    int type = wanted->type_num, from = cast_code(PyArray_TYPE(x)), to = cast_code(type);
    cast_job job = {.source = PyArray_BYTES(x), .from_item = PyArray_ITEMSIZE(x), .to_item = PyDataType_ELSIZE(wanted),
                    .count = PyArray_SIZE(x), .from_kind = narrow_kind(x)};
    if (PyArray_TYPE(x) == type || !PyArray_ISNBO(wanted->byteorder)) DECLINE;
    if (to == NEITHER) job.to_kind = type == NPY_HALF ? HALF : type >= NPY_USERDEF && wanted->type == 'E' && job.to_item == 2 ? BRAIN : WIDE;
    if (to == NEITHER ? !job.to_kind : job.from_kind == WIDE && from == NEITHER) DECLINE;
    if (job.from_kind && to != NEITHER && to != SINGLE) {
        if (!(job.second = casts[SINGLE][to])) DECLINE;
    }
    else if (!job.from_kind && !(job.to_kind && from == SINGLE)) {
        if (from == NEITHER || !(job.first = casts[from][job.to_kind ? SINGLE : to])) DECLINE;
    }
    PyArrayObject *result = new_in_step(x, type);
    if (!result) {
        if (PyErr_Occurred()) return NULL;
        DECLINE;
    }
    job.target = PyArray_BYTES(result);
    run_parallel(cast_piece, &job, job.count, job.count / 64);
    return (PyObject *)result;
}

/* ---------------------------------------------------------------- running sums */

typedef struct {
    int type;
    const char *source;
    char *result;
    lines shape;
} scan_job;

/* Sums run in double precision, as PyTorch's do. */
#define SCANNING(name, TYPE, WIDE) \
    static void name(const scan_job *job, npy_intp first, npy_intp last) \
    { \
        npy_intp size = job->shape.size, inner = job->shape.inner; \
        for (npy_intp unit = first; unit < last; unit++) { \
            npy_intp outer = unit / ((inner + TILE - 1) / TILE), left = unit % ((inner + TILE - 1) / TILE) * TILE; \
            npy_intp width = inner - left < TILE ? inner - left : TILE; \
            const TYPE *x = (const TYPE *)job->source + outer * size * inner + left; \
            TYPE *out = (TYPE *)job->result + outer * size * inner + left; \
            WIDE total[TILE] = {0}; \
            if (inner == 1) \
                for (npy_intp i = 0; i < size; i++) out[i] = (TYPE)(total[0] += x[i]); \
            else \
                for (npy_intp i = 0; i < size; i++) \
                    for (npy_intp j = 0; j < width; j++) out[i * inner + j] = (TYPE)(total[j] += x[i * inner + j]); \
        } \
    }
SCANNING(scan_float, float, double)
SCANNING(scan_double, double, double)
SCANNING(scan_long, int64_t, int64_t)

static void scan_piece(void *argument, int piece, int pieces)
{
    scan_job *job = argument;
    npy_intp first, last;
    part_of(job->shape.outer * ((job->shape.inner + TILE - 1) / TILE), piece, pieces, &first, &last);
    if (job->type == NPY_FLOAT) scan_float(job, first, last);
    else if (job->type == NPY_DOUBLE) scan_double(job, first, last);
    else scan_long(job, first, last);
}

/* (x, dim, dtype) */
static PyObject *cumsum_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *x = count == 2 || (count == 3 && args[2] == Py_None) ? array_of(args[0]) : NULL;
    if (!x || !is_plain(x) || !PyArray_NDIM(x) || (!is_float(x) && PyArray_TYPE(x) != NPY_INT64)) DECLINE;
    int axis = axis_of(args[1], PyArray_NDIM(x));
    if (axis < 0) DECLINE;
    PyArrayObject *result = new_like(x);
    if (!result) return NULL;
    scan_job job = {PyArray_TYPE(x), PyArray_BYTES(x), PyArray_BYTES(result), lines_along(x, axis)};
    run_parallel(scan_piece, &job, PyArray_SIZE(x), job.shape.outer * ((job.shape.inner + TILE - 1) / TILE));
    return (PyObject *)result;
}

const kernel_row copy_kernels[] = {{"row_major", row_major_kernel}, {"cast", cast_kernel}, {"cumsum", cumsum_kernel}, {NULL}};
