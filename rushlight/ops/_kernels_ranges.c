/* Evenly spaced numbers, products and sums in one rounding, and distances between rows. */

#ifndef REAL

#include "../_core/_native.h"
#include <math.h>

/* ---------------------------------------------------------------- ranges: see NOTE [ Last bits of a range ] in create_ranges.py */

typedef struct {
    int type;
    npy_intp count, lanes, middle; /* middle: from there on, numbers are counted back from `last` */
    double first, last, step;
    int64_t whole_first, whole_step;
    const double *source;
    void *result;
} range_job;

#define COUNTED(name, REAL) \
    FUSED_CLONES static void name(const range_job *job, npy_intp from, npy_intp to) \
    { \
        REAL *out = job->result; \
        npy_intp lanes = job->lanes, body = job->count / (2 * lanes) * 2 * lanes; \
        for (npy_intp i = from; i < to; i++) out[i] = (REAL)fma((double)i, job->step, job->first); \
        for (npy_intp i = from; i + lanes <= to && i < body; i += lanes) { \
            double head = (double)out[i]; \
            for (npy_intp lane = 1; lane < lanes; lane++) out[i + lane] = (REAL)fma((double)lane, job->step, head); \
        } \
    }
COUNTED(counted_float, float)
COUNTED(counted_double, double)

#define LINE(name, REAL) \
    FUSED_CLONES static void name(const range_job *job, npy_intp from, npy_intp to) \
    { \
        REAL *out = job->result; \
        npy_intp middle = to < job->middle ? to : job->middle, i = from; \
        for (; i < middle; i++) out[i] = (REAL)fma((double)i, job->step, job->first); \
        for (; i < to; i++) out[i] = (REAL)fma((double)(job->count - 1 - i), -job->step, job->last); \
    }
LINE(line_float, float)
LINE(line_double, double)

FUSED_CLONES static void fuse(const range_job *job, npy_intp from, npy_intp to)
{
    double *out = job->result;
    for (npy_intp i = from; i < to; i++) out[i] = fma(job->source[i], job->step, job->first);
}

static void whole_numbers(const range_job *job, npy_intp from, npy_intp to)
{
    uint64_t *out = job->result; /* which wrap around */
    for (npy_intp i = from; i < to; i++) out[i] = (uint64_t)job->whole_first + (uint64_t)i * (uint64_t)job->whole_step;
}

static void range_piece(void *argument, int piece, int pieces)
{
    range_job *job = argument;
    npy_intp first, last;
    lines_of(job->count, piece, pieces, &first, &last);
    if (job->source) fuse(job, first, last);
    else if (job->type == NPY_INT64) whole_numbers(job, first, last);
    else if (job->lanes) (job->type == NPY_FLOAT ? counted_float : counted_double)(job, first, last);
    else (job->type == NPY_FLOAT ? line_float : line_double)(job, first, last);
}

static PyObject *new_range(range_job *job)
{
    PyArrayObject *result = new_array(job->type, 1, &job->count, 0);
    if (!result) return NULL;
    job->result = PyArray_DATA(result);
    run_parallel(range_piece, job, job->count, job->count / 64);
    return (PyObject *)result;
}

static int read_range(range_job *job, PyObject *const *args)
{
    if (!PyArray_DescrCheck(args[0]) || !PyLong_CheckExact(args[1])) return 0;
    job->type = ((PyArray_Descr *)args[0])->type_num;
    job->count = PyLong_AsSsize_t(args[1]);
    if (job->count < 1) PyErr_Clear();
    return job->count > 0;
}

/* (dtype, length, start, step, lanes): start + index * step. */
static PyObject *spaced_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    range_job job = {.lanes = 0};
    if (count != 5 || !read_range(&job, args)) DECLINE;
    if (job.type == NPY_INT64) {
        int first, second;
        job.whole_first = PyLong_CheckExact(args[2]) ? PyLong_AsLongLongAndOverflow(args[2], &first) : (first = 1);
        job.whole_step = PyLong_CheckExact(args[3]) ? PyLong_AsLongLongAndOverflow(args[3], &second) : (second = 1);
        if (first || second) DECLINE;
        return new_range(&job);
    }
    double lanes;
    if ((job.type != NPY_FLOAT && job.type != NPY_DOUBLE) || !number_of(args[2], &job.first) || !number_of(args[3], &job.step)) DECLINE;
    if (!number_of(args[4], &lanes) || (lanes != 4 && lanes != 8)) DECLINE;
    job.lanes = (npy_intp)lanes;
    return new_range(&job);
}

