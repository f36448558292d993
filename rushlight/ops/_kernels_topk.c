/* The places of the k largest or smallest elements of rows, by the C++ library's algorithms: see NOTE [ Equal values in topk ] in
   streams_topk.py, whose functions these are. Items are places in a row, compared by their values. */

#include "../_core/_native.h"
#include <stdlib.h>

typedef struct {
    const double *values;
    int64_t *items;
    int largest;
} row;

/* Whether the item at place a comes before the one at place b: a nan is larger than any number. */
INLINE int before(const row *r, int64_t a, int64_t b)
{
    double x = r->values[a], y = r->values[b];
    if (r->largest) return (x != x && y == y) || x > y;
    return (x == x && y != y) || x < y;
}

INLINE void swap(row *r, npy_intp a, npy_intp b)
{
    int64_t kept = r->items[a];
    r->items[a] = r->items[b];
    r->items[b] = kept;
}

static void median_to_front(row *r, npy_intp first, npy_intp a, npy_intp b, npy_intp c)
{
    int64_t x = r->items[a], y = r->items[b], z = r->items[c];
    npy_intp chosen;
    if (before(r, x, y)) chosen = before(r, y, z) ? b : before(r, x, z) ? c : a;
    else chosen = before(r, x, z) ? a : before(r, y, z) ? c : b;
    swap(r, first, chosen);
}

/* Split first..last around a median of three; the start of the second part. */
static npy_intp partition(row *r, npy_intp first, npy_intp last)
{
    median_to_front(r, first, first + 1, first + (last - first) / 2, last - 1);
    int64_t pivot = r->items[first];
    npy_intp low = first + 1, high = last;
    for (;;) {
        while (before(r, r->items[low], pivot)) low++;
        high--;
        while (before(r, pivot, r->items[high])) high--;
        if (low >= high) return low;
        swap(r, low, high);
        low++;
    }
}

static void insertion_sort(row *r, npy_intp first, npy_intp last)
{
    for (npy_intp place = first + 1; place < last; place++) {
        int64_t item = r->items[place];
        npy_intp hole = place;
        for (; hole > first && before(r, item, r->items[hole - 1]); hole--) r->items[hole] = r->items[hole - 1];
        r->items[hole] = item;
    }
}

/* Let the hole sink to a leaf, then let the item rise from there. */
static void sift(row *r, npy_intp first, npy_intp hole, npy_intp length, int64_t item)
{
    int64_t *items = r->items + first;
    npy_intp top = hole, child = hole;
    while (child < (length - 1) / 2) {
        child = 2 * child + 2;
        if (before(r, items[child], items[child - 1])) child--;
        items[hole] = items[child];
        hole = child;
    }
    if (length % 2 == 0 && child == (length - 2) / 2) {
        child = 2 * child + 1;
        items[hole] = items[child];
        hole = child;
    }
    while (hole > top && before(r, items[(hole - 1) / 2], item)) {
        items[hole] = items[(hole - 1) / 2];
        hole = (hole - 1) / 2;
    }
    items[hole] = item;
}

/* Collect the foremost of first..last in first..middle, as a heap with the hindmost of them on top. */
static void heap_select(row *r, npy_intp first, npy_intp middle, npy_intp last)
{
    npy_intp length = middle - first;
    if (length >= 2)
        for (npy_intp parent = (length - 2) / 2; parent >= 0; parent--) sift(r, first, parent, length, r->items[first + parent]);
    for (npy_intp place = middle; place < last; place++) {
        int64_t item = r->items[place];
        if (!before(r, item, r->items[first])) continue;
        r->items[place] = r->items[first];
        sift(r, first, 0, length, item);
    }
}

static void partial_sort(row *r, npy_intp first, npy_intp middle, npy_intp last)
{
    heap_select(r, first, middle, last);
    for (npy_intp end = middle - 1; end > first; end--) {
        int64_t item = r->items[end];
        r->items[end] = r->items[first];
        sift(r, first, 0, end - first, item);
    }
}

/* Twice the logarithm of a length, rounded down: how often a range is split before the heap takes over. */
static int depth_for(npy_intp length)
{
    int depth = -1;
    for (; length; length >>= 1) depth++;
    return 2 * depth;
}

static void nth_element(row *r, npy_intp nth, npy_intp count)
{
    npy_intp first = 0, last = count;
    int depth = depth_for(count);
    while (last - first > 3) {
        if (depth-- == 0) {
            heap_select(r, first, nth + 1, last);
            swap(r, first, nth);
            return;
        }
        npy_intp cut = partition(r, first, last);
        if (cut <= nth) first = cut;
        else last = cut;
    }
    insertion_sort(r, first, last);
}

