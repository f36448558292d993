/* Sizes: what torch.Size inherits from in the native form, a tuple whose items, slices and sums are found without Python. The pure form's
   _Sizes in _objects.py says what each of them gives. */

#include "_native.h"

static PyTypeObject *size_class; /* torch.Size */

PyObject *set_size_class(PyObject *module, PyObject *class)
{
    if (!PyType_Check(class)) return PyErr_Format(PyExc_TypeError, "a class, not %R", class);
    Py_XSETREF(size_class, (PyTypeObject *)Py_NewRef(class));
    Py_RETURN_NONE;
}

PyObject *new_size(const npy_intp *values, int count)
{
    PyObject *made = size_class->tp_alloc(size_class, count);
    for (int index = 0; made && index < count; index++) {
        PyObject *value = PyLong_FromSsize_t(values[index]);
        if (!value) Py_CLEAR(made);
        else PyTuple_SET_ITEM(made, index, value);
    }
    return made;
}

/* Whether these are exact ints of 64 bits, which no Size asks about. */
static int are_sizes(PyObject *const *items, Py_ssize_t count)
{
    for (Py_ssize_t index = 0; index < count; index++) {
        int overflow;
        if (!PyLong_CheckExact(items[index])) return 0;
        (void)PyLong_AsLongLongAndOverflow(items[index], &overflow);
        if (overflow) return 0;
    }
    return 1;
}

/* A Size of two runs of items. */
static PyObject *joined(PyObject *const *first, Py_ssize_t count, PyObject *const *second, Py_ssize_t more)
{
    PyObject *made = size_class->tp_alloc(size_class, count + more);
    if (!made) return NULL;
    for (Py_ssize_t index = 0; index < count; index++) PyTuple_SET_ITEM(made, index, Py_NewRef(first[index]));
    for (Py_ssize_t index = 0; index < more; index++) PyTuple_SET_ITEM(made, count + index, Py_NewRef(second[index]));
    return made;
}

/* Size(tuple or list of ints); `checked` of the class makes all others. */
static PyObject *sizes_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (type == size_class && PyTuple_GET_SIZE(args) == 1 && (!kwargs || !PyDict_GET_SIZE(kwargs))) {
        PyObject *given = PyTuple_GET_ITEM(args, 0);
        if (PyTuple_Check(given) || PyList_CheckExact(given)) {
            PyObject **items = PySequence_Fast_ITEMS(given);
            Py_ssize_t count = PySequence_Fast_GET_SIZE(given);
            if (are_sizes(items, count)) return joined(items, count, NULL, 0);
        }
    }
    PyObject *checked = PyObject_GetAttrString((PyObject *)type, "_checked");
    PyObject *made = checked ? PyObject_Call(checked, args, kwargs) : NULL;
    Py_XDECREF(checked);
    return made;
}

static PyObject *sizes_subscript(PyObject *self, PyObject *key)
{
    PyObject *found = PyTuple_Type.tp_as_mapping->mp_subscript(self, key);
    if (!found || !PySlice_Check(key)) return found;
    PyObject *made = joined(PySequence_Fast_ITEMS(found), PyTuple_GET_SIZE(found), NULL, 0);
    Py_DECREF(found);
    return made;
}

static PyObject *sizes_add(PyObject *first, PyObject *second)
{
    if (!PyTuple_Check(second)) {
        if (!PyObject_TypeCheck(first, &SizesType)) Py_RETURN_NOTIMPLEMENTED;
        return PyErr_Format(PyExc_TypeError, "can only concatenate tuple (not %.200s) to torch.Size", Py_TYPE(second)->tp_name);
    }
    if (!PyTuple_Check(first)) Py_RETURN_NOTIMPLEMENTED;
    Py_ssize_t count = PyTuple_GET_SIZE(first), more = PyTuple_GET_SIZE(second);
    PyObject **one = PySequence_Fast_ITEMS(first), **other = PySequence_Fast_ITEMS(second);
    PyObject *made = joined(one, count, other, more);
    if (made && !(are_sizes(one, count) && are_sizes(other, more))) Py_SETREF(made, PyObject_CallOneArg((PyObject *)size_class, made));
    return made;
}

static PyObject *sizes_numel(PyObject *self, PyObject *unused)
{
    npy_intp product = 1;
    for (Py_ssize_t index = 0; index < PyTuple_GET_SIZE(self); index++) {
        npy_intp size = PyLong_AsSsize_t(PyTuple_GET_ITEM(self, index));
        if ((size == -1 && PyErr_Occurred()) || __builtin_mul_overflow(product, size, &product)) { /* past 64 bits Python's ints go on */
            PyErr_Clear();
            PyObject *exact = PyLong_FromLong(1);
            for (index = 0; exact && index < PyTuple_GET_SIZE(self); index++)
                Py_SETREF(exact, PyNumber_Multiply(exact, PyTuple_GET_ITEM(self, index)));
            return exact;
        }
    }
    return PyLong_FromSsize_t(product);
}

/* The Size of these items, unchecked. */
static PyObject *sizes_of(PyObject *class, PyObject *items)
{
    PyObject *args = PyTuple_Pack(1, items), *made = args ? PyTuple_Type.tp_new((PyTypeObject *)class, args, NULL) : NULL;
    Py_XDECREF(args);
    return made;
}

static PyMappingMethods sizes_mapping = {.mp_subscript = sizes_subscript};
static PyNumberMethods sizes_number = {.nb_add = sizes_add};
static PyMethodDef sizes_methods[] = {{"numel", sizes_numel, METH_NOARGS, "The number of elements of a tensor of this shape."},
                                      {"_of", sizes_of, METH_O | METH_CLASS, "The Size of these items, unchecked."},
                                      {NULL}};

PyTypeObject SizesType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "rushlight._core._loops.Sizes",
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_base = &PyTuple_Type,
    .tp_new = sizes_new,
    .tp_as_mapping = &sizes_mapping,
    .tp_as_number = &sizes_number,
    .tp_methods = sizes_methods,
};
