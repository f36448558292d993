/* Loop: a NumPy ufunc's own inner loop, called without the ufunc around it.

   np.multiply of two arrays of four elements takes 0.3 us, of which the loop itself is 0.01: the rest is overrides, promotion,
   casting, the iterator and the error state. A Loop does none of that. It runs the very function that NumPy would run, on operands
   that need no thought (aligned, of one dtype, row-major after broadcasting), and answers None for all others, which then go
   through NumPy. So results are NumPy's to the bit, and there is one place that knows each operator: its ufunc.

   16-bit floats are computed in float32, a block at a time: NumPy's own loops convert element by element, or are those of another
   package.

   Large operands are cut into one piece for each thread. */

#define RUSHLIGHT_IMPORTS_NUMPY
#include "_native.h"
#include <numpy/ufuncobject.h>

#define TYPES NPY_NTYPES_LEGACY

/* ---------------------------------------------------------------- operands */

typedef union {
    float f;
    double d;
    npy_long l;
} number;

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    PyObject *ufunc;
    int nin, narrow, rounds; /* whether it takes 16-bit floats, and rounds numbers beside them to 16 bits first, as comparisons do */
    PyUFuncGenericFunction functions[TYPES]; /* by the operands' type number; NULL where NumPy has to be asked */
    void *data[TYPES];
    char results[TYPES];
} Loop;

/* The type that the loop computes in for an operand: its own, or float32 for 16-bit floats; -1 where NumPy has to be asked. */
static int computing(Loop *self, PyObject *operand)
{
    if (!PyArray_CheckExact(operand)) return -1;
    PyArrayObject *array = (PyArrayObject *)operand;
    int type = PyArray_TYPE(array);
    if (!PyArray_ISALIGNED(array) || !PyArray_ISNOTSWAPPED(array)) return -1;
    if (type < TYPES && self->functions[type]) return type;
    return self->narrow && narrow_kind(array) ? NPY_FLOAT : -1;
}

/* A Python number as one element of a dtype; 0 where that takes more thought. */
static int read_number(PyObject *value, int type, number *found)
{
    if (PyFloat_CheckExact(value)) {
        double wide = PyFloat_AS_DOUBLE(value);
        if (type == NPY_FLOAT) found->f = (float)wide;
        else if (type == NPY_DOUBLE) found->d = wide;
        else return 0;
        return 1;
    }
    if (!PyLong_CheckExact(value)) return 0;
    int overflow;
    long wide = PyLong_AsLongAndOverflow(value, &overflow);
    if (overflow || wide <= -1000000000L || wide >= 1000000000L) return 0;
    if (type == NPY_FLOAT) found->f = (float)wide;
    else if (type == NPY_DOUBLE) found->d = (double)wide;
    else if (type == NPY_LONG) found->l = wide;
    else return 0;
    return 1;
}

/* ---------------------------------------------------------------- elementwise */

typedef struct {
    Loop *loop;
    int type, kind; /* what is computed in; the kind of 16-bit floats that the arrays are */
    char *pointers[3];
    npy_intp steps[3]; /* 0: one number, of the computing type */
    npy_intp count;
} flat_job;

/* The loop over some elements. */
static void run_span(const flat_job *job, char *const *starts, npy_intp count)
{
    Loop *loop = job->loop;
    int operands = loop->nin + 1;
    npy_intp steps[3];
    char *pointers[3];
    memcpy(pointers, starts, sizeof(pointers));
    memcpy(steps, job->steps, sizeof(steps));
    if (!job->kind) {
        loop->functions[job->type](pointers, &count, steps, loop->data[job->type]);
        return;
    }
    float buffers[3][BLOCKED];
    int narrows = loop->results[job->type] == NPY_FLOAT;
    for (npy_intp done = 0; done < count; done += BLOCKED) {
        npy_intp length = count - done < BLOCKED ? count - done : BLOCKED;
        for (int index = 0; index < operands; index++) {
            if (!job->steps[index]) continue;
            int written = index == operands - 1;
            pointers[index] = starts[index] + done * job->steps[index];
            if (written && !narrows) continue;
            if (!written) widen(job->kind, pointers[index], buffers[index], length);
            pointers[index] = (char *)buffers[index];
            steps[index] = sizeof(float);
        }
        loop->functions[job->type](pointers, &length, steps, loop->data[job->type]);
        if (narrows) narrow(job->kind, buffers[operands - 1], starts[operands - 1] + done * job->steps[operands - 1], length);
    }
}

