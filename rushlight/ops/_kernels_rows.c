/* softmax and the normalisations: kernels that go over the lines or channels of an array a few times while they are in the cache.

   Sums of float32 run in double precision, one for each of LANES lanes, so that means and variances are as exact as from doubles. */

#ifndef REAL

#include "_kernels_math.h"

#define LANES 16
#define WIDTH 64 /* lines taken together where they lie across memory */
#define COLUMNS 512 /* channels taken together where they do */

enum { SOFTMAX, LOG_SOFTMAX };

typedef struct {
    int kind, type;
    const char *source, *grad; /* grad: in a backward pass, whose source is the result of the forward one */
    char *result;
    lines shape;
} softmax_job;

typedef struct {
    npy_intp rows, columns;
    const char *source, *grad, *weight, *bias, *mean, *scale; /* in a forward pass mean and scale are results */
    char *result, *means, *scales;
    double *weight_sums, *bias_sums; /* for each piece */
    double eps;
    int type, root_only; /* root_only: the mean counts as 0, which is rms_norm */
} norm_job;

typedef struct {
    npy_intp batch, channels, inner, count;
    const char *source, *grad;
    char *result;
    double *first, *second; /* for each channel */
    const double *centre, *factors[3];
    int type;
} channel_job;

/* of _kernels_softmax.c; there is none for float64 */
int softmax_in_order_float(const float *grad, const float *x, float *out, npy_intp count, npy_intp number, int is_log);
INLINE int softmax_in_order_double(const double *grad, const double *x, double *out, npy_intp count, npy_intp number, int is_log)
{
    return 0;
}

#define THIS_FILE "_kernels_rows.c"
#include "_kernels_floats.h"

#define TYPED(type, name, ...) ((type) == NPY_FLOAT ? name##_float(__VA_ARGS__) : name##_double(__VA_ARGS__))

/* ---------------------------------------------------------------- softmax */

static void run_softmax(void *argument, int piece, int pieces)
{
    softmax_job *job = argument;
    TYPED(job->type, softmax_piece, job, piece, pieces);
}

static PyObject *softmax(softmax_job *job, PyArrayObject *source, PyArrayObject *grad, PyObject *dim)
{
    int axis = PyArray_NDIM(source) ? axis_of(dim, PyArray_NDIM(source)) : -1;
    if (axis < 0) DECLINE;
    job->type = PyArray_TYPE(source);
    job->shape = lines_along(source, axis);
    job->source = PyArray_BYTES(source);
    job->grad = grad ? PyArray_BYTES(grad) : NULL;
    PyArrayObject *result = new_like(source);
    if (!result) return NULL;
    job->result = PyArray_BYTES(result);
    npy_intp tiles = job->shape.inner == 1 ? 1 : (job->shape.inner + WIDTH - 1) / WIDTH;
    run_parallel(run_softmax, job, PyArray_SIZE(source) * 4, job->shape.outer * tiles);
    return (PyObject *)result;
}

/* (x, dim, half_to_float) */
static PyObject *softmax_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *x = count == 3 && args[2] == Py_False ? plain_floats(args[0]) : NULL;
    if (!x) DECLINE;
    softmax_job job = {.kind = !strcmp(row->name, "softmax") ? SOFTMAX : LOG_SOFTMAX};
    return softmax(&job, x, NULL, args[1]);
}

static void run_safe(void *argument, int piece, int pieces)
{
    softmax_job *job = argument;
    npy_intp first, last, size = job->shape.size;
    part_of(job->shape.outer, piece, pieces, &first, &last);
    for (npy_intp line = first; line < last; line++) {
        npy_intp at = line * size;
        if (job->type == NPY_FLOAT) ((float *)job->result)[line] = safe_line_float((float *)job->source + at, size);
        else ((double *)job->result)[line] = safe_line_double((double *)job->source + at, size);
    }
}

/* (x): softmax of its last dimension in place, zeros where all is -inf; the logarithms of the sums of exponentials. */
static PyObject *safe_softmax_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *x = count == 1 ? plain_floats(args[0]) : NULL;
    int ndim = x ? PyArray_NDIM(x) : 0;
    if (!ndim || !PyArray_ISWRITEABLE(x)) DECLINE;
    npy_intp dims[NPY_MAXDIMS];
    memcpy(dims, PyArray_DIMS(x), ndim * sizeof(npy_intp));
    dims[ndim - 1] = 1;
    softmax_job job = {.type = PyArray_TYPE(x), .source = PyArray_BYTES(x), .shape = lines_along(x, ndim - 1)};
    PyArrayObject *result = new_array(job.type, ndim, dims, 0);
    if (!result) return NULL;
    job.result = PyArray_BYTES(result);
    run_parallel(run_safe, &job, PyArray_SIZE(x) * 4, job.shape.outer);
    return (PyObject *)result;
}

