/* Looking up, and adding to, places that an index of int64 names along one dimension. Memory is row-major; an index that is out of
   bounds is declined, so that NumPy's kernel says what is wrong. Additions happen in the order of the index. */

#include "../_core/_native.h"

typedef struct {
    char *target;
    const char *source;
    const int64_t *index;
    lines shape;       /* of the array that the index speaks of */
    npy_intp count;    /* indices along the dimension */
    npy_intp item;
    int type, wraps;
} index_job;

/* A plain array of numbers, whose bytes may be moved about. */
static PyArrayObject *plain_numbers(PyObject *value)
{
    PyArrayObject *array = array_of(value);
    return array && PyArray_TYPE(array) < NPY_OBJECT && is_plain(array) ? array : NULL;
}

#define MOST 16 /* dimensions of small arrays */

static PyArrayObject *index_of(PyObject *value)
{
    PyArrayObject *array = array_of(value);
    if (!array || PyArray_ITEMSIZE(array) != 8 || !PyTypeNum_ISSIGNED(PyArray_TYPE(array)) || !PyTypeNum_ISINTEGER(PyArray_TYPE(array))) return NULL;
    return PyArray_IS_C_CONTIGUOUS(array) && PyArray_SIZE(array) > 0 ? array : NULL;
}

/* Whether all indices are in bounds: from 0, or with `wraps` from -size. */
FEW_CLONES static int in_bounds(const int64_t *index, npy_intp count, npy_intp size, int wraps)
{
    int64_t low = 0, high = 0;
    for (npy_intp i = 0; i < count; i++) {
        low = index[i] < low ? index[i] : low;
        high = index[i] > high ? index[i] : high;
    }
    return low >= (wraps ? -size : 0) && high < size;
}

INLINE npy_intp place(const index_job *job, npy_intp i)
{
    int64_t found = job->index[i];
    return job->wraps && found < 0 ? found + job->shape.size : found;
}

/* ---------------------------------------------------------------- lines: one index for all of them */

static void take_piece(void *argument, int piece, int pieces)
{
    index_job *job = argument;
    npy_intp first, last, run = job->shape.inner * job->item;
    part_of(job->shape.outer * job->count, piece, pieces, &first, &last);
    npy_intp outer = first / job->count, i = first % job->count;
    for (npy_intp unit = first; unit < last; unit++) {
        const char *source = job->source + (outer * job->shape.size + place(job, i)) * run;
        char *target = job->target + unit * run;
        if (run == 4) memcpy(target, source, 4);
        else if (run == 8) memcpy(target, source, 8);
        else memcpy(target, source, run);
        if (++i == job->count) {
            i = 0;
            outer++;
        }
    }
}

/* x at the indices of dimension `axis`; the index's dimensions stand in its place. */
static PyObject *take_lines(PyArrayObject *x, int axis, PyArrayObject *index, int wraps)
{
    int ndim = PyArray_NDIM(x), extra = PyArray_NDIM(index), out = 0;
    npy_intp dims[NPY_MAXDIMS];
    if (ndim + extra > 32) DECLINE;
    for (int dim = 0; dim < axis; dim++) dims[out++] = PyArray_DIMS(x)[dim];
    for (int dim = 0; dim < extra; dim++) dims[out++] = PyArray_DIMS(index)[dim];
    for (int dim = axis + 1; dim < ndim; dim++) dims[out++] = PyArray_DIMS(x)[dim];
    index_job job = {.source = PyArray_BYTES(x), .index = PyArray_DATA(index), .shape = lines_along(x, axis),
                     .count = PyArray_SIZE(index), .item = PyArray_ITEMSIZE(x), .wraps = wraps};
    if (!in_bounds(job.index, job.count, job.shape.size, wraps)) DECLINE;
    PyArrayObject *result = new_array(PyArray_TYPE(x), out, dims, 0);
    if (!result) return NULL;
    job.target = PyArray_BYTES(result);
    run_parallel(take_piece, &job, PyArray_SIZE(result), job.shape.outer * job.count);
    return (PyObject *)result;
}

/* (x, dim, index) */
static PyObject *index_select_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *x = count == 3 ? plain_numbers(args[0]) : NULL, *index = count == 3 ? index_of(args[2]) : NULL;
    int axis = x ? axis_of(args[1], PyArray_NDIM(x)) : -1;
    if (axis < 0 || !index || PyArray_NDIM(index) != 1) DECLINE;
    return take_lines(x, axis, index, 0);
}

