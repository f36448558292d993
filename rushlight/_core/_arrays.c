/* Views and matrix products of arrays that need no thought, without NumPy's argument handling.

   Making a view takes NumPy 0.2 to 0.6 us, a product of two small matrices 0.6; nearly all of it is parsing and checks. The functions
   here take exact, non-empty arrays and plain ints, and answer None for everything else (and for whatever is an error), which then goes
   to the kernel of the same arguments. Strides follow PyTorch's rules, see NOTE [ Strides of views ] in ops/view.py. */

#define PY_SSIZE_T_CLEAN
#define NPY_NO_DEPRECATED_API NPY_2_0_API_VERSION
#include <Python.h>
#include <numpy/arrayobject.h>
#include <numpy/ufuncobject.h>

#define MOST 16 /* dimensions */

/* ---------------------------------------------------------------- arguments */

static int is_plain_array(PyObject *object)
{
    return PyArray_CheckExact(object) && PyArray_NDIM((PyArrayObject *)object) < MOST && PyArray_SIZE((PyArrayObject *)object) > 0;
}

/* An exact int that fits; 0 for anything else. */
static int read_int(PyObject *object, npy_intp *found)
{
    if (!PyLong_CheckExact(object)) return 0;
    int overflow;
    *found = PyLong_AsLongAndOverflow(object, &overflow);
    return !overflow;
}

static int read_dim(PyObject *object, int ndim, npy_intp *found)
{
    if (!read_int(object, found)) return 0;
    if (*found < 0) *found += ndim;
    return *found >= 0 && *found < ndim;
}