/* (grad, result, dim, the input's dtype): the dtype is looked at by its number of bytes, which decides among floats. */
static PyObject *softmax_backward_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *grad = count == 4 ? plain_floats(args[0]) : NULL, *output = count == 4 ? plain_floats(args[1]) : NULL;
    if (!grad || !output || PyArray_TYPE(grad) != PyArray_TYPE(output) || !same_shape(grad, output)) DECLINE;
    PyObject *size = PyObject_GetAttrString(args[3], "itemsize");
    if (!size) return NULL;
    long bytes = PyLong_AsLong(size);
    Py_DECREF(size);
    if (bytes != (row->widens < 0 ? 2 : PyArray_ITEMSIZE(output))) {
        PyErr_Clear();
        DECLINE;
    }
    softmax_job job = {.kind = !strcmp(row->name, "softmax_backward") ? SOFTMAX : LOG_SOFTMAX};
    return softmax(&job, output, grad, args[2]);
}

/* ---------------------------------------------------------------- layer_norm */

static void run_norm(void *argument, int piece, int pieces)
{
    norm_job *job = argument;
    TYPED(job->type, norm_piece, job, piece, pieces);
}

static void run_norm_backward(void *argument, int piece, int pieces)
{
    norm_job *job = argument;
    TYPED(job->type, norm_backward_piece, job, piece, pieces);
}

/* An optional plain array of a type and size: 1 and its memory (NULL for None), 0 where it is something else. */
static int optional(PyObject *value, int type, npy_intp size, const char **memory)
{
    *memory = NULL;
    if (value == Py_None) return 1;
    PyArrayObject *array = plain_floats(value);
    if (!array || PyArray_TYPE(array) != type || PyArray_SIZE(array) != size) return 0;
    *memory = PyArray_BYTES(array);
    return 1;
}

static PyObject *tuple_of(PyArrayObject *first, PyArrayObject *second, PyArrayObject *third)
{
    PyObject *found = first && second && third ? PyTuple_Pack(3, first, second, third) : NULL;
    Py_XDECREF(first);
    Py_XDECREF(second);
    Py_XDECREF(third);
    return found;
}

/* The number of elements that are normalised together: those of the shape, if it is the array's last sizes; else 0. */
static npy_intp normalized_columns(PyArrayObject *x, PyObject *shape, int *outer)
{
    if (!PyTuple_Check(shape) && !PyList_Check(shape)) return 0;
    Py_ssize_t length = PySequence_Fast_GET_SIZE(shape);
    npy_intp columns = 1;
    *outer = PyArray_NDIM(x) - (int)length;
    if (!length || *outer < 0) return 0;
    for (Py_ssize_t index = 0; index < length; index++) {
        PyObject *size = PySequence_Fast_GET_ITEM(shape, index);
        if (!PyLong_Check(size) || PyLong_AsSsize_t(size) != PyArray_DIMS(x)[*outer + index]) return 0;
        columns *= PyArray_DIMS(x)[*outer + index];
    }
    return columns;
}

/* (x, normalized_shape, weight, bias, eps): the result, means and inverse deviations. */
static PyObject *layer_norm_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *x = count == 5 ? plain_floats(args[0]) : NULL;
    norm_job job = {.eps = 0};
    int outer;
    if (!x || !number_of(args[4], &job.eps)) DECLINE;
    job.columns = normalized_columns(x, args[1], &outer);
    job.type = PyArray_TYPE(x);
    if (!job.columns || !optional(args[2], job.type, job.columns, &job.weight) || !optional(args[3], job.type, job.columns, &job.bias)) DECLINE;
    job.rows = PyArray_SIZE(x) / job.columns;
    npy_intp dims[NPY_MAXDIMS];
    for (int dim = 0; dim < PyArray_NDIM(x); dim++) dims[dim] = dim < outer ? PyArray_DIMS(x)[dim] : 1;
    PyArrayObject *result = new_like(x), *means = new_array(job.type, PyArray_NDIM(x), dims, 0), *scales = new_array(job.type, PyArray_NDIM(x), dims, 0);
    if (result && means && scales) {
        job.source = PyArray_BYTES(x);
        job.result = PyArray_BYTES(result);
        job.means = PyArray_BYTES(means);
        job.scales = PyArray_BYTES(scales);
        run_parallel(run_norm, &job, PyArray_SIZE(x) * 2, job.rows);
    }
    return tuple_of(result, means, scales);
}

