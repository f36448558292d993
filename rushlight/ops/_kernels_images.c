/* Pooling of planes, convolutions of single channels, and gradients put at indices of planes. Memory is row-major. */

#ifndef REAL

#include "../_core/_native.h"
#include <math.h>
#include <stdlib.h>

typedef struct {
    int type;
    const char *source, *weight, *grad; /* weight, grad: for convolutions, and in backward passes */
    char *result, *second;
    int64_t *indices;
    npy_intp planes, height, width, rows, columns; /* a plane's sizes, and its result's */
    npy_intp kernel[2], stride[2], padding[2], dilation[2];
    npy_intp channels, per_channel; /* convolutions: results for each channel */
    int ceil_mode;         /* pooling: whether the last windows may leave the padded image */
    int padded;            /* averages: whether the padding counts */
    double divisor;        /* averages: what sums are divided by, 0 for the number of elements */
} plane_job;

#define REAL double
#define NAMED(name) name##_double
#include "_kernels_images.c"
#undef REAL
#undef NAMED
#define REAL float
#define NAMED(name) name##_float
#include "_kernels_images.c"
#undef REAL
#undef NAMED

#define RUNNER(name) \
    static void run_##name(void *argument, int piece, int pieces) \
    { \
        plane_job *job = argument; \
        npy_intp first, last; \
        part_of(job->planes, piece, pieces, &first, &last); \
        for (npy_intp plane = first; plane < last; plane++) { \
            if (job->type == NPY_FLOAT) name##_float(job, plane); \
            else name##_double(job, plane); \
        } \
    }
RUNNER(max_pool)
RUNNER(put_plane)
RUNNER(average)
RUNNER(spread_average)
RUNNER(channel_forward)
RUNNER(channel_backward)
RUNNER(channel_weight)

/* Two ints of a sequence of one or two. */
static int pair_of(PyObject *value, npy_intp *found)
{
    if (!PyTuple_Check(value) && !PyList_CheckExact(value)) return 0;
    Py_ssize_t size = PySequence_Fast_GET_SIZE(value);
    if (size != 1 && size != 2) return 0;
    for (int index = 0; index < 2; index++) {
        PyObject *entry = PySequence_Fast_GET_ITEM(value, size == 1 ? 0 : index);
        if (!PyLong_CheckExact(entry)) return 0;
        found[index] = PyLong_AsSsize_t(entry);
        if (found[index] < 0 || found[index] > 1 << 24) {
            PyErr_Clear();
            return 0;
        }
    }
    return 1;
}

/* Sizes of results; 0 where the windows are not those of a plain pooling or convolution. */
static int read_places(plane_job *job, PyArrayObject *x)
{
    int ndim = PyArray_NDIM(x);
    job->type = PyArray_TYPE(x);
    job->height = PyArray_DIMS(x)[ndim - 2];
    job->width = PyArray_DIMS(x)[ndim - 1];
    npy_intp sizes[2] = {job->height, job->width}, places[2];
    for (int index = 0; index < 2; index++) {
        if (job->kernel[index] < 1 || job->stride[index] < 1 || job->dilation[index] < 1) return 0;
        npy_intp span = job->dilation[index] * (job->kernel[index] - 1) + 1, room = sizes[index] + 2 * job->padding[index] - span;
        if (room < 0) return 0;
        places[index] = (room + (job->ceil_mode ? job->stride[index] - 1 : 0)) / job->stride[index] + 1;
        if (job->ceil_mode && (places[index] - 1) * job->stride[index] >= sizes[index] + job->padding[index]) places[index]--;
    }
    job->rows = places[0];
    job->columns = places[1];
    job->planes = PyArray_SIZE(x) / (job->height * job->width);
    return 1;
}