static void run_flat(void *argument, int piece, int pieces)
{
    flat_job *job = argument;
    npy_intp first = 0, last = job->count;
    if (pieces > 1) lines_of(job->count, piece, pieces, &first, &last); /* whole cache lines each */
    char *pointers[3] = {NULL, NULL, NULL};
    for (int index = 0; index <= job->loop->nin; index++) pointers[index] = job->pointers[index] + first * job->steps[index];
    run_span(job, pointers, last - first);
}

/* One element of 16 bits as the number that the loop reads. */
static void widen_number(flat_job *job, int which, number *wide)
{
    if (!job->kind || job->steps[which]) return;
    widen(job->kind, job->pointers[which], &wide->f, 1);
    job->pointers[which] = (char *)wide;
}

static void round_number(flat_job *job, number *scalar)
{
    uint16_t rounded;
    if (!job->kind || !job->loop->rounds) return;
    narrow(job->kind, &scalar->f, &rounded, 1);
    widen(job->kind, &rounded, &scalar->f, 1);
}

static void run_job(flat_job *job)
{
    if (job->count < 2 * GRAIN) {
        run_flat(job, 0, 1);
        return;
    }
    Py_BEGIN_ALLOW_THREADS
    run_pieces(run_flat, job, pieces_for(job->count));
    Py_END_ALLOW_THREADS
}

/* A loop may have raised (a negative power of integers). */
static PyObject *checked(PyArrayObject *result)
{
    if (!PyErr_Occurred()) return (PyObject *)result;
    Py_DECREF(result);
    return NULL;
}

static PyArrayObject *new_result(flat_job *job, PyArrayObject *like, int ndim, npy_intp *dims, int fortran)
{
    int type = job->loop->results[job->type];
    return new_array(job->kind && type == NPY_FLOAT ? PyArray_TYPE(like) : type, ndim, dims, fortran);
}

/* Rows of the last dimension of operands that are broadcast. */
typedef struct {
    const flat_job *flat;
    char *at[2], *out;
    int ndim;
    npy_intp dims[8], steps[2][8], rows;
} rows_job;

static void run_rows(void *argument, int piece, int pieces)
{
    const rows_job *job = argument;
    int last_dim = job->ndim - 1;
    npy_intp first, last, count = job->dims[last_dim], place[8] = {0};
    char *at[2] = {job->at[0], job->at[1]};
    part_of(job->rows, piece, pieces, &first, &last);
    npy_intp rest = first;
    for (int dim = last_dim - 1; dim >= 0; dim--) {
        place[dim] = rest % job->dims[dim];
        rest /= job->dims[dim];
        for (int which = 0; which < 2; which++) at[which] += place[dim] * job->steps[which][dim];
    }
    for (npy_intp row = first; row < last; row++) {
        char *pointers[3] = {at[0], at[1], job->out + row * count * job->flat->steps[2]};
        number wide[2];
        for (int which = 0; which < 2 && job->flat->kind; which++) {
            if (job->flat->steps[which]) continue;
            widen(job->flat->kind, at[which], &wide[which].f, 1);
            pointers[which] = (char *)&wide[which];
        }
        run_span(job->flat, pointers, count);
        for (int dim = last_dim - 1; dim >= 0; dim--) {
            at[0] += job->steps[0][dim];
            at[1] += job->steps[1][dim];
            if (++place[dim] < job->dims[dim]) break;
            at[0] -= job->steps[0][dim] * job->dims[dim];
            at[1] -= job->steps[1][dim] * job->dims[dim];
            place[dim] = 0;
        }
    }
}

