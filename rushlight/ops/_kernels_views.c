/* Views, matrix products and joins of plain arrays.

   Making a view takes NumPy 0.2 to 0.6 us, a product of two small matrices 0.6; nearly all of it is parsing and checks. These kernels
   take non-empty arrays and plain ints, and decline everything else (and whatever is an error). Strides follow PyTorch's rules, see
   NOTE [ Strides of views ] in view.py. */

#include "../_core/_native.h"
#include <numpy/ufuncobject.h>

#define MOST 16 /* dimensions */

/* ---------------------------------------------------------------- arguments */

static int is_taken(PyObject *object)
{
    return PyArray_CheckExact(object) && PyArray_NDIM((PyArrayObject *)object) < MOST && PyArray_SIZE((PyArrayObject *)object) > 0;
}

/* A position within a dimension, counted from the front; -1 where it is none. */
static npy_intp index_of(PyObject *object, npy_intp size)
{
    npy_intp index;
    if (!exact_int(object, &index)) return -1;
    if (index < 0) index += size;
    return index < 0 || index >= size ? -1 : index;
}

/* A tuple or list (Size included) of exact ints: how many, -1 for anything else. */
static int read_sizes(PyObject *object, npy_intp *sizes)
{
    if (!PyTuple_Check(object) && !PyList_CheckExact(object)) return -1;
    Py_ssize_t count = PySequence_Fast_GET_SIZE(object);
    PyObject **items = PySequence_Fast_ITEMS(object);
    if (count >= MOST) return -1;
    for (Py_ssize_t index = 0; index < count; index++)
        if (!exact_int(items[index], &sizes[index])) return -1;
    return (int)count;
}

static PyObject *view_of(PyArrayObject *array, int ndim, npy_intp *sizes, npy_intp *strides, npy_intp offset)
{
    PyArray_Descr *descr = PyArray_DESCR(array);
    Py_INCREF(descr);
    int flags = PyArray_FLAGS(array) & NPY_ARRAY_WRITEABLE;
    PyObject *view = PyArray_NewFromDescr(&PyArray_Type, descr, ndim, sizes, strides, PyArray_BYTES(array) + offset, flags, NULL);
    if (!view) return NULL;
    Py_INCREF(array);
    if (PyArray_SetBaseObject((PyArrayObject *)view, (PyObject *)array) < 0) {
        Py_DECREF(view);
        return NULL;
    }
    return view;
}

/* ---------------------------------------------------------------- views */

/* select(array, dim, index) */
static PyObject *select_index(CALL)
{
    npy_intp dim, index, sizes[MOST], strides[MOST];
    if (count != 3 || !is_taken(args[0])) DECLINE;
    PyArrayObject *array = (PyArrayObject *)args[0];
    int ndim = PyArray_NDIM(array);
    if ((dim = axis_of(args[1], ndim)) < 0 || (index = index_of(args[2], PyArray_DIMS(array)[dim])) < 0) DECLINE;
    for (int from = 0, to = 0; from < ndim; from++) {
        if (from == dim) continue;
        sizes[to] = PyArray_DIMS(array)[from];
        strides[to++] = PyArray_STRIDES(array)[from];
    }
    return view_of(array, ndim - 1, sizes, strides, index * PyArray_STRIDES(array)[dim]);
}

/* slice(array, dim, start, end, step), with None for a bound that is not given */
static PyObject *slice(CALL)
{
    npy_intp dim, start = 0, end, step, sizes[MOST], strides[MOST];
    if (count != 5 || !is_taken(args[0])) DECLINE;
    PyArrayObject *array = (PyArrayObject *)args[0];
    int ndim = PyArray_NDIM(array);
    if ((dim = axis_of(args[1], ndim)) < 0 || !exact_int(args[4], &step) || step <= 0) DECLINE;
    npy_intp size = end = PyArray_DIMS(array)[dim];
    if (args[2] != Py_None && !exact_int(args[2], &start)) DECLINE;
    if (args[3] != Py_None && !exact_int(args[3], &end)) DECLINE;
    if (start < 0) start = start + size > 0 ? start + size : 0;
    if (end < 0) end += size;
    if (end > size) end = size;
    if (start >= end || step > size) DECLINE;
    for (int index = 0; index < ndim; index++) {
        sizes[index] = PyArray_DIMS(array)[index];
        strides[index] = PyArray_STRIDES(array)[index];
    }
    npy_intp offset = start * strides[dim];
    sizes[dim] = (end - start + step - 1) / step;
    strides[dim] *= step;
    return view_of(array, ndim, sizes, strides, offset);
}

