/* Elements put into another order or chosen by their size: triangles, flips, rolls, masks, sorts, the largest and smallest along a dimension.

   NumPy makes each of these of several calls, which takes small arrays microseconds. The kernels take plain row-major arrays. */

#include "../_core/_native.h"
#include <math.h>

#define LITTLE 8192 /* elements beyond which NumPy is quicker */

#define MOST 16       /* dimensions */
#define LARGE 4096    /* elements from which on NumPy, which has vector code, is as fast */
#define SHORT 64      /* elements of a line that is sorted here */
#define STABLE 16     /* ... in which equal values keep their order: see NOTE [ Equal values in sort ] in sort.py */

static PyArrayObject *plain_of(PyObject *value)
{
    PyArrayObject *array = array_of(value);
    return array && PyArray_TYPE(array) < NPY_NTYPES_LEGACY && is_plain(array) && PyArray_NDIM(array) < MOST ? array : NULL;
}

/* ---------------------------------------------------------------- triangles */

/* tril(self, diagonal), or triu where the row has data */
static PyObject *triangle(CALL)
{
    npy_intp diagonal;
    PyArrayObject *self = count == 2 ? plain_of(args[0]) : NULL;
    if (!self || PyArray_NDIM(self) < 2 || !exact_int(args[1], &diagonal)) DECLINE;
    PyArrayObject *made = new_like(self);
    if (!made) return NULL;
    int ndim = PyArray_NDIM(self), upper = row->data != NULL;
    npy_intp rows = PyArray_DIMS(self)[ndim - 2], columns = PyArray_DIMS(self)[ndim - 1], item = PyArray_ITEMSIZE(self);
    npy_intp lines = PyArray_SIZE(self) / columns;
    const char *from = PyArray_BYTES(self);
    char *to = PyArray_BYTES(made);
    for (npy_intp line = 0; line < lines; line++, from += columns * item, to += columns * item) {
        npy_intp edge = line % rows + diagonal + !upper; /* the first column of the upper part */
        edge = edge < 0 ? 0 : edge > columns ? columns : edge;
        npy_intp first = upper ? edge : 0, last = upper ? columns : edge;
        memset(to, 0, first * item);
        memcpy(to + first * item, from + first * item, (last - first) * item);
        memset(to + last * item, 0, (columns - last) * item);
    }
    return (PyObject *)made;
}

/* ---------------------------------------------------------------- moved along dimensions */

/* Copy with each dimension's positions looked up: element [i, j] is from[place[0][i] + place[1][j]], in bytes. */
static void copy_places(char *to, const char *from, int ndim, const npy_intp *dims, npy_intp *const *places, npy_intp item)
{
    if (!ndim) {
        memcpy(to, from, item);
        return;
    }
    npy_intp inner = item;
    for (int dim = 1; dim < ndim; dim++) inner *= dims[dim];
    for (npy_intp index = 0; index < dims[0]; index++, to += inner) {
        const char *start = from + places[0][index];
        if (ndim > 1) copy_places(to, start, ndim - 1, dims + 1, places + 1, item);
        else if (item == 4) memcpy(to, start, 4);
        else if (item == 8) memcpy(to, start, 8);
        else memcpy(to, start, item);
    }
}

/* shift[dim]: by how much a dimension is rolled; turned[dim]: whether it is reversed. */
static PyObject *moved(PyArrayObject *self, const npy_intp *shift, const char *turned)
{
    int ndim = PyArray_NDIM(self);
    npy_intp total = 0, item = PyArray_ITEMSIZE(self), *dims = PyArray_DIMS(self), *places[MOST];
    for (int dim = 0; dim < ndim; dim++) total += dims[dim];
    npy_intp *memory = PyMem_Malloc((total + 1) * sizeof(npy_intp)), *next = memory;
    PyArrayObject *made = memory ? new_like(self) : NULL;
    if (!made) {
        PyMem_Free(memory);
        return memory ? NULL : PyErr_NoMemory();
    }
    for (int dim = 0; dim < ndim; dim++) {
        places[dim] = next;
        npy_intp size = dims[dim], by = shift ? ((shift[dim] % size) + size) % size : 0;
        for (npy_intp index = 0; index < size; index++) {
            npy_intp source = turned && turned[dim] ? size - 1 - index : index >= by ? index - by : index - by + size;
            *next++ = source * PyArray_STRIDES(self)[dim];
        }
    }
    copy_places(PyArray_BYTES(made), PyArray_BYTES(self), ndim, dims, places, item);
    PyMem_Free(memory);
    return (PyObject *)made;
}