/* Let the last dimensions through which both operands run on be one. */
static void merge_dimensions(rows_job *job)
{
    while (job->ndim > 1) {
        int last = job->ndim - 1;
        for (int which = 0; which < 2; which++)
            if (job->steps[which][last - 1] != job->steps[which][last] * job->dims[last] && job->dims[last - 1] != 1) return;
        job->dims[last - 1] *= job->dims[last];
        for (int which = 0; which < 2; which++) job->steps[which][last - 1] = job->steps[which][last];
        job->ndim--;
    }
}

/* Row-major operands of different shapes: rows of the last dimension, one after the other. */
static PyObject *call_broadcast(flat_job *job, PyArrayObject *x, PyArrayObject *y)
{
    int ndim = PyArray_NDIM(x) > PyArray_NDIM(y) ? PyArray_NDIM(x) : PyArray_NDIM(y);
    if (ndim > 8) Py_RETURN_NONE;
    npy_intp shape[8];
    rows_job rows = {.flat = job, .at = {PyArray_BYTES(x), PyArray_BYTES(y)}, .ndim = ndim, .rows = 1};
    PyArrayObject *operands[2] = {x, y};
    for (int dim = 0; dim < ndim; dim++) shape[dim] = 1;
    for (int which = 0; which < 2; which++) {
        PyArrayObject *array = operands[which];
        int lead = ndim - PyArray_NDIM(array);
        for (int dim = 0; dim < ndim; dim++) {
            npy_intp size = dim < lead ? 1 : PyArray_DIMS(array)[dim - lead];
            rows.steps[which][dim] = size == 1 ? 0 : PyArray_STRIDES(array)[dim - lead];
            if (size == 1) continue;
            if (shape[dim] != 1 && shape[dim] != size) Py_RETURN_NONE;
            shape[dim] = size;
        }
    }
    memcpy(rows.dims, shape, sizeof(shape));
    merge_dimensions(&rows);
    npy_intp count = rows.dims[rows.ndim - 1];
    for (int dim = 0; dim < rows.ndim - 1; dim++) rows.rows *= rows.dims[dim];
    if (rows.rows * count > GRAIN && count < 16) Py_RETURN_NONE; /* NumPy reorders dimensions for long ones */
    PyArrayObject *result = new_result(job, x, ndim, shape, 0);
    if (!result) return NULL;
    job->steps[0] = rows.steps[0][rows.ndim - 1];
    job->steps[1] = rows.steps[1][rows.ndim - 1];
    job->steps[2] = PyArray_ITEMSIZE(result);
    rows.out = PyArray_BYTES(result);
    run_parallel(run_rows, &rows, rows.rows * count, rows.rows);
    return checked(result);
}

/* Whether the array is one number that was expanded: the gradient of a sum, say. */
static int is_expanded(PyArrayObject *array)
{
    for (int dim = 0; dim < PyArray_NDIM(array); dim++)
        if (PyArray_STRIDES(array)[dim]) return 0;
    return PyArray_SIZE(array) > 1;
}