/* The windows of a pooling: x, kernel_size, stride (which may be empty: the kernel's size), padding; 0 for those to be refused. */
static int read_windows(plane_job *job, PyArrayObject *x, PyObject *const *args, npy_intp *dims)
{
    int ndim = x ? PyArray_NDIM(x) : 0;
    if ((ndim != 4 && ndim != 3) || !pair_of(args[0], job->kernel) || !pair_of(args[2], job->padding)) return 0;
    int given = (PyTuple_Check(args[1]) || PyList_CheckExact(args[1])) && PySequence_Fast_GET_SIZE(args[1]) > 0;
    if (given ? !pair_of(args[1], job->stride) : args[1] != Py_None && !PyTuple_Check(args[1]) && !PyList_CheckExact(args[1])) return 0;
    if (!given) memcpy(job->stride, job->kernel, sizeof job->kernel);
    if (!read_places(job, x) || job->padding[0] * 2 > job->kernel[0] || job->padding[1] * 2 > job->kernel[1]) return 0;
    job->source = PyArray_BYTES(x);
    memcpy(dims, PyArray_DIMS(x), ndim * sizeof(npy_intp));
    dims[ndim - 2] = job->rows;
    dims[ndim - 1] = job->columns;
    return 1;
}

/* (x, kernel_size, stride, padding, dilation, ceil_mode): maxima, and where they are. */
static PyObject *max_pool_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *x = count == 6 && PyBool_Check(args[5]) ? plain_floats(args[0]) : NULL;
    plane_job job = {.ceil_mode = count == 6 && args[5] == Py_True};
    npy_intp dims[4];
    if (!x || !pair_of(args[4], job.dilation) || !read_windows(&job, x, args + 1, dims)) DECLINE;
    int ndim = PyArray_NDIM(x);
    PyArrayObject *result = new_array(job.type, ndim, dims, 0), *indices = new_array(NPY_INT64, ndim, dims, 0);
    PyObject *found = result && indices ? PyTuple_Pack(2, result, indices) : NULL;
    if (found) {
        job.result = PyArray_BYTES(result);
        job.indices = PyArray_DATA(indices);
        run_parallel(run_max_pool, &job, PyArray_SIZE(result) * job.kernel[0] * job.kernel[1], job.planes);
    }
    Py_XDECREF(result);
    Py_XDECREF(indices);
    return found;
}

/* What averages are given after their arrays: kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override. */
static int read_averages(plane_job *job, PyArrayObject *x, PyObject *const *args, npy_intp *dims)
{
    if (!x || !PyBool_Check(args[3]) || !PyBool_Check(args[4]) || (args[5] != Py_None && !PyLong_CheckExact(args[5]))) return 0;
    job->divisor = args[5] == Py_None ? 0 : PyLong_AsDouble(args[5]);
    if (args[5] != Py_None && !(fabs(job->divisor) >= 1 && fabs(job->divisor) < 1e9)) return PyErr_Clear(), 0;
    job->dilation[0] = job->dilation[1] = 1;
    job->ceil_mode = args[3] == Py_True;
    job->padded = args[4] == Py_True;
    return read_windows(job, x, args, dims);
}

/* (x, and what averages are given) */
static PyObject *average_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *x = count == 7 ? plain_floats(args[0]) : NULL;
    plane_job job = {.type = 0};
    npy_intp dims[4];
    if (!read_averages(&job, x, args + 1, dims)) DECLINE;
    PyArrayObject *result = new_array(job.type, PyArray_NDIM(x), dims, 0);
    if (!result) return NULL;
    job.result = PyArray_BYTES(result);
    run_parallel(run_average, &job, PyArray_SIZE(result) * job.kernel[0] * job.kernel[1], job.planes);
    return (PyObject *)result;
}

/* (grad, x, and what averages are given): the gradient of x. */
static PyObject *average_backward_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *grad = count == 8 ? plain_floats(args[0]) : NULL, *x = grad ? plain_floats(args[1]) : NULL;
    plane_job job = {.type = 0};
    npy_intp dims[4];
    if (!read_averages(&job, x, args + 2, dims) || PyArray_TYPE(grad) != job.type || PyArray_NDIM(grad) != PyArray_NDIM(x)) DECLINE;
    if (memcmp(dims, PyArray_DIMS(grad), PyArray_NDIM(x) * sizeof(npy_intp))) DECLINE;
    PyArrayObject *result = new_like(x);
    if (!result) return NULL;
    job.grad = PyArray_BYTES(grad);
    job.result = PyArray_BYTES(result);
    run_parallel(run_spread_average, &job, PyArray_SIZE(grad) * job.kernel[0] * job.kernel[1], job.planes);
    return (PyObject *)result;
}