static int is_asked(PyObject *mask, int index)
{
    if (!PyTuple_Check(mask) && !PyList_Check(mask)) return -1;
    if (PySequence_Fast_GET_SIZE(mask) != 3) return -1;
    PyObject *value = PySequence_Fast_GET_ITEM(mask, index);
    return value == Py_True ? 1 : value == Py_False ? 0 : -1;
}

/* The sums of all pieces as an array of a shape, or an empty one where there are none. */
static PyArrayObject *joined(double *sums, int pieces, npy_intp columns, int type, PyObject *like)
{
    npy_intp nothing = 0;
    if (!sums) return new_array(NPY_FLOAT, 1, &nothing, 0);
    PyArrayObject *shaped = (PyArrayObject *)like, *found = new_array(type, PyArray_NDIM(shaped), PyArray_DIMS(shaped), 0);
    if (!found) return NULL;
    for (npy_intp column = 0; column < columns; column++) {
        double total = 0;
        for (int piece = 0; piece < pieces; piece++) total += sums[piece * columns + column];
        if (type == NPY_FLOAT) ((float *)PyArray_DATA(found))[column] = (float)total;
        else ((double *)PyArray_DATA(found))[column] = total;
    }
    return found;
}

/* (grad, x, normalized_shape, mean, rstd, weight, bias, output_mask) */
static PyObject *layer_norm_backward_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *grad = count == 8 ? plain_floats(args[0]) : NULL, *x = count == 8 ? plain_floats(args[1]) : NULL;
    norm_job job = {.eps = 0};
    const char *bias;
    int outer, asked[3];
    if (!x || !grad || !same_shape(x, grad) || PyArray_TYPE(x) != PyArray_TYPE(grad)) DECLINE;
    job.columns = normalized_columns(x, args[2], &outer);
    job.type = PyArray_TYPE(x);
    if (!job.columns) DECLINE;
    job.rows = PyArray_SIZE(x) / job.columns;
    if (!optional(args[3], job.type, job.rows, &job.mean) || !optional(args[4], job.type, job.rows, &job.scale) || !job.mean || !job.scale) DECLINE;
    if (!optional(args[5], job.type, job.columns, &job.weight) || !optional(args[6], job.type, job.columns, &bias)) DECLINE;
    for (int index = 0; index < 3; index++)
        if ((asked[index] = is_asked(args[7], index)) < 0) DECLINE;
    npy_intp nothing = 0;
    PyArrayObject *result = asked[0] ? new_like(x) : new_array(NPY_FLOAT, 1, &nothing, 0);
    if (!result) return NULL;
    asked[1] = asked[1] && job.weight;
    asked[2] = asked[2] && bias;
    /* Sums over rows: one for each group of rows, whose number does not depend on that of the threads. */
    npy_intp size = (job.rows < MAX_THREADS ? job.rows : MAX_THREADS) * job.columns;
    double *sums = PyMem_RawCalloc(size * (asked[1] + asked[2]) + 1, sizeof(double));
    if (!sums) {
        Py_DECREF(result);
        return PyErr_NoMemory();
    }
    if (asked[1]) job.weight_sums = sums;
    if (asked[2]) job.bias_sums = sums + size * asked[1];
    job.source = PyArray_BYTES(x);
    job.grad = PyArray_BYTES(grad);
    job.result = asked[0] ? PyArray_BYTES(result) : NULL;
    run_parallel(run_norm_backward, &job, PyArray_SIZE(x) * 2, job.rows < MAX_THREADS ? job.rows : MAX_THREADS);
    int groups = (int)(size / job.columns);
    PyArrayObject *weights = joined(job.weight_sums, groups, job.columns, job.type, args[5]);
    PyArrayObject *biases = joined(job.bias_sums, groups, job.columns, job.type, args[6]);
    PyMem_RawFree(sums);
    return tuple_of(result, weights, biases);
}

/* ---------------------------------------------------------------- batch_norm */

/* Sums over all but dimension 1 need the batch cut into pieces or the channels: channels here, which leaves nothing to join. */
static void run_channel_sums(void *argument, int piece, int pieces)
{
    channel_job *job = argument;
    TYPED(job->type, channel_sums_piece, job, piece, pieces);
}