static PyObject *call_two(Loop *self, PyObject *first, PyObject *second)
{
    int type = computing(self, first), fortran = 0;
    if (type < 0) Py_RETURN_NONE;
    PyArrayObject *x = (PyArrayObject *)first, *shaped = x;
    npy_intp item = PyArray_ITEMSIZE(x);
    number scalar, wide[2];
    flat_job job = {self, type, PyArray_TYPE(x) == type ? WIDE : narrow_kind(x), {PyArray_BYTES(x), NULL, NULL}, {item, item, 0}, 0};
    if (PyArray_CheckExact(second)) {
        PyArrayObject *y = (PyArrayObject *)second;
        if (PyArray_TYPE(y) != PyArray_TYPE(x) || computing(self, second) < 0) Py_RETURN_NONE;
        job.pointers[1] = PyArray_BYTES(y);
        int x_expanded = is_expanded(x), y_expanded = is_expanded(y);
        if ((x_expanded || y_expanded) && (same_shape(x, y) || PyArray_NDIM(x) == 0 || PyArray_NDIM(y) == 0)) {
            if ((!x_expanded && !is_plain(x)) || (!y_expanded && !is_plain(y))) Py_RETURN_NONE;
            if (x_expanded || PyArray_NDIM(x) == 0) job.steps[0] = 0;
            if (y_expanded || PyArray_NDIM(y) == 0) job.steps[1] = 0;
            if (PyArray_NDIM(x) == 0) shaped = y;
        }
        else if (!is_plain(x) || !is_plain(y)) {
            if (!same_shape(x, y) || !is_transposed(x) || !is_transposed(y)) Py_RETURN_NONE;
            fortran = 1;
        }
        else if (PyArray_NDIM(y) == 0) job.steps[1] = 0;
        else if (PyArray_NDIM(x) == 0) {
            job.steps[0] = 0;
            shaped = y;
        }
        else if (!same_shape(x, y)) return call_broadcast(&job, x, y);
    }
    else {
        if (is_expanded(x)) job.steps[0] = 0;
        else if (!is_plain(x)) {
            if (!is_transposed(x)) Py_RETURN_NONE;
            fortran = 1;
        }
        if (!read_number(second, type, &scalar)) Py_RETURN_NONE;
        round_number(&job, &scalar);
        job.pointers[1] = (char *)&scalar;
        job.steps[1] = 0;
    }
    widen_number(&job, 0, &wide[0]);
    if (job.pointers[1] != (char *)&scalar) widen_number(&job, 1, &wide[1]);
    PyArrayObject *result = new_result(&job, x, PyArray_NDIM(shaped), PyArray_DIMS(shaped), fortran);
    if (!result) return NULL;
    job.count = PyArray_SIZE(shaped);
    job.pointers[2] = PyArray_BYTES(result);
    job.steps[2] = PyArray_ITEMSIZE(result);
    run_job(&job);
    return checked(result);
}

static PyObject *call_one(Loop *self, PyObject *operand)
{
    int type = computing(self, operand);
    if (type < 0) Py_RETURN_NONE;
    PyArrayObject *x = (PyArrayObject *)operand;
    int fortran = !is_plain(x);
    if (fortran && !is_transposed(x)) Py_RETURN_NONE;
    flat_job job = {self, type, PyArray_TYPE(x) == type ? WIDE : narrow_kind(x), {PyArray_BYTES(x), NULL, NULL}, {PyArray_ITEMSIZE(x), 0, 0},
                    PyArray_SIZE(x)};
    PyArrayObject *result = new_result(&job, x, PyArray_NDIM(x), PyArray_DIMS(x), fortran);
    if (!result) return NULL;
    job.pointers[1] = PyArray_BYTES(result);
    job.steps[1] = PyArray_ITEMSIZE(result);
    run_job(&job);
    return checked(result);
}

static PyObject *loop_call(PyObject *callable, PyObject *const *args, size_t flags, PyObject *names)
{
    Loop *self = (Loop *)callable;
    Py_ssize_t count = PyVectorcall_NARGS(flags);
    if (names && PyTuple_GET_SIZE(names)) {
        PyErr_SetString(PyExc_TypeError, "Loop takes no keyword arguments");
        return NULL;
    }
    if (count == 2 && self->nin == 2) return call_two(self, args[0], args[1]);
    if (count == 1 && self->nin == 1) return call_one(self, args[0]);
    PyErr_Format(PyExc_TypeError, "Loop takes %d operands", self->nin);
    return NULL;
}

