/* Small new tensors of constants, ranges and other dtypes, without Python: what the functions of create.py, create_ranges.py and convert.py
   make of plain arguments.

   They decline what is large (NumPy's zeros come from the system), other devices, layouts and modes, and whatever is an error. */

#include "../_core/_native.h"
#include "../_core/_record.h"
#include <math.h>

#define LARGEST 4096 /* elements of what is made here */
#define MOST 16      /* dimensions */

static struct {
    PyObject *strided, *cpu, *numbers, *defaults, *inner, *outer, *determinism, *to_copy;
} known;

/* (torch.strided, CPU device, NumPy's type numbers by dtype, what holds the default dtype, the variables of the `with` device and of the
   default device, what says whether new memory is filled, the operator _to_copy) */
PyObject *set_makers(PyObject *module, PyObject *args)
{
    if (!PyArg_ParseTuple(args, "OOO!OOOOO", &known.strided, &known.cpu, &PyDict_Type, &known.numbers, &known.defaults, &known.inner,
                          &known.outer, &known.determinism, &known.to_copy)) return NULL;
    for (PyObject **held = (PyObject **)&known; held < (PyObject **)(&known + 1); held++) Py_INCREF(*held);
    Py_RETURN_NONE;
}

/* ---------------------------------------------------------------- options */

/* NumPy's number of a dtype; -1 where there is none. */
static int number_of_dtype(PyObject *dtype)
{
    PyObject *number = PyDict_GetItem(known.numbers, dtype);
    return number ? (int)PyLong_AsLong(number) : -1;
}

int default_number(void)
{
    PyObject *dtype = PyObject_GetAttrString(known.defaults, "dtype");
    int found = dtype ? number_of_dtype(dtype) : -1;
    Py_XDECREF(dtype);
    PyErr_Clear();
    return found;
}

/* Whether a device is the CPU. */
static int is_cpu(PyObject *device)
{
    static PyObject *another; /* that was found to be */
    if (device == known.cpu || device == another) return 1;
    if (!Py_IS_TYPE(device, Py_TYPE(known.cpu))) return 0;
    PyObject *name = PyObject_GetAttrString(device, "_type");
    int answer = name && PyUnicode_Check(name) && !PyUnicode_CompareWithASCIIString(name, "cpu");
    Py_XDECREF(name);
    PyErr_Clear();
    if (answer) Py_XSETREF(another, Py_NewRef(device));
    return answer;
}

static int holds_none(PyObject *variable)
{
    PyObject *value = NULL;
    int failed = PyContextVar_Get(variable, NULL, &value) < 0;
    PyErr_Clear();
    int answer = !failed && value == Py_None;
    Py_XDECREF(value);
    return answer;
}

/* dtype, layout, device, pin_memory, requires_grad: whether they ask for a plain tensor. type: NumPy's number of the dtype, `otherwise` where
   none is named. */
static int read_options(PyObject *const *options, int otherwise, int *type, int *requires_grad)
{
    if (!in_plain_mode()) return 0;
    if (options[1] != Py_None && options[1] != known.strided) return 0;
    if (options[3] != Py_None && options[3] != Py_False) return 0;
    if (options[4] != Py_None && options[4] != Py_False && options[4] != Py_True) return 0;
    if (options[2] == Py_None ? !holds_none(known.inner) || !holds_none(known.outer) : !is_cpu(options[2])) return 0;
    *type = options[0] == Py_None ? otherwise : number_of_dtype(options[0]);
    *requires_grad = options[4] == Py_True;
    if (*type < 0 || *type >= NPY_NTYPES_LEGACY) return 0;
    return !*requires_grad || *type == NPY_FLOAT || *type == NPY_DOUBLE;
}

static PyObject *finished(PyArrayObject *array, int requires_grad)
{
    PyObject *made = new_plain_tensor((PyObject *)array);
    if (made && requires_grad) ask_gradient(made);
    return made;
}

