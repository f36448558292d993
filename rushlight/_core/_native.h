/* What the C files share: arrays as kernels see them, threads, memory for large results. */

#ifndef RUSHLIGHT_NATIVE_H
#define RUSHLIGHT_NATIVE_H

#define PY_SSIZE_T_CLEAN
#define NPY_NO_DEPRECATED_API NPY_2_0_API_VERSION
#define PY_ARRAY_UNIQUE_SYMBOL rushlight_array_api
#define PY_UFUNC_UNIQUE_SYMBOL rushlight_ufunc_api
#ifndef RUSHLIGHT_IMPORTS_NUMPY
#define NO_IMPORT_ARRAY
#define NO_IMPORT_UFUNC
#endif
#include <Python.h>
#include <numpy/arrayobject.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define GRAIN 32768 /* elements that are worth a thread */
#define MAX_THREADS 64

/* Where the compiler can, a function is compiled for several kinds of processors, and the best one is taken at load time. Products
   are never fused with sums (-ffp-contract=off), so that all of them, and the pure form, round alike. */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 9
#define CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#define FEW_CLONES __attribute__((target_clones("avx2", "default"))) /* for what waits for memory, which wider vectors do not bring sooner */
#define FEW_FUSED_CLONES __attribute__((target_clones("fma", "default"))) /* the same for functions that call fma() */
#define FUSED_CLONES __attribute__((target_clones("avx512f", "fma", "default"))) /* for functions that call fma(), which rounds alike everywhere */
#else
#define CLONES
#define FEW_CLONES
#define FUSED_CLONES
#define FEW_FUSED_CLONES
#endif
#define INLINE static inline __attribute__((always_inline))

/* ---------------------------------------------------------------- threads (_threads.c) */

typedef void (*piece_function)(void *job, int piece, int pieces);

/* Call function(job, piece, pieces) for every piece, each in a thread of its own; there may be fewer pieces than asked for. The GIL
   need not be held. */
void run_pieces(piece_function function, void *job, int pieces);
/* run_pieces() for so many elements of work: in this thread where it is little, else without the GIL. `units`: into how many parts
   the work can be cut. */
void run_parallel(piece_function function, void *job, npy_intp work, npy_intp units);
int pieces_for(npy_intp count);
int thread_count(void);
void set_thread_count(long count);
void start_threads(void); /* once, at import */

/* The part of 0..count that is one piece's. */
INLINE void part_of(npy_intp count, int piece, int pieces, npy_intp *first, npy_intp *last)
{
    *first = (npy_intp)((__int128)count * piece / pieces);
    *last = (npy_intp)((__int128)count * (piece + 1) / pieces);
}

/* part_of() in whole groups of 64 elements. */
INLINE void lines_of(npy_intp count, int piece, int pieces, npy_intp *first, npy_intp *last)
{
    part_of(count, piece, pieces, first, last);
    *first &= ~(npy_intp)63;
    if (piece != pieces - 1) *last &= ~(npy_intp)63;
}

/* ---------------------------------------------------------------- memory (_memory.c) */

/* A new row-major array (column-major with `fortran`), whose memory is kept for reuse when it is large. */
PyArrayObject *new_array(int type, int ndim, npy_intp *dims, int fortran);
/* A new array of this type that lies in memory as a dense array of more than one element does; NULL without an error where it is not dense. */
PyArrayObject *new_in_step(PyArrayObject *array, int type);
int is_dense(PyArrayObject *array);
int start_memory(void);               /* once, at import; -1 with an error */
PyObject *use_memory(PyObject *module, PyObject *unused); /* arrays made in this context take their memory here */
PyObject *cached_memory(PyObject *module, PyObject *unused);
PyObject *release_memory(PyObject *module, PyObject *unused);

/* ---------------------------------------------------------------- the garbage collector (_unwatched.c) */

PyObject *unwatch(PyObject *module, PyObject *class);
PyObject *guard(PyObject *module, PyObject *class);
PyObject *make_static(PyObject *module, PyObject *class);
PyObject *watch(PyObject *module, PyObject *start);
PyObject *forget(PyObject *module, PyObject *const *args, Py_ssize_t count);

/* ---------------------------------------------------------------- objects (_objects.c) */

PyObject *maker(PyObject *module, PyObject *base);
PyObject *address(PyObject *module, PyObject *array);
PyObject *is_owned(PyObject *module, PyObject *const *args, Py_ssize_t count);
PyObject *has_form(PyObject *module, PyObject *const *args, Py_ssize_t count);

/* ---------------------------------------------------------------- calls (_calls.c) */

