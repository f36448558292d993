/* Memory of large arrays, kept for reuse.

   A large block from the C library is given back to the system when it is freed, and the next one has to be filled with pages of zeros
   again, one fault for each 4 KB: for a sum of two arrays of a million elements that takes longer than the sum. So freed blocks are
   kept, the most recent LIMIT bytes of them, in lists by size. Arrays made by kernels and under `use_memory` take their memory here;
   arrays that a program makes itself with NumPy do not. */

#include "_native.h"
#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define SMALLEST (1 << 16) /* bytes below which NumPy's own way is as fast */
#define PAGE 4096
#define HEADER 64
#define HUGE_PAGE (1 << 21)
#define STEPS 8 /* sizes between two powers of two */
#define CLASSES (48 * STEPS)
#define LIMIT ((size_t)256 << 20)
#define TRACE_DOMAIN 389047 /* NumPy's, for tracemalloc */

typedef struct block {
    uintptr_t mark; /* the block's own address, scrambled: nothing else looks like that */
    size_t size;    /* of the whole block */
    int class;
    struct block *next, *previous;   /* in the list of its class */
    struct block *newer, *older;     /* in the order in which blocks were freed */
} block;

static struct {
    pthread_mutex_t lock;
    block *lists[CLASSES];
    block *newest, *oldest;
    size_t cached, limit;
    PyDataMem_Handler *plain; /* NumPy's own */
    PyObject *capsule;
} memory = {.lock = PTHREAD_MUTEX_INITIALIZER};

static uintptr_t mark_of(block *found)
{
    return (uintptr_t)found ^ (uintptr_t)0x9e3779b97f4a7c15u;
}

static block *block_of(void *data)
{
    if (((uintptr_t)data & (PAGE - 1)) != HEADER) return NULL;
    block *found = (block *)((char *)data - HEADER); /* on the same page as the data, so that it may be read */
    return found->mark == mark_of(found) ? found : NULL;
}

/* The smallest class whose blocks hold `bytes`, and their size. */
static int class_of(size_t bytes, size_t *size)
{
    int power = 63 - __builtin_clzll(bytes);
    size_t base = (size_t)1 << power, step = base / STEPS;
    size_t number = (bytes - base + step - 1) / step;
    *size = base + number * step;
    return power * STEPS + (int)number;
}

static void unlink_block(block *found)
{
    if (found->previous) found->previous->next = found->next;
    else memory.lists[found->class] = found->next;
    if (found->next) found->next->previous = found->previous;
    if (found->newer) found->newer->older = found->older;
    else memory.newest = found->older;
    if (found->older) found->older->newer = found->newer;
    else memory.oldest = found->newer;
    memory.cached -= found->size;
}

/* Unmap the blocks that were freed longest ago until no more than `limit` bytes are kept. The lock is held. */
static void shrink(size_t limit)
{
    while (memory.cached > limit && memory.oldest) {
        block *found = memory.oldest;
        unlink_block(found);
        munmap(found, found->size);
    }
}

static void *take(size_t bytes, int *fresh)
{
    size_t size;
    int class = class_of(bytes + HEADER, &size);
    if (class >= CLASSES) return NULL;
    pthread_mutex_lock(&memory.lock);
    block *found = memory.lists[class];
    if (found) unlink_block(found);
    pthread_mutex_unlock(&memory.lock);
    *fresh = !found;
    if (!found) {
        found = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (found == MAP_FAILED) return NULL;
#ifdef MADV_HUGEPAGE
        if (size >= 2 * HUGE_PAGE) madvise(found, size, MADV_HUGEPAGE);
#endif
        found->size = size;
        found->class = class;
    }
    found->mark = mark_of(found);
    return (char *)found + HEADER;
}

static void give(block *found)
{
    found->mark = 0;
    if (found->size > memory.limit / 2) {
        munmap(found, found->size);
        return;
    }
    pthread_mutex_lock(&memory.lock);
    found->previous = NULL;
    found->next = memory.lists[found->class];
    if (found->next) found->next->previous = found;
    memory.lists[found->class] = found;
    found->newer = NULL;
    found->older = memory.newest;
    if (memory.newest) memory.newest->newer = found;
    else memory.oldest = found;
    memory.newest = found;
    memory.cached += found->size;
    shrink(memory.limit);
    pthread_mutex_unlock(&memory.lock);
}

/* ---------------------------------------------------------------- as NumPy's handler of memory */

static void *handler_malloc(void *context, size_t size)
{
    int fresh;
    if (size >= SMALLEST) return take(size, &fresh);
    return memory.plain->allocator.malloc(memory.plain->allocator.ctx, size);
}

static void *handler_calloc(void *context, size_t count, size_t item)
{
    int fresh;
    if (item && count >= SMALLEST / item && count < (size_t)1 << 46) {
        void *data = take(count * item, &fresh);
        if (data && !fresh) memset(data, 0, count * item);
        return data;
    }
    return memory.plain->allocator.calloc(memory.plain->allocator.ctx, count, item);
}

static void handler_free(void *context, void *data, size_t size)
{
    block *found = data ? block_of(data) : NULL;
    if (found) give(found);
    else memory.plain->allocator.free(memory.plain->allocator.ctx, data, size);
}

static void *handler_realloc(void *context, void *data, size_t size)
{
    block *found = data ? block_of(data) : NULL;
    if (!found) return memory.plain->allocator.realloc(memory.plain->allocator.ctx, data, size);
    if (size <= found->size - HEADER) return data;
    int fresh;
    void *larger = take(size, &fresh);
    if (!larger) return NULL;
    memcpy(larger, data, found->size - HEADER);
    give(found);
    return larger;
}