/* into(x[, y]): the result is written into x. True, or False and nothing done. */
static PyObject *loop_into(PyObject *callable, PyObject *const *args, Py_ssize_t count)
{
    Loop *self = (Loop *)callable;
    int type = count == self->nin ? computing(self, args[0]) : -1;
    if (type < 0) Py_RETURN_FALSE;
    PyArrayObject *x = (PyArrayObject *)args[0];
    int fortran = !is_plain(x);
    number scalar, wide;
    if (self->results[type] != type || !PyArray_ISWRITEABLE(x) || (fortran && !is_transposed(x))) Py_RETURN_FALSE;
    npy_intp item = PyArray_ITEMSIZE(x), size = PyArray_SIZE(x);
    flat_job job = {self, type, PyArray_TYPE(x) == type ? WIDE : narrow_kind(x), {PyArray_BYTES(x), PyArray_BYTES(x), PyArray_BYTES(x)},
                    {item, item, item}, size};
    if (count == 2) {
        if (PyArray_CheckExact(args[1])) {
            PyArrayObject *y = (PyArrayObject *)args[1];
            if (PyArray_TYPE(y) != PyArray_TYPE(x) || computing(self, args[1]) < 0) Py_RETURN_FALSE;
            if (fortran ? !is_transposed(y) : !is_plain(y)) Py_RETURN_FALSE;
            char *start = PyArray_BYTES(y);
            if (PyArray_NDIM(y) == 0 && size > 1) job.steps[1] = 0;
            else if (!same_shape(x, y)) Py_RETURN_FALSE;
            if (start != PyArray_BYTES(x) && start < PyArray_BYTES(x) + size * item && PyArray_BYTES(x) < start + PyArray_NBYTES(y))
                Py_RETURN_FALSE; /* they share some memory */
            if (start == PyArray_BYTES(x) && job.steps[1] == 0) Py_RETURN_FALSE;
            job.pointers[1] = start;
            widen_number(&job, 1, &wide);
        }
        else {
            if (!read_number(args[1], type, &scalar)) Py_RETURN_FALSE;
            round_number(&job, &scalar);
            job.pointers[1] = (char *)&scalar;
            job.steps[1] = 0;
        }
    }
    run_job(&job);
    if (PyErr_Occurred()) return NULL;
    Py_RETURN_TRUE;
}

/* ---------------------------------------------------------------- the type */

static PyObject *loop_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *ufunc;
    const char *chars;
    int rounds = 0;
    if (!PyArg_ParseTuple(args, "Os|p", &ufunc, &chars, &rounds)) return NULL;
    if (!PyObject_TypeCheck(ufunc, &PyUFunc_Type)) {
        PyErr_SetString(PyExc_TypeError, "Loop() takes a ufunc");
        return NULL;
    }
    PyUFuncObject *source = (PyUFuncObject *)ufunc;
    if (source->nout != 1 || source->nin > 2 || source->core_enabled) {
        PyErr_SetString(PyExc_ValueError, "Loop() takes ufuncs of one or two operands");
        return NULL;
    }
    Loop *self = (Loop *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    self->vectorcall = loop_call;
    Py_INCREF(ufunc);
    self->ufunc = ufunc;
    self->nin = source->nin;
    for (const char *letter = chars; *letter; letter++) {
        PyArray_Descr *descr = PyArray_DescrFromType(*letter);
        if (!descr) {
            PyErr_Clear();
            continue;
        }
        int wanted = descr->type_num;
        Py_DECREF(descr);
        if (wanted >= TYPES || wanted == NPY_OBJECT || wanted == NPY_HALF) continue;
        for (int index = 0; index < source->ntypes; index++) {
            const char *types = source->types + index * source->nargs;
            if (types[0] != wanted || types[source->nin - 1] != wanted || !source->functions[index]) continue;
            if (types[source->nin] != wanted && types[source->nin] != NPY_BOOL) break;
            self->functions[wanted] = source->functions[index];
            self->data[wanted] = source->data ? source->data[index] : NULL;
            self->results[wanted] = types[source->nin];
            break;
        }
    }
    self->narrow = strchr(chars, 'e') && self->functions[NPY_FLOAT];
    self->rounds = rounds || self->results[NPY_FLOAT] == NPY_BOOL;
    return (PyObject *)self;
}

static void loop_dealloc(PyObject *object)
{
    Py_XDECREF(((Loop *)object)->ufunc);
    Py_TYPE(object)->tp_free(object);
}

static PyMethodDef loop_methods[] = {
    {"into", (PyCFunction)(void *)loop_into, METH_FASTCALL, "into(x[, y]): write the result into x; False where NumPy has to."},
    {NULL}};

static PyTypeObject LoopType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "rushlight._core._loops.Loop",
    .tp_doc = "Loop(ufunc, dtype characters): the ufunc's inner loops; calls give arrays, or None where NumPy has to be asked.",
    .tp_basicsize = sizeof(Loop),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_new = loop_new,
    .tp_dealloc = loop_dealloc,
    .tp_call = PyVectorcall_Call,
    .tp_vectorcall_offset = offsetof(Loop, vectorcall),
    .tp_methods = loop_methods,
};