/* transpose(array, dim0, dim1) */
static PyObject *transpose(CALL)
{
    npy_intp first, second, sizes[MOST], strides[MOST];
    if (count != 3 || !is_taken(args[0])) DECLINE;
    PyArrayObject *array = (PyArrayObject *)args[0];
    int ndim = PyArray_NDIM(array);
    if ((first = axis_of(args[1], ndim)) < 0 || (second = axis_of(args[2], ndim)) < 0) DECLINE;
    for (int index = 0; index < ndim; index++) {
        int from = index == first ? (int)second : index == second ? (int)first : index;
        sizes[index] = PyArray_DIMS(array)[from];
        strides[index] = PyArray_STRIDES(array)[from];
    }
    return view_of(array, ndim, sizes, strides, 0);
}

/* turn(array): a matrix transposed, a vector or number as it is */
static PyObject *turn(CALL)
{
    if (count != 1 || !is_taken(args[0])) DECLINE;
    PyArrayObject *array = (PyArrayObject *)args[0];
    int ndim = PyArray_NDIM(array);
    if (ndim > 2) DECLINE;
    npy_intp *dims = PyArray_DIMS(array), *steps = PyArray_STRIDES(array);
    if (ndim < 2) return view_of(array, ndim, dims, steps, 0);
    npy_intp sizes[2] = {dims[1], dims[0]}, strides[2] = {steps[1], steps[0]};
    return view_of(array, 2, sizes, strides, 0);
}

/* permute(array, dims) */
static PyObject *permute(CALL)
{
    npy_intp order[MOST], sizes[MOST], strides[MOST];
    if (count != 2 || !is_taken(args[0])) DECLINE;
    PyArrayObject *array = (PyArrayObject *)args[0];
    int ndim = PyArray_NDIM(array), seen = 0;
    if (read_sizes(args[1], order) != ndim) DECLINE;
    for (int index = 0; index < ndim; index++) {
        npy_intp from = order[index] < 0 ? order[index] + ndim : order[index];
        if (from < 0 || from >= ndim || seen >> from & 1) DECLINE;
        seen |= 1 << from;
        sizes[index] = PyArray_DIMS(array)[from];
        strides[index] = PyArray_STRIDES(array)[from];
    }
    return view_of(array, ndim, sizes, strides, 0);
}

/* unsqueeze(array, dim) */
static PyObject *unsqueeze(CALL)
{
    npy_intp dim, sizes[MOST], strides[MOST];
    if (count != 2 || !is_taken(args[0])) DECLINE;
    PyArrayObject *array = (PyArrayObject *)args[0];
    int ndim = PyArray_NDIM(array);
    if ((dim = axis_of(args[1], ndim + 1)) < 0) DECLINE;
    for (int from = 0, to = 0; to <= ndim; to++) {
        if (to == dim) {
            sizes[to] = 1;
            strides[to] = from < ndim ? PyArray_DIMS(array)[from] * PyArray_STRIDES(array)[from] : PyArray_ITEMSIZE(array);
            continue;
        }
        sizes[to] = PyArray_DIMS(array)[from];
        strides[to] = PyArray_STRIDES(array)[from++];
    }
    return view_of(array, ndim + 1, sizes, strides, 0);
}