/* flip(self, dims) */
static PyObject *flip(CALL)
{
    PyArrayObject *self = count == 2 ? plain_of(args[0]) : NULL;
    if (!self || !PyArray_NDIM(self) || (!PyTuple_Check(args[1]) && !PyList_CheckExact(args[1])) || !PySequence_Fast_GET_SIZE(args[1])) DECLINE;
    if (PyArray_SIZE(self) > LITTLE) DECLINE;
    if (PyTypeNum_ISUNSIGNED(PyArray_TYPE(self)) && PyArray_TYPE(self) != NPY_UBYTE) DECLINE;
    char turned[MOST] = {0};
    for (Py_ssize_t index = 0; index < PySequence_Fast_GET_SIZE(args[1]); index++) {
        int dim = axis_of(PySequence_Fast_GET_ITEM(args[1], index), PyArray_NDIM(self));
        if (dim < 0 || turned[dim]++) DECLINE;
    }
    return moved(self, NULL, turned);
}

/* roll(self, shifts, dims) */
static PyObject *roll(CALL)
{
    PyArrayObject *self = count == 3 ? plain_of(args[0]) : NULL;
    if (!self || !PyArray_NDIM(self) || (!PyTuple_Check(args[1]) && !PyList_CheckExact(args[1]))) DECLINE;
    Py_ssize_t shifts = PySequence_Fast_GET_SIZE(args[1]);
    Py_ssize_t dims = PyTuple_Check(args[2]) || PyList_CheckExact(args[2]) ? PySequence_Fast_GET_SIZE(args[2]) : args[2] == Py_None ? 0 : -1;
    npy_intp shift[MOST] = {0}, by;
    if (dims == 0 && shifts == 1) { /* as one long line */
        if (!exact_int(PySequence_Fast_GET_ITEM(args[1], 0), &by)) DECLINE;
        PyArrayObject *made = new_like(self);
        if (!made) return NULL;
        npy_intp size = PyArray_SIZE(self), item = PyArray_ITEMSIZE(self);
        by = ((by % size) + size) % size;
        memcpy(PyArray_BYTES(made) + by * item, PyArray_BYTES(self), (size - by) * item);
        memcpy(PyArray_BYTES(made), PyArray_BYTES(self) + (size - by) * item, by * item);
        return (PyObject *)made;
    }
    if (dims != shifts || !dims || PyArray_SIZE(self) > LITTLE) DECLINE;
    for (Py_ssize_t index = 0; index < dims; index++) {
        int dim = axis_of(PySequence_Fast_GET_ITEM(args[2], index), PyArray_NDIM(self));
        if (dim < 0 || !exact_int(PySequence_Fast_GET_ITEM(args[1], index), &by)) DECLINE;
        shift[dim] += by % PyArray_DIMS(self)[dim];
    }
    return moved(self, shift, NULL);
}

/* ---------------------------------------------------------------- masks */

/* masked_fill(self, mask, number) */
static PyObject *masked_fill(CALL)
{
    double value;
    PyArrayObject *self = count == 3 ? plain_floats(args[0]) : NULL, *mask = self ? array_of(args[1]) : NULL;
    if (!mask || PyArray_TYPE(mask) != NPY_BOOL || !same_shape(self, mask) || !is_plain(mask) || !number_of(args[2], &value)) DECLINE;
    int narrow = PyArray_TYPE(self) == NPY_FLOAT;
    if (narrow && fabs(value) > 3.4028234663852886e38 && !isinf(value)) DECLINE;
    PyArrayObject *made = new_like(self);
    if (!made) return NULL;
    const npy_bool *where = PyArray_DATA(mask);
    npy_intp size = PyArray_SIZE(self);
    if (narrow) {
        const float *from = PyArray_DATA(self);
        float *to = PyArray_DATA(made), fill = (float)value;
        for (npy_intp index = 0; index < size; index++) to[index] = where[index] ? fill : from[index];
    } else {
        const double *from = PyArray_DATA(self);
        double *to = PyArray_DATA(made);
        for (npy_intp index = 0; index < size; index++) to[index] = where[index] ? value : from[index];
    }
    return (PyObject *)made;
}

