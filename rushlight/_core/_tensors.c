/* What kernels that take tensors ask of plain ones, and how they make them. */

#include "_native.h"
#include "_record.h"
#include <rushlight/_core/__native_compiled.h> /* the fields of compiled classes, as mypyc lays them out in this build */

typedef rushlight____core___tensor___TensorBaseObject Tensor;
typedef rushlight____core___tensor___VersionObject Version;
typedef rushlight____core___tensor___ViewObject View;

int in_plain_mode(void)
{
    long word = mode_word();
    return word == 0 || word == 1; /* GRAD of state.py */
}

int records_gradients(void)
{
    return mode_word() & 1;
}

PyArrayObject *array_of_tensor(PyObject *value)
{
    if (!is_plain_tensor(value) || ((Tensor *)value)->__flags) return NULL;
    PyObject *array = ((Tensor *)value)->__array;
    return array && PyArray_CheckExact(array) ? (PyArrayObject *)array : NULL;
}

int wants_gradient(PyObject *value)
{
    Tensor *tensor = (Tensor *)value;
    if (tensor->__requires_grad) return 1;
    if (tensor->__view == Py_None || !((Tensor *)((View *)tensor->__view)->_base)->__requires_grad) return 0;
    int type = PyArray_TYPE((PyArrayObject *)tensor->__array);
    return type >= NPY_NTYPES_LEGACY || PyTypeNum_ISFLOAT(type) || PyTypeNum_ISCOMPLEX(type);
}

int is_alone(PyObject *tensor)
{
    return ((Tensor *)tensor)->__node == Py_None && ((Tensor *)tensor)->__view == Py_None;
}

PyObject *gradient_of(PyObject *tensor)
{
    PyObject *gradient = ((Tensor *)tensor)->__grad;
    return gradient == Py_None && ((Tensor *)tensor)->__node != Py_None ? NULL : gradient; /* a result's may be warned of */
}

Py_ssize_t version_of(PyObject *tensor)
{
    PyObject *cell = ((Tensor *)tensor)->__cell;
    return cell == Py_None ? 0 : (Py_ssize_t)((Version *)cell)->_value >> 1;
}

PyObject *new_plain_tensor(PyObject *array)
{
    static PyObject *nothing;
    PyTypeObject *type = plain_class();
    if (!array || (!nothing && !(nothing = PyTuple_New(0)))) return NULL;
    Tensor *made = (Tensor *)type->tp_base->tp_new(type, nothing, NULL);
    if (made) made->__array = array;
    else Py_DECREF(array);
    return (PyObject *)made;
}

PyObject *outside_graph(PyObject *tensor)
{
    PyObject *made = new_plain_tensor(Py_NewRef(((Tensor *)tensor)->__array));
    if (made) Py_SETREF(((Tensor *)made)->__storage, Py_NewRef(((Tensor *)tensor)->__storage));
    return made;
}

void ask_gradient(PyObject *leaf)
{
    ((Tensor *)leaf)->__requires_grad = 1;
}