static int read_channels(channel_job *job, PyArrayObject *x)
{
    if (PyArray_NDIM(x) < 2) return 0;
    *job = (channel_job){.batch = PyArray_DIMS(x)[0], .channels = PyArray_DIMS(x)[1], .type = PyArray_TYPE(x), .source = PyArray_BYTES(x), .inner = 1};
    for (int dim = 2; dim < PyArray_NDIM(x); dim++) job->inner *= PyArray_DIMS(x)[dim];
    job->count = job->batch * job->inner;
    return PyArray_SIZE(x) > 0;
}

static PyArrayObject *vector_of(const double *values, npy_intp size)
{
    PyArrayObject *found = new_array(NPY_DOUBLE, 1, &size, 0);
    if (found) memcpy(PyArray_DATA(found), values, size * sizeof(double));
    return found;
}

/* (x, y or None, centre or None): for each channel the sum of x (less the centre) and the sum of x squared; with y, of y and of x y.
   As two vectors of doubles. */
static PyObject *channel_sums_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *x = count == 3 ? plain_floats(args[0]) : NULL, *y = NULL;
    channel_job job;
    if (!x || !read_channels(&job, x)) DECLINE;
    if (args[1] != Py_None) {
        y = plain_floats(args[1]);
        if (!y || PyArray_TYPE(y) != job.type || !same_shape(x, y)) DECLINE;
        job.grad = PyArray_BYTES(y);
    }
    if (args[2] != Py_None) {
        const char *centre;
        if (!optional(args[2], NPY_DOUBLE, job.channels, &centre)) DECLINE;
        job.centre = (const double *)centre;
    }
    double *sums = PyMem_RawCalloc(2 * job.channels, sizeof(double));
    if (!sums) return PyErr_NoMemory();
    job.first = sums;
    job.second = sums + job.channels;
    run_parallel(run_channel_sums, &job, PyArray_SIZE(x), job.inner > 1 ? job.channels : (job.channels + COLUMNS - 1) / COLUMNS);
    PyArrayObject *first = vector_of(job.first, job.channels), *second = vector_of(job.second, job.channels);
    PyMem_RawFree(sums);
    PyObject *found = first && second ? PyTuple_Pack(2, first, second) : NULL;
    Py_XDECREF(first);
    Py_XDECREF(second);
    return found;
}

static void run_channel_map(void *argument, int piece, int pieces)
{
    channel_job *job = argument;
    TYPED(job->type, channel_map_piece, job, piece, pieces);
}

/* (x, y or None, centre or None, a, b, c or None): (x - centre) a + b for each channel, and y c besides; all but x and y are vectors of
   doubles. */
static PyObject *channel_map_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *x = count == 6 ? plain_floats(args[0]) : NULL, *y = NULL;
    channel_job job;
    if (!x || !read_channels(&job, x)) DECLINE;
    for (int index = 0; index < 4; index++) {
        const char *vector;
        if (!optional(args[2 + index], NPY_DOUBLE, job.channels, &vector)) DECLINE;
        if (index) job.factors[index - 1] = (const double *)vector;
        else job.centre = (const double *)vector;
    }
    if (args[1] != Py_None) {
        y = plain_floats(args[1]);
        if (!y || PyArray_TYPE(y) != job.type || !same_shape(x, y) || !job.factors[2]) DECLINE;
        job.grad = PyArray_BYTES(y);
    }
    if (!job.factors[0] || !job.factors[1]) DECLINE;
    PyArrayObject *result = new_like(x);
    if (!result) return NULL;
    job.result = PyArray_BYTES(result);
    run_parallel(run_channel_map, &job, PyArray_SIZE(x), job.inner == 1 ? job.batch : job.batch * job.channels);
    return (PyObject *)result;
}

const kernel_row row_kernels[] = {
    {"softmax", softmax_kernel}, {"log_softmax", softmax_kernel}, /* 16-bit floats are rounded on the way */
    {"softmax_backward", softmax_backward_kernel, .widens = 1}, {"log_softmax_backward", softmax_backward_kernel, .widens = 1},
    {"safe_softmax", safe_softmax_kernel}, {"layer_norm", layer_norm_kernel, .widens = 1}, {"layer_norm_backward", layer_norm_backward_kernel, .widens = 1}, {"channel_sums", channel_sums_kernel}, {"channel_map", channel_map_kernel}, {NULL}};

