/* Updates of optimizers: short programs over parameters, gradients and state, worked through in blocks that stay in the first cache.

   A program is a string of instructions of four bytes: operation, target, two operands. An operand below TEMPORARY is an array of the
   parameter at hand, one below CONSTANT a block of working memory, any other a number. See optim/_program.py, which writes them. */

#include "../_core/_native.h"
#include <math.h>

#define BLOCK 256
#define TEMPORARY 64
#define CONSTANT 128
#define MAX_ARRAYS 8
#define MAX_TEMPORARIES 16
#define MAX_CONSTANTS 24

enum { ADD, SUB, MUL, DIV, MAXIMUM, MINIMUM, LESS, GREATER, EQUAL, CHOOSE, COPY, SQRT, ABS, NEGATE, SIGN, FUSED, OPERATIONS };

/* of ops/_kernels_roots.c */
void square_roots_float(const float *x, float *out, npy_intp count);
void square_roots_double(const double *x, double *out, npy_intp count);

typedef struct {
    unsigned char operation, target, first, second;
} instruction;

typedef struct {
    const instruction *code;
    Py_ssize_t length;
    int arrays, constants, is_double;
    npy_intp count;
    char *data[MAX_ARRAYS];
    const double *numbers;
} update_job;

#define EACH(expression)                              \
    _Pragma("GCC ivdep") for (npy_intp i = 0; i < n; i++) { \
        d[i] = (expression);                          \
    }                                                 \
    break

/* CHOOSE keeps the target where the first operand is 0 and takes the second elsewhere. */
#define DEFINE_RUN(name, real, roots, absolute, fused)                                                                         \
    FEW_FUSED_CLONES static void name##_block(const instruction *code, Py_ssize_t length, real **registers, npy_intp n)    \
    {                                                                                                                   \
        for (const instruction *step = code; step < code + length; step++) {                                            \
            real *d = registers[step->target];                                                                          \
            const real *a = registers[step->first], *b = registers[step->second];                                       \
            switch (step->operation) {                                                                                  \
            case ADD: EACH(a[i] + b[i]);                                                                                \
            case SUB: EACH(a[i] - b[i]);                                                                                \
            case MUL: EACH(a[i] * b[i]);                                                                                \
            case DIV: EACH(a[i] / b[i]);                                                                                \
            case MAXIMUM: EACH(a[i] > b[i] || a[i] != a[i] ? a[i] : b[i]);                                              \
            case MINIMUM: EACH(a[i] < b[i] || a[i] != a[i] ? a[i] : b[i]);                                              \
            case LESS: EACH(a[i] < b[i] ? (real)1 : (real)0);                                                           \
            case GREATER: EACH(a[i] > b[i] ? (real)1 : (real)0);                                                        \
            case EQUAL: EACH(a[i] == b[i] ? (real)1 : (real)0);                                                         \
            case CHOOSE: EACH(a[i] != 0 ? b[i] : d[i]);                                                                 \
            case COPY: EACH(a[i]);                                                                                      \
            case SQRT: roots(a, d, n); break;                                                                           \
            case ABS: EACH(absolute(a[i]));                                                                             \
            case NEGATE: EACH(-a[i]);                                                                                   \
            case FUSED: EACH(fused(a[i], b[i], d[i]));                                                                  \
            case SIGN: EACH((real)(a[i] > 0) - (real)(a[i] < 0));                                                       \
            }                                                                                                           \
        }                                                                                                               \
    }                                                                                                                   \
    static void name(update_job *job, npy_intp first, npy_intp last)                                                    \
    {                                                                                                                   \
        real blocks[MAX_TEMPORARIES + MAX_CONSTANTS][BLOCK], *registers[256];                                           \
        for (int index = 0; index < 256; index++) registers[index] = blocks[0];                                         \
        for (int index = 0; index < MAX_TEMPORARIES; index++) registers[TEMPORARY + index] = blocks[index];             \
        npy_intp widest = last - first < BLOCK ? last - first : BLOCK;                                                  \
        for (int index = 0; index < job->constants; index++) {                                                          \
            real *block = registers[CONSTANT + index] = blocks[MAX_TEMPORARIES + index], value = (real)job->numbers[index]; \
            for (npy_intp i = 0; i < widest; i++) block[i] = value;                                                     \
        }                                                                                                               \
        for (npy_intp start = first; start < last; start += BLOCK) {                                                    \
            for (int index = 0; index < job->arrays; index++) registers[index] = (real *)job->data[index] + start;      \
            name##_block(job->code, job->length, registers, last - start < BLOCK ? last - start : BLOCK);               \
        }                                                                                                               \
    }

DEFINE_RUN(run_float, float, square_roots_float, fabsf, fmaf)
DEFINE_RUN(run_double, double, square_roots_double, fabs, fma)

static void run_piece(void *argument, int piece, int pieces)
{
    update_job *job = argument;
    npy_intp first, last;
    lines_of(job->count, piece, pieces, &first, &last);
    (job->is_double ? run_double : run_float)(job, first, last);
}