/* ---------------------------------------------------------------- order along lines */

typedef union {
    double real;
    npy_int64 whole;
} key;

/* Whether values of this type are compared here. */
static int is_ordered(PyArrayObject *array)
{
    int type = PyArray_TYPE(array);
    return type == NPY_FLOAT || type == NPY_DOUBLE || type == NPY_LONG || type == NPY_INT;
}

INLINE key read_key(const char *at, int type)
{
    key found;
    if (type == NPY_FLOAT) found.real = *(const float *)at;
    else if (type == NPY_DOUBLE) found.real = *(const double *)at;
    else if (type == NPY_LONG) found.whole = *(const npy_long *)at;
    else found.whole = *(const npy_int *)at;
    return found;
}

/* Whether a comes before b in ascending order, nan last. */
INLINE int below(key a, key b, int is_real)
{
    if (!is_real) return a.whole < b.whole;
    return a.real < b.real || (a.real == a.real && b.real != b.real);
}

/* The order of one short line; 0 where PyTorch's would depend on how it sorts. */
static int order_line(const key *keys, npy_intp *order, npy_intp size, int is_real, int descending)
{
    for (npy_intp place = 0; place < size; place++) {
        npy_intp hole = place;
        for (; hole > 0; hole--) {
            key one = keys[place], other = keys[order[hole - 1]];
            if (!(descending ? below(other, one, is_real) : below(one, other, is_real))) break;
            order[hole] = order[hole - 1];
        }
        order[hole] = place;
    }
    if (size <= STABLE) return 1;
    for (npy_intp place = 1; place < size; place++) {
        key one = keys[order[place - 1]], other = keys[order[place]];
        if (!below(one, other, is_real) && !below(other, one, is_real)) return 0;
    }
    return 1;
}

static PyObject *pair_of(PyArrayObject *first, PyArrayObject *second)
{
    PyObject *made = PyList_New(2);
    if (!made) {
        Py_DECREF(first);
        Py_DECREF(second);
        return NULL;
    }
    PyList_SET_ITEM(made, 0, (PyObject *)first);
    PyList_SET_ITEM(made, 1, (PyObject *)second);
    return made;
}

/* sort(self, dim, descending), or with a `stable` before dim where the row has data */
static PyObject *sort(CALL)
{
    int shift = row->data != NULL;
    PyArrayObject *self = count == 3 + shift ? plain_of(args[0]) : NULL;
    if (!self || !PyArray_NDIM(self) || !is_ordered(self)) DECLINE;
    int axis = axis_of(args[1 + shift], PyArray_NDIM(self)), type = PyArray_TYPE(self), descending = args[2 + shift] == Py_True;
    if (axis < 0 || !PyBool_Check(args[2 + shift])) DECLINE;
    lines shape = lines_along(self, axis);
    if (shape.size > SHORT) DECLINE;
    PyArrayObject *values = new_like(self), *indices = values ? new_array(NPY_LONG, PyArray_NDIM(self), PyArray_DIMS(self), 0) : NULL;
    if (!indices) {
        Py_XDECREF(values);
        return NULL;
    }
    npy_intp item = PyArray_ITEMSIZE(self), step = shape.inner * item, order[SHORT];
    key keys[SHORT];
    for (npy_intp line = 0; line < shape.outer * shape.inner; line++) {
        npy_intp start = line / shape.inner * shape.size * shape.inner + line % shape.inner;
        const char *from = PyArray_BYTES(self) + start * item;
        for (npy_intp index = 0; index < shape.size; index++) keys[index] = read_key(from + index * step, type);
        if (!order_line(keys, order, shape.size, type == NPY_FLOAT || type == NPY_DOUBLE, descending)) {
            Py_DECREF(values);
            Py_DECREF(indices);
            DECLINE;
        }
        char *to = PyArray_BYTES(values) + start * item;
        npy_long *places = (npy_long *)PyArray_DATA(indices) + start;
        for (npy_intp index = 0; index < shape.size; index++) {
            memcpy(to + index * step, from + order[index] * step, item);
            places[index * shape.inner] = order[index];
        }
    }
    return pair_of(values, indices);
}