/* The sizes in a tuple, list or Size; -1 for anything else, negative sizes and what is large. */
static int read_shape(PyObject *object, npy_intp *sizes, npy_intp *total)
{
    if (!PyTuple_Check(object) && !PyList_CheckExact(object)) return -1;
    Py_ssize_t count = PySequence_Fast_GET_SIZE(object);
    PyObject **items = PySequence_Fast_ITEMS(object);
    if (count > MOST) return -1;
    *total = 1;
    for (Py_ssize_t index = 0; index < count; index++) {
        if (!PyLong_CheckExact(items[index])) return -1;
        int overflow;
        sizes[index] = PyLong_AsLongAndOverflow(items[index], &overflow);
        if (overflow || sizes[index] < 0 || sizes[index] > LARGEST) return -1;
        *total *= sizes[index];
        if (*total > LARGEST) return -1;
    }
    return (int)count;
}

/* For _draws.c: the dimensions and the kind of a new tensor; -1 where it is not plain. */
int read_new_tensor(PyObject *sizes, PyObject *const *options, int otherwise, npy_intp *dims, int *type, int *requires_grad)
{
    npy_intp total;
    return read_options(options, otherwise, type, requires_grad) ? read_shape(sizes, dims, &total) : -1;
}

/* The same for one like another. */
int read_like_tensor(PyArrayObject *like, PyObject *const *options, int *type, int *requires_grad)
{
    return is_plain(like) && read_options(options, PyArray_TYPE(like), type, requires_grad) ? PyArray_NDIM(like) : -1;
}

/* ---------------------------------------------------------------- constants */

/* Write a number into all elements; 0 where the dtype may not hold it as it is. */
static int fill(PyArrayObject *array, double value)
{
    npy_intp count = PyArray_SIZE(array);
    void *data = PyArray_DATA(array);
    if (value == 0 && !signbit(value)) {
        memset(data, 0, PyArray_NBYTES(array));
        return 1;
    }
#define FILL(type)                                                                                                                           \
    for (npy_intp index = 0; index < count; index++) ((type *)data)[index] = (type)value;                                                    \
    return 1
    int whole = value == floor(value);
    switch (PyArray_TYPE(array)) {
    case NPY_FLOAT:
        if (fabs(value) > 3.4028234663852886e38 && !isinf(value)) return 0;
        FILL(float);
    case NPY_DOUBLE: FILL(double);
    case NPY_BOOL:
        if (value != 1) return 0;
        FILL(npy_bool);
    case NPY_LONG:
        if (!whole || fabs(value) > 9007199254740992.) return 0;
        FILL(npy_long);
    case NPY_INT:
        if (!whole || fabs(value) > 2147483647.) return 0;
        FILL(npy_int);
    case NPY_UBYTE:
        if (!whole || value < 0 || value > 255) return 0;
        FILL(npy_ubyte);
    }
    return 0;
}

typedef struct {
    int like, size, number, out, format, options; /* where the arguments are; -1: there is none */
    double value;                                 /* NAN: unset, or the number */
} constant;

/* A number that is given, and the type that it stands for; 0 where it takes more thought. */
static int read_number(PyObject *object, double *value, int *type)
{
    if (PyBool_Check(object)) {
        *value = object == Py_True;
        *type = NPY_BOOL;
        return 1;
    }
    if (!number_of(object, value)) return 0;
    *type = PyFloat_CheckExact(object) ? default_number() : NPY_LONG;
    return 1;
}

/* What determinism asks of memory that nobody sets. */
static int fills_memory(void)
{
    PyObject *fills = PyObject_GetAttrString(known.determinism, "fills");
    int answer = fills != Py_False;
    Py_XDECREF(fills);
    PyErr_Clear();
    return answer;
}

