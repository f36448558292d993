/* Writes into plain tensors that nothing records: x[key] = value, fill_, zero_, copy_ and masked_fill_, without Python.

   Values are numbers, or tensors of the same dtype that share no memory with the target. What is an error, takes part in a graph or has to
   be converted goes to indexing.py and copying.py, whose results these are. */

#include "../_core/_native.h"
#include <math.h>

#define LITTLE 8192

#define MOST 16 /* dimensions */

static PyObject *wrote; /* of origin.py */
extern const kernel_row index_kernels[];

static const kernel_row *scatter_row(const char *name)
{
    const kernel_row *row = index_kernels;
    while (row->name && strcmp(row->name, name)) row++;
    return row->name ? row : NULL;
}

PyObject *set_writers(PyObject *module, PyObject *function)
{
    Py_XSETREF(wrote, Py_NewRef(function));
    Py_RETURN_NONE;
}

/* A part of an array. */
typedef struct {
    char *data;
    int ndim;
    npy_intp dims[MOST], steps[MOST];
} window;

/* ---------------------------------------------------------------- operands */

/* The array of a tensor that may be written to without a record, as a window; 0 where it takes thought. */
static int writable(PyObject *tensor, window *found, PyArrayObject **array)
{
    if (!in_plain_mode() || !(*array = array_of_tensor(tensor)) || (records_gradients() && wants_gradient(tensor))) return 0;
    if (!PyArray_ISWRITEABLE(*array) || !PyArray_ISALIGNED(*array) || PyArray_NDIM(*array) > MOST / 2 || PyArray_TYPE(*array) >= NPY_NTYPES_LEGACY)
        return 0;
    found->data = PyArray_BYTES(*array);
    found->ndim = PyArray_NDIM(*array);
    memcpy(found->dims, PyArray_DIMS(*array), found->ndim * sizeof(npy_intp));
    memcpy(found->steps, PyArray_STRIDES(*array), found->ndim * sizeof(npy_intp));
    return PyArray_SIZE(*array) > 0;
}

/* Whether a window holds so little that NumPy, which is quicker with each element, is not worth calling. */
static int is_little(const window *part)
{
    npy_intp size = 1;
    for (int dim = 0; dim < part->ndim; dim++) size *= part->dims[dim];
    return size <= LITTLE;
}

/* The array of a tensor that is read; NULL where it takes thought. */
static PyArrayObject *readable(PyObject *tensor)
{
    PyArrayObject *array = array_of_tensor(tensor);
    return array && PyArray_ISALIGNED(array) && PyArray_SIZE(array) > 0 && !(records_gradients() && wants_gradient(tensor)) ? array : NULL;
}

/* Whether no two elements share their memory, as far as that is easily told. */
static int is_apart(const window *part)
{
    for (int dim = 0; dim < part->ndim; dim++) {
        if (part->dims[dim] < 2) continue;
        npy_intp inner = 0; /* how far the dimensions with smaller steps reach */
        for (int other = 0; other < part->ndim; other++) {
            if (other == dim || part->dims[other] < 2) continue;
            if (part->steps[other] == part->steps[dim]) return 0;
            if (part->steps[other] < part->steps[dim]) inner += (part->dims[other] - 1) * part->steps[other];
        }
        if (part->steps[dim] <= inner) return 0;
    }
    return 1;
}

static char *end_of(PyArrayObject *array)
{
    char *end = PyArray_BYTES(array) + PyArray_ITEMSIZE(array);
    for (int dim = 0; dim < PyArray_NDIM(array); dim++) end += (PyArray_DIMS(array)[dim] - 1) * PyArray_STRIDES(array)[dim];
    return end;
}

static int share_memory(PyArrayObject *one, PyArrayObject *other)
{
    return PyArray_BYTES(one) < end_of(other) && PyArray_BYTES(other) < end_of(one);
}