/* The dims of a reduction over one dimension; how many. */
static int reduced_dims(PyArrayObject *self, int axis, int keepdim, npy_intp *dims)
{
    int made = 0;
    for (int dim = 0; dim < PyArray_NDIM(self); dim++) {
        if (dim != axis) dims[made++] = PyArray_DIMS(self)[dim];
        else if (keepdim) dims[made++] = 1;
    }
    return made;
}

/* Where the largest (smallest) element of a line is; nan wins, and the first of equal ones. */
static npy_intp extreme(const char *from, npy_intp size, npy_intp step, int type, int largest)
{
    int is_real = type == NPY_FLOAT || type == NPY_DOUBLE;
    npy_intp found = 0;
    key best = read_key(from, type);
    for (npy_intp index = 1; index < size; index++) {
        if (is_real && best.real != best.real) break;
        key next = read_key(from + index * step, type);
        int better = is_real ? (largest ? next.real > best.real : next.real < best.real) || next.real != next.real
                             : largest ? next.whole > best.whole : next.whole < best.whole;
        if (!better) continue;
        best = next;
        found = index;
    }
    return found;
}

/* max(self, dim, keepdim) with the positions, or min where the row has data */
static PyObject *select_extreme(CALL)
{
    PyArrayObject *self = count == 3 ? plain_of(args[0]) : NULL;
    if (!self || !PyArray_NDIM(self) || !is_ordered(self) || !PyBool_Check(args[2]) || PyArray_SIZE(self) > LARGE) DECLINE;
    int axis = axis_of(args[1], PyArray_NDIM(self)), type = PyArray_TYPE(self);
    if (axis < 0) DECLINE;
    npy_intp dims[MOST], item = PyArray_ITEMSIZE(self);
    int ndim = reduced_dims(self, axis, args[2] == Py_True, dims);
    lines shape = lines_along(self, axis);
    PyArrayObject *values = new_array(type, ndim, dims, 0), *indices = values ? new_array(NPY_LONG, ndim, dims, 0) : NULL;
    if (!indices) {
        Py_XDECREF(values);
        return NULL;
    }
    char *to = PyArray_BYTES(values);
    npy_long *places = PyArray_DATA(indices);
    for (npy_intp line = 0; line < shape.outer * shape.inner; line++, to += item) {
        npy_intp start = line / shape.inner * shape.size * shape.inner + line % shape.inner;
        const char *from = PyArray_BYTES(self) + start * item;
        npy_intp found = extreme(from, shape.size, shape.inner * item, type, !row->data);
        memcpy(to, from + found * shape.inner * item, item);
        *places++ = found;
    }
    return pair_of(values, indices);
}

/* argmax(self, dim, keepdim), or argmin where the row has data */
static PyObject *place_of_extreme(CALL)
{
    PyArrayObject *self = count == 3 ? plain_of(args[0]) : NULL;
    if (!self || !is_ordered(self) || !PyBool_Check(args[2]) || PyArray_SIZE(self) > LARGE) DECLINE;
    int type = PyArray_TYPE(self), ndim = PyArray_NDIM(self), keepdim = args[2] == Py_True;
    npy_intp dims[MOST], item = PyArray_ITEMSIZE(self);
    lines shape = {1, PyArray_SIZE(self), 1};
    if (args[1] == Py_None) {
        for (int dim = 0; dim < ndim; dim++) dims[dim] = 1;
        if (!keepdim) ndim = 0;
    } else {
        int axis = axis_of(args[1], ndim);
        if (axis < 0) DECLINE;
        shape = lines_along(self, axis);
        ndim = reduced_dims(self, axis, keepdim, dims);
    }
    PyArrayObject *made = new_array(NPY_LONG, ndim, dims, 0);
    if (!made) return NULL;
    npy_long *places = PyArray_DATA(made);
    for (npy_intp line = 0; line < shape.outer * shape.inner; line++) {
        npy_intp start = line / shape.inner * shape.size * shape.inner + line % shape.inner;
        *places++ = extreme(PyArray_BYTES(self) + start * item, shape.size, shape.inner * item, type, !row->data);
    }
    return (PyObject *)made;
}

/* ---------------------------------------------------------------- where something is */

