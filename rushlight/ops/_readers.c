/* What a plain tensor says of itself, without Python: its shape, dtype, strides, elements as numbers.

   The arguments are those of the functions in convert.py and of Tensor's attributes, which are asked wherever these decline: for tensors of
   other classes or with a flag, in modes other than the grad mode, and for all that is an error. */

#include "../_core/_native.h"

/* The array of a function's only argument, in a mode that means nothing to it. */
#define READ(array)                                                                                                                          \
    PyArrayObject *array = count == 1 && in_plain_mode() ? array_of_tensor(args[0]) : NULL;                                                  \
    if (!array) DECLINE

static struct {
    PyObject *row_major, *cpu, *dtypes; /* the memory format, the device, the dtypes by NumPy's type numbers */
} objects;

PyObject *set_objects(PyObject *module, PyObject *args)
{
    PyObject *row_major, *cpu, *dtypes;
    if (!PyArg_ParseTuple(args, "OOO!", &row_major, &cpu, &PyDict_Type, &dtypes)) return NULL;
    Py_XSETREF(objects.row_major, Py_NewRef(row_major));
    Py_XSETREF(objects.cpu, Py_NewRef(cpu));
    Py_XSETREF(objects.dtypes, Py_NewRef(dtypes));
    Py_RETURN_NONE;
}

/* ---------------------------------------------------------------- shape and memory */

static PyObject *read_shape(CALL)
{
    READ(array);
    return new_size(PyArray_DIMS(array), PyArray_NDIM(array));
}

/* One of the numbers that an array has for each dimension. */
static PyObject *one_of(PyArrayObject *array, const npy_intp *values, PyObject *which, npy_intp unit)
{
    int dim = axis_of(which, PyArray_NDIM(array));
    if (dim < 0) DECLINE;
    return PyLong_FromSsize_t(values[dim] / unit);
}

/* size(tensor[, dim]) */
static PyObject *read_size(CALL)
{
    PyArrayObject *array = count && in_plain_mode() ? array_of_tensor(args[0]) : NULL;
    if (!array || count > 2) DECLINE;
    if (count == 2 && args[1] != Py_None) return one_of(array, PyArray_DIMS(array), args[1], 1);
    return new_size(PyArray_DIMS(array), PyArray_NDIM(array));
}

/* stride(tensor[, dim]) */
static PyObject *read_stride(CALL)
{
    PyArrayObject *array = count && in_plain_mode() ? array_of_tensor(args[0]) : NULL;
    if (!array || count > 2 || !PyArray_SIZE(array)) DECLINE;
    npy_intp item = PyArray_ITEMSIZE(array);
    if (count == 2 && args[1] != Py_None) return one_of(array, PyArray_STRIDES(array), args[1], item);
    PyObject *made = PyTuple_New(PyArray_NDIM(array));
    for (int dim = 0; made && dim < PyArray_NDIM(array); dim++) {
        PyObject *step = PyLong_FromSsize_t(PyArray_STRIDES(array)[dim] / item);
        if (!step) Py_CLEAR(made);
        else PyTuple_SET_ITEM(made, dim, step);
    }
    return made;
}

static PyObject *read_ndim(CALL)
{
    READ(array);
    return PyLong_FromLong(PyArray_NDIM(array));
}

static PyObject *read_numel(CALL)
{
    READ(array);
    return PyLong_FromSsize_t(PyArray_SIZE(array));
}

static PyObject *read_itemsize(CALL)
{
    READ(array);
    return PyLong_FromSsize_t(PyArray_ITEMSIZE(array));
}

static PyObject *read_nbytes(CALL)
{
    READ(array);
    return PyLong_FromSsize_t(PyArray_NBYTES(array));
}

/* Where the first element lies in the memory, in elements. */
static PyObject *read_offset(CALL)
{
    READ(array);
    PyArrayObject *root = array;
    while (PyArray_BASE(root) && PyArray_CheckExact(PyArray_BASE(root))) root = (PyArrayObject *)PyArray_BASE(root);
    if (!PyArray_SIZE(root) || !PyArray_SIZE(array) || (PyArray_BASE(root) && PyArray_Check(PyArray_BASE(root)))) DECLINE;
    npy_intp bytes = PyArray_BYTES(array) - PyArray_BYTES(root), item = PyArray_ITEMSIZE(array);
    if (bytes < 0) DECLINE;
    return PyLong_FromSsize_t(bytes / item);
}

/* is_contiguous(tensor[, memory format]) */
static PyObject *read_contiguous(CALL)
{
    PyArrayObject *array = count && in_plain_mode() ? array_of_tensor(args[0]) : NULL;
    if (!array || count > 2 || (count == 2 && args[1] != objects.row_major)) DECLINE;
    return PyBool_FromLong(PyArray_IS_C_CONTIGUOUS(array));
}

/* contiguous(tensor[, memory format]), where it is */
static PyObject *same_if_contiguous(CALL)
{
    PyArrayObject *array = count && in_plain_mode() ? array_of_tensor(args[0]) : NULL;
    if (!array || count > 2 || (count == 2 && args[1] != objects.row_major) || !PyArray_IS_C_CONTIGUOUS(array)) DECLINE;
    return Py_NewRef(args[0]);
}

static PyObject *read_same_size(CALL)
{
    PyArrayObject *one = count == 2 && in_plain_mode() ? array_of_tensor(args[0]) : NULL, *other = one ? array_of_tensor(args[1]) : NULL;
    if (!other) DECLINE;
    return PyBool_FromLong(same_shape(one, other));
}

/* ---------------------------------------------------------------- what it is */

