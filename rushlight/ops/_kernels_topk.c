/* Sorting and selecting along rows by the C++ library's algorithms: see NOTE [ Equal values in topk ] in streams_topk.py, whose functions
   these are. An item is a place in a row and a key, an integer that is ordered as the row's elements are (a nan is the largest). */

#include "../_core/_native.h"
#include <stdlib.h>

typedef struct {
    int64_t key, place;
} item;

typedef struct {
    item *items;
} row;

INLINE int before(const row *r, item a, item b)
{
    return a.key < b.key;
}

INLINE void swap(row *r, npy_intp a, npy_intp b)
{
    item kept = r->items[a];
    r->items[a] = r->items[b];
    r->items[b] = kept;
}

static void median_to_front(row *r, npy_intp first, npy_intp a, npy_intp b, npy_intp c)
{
    item x = r->items[a], y = r->items[b], z = r->items[c];
    npy_intp chosen;
    if (before(r, x, y)) chosen = before(r, y, z) ? b : before(r, x, z) ? c : a;
    else chosen = before(r, x, z) ? a : before(r, y, z) ? c : b;
    swap(r, first, chosen);
}

/* Split first..last around a median of three; the start of the second part. */
static npy_intp partition(row *r, npy_intp first, npy_intp last)
{
    median_to_front(r, first, first + 1, first + (last - first) / 2, last - 1);
    item pivot = r->items[first];
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
        item moved = r->items[place];
        npy_intp hole = place;
        for (; hole > first && before(r, moved, r->items[hole - 1]); hole--) r->items[hole] = r->items[hole - 1];
        r->items[hole] = moved;
    }
}

/* Let the hole sink to a leaf, then let the item rise from there. */
static void sift(row *r, npy_intp first, npy_intp hole, npy_intp length, item moved)
{
    item *items = r->items + first;
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
    while (hole > top && before(r, items[(hole - 1) / 2], moved)) {
        items[hole] = items[(hole - 1) / 2];
        hole = (hole - 1) / 2;
    }
    items[hole] = moved;
}

/* Collect the foremost of first..last in first..middle, as a heap with the hindmost of them on top. */
static void heap_select(row *r, npy_intp first, npy_intp middle, npy_intp last)
{
    npy_intp length = middle - first;
    if (length >= 2)
        for (npy_intp parent = (length - 2) / 2; parent >= 0; parent--) sift(r, first, parent, length, r->items[first + parent]);
    for (npy_intp place = middle; place < last; place++) {
        item moved = r->items[place];
        if (!before(r, moved, r->items[first])) continue;
        r->items[place] = r->items[first];
        sift(r, first, 0, length, moved);
    }
}