/* A Python number as the target's dtype stores it; 0 where that takes thought. */
static int read_element(PyObject *value, int type, char *found)
{
    double wide;
    int is_int = PyLong_Check(value) && (PyLong_CheckExact(value) || PyBool_Check(value)), overflow = 0;
    long whole = is_int ? PyLong_AsLongAndOverflow(value, &overflow) : 0;
    if (PyFloat_CheckExact(value)) wide = PyFloat_AS_DOUBLE(value);
    else if (is_int && !overflow) wide = (double)whole;
    else return 0;
    if (!is_int && (PyTypeNum_ISINTEGER(type))) {
        if (!(fabs(wide) < 9e18)) return 0;
        whole = (long)wide;
    }
    switch (type) {
    case NPY_FLOAT:
        if ((is_int && labs(whole) > 1L << 53) || (fabs(wide) > 3.4028234663852886e38 && !isinf(wide))) return 0;
        *(float *)found = (float)wide;
        return 1;
    case NPY_DOUBLE:
        if (is_int && labs(whole) > 1L << 53) return 0;
        *(double *)found = wide;
        return 1;
    case NPY_BOOL: *(npy_bool *)found = wide != 0; return 1;
    case NPY_LONG: *(npy_long *)found = whole; return 1;
    case NPY_INT: *(npy_int *)found = (npy_int)whole; return whole == (npy_int)whole;
    case NPY_SHORT: *(npy_short *)found = (npy_short)whole; return whole == (npy_short)whole;
    case NPY_BYTE: *(npy_byte *)found = (npy_byte)whole; return whole == (npy_byte)whole;
    case NPY_UBYTE: *(npy_ubyte *)found = (npy_ubyte)whole; return whole == (npy_ubyte)whole;
    }
    return 0;
}

/* ---------------------------------------------------------------- moving elements */

/* Copy elements between windows of one shape; steps of 0 repeat. Where there is a mask, only where it is true. */
static void copy(int ndim, const npy_intp *dims, char *to, const npy_intp *to_steps, const char *from, const npy_intp *steps, npy_intp item,
                 const char *mask, const npy_intp *mask_steps)
{
    if (!ndim) {
        if (!mask || *mask) memcpy(to, from, item);
        return;
    }
    if (ndim > 1) {
        for (npy_intp index = 0; index < dims[0]; index++, to += to_steps[0], from += steps[0], mask += mask ? mask_steps[0] : 0)
            copy(ndim - 1, dims + 1, to, to_steps + 1, from, steps + 1, item, mask, mask ? mask_steps + 1 : NULL);
        return;
    }
    npy_intp size = dims[0], far = to_steps[0], step = steps[0];
    if (mask) {
        for (npy_intp index = 0; index < size; index++, to += far, from += step, mask += mask_steps[0])
            if (*mask) memcpy(to, from, item);
    } else if (far == item && step == item) {
        memcpy(to, from, size * item);
    } else if (item == 4) {
        for (npy_intp index = 0; index < size; index++, to += far, from += step) memcpy(to, from, 4);
    } else if (item == 8) {
        for (npy_intp index = 0; index < size; index++, to += far, from += step) memcpy(to, from, 8);
    } else {
        for (npy_intp index = 0; index < size; index++, to += far, from += step) memcpy(to, from, item);
    }
}

static const npy_intp nowhere[MOST]; /* steps of what is repeated */

/* An array's steps in a larger shape; 0 where it does not stretch to it. */
static int stretched(PyArrayObject *array, int ndim, const npy_intp *dims, npy_intp *steps)
{
    int extra = PyArray_NDIM(array) - ndim;
    for (int dim = 0; dim < extra; dim++)
        if (PyArray_DIMS(array)[dim] != 1) return 0;
    for (int dim = 0; dim < ndim; dim++) {
        npy_intp size = dim + extra < 0 ? 1 : PyArray_DIMS(array)[dim + extra];
        if (size != 1 && size != dims[dim]) return 0;
        steps[dim] = size == 1 ? 0 : PyArray_STRIDES(array)[dim + extra];
    }
    return 1;
}

