/* Kernel: a native kernel, and what is called where it does not know better. */

#include "_native.h"
#include "_record.h"

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    const kernel_row *row;
    PyObject *fallback; /* a callable of the same arguments, or NULL: then the answer is None */
    PyObject *defaults; /* of the last parameters, or NULL */
    Py_ssize_t parameters;
} Kernel;

#define MOST 16 /* arguments where some are filled in */

/* float32 results of a computation in 16 bits, rounded. Takes the reference. */
static PyObject *rounded(PyObject *found, int kind, int type)
{
    if (!found) return NULL;
    PyArrayObject *array = PyArray_CheckExact(found) ? (PyArrayObject *)found : NULL;
    if (array && PyArray_TYPE(array) == NPY_FLOAT && PyArray_SIZE(array)) {
        PyObject *made = (PyObject *)narrowed(array, kind, type);
        Py_DECREF(found);
        return made;
    }
    if (!PyTuple_CheckExact(found)) return found;
    for (Py_ssize_t index = 0; index < PyTuple_GET_SIZE(found); index++) { /* a tuple that nobody else has seen yet */
        PyObject *entry = rounded(PyTuple_GET_ITEM(found, index), kind, type);
        PyTuple_SET_ITEM(found, index, entry);
        if (!entry) {
            Py_DECREF(found);
            return NULL;
        }
    }
    return found;
}

/* The native kernel on 16-bit floats made float32; None where there are none, or arrays of other floats besides. */
static PyObject *call_widened(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyObject *values[MOST], *found = NULL;
    PyArrayObject *first = NULL;
    Py_ssize_t done = 0, failed = count > MOST;
    for (; done < count && !failed; done++) {
        PyArrayObject *array = array_of(args[done]);
        values[done] = Py_NewRef(args[done]);
        if (!array) continue;
        if (is_float(array) || (first && narrow_kind(array) && PyArray_TYPE(array) != PyArray_TYPE(first))) failed = 1;
        else if (narrow_kind(array)) {
            PyArrayObject *wide = widened(array);
            if (!wide) failed = 1;
            else {
                first = array;
                Py_SETREF(values[done], (PyObject *)wide);
            }
        }
    }
    if (first && !failed) {
        kernel_row as_wide = *row;
        as_wide.widens = -1; /* which tells the kernel */
        found = rounded(row->function(&as_wide, values, count), narrow_kind(first), PyArray_TYPE(first));
    }
    else if (!PyErr_Occurred()) found = Py_NewRef(Py_None);
    while (done-- > 0) Py_DECREF(values[done]);
    return found;
}

static PyObject *call_row(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyObject *found = row->function(row, args, count);
    if (found != Py_None || row->widens <= 0) return found;
    Py_DECREF(found);
    return call_widened(row, args, count);
}

/* The native kernel, with the parameters that were left out as their defaults say. */
static PyObject *call_native(Kernel *self, PyObject *const *args, Py_ssize_t count)
{
    if (count >= self->parameters || !self->defaults) return call_row(self->row, args, count);
    Py_ssize_t first = self->parameters - PyTuple_GET_SIZE(self->defaults);
    if (count < first || self->parameters > MOST) DECLINE;
    PyObject *values[MOST];
    for (Py_ssize_t index = 0; index < self->parameters; index++)
        values[index] = index < count ? args[index] : PyTuple_GET_ITEM(self->defaults, index - first);
    return call_row(self->row, values, self->parameters);
}

PyObject *call_kernel(PyObject *kernel, PyObject *const *values, Py_ssize_t count)
{
    return call_native((Kernel *)kernel, values, count);
}

static PyObject *kernel_call(PyObject *callable, PyObject *const *args, size_t flags, PyObject *names)
{
    Kernel *self = (Kernel *)callable;
    if (!names || !PyTuple_GET_SIZE(names)) {
        PyObject *found = call_native(self, args, PyVectorcall_NARGS(flags));
        if (found != Py_None || !self->fallback) return found;
        Py_DECREF(found);
    }
    if (!self->fallback) Py_RETURN_NONE;
    return PyObject_Vectorcall(self->fallback, args, flags, names);
}

