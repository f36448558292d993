/* Products of two matrices: in registers where they fit the caches, else by np.matmul's loops, which call BLAS.

   NOTE [ Sums of a matrix product ]
   Each element is one sum of fused products in the order of the inner dimension, which is cut into parts where it is longer than RUN, and
   whose parts are added up one after the other: float32 and float64 come out bit for bit as from the BLAS of PyTorch. A product is made in
   blocks of a few rows and two vectors of columns. The left matrix may lie in any way. The right one is read in panels as wide as a block:
   in place where its rows lie in memory and not too far apart, else from a copy, which also fills up a panel that is too narrow. */

#ifndef REAL

#include "../_core/_native.h"
#include <numpy/ufuncobject.h>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define REGISTERS 1
#include <emmintrin.h>
#else
#define REGISTERS 0
#endif

#define RUN 384          /* elements of the inner dimension that are added up at once */
#define FAR 128          /* elements between rows that are too far apart to be read in place again and again */
#define LARGEST 134217728 /* products of numbers that fit the caches */

#if REGISTERS
#define FUSING(target_name) __attribute__((target(target_name), optimize("fp-contract=fast")))
#define TWO(M) M(0) M(1)
#define FOUR(M) TWO(M) M(2) M(3)
#define EIGHT(M) FOUR(M) M(4) M(5) M(6) M(7)

INLINE int is_wide(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl");
}

/* to[t][j] = from[j][t] for 4 columns j */
static void turn_float(const float *from, npy_intp step, npy_intp inner, float *to, npy_intp columns)
{
    npy_intp at = 0;
    for (; at + 4 <= inner; at += 4, to += 4 * columns) {
        __m128 a = _mm_loadu_ps(from + at), b = _mm_loadu_ps(from + at + step);
        __m128 c = _mm_loadu_ps(from + at + 2 * step), d = _mm_loadu_ps(from + at + 3 * step);
        _MM_TRANSPOSE4_PS(a, b, c, d);
        _mm_storeu_ps(to, a);
        _mm_storeu_ps(to + columns, b);
        _mm_storeu_ps(to + 2 * columns, c);
        _mm_storeu_ps(to + 3 * columns, d);
    }
    for (; at < inner; at++, to += columns)
        for (int column = 0; column < 4; column++) to[column] = from[at + column * step];
}

/* ... for 2 columns */
static void turn_double(const double *from, npy_intp step, npy_intp inner, double *to, npy_intp columns)
{
    npy_intp at = 0;
    for (; at + 2 <= inner; at += 2, to += 2 * columns) {
        __m128d a = _mm_loadu_pd(from + at), b = _mm_loadu_pd(from + at + step);
        _mm_storeu_pd(to, _mm_unpacklo_pd(a, b));
        _mm_storeu_pd(to + columns, _mm_unpackhi_pd(a, b));
    }
    for (; at < inner; at++, to += columns)
        for (int column = 0; column < 2; column++) to[column] = from[at + column * step];
}