/* (dtype, length, first, last, step): counted from the first, and in the second half back from the last. */
static PyObject *line_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    range_job job = {.lanes = 0};
    if (count != 5 || !read_range(&job, args) || (job.type != NPY_FLOAT && job.type != NPY_DOUBLE)) DECLINE;
    if (!number_of(args[2], &job.first) || !number_of(args[3], &job.last) || !number_of(args[4], &job.step)) DECLINE;
    job.middle = job.count / 2;
    return new_range(&job);
}

/* (x, factor, addend): x * factor + addend in float64, rounded once. */
static PyObject *fused_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *x = count == 3 ? plain_floats(args[0]) : NULL;
    range_job job = {.type = NPY_DOUBLE};
    if (!x || PyArray_TYPE(x) != NPY_DOUBLE || PyArray_NDIM(x) != 1 || !number_of(args[1], &job.step) || !number_of(args[2], &job.first)) DECLINE;
    job.source = PyArray_DATA(x);
    job.count = PyArray_SIZE(x);
    return new_range(&job);
}

/* ---------------------------------------------------------------- distances */

#define WIDTH 64 /* rows of the second operand that are taken together */

typedef struct {
    int type, order; /* order: 1 or 2 */
    npy_intp batch, rows, others, columns;
    const char *x, *y, *grad, *distance;
    char *result;
} distance_job;

#define THIS_FILE "_kernels_ranges.c"
#include "_kernels_floats.h"

static void distance_piece(void *argument, int piece, int pieces)
{
    distance_job *job = argument;
    npy_intp first, last;
    part_of(job->batch * job->rows, piece, pieces, &first, &last);
    if (job->grad) (job->type == NPY_FLOAT ? slopes_float : slopes_double)(job, first, last);
    else (job->type == NPY_FLOAT ? distances_float : distances_double)(job, first, last);
}

static int read_rows(distance_job *job, PyObject *const *args, PyArrayObject **x, PyArrayObject **y)
{
    double order;
    *x = plain_floats(args[0]);
    *y = plain_floats(args[1]);
    if (!*x || !*y || PyArray_TYPE(*x) != PyArray_TYPE(*y) || !number_of(args[2], &order) || (order != 1 && order != 2)) return 0;
    int ndim = PyArray_NDIM(*x);
    if (ndim < 2 || PyArray_NDIM(*y) != ndim || PyArray_DIMS(*x)[ndim - 1] != PyArray_DIMS(*y)[ndim - 1]) return 0;
    if (memcmp(PyArray_DIMS(*x), PyArray_DIMS(*y), (ndim - 2) * sizeof(npy_intp))) return 0;
    *job = (distance_job){.type = PyArray_TYPE(*x), .order = (int)order, .rows = PyArray_DIMS(*x)[ndim - 2], .others = PyArray_DIMS(*y)[ndim - 2],
                          .columns = PyArray_DIMS(*x)[ndim - 1], .x = PyArray_BYTES(*x), .y = PyArray_BYTES(*y)};
    job->batch = PyArray_SIZE(*x) / (job->rows * job->columns);
    return 1;
}

/* (x, y, order): the distances between every row of x and every row of y. */
static PyObject *distances_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *x, *y;
    distance_job job;
    if (count != 3 || !read_rows(&job, args, &x, &y)) DECLINE;
    npy_intp dims[NPY_MAXDIMS];
    int ndim = PyArray_NDIM(x);
    memcpy(dims, PyArray_DIMS(x), ndim * sizeof(npy_intp));
    dims[ndim - 1] = job.others;
    PyArrayObject *result = new_array(job.type, ndim, dims, 0);
    if (!result) return NULL;
    job.result = PyArray_BYTES(result);
    run_parallel(distance_piece, &job, PyArray_SIZE(result) * job.columns / 4, job.batch * job.rows);
    return (PyObject *)result;
}