/* expand(array, sizes, implicit) */
static PyObject *expand(CALL)
{
    npy_intp sizes[MOST], strides[MOST];
    if (count < 2 || !is_taken(args[0])) DECLINE;
    PyArrayObject *array = (PyArrayObject *)args[0];
    int ndim = PyArray_NDIM(array), wanted = read_sizes(args[1], sizes);
    npy_intp room = NPY_MAX_INTP / PyArray_ITEMSIZE(array); /* elements whose bytes can be counted */
    if (wanted < ndim || wanted < 1) DECLINE;
    for (int index = wanted - 1; index >= 0; index--) {
        int dim = index - wanted + ndim;
        npy_intp have = dim >= 0 ? PyArray_DIMS(array)[dim] : 1;
        if (sizes[index] == -1 && dim >= 0) sizes[index] = have;
        if (sizes[index] < 1 || !(room /= sizes[index])) DECLINE;
        if (ndim == 0) strides[index] = 0;
        else strides[index] = dim >= 0 ? PyArray_STRIDES(array)[dim] : sizes[index + 1] * strides[index + 1];
        if (have == sizes[index]) continue;
        if (have != 1) DECLINE;
        strides[index] = 0;
    }
    return view_of(array, wanted, sizes, strides, 0);
}

/* select_backward(grad, sizes, dim, index): zeros, with the gradient at one index of a dimension */
static PyObject *select_backward(CALL)
{
    npy_intp sizes[MOST];
    PyArrayObject *grad = count == 4 ? floats_of(args[0]) : NULL;
    if (!grad) DECLINE;
    int ndim = read_sizes(args[1], sizes), dim = ndim < 1 ? -1 : axis_of(args[2], ndim), over;
    if (dim < 0 || PyArray_NDIM(grad) != ndim - 1 || !PyLong_CheckExact(args[3])) DECLINE;
    npy_intp index = PyLong_AsLongAndOverflow(args[3], &over), total = 1;
    if (index < 0) index += sizes[dim];
    if (over || index < 0 || index >= sizes[dim]) DECLINE;
    for (int at = 0; at < ndim; at++) {
        if (at != dim && PyArray_DIMS(grad)[at - (at > dim)] != sizes[at]) DECLINE;
        total *= sizes[at];
    }
    if (total < 1 || total > GRAIN) DECLINE;
    PyArrayObject *made = new_array(PyArray_TYPE(grad), ndim, sizes, 0);
    if (!made) return NULL;
    npy_intp item = PyArray_ITEMSIZE(grad), inner = item, outer;
    memset(PyArray_BYTES(made), 0, (size_t)(total * item));
    for (int at = dim + 1; at < ndim; at++) inner *= sizes[at];
    outer = total * item / (inner * sizes[dim]);
    if (is_plain(grad) || ndim == 1) {
        for (npy_intp at = 0; at < outer; at++)
            memcpy(PyArray_BYTES(made) + (at * sizes[dim] + index) * inner, PyArray_BYTES(grad) + at * inner, (size_t)inner);
        return (PyObject *)made;
    }
    PyArray_Descr *descr = (PyArray_Descr *)Py_NewRef((PyObject *)PyArray_DESCR(made));
    npy_intp strides[MOST];
    for (int at = 0; at < ndim - 1; at++) strides[at] = PyArray_STRIDES(made)[at + (at >= dim)];
    PyObject *part = PyArray_NewFromDescr(&PyArray_Type, descr, ndim - 1, PyArray_DIMS(grad), strides,
                                          PyArray_BYTES(made) + index * inner, NPY_ARRAY_WRITEABLE | NPY_ARRAY_ALIGNED, NULL);
    int failed = !part || PyArray_CopyInto((PyArrayObject *)part, grad) < 0;
    Py_XDECREF(part);
    if (failed) Py_CLEAR(made);
    return (PyObject *)made;
}