#undef TYPED

#else /* ---------------------------------------------------------------- for each type: softmax of lines */

#define EXP NAMED(exp)
#ifdef SINGLE
#define LINE_CLONES /* of softmax: vector code for float32 is in _kernels_softmax.c */
#else
#undef LINE_CLONES
#define LINE_CLONES CLONES
#endif

INLINE REAL NAMED(top_of)(const REAL *x, npy_intp count)
{
    REAL lane[LANES], top;
    npy_intp i = 0;
    if (count < LANES) {
        top = x[0];
        for (i = 1; i < count; i++) top = x[i] > top || x[i] != x[i] ? x[i] : top;
        return top;
    }
    for (int j = 0; j < LANES; j++) lane[j] = x[j];
    for (i = LANES; i + LANES <= count; i += LANES)
        for (int j = 0; j < LANES; j++) lane[j] = x[i + j] > lane[j] ? x[i + j] : lane[j]; /* a nan in x makes the sum nan */
    top = lane[0];
    for (int j = 1; j < LANES; j++) top = lane[j] > top ? lane[j] : top;
    for (; i < count; i++) top = x[i] > top ? x[i] : top;
    return top;
}

#define SUM_OF(total, count, VALUE) \
    { \
        double lane[LANES] = {0}; \
        npy_intp i = 0; \
        total = 0; \
        for (; i + LANES <= (count); i += LANES) \
            for (int j = 0; j < LANES; j++) lane[j] += VALUE(i + j); \
        for (int j = 0; j < LANES; j++) total += lane[j]; \
        for (; i < (count); i++) total += VALUE(i); \
    }

/* out = exp(x - top), and its sum. */
INLINE double NAMED(powers)(const REAL *x, REAL *out, npy_intp count, REAL top)
{
    double lane[LANES] = {0}, total = 0;
    npy_intp i = 0;
    for (; i + LANES <= count; i += LANES)
        for (int j = 0; j < LANES; j++) {
            REAL power = EXP(x[i + j] - top);
            out[i + j] = power;
            lane[j] += power;
        }
    for (int j = 0; j < LANES; j++) total += lane[j];
    for (; i < count; i++) total += out[i] = EXP(x[i] - top);
    return total;
}

LINE_CLONES static void NAMED(softmax_line)(const REAL *x, REAL *out, npy_intp count, int kind)
{
    REAL top = NAMED(top_of)(x, count);
    double total;
    if (kind == SOFTMAX) {
        total = NAMED(powers)(x, out, count, top);
        REAL divisor = (REAL)total;
        for (npy_intp i = 0; i < count; i++) out[i] /= divisor;
    }
    else {
        total = NAMED(powers)(x, out, count, top);
        REAL shift = (REAL)log(total);
        for (npy_intp i = 0; i < count; i++) out[i] = x[i] - top - shift;
    }
}

/* softmax in place; the logarithm of the sum of exponentials. */
REAL_CLONES static REAL NAMED(safe_line)(REAL *x, npy_intp count)
{
    REAL top = NAMED(top_of)(x, count), shift = top == -INFINITY ? 0 : top;
    double total = NAMED(powers)(x, x, count, shift);
    REAL divisor = top == -INFINITY ? 1 : (REAL)total;
    for (npy_intp i = 0; i < count; i++) x[i] /= divisor;
    return shift + (REAL)log(total);
}

LINE_CLONES static void NAMED(softmax_backward_line)(const REAL *grad, const REAL *y, REAL *out, npy_intp count, int kind)
{
    double total;
    if (kind == SOFTMAX) {
#define WEIGHTED(i) (double)(grad[i] * y[i])
        SUM_OF(total, count, WEIGHTED)
        REAL mean = (REAL)total;
        for (npy_intp i = 0; i < count; i++) out[i] = (grad[i] - mean) * y[i];
    }
    else {
#define PLAIN(i) grad[i]
        SUM_OF(total, count, PLAIN)
        REAL sum = (REAL)total;
        for (npy_intp i = 0; i < count; i++) out[i] = grad[i] - EXP(y[i]) * sum;
    }
}