/* Count the write. */
static PyObject *written(PyObject *tensor, const char *name, PyObject *answer)
{
    PyObject *text = PyUnicode_InternFromString(name), *done = text ? PyObject_CallFunctionObjArgs(wrote, tensor, text, NULL) : NULL;
    Py_XDECREF(text);
    if (!done) return NULL;
    Py_DECREF(done);
    return Py_NewRef(answer);
}

/* ---------------------------------------------------------------- methods */

/* fill_(self, number), or zero_(self) where the row has data */
static PyObject *fill(CALL)
{
    window target;
    PyArrayObject *array;
    char element[16] = {0};
    if (count != 2 - (row->data != NULL) || !writable(args[0], &target, &array) || !is_little(&target)) DECLINE;
    if (!row->data && !read_element(args[1], PyArray_TYPE(array), element)) DECLINE;
    copy(target.ndim, target.dims, target.data, target.steps, element, nowhere, PyArray_ITEMSIZE(array), NULL, NULL);
    return written(args[0], row->data ? "zero_" : "fill_", args[0]);
}

/* copy_(self, other, non_blocking) */
static PyObject *copy_from(CALL)
{
    window target;
    PyArrayObject *array, *other;
    npy_intp steps[MOST];
    if (count != 3 || !writable(args[0], &target, &array) || !is_little(&target) || !is_apart(&target) || !(other = readable(args[1]))) DECLINE;
    if (PyArray_DESCR(other) != PyArray_DESCR(array) || PyArray_NDIM(other) > target.ndim || share_memory(array, other)) DECLINE;
    if (!stretched(other, target.ndim, target.dims, steps)) DECLINE;
    copy(target.ndim, target.dims, target.data, target.steps, PyArray_BYTES(other), steps, PyArray_ITEMSIZE(array), NULL, NULL);
    return written(args[0], "copy_", args[0]);
}

/* masked_fill_(self, mask, number) */
static PyObject *fill_where(CALL)
{
    window target;
    PyArrayObject *array, *mask;
    npy_intp steps[MOST];
    char element[16];
    if (count != 3 || !writable(args[0], &target, &array) || !is_little(&target) || !is_apart(&target) || !(mask = readable(args[1]))) DECLINE;
    if (PyArray_TYPE(mask) != NPY_BOOL || PyArray_NDIM(mask) > target.ndim || share_memory(array, mask)) DECLINE;
    if (!stretched(mask, target.ndim, target.dims, steps) || !read_element(args[2], PyArray_TYPE(array), element)) DECLINE;
    copy(target.ndim, target.dims, target.data, target.steps, element, nowhere, PyArray_ITEMSIZE(array), PyArray_BYTES(mask), steps);
    return written(args[0], "masked_fill_", args[0]);
}

/* scatter_(self, dim, index, src) and scatter_add_: by the kernel that writes into arrays, whose name is the row's data */
static PyObject *scatter_into(CALL)
{
    window target;
    PyArrayObject *array, *index, *source;
    const char *name = row->data;
    if (count != 4 || !writable(args[0], &target, &array) || !(index = readable(args[2])) || !(source = readable(args[3]))) DECLINE;
    if (share_memory(array, index) || share_memory(array, source)) DECLINE;
    PyObject *values[] = {(PyObject *)array, args[1], (PyObject *)index, (PyObject *)source};
    const kernel_row *kernel = scatter_row(name);
    PyObject *done = kernel ? kernel->function(kernel, values, 4) : Py_NewRef(Py_None);
    if (done != Py_True) return done;
    Py_DECREF(done);
    return written(args[0], !strcmp(name, "scatter") ? "scatter_" : "scatter_add_", args[0]);
}

/* ---------------------------------------------------------------- x[key] = value */

static int read_bound(PyObject *value, npy_intp otherwise, npy_intp *found)
{
    int overflow = 0;
    *found = otherwise;
    if (value == Py_None) return 1;
    if (!PyLong_CheckExact(value)) return 0;
    *found = PyLong_AsLongAndOverflow(value, &overflow);
    return !overflow;
}