static PyObject *make_constant(CALL)
{
    const constant *form = row->data;
    if (count != form->options + 5) DECLINE;
    if (form->out >= 0 && args[form->out] != Py_None) DECLINE;
    if (form->format >= 0 && args[form->format] != Py_None) DECLINE;
    PyArrayObject *like = NULL;
    if (form->like >= 0 && !(like = array_of_tensor(args[form->like]))) DECLINE;
    double value = form->value;
    int stands_for = NPY_NOTYPE, type, requires_grad, ndim;
    if (form->number >= 0 && !read_number(args[form->number], &value, &stands_for)) DECLINE;
    int otherwise = form->size < 0 || form->number < 0 || like ? (like ? PyArray_TYPE(like) : default_number()) : stands_for;
    if (!read_options(args + form->options, otherwise, &type, &requires_grad)) DECLINE;
    if (stands_for != NPY_NOTYPE && stands_for != NPY_BOOL && stands_for != NPY_LONG && PyTypeNum_ISINTEGER(type)) DECLINE;
    npy_intp sizes[MOST], total, *dims = sizes;
    if (form->size < 0 && like) {
        if (!is_plain(like) || PyArray_SIZE(like) > LARGEST || !PyArray_ISNOTSWAPPED(like)) DECLINE;
        ndim = PyArray_NDIM(like);
        dims = PyArray_DIMS(like);
    } else {
        ndim = form->size < 0 ? 0 : read_shape(args[form->size], sizes, &total);
        if (ndim < 0) DECLINE;
    }
    if (form->number < 0 && isnan(value) && fills_memory()) DECLINE;
    PyArrayObject *made = new_array(type, ndim, dims, 0);
    if (!made) return NULL;
    if ((form->number >= 0 || !isnan(value)) && !fill(made, value)) {
        Py_DECREF(made);
        DECLINE;
    }
    return finished(made, requires_grad);
}

/*                            like size number out format options value */
static const constant zeros = {-1, 0, -1, 1, -1, 2, 0}, ones = {-1, 0, -1, 1, -1, 2, 1}, empty = {-1, 0, -1, 2, 1, 3, NAN},
                      full = {-1, 0, 1, 2, -1, 3, 0}, scalar = {-1, -1, 0, -1, -1, 1, 0}, zeros_like = {0, -1, -1, -1, 1, 2, 0},
                      ones_like = {0, -1, -1, -1, 1, 2, 1}, empty_like = {0, -1, -1, -1, 1, 2, NAN}, full_like = {0, -1, 1, -1, 2, 3, 0},
                      new_zeros = {0, 1, -1, -1, -1, 2, 0}, new_ones = {0, 1, -1, -1, -1, 2, 1}, new_empty = {0, 1, -1, -1, -1, 2, NAN},
                      new_full = {0, 1, 2, -1, -1, 3, 0};

/* ---------------------------------------------------------------- ranges */

typedef struct {
    int start, end, step, out, options;
} range;

static int is_whole(double value)
{
    return value == floor(value) && fabs(value) < 16777216;
}

/* The elements of a range of floats: exact where its numbers are whole, else rounded as NOTE [ Last bits of a range ] says of short ones. */
static void write_range(PyArrayObject *made, double start, double step)
{
    npy_intp length = PyArray_SIZE(made);
    if (PyArray_TYPE(made) == NPY_DOUBLE) {
        double *to = PyArray_DATA(made);
        for (npy_intp index = 0; index < length; index++) to[index] = fma((double)index, step, start);
        return;
    }
    float *to = PyArray_DATA(made);
    double first = (float)start, apart = (float)step;
    for (npy_intp index = 0; index < length; index++) to[index] = (float)((double)index * apart + first);
}