/* The same for `width` neighbouring lines across memory, whose elements are `stride` apart. */
REAL_CLONES static void NAMED(softmax_columns)(const REAL *x, REAL *out, npy_intp count, npy_intp stride, npy_intp width, int kind)
{
    REAL top[WIDTH], shift[WIDTH];
    double total[WIDTH] = {0};
    for (npy_intp j = 0; j < width; j++) top[j] = x[j];
    for (npy_intp i = 1; i < count; i++)
        for (npy_intp j = 0; j < width; j++) top[j] = x[i * stride + j] > top[j] ? x[i * stride + j] : top[j];
    for (npy_intp i = 0; i < count; i++)
        for (npy_intp j = 0; j < width; j++) {
            REAL power = EXP(x[i * stride + j] - top[j]);
            out[i * stride + j] = power;
            total[j] += power;
        }
    if (kind == SOFTMAX) {
        for (npy_intp j = 0; j < width; j++) shift[j] = (REAL)total[j];
        for (npy_intp i = 0; i < count; i++)
            for (npy_intp j = 0; j < width; j++) out[i * stride + j] /= shift[j];
        return;
    }
    for (npy_intp j = 0; j < width; j++) shift[j] = (REAL)log(total[j]);
    for (npy_intp i = 0; i < count; i++)
        for (npy_intp j = 0; j < width; j++) out[i * stride + j] = x[i * stride + j] - top[j] - shift[j];
}

REAL_CLONES static void NAMED(softmax_backward_columns)(
    const REAL *grad, const REAL *y, REAL *out, npy_intp count, npy_intp stride, npy_intp width, int kind)
{
    double total[WIDTH] = {0};
    for (npy_intp i = 0; i < count; i++)
        for (npy_intp j = 0; j < width; j++) total[j] += kind == SOFTMAX ? grad[i * stride + j] * y[i * stride + j] : grad[i * stride + j];
    REAL sum[WIDTH];
    for (npy_intp j = 0; j < width; j++) sum[j] = (REAL)total[j];
    for (npy_intp i = 0; i < count; i++)
        for (npy_intp j = 0; j < width; j++) {
            npy_intp at = i * stride + j;
            out[at] = kind == SOFTMAX ? (grad[at] - sum[j]) * y[at] : grad[at] - EXP(y[at]) * sum[j];
        }
}

static void NAMED(softmax_piece)(softmax_job *job, int piece, int pieces)
{
    npy_intp first, last, size = job->shape.size, inner = job->shape.inner;
    npy_intp tiles = inner == 1 ? 1 : (inner + WIDTH - 1) / WIDTH;
    part_of(job->shape.outer * tiles, piece, pieces, &first, &last);
    for (npy_intp unit = first; unit < last; unit++) {
        npy_intp column = unit % tiles * WIDTH, at = unit / tiles * size * inner + column;
        npy_intp width = inner - column < WIDTH ? inner - column : WIDTH;
        const REAL *x = (const REAL *)job->source + at, *grad = job->grad ? (const REAL *)job->grad + at : NULL;
        REAL *out = (REAL *)job->result + at;
        if (inner == 1 && NAMED(softmax_in_order)(grad, x, out, size, job->shape.outer, job->kind == LOG_SOFTMAX)) continue;
        if (inner == 1 && grad) NAMED(softmax_backward_line)(grad, x, out, size, job->kind);
        else if (inner == 1) NAMED(softmax_line)(x, out, size, job->kind);
        else if (grad) NAMED(softmax_backward_columns)(grad, x, out, size, inner, width, job->kind);
        else NAMED(softmax_columns)(x, out, size, inner, width, job->kind);
    }
}

/* ---------------------------------------------------------------- rows that are normalised */

REAL_CLONES static void NAMED(norm_row)(norm_job *job, const REAL *x, REAL *out, REAL *mean_out, REAL *scale_out)
{
    const REAL *weight = (const REAL *)job->weight, *bias = (const REAL *)job->bias;
    npy_intp columns = job->columns;
    double total, spread;
#define ELEMENT(i) x[i]
    SUM_OF(total, columns, ELEMENT)
    double centre = total / columns;
#define AWAY(i) (x[i] - centre) * (x[i] - centre)
    SUM_OF(spread, columns, AWAY)
    REAL mean = (REAL)centre, scale = (REAL)(1 / sqrt(spread / columns + job->eps));
    *mean_out = mean;
    *scale_out = scale;
    if (weight && bias)
        for (npy_intp i = 0; i < columns; i++) out[i] = (x[i] - mean) * scale * weight[i] + bias[i];
    else if (weight)
        for (npy_intp i = 0; i < columns; i++) out[i] = (x[i] - mean) * scale * weight[i];
    else
        for (npy_intp i = 0; i < columns; i++) out[i] = (x[i] - mean) * scale + (bias ? bias[i] : 0);
}

