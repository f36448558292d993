/* LU and Cholesky factors, and solving with triangles, of float32 and float64: what NumPy's LAPACK does not hand out, or only by way of copies.

   Matrices are worked on column by column, in panels; what lies beyond a panel is updated by sums of PANEL products in registers.
   Each matrix of a batch is one thread's. */

#ifndef REAL

#include "../_core/_native.h"
#include <math.h>

#define PANEL 32

/* A batch of matrices in memory of its own, each column by column. */
typedef struct {
    int type;
    npy_intp batch, rows, columns, others; /* others: columns of right sides */
    const char *source, *pivots_in;
    char *result, *pivots, *info;
    npy_intp row_step, column_step, matrix_step, item; /* of the source, in bytes */
    int upper, unit, adjoint;
} matrix_job;

#define THIS_FILE "_kernels_linalg.c"
#include "_kernels_floats.h"

/* Matrices whose batch is one run of memory (or a single one), of one float type. */
static int read_matrices(matrix_job *job, PyArrayObject *x)
{
    int ndim = PyArray_NDIM(x);
    if (ndim < 2 || PyArray_SIZE(x) == 0) return 0;
    npy_intp *dims = PyArray_DIMS(x), *strides = PyArray_STRIDES(x);
    *job = (matrix_job){.type = PyArray_TYPE(x), .batch = 1, .rows = dims[ndim - 2], .columns = dims[ndim - 1], .source = PyArray_BYTES(x),
                        .row_step = strides[ndim - 2], .column_step = strides[ndim - 1], .item = PyArray_ITEMSIZE(x)};
    for (int dim = ndim - 3; dim >= 0; dim--) {
        if (dims[dim] == 1) continue;
        if (job->batch == 1) job->matrix_step = strides[dim];
        else if (strides[dim] != job->batch * job->matrix_step) return 0;
        job->batch *= dims[dim];
    }
    return 1;
}

/* A new batch of matrices like those of x, each stored column by column. */
static PyArrayObject *new_columns(PyArrayObject *x, npy_intp rows, npy_intp columns)
{
    int ndim = PyArray_NDIM(x);
    npy_intp dims[NPY_MAXDIMS], order[NPY_MAXDIMS];
    for (int dim = 0; dim < ndim; dim++) {
        dims[dim] = PyArray_DIMS(x)[dim];
        order[dim] = dim;
    }
    dims[ndim - 2] = columns;
    dims[ndim - 1] = rows;
    PyArrayObject *made = new_array(PyArray_TYPE(x), ndim, dims, 0);
    if (!made) return NULL;
    order[ndim - 2] = ndim - 1;
    order[ndim - 1] = ndim - 2;
    PyArray_Dims turned = {order, ndim};
    PyArrayObject *view = (PyArrayObject *)PyArray_Transpose(made, &turned);
    Py_DECREF(made);
    return view;
}

static int same_batch(PyArrayObject *a, PyArrayObject *b)
{
    int ndim = PyArray_NDIM(a);
    if (PyArray_NDIM(b) != ndim || PyArray_TYPE(a) != PyArray_TYPE(b)) return 0;
    return !memcmp(PyArray_DIMS(a), PyArray_DIMS(b), (ndim - 2) * sizeof(npy_intp));
}

#define RUNNER(name) \
    static void run_##name(void *argument, int piece, int pieces) \
    { \
        matrix_job *job = argument; \
        npy_intp first, last; \
        part_of(job->batch, piece, pieces, &first, &last); \
        for (npy_intp index = first; index < last; index++) { \
            if (job->type == NPY_FLOAT) name##_float(job, index); \
            else name##_double(job, index); \
        } \
    }
RUNNER(factor)
RUNNER(root)
RUNNER(triangle)
RUNNER(both_triangles)