static PyObject *make_range(CALL)
{
    const range *form = row->data;
    double numbers[3] = {0, 0, 1};
    int places[3] = {form->start, form->end, form->step}, ints = 1, type, requires_grad;
    if (count != form->options + 5 || (form->out >= 0 && args[form->out] != Py_None)) DECLINE;
    for (int which = 0; which < 3; which++) {
        if (places[which] < 0) continue;
        if (!number_of(args[places[which]], &numbers[which])) DECLINE;
        ints = ints && PyLong_CheckExact(args[places[which]]);
    }
    double start = numbers[0], end = numbers[1], step = numbers[2];
    if (!read_options(args + form->options, ints ? NPY_LONG : default_number(), &type, &requires_grad)) DECLINE;
    if (!isfinite(start) || !isfinite(end) || !isfinite(step) || step == 0 || (step > 0 ? end < start : end > start)) DECLINE;
    double wide = ceil((end - start) / step);
    int lanes = type == NPY_FLOAT ? 8 : 4, whole = is_whole(start) && is_whole(step) && is_whole(start + wide * step);
    if (wide > LARGEST || !(type == NPY_LONG ? ints && whole : (type == NPY_FLOAT || type == NPY_DOUBLE) && (whole || wide < 2 * lanes)))
        DECLINE;
    npy_intp length = (npy_intp)wide;
    PyArrayObject *made = new_array(type, 1, &length, 0);
    if (!made) return NULL;
    if (type == NPY_LONG) {
        npy_long *to = PyArray_DATA(made), first = (npy_long)start, apart = (npy_long)step;
        for (npy_intp index = 0; index < length; index++) to[index] = first + index * apart;
    }
    else write_range(made, start, step);
    return finished(made, requires_grad);
}

static const range up_to = {-1, 0, -1, 1, 2}, from_start = {0, 1, -1, -1, 2}, in_steps = {0, 1, 2, 3, 4};

/* linspace(start, end, steps, out, options): the second half is counted from the end. */
static PyObject *make_line(CALL)
{
    double start, end, wide;
    int type, requires_grad;
    if (count != 9 || args[3] != Py_None || !number_of(args[0], &start) || !number_of(args[1], &end)) DECLINE;
    if (!PyLong_CheckExact(args[2]) || !number_of(args[2], &wide) || wide < 2 || wide > LARGEST) DECLINE;
    if (!read_options(args + 4, default_number(), &type, &requires_grad) || (type != NPY_FLOAT && type != NPY_DOUBLE)) DECLINE;
    npy_intp steps = (npy_intp)wide;
    PyArrayObject *made = new_array(type, 1, &steps, 0);
    if (!made) return NULL;
    if (type == NPY_FLOAT) {
        float first = (float)start, last = (float)end, step = (last - first) / (float)(steps - 1), *to = PyArray_DATA(made);
        for (npy_intp index = 0; index < steps; index++)
            to[index] = index < steps / 2 ? (float)fma((double)index, step, first) : (float)fma((double)(steps - 1 - index), -(double)step, last);
    } else {
        double step = (end - start) / (double)(steps - 1), *to = PyArray_DATA(made);
        for (npy_intp index = 0; index < steps; index++)
            to[index] = index < steps / 2 ? fma((double)index, step, start) : fma((double)(steps - 1 - index), -step, end);
    }
    return finished(made, requires_grad);
}

/* eye(n, [m,] out, options) */
static PyObject *make_eye(CALL)
{
    int columns = row->data != NULL, type, requires_grad;
    double n, m;
    if (count != 7 + columns || args[1 + columns] != Py_None || !number_of(args[0], &n) || !number_of(args[columns], &m)) DECLINE;
    if (!PyLong_CheckExact(args[0]) || !PyLong_CheckExact(args[columns]) || n < 0 || m < 0 || n > LARGEST || m > LARGEST || n * m > LARGEST)
        DECLINE;
    if (!read_options(args + 2 + columns, default_number(), &type, &requires_grad) || (type != NPY_FLOAT && type != NPY_DOUBLE)) DECLINE;
    npy_intp dims[2] = {(npy_intp)n, (npy_intp)m};
    PyArrayObject *made = new_array(type, 2, dims, 0);
    if (!made) return NULL;
    memset(PyArray_DATA(made), 0, PyArray_NBYTES(made));
    for (npy_intp index = 0; index < dims[0] && index < dims[1]; index++) {
        if (type == NPY_FLOAT) ((float *)PyArray_DATA(made))[index * (dims[1] + 1)] = 1;
        else ((double *)PyArray_DATA(made))[index * (dims[1] + 1)] = 1;
    }
    return finished(made, requires_grad);
}