static void NAMED(norm_piece)(norm_job *job, int piece, int pieces)
{
    npy_intp first, last;
    part_of(job->rows, piece, pieces, &first, &last);
    for (npy_intp row = first; row < last; row++)
        NAMED(norm_row)(job, (const REAL *)job->source + row * job->columns, (REAL *)job->result + row * job->columns,
                        (REAL *)job->means + row, (REAL *)job->scales + row);
}

REAL_CLONES static void NAMED(norm_backward_row)(norm_job *job, const REAL *grad, const REAL *x, REAL *out, REAL mean, REAL scale)
{
    const REAL *weight = (const REAL *)job->weight;
    npy_intp columns = job->columns;
    double average, slope;
    if (weight) {
#define STEEP(i) (double)(grad[i] * weight[i])
        SUM_OF(average, columns, STEEP)
#define TILTED(i) (double)(grad[i] * weight[i]) * ((x[i] - mean) * scale)
        SUM_OF(slope, columns, TILTED)
    }
    else {
        SUM_OF(average, columns, PLAIN)
#define TILT(i) (double)grad[i] * ((x[i] - mean) * scale)
        SUM_OF(slope, columns, TILT)
    }
    REAL a = (REAL)(average / columns), b = (REAL)(slope / columns);
    for (npy_intp i = 0; i < columns; i++) {
        REAL given = weight ? grad[i] * weight[i] : grad[i];
        out[i] = (given - a - (x[i] - mean) * scale * b) * scale;
    }
}

REAL_CLONES static void NAMED(norm_sums_row)(
    const REAL *grad, const REAL *x, npy_intp columns, REAL mean, REAL scale, double *weight_sums, double *bias_sums)
{
    if (weight_sums)
        for (npy_intp i = 0; i < columns; i++) weight_sums[i] += grad[i] * ((x[i] - mean) * scale);
    if (bias_sums)
        for (npy_intp i = 0; i < columns; i++) bias_sums[i] += grad[i];
}

static void NAMED(norm_backward_piece)(norm_job *job, int piece, int pieces)
{
    npy_intp first_group, last_group, first, last, columns = job->columns, groups = job->rows < MAX_THREADS ? job->rows : MAX_THREADS;
    part_of(groups, piece, pieces, &first_group, &last_group);
    for (npy_intp group = first_group; group < last_group; group++) {
        part_of(job->rows, (int)group, (int)groups, &first, &last);
        double *weight_sums = job->weight_sums ? job->weight_sums + group * columns : NULL;
        double *bias_sums = job->bias_sums ? job->bias_sums + group * columns : NULL;
        for (npy_intp row = first; row < last; row++) {
            const REAL *grad = (const REAL *)job->grad + row * columns, *x = (const REAL *)job->source + row * columns;
            REAL mean = ((const REAL *)job->mean)[row], scale = ((const REAL *)job->scale)[row];
            if (job->result) NAMED(norm_backward_row)(job, grad, x, (REAL *)job->result + row * columns, mean, scale);
            if (weight_sums || bias_sums) NAMED(norm_sums_row)(grad, x, columns, mean, scale, weight_sums, bias_sums);
        }
    }
}

/* ---------------------------------------------------------------- channels */

REAL_CLONES static void NAMED(plane_sums)(const REAL *x, const REAL *y, npy_intp count, double centre, double *first, double *second)
{
    double total, square;
#define FROM_CENTRE(i) (x[i] - centre)
#define SQUARE(i) (x[i] - centre) * (x[i] - centre)
#define OTHER(i) y[i]
#define PRODUCT(i) (x[i] - centre) * y[i]
    if (y) {
        SUM_OF(total, count, OTHER)
        SUM_OF(square, count, PRODUCT)
    }
    else {
        SUM_OF(total, count, FROM_CENTRE)
        SUM_OF(square, count, SQUARE)
    }
    *first += total;
    *second += square;
}