/* (grad, indices, planes, size): (planes, size) with each gradient added at its index within its plane. */
static PyObject *put_planes_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *grad = count == 4 ? plain_floats(args[0]) : NULL, *indices = count == 4 ? array_of(args[1]) : NULL;
    if (!grad || !indices || PyArray_TYPE(indices) != NPY_INT64 || !is_plain(indices) || !same_shape(grad, indices)) DECLINE;
    npy_intp dims[2] = {PyLong_AsSsize_t(args[2]), PyLong_AsSsize_t(args[3])};
    if (PyErr_Occurred()) return NULL;
    if (dims[0] < 1 || dims[1] < 1 || PyArray_SIZE(grad) % dims[0]) DECLINE;
    const int64_t *index = PyArray_DATA(indices);
    for (npy_intp i = 0; i < PyArray_SIZE(indices); i++)
        if (index[i] < 0 || index[i] >= dims[1]) DECLINE;
    PyArrayObject *result = new_array(PyArray_TYPE(grad), 2, dims, 0);
    if (!result) return NULL;
    plane_job job = {.type = PyArray_TYPE(grad), .grad = PyArray_BYTES(grad), .indices = (int64_t *)index, .result = PyArray_BYTES(result),
                     .planes = dims[0], .height = dims[1], .rows = PyArray_SIZE(grad) / dims[0]};
    run_parallel(run_put_plane, &job, PyArray_SIZE(grad) + PyArray_SIZE(result), job.planes);
    return (PyObject *)result;
}

/* A convolution in which every group has one input channel: x (N, C, H, W), w (C * per_channel, 1, kh, kw). */
static int read_channels(plane_job *job, PyObject *const *args, PyArrayObject **x, PyArrayObject **w)
{
    *x = plain_floats(args[0]);
    *w = plain_floats(args[1]);
    if (!*x || !*w || PyArray_NDIM(*x) != 4 || PyArray_NDIM(*w) != 4 || PyArray_TYPE(*x) != PyArray_TYPE(*w) || PyArray_DIMS(*w)[1] != 1) return 0;
    job->channels = PyArray_DIMS(*x)[1];
    if (PyArray_DIMS(*w)[0] % job->channels) return 0;
    job->per_channel = PyArray_DIMS(*w)[0] / job->channels;
    job->kernel[0] = PyArray_DIMS(*w)[2];
    job->kernel[1] = PyArray_DIMS(*w)[3];
    if (!pair_of(args[2], job->stride) || !pair_of(args[3], job->padding) || !pair_of(args[4], job->dilation)) return 0;
    job->source = PyArray_BYTES(*x);
    job->weight = PyArray_BYTES(*w);
    return read_places(job, *x);
}

/* (x, w, stride, padding, dilation) */
static PyObject *channel_conv_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *x, *w;
    plane_job job = {.type = 0};
    if (count != 5 || !read_channels(&job, args, &x, &w)) DECLINE;
    npy_intp dims[4] = {PyArray_DIMS(x)[0], PyArray_DIMS(w)[0], job.rows, job.columns};
    PyArrayObject *result = new_array(job.type, 4, dims, 0);
    if (!result) return NULL;
    job.planes = dims[0] * dims[1];
    job.result = PyArray_BYTES(result);
    run_parallel(run_channel_forward, &job, PyArray_SIZE(result) * job.kernel[0] * job.kernel[1], job.planes);
    return (PyObject *)result;
}

static int read_grad(plane_job *job, PyObject *value, PyArrayObject *x)
{
    PyArrayObject *grad = plain_floats(value);
    if (!grad || PyArray_TYPE(grad) != job->type || PyArray_NDIM(grad) != 4) return 0;
    npy_intp *dims = PyArray_DIMS(grad);
    job->grad = PyArray_BYTES(grad);
    return dims[0] == PyArray_DIMS(x)[0] && dims[1] == job->channels * job->per_channel && dims[2] == job->rows && dims[3] == job->columns;
}