static PyDataMem_Handler handler = {
    "rushlight", 1, {NULL, handler_malloc, handler_calloc, handler_realloc, handler_free}
};

static void after_fork(void)
{
    pthread_mutex_init(&memory.lock, NULL);
}

int start_memory(void)
{
    memory.plain = PyCapsule_GetPointer(PyDataMem_DefaultHandler, "mem_handler");
    if (!memory.plain) return -1;
    memory.capsule = PyCapsule_New(&handler, "mem_handler", NULL);
    if (!memory.capsule) return -1;
    long pages = sysconf(_SC_PHYS_PAGES);
    size_t share = pages > 0 ? (size_t)pages * PAGE / 16 : LIMIT;
    memory.limit = share < LIMIT ? share : LIMIT;
    pthread_atfork(NULL, NULL, after_fork);
    return 0;
}

/* A new array over `data`, which becomes its own. */
static PyArrayObject *owner_of(void *data, size_t bytes, int type, int ndim, npy_intp *dims, npy_intp *strides, int flags)
{
    PyObject *made = PyArray_NewFromDescr(&PyArray_Type, PyArray_DescrFromType(type), ndim, dims, strides, data, flags, NULL);
    if (!made) {
        give(block_of(data));
        return NULL;
    }
    PyTraceMalloc_Track(TRACE_DOMAIN, (uintptr_t)data, bytes);
    PyArrayObject_fields *fields = (PyArrayObject_fields *)made;
    Py_INCREF(memory.capsule);
    Py_XSETREF(fields->mem_handler, memory.capsule);
    PyArray_ENABLEFLAGS((PyArrayObject *)made, NPY_ARRAY_OWNDATA);
    return (PyArrayObject *)made;
}

PyArrayObject *new_array(int type, int ndim, npy_intp *dims, int fortran)
{
    PyArray_Descr *descr = PyArray_DescrFromType(type);
    if (!descr) return NULL;
    npy_intp bytes = PyDataType_ELSIZE(descr);
    for (int dim = 0; dim < ndim; dim++)
        if (__builtin_mul_overflow(bytes, dims[dim], &bytes)) bytes = 0; /* NumPy will say so */
    int fresh;
    void *data = bytes >= SMALLEST ? take((size_t)bytes, &fresh) : NULL;
    if (!data) return (PyArrayObject *)PyArray_NewFromDescr(&PyArray_Type, descr, ndim, dims, NULL, NULL, fortran, NULL);
    Py_DECREF(descr);
    return owner_of(data, (size_t)bytes, type, ndim, dims, NULL, fortran ? NPY_ARRAY_FARRAY : NPY_ARRAY_CARRAY);
}

/* Whether the elements fill a span of memory, in whatever order. */
int is_dense(PyArrayObject *array)
{
    int ndim = PyArray_NDIM(array);
    npy_intp *dims = PyArray_DIMS(array), *strides = PyArray_STRIDES(array), step = PyArray_ITEMSIZE(array);
    if (is_plain(array) || is_transposed(array)) return 1;
    for (int found = 0; found < ndim; found++) { /* the dimension whose neighbours are `step` apart */
        int dim = 0;
        while (dim < ndim && (strides[dim] != step || dims[dim] < 2)) dim++;
        if (dim == ndim) return 0;
        step *= dims[dim];
    }
    return 1;
}

PyArrayObject *new_in_step(PyArrayObject *array, int type)
{
    int ndim = PyArray_NDIM(array);
    npy_intp *dims = PyArray_DIMS(array), *strides = PyArray_STRIDES(array), item = PyArray_ITEMSIZE(array);
    if (is_plain(array)) return new_array(type, ndim, dims, 0);
    if (is_transposed(array)) return new_array(type, ndim, dims, 1);
    if (!is_dense(array)) return NULL;
    PyArray_Descr *descr = PyArray_DescrFromType(type);
    npy_intp own = PyDataType_ELSIZE(descr), bytes = PyArray_SIZE(array) * own, own_strides[NPY_MAXDIMS];
    if (bytes < SMALLEST) return (PyArrayObject *)PyArray_NewLikeArray(array, NPY_KEEPORDER, descr, 0);
    Py_DECREF(descr);
    for (int dim = 0; dim < ndim; dim++) own_strides[dim] = strides[dim] / item * own;
    int fresh;
    void *data = take((size_t)bytes, &fresh);
    if (!data) return (PyArrayObject *)PyErr_NoMemory();
    return owner_of(data, (size_t)bytes, type, ndim, dims, own_strides, NPY_ARRAY_ALIGNED | NPY_ARRAY_WRITEABLE);
}

/* ---------------------------------------------------------------- what Python sees */

PyObject *use_memory(PyObject *module, PyObject *unused)
{
    PyObject *before = PyDataMem_SetHandler(memory.capsule);
    if (!before) return NULL;
    Py_DECREF(before);
    Py_RETURN_NONE;
}

PyObject *cached_memory(PyObject *module, PyObject *unused)
{
    return PyLong_FromSize_t(memory.cached);
}

PyObject *release_memory(PyObject *module, PyObject *unused)
{
    pthread_mutex_lock(&memory.lock);
    shrink(0);
    pthread_mutex_unlock(&memory.lock);
    Py_RETURN_NONE;
}