/* slice_backward(grad, sizes, dim, start, end, step): zeros, with the gradient at a slice of a dimension */
static PyObject *slice_backward(CALL)
{
    npy_intp sizes[MOST], dim, start = 0, end, step, total = 1;
    PyArrayObject *grad = count == 6 ? floats_of(args[0]) : NULL;
    if (!grad) DECLINE;
    int ndim = read_sizes(args[1], sizes);
    if (ndim < 1 || PyArray_NDIM(grad) != ndim || (dim = axis_of(args[2], ndim)) < 0 || !exact_int(args[5], &step) || step <= 0) DECLINE;
    npy_intp size = end = sizes[dim];
    if (args[3] != Py_None && !exact_int(args[3], &start)) DECLINE;
    if (args[4] != Py_None && !exact_int(args[4], &end)) DECLINE;
    if (start < 0) start = start + size > 0 ? start + size : 0;
    if (end < 0) end += size;
    if (end > size) end = size;
    if (start >= end || step > size || PyArray_DIMS(grad)[dim] != (end - start + step - 1) / step) DECLINE;
    for (int at = 0; at < ndim; at++) {
        if (at != dim && PyArray_DIMS(grad)[at] != sizes[at]) DECLINE;
        total *= sizes[at];
    }
    if (total < 1 || total > GRAIN) DECLINE;
    PyArrayObject *made = new_array(PyArray_TYPE(grad), ndim, sizes, 0);
    if (!made) return NULL;
    memset(PyArray_BYTES(made), 0, (size_t)(total * PyArray_ITEMSIZE(grad)));
    PyArray_Descr *descr = (PyArray_Descr *)Py_NewRef((PyObject *)PyArray_DESCR(made));
    npy_intp strides[MOST];
    for (int at = 0; at < ndim; at++) strides[at] = PyArray_STRIDES(made)[at] * (at == dim ? step : 1);
    char *first = PyArray_BYTES(made) + start * PyArray_STRIDES(made)[dim];
    if (ndim == 1 && step == 1 && is_plain(grad)) {
        Py_DECREF(descr);
        memcpy(first, PyArray_BYTES(grad), (size_t)((end - start) * PyArray_ITEMSIZE(grad)));
        return (PyObject *)made;
    }
    PyObject *part = PyArray_NewFromDescr(&PyArray_Type, descr, ndim, PyArray_DIMS(grad), strides, first,
                                          NPY_ARRAY_WRITEABLE | NPY_ARRAY_ALIGNED, NULL);
    int failed = !part || PyArray_CopyInto((PyArrayObject *)part, grad) < 0;
    Py_XDECREF(part);
    if (failed) Py_CLEAR(made);
    return (PyObject *)made;
}

/* view(array, sizes): of an array that lies row by row */
static PyObject *view(CALL)
{
    npy_intp sizes[MOST], strides[MOST];
    if (count != 2 || !is_taken(args[0])) DECLINE;
    PyArrayObject *array = (PyArrayObject *)args[0];
    npy_intp item = PyArray_ITEMSIZE(array), step = item, total = PyArray_SIZE(array), known = 1;
    int ndim = PyArray_NDIM(array), wanted = read_sizes(args[1], sizes), open = -1;
    if (wanted < 0) DECLINE;
    for (int dim = ndim - 1; dim >= 0; dim--) {
        if (PyArray_STRIDES(array)[dim] != step) DECLINE;
        step *= PyArray_DIMS(array)[dim];
    }
    for (int index = 0; index < wanted; index++) {
        if (sizes[index] == -1 && open < 0) open = index;
        else if (sizes[index] < 1 || sizes[index] > total) DECLINE;
        else known *= sizes[index];
        if (known > total) DECLINE;
    }
    if (open >= 0) {
        sizes[open] = total / known;
        known *= sizes[open];
    }
    if (known != total) DECLINE;
    step = item;
    for (int index = wanted - 1; index >= 0; index--) {
        strides[index] = step;
        step *= sizes[index];
    }
    return view_of(array, wanted, sizes, strides, 0);
}

/* diagonal(self, offset, dim1, dim2) */
static PyObject *diagonal(CALL)
{
    npy_intp offset, sizes[MOST], strides[MOST];
    if (count != 4 || !is_taken(args[0]) || !exact_int(args[1], &offset)) DECLINE;
    PyArrayObject *array = (PyArrayObject *)args[0];
    int ndim = PyArray_NDIM(array), made = 0, first = axis_of(args[2], ndim), second = axis_of(args[3], ndim);
    if (first < 0 || second < 0 || first == second) DECLINE;
    npy_intp *dims = PyArray_DIMS(array), *steps = PyArray_STRIDES(array);
    npy_intp rows = offset < 0 ? dims[first] + offset : dims[first], columns = offset < 0 ? dims[second] : dims[second] - offset;
    if (rows < 1 || columns < 1) DECLINE;
    for (int dim = 0; dim < ndim; dim++) {
        if (dim == first || dim == second) continue;
        sizes[made] = dims[dim];
        strides[made++] = steps[dim];
    }
    sizes[made] = rows < columns ? rows : columns;
    strides[made++] = steps[first] + steps[second];
    return view_of(array, made, sizes, strides, offset < 0 ? -offset * steps[first] : offset * steps[second]);
}