PyObject *dtype_of_number(int type)
{
    PyObject *number = PyLong_FromLong(type);
    if (!number) return NULL;
    PyObject *found = PyDict_GetItemWithError(objects.dtypes, number);
    Py_DECREF(number);
    return found;
}

static PyObject *read_dtype(CALL)
{
    READ(array);
    PyObject *found = dtype_of_number(PyArray_TYPE(array));
    if (found) return Py_NewRef(found);
    if (PyErr_Occurred()) return NULL;
    DECLINE;
}

static PyObject *read_is_real(CALL)
{
    READ(array);
    if (PyArray_TYPE(array) >= NPY_NTYPES_LEGACY) DECLINE;
    return PyBool_FromLong(PyTypeNum_ISFLOAT(PyArray_TYPE(array)));
}

static PyObject *read_is_complex(CALL)
{
    READ(array);
    return PyBool_FromLong(PyTypeNum_ISCOMPLEX(PyArray_TYPE(array)));
}

static PyObject *read_device(CALL)
{
    READ(array);
    return Py_NewRef(objects.cpu);
}

static PyObject *read_false(CALL)
{
    READ(array);
    Py_RETURN_FALSE;
}

static PyObject *read_requires_grad(CALL)
{
    READ(array);
    return PyBool_FromLong(wants_gradient(args[0]));
}

static PyObject *read_is_leaf(CALL)
{
    READ(array);
    if (!is_alone(args[0])) DECLINE;
    Py_RETURN_TRUE;
}

/* A gradient that is there, or None for a leaf. */
static PyObject *read_gradient(CALL)
{
    PyArrayObject *array = in_plain_mode() ? array_of_tensor(args[0]) : NULL;
    if (!array) Py_RETURN_NOTIMPLEMENTED;
    PyObject *gradient = gradient_of(args[0]);
    if (!gradient) Py_RETURN_NOTIMPLEMENTED;
    return Py_NewRef(gradient);
}

/* None for a tensor that no operation made. */
static PyObject *read_node(CALL)
{
    PyArrayObject *array = in_plain_mode() ? array_of_tensor(args[0]) : NULL;
    if (!array || !is_alone(args[0])) Py_RETURN_NOTIMPLEMENTED;
    Py_RETURN_NONE;
}

static PyObject *read_version(CALL)
{
    READ(array);
    return PyLong_FromSsize_t(version_of(args[0]));
}

/* The same memory as a tensor outside the graph. */
static PyObject *read_data(CALL)
{
    READ(array);
    return outside_graph(args[0]);
}

/* ---------------------------------------------------------------- elements as numbers */

/* The only element of a tensor as a Python number; NULL, without an error where there is more to it. */
static PyObject *element(PyArrayObject *array)
{
    if (PyArray_SIZE(array) != 1 || PyArray_TYPE(array) >= NPY_NTYPES_LEGACY || !PyArray_ISNBO(PyArray_DESCR(array)->byteorder)) return NULL;
    return PyArray_GETITEM(array, PyArray_DATA(array));
}

static PyObject *or_decline(PyObject *found)
{
    if (found || PyErr_Occurred()) return found;
    DECLINE;
}

static PyObject *read_item(CALL)
{
    READ(array);
    return or_decline(element(array));
}

static PyObject *read_truth(CALL)
{
    READ(array);
    PyObject *value = element(array);
    if (!value) return or_decline(NULL);
    int truth = PyObject_IsTrue(value);
    Py_DECREF(value);
    return truth < 0 ? NULL : PyBool_FromLong(truth);
}

/* float(tensor); one that wants a gradient is warned of. */
static PyObject *read_float(CALL)
{
    READ(array);
    if (wants_gradient(args[0]) || PyTypeNum_ISCOMPLEX(PyArray_TYPE(array))) DECLINE;
    PyObject *value = element(array);
    if (!value) return or_decline(NULL);
    Py_SETREF(value, PyNumber_Float(value));
    return value;
}

static PyObject *read_int(CALL)
{
    READ(array);
    if (PyTypeNum_ISCOMPLEX(PyArray_TYPE(array))) DECLINE;
    PyObject *value = element(array);
    if (!value) return or_decline(NULL);
    Py_SETREF(value, PyNumber_Long(value));
    return value;
}

/* An index into a sequence. */
static PyObject *read_index(CALL)
{
    READ(array);
    if (!PyTypeNum_ISINTEGER(PyArray_TYPE(array))) DECLINE;
    return or_decline(element(array));
}

static PyObject *read_list(CALL)
{
    READ(array);
    if (PyArray_TYPE(array) >= NPY_NTYPES_LEGACY) DECLINE;
    return PyArray_ToList(array);
}

const kernel_row readers[] = {
    {"read_shape", read_shape}, {"read_size", read_size}, {"read_stride", read_stride}, {"read_ndim", read_ndim}, {"read_numel", read_numel},
    {"read_itemsize", read_itemsize}, {"read_nbytes", read_nbytes}, {"read_offset", read_offset},
    {"read_contiguous", read_contiguous}, {"same_if_contiguous", same_if_contiguous}, {"read_same_size", read_same_size},
    {"read_dtype", read_dtype}, {"read_is_real", read_is_real}, {"read_is_complex", read_is_complex}, {"read_device", read_device},
    {"read_false", read_false}, {"read_requires_grad", read_requires_grad}, {"read_is_leaf", read_is_leaf}, {"read_gradient", read_gradient, ""},
    {"read_node", read_node, ""}, {"read_version", read_version}, {"read_data", read_data}, {"read_item", read_item}, {"read_truth", read_truth},
    {"read_float", read_float}, {"read_int", read_int}, {"read_index", read_index}, {"read_list", read_list}, {NULL}};