extern PyTypeObject MethodType;
PyObject *start_calls(PyObject *module, PyObject *args);
extern PyTypeObject *PropertyType;
int start_properties(void); /* once, at import; -1 with an error */
PyObject *relearn(PyObject *module, PyObject *unused);
PyObject *set_tensors(PyObject *module, PyObject *classes);
PyObject *start_record(PyObject *module, PyObject *args); /* _record.c */
PyObject *subscript_method(PyObject *module, PyObject *args); /* ops/_subscript.c */
PyObject *serve_apply(PyObject *module, PyObject *const *args, Py_ssize_t count);
PyTypeObject *plain_class(void); /* of results */

/* ---------------------------------------------------------------- tensors (_tensors.c) */

int in_plain_mode(void);                         /* no mode but the grad mode */
int records_gradients(void);                     /* the grad mode */
PyArrayObject *array_of_tensor(PyObject *value); /* of a plain tensor without flags; NULL for anything else */
/* The following take tensors for which array_of_tensor() has an answer. */
int wants_gradient(PyObject *tensor);
int is_alone(PyObject *tensor);              /* neither a view nor a recorded result */
PyObject *gradient_of(PyObject *tensor);     /* borrowed; NULL where there is more to it */
Py_ssize_t version_of(PyObject *tensor);
PyObject *new_plain_tensor(PyObject *array); /* takes the reference; NULL if that is NULL */
PyObject *outside_graph(PyObject *tensor);   /* a new tensor over the same memory, as .data is */
void ask_gradient(PyObject *leaf);           /* requires_grad */

PyObject *set_makers(PyObject *module, PyObject *args);  /* _makers.c */
PyObject *set_draws(PyObject *module, PyObject *args);   /* _draws.c */
PyObject *dtype_of_number(int type);                      /* _readers.c: borrowed; NULL, perhaps without an error, where there is none */
PyObject *set_objects(PyObject *module, PyObject *args); /* _readers.c */
PyObject *set_writers(PyObject *module, PyObject *function); /* _writers.c */

/* ---------------------------------------------------------------- torch.Size (_sizes.c) */

extern PyTypeObject SizesType;
PyObject *set_size_class(PyObject *module, PyObject *class);
PyObject *new_size(const npy_intp *values, int count);

/* ---------------------------------------------------------------- kernels (_kernel.c) */

/* A kernel gets a call's positional arguments. It gives its result, Py_None (a new reference) where it does not know better than
   NumPy, which is then asked, or NULL with an error. */
typedef struct kernel_row kernel_row;
typedef PyObject *(*kernel_function)(const kernel_row *row, PyObject *const *args, Py_ssize_t count);
struct kernel_row {
    const char *name;
    kernel_function function;
    const void *data; /* what one function needs to know to be several kernels */
    /* The same with the result written into the first argument: 1, or 0 and nothing done. NULL where there is no such form. */
    int (*into)(const kernel_row *row, PyObject *const *args, Py_ssize_t count);
    int widens; /* what it declines for being of 16-bit floats is computed in float32, and its results are rounded */
};
extern const kernel_row *const kernel_tables[]; /* each ends with a row without a name, the list with NULL */
extern PyTypeObject KernelType;
const kernel_row *row_of_kernel(PyObject *kernel); /* NULL for anything else */
PyObject *kernel_names(void);

/* ---------------------------------------------------------------- arrays */

#define DECLINE Py_RETURN_NONE
#define CALL const kernel_row *row, PyObject *const *args, Py_ssize_t count

/* An exact int that fits; 0 for anything else. */
INLINE int exact_int(PyObject *value, npy_intp *found)
{
    if (!PyLong_CheckExact(value)) return 0;
    int overflow;
    *found = PyLong_AsLongAndOverflow(value, &overflow);
    return !overflow;
}

/* A plain array: no subclass, aligned, of the machine's byte order. */
INLINE PyArrayObject *array_of(PyObject *value)
{
    if (!PyArray_CheckExact(value)) return NULL;
    PyArrayObject *array = (PyArrayObject *)value;
    return PyArray_ISALIGNED(array) && PyArray_ISNOTSWAPPED(array) ? array : NULL;
}

INLINE int is_float(PyArrayObject *array)
{
    return PyArray_TYPE(array) == NPY_FLOAT || PyArray_TYPE(array) == NPY_DOUBLE;
}

/* A plain array of float32 or float64, or NULL. */
INLINE PyArrayObject *floats_of(PyObject *value)
{
    PyArrayObject *array = array_of(value);
    return array && is_float(array) ? array : NULL;
}