/* (weight, indices, ...) */
static PyObject *embedding_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *weight = count > 1 ? plain_numbers(args[0]) : NULL, *index = count > 1 ? index_of(args[1]) : NULL;
    if (!weight || PyArray_NDIM(weight) != 2 || !index) DECLINE;
    return take_lines(weight, 0, index, 0);
}

/* (x, [index]) */
static PyObject *index_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *x = count == 2 ? plain_numbers(args[0]) : NULL;
    if (!x || !PyArray_NDIM(x) || !PyList_CheckExact(args[1]) || PyList_GET_SIZE(args[1]) != 1) DECLINE;
    PyArrayObject *index = index_of(PyList_GET_ITEM(args[1], 0));
    if (!index || !PyArray_NDIM(index)) DECLINE;
    for (int dim = 0; dim < PyArray_NDIM(x); dim++)
        if (dim && PyArray_DIMS(x)[dim] == 1) DECLINE; /* whose strides take more thought */
    for (int dim = 0; dim < PyArray_NDIM(index); dim++)
        if (PyArray_DIMS(index)[dim] == 1) DECLINE;
    return take_lines(x, 0, index, 1);
}

#define ADDING(name, TYPE) \
    FEW_CLONES static void name(TYPE *target, const TYPE *source, npy_intp count) \
    { \
        _Pragma("GCC ivdep") for (npy_intp i = 0; i < count; i++) target[i] += source[i]; \
    }
ADDING(add_float, float)
ADDING(add_double, double)
ADDING(add_long, int64_t)

static void add_run(int type, char *target, const char *source, npy_intp count)
{
    if (type == NPY_FLOAT) add_float((float *)target, (const float *)source, count);
    else if (type == NPY_DOUBLE) add_double((double *)target, (const double *)source, count);
    else add_long((int64_t *)target, (const int64_t *)source, count);
}

/* Each thread takes some of the outer parts, or of the columns, so that every place is added to in order. */
static void add_lines_piece(void *argument, int piece, int pieces)
{
    index_job *job = argument;
    npy_intp first = 0, last = job->shape.outer, left = 0, right = job->shape.inner, run = job->shape.inner * job->item;
    if (job->shape.outer >= pieces) part_of(job->shape.outer, piece, pieces, &first, &last);
    else part_of(job->shape.inner, piece, pieces, &left, &right);
    for (npy_intp outer = first; outer < last; outer++)
        for (npy_intp i = 0; i < job->count; i++) {
            if (run == 4 && job->type == NPY_FLOAT) {
                ((float *)job->target)[outer * job->shape.size + place(job, i)] += ((const float *)job->source)[outer * job->count + i];
                continue;
            }
            char *target = job->target + (outer * job->shape.size + place(job, i)) * run + left * job->item;
            const char *source = job->source + (outer * job->count + i) * run + left * job->item;
            add_run(job->type, target, source, right - left);
        }
}

/* (target, dim, index, source, wraps): target at the indices of a dimension += source, which has as many entries there. True, or None. */
static PyObject *add_lines_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *target = count == 5 ? plain_numbers(args[0]) : NULL, *index = count == 5 ? index_of(args[2]) : NULL;
    PyArrayObject *source = count == 5 ? plain_numbers(args[3]) : NULL;
    int axis = target ? axis_of(args[1], PyArray_NDIM(target)) : -1;
    if (axis < 0 || !index || !source || PyArray_TYPE(source) != PyArray_TYPE(target) || !PyArray_ISWRITEABLE(target)) DECLINE;
    index_job job = {.target = PyArray_BYTES(target), .source = PyArray_BYTES(source), .index = PyArray_DATA(index), .type = PyArray_TYPE(target),
                     .shape = lines_along(target, axis), .count = PyArray_SIZE(index), .item = PyArray_ITEMSIZE(target), .wraps = args[4] == Py_True};
    if (!is_float(target) && job.type != NPY_INT64) DECLINE;
    if (PyArray_SIZE(source) != job.shape.outer * job.count * job.shape.inner || !in_bounds(job.index, job.count, job.shape.size, job.wraps)) DECLINE;
    npy_intp units = job.shape.outer > job.shape.inner / 16 ? job.shape.outer : job.shape.inner / 16;
    run_parallel(add_lines_piece, &job, PyArray_SIZE(source), units);
    Py_RETURN_TRUE;
}