INLINE int can_fuse(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

#define THIS_FILE "_kernels_products.c"
#include "_kernels_floats.h"
#endif

static struct {
    int type;
    PyUFuncGenericFunction function;
    void *data;
} products[4] = {{NPY_FLOAT}, {NPY_DOUBLE}, {NPY_CFLOAT}, {NPY_CDOUBLE}};

static int is_taken(PyObject *value)
{
    PyArrayObject *array = array_of(value);
    return array && PyArray_SIZE(array) > 0;
}

/* Whether BLAS reads the matrix as it lies: row by row (0), column by column (1), or not (-1). */
static int lies(PyArrayObject *matrix)
{
    npy_intp item = PyArray_ITEMSIZE(matrix), *dims = PyArray_DIMS(matrix), *strides = PyArray_STRIDES(matrix);
    if (strides[1] == item && strides[0] == item * dims[1]) return 0;
    if (strides[0] == item && strides[1] == item * dims[0]) return 1;
    return -1;
}

/* np.matmul's loops, read once. */
static int load_products(void)
{
    static int loaded = 0;
    if (loaded) return 0;
    PyObject *numpy = PyImport_ImportModule("numpy"), *found = numpy ? PyObject_GetAttrString(numpy, "matmul") : NULL;
    Py_XDECREF(numpy);
    if (!found) return -1;
    PyUFuncObject *ufunc = (PyUFuncObject *)found;
    for (int which = 0; PyObject_TypeCheck(found, &PyUFunc_Type) && which < 4; which++)
        for (int index = 0; index < ufunc->ntypes && !products[which].function; index++)
            if (ufunc->types[index * ufunc->nargs] == products[which].type) {
                products[which].function = ufunc->functions[index];
                products[which].data = ufunc->data ? ufunc->data[index] : NULL;
            }
    loaded = 1;
    return 0; /* the ufunc lives as long as NumPy */
}

/* A product in registers; 0 where that is not the way. */
static int in_registers(PyArrayObject *a, PyArrayObject *b, PyArrayObject *result, PyArrayObject *bias)
{
#if REGISTERS
    npy_intp work = PyArray_DIMS(a)[0] * PyArray_DIMS(a)[1] * PyArray_DIMS(b)[1];
    if (work > LARGEST || !is_float(a) || !can_fuse()) return 0;
    (PyArray_TYPE(a) == NPY_FLOAT ? product_float : product_double)(a, b, result, bias);
    return 1;
#else
    return 0;
#endif
}

#define ADD_ROWS(REAL)                                                                                          \
    for (npy_intp row = 0; row < rows; row++) {                                                                 \
        REAL *restrict target = (REAL *)PyArray_DATA(found) + row * columns;                                    \
        const REAL *restrict source = (const REAL *)PyArray_DATA(added) + (PyArray_NDIM(added) == 1 ? 0 : row * columns); \
        for (npy_intp column = 0; column < columns; column++) target[column] += source[column];                 \
    }

/* found += added, of float32 or float64, where `added` is a row or a whole matrix. */
static void add_rows(PyArrayObject *found, PyArrayObject *added)
{
    npy_intp rows = PyArray_DIMS(found)[0], columns = PyArray_DIMS(found)[1];
    if (PyArray_TYPE(found) == NPY_FLOAT) ADD_ROWS(float)
    else ADD_ROWS(double)
}

/* The product of two matrices of one dtype, row by row, and what is added to it (or NULL); None where NumPy has to be asked. */
static PyObject *product(PyObject *first, PyObject *second, PyArrayObject *added)
{
    if (!is_taken(first) || !is_taken(second)) DECLINE;
    if (load_products() < 0) return NULL;
    PyArrayObject *a = (PyArrayObject *)first, *b = (PyArrayObject *)second;
    int type = PyArray_TYPE(a), which;
    if (PyArray_NDIM(a) != 2 || PyArray_NDIM(b) != 2 || PyArray_TYPE(b) != type || !PyArray_ISBEHAVED_RO(a) || !PyArray_ISBEHAVED_RO(b))
        DECLINE;
    for (which = 0; which < 4; which++)
        if (products[which].type == type && products[which].function) break;
    if (which == 4 || PyArray_DIMS(a)[1] != PyArray_DIMS(b)[0] || lies(a) < 0 || lies(b) < 0) DECLINE;
    npy_intp rows = PyArray_DIMS(a)[0], inner = PyArray_DIMS(a)[1], columns = PyArray_DIMS(b)[1], item = PyArray_ITEMSIZE(a);
    npy_intp sizes[2] = {rows, columns}, dims[4] = {1, rows, inner, columns};
    PyArrayObject *result;
    if (rows < 2 || columns < 2 || inner < 2) { /* vectors, which dot() adds up in another order */
        result = (PyArrayObject *)PyArray_MatrixProduct(first, second);
        if (result && added) add_rows(result, added);
        return (PyObject *)result;
    }
    result = new_array(type, 2, sizes, 0);
    if (!result) return NULL;
    int is_row = added && PyArray_NDIM(added) == 1;
    if (in_registers(a, b, result, is_row ? added : NULL)) {
        if (added && !is_row) add_rows(result, added);
        return (PyObject *)result;
    }
    npy_intp steps[9] = {0, 0, 0, PyArray_STRIDES(a)[0], PyArray_STRIDES(a)[1], PyArray_STRIDES(b)[0], PyArray_STRIDES(b)[1],
                         columns * item, item};
    char *pointers[3] = {PyArray_BYTES(a), PyArray_BYTES(b), PyArray_BYTES(result)};
    if (rows * columns * inner < 32768) products[which].function(pointers, dims, steps, products[which].data);
    else {
        Py_BEGIN_ALLOW_THREADS
        products[which].function(pointers, dims, steps, products[which].data);
        Py_END_ALLOW_THREADS
    }
    if (added) add_rows(result, added);
    return (PyObject *)result;
}

/* matmul(a, b) */
static PyObject *matmul(CALL)
{
    if (count != 2) DECLINE;
    return product(args[0], args[1], NULL);
}

/* bmm(a, b) */
static PyObject *bmm(CALL)
{
#if REGISTERS
    PyArrayObject *a = count == 2 ? floats_of(args[0]) : NULL, *b = count == 2 ? floats_of(args[1]) : NULL;
    if (!a || !b || PyArray_NDIM(a) != 3 || PyArray_NDIM(b) != 3 || PyArray_TYPE(a) != PyArray_TYPE(b)) DECLINE;
    npy_intp *left = PyArray_DIMS(a), *right = PyArray_DIMS(b), sizes[3] = {left[0], left[1], right[2]}, item = PyArray_ITEMSIZE(a);
    if (left[0] != right[0] || left[2] != right[1] || !PyArray_SIZE(a) || !PyArray_SIZE(b) || !can_fuse()) DECLINE;
    if (left[1] * left[2] * right[2] >= 400
        && (left[1] < 2 || right[2] < 2 || (PyArray_STRIDES(b)[1] != item && PyArray_STRIDES(b)[2] != item))) DECLINE;
    PyArrayObject *result = new_array(PyArray_TYPE(a), 3, sizes, 0);
    if (result) (PyArray_TYPE(a) == NPY_FLOAT ? batch_float : batch_double)(a, b, result);
    return (PyObject *)result;
#else
    DECLINE;
#endif
}

static int is_one(PyObject *value)
{
    npy_intp number;
    return exact_int(value, &number) && number == 1;
}

/* Whether a matrix of these sizes and element strides lies column by column; -1 where they are none. */
static int lies_by_columns(PyObject *sizes, PyObject *strides)
{
    npy_intp rows, first, second;
    if (!PyTuple_Check(sizes) || !PyTuple_Check(strides) || PyTuple_GET_SIZE(sizes) != 2 || PyTuple_GET_SIZE(strides) != 2) return -1;
    if (!exact_int(PyTuple_GET_ITEM(sizes, 0), &rows) || !exact_int(PyTuple_GET_ITEM(strides, 0), &first)
        || !exact_int(PyTuple_GET_ITEM(strides, 1), &second)) return -1;
    return first == 1 && second == rows;
}

/* mm_mat1_backward(grad, mat2, sizes, strides, alpha) and mm_mat2_backward(grad, mat1, sizes, strides, alpha): the gradient of a factor,
   which lies in memory as the factor does. */
static PyObject *factor_backward(CALL)
{
    int by_columns = count == 4 || (count == 5 && is_one(args[4])) ? lies_by_columns(args[2], args[3]) : -1;
    if (by_columns < 0 || !floats_of(args[0]) || !floats_of(args[1])) DECLINE;
    int is_left = row->data != NULL;
    PyObject *found = NULL, *turned = PyArray_Transpose((PyArrayObject *)args[by_columns ? 0 : 1], NULL);
    if (!turned) return NULL;
    if (is_left) found = by_columns ? product(args[1], turned, NULL) : product(args[0], turned, NULL);
    else found = by_columns ? product(turned, args[1], NULL) : product(turned, args[0], NULL);
    Py_DECREF(turned);
    if (found && found != Py_None && by_columns) Py_SETREF(found, PyArray_Transpose((PyArrayObject *)found, NULL));
    return found;
}

/* addmm(added, a, b, beta, alpha): added + a @ b, where `added` is a row or a whole matrix */
static PyObject *addmm(CALL)
{
    if (count != 5 || !is_one(args[3]) || !is_one(args[4])) DECLINE;
    PyArrayObject *added = plain_floats(args[0]);
    if (!added || !is_taken(args[1]) || !is_taken(args[2]) || PyArray_TYPE(added) != PyArray_TYPE((PyArrayObject *)args[1])) DECLINE;
    PyArrayObject *a = (PyArrayObject *)args[1], *b = (PyArrayObject *)args[2];
    int ndim = PyArray_NDIM(added);
    if (PyArray_NDIM(a) != 2 || PyArray_NDIM(b) != 2 || ndim < 1 || ndim > 2) DECLINE;
    npy_intp rows = PyArray_DIMS(a)[0], columns = PyArray_DIMS(b)[1], *dims = PyArray_DIMS(added);
    if (dims[ndim - 1] != columns || (ndim == 2 && dims[0] != rows)) DECLINE;
    return product(args[1], args[2], added);
}

/* dot(a, b), and mv(a, b) with row->data: BLAS's, as NumPy calls it. */
static PyObject *vector_product(CALL)
{
    PyArrayObject *a = count == 2 ? plain_floats(args[0]) : NULL, *b = a ? plain_floats(args[1]) : NULL;
    int ndim = row->data ? 2 : 1;
    if (!b || PyArray_NDIM(a) != ndim || PyArray_NDIM(b) != 1 || PyArray_TYPE(a) != PyArray_TYPE(b)) DECLINE;
    if (!PyArray_SIZE(a) || PyArray_DIMS(a)[ndim - 1] != PyArray_DIMS(b)[0]) DECLINE;
    return PyArray_MatrixProduct2((PyObject *)a, (PyObject *)b, NULL);
}

const kernel_row product_kernels[] = {
    {"dot", vector_product}, {"mv", vector_product, ""}, {"matmul", matmul}, {"bmm", bmm}, {"addmm", addmm}, {"mm_mat1_backward", factor_backward, ""}, {"mm_mat2_backward", factor_backward, NULL}, {NULL}};

#else

/* out[o][j] = the sum over `inner` of left[o][t] * right[t][j] (+ base[o][j]), for a block of rows and of two vectors of columns. */
#define SECOND (sizeof(lanes) / sizeof(REAL))
#define CLEAR(o) lanes a##o = {0}, b##o = {0}; const REAL *left##o = left + o * row_step;
#define STEP(o) a##o += left##o[at] * x; b##o += left##o[at] * y;
#define ADD(o) a##o += *(const lanes *)(base + o * base_pitch); b##o += *(const lanes *)(base + o * base_pitch + SECOND);
#define STORE(o) *(lanes *)(out + o * pitch) = a##o; *(lanes *)(out + o * pitch + SECOND) = b##o;
#define BLOCK_OF(NAME, TARGET, BYTES, ROWS)                                                                                            \
    FUSING(TARGET) static void NAMED(NAME)(const REAL *left, npy_intp row_step, npy_intp step, const REAL *right, npy_intp right_step, \
                                           npy_intp inner, REAL *out, npy_intp pitch, const REAL *base, npy_intp base_pitch)           \
    {                                                                                                                                  \
        typedef REAL lanes __attribute__((vector_size(BYTES), aligned(sizeof(REAL)), may_alias));                                      \
        ROWS(CLEAR)                                                                                                                    \
        for (npy_intp at = 0; inner > 0; inner--, at += step, right += right_step) {                                                   \
            lanes x = *(const lanes *)right, y = *(const lanes *)(right + SECOND);                                                     \
            ROWS(STEP)                                                                                                                 \
        }                                                                                                                              \
        if (base) {                                                                                                                    \
            ROWS(ADD)                                                                                                                  \
        }                                                                                                                              \
        ROWS(STORE)                                                                                                                    \
    }
BLOCK_OF(wide_block, "avx512f", 64, EIGHT)
BLOCK_OF(half_block, "avx512f,avx512vl", 32, EIGHT)
BLOCK_OF(narrow_block, "avx2,fma", 32, FOUR)
BLOCK_OF(pair_block, "avx2,fma", 32, TWO)
#undef SECOND
#undef CLEAR
#undef STEP
#undef ADD
#undef STORE
#undef BLOCK_OF

/* panel[t][j] = right[t][j] for the first `width` of so many columns, and zero for the others. One of the steps is 1. */
static void NAMED(pack)(const REAL *right, npy_intp row_step, npy_intp column_step, npy_intp inner, npy_intp width, npy_intp columns,
                        REAL *panel)
{
    const npy_intp square = 16 / sizeof(REAL); /* columns that are turned at once */
    npy_intp turned = 0;
    if (column_step == 1) {
        for (npy_intp at = 0; at < inner; at++) memcpy(panel + at * columns, right + at * row_step, width * sizeof(REAL));
        turned = width;
    }
    for (; turned + square <= width; turned += square)
        NAMED(turn)(right + turned * column_step, column_step, inner, panel + turned, columns);
    for (npy_intp at = 0; at < inner; at++) {
        for (npy_intp column = turned; column < width; column++) panel[at * columns + column] = right[at * row_step + column * column_step];
        for (npy_intp column = width; column < columns; column++) panel[at * columns + column] = 0;
    }
}

typedef struct {
    const REAL *left, *right, *bias;
    REAL *out;
    npy_intp rows, inner, columns, left_row, left_step, right_row, right_step, left_matrix, right_matrix, matrices; /* steps in elements */
} NAMED(product_job);

/* Some rows of some columns of a product. Where a run is all there is, the last rows and columns are made twice, else merged. */
static void NAMED(part)(const NAMED(product_job) *job, npy_intp first_row, npy_intp last_row, npy_intp first_column, npy_intp last_column)
{
    npy_intp rows = last_row - first_row, columns = last_column - first_column, pitch = job->columns;
    npy_intp height = rows < 4 ? 2 : is_wide() && rows >= 8 ? 8 : 4, width = 64 / (npy_intp)sizeof(REAL);
    void (*make)(const REAL *, npy_intp, npy_intp, const REAL *, npy_intp, npy_intp, REAL *, npy_intp, const REAL *, npy_intp) =
        height == 2 ? NAMED(pair_block) : height == 4 ? NAMED(narrow_block) : NAMED(half_block);
    if (height == 8 && columns >= 2 * width) {
        width *= 2;
        make = NAMED(wide_block);
    }
    REAL panel[RUN * 128 / sizeof(REAL)], edge[8 * 128 / sizeof(REAL)];
    int one_run = job->inner <= RUN;
    for (npy_intp done = 0, take; done < job->inner; done += take) {
        npy_intp open = job->inner - done;
        take = open >= 2 * RUN ? RUN : open > RUN ? (open + 1) / 2 : open;
        for (npy_intp start = first_column; start < last_column; start += width) {
            npy_intp column = one_run && columns >= width && start + width > last_column ? last_column - width : start;
            npy_intp used = last_column - column < width ? last_column - column : width, step = job->right_row;
            const REAL *from = job->right + done * job->right_row + column * job->right_step;
            if (job->right_step != 1 || used < width || (step > FAR && rows > 4 * height)) {
                NAMED(pack)(from, job->right_row, job->right_step, take, used, width, panel);
                from = panel;
                step = width;
            }
            for (npy_intp block = first_row; block < last_row; block += height) {
                npy_intp row = block + height > last_row ? last_row - height : block;
                const REAL *left = job->left + row * job->left_row + done * job->left_step;
                REAL *target = job->out + row * pitch + column;
                const REAL *base = done ? target : job->bias ? job->bias + column : NULL;
                npy_intp base_pitch = done ? pitch : 0;
                if (used == width && (one_run || row == block)) {
                    make(left, job->left_row, job->left_step, from, step, take, target, pitch, base, base_pitch);
                    continue;
                }
                make(left, job->left_row, job->left_step, from, step, take, edge, width, NULL, 0);
                for (npy_intp line = block - row; line < height; line++)
                    for (npy_intp at = 0; at < used; at++)
                        target[line * pitch + at] = base ? edge[line * width + at] + base[line * base_pitch + at] : edge[line * width + at];
            }
        }
    }
}

static void NAMED(product_piece)(void *all, int piece, int pieces)
{
    const NAMED(product_job) *job = all;
    npy_intp first, last;
    if (job->rows >= job->columns) {
        part_of(job->rows / 8, piece, pieces, &first, &last);
        NAMED(part)(job, first * 8, piece == pieces - 1 ? job->rows : last * 8, 0, job->columns);
    } else {
        part_of(job->columns / 32, piece, pieces, &first, &last);
        NAMED(part)(job, 0, job->rows, first * 32, piece == pieces - 1 ? job->columns : last * 32);
    }
}

/* A batch of products. Those of few numbers are made as PyTorch makes them: without fused steps. */
static void NAMED(batch_piece)(void *all, int piece, int pieces)
{
    NAMED(product_job) job = *(const NAMED(product_job) *)all;
    npy_intp first, last, few = job.rows * job.inner * job.columns < 400;
    part_of(job.matrices, piece, pieces, &first, &last);
    job.left += first * job.left_matrix;
    job.right += first * job.right_matrix;
    job.out += first * job.rows * job.columns;
    for (; first < last; first++, job.left += job.left_matrix, job.right += job.right_matrix, job.out += job.rows * job.columns) {
        if (!few) NAMED(part)(&job, 0, job.rows, 0, job.columns);
        for (npy_intp row = 0; few && row < job.rows; row++)
            for (npy_intp column = 0; column < job.columns; column++) {
                REAL total = 0;
                for (npy_intp at = 0; at < job.inner; at++)
                    total += job.left[row * job.left_row + at * job.left_step] * job.right[at * job.right_row + column * job.right_step];
                job.out[row * job.columns + column] = total;
            }
    }
}

static void NAMED(batch)(PyArrayObject *a, PyArrayObject *b, PyArrayObject *result)
{
    npy_intp item = sizeof(REAL), *left = PyArray_STRIDES(a), *right = PyArray_STRIDES(b);
    NAMED(product_job) job = {PyArray_DATA(a), PyArray_DATA(b), NULL, PyArray_DATA(result), PyArray_DIMS(a)[1], PyArray_DIMS(a)[2],
        PyArray_DIMS(b)[2], left[1] / item, left[2] / item, right[1] / item, right[2] / item, left[0] / item, right[0] / item, PyArray_DIMS(a)[0]};
    run_parallel(NAMED(batch_piece), &job, PyArray_SIZE(result) * job.inner / 64, job.matrices);
}

static void NAMED(product)(PyArrayObject *a, PyArrayObject *b, PyArrayObject *result, PyArrayObject *bias)
{
    npy_intp item = sizeof(REAL), *left = PyArray_STRIDES(a), *right = PyArray_STRIDES(b);
    NAMED(product_job) job = {PyArray_DATA(a), PyArray_DATA(b), bias ? PyArray_DATA(bias) : NULL, PyArray_DATA(result), PyArray_DIMS(a)[0],
        PyArray_DIMS(a)[1], PyArray_DIMS(b)[1], left[0] / item, left[1] / item, right[0] / item, right[1] / item};
    npy_intp most = job.rows >= job.columns ? job.rows / 8 : job.columns / 32;
    run_parallel(NAMED(product_piece), &job, most < 2 ? 1 : job.rows * job.inner * job.columns / 64, most);
}

#endif