/* A tuple or list (Size included) of exact ints: how many, -1 for anything else. */
static int read_sizes(PyObject *object, npy_intp *sizes)
{
    if (!PyTuple_Check(object) && !PyList_CheckExact(object)) return -1;
    Py_ssize_t count = PySequence_Fast_GET_SIZE(object);
    PyObject **items = PySequence_Fast_ITEMS(object);
    if (count >= MOST) return -1;
    for (Py_ssize_t index = 0; index < count; index++)
        if (!read_int(items[index], &sizes[index])) return -1;
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
static PyObject *select_index(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    npy_intp dim, index, sizes[MOST], strides[MOST];
    if (count != 3 || !is_plain_array(args[0])) Py_RETURN_NONE;
    PyArrayObject *array = (PyArrayObject *)args[0];
    int ndim = PyArray_NDIM(array);
    if (!read_dim(args[1], ndim, &dim) || !read_dim(args[2], (int)PyArray_DIMS(array)[dim], &index)) Py_RETURN_NONE;
    for (int from = 0, to = 0; from < ndim; from++) {
        if (from == dim) continue;
        sizes[to] = PyArray_DIMS(array)[from];
        strides[to++] = PyArray_STRIDES(array)[from];
    }
    return view_of(array, ndim - 1, sizes, strides, index * PyArray_STRIDES(array)[dim]);
}

/* slice(array, dim, start, end, step), with None for a bound that is not given */
static PyObject *slice(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    npy_intp dim, start = 0, end, step, sizes[MOST], strides[MOST];
    if (count != 5 || !is_plain_array(args[0])) Py_RETURN_NONE;
    PyArrayObject *array = (PyArrayObject *)args[0];
    int ndim = PyArray_NDIM(array);
    if (!read_dim(args[1], ndim, &dim) || !read_int(args[4], &step) || step <= 0) Py_RETURN_NONE;
    npy_intp size = end = PyArray_DIMS(array)[dim];
    if (args[2] != Py_None && !read_int(args[2], &start)) Py_RETURN_NONE;
    if (args[3] != Py_None && !read_int(args[3], &end)) Py_RETURN_NONE;
    if (start < 0) start = start + size > 0 ? start + size : 0;
    if (end < 0) end += size;
    if (end > size) end = size;
    if (start >= end || step > size) Py_RETURN_NONE;
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
static PyObject *transpose(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    npy_intp first, second, sizes[MOST], strides[MOST];
    if (count != 3 || !is_plain_array(args[0])) Py_RETURN_NONE;
    PyArrayObject *array = (PyArrayObject *)args[0];
    int ndim = PyArray_NDIM(array);
    if (!read_dim(args[1], ndim, &first) || !read_dim(args[2], ndim, &second)) Py_RETURN_NONE;
    for (int index = 0; index < ndim; index++) {
        int from = index == first ? (int)second : index == second ? (int)first : index;
        sizes[index] = PyArray_DIMS(array)[from];
        strides[index] = PyArray_STRIDES(array)[from];
    }
    return view_of(array, ndim, sizes, strides, 0);
}

/* turn(array): a matrix transposed, a vector or number as it is */
static PyObject *turn(PyObject *module, PyObject *object)
{
    if (!is_plain_array(object)) Py_RETURN_NONE;
    PyArrayObject *array = (PyArrayObject *)object;
    int ndim = PyArray_NDIM(array);
    if (ndim > 2) Py_RETURN_NONE;
    npy_intp *dims = PyArray_DIMS(array), *steps = PyArray_STRIDES(array);
    if (ndim < 2) return view_of(array, ndim, dims, steps, 0);
    npy_intp sizes[2] = {dims[1], dims[0]}, strides[2] = {steps[1], steps[0]};
    return view_of(array, 2, sizes, strides, 0);
}

/* permute(array, dims) */
static PyObject *permute(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    npy_intp order[MOST], sizes[MOST], strides[MOST];
    if (count != 2 || !is_plain_array(args[0])) Py_RETURN_NONE;
    PyArrayObject *array = (PyArrayObject *)args[0];
    int ndim = PyArray_NDIM(array), seen = 0;
    if (read_sizes(args[1], order) != ndim) Py_RETURN_NONE;
    for (int index = 0; index < ndim; index++) {
        npy_intp from = order[index] < 0 ? order[index] + ndim : order[index];
        if (from < 0 || from >= ndim || seen >> from & 1) Py_RETURN_NONE;
        seen |= 1 << from;
        sizes[index] = PyArray_DIMS(array)[from];
        strides[index] = PyArray_STRIDES(array)[from];
    }
    return view_of(array, ndim, sizes, strides, 0);
}

/* unsqueeze(array, dim) */
static PyObject *unsqueeze(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    npy_intp dim, sizes[MOST], strides[MOST];
    if (count != 2 || !is_plain_array(args[0])) Py_RETURN_NONE;
    PyArrayObject *array = (PyArrayObject *)args[0];
    int ndim = PyArray_NDIM(array);
    if (!read_dim(args[1], ndim + 1, &dim)) Py_RETURN_NONE;
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
static PyObject *expand(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    npy_intp sizes[MOST], strides[MOST];
    if (count < 2 || !is_plain_array(args[0])) Py_RETURN_NONE;
    PyArrayObject *array = (PyArrayObject *)args[0];
    int ndim = PyArray_NDIM(array), wanted = read_sizes(args[1], sizes);
    if (wanted < ndim || wanted < 1) Py_RETURN_NONE;
    for (int index = wanted - 1; index >= 0; index--) {
        int dim = index - wanted + ndim;
        npy_intp have = dim >= 0 ? PyArray_DIMS(array)[dim] : 1;
        if (sizes[index] == -1 && dim >= 0) sizes[index] = have;
        if (sizes[index] < 1) Py_RETURN_NONE;
        if (ndim == 0) strides[index] = 0;
        else strides[index] = dim >= 0 ? PyArray_STRIDES(array)[dim] : sizes[index + 1] * strides[index + 1];
        if (have == sizes[index]) continue;
        if (have != 1) Py_RETURN_NONE;
        strides[index] = 0;
    }
    return view_of(array, wanted, sizes, strides, 0);
}

/* view(array, sizes): of an array that lies row by row */
static PyObject *view(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    npy_intp sizes[MOST], strides[MOST];
    if (count != 2 || !is_plain_array(args[0])) Py_RETURN_NONE;
    PyArrayObject *array = (PyArrayObject *)args[0];
    npy_intp item = PyArray_ITEMSIZE(array), step = item, total = PyArray_SIZE(array), known = 1;
    int ndim = PyArray_NDIM(array), wanted = read_sizes(args[1], sizes), open = -1;
    if (wanted < 0) Py_RETURN_NONE;
    for (int dim = ndim - 1; dim >= 0; dim--) {
        if (PyArray_STRIDES(array)[dim] != step) Py_RETURN_NONE;
        step *= PyArray_DIMS(array)[dim];
    }
    for (int index = 0; index < wanted; index++) {
        if (sizes[index] == -1 && open < 0) open = index;
        else if (sizes[index] < 1 || sizes[index] > total) Py_RETURN_NONE;
        else known *= sizes[index];
        if (known > total) Py_RETURN_NONE;
    }
    if (open >= 0) {
        sizes[open] = total / known;
        known *= sizes[open];
    }
    if (known != total) Py_RETURN_NONE;
    step = item;
    for (int index = wanted - 1; index >= 0; index--) {
        strides[index] = step;
        step *= sizes[index];
    }
    return view_of(array, wanted, sizes, strides, 0);
}

/* ---------------------------------------------------------------- products */

static struct {
    int type;
    PyUFuncGenericFunction function;
    void *data;
} products[4];

/* Whether BLAS reads the matrix as it lies: row by row (0), column by column (1), or not (-1). */
static int lies(PyArrayObject *matrix)
{
    npy_intp item = PyArray_ITEMSIZE(matrix), *dims = PyArray_DIMS(matrix), *strides = PyArray_STRIDES(matrix);
    if (strides[1] == item && strides[0] == item * dims[1]) return 0;
    if (strides[0] == item && strides[1] == item * dims[0]) return 1;
    return -1;
}

/* matmul(a, b[, out]): of two matrices of one dtype; row by row */
static PyObject *matmul(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    if (count < 2 || !is_plain_array(args[0]) || !is_plain_array(args[1])) Py_RETURN_NONE;
    PyArrayObject *a = (PyArrayObject *)args[0], *b = (PyArrayObject *)args[1];
    int type = PyArray_TYPE(a), which;
    if (PyArray_NDIM(a) != 2 || PyArray_NDIM(b) != 2 || PyArray_TYPE(b) != type || !PyArray_ISBEHAVED_RO(a) || !PyArray_ISBEHAVED_RO(b))
        Py_RETURN_NONE;
    for (which = 0; which < 4; which++)
        if (products[which].type == type && products[which].function) break;
    if (which == 4 || PyArray_DIMS(a)[1] != PyArray_DIMS(b)[0] || lies(a) < 0 || lies(b) < 0) Py_RETURN_NONE;
    npy_intp rows = PyArray_DIMS(a)[0], inner = PyArray_DIMS(a)[1], columns = PyArray_DIMS(b)[1], item = PyArray_ITEMSIZE(a);
    npy_intp sizes[2] = {rows, columns}, dims[4] = {1, rows, inner, columns};
    if (rows < 2 || columns < 2 || inner < 2) Py_RETURN_NONE; /* NumPy's product of vectors adds up in another order */
    PyArrayObject *result = (PyArrayObject *)PyArray_SimpleNew(2, sizes, type);
    if (!result) return NULL;
    npy_intp steps[9] = {0, 0, 0, PyArray_STRIDES(a)[0], PyArray_STRIDES(a)[1], PyArray_STRIDES(b)[0], PyArray_STRIDES(b)[1],
                         columns * item, item};
    char *pointers[3] = {PyArray_BYTES(a), PyArray_BYTES(b), PyArray_BYTES(result)};
    if (rows * columns * inner < 32768) products[which].function(pointers, dims, steps, products[which].data);
    else {
        Py_BEGIN_ALLOW_THREADS
        products[which].function(pointers, dims, steps, products[which].data);
        Py_END_ALLOW_THREADS
    }
    return (PyObject *)result;
}

static int load_products(void)
{
    static const int wanted[4] = {NPY_FLOAT, NPY_DOUBLE, NPY_CFLOAT, NPY_CDOUBLE};
    PyObject *numpy = PyImport_ImportModule("numpy");
    PyObject *found = numpy ? PyObject_GetAttrString(numpy, "matmul") : NULL;
    Py_XDECREF(numpy);
    if (!found) return -1;
    if (PyObject_TypeCheck(found, &PyUFunc_Type)) {
        PyUFuncObject *ufunc = (PyUFuncObject *)found;
        for (int which = 0; which < 4; which++) {
            products[which].type = wanted[which];
            for (int index = 0; index < ufunc->ntypes; index++)
                if (ufunc->types[index * ufunc->nargs] == wanted[which]) {
                    products[which].function = ufunc->functions[index];
                    products[which].data = ufunc->data ? ufunc->data[index] : NULL;
                    break;
                }
        }
    }
    return 0; /* the ufunc lives as long as NumPy */
}

/* ---------------------------------------------------------------- the module */

#define FAST(name) (PyCFunction)(void *)name, METH_FASTCALL
static PyMethodDef functions[] = {
    {"select", FAST(select_index), "select(array, dim, index): one index of a dimension"},
    {"slice", FAST(slice), "slice(array, dim, start, end, step)"},
    {"transpose", FAST(transpose), "transpose(array, dim0, dim1): two dimensions exchanged"},
    {"turn", turn, METH_O, "turn(array): a matrix transposed"},
    {"permute", FAST(permute), "permute(array, dims): dimensions in another order"},
    {"unsqueeze", FAST(unsqueeze), "unsqueeze(array, dim): a new dimension of size 1"},
    {"expand", FAST(expand), "expand(array, sizes, implicit): dimensions of size 1 repeated without copying"},
    {"view", FAST(view), "view(array, sizes): the same elements in another shape"},
    {"matmul", FAST(matmul), "matmul(a, b): the product of two matrices"},
    {NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_arrays", "Views and products of plain arrays; None where a kernel has to be asked.", -1, functions};

PyMODINIT_FUNC PyInit__arrays(void)
{
    import_array();
    import_umath();
    if (load_products() < 0) return NULL;
    return PyModule_Create(&definition);
}