/* ---------------------------------------------------------------- elements: an index for each */

#define GATHERING(name, TYPE) \
    static int name(const index_job *job, npy_intp first, npy_intp last) \
    { \
        npy_intp size = job->shape.size, inner = job->shape.inner; \
        TYPE *target = (TYPE *)job->target; \
        const TYPE *source = (const TYPE *)job->source; \
        for (npy_intp outer = first; outer < last; outer++) \
            for (npy_intp i = 0; i < job->count; i++) \
                for (npy_intp j = 0, at = (outer * job->count + i) * inner; j < inner; j++, at++) \
                    target[at] = source[(outer * size + job->index[at]) * inner + j]; \
        return 1; \
    }
GATHERING(gather_4, uint32_t)
GATHERING(gather_8, uint64_t)

/* The dimension is cut where there are no outer parts: the rest of the index is then the inner part of one long line. */
static void gather_piece(void *argument, int piece, int pieces)
{
    index_job part = *(index_job *)argument;
    npy_intp first = 0, last = part.shape.outer;
    if (last > 1) part_of(last, piece, pieces, &first, &last);
    else {
        npy_intp from, to;
        part_of(part.count, piece, pieces, &from, &to);
        part.count = to - from;
        part.index += from * part.shape.inner;
        part.target += from * part.shape.inner * part.item;
    }
    if (part.item == 4) gather_4(&part, first, last);
    else gather_8(&part, first, last);
}

/* Whether the index is as large as the array in all other dimensions. */
static int fits(PyArrayObject *array, PyArrayObject *index, int axis)
{
    if (PyArray_NDIM(array) != PyArray_NDIM(index)) return 0;
    for (int dim = 0; dim < PyArray_NDIM(array); dim++)
        if (dim != axis && PyArray_DIMS(array)[dim] != PyArray_DIMS(index)[dim]) return 0;
    return 1;
}

/* gather() along an index of any strides, which may be smaller than the array; of few elements */
static PyObject *gather_few(PyArrayObject *x, int axis, PyArrayObject *index)
{
    int ndim = PyArray_NDIM(x);
    npy_intp item = PyArray_ITEMSIZE(x), place[MOST] = {0}, size = PyArray_SIZE(index), *dims = PyArray_DIMS(index);
    if (PyArray_NDIM(index) != ndim || ndim > MOST || size > 4096 || !size) DECLINE;
    for (int dim = 0; dim < ndim; dim++)
        if (dim != axis && dims[dim] > PyArray_DIMS(x)[dim]) DECLINE;
    PyArrayObject *result = new_array(PyArray_TYPE(x), ndim, dims, 0);
    if (!result) return NULL;
    char *to = PyArray_BYTES(result);
    for (npy_intp number = 0; number < size; number++, to += item) {
        const char *at = PyArray_BYTES(index), *from = PyArray_BYTES(x);
        for (int dim = 0; dim < ndim; dim++) {
            at += place[dim] * PyArray_STRIDES(index)[dim];
            if (dim != axis) from += place[dim] * PyArray_STRIDES(x)[dim];
        }
        int64_t chosen = *(const int64_t *)at;
        if (chosen < 0 || chosen >= PyArray_DIMS(x)[axis]) {
            Py_DECREF(result);
            DECLINE;
        }
        memcpy(to, from + chosen * PyArray_STRIDES(x)[axis], item);
        for (int dim = ndim - 1; dim >= 0 && ++place[dim] == dims[dim]; dim--) place[dim] = 0;
    }
    return (PyObject *)result;
}