static void sort_loop(row *r, npy_intp first, npy_intp last, int depth)
{
    while (last - first > 16) {
        if (depth-- == 0) {
            partial_sort(r, first, last, last);
            return;
        }
        npy_intp cut = partition(r, first, last);
        sort_loop(r, cut, last, depth);
        last = cut;
    }
}

typedef struct {
    int type, largest;
    const char *source;
    int64_t *result;
    npy_intp rows, size, k;
    int failed;
} topk_job;

static void topk_piece(void *argument, int piece, int pieces)
{
    topk_job *job = argument;
    npy_intp first, last, size = job->size;
    part_of(job->rows, piece, pieces, &first, &last);
    double *values = malloc(size * sizeof(double));
    int64_t *items = malloc(size * sizeof(int64_t));
    if (!values || !items) job->failed = 1;
    for (npy_intp number = first; number < last && !job->failed; number++) {
        for (npy_intp i = 0; i < size; i++) {
            values[i] = job->type == NPY_FLOAT ? ((const float *)job->source)[number * size + i] : ((const double *)job->source)[number * size + i];
            items[i] = i;
        }
        row r = {values, items, job->largest};
        if (job->k * 64 <= size) partial_sort(&r, 0, job->k, size);
        else {
            nth_element(&r, job->k - 1, size);
            if (job->k > 2) {
                sort_loop(&r, 0, job->k - 1, depth_for(job->k - 1));
                insertion_sort(&r, 0, job->k - 1);
            }
        }
        memcpy(job->result + number * job->k, items, job->k * sizeof(int64_t));
    }
    free(values);
    free(items);
}

/* (rows, k, largest): the places, (rows, k). */
static PyObject *topk_kernel(const kernel_row *unused, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *x = count == 3 ? plain_floats(args[0]) : NULL;
    double k;
    if (!x || PyArray_NDIM(x) != 2 || !number_of(args[1], &k) || !PyBool_Check(args[2])) DECLINE;
    topk_job job = {.type = PyArray_TYPE(x), .largest = args[2] == Py_True, .source = PyArray_BYTES(x), .rows = PyArray_DIMS(x)[0],
                    .size = PyArray_DIMS(x)[1], .k = (npy_intp)k};
    if (job.k < 1 || job.k > job.size) DECLINE;
    npy_intp dims[2] = {job.rows, job.k};
    PyArrayObject *result = new_array(NPY_INT64, 2, dims, 0);
    if (!result) return NULL;
    job.result = PyArray_DATA(result);
    run_parallel(topk_piece, &job, PyArray_SIZE(x) * 4, job.rows);
    if (job.failed) {
        Py_DECREF(result);
        return PyErr_NoMemory();
    }
    return (PyObject *)result;
}

/* topk(self, k, dim, largest, sorted) along the last dimension: the values and the places */
static PyObject *topk_along(const kernel_row *unused, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *x = count == 5 ? plain_floats(args[0]) : NULL;
    double k;
    int ndim = x ? PyArray_NDIM(x) : 0;
    if (!ndim || ndim > 16 || !number_of(args[1], &k) || !PyLong_CheckExact(args[1]) || args[4] != Py_True || !PyBool_Check(args[3])) DECLINE;
    if (axis_of(args[2], ndim) != ndim - 1) DECLINE;
    npy_intp size = PyArray_DIMS(x)[ndim - 1], dims[16];
    topk_job job = {.type = PyArray_TYPE(x), .largest = args[3] == Py_True, .source = PyArray_BYTES(x), .rows = PyArray_SIZE(x) / size,
                    .size = size, .k = (npy_intp)k};
    if (job.k < 1 || job.k > size) DECLINE;
    memcpy(dims, PyArray_DIMS(x), ndim * sizeof(npy_intp));
    dims[ndim - 1] = job.k;
    PyArrayObject *values = new_array(job.type, ndim, dims, 0), *places = values ? new_array(NPY_INT64, ndim, dims, 0) : NULL;
    PyObject *made = places ? PyList_New(2) : NULL;
    if (!made) {
        Py_XDECREF(values);
        Py_XDECREF(places);
        return NULL;
    }
    PyList_SET_ITEM(made, 0, (PyObject *)values);
    PyList_SET_ITEM(made, 1, (PyObject *)places);
    job.result = PyArray_DATA(places);
    run_parallel(topk_piece, &job, PyArray_SIZE(x) * 4, job.rows);
    if (job.failed) {
        Py_DECREF(made);
        return PyErr_NoMemory();
    }
    npy_intp item = PyArray_ITEMSIZE(x);
    for (npy_intp index = 0; index < job.rows * job.k; index++)
        memcpy(PyArray_BYTES(values) + index * item, job.source + (index / job.k * size + job.result[index]) * item, item);
    return made;
}

const kernel_row topk_kernels[] = {{"topk", topk_kernel}, {"topk_along", topk_along}, {NULL}};
