/* x[key] for keys of integers, slices, None and `...` on plain tensors: what indexing.getitem() does, without the interpreter. */

#include "../_core/_native.h"
#include "../_core/_record.h"

static struct {
    PyObject *general, *select, *slice, *unsqueeze, *alias; /* getitem(), and the operators of which it is made */
} subscripts;

typedef struct {
    npy_intp start, end, step;
} bounds;

/* A bound of a slice; 0 where it takes thought. */
static int read_bound(PyObject *value, npy_intp otherwise, npy_intp *found)
{
    int overflow = 0;
    *found = otherwise;
    if (value == Py_None) return 1;
    if (!PyLong_CheckExact(value)) return 0;
    *found = PyLong_AsLongLongAndOverflow(value, &overflow);
    return !overflow;
}

static int read_slice(PyObject *key, bounds *found)
{
    PySliceObject *slice = (PySliceObject *)key;
    return read_bound(slice->start, 0, &found->start) && read_bound(slice->stop, NPY_MAX_INTP, &found->end) && read_bound(slice->step, 1, &found->step)
        && found->step > 0;
}

/* Call an operator on the tensor and up to four numbers. */
static PyObject *apply(PyObject *op, long word, PyObject *tensor, const npy_intp *numbers, int count)
{
    PyObject *values[5] = {tensor}, *made = NULL;
    int given = 1;
    while (given <= count && (values[given] = PyLong_FromSsize_t(numbers[given - 1]))) given++;
    if (given > count) made = serve(op, BY_KERNEL, word, values, given);
    while (--given > 0) Py_DECREF(values[given]);
    return made;
}

static PyObject *select_at(long word, PyObject *tensor, int dim, npy_intp position)
{
    return apply(subscripts.select, word, tensor, (npy_intp[]){dim, position}, 2);
}

static PyObject *slice_at(long word, PyObject *tensor, int dim, const bounds *cut)
{
    return apply(subscripts.slice, word, tensor, (npy_intp[]){dim, cut->start, cut->end, cut->step}, 4);
}

/* An index that lies within a dimension of this size; 0 for any other. */
static int read_index(PyObject *key, npy_intp size, npy_intp *found)
{
    return read_bound(key, size, found) && -size <= *found && *found < size;
}

/* Whether a tuple holds nothing but what is simple; how many dimensions it names. */
static int is_simple(PyObject *key, PyArrayObject *array, int *specified)
{
    int dim = 0, ellipses = 0;
    *specified = 0;
    for (Py_ssize_t place = 0; place < PyTuple_GET_SIZE(key); place++) {
        PyObject *entry = PyTuple_GET_ITEM(key, place);
        if (PyLong_CheckExact(entry) || PySlice_Check(entry)) ++*specified;
        else if (entry == Py_Ellipsis) ellipses++;
        else if (entry != Py_None) return 0;
    }
    if (*specified > PyArray_NDIM(array) || ellipses > 1) return 0;
    for (Py_ssize_t place = 0; place < PyTuple_GET_SIZE(key); place++) {
        PyObject *entry = PyTuple_GET_ITEM(key, place);
        npy_intp index;
        bounds cut;
        if (entry == Py_Ellipsis) dim += PyArray_NDIM(array) - *specified;
        else if (PySlice_Check(entry) ? !read_slice(entry, &cut) : entry != Py_None && !read_index(entry, PyArray_DIMS(array)[dim], &index)) return 0;
        else dim += entry != Py_None;
    }
    return 1;
}

/* x[key] for a tuple; NULL where it has to go another way, perhaps with an error. */
static PyObject *by_tuple(long word, PyObject *tensor, PyObject *key)
{
    int specified, dim = 0, ndim = PyArray_NDIM(tensor_array(tensor));
    if (!is_simple(key, tensor_array(tensor), &specified)) return NULL;
    PyObject *found = Py_NewRef(tensor);
    for (Py_ssize_t place = 0; found && place < PyTuple_GET_SIZE(key); place++) {
        PyObject *entry = PyTuple_GET_ITEM(key, place), *next = NULL;
        npy_intp index = 0;
        bounds cut;
        if (entry == Py_Ellipsis) {
            dim += ndim - specified;
            continue;
        }
        if (entry == Py_None) {
            next = apply(subscripts.unsqueeze, word, found, (npy_intp[]){dim++}, 1);
        } else if (PySlice_Check(entry)) {
            read_slice(entry, &cut);
            if (cut.start == 0 && cut.step == 1 && cut.end >= PyArray_DIMS(tensor_array(found))[dim]) next = Py_NewRef(found);
            else next = slice_at(word, found, dim, &cut);
            dim++;
        } else {
            read_bound(entry, 0, &index);
            next = select_at(word, found, dim, index);
        }
        Py_SETREF(found, next);
    }
    if (found == tensor) Py_SETREF(found, apply(subscripts.alias, word, tensor, NULL, 0));
    return found;
}

static PyObject *simply(PyObject *tensor, PyObject *key)
{
    long word = mode_word();
    PyArrayObject *array = tensor_array(tensor);
    npy_intp index;
    bounds cut;
    if (word & ~1L) return NULL;
    if (PyTuple_CheckExact(key)) return by_tuple(word, tensor, key);
    if (key == Py_None) return apply(subscripts.unsqueeze, word, tensor, (npy_intp[]){0}, 1);
    if (key == Py_Ellipsis) return apply(subscripts.alias, word, tensor, NULL, 0);
    if (!PyArray_NDIM(array)) return NULL;
    if (PySlice_Check(key)) return read_slice(key, &cut) ? slice_at(word, tensor, 0, &cut) : NULL;
    return read_index(key, PyArray_DIMS(array)[0], &index) ? select_at(word, tensor, 0, index) : NULL;
}

static PyObject *subscript(PyObject *method, PyObject *const *args, size_t flags, PyObject *names)
{
    int is_simple_call = PyVectorcall_NARGS(flags) == 2 && !names && is_plain_tensor(args[0]);
    PyObject *found = is_simple_call ? simply(args[0], args[1]) : NULL;
    if (found || PyErr_Occurred()) return found;
    return PyObject_Vectorcall(subscripts.general, args, flags, names);
}

PyObject *subscript_method(PyObject *module, PyObject *args)
{
    if (!PyArg_ParseTuple(args, "OOOOO", &subscripts.general, &subscripts.select, &subscripts.slice, &subscripts.unsqueeze, &subscripts.alias))
        return NULL;
    Py_INCREF(args); /* and so all of them */
    return new_method(subscripts.general, subscript);
}