/* (a): the factors packed in one matrix, pivots counted from 1, and the first pivot that is zero (or 0). */
static PyObject *lu_factor_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *a = count == 1 ? floats_of(args[0]) : NULL;
    matrix_job job;
    if (!a || !read_matrices(&job, a)) DECLINE;
    int ndim = PyArray_NDIM(a);
    npy_intp dims[NPY_MAXDIMS];
    memcpy(dims, PyArray_DIMS(a), ndim * sizeof(npy_intp));
    dims[ndim - 2] = job.rows < job.columns ? job.rows : job.columns;
    PyArrayObject *lu = new_columns(a, job.rows, job.columns), *pivots = new_array(NPY_INT32, ndim - 1, dims, 0);
    PyArrayObject *info = new_array(NPY_INT32, ndim - 2, dims, 0);
    PyObject *found = lu && pivots && info ? PyTuple_Pack(3, lu, pivots, info) : NULL;
    if (found) {
        job.result = PyArray_BYTES(lu);
        job.pivots = PyArray_BYTES(pivots);
        job.info = PyArray_BYTES(info);
        run_parallel(run_factor, &job, PyArray_SIZE(a) * dims[ndim - 2], job.batch);
    }
    Py_XDECREF(lu);
    Py_XDECREF(pivots);
    Py_XDECREF(info);
    return found;
}

/* (a): the lower Cholesky factors of what the lower triangles say; None where there is a matrix that has none. */
static PyObject *cholesky_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *a = count == 1 ? floats_of(args[0]) : NULL;
    matrix_job job;
    if (!a || !read_matrices(&job, a) || job.rows != job.columns) DECLINE;
    PyArrayObject *made = new_columns(a, job.rows, job.rows);
    int failed = 0;
    if (!made) return NULL;
    job.result = PyArray_BYTES(made);
    job.info = (char *)&failed;
    run_parallel(run_root, &job, PyArray_SIZE(a) * job.rows, job.batch);
    if (!failed) return (PyObject *)made;
    Py_DECREF(made);
    DECLINE;
}

/* Solutions start as copies of the right sides, in columns. */
static PyArrayObject *solutions(PyArrayObject *b)
{
    int ndim = PyArray_NDIM(b);
    PyArrayObject *x = new_columns(b, PyArray_DIMS(b)[ndim - 2], PyArray_DIMS(b)[ndim - 1]);
    if (x && PyArray_CopyInto(x, b) < 0) Py_CLEAR(x);
    return x;
}

static int read_sides(matrix_job *job, PyObject *const *args, PyArrayObject **a, PyArrayObject **b)
{
    *a = floats_of(args[0]);
    *b = floats_of(args[1]);
    if (!*a || !*b || !read_matrices(job, *a) || job->rows != job->columns || !same_batch(*a, *b)) return 0;
    job->others = PyArray_DIMS(*b)[PyArray_NDIM(*b) - 1];
    return PyArray_SIZE(*b) > 0 && PyArray_DIMS(*b)[PyArray_NDIM(*b) - 2] == job->rows;
}

/* (a, b, upper, unit): the solution of a x = b that reads one triangle of a. */
static PyObject *triangular_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *a, *b;
    matrix_job job;
    if (count != 4 || !read_sides(&job, args, &a, &b)) DECLINE;
    job.upper = args[2] == Py_True;
    job.unit = args[3] == Py_True;
    PyArrayObject *x = solutions(b);
    if (!x) return NULL;
    job.result = PyArray_BYTES(x);
    run_parallel(run_triangle, &job, PyArray_SIZE(b) * job.rows, job.batch);
    return (PyObject *)x;
}