/* element_strides(array): a tuple */
static PyObject *element_strides(CALL)
{
    if (count != 1 || !is_taken(args[0])) DECLINE;
    PyArrayObject *array = (PyArrayObject *)args[0];
    npy_intp item = PyArray_ITEMSIZE(array);
    PyObject *found = PyTuple_New(PyArray_NDIM(array));
    if (!found || !item) return found;
    for (int dim = 0; dim < PyArray_NDIM(array); dim++) {
        npy_intp stride = PyArray_STRIDES(array)[dim], steps = stride / item;
        if (stride % item && stride < 0) steps--; /* rounded down, as Python divides */
        PyObject *step = PyLong_FromSsize_t(steps);
        if (!step) {
            Py_DECREF(found);
            return NULL;
        }
        PyTuple_SET_ITEM(found, dim, step);
    }
    return found;
}

/* ---------------------------------------------------------------- arrays in a row */

/* cat(arrays, dim), and with `stack` stack(arrays, dim): of row-major arrays of one dtype. */
static PyObject *join(PyObject *list, PyObject *where, int stack)
{
    if (!PyList_CheckExact(list) && !PyTuple_CheckExact(list)) DECLINE;
    Py_ssize_t number = PySequence_Fast_GET_SIZE(list);
    PyObject **items = PySequence_Fast_ITEMS(list);
    if (!number || !is_taken(items[0])) DECLINE;
    PyArrayObject *first = (PyArrayObject *)items[0];
    int ndim = PyArray_NDIM(first), type = PyArray_TYPE(first), dim = axis_of(where, ndim + stack);
    if (dim < 0 || type >= NPY_NTYPES_LEGACY || type == NPY_OBJECT) DECLINE;
    npy_intp sizes[MOST], outer = 1, inner = PyArray_ITEMSIZE(first), total = 0;
    for (Py_ssize_t index = 0; index < number; index++) {
        if (!is_taken(items[index])) DECLINE;
        PyArrayObject *array = (PyArrayObject *)items[index];
        if (PyArray_TYPE(array) != type || PyArray_NDIM(array) != ndim || !is_plain(array) || !PyArray_ISNOTSWAPPED(array)) DECLINE;
        for (int at = 0; at < ndim; at++)
            if (PyArray_DIMS(array)[at] != PyArray_DIMS(first)[at] && (stack || at != dim)) DECLINE;
        total += stack ? 1 : PyArray_DIMS(array)[dim];
    }
    for (int at = 0, from = 0; at < ndim + stack; at++) {
        sizes[at] = at == dim ? total : PyArray_DIMS(first)[from];
        if (at < dim) outer *= sizes[at];
        if (at > dim) inner *= sizes[at];
        if (at != dim || !stack) from++;
    }
    PyArrayObject *result = new_array(type, ndim + stack, sizes, 0);
    if (!result) return NULL;
    char *target = PyArray_BYTES(result);
    for (npy_intp row = 0; row < outer; row++)
        for (Py_ssize_t index = 0; index < number; index++) {
            PyArrayObject *array = (PyArrayObject *)items[index];
            npy_intp bytes = (stack ? 1 : PyArray_DIMS(array)[dim]) * inner;
            memcpy(target, PyArray_BYTES(array) + row * bytes, bytes);
            target += bytes;
        }
    return (PyObject *)result;
}

static PyObject *cat(CALL)
{
    if (count != 2) DECLINE;
    return join(args[0], args[1], 0);
}

static PyObject *stack(CALL)
{
    if (count != 2) DECLINE;
    return join(args[0], args[1], 1);
}

const kernel_row view_kernels[] = {
    {"select", select_index}, {"slice", slice}, {"transpose", transpose}, {"turn", turn}, {"permute", permute},
    {"unsqueeze", unsqueeze}, {"expand", expand}, {"select_backward", select_backward}, {"slice_backward", slice_backward}, {"view", view},
    {"cat", cat}, {"stack", stack},
    {"diagonal", diagonal}, {"element_strides", element_strides}, {NULL}};
