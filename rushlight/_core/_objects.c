/* What the core does to objects many times in each call. */

#include "_native.h"

/* base.__new__(class), without the way through Python's object protocol. */
static PyObject *make_instance(PyObject *base, PyObject *class)
{
    static PyObject *nothing;
    if (!nothing && !(nothing = PyTuple_New(0))) return NULL;
    return ((PyTypeObject *)base)->tp_new((PyTypeObject *)class, nothing, NULL);
}

static PyMethodDef maker_definition = {"make", make_instance, METH_O, "A new instance of a subclass, as `base.__new__(class)` makes it."};

PyObject *maker(PyObject *module, PyObject *base)
{
    if (!PyType_Check(base)) return PyErr_Format(PyExc_TypeError, "a class, not %R", base);
    return PyCFunction_New(&maker_definition, base);
}

PyObject *has_form(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    if (count != 3 || !PyArray_CheckExact(args[0]) || !PyTuple_Check(args[2])) Py_RETURN_FALSE;
    PyArrayObject *array = (PyArrayObject *)args[0];
    int ndim = PyArray_NDIM(array);
    if ((PyObject *)PyArray_DESCR(array) != args[1] || PyTuple_GET_SIZE(args[2]) != ndim) Py_RETURN_FALSE;
    for (int dim = 0; dim < ndim; dim++) {
        PyObject *size = PyTuple_GET_ITEM(args[2], dim);
        if (!PyLong_CheckExact(size) || PyLong_AsSsize_t(size) != PyArray_DIMS(array)[dim]) Py_RETURN_FALSE;
    }
    Py_RETURN_TRUE;
}

/* may_add_into() of slot.py, for what most gradients are: an array of its own memory. */
PyObject *is_owned(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    if (count != 2 || !PyList_CheckExact(args[0]) || !PyLong_CheckExact(args[1])) Py_RETURN_NONE;
    Py_ssize_t index = PyLong_AsSsize_t(args[1]);
    if (index < 0 || index >= PyList_GET_SIZE(args[0])) Py_RETURN_NONE;
    PyObject *found = PyList_GET_ITEM(args[0], index);
    if (Py_REFCNT(found) != 1) Py_RETURN_FALSE;
    if (!PyArray_CheckExact(found)) Py_RETURN_NONE;
    PyArrayObject *array = (PyArrayObject *)found;
    PyObject *base = PyArray_BASE(array);
    if (base && Py_REFCNT(base) != 1) Py_RETURN_FALSE; /* other views of that memory are in use */
    if (base) Py_RETURN_NONE;
    if (!PyArray_NDIM(array)) Py_RETURN_FALSE;
    if (!PyArray_ISONESEGMENT(array)) Py_RETURN_NONE;
    if (PyArray_ISWRITEABLE(array)) Py_RETURN_TRUE;
    Py_RETURN_FALSE;
}

PyObject *address(PyObject *module, PyObject *array)
{
    if (!PyArray_Check(array)) return PyErr_Format(PyExc_TypeError, "an array, not %R", Py_TYPE(array));
    return PyLong_FromVoidPtr(PyArray_DATA((PyArrayObject *)array));
}