/* (lu, pivots, b, of the adjoint): what is solved with the factors of lu_factor(). */
static PyObject *lu_solve_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *a, *b, *pivots = count == 4 ? array_of(args[1]) : NULL;
    matrix_job job;
    if (!pivots || PyArray_TYPE(pivots) != NPY_INT32 || !is_plain(pivots)) DECLINE;
    PyObject *sides[2] = {args[0], args[2]};
    if (!read_sides(&job, sides, &a, &b) || PyArray_SIZE(pivots) != job.batch * job.rows) DECLINE;
    const int32_t *pivot = PyArray_DATA(pivots);
    for (npy_intp i = 0; i < PyArray_SIZE(pivots); i++)
        if (pivot[i] < 1 || pivot[i] > job.rows) DECLINE;
    job.adjoint = args[3] == Py_True;
    job.pivots_in = PyArray_BYTES(pivots);
    PyArrayObject *x = solutions(b);
    if (!x) return NULL;
    job.result = PyArray_BYTES(x);
    run_parallel(run_both_triangles, &job, PyArray_SIZE(b) * job.rows * 2, job.batch);
    return (PyObject *)x;
}

const kernel_row linalg_kernels[] = {
    {"lu_factor", lu_factor_kernel}, {"cholesky", cholesky_kernel}, {"triangular", triangular_kernel}, {"lu_solve", lu_solve_kernel}, {NULL}};

#else /* ---------------------------------------------------------------- for each type */

#define LANES (64 / (npy_intp)sizeof(REAL))
typedef REAL NAMED(vector) __attribute__((vector_size(64), aligned(sizeof(REAL)), may_alias));

/* to -= from * by */
FEW_CLONES static void NAMED(take_off)(REAL *to, const REAL *from, REAL by, npy_intp count)
{
    _Pragma("GCC ivdep") for (npy_intp i = 0; i < count; i++) to[i] -= from[i] * by;
}

/* c -= l u for c of rows x columns: the columns of c and l are contiguous, u is read with any steps. */
FEW_CLONES static void NAMED(update)(
    REAL *c, npy_intp c_step, const REAL *l, npy_intp l_step, const REAL *u, npy_intp u_row, npy_intp u_column, npy_intp rows, npy_intp columns,
    npy_intp depth)
{
    typedef NAMED(vector) vector;
    npy_intp j = 0;
    for (; j + 4 <= columns; j += 4) {
        npy_intp i = 0;
        for (; i + 2 * LANES <= rows; i += 2 * LANES) {
            vector a0 = {0}, a1 = {0}, a2 = {0}, a3 = {0}, b0 = {0}, b1 = {0}, b2 = {0}, b3 = {0};
            const REAL *from = l + i, *by = u + j * u_column;
            for (npy_intp k = 0; k < depth; k++, from += l_step, by += u_row) {
                vector x = *(const vector *)from, y = *(const vector *)(from + LANES);
                a0 += x * by[0];
                b0 += y * by[0];
                a1 += x * by[u_column];
                b1 += y * by[u_column];
                a2 += x * by[2 * u_column];
                b2 += y * by[2 * u_column];
                a3 += x * by[3 * u_column];
                b3 += y * by[3 * u_column];
            }
            REAL *to = c + j * c_step + i;
#define TAKE_OFF(a, b) *(vector *)to -= a, *(vector *)(to + LANES) -= b, to += c_step
            TAKE_OFF(a0, b0);
            TAKE_OFF(a1, b1);
            TAKE_OFF(a2, b2);
            TAKE_OFF(a3, b3);
#undef TAKE_OFF
        }
        if (i < rows)
            for (npy_intp column = j; column < j + 4; column++)
                for (npy_intp k = 0; k < depth; k++)
                    NAMED(take_off)(c + column * c_step + i, l + k * l_step + i, u[k * u_row + column * u_column], rows - i);
    }
    for (; j < columns; j++)
        for (npy_intp k = 0; k < depth; k++) NAMED(take_off)(c + j * c_step, l + k * l_step, u[k * u_row + j * u_column], rows);
}

static void NAMED(copy_columns)(const matrix_job *job, npy_intp index, REAL *to)
{
    const char *from = job->source + index * job->matrix_step;
    for (npy_intp j = 0; j < job->columns; j++)
        for (npy_intp i = 0; i < job->rows; i++) to[j * job->rows + i] = *(const REAL *)(from + i * job->row_step + j * job->column_step);
}