/* (x, dim, index, sparse_grad) */
static PyObject *gather_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *x = count >= 3 ? plain_numbers(args[0]) : NULL, *index = count >= 3 ? array_of(args[2]) : NULL;
    int axis = x ? axis_of(args[1], PyArray_NDIM(x)) : -1;
    if (axis < 0 || !index || PyArray_TYPE(index) != NPY_LONG || (count > 3 && args[3] != Py_False)) DECLINE;
    if (!fits(x, index, axis) || !is_plain(index)) return PyTypeNum_ISUNSIGNED(PyArray_TYPE(x)) ? Py_NewRef(Py_None) : gather_few(x, axis, index);
    if ((PyArray_ITEMSIZE(x) != 4 && PyArray_ITEMSIZE(x) != 8) || PyTypeNum_ISUNSIGNED(PyArray_TYPE(x))) DECLINE;
    index_job job = {.source = PyArray_BYTES(x), .index = PyArray_DATA(index), .shape = lines_along(x, axis),
                     .count = PyArray_DIMS(index)[axis], .item = PyArray_ITEMSIZE(x)};
    if (!in_bounds(job.index, PyArray_SIZE(index), job.shape.size, 0)) DECLINE;
    PyArrayObject *result = new_array(PyArray_TYPE(x), PyArray_NDIM(index), PyArray_DIMS(index), 0);
    if (!result) return NULL;
    job.target = PyArray_BYTES(result);
    run_parallel(gather_piece, &job, PyArray_SIZE(index), job.shape.outer > 1 ? job.shape.outer : job.count);
    return (PyObject *)result;
}

#define SCATTERING(name, TYPE, DOING) \
    static void name(const index_job *job, npy_intp first, npy_intp last) \
    { \
        npy_intp size = job->shape.size, inner = job->shape.inner; \
        TYPE *target = (TYPE *)job->target; \
        const TYPE *source = (const TYPE *)job->source; \
        for (npy_intp outer = first; outer < last; outer++) \
            for (npy_intp i = 0; i < job->count; i++) \
                for (npy_intp j = 0, at = (outer * job->count + i) * inner; j < inner; j++, at++) \
                    target[(outer * size + job->index[at]) * inner + j] DOING source[at]; \
    }
SCATTERING(scatter_add_float, float, +=)
SCATTERING(scatter_add_double, double, +=)
SCATTERING(scatter_add_long, int64_t, +=)
SCATTERING(scatter_4, uint32_t, =)
SCATTERING(scatter_8, uint64_t, =)

static void scatter_piece(void *argument, int piece, int pieces)
{
    index_job *job = argument;
    npy_intp first, last;
    part_of(job->shape.outer, piece, pieces, &first, &last);
    if (job->type == NPY_FLOAT) scatter_add_float(job, first, last);
    else if (job->type == NPY_DOUBLE) scatter_add_double(job, first, last);
    else if (job->type == NPY_INT64) scatter_add_long(job, first, last);
    else if (job->item == 4) scatter_4(job, first, last);
    else scatter_8(job, first, last);
}

/* (target, dim, index, source): sets or adds to the target's elements. True, or None. */
static PyObject *scatter_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *target = count == 4 ? plain_numbers(args[0]) : NULL, *index = count == 4 ? index_of(args[2]) : NULL;
    PyArrayObject *source = count == 4 ? plain_numbers(args[3]) : NULL;
    int axis = target ? axis_of(args[1], PyArray_NDIM(target)) : -1, adds = !strcmp(row->name, "scatter_add");
    if (axis < 0 || !index || !source || PyArray_TYPE(source) != PyArray_TYPE(target) || !PyArray_ISWRITEABLE(target)) DECLINE;
    if (!is_plain(index) || !fits(target, index, axis) || !same_shape(source, index)) DECLINE;
    index_job job = {.target = PyArray_BYTES(target), .source = PyArray_BYTES(source), .index = PyArray_DATA(index), .type = adds ? PyArray_TYPE(target) : -1,
                     .shape = lines_along(target, axis), .count = PyArray_DIMS(index)[axis], .item = PyArray_ITEMSIZE(target)};
    if (adds ? !is_float(target) && job.type != NPY_INT64 : job.item != 4 && job.item != 8) DECLINE;
    if (PyArray_BYTES(source) == PyArray_BYTES(target) || !in_bounds(job.index, PyArray_SIZE(index), job.shape.size, 0)) DECLINE;
    run_parallel(scatter_piece, &job, PyArray_SIZE(index), job.shape.outer);
    Py_RETURN_TRUE;
}

const kernel_row index_kernels[] = {
    {"index_select", index_select_kernel}, {"embedding", embedding_kernel}, {"index", index_kernel}, {"add_lines", add_lines_kernel},
    {"gather", gather_kernel}, {"scatter", scatter_kernel}, {"scatter_add", scatter_kernel}, {NULL}};
