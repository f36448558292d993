/* nll_loss: of scores by rows and classes as int64. */

#ifndef REAL

#include "../_core/_native.h"


enum { NONE, MEAN, SUM };
#define LEVELS 8 /* of partial sums, as PyTorch adds losses up */

/* What both directions read: scores (rows, classes), targets, weights of classes or NULL. */
typedef struct {
    npy_intp rows, classes;
    const npy_int64 *targets;
    PyArrayObject *scores, *weights;
    npy_int64 ignored;
    long reduction;
} nll;

static int read_nll(nll *job, PyObject *scores, PyObject *targets, PyObject *weights, PyObject *reduction, PyObject *ignored)
{
    PyArrayObject *array = plain_floats(scores), *classes = array_of(targets);
    if (!array || PyArray_NDIM(array) != 2 || !classes || PyArray_TYPE(classes) != NPY_LONG || PyArray_NDIM(classes) != 1) return 0;
    if (!is_plain(classes) || PyArray_DIMS(classes)[0] != PyArray_DIMS(array)[0]) return 0;
    if (!PyLong_CheckExact(reduction) || !PyLong_CheckExact(ignored)) return 0;
    *job = (nll){PyArray_DIMS(array)[0], PyArray_DIMS(array)[1], PyArray_DATA(classes), array, NULL, 0, PyLong_AsLong(reduction)};
    int over;
    job->ignored = PyLong_AsLongLongAndOverflow(ignored, &over);
    if (over || job->reduction < NONE || job->reduction > SUM) return 0;
    if (weights != Py_None) {
        job->weights = plain_floats(weights);
        if (!job->weights || PyArray_TYPE(job->weights) != PyArray_TYPE(array) || PyArray_NDIM(job->weights) != 1
            || PyArray_DIMS(job->weights)[0] != job->classes) return 0;
    }
    for (npy_intp row = 0; row < job->rows; row++) {
        npy_int64 target = job->targets[row];
        if (target != job->ignored && (target < 0 || target >= job->classes)) return 0;
    }
    return 1;
}

static int level_power(npy_intp rows)
{
    int power = 0;
    while (((npy_intp)1 << power) < rows) power++;
    return power / LEVELS > 4 ? power / LEVELS : 4;
}

#define THIS_FILE "_kernels_losses.c"
#include "_kernels_floats.h"

static PyObject *nll_forward(CALL)
{
    nll job;
    if (count != 5 || !read_nll(&job, args[0], args[1], args[2], args[3], args[4])) DECLINE;
    int type = PyArray_TYPE(job.scores);
    PyArrayObject *losses = new_array(type, job.reduction == NONE, &job.rows, 0), *total = new_array(type, 0, NULL, 0);
    if (!losses || !total) {
        Py_XDECREF(losses);
        Py_XDECREF(total);
        return NULL;
    }
    (type == NPY_FLOAT ? nll_forward_float : nll_forward_double)(&job, PyArray_DATA(losses), PyArray_DATA(total));
    return Py_BuildValue("(NN)", losses, total);
}

static PyObject *nll_backward(CALL)
{
    nll job;
    if (count != 7 || !read_nll(&job, args[1], args[2], args[3], args[4], args[5])) DECLINE;
    PyArrayObject *grad = plain_floats(args[0]), *total = plain_floats(args[6]);
    int type = PyArray_TYPE(job.scores);
    if (!grad || !total || PyArray_TYPE(grad) != type || PyArray_TYPE(total) != type || PyArray_NDIM(total)) DECLINE;
    if (job.reduction == NONE ? PyArray_NDIM(grad) != 1 || PyArray_DIMS(grad)[0] != job.rows : PyArray_NDIM(grad)) DECLINE;
    PyArrayObject *result = new_like(job.scores);
    if (!result) return NULL;
    memset(PyArray_DATA(result), 0, (size_t)PyArray_NBYTES(result));
    (type == NPY_FLOAT ? nll_backward_float : nll_backward_double)(&job, PyArray_DATA(grad), PyArray_DATA(total), PyArray_DATA(result));
    return (PyObject *)result;
}

const kernel_row loss_kernels[] = {{"nll_forward", nll_forward, NULL}, {"nll_backward", nll_backward, NULL}, {NULL, NULL, NULL}};

#else

static void NAMED(nll_forward)(const nll *job, void *first, void *second)
{
    REAL *losses = first, *total = second;
    const REAL *scores = PyArray_DATA(job->scores), *weights = job->weights ? PyArray_DATA(job->weights) : NULL;
    REAL sums[LEVELS] = {0}, heavy[LEVELS] = {0};
    npy_intp counted = 0, step = (npy_intp)1 << level_power(job->rows);
    int power = level_power(job->rows);
    for (npy_intp row = 0; row < job->rows; row++) {
        npy_int64 target = job->targets[row];
        if (target == job->ignored) {
            if (job->reduction == NONE) losses[row] = 0;
            continue;
        }
        REAL score = scores[row * job->classes + target], weight = weights ? weights[target] : 1;
        counted++;
        if (job->reduction == NONE) {
            losses[row] = -score * weight;
            continue;
        }
        sums[0] -= score * weight;
        heavy[0] += weight;
        for (int level = 0; level < LEVELS - 1 && !(row & (step - 1) << level * power); level++) {
            sums[level + 1] += sums[level];
            heavy[level + 1] += heavy[level];
            sums[level] = heavy[level] = 0;
        }
    }
    *total = 0;
    if (job->reduction == NONE) return;
    REAL sum = 0, weight = 0;
    for (int level = 0; level < LEVELS; level++) {
        sum += sums[level];
        weight += heavy[level];
    }
    *total = weights ? weight : (REAL)counted;
    *losses = job->reduction == MEAN ? sum / *total : sum;
}

static void NAMED(nll_backward)(const nll *job, const void *first, const void *second, void *third)
{
    const REAL *grad = first, *total = second;
    REAL *result = third;
    const REAL *weights = job->weights ? PyArray_DATA(job->weights) : NULL;
    REAL whole = job->reduction == NONE ? 0 : -(job->reduction == MEAN ? *grad / *total : *grad);
    for (npy_intp row = 0; row < job->rows; row++) {
        npy_int64 target = job->targets[row];
        if (target == job->ignored) continue;
        REAL weight = weights ? weights[target] : 1;
        result[row * job->classes + target] = job->reduction == NONE ? -weight * grad[row] : weight * whole;
    }
}

#endif