INLINE npy_intp NAMED(largest)(const REAL *x, npy_intp first, npy_intp last)
{
    npy_intp found = first;
    for (npy_intp i = first; i < last; i++) {
        REAL size = x[i] < 0 ? -x[i] : x[i], best = x[found] < 0 ? -x[found] : x[found];
        if (size != size) return i;
        if (size > best) found = i;
    }
    return found;
}

static void NAMED(factor)(matrix_job *job, npy_intp index)
{
    npy_intp m = job->rows, n = job->columns, size = m < n ? m : n;
    REAL *a = (REAL *)job->result + index * m * n;
    int32_t *pivots = (int32_t *)job->pivots + index * size, info = 0;
    NAMED(copy_columns)(job, index, a);
    for (npy_intp start = 0; start < size; start += PANEL) {
        npy_intp stop = start + PANEL < size ? start + PANEL : size;
        for (npy_intp j = start; j < stop; j++) {
            REAL *column = a + j * m;
            npy_intp chosen = NAMED(largest)(column, j, m);
            pivots[j] = (int32_t)chosen + 1;
            if (chosen != j)
                for (npy_intp other = 0; other < n; other++) {
                    REAL kept = a[other * m + j];
                    a[other * m + j] = a[other * m + chosen];
                    a[other * m + chosen] = kept;
                }
            if (column[j] == 0) {
                if (!info) info = (int32_t)j + 1;
            }
            else
                for (npy_intp i = j + 1; i < m; i++) column[i] /= column[j];
            for (npy_intp other = j + 1; other < stop; other++) {
                REAL *to = a + other * m;
                NAMED(take_off)(to + j + 1, column + j + 1, to[j], m - j - 1);
            }
        }
        for (npy_intp other = stop; other < n; other++)
            for (npy_intp k = start; k < stop; k++) {
                REAL *to = a + other * m;
                NAMED(take_off)(to + k + 1, a + k * m + k + 1, to[k], stop - k - 1);
            }
        if (stop < n && stop < m)
            NAMED(update)(a + stop * m + stop, m, a + start * m + stop, m, a + stop * m + start, 1, m, m - stop, n - stop, stop - start);
    }
    ((int32_t *)job->info)[index] = info;
}

static void NAMED(root)(matrix_job *job, npy_intp index)
{
    npy_intp n = job->rows;
    REAL *a = (REAL *)job->result + index * n * n;
    NAMED(copy_columns)(job, index, a);
    for (npy_intp start = 0; start < n; start += PANEL) {
        npy_intp stop = start + PANEL < n ? start + PANEL : n;
        for (npy_intp j = start; j < stop; j++) {
            REAL *column = a + j * n;
            if (!(column[j] > 0)) {
                *(int *)job->info = 1;
                return;
            }
            REAL root = (REAL)sqrt(column[j]);
            column[j] = root;
            for (npy_intp i = j + 1; i < n; i++) column[i] /= root;
            for (npy_intp other = j + 1; other < stop; other++) {
                NAMED(take_off)(a + other * n + other, column + other, column[other], n - other);
            }
        }
        for (npy_intp j = stop; j < n; j += PANEL) { /* below the diagonal, and the blocks on it */
            npy_intp width = n - j < PANEL ? n - j : PANEL;
            NAMED(update)(a + j * n + j, n, a + start * n + j, n, a + start * n + j, n, 1, n - j, width, stop - start);
        }
    }
    for (npy_intp j = 1; j < n; j++) memset(a + j * n, 0, j * sizeof(REAL));
}

FEW_CLONES static REAL NAMED(dot)(const REAL *x, const REAL *y, npy_intp count)
{
    REAL lane[16] = {0}, total = 0;
    npy_intp i = 0;
    for (; i + 16 <= count; i += 16)
        for (int j = 0; j < 16; j++) lane[j] += x[i + j] * y[i + j];
    for (int width = 8; width; width /= 2)
        for (int j = 0; j < width; j++) lane[j] += lane[j + width];
    for (; i < count; i++) total += x[i] * y[i];
    return total + lane[0];
}