REAL_CLONES static void NAMED(column_sums)(channel_job *job, npy_intp column, npy_intp width)
{
    for (npy_intp row = 0; row < job->batch; row++) {
        const REAL *x = (const REAL *)job->source + row * job->channels + column;
        const REAL *y = (const REAL *)job->grad + (job->grad ? row * job->channels + column : 0);
        double *first = job->first + column, *second = job->second + column;
        const double *centre = job->centre + (job->centre ? column : 0);
        if (job->grad && centre)
            for (npy_intp j = 0; j < width; j++) {
                first[j] += y[j];
                second[j] += (x[j] - centre[j]) * y[j];
            }
        else if (job->grad)
            for (npy_intp j = 0; j < width; j++) {
                first[j] += y[j];
                second[j] += (double)x[j] * y[j];
            }
        else if (centre)
            for (npy_intp j = 0; j < width; j++) {
                first[j] += x[j] - centre[j];
                second[j] += (x[j] - centre[j]) * (x[j] - centre[j]);
            }
        else
            for (npy_intp j = 0; j < width; j++) {
                first[j] += x[j];
                second[j] += (double)x[j] * x[j];
            }
    }
}

static void NAMED(channel_sums_piece)(channel_job *job, int piece, int pieces)
{
    npy_intp first, last;
    if (job->inner == 1) {
        part_of((job->channels + COLUMNS - 1) / COLUMNS, piece, pieces, &first, &last);
        for (npy_intp tile = first; tile < last; tile++) {
            npy_intp column = tile * COLUMNS;
            NAMED(column_sums)(job, column, job->channels - column < COLUMNS ? job->channels - column : COLUMNS);
        }
        return;
    }
    part_of(job->channels, piece, pieces, &first, &last);
    for (npy_intp channel = first; channel < last; channel++)
        for (npy_intp image = 0; image < job->batch; image++) {
            npy_intp at = (image * job->channels + channel) * job->inner;
            const REAL *y = job->grad ? (const REAL *)job->grad + at : NULL;
            NAMED(plane_sums)((const REAL *)job->source + at, y, job->inner, job->centre ? job->centre[channel] : 0,
                              job->first + channel, job->second + channel);
        }
}

REAL_CLONES static void NAMED(plane_map)(const REAL *x, const REAL *y, REAL *out, npy_intp count, REAL centre, REAL a, REAL b, REAL c)
{
    if (y)
        for (npy_intp i = 0; i < count; i++) out[i] = (x[i] - centre) * a + y[i] * c + b;
    else
        for (npy_intp i = 0; i < count; i++) out[i] = (x[i] - centre) * a + b;
}

REAL_CLONES static void NAMED(row_map)(const REAL *x, const REAL *y, REAL *out, npy_intp count, REAL by[4][COLUMNS])
{
    const REAL *centre = by[0], *a = by[1], *b = by[2], *c = by[3];
    if (y)
        for (npy_intp i = 0; i < count; i++) out[i] = (x[i] - centre[i]) * a[i] + y[i] * c[i] + b[i];
    else
        for (npy_intp i = 0; i < count; i++) out[i] = (x[i] - centre[i]) * a[i] + b[i];
}

static void NAMED(channel_map_piece)(channel_job *job, int piece, int pieces)
{
    npy_intp first, last;
    const REAL *x = (const REAL *)job->source, *y = (const REAL *)job->grad;
    REAL *out = (REAL *)job->result;
    const double *by[4] = {job->centre, job->factors[0], job->factors[1], job->factors[2]};
    part_of(job->inner == 1 ? job->batch : job->batch * job->channels, piece, pieces, &first, &last);
    if (job->inner > 1) {
        for (npy_intp plane = first; plane < last; plane++) {
            npy_intp channel = plane % job->channels, at = plane * job->inner;
            REAL of[4];
            for (int which = 0; which < 4; which++) of[which] = by[which] ? (REAL)by[which][channel] : 0;
            NAMED(plane_map)(x + at, y ? y + at : NULL, out + at, job->inner, of[0], of[1], of[2], of[3]);
        }
        return;
    }
    for (npy_intp column = 0; column < job->channels; column += COLUMNS) {
        npy_intp width = job->channels - column < COLUMNS ? job->channels - column : COLUMNS;
        REAL of[4][COLUMNS];
        for (int which = 0; which < 4; which++)
            for (npy_intp i = 0; i < width; i++) of[which][i] = by[which] ? (REAL)by[which][column + i] : 0;
        for (npy_intp row = first; row < last; row++) {
            npy_intp at = row * job->channels + column;
            NAMED(row_map)(x + at, y ? y + at : NULL, out + at, width, of);
        }
    }
}

#undef EXP
#undef WEIGHTED
#undef PLAIN
#undef ELEMENT
#undef AWAY
#undef STEEP
#undef TILTED
#undef TILT
#undef FROM_CENTRE
#undef SQUARE
#undef OTHER
#undef PRODUCT
#undef SUM_OF

#endif