/* (x, w, stride, padding, dilation, grad): the gradients of x and of w. */
static PyObject *channel_conv_backward_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *x, *w;
    plane_job job = {.type = 0};
    if (count != 6 || !read_channels(&job, args, &x, &w) || !read_grad(&job, args[5], x)) DECLINE;
    PyArrayObject *first = new_like(x), *second = new_like(w);
    PyObject *found = first && second ? PyTuple_Pack(2, first, second) : NULL;
    if (found) {
        npy_intp work = PyArray_SIZE(x) * job.kernel[0] * job.kernel[1];
        job.result = PyArray_BYTES(first);
        run_parallel(run_channel_backward, &job, work, job.planes);
        job.result = PyArray_BYTES(second);
        job.height = PyArray_DIMS(x)[2];
        npy_intp images = PyArray_DIMS(x)[0];
        job.planes = PyArray_DIMS(w)[0];
        job.second = (char *)&images;
        run_parallel(run_channel_weight, &job, work, job.planes);
    }
    Py_XDECREF(first);
    Py_XDECREF(second);
    return found;
}

const kernel_row image_kernels[] = {
    {"max_pool", max_pool_kernel}, {"put_planes", put_planes_kernel}, {"channel_conv", channel_conv_kernel},
    {"average_pool", average_kernel}, {"average_pool_backward", average_backward_kernel},
    {"channel_conv_backward", channel_conv_backward_kernel}, {NULL}};

#else /* ---------------------------------------------------------------- for each type */

/* The first of equal maxima; a nan is larger than anything, and the last one counts. */
static void NAMED(max_pool)(plane_job *job, npy_intp plane)
{
    const REAL *x = (const REAL *)job->source + plane * job->height * job->width;
    REAL *out = (REAL *)job->result + plane * job->rows * job->columns;
    int64_t *places = job->indices + plane * job->rows * job->columns;
    for (npy_intp row = 0; row < job->rows; row++) {
        npy_intp top = row * job->stride[0] - job->padding[0];
        npy_intp first = top < 0 ? (-top + job->dilation[0] - 1) / job->dilation[0] : 0;
        for (npy_intp column = 0; column < job->columns; column++) {
            npy_intp left = column * job->stride[1] - job->padding[1];
            npy_intp start = left < 0 ? (-left + job->dilation[1] - 1) / job->dilation[1] : 0;
            npy_intp found = (top + first * job->dilation[0]) * job->width + left + start * job->dilation[1];
            npy_intp bottom = (job->height - top + job->dilation[0] - 1) / job->dilation[0];
            npy_intp right = (job->width - left + job->dilation[1] - 1) / job->dilation[1];
            if (bottom > job->kernel[0]) bottom = job->kernel[0];
            if (right > job->kernel[1]) right = job->kernel[1];
            REAL best = -INFINITY, sum = 0;
            for (npy_intp i = first; i < bottom; i++) {
                npy_intp at = (top + i * job->dilation[0]) * job->width + left + start * job->dilation[1];
                for (npy_intp j = start; j < right; j++, at += job->dilation[1]) {
                    REAL value = x[at];
                    int larger = value > best; /* selected without a jump: which is the largest cannot be foreseen */
                    best = larger ? value : best;
                    found = larger ? at : found;
                    sum += value;
                }
            }
            for (npy_intp i = first; sum != sum && i < bottom; i++) { /* there may be a nan */
                npy_intp at = (top + i * job->dilation[0]) * job->width + left + start * job->dilation[1];
                for (npy_intp j = start; j < right; j++, at += job->dilation[1]) {
                    if (x[at] == x[at]) continue;
                    best = x[at];
                    found = at;
                }
            }
            out[row * job->columns + column] = best;
            places[row * job->columns + column] = found;
        }
    }
}

/* Every window of a plane: its place `at` among the results, the elements [top, bottom) x [left, right) within the plane, and the number
   that their sum is divided by. */