/* (x, y, order, grad, distances): the gradient for the rows of x. */
static PyObject *slopes_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *x, *y, *grad = count == 5 ? plain_floats(args[3]) : NULL, *distance = count == 5 ? plain_floats(args[4]) : NULL;
    distance_job job;
    if (!grad || !distance || !read_rows(&job, args, &x, &y)) DECLINE;
    npy_intp size = job.batch * job.rows * job.others;
    if (PyArray_SIZE(grad) != size || PyArray_SIZE(distance) != size || PyArray_TYPE(grad) != job.type || PyArray_TYPE(distance) != job.type) DECLINE;
    PyArrayObject *result = new_like(x);
    if (!result) return NULL;
    job.grad = PyArray_BYTES(grad);
    job.distance = PyArray_BYTES(distance);
    job.result = PyArray_BYTES(result);
    run_parallel(distance_piece, &job, size * job.columns / 4, job.batch * job.rows);
    return (PyObject *)result;
}

const kernel_row range_kernels[] = {
    {"spaced", spaced_kernel}, {"line", line_kernel}, {"fused", fused_kernel}, {"distances", distances_kernel}, {"distance_slopes", slopes_kernel}, {NULL}};

#else /* ---------------------------------------------------------------- for each type */

/* Distances of one row to `width` rows that lie side by side, WIDTH apart. */
FEW_CLONES static void NAMED(to_some)(const REAL *x, const REAL *turned, REAL *out, npy_intp columns, npy_intp width, int order)
{
    REAL total[WIDTH] = {0};
    for (npy_intp k = 0; k < columns; k++, turned += WIDTH) {
        REAL value = x[k];
        if (order == 2)
            for (int j = 0; j < WIDTH; j++) total[j] += (value - turned[j]) * (value - turned[j]);
        else
            for (int j = 0; j < WIDTH; j++) total[j] += value < turned[j] ? turned[j] - value : value - turned[j];
    }
    for (npy_intp j = 0; j < width; j++) out[j] = order == 2 ? (REAL)sqrt(total[j]) : total[j];
}

static void NAMED(distances)(distance_job *job, npy_intp first, npy_intp last)
{
    npy_intp columns = job->columns, others = job->others;
    REAL *turned = PyMem_RawCalloc(WIDTH * columns, sizeof(REAL));
    if (!turned) return;
    while (first < last) {
        npy_intp batch = first / job->rows, end = (batch + 1) * job->rows < last ? (batch + 1) * job->rows : last;
        for (npy_intp start = 0; start < others; start += WIDTH) {
            npy_intp width = others - start < WIDTH ? others - start : WIDTH;
            const REAL *y = (const REAL *)job->y + (batch * others + start) * columns;
            for (npy_intp j = 0; j < width; j++)
                for (npy_intp k = 0; k < columns; k++) turned[k * WIDTH + j] = y[j * columns + k];
            for (npy_intp row = first; row < end; row++)
                NAMED(to_some)((const REAL *)job->x + row * columns, turned, (REAL *)job->result + row * others + start, columns, width, job->order);
        }
        first = end;
    }
    PyMem_RawFree(turned);
}

FEW_CLONES static void NAMED(slopes)(distance_job *job, npy_intp first, npy_intp last)
{
    npy_intp columns = job->columns, others = job->others;
    for (npy_intp row = first; row < last; row++) {
        const REAL *x = (const REAL *)job->x + row * columns, *y = (const REAL *)job->y + row / job->rows * others * columns;
        const REAL *grad = (const REAL *)job->grad + row * others, *distance = (const REAL *)job->distance + row * others;
        REAL *out = (REAL *)job->result + row * columns;
        memset(out, 0, columns * sizeof(REAL));
        for (npy_intp j = 0; j < others; j++, y += columns) {
            if (job->order == 1) {
                _Pragma("GCC ivdep") for (npy_intp k = 0; k < columns; k++) out[k] += grad[j] * (REAL)((x[k] > y[k]) - (x[k] < y[k]));
                continue;
            }
            if (distance[j] == 0) continue;
            REAL slope = grad[j] / distance[j];
            _Pragma("GCC ivdep") for (npy_intp k = 0; k < columns; k++) out[k] += (x[k] - y[k]) * slope;
        }
    }
}

#endif