/* ---------------------------------------------------------------- conversions */

#define CONVERT(FROM, TO, EXPRESSION)                                                                                                        \
    do {                                                                                                                                     \
        const FROM *from = PyArray_DATA(array);                                                                                              \
        TO *to = PyArray_DATA(made);                                                                                                         \
        for (npy_intp index = 0; index < size; index++) {                                                                                    \
            FROM value = from[index];                                                                                                        \
            to[index] = EXPRESSION;                                                                                                          \
        }                                                                                                                                    \
        return made;                                                                                                                         \
    } while (0)

#define CONVERT_FROM(FROM)                                                                                                                   \
    switch (type) {                                                                                                                          \
    case NPY_FLOAT: CONVERT(FROM, float, (float)value);                                                                                      \
    case NPY_DOUBLE: CONVERT(FROM, double, (double)value);                                                                                   \
    case NPY_BOOL: CONVERT(FROM, npy_bool, value != 0);                                                                                      \
    case NPY_LONG: CONVERT(FROM, npy_long, (npy_long)value);                                                                                 \
    case NPY_INT: CONVERT(FROM, npy_int, (npy_int)value);                                                                                    \
    }

/* Whether integers of a type can hold all of these numbers, cut to whole ones. */
#define ALL_FIT(FROM)                                                                                                                        \
    do {                                                                                                                                     \
        const FROM *from = PyArray_DATA(array), most = type == NPY_LONG ? 9223372036854775808.0 : 2147483648.0;                              \
        for (npy_intp index = 0; index < size; index++)                                                                                      \
            if (!(from[index] > -most && from[index] < most)) return 0;                                                                      \
        return 1;                                                                                                                            \
    } while (0)

static int all_fit(PyArrayObject *array, npy_intp size, int type)
{
    if (PyArray_TYPE(array) == NPY_FLOAT) ALL_FIT(float);
    ALL_FIT(double);
}

/* A plain array in another of the common dtypes; NULL, perhaps without an error, for what takes thought (floats that no integer holds). */
static PyArrayObject *converted(PyArrayObject *array, int type)
{
    npy_intp size = PyArray_SIZE(array);
    int from_type = PyArray_TYPE(array), known_types = type == NPY_FLOAT || type == NPY_DOUBLE || type == NPY_BOOL || type == NPY_LONG || type == NPY_INT;
    if (!is_plain(array) || size > LARGEST || !known_types || !PyArray_ISALIGNED(array)) return NULL;
    int is_real = from_type == NPY_FLOAT || from_type == NPY_DOUBLE;
    if (!is_real && from_type > NPY_LONG) return NULL;
    if (is_real && (type == NPY_LONG || type == NPY_INT) && !all_fit(array, size, type)) return NULL;
    PyArrayObject *made = new_array(type, PyArray_NDIM(array), PyArray_DIMS(array), 0);
    if (!made) return NULL;
    switch (from_type) {
    case NPY_FLOAT: CONVERT_FROM(float) break;
    case NPY_DOUBLE: CONVERT_FROM(double) break;
    case NPY_LONG: CONVERT_FROM(npy_long) break;
    case NPY_INT: CONVERT_FROM(npy_int) break;
    case NPY_BOOL: CONVERT_FROM(npy_bool) break;
    case NPY_UBYTE: CONVERT_FROM(npy_ubyte) break;
    }
    Py_DECREF(made);
    return NULL;
}