static const kernel_row *find(const char *name)
{
    for (int table = 0; kernel_tables[table]; table++)
        for (const kernel_row *row = kernel_tables[table]; row->name; row++)
            if (!strcmp(row->name, name)) return row;
    return NULL;
}

static PyObject *kernel_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    const char *name;
    PyObject *fallback = Py_None;
    int declines = 0;
    if (!PyArg_ParseTuple(args, "s|Op", &name, &fallback, &declines)) return NULL;
    const kernel_row *row = find(name);
    if (!row) return PyErr_Format(PyExc_KeyError, "there is no native kernel %s", name);
    Kernel *self = (Kernel *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    self->vectorcall = kernel_call;
    self->row = row;
    self->fallback = fallback == Py_None || declines ? NULL : Py_NewRef(fallback);
    if (PyFunction_Check(fallback)) {
        self->defaults = Py_XNewRef(PyFunction_GetDefaults(fallback));
        self->parameters = ((PyCodeObject *)PyFunction_GetCode(fallback))->co_argcount;
    }
    return (PyObject *)self;
}

/* into(x, ...): the result is written into x. True, or False and nothing done. */
static PyObject *kernel_into(PyObject *object, PyObject *const *args, Py_ssize_t count)
{
    const kernel_row *row = ((Kernel *)object)->row;
    int done = row->into && count ? row->into(row, args, count) : 0;
    if (done < 0) return NULL;
    return PyBool_FromLong(done);
}

static PyMethodDef kernel_methods[] = {
    {"into", (PyCFunction)(void *)kernel_into, METH_FASTCALL, "into(x, ...): write the result into x; False where NumPy has to."},
    {NULL}};

/* What a Kernel has not itself (its code, its name) is asked of the function that it stands for. */
static PyObject *kernel_getattr(PyObject *object, PyObject *name)
{
    Kernel *self = (Kernel *)object;
    PyObject *found = PyObject_GenericGetAttr(object, name);
    if (found || !self->fallback || !PyErr_ExceptionMatches(PyExc_AttributeError)) return found;
    PyErr_Clear();
    return PyObject_GetAttr(self->fallback, name);
}

static void kernel_dealloc(PyObject *object)
{
    Py_XDECREF(((Kernel *)object)->fallback);
    Py_XDECREF(((Kernel *)object)->defaults);
    Py_TYPE(object)->tp_free(object);
}

PyTypeObject KernelType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "rushlight._core._loops.Kernel",
    .tp_doc = "Kernel(name[, fallback[, declines]]): a native kernel. Where it knows no better, the fallback is called; without one, or\n"
              "with `declines`, the answer is None. Arguments that are left out have the fallback's defaults.",
    .tp_basicsize = sizeof(Kernel),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_new = kernel_new,
    .tp_dealloc = kernel_dealloc,
    .tp_getattro = kernel_getattr,
    .tp_methods = kernel_methods,
    .tp_call = PyVectorcall_Call,
    .tp_vectorcall_offset = offsetof(Kernel, vectorcall),
};

const kernel_row *row_of_kernel(PyObject *kernel)
{
    return Py_IS_TYPE(kernel, &KernelType) ? ((Kernel *)kernel)->row : NULL;
}

PyObject *kernel_names(void)
{
    PyObject *found = PySet_New(NULL);
    for (int table = 0; found && kernel_tables[table]; table++) {
        for (const kernel_row *row = kernel_tables[table]; row->name; row++) {
            PyObject *name = PyUnicode_FromString(row->name);
            if (!name || PySet_Add(found, name) < 0) Py_CLEAR(found);
            Py_XDECREF(name);
            if (!found) break;
        }
    }
    return found;
}