static void drop_dimension(window *part, int dim)
{
    part->ndim--;
    memmove(part->dims + dim, part->dims + dim + 1, (part->ndim - dim) * sizeof(npy_intp));
    memmove(part->steps + dim, part->steps + dim + 1, (part->ndim - dim) * sizeof(npy_intp));
}

/* Take one entry of a key at a dimension; the next dimension, or -1 where the entry takes thought. */
static int take_entry(window *part, int dim, PyObject *entry)
{
    npy_intp start, end, step;
    if (entry == Py_None) {
        if (part->ndim == MOST) return -1;
        memmove(part->dims + dim + 1, part->dims + dim, (part->ndim - dim) * sizeof(npy_intp));
        memmove(part->steps + dim + 1, part->steps + dim, (part->ndim - dim) * sizeof(npy_intp));
        part->dims[dim] = 1;
        part->steps[dim] = 0;
        part->ndim++;
        return dim + 1;
    }
    if (dim >= part->ndim) return -1;
    npy_intp size = part->dims[dim];
    if (PyLong_CheckExact(entry)) {
        if (!read_bound(entry, 0, &start) || start < -size || start >= size) return -1;
        part->data += (start < 0 ? start + size : start) * part->steps[dim];
        drop_dimension(part, dim);
        return dim;
    }
    if (!PySlice_Check(entry)) return -1;
    PySliceObject *cut = (PySliceObject *)entry;
    if (!read_bound(cut->start, 0, &start) || !read_bound(cut->stop, size, &end) || !read_bound(cut->step, 1, &step) || step < 1) return -1;
    if (start < 0) start += size;
    if (end < 0) end += size;
    start = start < 0 ? 0 : start > size ? size : start;
    end = end < start ? start : end > size ? size : end;
    part->data += start * part->steps[dim];
    part->dims[dim] = (end - start) / step + ((end - start) % step != 0);
    part->steps[dim] *= step;
    return dim + 1;
}

/* Narrow a window to what a key of integers, slices, None and `...` says; 0 for all other keys. */
static int narrow_to(window *part, PyObject *key)
{
    if (!PyTuple_CheckExact(key)) return key == Py_Ellipsis || take_entry(part, 0, key) >= 0;
    int specified = 0, ellipses = 0, dim = 0;
    for (Py_ssize_t place = 0; place < PyTuple_GET_SIZE(key); place++) {
        PyObject *entry = PyTuple_GET_ITEM(key, place);
        ellipses += entry == Py_Ellipsis;
        specified += entry != Py_Ellipsis && entry != Py_None;
    }
    int skipped = part->ndim - specified;
    if (skipped < 0 || ellipses > 1) return 0;
    for (Py_ssize_t place = 0; place < PyTuple_GET_SIZE(key) && dim >= 0; place++) {
        PyObject *entry = PyTuple_GET_ITEM(key, place);
        dim = entry == Py_Ellipsis ? dim + skipped : take_entry(part, dim, entry);
    }
    return dim >= 0;
}

/* x[mask] = number, for a mask of x's shape */
static PyObject *set_where(PyObject *tensor, const window *target, PyArrayObject *array, PyArrayObject *mask, PyObject *value)
{
    char element[16];
    if (!is_little(target) || !same_shape(array, mask) || !is_apart(target) || share_memory(array, mask) || !read_element(value, PyArray_TYPE(array), element)) DECLINE;
    copy(target->ndim, target->dims, target->data, target->steps, element, nowhere, PyArray_ITEMSIZE(array), PyArray_BYTES(mask),
         PyArray_STRIDES(mask));
    return written(tensor, "index_put_", Py_True);
}