static PyObject *set_threads(PyObject *module, PyObject *count)
{
    long wanted = PyLong_AsLong(count);
    if (wanted == -1 && PyErr_Occurred()) return NULL;
    set_thread_count(wanted);
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"set_threads", set_threads, METH_O, "How many threads large operands are cut for."},
    {"use_memory", use_memory, METH_NOARGS, "Large arrays made in this context take memory that was used before: see _memory.c."},
    {"cached_memory", cached_memory, METH_NOARGS, "How many bytes are kept for reuse."},
    {"release_memory", release_memory, METH_NOARGS, "Give the memory that is kept for reuse back to the system."},
    {"maker", maker, METH_O, "A function that makes instances of a class's subclasses, as its __new__ does."},
    {"address", address, METH_O, "Where the first element of an array lies."},
    {"owned", (PyCFunction)(void *)is_owned, METH_FASTCALL, "owned(list, index): whether the array there may be added to; None where that takes more thought."},
    {"fits", (PyCFunction)(void *)has_form, METH_FASTCALL, "fits(array, dtype, shape): whether it is an array of just this dtype and shape."},
    {"serve", (PyCFunction)(void *)serve_apply, METH_FASTCALL, "serve(op, values): the result of an operator, or None where it has to go another way."},
    {"subscript_method", subscript_method, METH_VARARGS, "(general, select, slice, unsqueeze, alias): the method __getitem__."},
    {"start_record", start_record, METH_VARARGS, "What operators are served with in C: see calls.py."},
    {"start_calls", start_calls, METH_VARARGS, "(mode variable, bits that are watched, learn, Function): the class of functions with recipes."},
    {"relearn", relearn, METH_NOARGS, "Forget all recipes."},
    {"set_tensors", set_tensors, METH_O, "The classes of tensors that recipes serve."},
    {"set_size_class", set_size_class, METH_O, "torch.Size."},
    {"set_writers", set_writers, METH_O, "origin.wrote()."},
    {"set_draws", set_draws, METH_VARARGS, "(default generator, mul, origin.wrote): what random draws need to know."},
    {"set_makers", set_makers, METH_VARARGS, "What factories of small tensors need to know: see _makers.c."},
    {"set_objects", set_objects, METH_VARARGS, "(row-major memory format, CPU device, dtypes by number): what readers answer with."},
    {"unwatch", unwatch, METH_O, "The garbage collector passes over new instances of this class."},
    {"guard", guard, METH_O, "Attributes that programs set on instances of this class, or of later subclasses, may close cycles."},
    {"make_static", make_static, METH_O, "Have instances of classes derived from this one count for their class, and its own not."},
    {"watch", watch, METH_O, "The collector visits all that is made from now on, and what can be reached from this object."},
    {"forget", (PyCFunction)(void *)forget, METH_FASTCALL, "The collector passes over these objects, unless watch() was called."},
    {NULL}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_loops", "NumPy's inner loops without the ufuncs around them.", -1, functions};

PyMODINIT_FUNC PyInit__loops(void)
{
    import_array();
    import_umath();
    if (PyType_Ready(&LoopType) < 0 || PyType_Ready(&KernelType) < 0 || PyType_Ready(&MethodType) < 0 || PyType_Ready(&SizesType) < 0
        || start_memory() < 0
        || start_properties() < 0) return NULL;
    PyObject *module = PyModule_Create(&definition);
    if (!module) return NULL;
    PyObject *names = kernel_names();
    if (!names || PyModule_AddObjectRef(module, "Loop", (PyObject *)&LoopType) < 0
        || PyModule_AddObjectRef(module, "Kernel", (PyObject *)&KernelType) < 0
        || PyModule_AddObjectRef(module, "Method", (PyObject *)&MethodType) < 0
        || PyModule_AddObjectRef(module, "Property", (PyObject *)PropertyType) < 0
        || PyModule_AddObjectRef(module, "Sizes", (PyObject *)&SizesType) < 0
        || PyModule_AddObjectRef(module, "KERNELS", names) < 0) return NULL;
    Py_DECREF(names);
    start_threads();
    return module;
}