/* Whether the code stays within its registers and what is read was written. */
static int is_sound(const instruction *code, Py_ssize_t length, int arrays, int constants)
{
    for (const instruction *step = code; step < code + length; step++) {
        unsigned char operands[3] = {step->target, step->first, step->second};
        if (step->operation >= OPERATIONS || step->target >= CONSTANT) return 0;
        for (int which = 0; which < 3; which++) {
            int place = operands[which];
            if (place < TEMPORARY ? place >= arrays : place < CONSTANT ? place >= TEMPORARY + MAX_TEMPORARIES : place >= CONSTANT + constants)
                return 0;
        }
    }
    return 1;
}

/* The arrays of one parameter as a job: all of one dtype and shape, and all row-major or all column-major. */
static int fill(update_job *job, PyObject *const *lists, Py_ssize_t index)
{
    PyArrayObject *first = NULL;
    int row_major = 1, column_major = 1;
    for (int which = 0; which < job->arrays; which++) {
        PyArrayObject *array = array_of(PyList_GET_ITEM(lists[which], index));
        if (!array || (which != 1 && !PyArray_ISWRITEABLE(array))) return 0;
        if (!first) first = array;
        if (PyArray_TYPE(array) != PyArray_TYPE(first) || !same_shape(array, first)) return 0;
        row_major &= PyArray_IS_C_CONTIGUOUS(array);
        column_major &= PyArray_IS_F_CONTIGUOUS(array);
        job->data[which] = PyArray_BYTES(array);
    }
    int type = PyArray_TYPE(first);
    job->is_double = type == NPY_DOUBLE || type == NPY_CDOUBLE;
    if (!job->is_double && type != NPY_FLOAT && type != NPY_CFLOAT) return 0;
    job->count = PyArray_SIZE(first) * (type == NPY_CFLOAT || type == NPY_CDOUBLE ? 2 : 1);
    return row_major || column_major;
}

/* update_elements(code, numbers, parameters, gradients, *state): run a program on every parameter, complex numbers as pairs.
   True, or None where nothing was done. */
static PyObject *update_elements(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    double numbers[MAX_CONSTANTS];
    update_job job = {.arrays = (int)count - 2, .numbers = numbers};
    if (job.arrays < 2 || job.arrays > MAX_ARRAYS || !PyBytes_CheckExact(args[0]) || !PyTuple_CheckExact(args[1])) DECLINE;
    job.code = (const instruction *)PyBytes_AS_STRING(args[0]);
    job.length = PyBytes_GET_SIZE(args[0]) / (Py_ssize_t)sizeof(instruction);
    job.constants = (int)PyTuple_GET_SIZE(args[1]);
    if (job.constants > MAX_CONSTANTS || !is_sound(job.code, job.length, job.arrays, job.constants)) DECLINE;
    for (int index = 0; index < job.constants; index++) {
        numbers[index] = PyFloat_AsDouble(PyTuple_GET_ITEM(args[1], index));
        if (numbers[index] == -1 && PyErr_Occurred()) return NULL;
    }
    PyObject *const *lists = args + 2;
    for (int which = 0; which < job.arrays; which++)
        if (!PyList_CheckExact(lists[which]) || PyList_GET_SIZE(lists[which]) != PyList_GET_SIZE(lists[0])) DECLINE;
    Py_ssize_t params = PyList_GET_SIZE(lists[0]);
    for (Py_ssize_t index = 0; index < params; index++)
        if (!fill(&job, lists, index)) DECLINE;
    for (Py_ssize_t index = 0; index < params; index++) {
        fill(&job, lists, index);
        run_parallel(run_piece, &job, job.count * 4, job.count / BLOCK);
    }
    Py_RETURN_TRUE;
}

/* count_up(scalars): add 1 to arrays of one number, which are all equal, and give what they are then; None where they differ. */
static PyObject *count_up(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    if (count != 1 || !PyList_CheckExact(args[0]) || !PyList_GET_SIZE(args[0])) DECLINE;
    double value = 0;
    Py_ssize_t length = PyList_GET_SIZE(args[0]);
    for (Py_ssize_t index = 0; index < length; index++) {
        PyArrayObject *array = floats_of(PyList_GET_ITEM(args[0], index));
        if (!array || PyArray_NDIM(array) || !PyArray_ISWRITEABLE(array)) DECLINE;
        double found = PyArray_TYPE(array) == NPY_FLOAT ? *(float *)PyArray_DATA(array) : *(double *)PyArray_DATA(array);
        if (index && found != value) DECLINE;
        value = found;
    }
    for (Py_ssize_t index = 0; index < length; index++) {
        PyArrayObject *array = (PyArrayObject *)PyList_GET_ITEM(args[0], index);
        if (PyArray_TYPE(array) == NPY_FLOAT)
            *(float *)PyArray_DATA(array) = (float)(value + 1);
        else
            *(double *)PyArray_DATA(array) = value + 1;
    }
    return PyFloat_FromDouble(value + 1);
}

const kernel_row optim_kernels[] = {{"update_elements", update_elements, NULL}, {"count_up", count_up, NULL}, {NULL}};