/* x[positions] = value, along the first dimension */
static PyObject *set_rows(PyObject *tensor, const window *target, PyArrayObject *array, PyArrayObject *positions, PyObject *value)
{
    char element[16];
    npy_intp item = PyArray_ITEMSIZE(array), steps[MOST] = {0}, each = 0, rows = PyArray_SIZE(positions);
    const npy_long *at = PyArray_DATA(positions);
    const char *from = element;
    if (!target->ndim || !is_apart(target) || !is_plain(positions) || share_memory(array, positions)) DECLINE;
    if (!read_element(value, PyArray_TYPE(array), element)) {
        PyArrayObject *values = readable(value);
        int lead = PyArray_NDIM(positions), ndim = lead + target->ndim - 1;
        if (!values || PyArray_DESCR(values) != PyArray_DESCR(array) || PyArray_NDIM(values) != ndim || !is_plain(values)) DECLINE;
        for (int dim = 0; dim < ndim; dim++)
            if (PyArray_DIMS(values)[dim] != (dim < lead ? PyArray_DIMS(positions)[dim] : target->dims[dim - lead + 1])) DECLINE;
        if (share_memory(array, values)) DECLINE;
        from = PyArray_BYTES(values);
        each = PyArray_NBYTES(values) / rows;
        memcpy(steps, PyArray_STRIDES(values) + lead, (target->ndim - 1) * sizeof(npy_intp));
    }
    for (npy_intp index = 0; index < rows; index++)
        if (at[index] < -target->dims[0] || at[index] >= target->dims[0]) DECLINE;
    for (npy_intp index = 0; index < rows; index++, from += each) {
        char *to = target->data + (at[index] < 0 ? at[index] + target->dims[0] : at[index]) * target->steps[0];
        copy(target->ndim - 1, target->dims + 1, to, target->steps + 1, from, steps, item, NULL, NULL);
    }
    return written(tensor, "index_put_", Py_True);
}

/* (tensor, key, value): True where it was done */
static PyObject *set_item(CALL)
{
    window target;
    PyArrayObject *array, *other;
    char element[16];
    if (count != 3 || !writable(args[0], &target, &array)) DECLINE;
    npy_intp item = PyArray_ITEMSIZE(array), steps[MOST];
    PyObject *key = args[1];
    if ((other = array_of_tensor(key))) {
        if (!PyArray_ISALIGNED(other) || !PyArray_SIZE(other)) DECLINE;
        if (PyArray_TYPE(other) == NPY_BOOL && PyArray_NDIM(other)) return set_where(args[0], &target, array, other, args[2]);
        if (PyArray_TYPE(other) == NPY_LONG && PyArray_NDIM(other)) return set_rows(args[0], &target, array, other, args[2]);
        DECLINE;
    }
    if (!narrow_to(&target, key) || !is_apart(&target) || !is_little(&target)) DECLINE;
    int is_number = read_element(args[2], PyArray_TYPE(array), element);
    if (is_number) {
        copy(target.ndim, target.dims, target.data, target.steps, element, nowhere, item, NULL, NULL);
        return written(args[0], target.ndim ? "fill_" : "copy_", Py_True);
    }
    if (!(other = readable(args[2])) || PyArray_DESCR(other) != PyArray_DESCR(array) || share_memory(array, other)) DECLINE;
    if (!stretched(other, target.ndim, target.dims, steps)) DECLINE;
    copy(target.ndim, target.dims, target.data, target.steps, PyArray_BYTES(other), steps, item, NULL, NULL);
    return written(args[0], PyArray_NDIM(other) || !target.ndim ? "copy_" : "fill_", Py_True);
}

/* __setitem__, whose answer is None: it declines with NotImplemented */
static PyObject *set_item_method(CALL)
{
    PyObject *done = set_item(row, args, count);
    if (!done) return NULL;
    PyObject *answer = done == Py_None ? Py_NotImplemented : Py_None;
    Py_DECREF(done);
    return Py_NewRef(answer);
}

const kernel_row writers[] = {
    {"fill_", fill}, {"zero_", fill, ""}, {"copy_", copy_from}, {"masked_fill_", fill_where}, {"scatter_", scatter_into, "scatter"},
    {"scatter_add_", scatter_into, "scatter_add"}, {"set_item", set_item_method, ""}, {NULL}};