static void partial_sort(row *r, npy_intp first, npy_intp middle, npy_intp last)
{
    heap_select(r, first, middle, last);
    for (npy_intp end = middle - 1; end > first; end--) {
        item moved = r->items[end];
        r->items[end] = r->items[first];
        sift(r, first, 0, end - first, moved);
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

/* Hoare's selection around the median of three, which is kthvalue's own. */
static npy_intp quick_select(row *r, npy_intp rank, npy_intp count)
{
    npy_intp low = 0, high = count - 1;
    item *items = r->items;
#define IN_ORDER(a, b) if (items[a].key > items[b].key) swap(r, a, b)
    while (high > low) {
        if (high == low + 1) {
            IN_ORDER(low, high);
            break;
        }
        swap(r, low + (high - low) / 2, low + 1);
        IN_ORDER(low + 1, high);
        IN_ORDER(low, high);
        IN_ORDER(low + 1, low);
        npy_intp left = low + 1, right = high;
        for (;;) {
            do left++;
            while (items[low].key > items[left].key);
            do right--;
            while (items[right].key > items[low].key);
            if (right < left) break;
            swap(r, left, right);
        }
        swap(r, low, right);
        if (right <= rank) low = left;
        if (right >= rank) high = right - 1;
    }
    return items[rank].place;
#undef IN_ORDER
}

/* ---------------------------------------------------------------- keys */

/* Bits of a float as an integer that is ordered as floats are; both zeros are 0. */
INLINE int64_t key_of(double x)
{
    union { double value; int64_t bits; } read = {x};
    if (x != x) return INT64_MAX;
    return read.bits < 0 ? -(read.bits & INT64_MAX) : read.bits;
}

#define READING(name, TYPE, KEY) \
    static void name(item *items, const char *from, npy_intp count) \
    { \
        const TYPE *x = (const TYPE *)from; \
        for (npy_intp i = 0; i < count; i++) items[i] = (item){KEY(x[i]), i}; \
    }
#define AS_IT_IS(x) (x)
READING(read_float, float, key_of)
READING(read_double, double, key_of)
READING(read_int8, int8_t, AS_IT_IS)
READING(read_uint8, uint8_t, AS_IT_IS)
READING(read_int16, int16_t, AS_IT_IS)
READING(read_int32, int32_t, AS_IT_IS)
READING(read_int64, int64_t, AS_IT_IS)

typedef void (*read_function)(item *, const char *, npy_intp);

static read_function reader_of(PyArrayObject *x)
{
    int type = PyArray_TYPE(x);
    if (narrow_kind(x) || type == NPY_FLOAT) return read_float;
    if (type == NPY_LONGLONG && sizeof(npy_longlong) == 8) return read_int64;
    return type == NPY_DOUBLE ? read_double : type == NPY_INT64 ? read_int64 : type == NPY_INT32 ? read_int32 : type == NPY_INT16 ? read_int16
        : type == NPY_INT8 ? read_int8 : type == NPY_UINT8 || type == NPY_BOOL ? read_uint8 : NULL;
}

/* ---------------------------------------------------------------- rows */

enum { TOPK, SELECTED, SORT, KTH, RANK, MODE };

typedef struct {
    int operation, kind, reverses, failed;
    read_function read;
    const char *source;
    char *values;
    int64_t *result;
    const int64_t *ranks;
    npy_intp rows, size, k, width; /* width: bytes of an element */
} order_job;

static void order_row(order_job *job, row *r, npy_intp number)
{
    npy_intp size = job->size, k = job->k, taken = 1;
    int64_t *result = job->result + number;
    switch (job->operation) {
    case TOPK:
    case SELECTED:
        taken = k;
        result = job->result + number * k;
        if (job->operation == TOPK && k * 64 <= size) partial_sort(r, 0, k, size);
        else {
            nth_element(r, k - 1, size);
            if (job->operation == TOPK && k > 2) {
                sort_loop(r, 0, k - 1, depth_for(k - 1));
                insertion_sort(r, 0, k - 1);
            }
        }
        break;
    case SORT:
        taken = size;
        result = job->result + number * size;
        sort_loop(r, 0, size, depth_for(size));
        insertion_sort(r, 0, size);
        break;
    case KTH: /* an element of rank k - 1, as kthvalue finds it */
        quick_select(r, k, size);
        r->items[0] = r->items[k];
        break;
    case RANK: { /* the element of a rank in the stable order */
        npy_intp rank = job->ranks[number], less = 0, equal;
        nth_element(r, rank, size);
        int64_t key = r->items[rank].key;
        job->read(r->items, job->source + number * size * job->width, size);
        for (npy_intp i = 0; i < size; i++) less += r->items[i].key < key;
        equal = rank - less;
        for (npy_intp i = 0; i < size; i++)
            if (r->items[i].key == key && equal-- == 0) {
                r->items[0] = r->items[i];
                break;
            }
        break;
    }
    case MODE: { /* the last of the most frequent key's in the order that sorting leaves */
        npy_intp best = 0, start = 0;
        item found = r->items[0];
        sort_loop(r, 0, size, depth_for(size));
        insertion_sort(r, 0, size);
        for (npy_intp at = 1; at <= size; at++) {
            if (at < size && r->items[at].key == r->items[at - 1].key) continue;
            if (at - start > best) {
                best = at - start;
                found = r->items[at - 1];
            }
            start = at;
        }
        if (r->items[size - 1].key == INT64_MAX) job->failed = 2; /* which has no order there */
        r->items[0] = found;
    }
    }
    for (npy_intp i = 0; i < taken; i++) result[i] = r->items[i].place;
    if (!job->values) return;
    const char *source = job->source + number * size * job->width;
    char *values = job->values + (result - job->result) * job->width;
    for (npy_intp i = 0; i < taken; i++) {
        const char *from = source + result[i] * job->width;
        if (job->width == 4) memcpy(values + i * 4, from, 4);
        else if (job->width == 8) memcpy(values + i * 8, from, 8);
        else memcpy(values + i * job->width, from, job->width);
    }
}

static void order_piece(void *argument, int piece, int pieces)
{
    order_job *job = argument;
    npy_intp first, last, size = job->size;
    part_of(job->rows, piece, pieces, &first, &last);
    row r = {malloc(size * sizeof(item))};
    float *wide = job->kind ? malloc(size * sizeof(float)) : NULL;
    if (!r.items || (job->kind && !wide)) job->failed = 1;
    for (npy_intp number = first; number < last && !job->failed; number++) {
        const char *source = job->source + number * size * job->width;
        if (job->kind) widen(job->kind, source, wide, size);
        job->read(r.items, job->kind ? (char *)wide : source, size);
        for (npy_intp i = 0; job->reverses && i < size; i++) r.items[i].key = ~r.items[i].key;
        order_row(job, &r, number);
    }
    free(r.items);
    free(wide);
}

/* Places in rows of a matrix: (rows, k, largest) of the k largest or smallest ("topk", and "selected", in whatever order that leaves), (rows,
   descending) of all in order ("sort_rows", with their values), (rows, k) of the k-th from 0 as kthvalue finds it, (rows, ranks) of
   elements by their ranks in the stable order, (rows) of the most frequent. */
static PyObject *order_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *x = count ? array_of(args[0]) : NULL, *ranks = NULL;
    order_job job = {.operation = *(const int *)row->data};
    if (!x || PyArray_NDIM(x) != 2 || !is_plain(x) || !(job.read = reader_of(x))) DECLINE;
    job.kind = narrow_kind(x);
    job.source = PyArray_BYTES(x);
    job.rows = PyArray_DIMS(x)[0];
    job.size = PyArray_DIMS(x)[1];
    job.width = PyArray_ITEMSIZE(x);
    double k = 1;
    int picks = job.operation == TOPK || job.operation == SELECTED;
    if (count != (picks ? 3 : job.operation == MODE ? 1 : 2)) DECLINE;
    if ((picks || job.operation == KTH) && !number_of(args[1], &k)) DECLINE;
    if (picks || job.operation == SORT) job.reverses = args[count - 1] == Py_True;
    job.k = (npy_intp)k;
    if (picks ? job.k < 1 || job.k > job.size : job.k < 0 || job.k >= job.size + (job.operation != KTH)) DECLINE;
    if (job.operation == RANK) {
        ranks = array_of(args[1]);
        if (job.kind || !ranks || PyArray_TYPE(ranks) != NPY_INT64 || PyArray_SIZE(ranks) != job.rows || !is_plain(ranks)) DECLINE;
        job.ranks = PyArray_DATA(ranks);
        for (npy_intp i = 0; i < job.rows; i++)
            if (job.ranks[i] < 0 || job.ranks[i] >= job.size) DECLINE;
    }
    npy_intp dims[2] = {job.rows, picks ? job.k : job.size};
    int ndim = picks || job.operation == SORT ? 2 : 1;
    PyArrayObject *result = new_array(NPY_INT64, ndim, dims, 0), *values = NULL;
    if (result && job.operation == SORT) values = new_array(PyArray_TYPE(x), 2, dims, 0);
    if (!result || (job.operation == SORT && !values)) {
        Py_XDECREF(result);
        return NULL;
    }
    job.result = PyArray_DATA(result);
    job.values = values ? PyArray_BYTES(values) : NULL;
    run_parallel(order_piece, &job, PyArray_SIZE(x) * 4, job.rows);
    PyObject *found = !job.failed && values ? PyTuple_Pack(2, values, result) : job.failed ? NULL : Py_NewRef(result);
    Py_DECREF(result);
    Py_XDECREF(values);
    if (job.failed == 2) DECLINE;
    return job.failed ? PyErr_NoMemory() : found;
}

/* topk(self, k, dim, largest, sorted) along the last dimension: the values and the places. */
static PyObject *topk_along(const kernel_row *unused, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *x = count == 5 ? array_of(args[0]) : NULL;
    double k;
    int ndim = x ? PyArray_NDIM(x) : 0;
    if (!ndim || ndim > 16 || !is_plain(x) || PyArray_TYPE(x) == NPY_BOOL || !PyLong_CheckExact(args[1]) || !number_of(args[1], &k)) DECLINE;
    if (!PyBool_Check(args[3]) || !PyBool_Check(args[4]) || axis_of(args[2], ndim) != ndim - 1) DECLINE;
    npy_intp size = PyArray_DIMS(x)[ndim - 1], dims[16];
    order_job job = {.operation = args[4] == Py_True || k * 64 <= size ? TOPK : SELECTED, .reverses = args[3] == Py_True, .kind = narrow_kind(x),
                     .read = reader_of(x), .source = PyArray_BYTES(x), .rows = PyArray_SIZE(x) / size, .size = size, .k = (npy_intp)k,
                     .width = PyArray_ITEMSIZE(x)};
    if (job.k < 1 || job.k > size || !job.read) DECLINE;
    memcpy(dims, PyArray_DIMS(x), ndim * sizeof(npy_intp));
    dims[ndim - 1] = job.k;
    PyArrayObject *values = new_array(PyArray_TYPE(x), ndim, dims, 0), *places = values ? new_array(NPY_INT64, ndim, dims, 0) : NULL;
    PyObject *made = places ? PyList_New(2) : NULL;
    if (!made) {
        Py_XDECREF(values);
        Py_XDECREF(places);
        return NULL;
    }
    PyList_SET_ITEM(made, 0, (PyObject *)values);
    PyList_SET_ITEM(made, 1, (PyObject *)places);
    job.values = PyArray_BYTES(values);
    job.result = PyArray_DATA(places);
    run_parallel(order_piece, &job, PyArray_SIZE(x) * 4, job.rows);
    if (!job.failed) return made;
    Py_DECREF(made);
    return PyErr_NoMemory();
}

static const int operations[] = {TOPK, SELECTED, SORT, KTH, RANK, MODE};
const kernel_row topk_kernels[] = {
    {"topk_along", topk_along}, {"topk", order_kernel, &operations[TOPK]}, {"selected", order_kernel, &operations[SELECTED]}, {"sort_rows", order_kernel, &operations[SORT]},
    {"kth", order_kernel, &operations[KTH]}, {"rank", order_kernel, &operations[RANK]}, {"mode", order_kernel, &operations[MODE]}, {NULL}};