/* any(self), or all where the row has data, of bools */
static PyObject *any_or_all(CALL)
{
    PyArrayObject *self = count == 1 ? array_of(args[0]) : NULL;
    if (!self || PyArray_TYPE(self) != NPY_BOOL || !is_plain(self)) DECLINE;
    int wanted = row->data == NULL;
    PyArrayObject *made = new_array(NPY_BOOL, 0, NULL, 0);
    if (!made) return NULL;
    *(npy_bool *)PyArray_DATA(made) = wanted ? memchr(PyArray_DATA(self), 1, PyArray_SIZE(self)) != NULL
                                             : memchr(PyArray_DATA(self), 0, PyArray_SIZE(self)) == NULL;
    return (PyObject *)made;
}

/* Whether an element is not 0, of a type that is_ordered() or bool; nan is not. */
INLINE int is_set(const char *at, int type)
{
    if (type == NPY_BOOL) return *at != 0;
    key value = read_key(at, type);
    return type == NPY_FLOAT || type == NPY_DOUBLE ? value.real != 0 : value.whole != 0;
}

/* nonzero_indices(self): a row of positions for each element that is not 0, stored column by column */
static PyObject *nonzero(CALL)
{
    PyArrayObject *self = count == 1 ? plain_of(args[0]) : NULL;
    if (!self || !PyArray_NDIM(self) || (!is_ordered(self) && PyArray_TYPE(self) != NPY_BOOL)) DECLINE;
    int type = PyArray_TYPE(self), ndim = PyArray_NDIM(self);
    npy_intp size = PyArray_SIZE(self), item = PyArray_ITEMSIZE(self), place[MOST] = {0}, found = 0;
    const char *at = PyArray_BYTES(self);
    for (npy_intp index = 0; index < size; index++) found += is_set(at + index * item, type);
    if (!found) DECLINE;
    npy_intp dims[2] = {found, ndim};
    PyArrayObject *made = new_array(NPY_LONG, 2, dims, 1);
    if (!made) return NULL;
    npy_long *to = PyArray_DATA(made);
    for (npy_intp index = 0, number = 0; index < size; index++, at += item) {
        if (is_set(at, type)) {
            for (int dim = 0; dim < ndim; dim++) to[dim * found + number] = place[dim];
            number++;
        }
        for (int dim = ndim - 1; dim >= 0 && ++place[dim] == PyArray_DIMS(self)[dim]; dim--) place[dim] = 0;
    }
    return (PyObject *)made;
}

/* equal(tensor, tensor), of one dtype */
static PyObject *equal(CALL)
{
    PyArrayObject *one = count == 2 && in_plain_mode() ? array_of_tensor(args[0]) : NULL, *other = one ? array_of_tensor(args[1]) : NULL;
    if (!other || PyArray_TYPE(one) != PyArray_TYPE(other) || (!is_ordered(one) && PyArray_TYPE(one) != NPY_BOOL)) DECLINE;
    if (!same_shape(one, other)) Py_RETURN_FALSE;
    if (!is_plain(one) || !is_plain(other)) DECLINE;
    int type = PyArray_TYPE(one);
    npy_intp size = PyArray_SIZE(one);
    int same = 1;
    if (type == NPY_FLOAT) {
        const float *x = PyArray_DATA(one), *y = PyArray_DATA(other);
        for (npy_intp index = 0; same && index < size; index++) same = x[index] == y[index];
    } else if (type == NPY_DOUBLE) {
        const double *x = PyArray_DATA(one), *y = PyArray_DATA(other);
        for (npy_intp index = 0; same && index < size; index++) same = x[index] == y[index];
    } else {
        same = !memcmp(PyArray_DATA(one), PyArray_DATA(other), PyArray_NBYTES(one));
    }
    return PyBool_FromLong(same);
}

const kernel_row order_kernels[] = {
    {"tril", triangle}, {"triu", triangle, ""}, {"flip", flip}, {"roll", roll}, {"masked_fill", masked_fill}, {"sort", sort},
    {"sort_stable", sort, ""}, {"max_along", select_extreme}, {"min_along", select_extreme, ""}, {"argmax", place_of_extreme},
    {"argmin", place_of_extreme, ""}, {"any", any_or_all}, {"all", any_or_all, ""}, {"nonzero", nonzero},
    {"equal", equal}, {NULL}};