/* x, in columns, becomes the solution. Element (i, j) of the triangle is at a[i * row + j * column], where one of the steps is 1. */
static void NAMED(substitute)(
    const REAL *a, npy_intp row, npy_intp column, npy_intp n, REAL *x, npy_intp others, int upper, int unit)
{
    if (row != 1) { /* rows are contiguous: sums of products */
        for (npy_intp other = 0; other < others; other++)
            for (npy_intp step = 0; step < n; step++) {
                npy_intp i = upper ? n - 1 - step : step, first = upper ? i + 1 : 0;
                REAL *to = x + other * n, left = to[i] - NAMED(dot)(a + i * row + first, to + first, step);
                to[i] = unit ? left : left / a[i * row + i];
            }
        return;
    }
    for (npy_intp done = 0; done < n; done += PANEL) { /* columns are: blocks of the solution, taken off from what is left */
        npy_intp width = n - done < PANEL ? n - done : PANEL, start = upper ? n - done - width : done, rest = n - done - width;
        for (npy_intp other = 0; other < others; other++)
            for (npy_intp step = 0; step < width; step++) {
                npy_intp j = upper ? start + width - 1 - step : start + step, last = upper ? j : start + width;
                REAL *to = x + other * n;
                if (!unit) to[j] /= a[j * column + j];
                npy_intp first = upper ? start : j + 1;
                NAMED(take_off)(to + first, a + j * column + first, to[j], last - first);
            }
        npy_intp next = upper ? 0 : start + width;
        if (rest) NAMED(update)(x + next, n, a + start * column + next, column, x + start, 1, n, rest, others, width);
    }
}

/* substitute() for any steps, by way of a copy where they need one. */
static void NAMED(triangle)(matrix_job *job, npy_intp index)
{
    npy_intp n = job->rows, row = job->row_step / job->item, column = job->column_step / job->item;
    const REAL *a = (const REAL *)(job->source + index * job->matrix_step);
    REAL *x = (REAL *)job->result + index * n * job->others, *copy = NULL;
    if (row != 1 && (column != 1 || (job->others >= 8 && n >= 2 * PANEL))) {
        copy = PyMem_RawMalloc(n * n * sizeof(REAL));
        if (copy) {
            NAMED(copy_columns)(job, index, copy);
            a = copy;
            row = 1;
            column = n;
        }
    }
    NAMED(substitute)(a, row, column, n, x, job->others, job->upper, job->unit);
    PyMem_RawFree(copy);
}

static void NAMED(both_triangles)(matrix_job *job, npy_intp index)
{
    npy_intp n = job->rows;
    const int32_t *pivots = (const int32_t *)job->pivots_in + index * n;
    REAL *x = (REAL *)job->result + index * n * job->others;
    matrix_job part = *job;
    if (job->adjoint) {
        part.row_step = job->column_step;
        part.column_step = job->row_step;
    }
    for (int pass = 0; pass < 2; pass++) {
        part.upper = pass != 0;
        part.unit = (pass != 0) == (job->adjoint != 0);
        for (npy_intp step = 0; pass == 0 && !job->adjoint && step < n; step++)
            for (npy_intp other = 0; other < job->others; other++) {
                REAL *to = x + other * n, kept = to[step];
                to[step] = to[pivots[step] - 1];
                to[pivots[step] - 1] = kept;
            }
        NAMED(triangle)(&part, index);
    }
    for (npy_intp step = n - 1; job->adjoint && step >= 0; step--)
        for (npy_intp other = 0; other < job->others; other++) {
            REAL *to = x + other * n, kept = to[step];
            to[step] = to[pivots[step] - 1];
            to[pivots[step] - 1] = kept;
        }
}

#undef LANES

#endif