#define EACH_WINDOW(job) \
    for (npy_intp row = 0, at = 0; row < (job)->rows; row++) { \
        npy_intp above = row * (job)->stride[0] - (job)->padding[0], below = above + (job)->kernel[0]; \
        npy_intp high = below < (job)->height + (job)->padding[0] ? below - above : (job)->height + (job)->padding[0] - above; \
        npy_intp top = above > 0 ? above : 0, bottom = below < (job)->height ? below : (job)->height; \
        for (npy_intp column = 0; column < (job)->columns; column++, at++) { \
            npy_intp before = column * (job)->stride[1] - (job)->padding[1], after = before + (job)->kernel[1]; \
            npy_intp wide = after < (job)->width + (job)->padding[1] ? after - before : (job)->width + (job)->padding[1] - before; \
            npy_intp left = before > 0 ? before : 0, right = after < (job)->width ? after : (job)->width; \
            REAL number = (job)->divisor ? (REAL)(job)->divisor : (REAL)((job)->padded ? high * wide : (bottom - top) * (right - left));
#define END_WINDOW \
        } \
    }

static void NAMED(average)(plane_job *job, npy_intp plane)
{
    const REAL *x = (const REAL *)job->source + plane * job->height * job->width;
    REAL *out = (REAL *)job->result + plane * job->rows * job->columns;
    EACH_WINDOW(job)
    REAL total = 0;
    for (npy_intp i = top; i < bottom; i++)
        for (npy_intp j = left; j < right; j++) total += x[i * job->width + j];
    out[at] = total / number;
    END_WINDOW
}

static void NAMED(spread_average)(plane_job *job, npy_intp plane)
{
    const REAL *grad = (const REAL *)job->grad + plane * job->rows * job->columns;
    REAL *out = (REAL *)job->result + plane * job->height * job->width;
    memset(out, 0, job->height * job->width * sizeof(REAL));
    EACH_WINDOW(job)
    REAL part = grad[at] / number;
    for (npy_intp i = top; i < bottom; i++)
        for (npy_intp j = left; j < right; j++) out[i * job->width + j] += part;
    END_WINDOW
}

#undef EACH_WINDOW
#undef END_WINDOW

static void NAMED(put_plane)(plane_job *job, npy_intp plane)
{
    const REAL *grad = (const REAL *)job->grad + plane * job->rows;
    const int64_t *index = job->indices + plane * job->rows;
    REAL *out = (REAL *)job->result + plane * job->height;
    memset(out, 0, job->height * sizeof(REAL));
    for (npy_intp i = 0; i < job->rows; i++) out[index[i]] += grad[i];
}

/* The results first..last of a line whose j-th tap reads within the line. */
INLINE void NAMED(span)(const plane_job *job, npy_intp tap, npy_intp *first, npy_intp *last, npy_intp *offset)
{
    npy_intp start = tap * job->dilation[1] - job->padding[1], stride = job->stride[1], room = job->width - 1 - start;
    *first = start < 0 ? (-start + stride - 1) / stride : 0;
    *last = room < 0 ? 0 : room / stride + 1;
    if (*last > job->columns) *last = job->columns;
    *offset = start;
}

/* out[c] += w x[c * stride + offset]; and its transpose. */
INLINE void NAMED(add_scaled)(REAL *out, const REAL *x, REAL w, npy_intp first, npy_intp last, npy_intp stride, npy_intp offset)
{
    if (stride == 1)
        _Pragma("GCC ivdep") for (npy_intp c = first; c < last; c++) out[c] += w * x[c + offset];
    else
        for (npy_intp c = first; c < last; c++) out[c] += w * x[c * stride + offset];
}

INLINE void NAMED(spread_scaled)(REAL *x, const REAL *grad, REAL w, npy_intp first, npy_intp last, npy_intp stride, npy_intp offset)
{
    if (stride == 1)
        _Pragma("GCC ivdep") for (npy_intp c = first; c < last; c++) x[c + offset] += w * grad[c];
    else
        for (npy_intp c = first; c < last; c++) x[c * stride + offset] += w * grad[c];
}