/* Whether the strides are those of a row-major array that was just made. */
INLINE int is_plain(PyArrayObject *array)
{
    npy_intp step = PyArray_ITEMSIZE(array);
    for (int dim = PyArray_NDIM(array) - 1; dim >= 0; dim--) {
        if (PyArray_STRIDES(array)[dim] != step) return 0;
        step *= PyArray_DIMS(array)[dim];
    }
    return step != 0; /* an empty array's strides take more thought */
}

/* is_plain() of an array of float32 or float64; NULL for any other value. */
INLINE PyArrayObject *plain_floats(PyObject *value)
{
    PyArrayObject *array = floats_of(value);
    return array && is_plain(array) ? array : NULL;
}

/* Whether all elements are one: an expanded number. */
INLINE int is_constant(PyArrayObject *array)
{
    for (int dim = 0; dim < PyArray_NDIM(array); dim++)
        if (PyArray_STRIDES(array)[dim] && PyArray_DIMS(array)[dim] != 1) return 0;
    return PyArray_SIZE(array) > 0;
}

/* Whether both are column-major (without dimensions of size 1, which leave that open), so that they run in step. */
INLINE int is_transposed(PyArrayObject *array)
{
    npy_intp step = PyArray_ITEMSIZE(array);
    if (PyArray_NDIM(array) < 2) return 0;
    for (int dim = 0; dim < PyArray_NDIM(array); dim++) {
        if (PyArray_STRIDES(array)[dim] != step || PyArray_DIMS(array)[dim] < 2) return 0;
        step *= PyArray_DIMS(array)[dim];
    }
    return 1;
}

INLINE int same_shape(PyArrayObject *x, PyArrayObject *y)
{
    int ndim = PyArray_NDIM(x);
    if (PyArray_NDIM(y) != ndim) return 0;
    for (int dim = 0; dim < ndim; dim++)
        if (PyArray_DIMS(x)[dim] != PyArray_DIMS(y)[dim]) return 0;
    return 1;
}

INLINE PyArrayObject *new_like(PyArrayObject *array)
{
    return new_array(PyArray_TYPE(array), PyArray_NDIM(array), PyArray_DIMS(array), 0);
}

/* A Python int that is a dimension of an array with `ndim` dimensions, counted from the front; -1 where it is none. */
INLINE int axis_of(PyObject *value, int ndim)
{
    if (!PyLong_CheckExact(value)) return -1;
    int overflow;
    long axis = PyLong_AsLongAndOverflow(value, &overflow);
    if (overflow) return -1;
    if (axis < 0) axis += ndim;
    return axis < 0 || axis >= ndim ? -1 : (int)axis;
}

/* A Python float or small int as a double; 0 where it is neither. */
INLINE int number_of(PyObject *value, double *found)
{
    if (PyFloat_CheckExact(value)) {
        *found = PyFloat_AS_DOUBLE(value);
        return 1;
    }
    if (!PyLong_CheckExact(value)) return 0;
    int overflow;
    long wide = PyLong_AsLongAndOverflow(value, &overflow);
    if (overflow || wide < -(1L << 53) || wide > 1L << 53) return 0;
    *found = (double)wide;
    return 1;
}

/* ---------------------------------------------------------------- 16-bit floats (_narrow.c) */

#define BLOCKED 1024 /* elements that are widened at a time */
enum { WIDE, HALF, BRAIN }; /* no 16-bit float, float16, bfloat16 */

INLINE int narrow_kind(PyArrayObject *array)
{
    int type = PyArray_TYPE(array);
    if (type == NPY_HALF) return HALF;
    return type >= NPY_USERDEF && PyArray_DESCR(array)->type == 'E' && PyArray_ITEMSIZE(array) == 2 ? BRAIN : WIDE;
}

void widen(int kind, const void *from, float *to, npy_intp count);
void narrow(int kind, const float *from, void *to, npy_intp count);
/* New arrays that lie in memory as a dense one does, by several threads; NULL without an error where it is not dense. */
PyArrayObject *widened(PyArrayObject *array);
PyArrayObject *narrowed(PyArrayObject *array, int kind, int type);

/* A shape as (outer, size, inner) around one dimension. */
typedef struct {
    npy_intp outer, size, inner;
} lines;

INLINE lines lines_along(PyArrayObject *array, int axis)
{
    lines found = {1, PyArray_DIMS(array)[axis], 1};
    for (int dim = 0; dim < axis; dim++) found.outer *= PyArray_DIMS(array)[dim];
    for (int dim = axis + 1; dim < PyArray_NDIM(array); dim++) found.inner *= PyArray_DIMS(array)[dim];
    return found;
}

#endif