/* The kernel of _to_copy(array, dtype, memory format). */
static PyObject *to_copy(CALL)
{
    int type = count == 3 && PyArray_Check(args[0]) && args[2] == Py_None ? number_of_dtype(args[1]) : -1;
    PyArrayObject *made = type < 0 ? NULL : converted((PyArrayObject *)args[0], type);
    if (made || PyErr_Occurred()) return (PyObject *)made;
    DECLINE;
}

/* A tensor in a dtype: itself, or a new one. */
static PyObject *in_dtype(PyObject *tensor, PyArrayObject *array, int type)
{
    if (PyArray_TYPE(array) == type) return Py_NewRef(tensor);
    if (records_gradients() && wants_gradient(tensor)) {
        PyObject *values[3] = {tensor, dtype_of_number(type), Py_None};
        PyObject *found = values[1] && known.to_copy && can_serve(known.to_copy, BY_KERNEL) ? serve(known.to_copy, BY_KERNEL, mode_word(), values, 3) : NULL;
        if (found || PyErr_Occurred()) return found;
        DECLINE;
    }
    PyArrayObject *made = converted(array, type);
    if (made) return new_plain_tensor((PyObject *)made);
    if (PyErr_Occurred()) return NULL;
    DECLINE;
}

/* to(self, device, dtype, non_blocking, copy, memory format), or (self, dtype or tensor, non_blocking, copy, memory format) */
static PyObject *to(CALL)
{
    PyArrayObject *array = (count == 6 || count == 5) && in_plain_mode() ? array_of_tensor(args[0]) : NULL, *other;
    if (!array || args[count - 2] != Py_False || args[count - 1] != Py_None) DECLINE;
    if (count == 5) {
        if ((other = array_of_tensor(args[1]))) return in_dtype(args[0], array, PyArray_TYPE(other));
        int type = number_of_dtype(args[1]);
        if (type < 0) DECLINE;
        return in_dtype(args[0], array, type);
    }
    if (args[1] != Py_None && !is_cpu(args[1])) DECLINE;
    if (args[2] == Py_None) return Py_NewRef(args[0]);
    int type = number_of_dtype(args[2]);
    if (type < 0) DECLINE;
    return in_dtype(args[0], array, type);
}

/* float(self, memory format) and the like; cpu() where the row has no data */
static PyObject *cast(CALL)
{
    PyArrayObject *array = count == 2 && in_plain_mode() ? array_of_tensor(args[0]) : NULL;
    if (!array || args[1] != Py_None) DECLINE;
    return row->data ? in_dtype(args[0], array, *(const int *)row->data) : Py_NewRef(args[0]);
}

static const int as_float = NPY_FLOAT, as_double = NPY_DOUBLE, as_long = NPY_LONG, as_int = NPY_INT, as_bool = NPY_BOOL;

const kernel_row makers[] = {
    {"make_zeros", make_constant, &zeros}, {"make_ones", make_constant, &ones}, {"make_empty", make_constant, &empty},
    {"make_full", make_constant, &full}, {"make_scalar", make_constant, &scalar}, {"make_zeros_like", make_constant, &zeros_like},
    {"make_ones_like", make_constant, &ones_like}, {"make_empty_like", make_constant, &empty_like},
    {"make_full_like", make_constant, &full_like}, {"make_new_zeros", make_constant, &new_zeros}, {"make_new_ones", make_constant, &new_ones},
    {"make_new_empty", make_constant, &new_empty}, {"make_new_full", make_constant, &new_full}, {"make_range_to", make_range, &up_to},
    {"make_range_from", make_range, &from_start}, {"make_range_in_steps", make_range, &in_steps}, {"make_line", make_line},
    {"make_eye", make_eye}, {"make_eye_of", make_eye, ""}, {"to", to}, {"to_copy", to_copy}, {"cast_float", cast, &as_float},
    {"cast_double", cast, &as_double}, {"cast_long", cast, &as_long}, {"cast_int", cast, &as_int}, {"cast_bool", cast, &as_bool},
    {"stay", cast}, {NULL}};