INLINE double NAMED(dot)(const REAL *grad, const REAL *x, npy_intp first, npy_intp last, npy_intp stride, npy_intp offset)
{
    REAL lane[16] = {0};
    double total = 0;
    npy_intp c = first;
    if (stride == 1) {
        for (; c + 16 <= last; c += 16)
            for (int j = 0; j < 16; j++) lane[j] += grad[c + j] * x[c + j + offset];
        for (int j = 0; j < 16; j++) total += lane[j];
    }
    for (; c < last; c++) total += (double)grad[c] * x[c * stride + offset];
    return total;
}

#define EACH_TAP(job) \
    for (npy_intp j = 0; j < (job)->kernel[1]; j++) { \
        npy_intp first, last, offset; \
        NAMED(span)(job, j, &first, &last, &offset); \
        for (npy_intp i = 0; i < (job)->kernel[0]; i++) \
            for (npy_intp row = 0; row < (job)->rows; row++) { \
                npy_intp y = row * (job)->stride[0] - (job)->padding[0] + i * (job)->dilation[0]; \
                if (y < 0 || y >= (job)->height) continue;
#define END_TAP \
            } \
        }

FEW_CLONES static void NAMED(channel_forward)(plane_job *job, npy_intp plane)
{
    npy_intp outputs = job->channels * job->per_channel, output = plane % outputs, channel = output / job->per_channel;
    const REAL *x = (const REAL *)job->source + (plane / outputs * job->channels + channel) * job->height * job->width;
    const REAL *w = (const REAL *)job->weight + output * job->kernel[0] * job->kernel[1];
    REAL *out = (REAL *)job->result + plane * job->rows * job->columns;
    memset(out, 0, job->rows * job->columns * sizeof(REAL));
    EACH_TAP(job)
    NAMED(add_scaled)(out + row * job->columns, x + y * job->width, w[i * job->kernel[1] + j], first, last, job->stride[1], offset);
    END_TAP
}

FEW_CLONES static void NAMED(channel_backward)(plane_job *job, npy_intp plane)
{
    npy_intp image = plane / job->channels, channel = plane % job->channels;
    REAL *x = (REAL *)job->result + plane * job->height * job->width;
    memset(x, 0, job->height * job->width * sizeof(REAL));
    for (npy_intp part = 0; part < job->per_channel; part++) {
        npy_intp output = channel * job->per_channel + part;
        const REAL *w = (const REAL *)job->weight + output * job->kernel[0] * job->kernel[1];
        const REAL *grad = (const REAL *)job->grad + (image * job->channels * job->per_channel + output) * job->rows * job->columns;
        EACH_TAP(job)
        NAMED(spread_scaled)(x + y * job->width, grad + row * job->columns, w[i * job->kernel[1] + j], first, last, job->stride[1], offset);
        END_TAP
    }
}

/* Here a "plane" is an output channel. */
FEW_CLONES static void NAMED(channel_weight)(plane_job *job, npy_intp output)
{
    npy_intp images = *(npy_intp *)job->second, channel = output / job->per_channel, taps = job->kernel[0] * job->kernel[1];
    REAL *w = (REAL *)job->result + output * taps;
    double few[64] = {0}, *sums = taps <= 64 ? few : calloc(taps, sizeof(double));
    for (npy_intp image = 0; sums && image < images; image++) {
        const REAL *x = (const REAL *)job->source + (image * job->channels + channel) * job->height * job->width;
        const REAL *grad = (const REAL *)job->grad + (image * job->channels * job->per_channel + output) * job->rows * job->columns;
        EACH_TAP(job)
        sums[i * job->kernel[1] + j] += NAMED(dot)(grad + row * job->columns, x + y * job->width, first, last, job->stride[1], offset);
        END_TAP
    }
    for (npy_intp tap = 0; tap < taps; tap++) w[tap] = sums ? (REAL)sums[tap] : (REAL)NAN;
    if (sums != few) free(sums);
}

#undef EACH_TAP
#undef END_TAP

#endif
