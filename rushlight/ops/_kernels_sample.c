/* Bilinear grid_sample of float32 images, forwards and backwards: kernels_grid.py in one pass, SPAN points at a time. */

#include "../_core/_native.h"
#include <math.h>

#define SPAN 64
enum { ZEROS, BORDER };

typedef struct {
    npy_intp batch, channels, height, width, points; /* points of one image */
    int padding, align;
    const float *images, *grid, *grad;
    float *out, *of_images, *of_grid;
} sample_job;

/* Some points: for each of 4 taps (above left and right, below left and right) its place in the image and whether it lies inside. */
typedef struct {
    float x[SPAN], y[SPAN]; /* how far right and below of the first tap */
    float rate_x[SPAN], rate_y[SPAN];
    int32_t at[4][SPAN], inside[4][SPAN];
} taps;

INLINE void place_of(float number, npy_intp size, const sample_job *job, float *part, float *rate, int32_t *index)
{
    float place = job->align ? (number + 1.0f) / 2.0f * (float)(size - 1) : ((number + 1.0f) * (float)size - 1.0f) / 2.0f;
    float last = (float)(size - 1), scale = job->align ? last / 2.0f : (float)size / 2.0f;
    if (job->padding == BORDER) {
        scale = (place > 0) & (place < last) ? scale : 0.0f;
        place = place > 0 ? place : 0.0f;
        place = place < last ? place : last;
    }
    float first = floorf(place);
    *part = place - first;
    *rate = scale;
    *index = (first > -1e9f) & (first < 1e9f) ? (int32_t)first : -100;
}

FEW_CLONES static void find_taps(const sample_job *job, const float *grid, npy_intp count, taps *found)
{
    int32_t width = (int32_t)job->width, height = (int32_t)job->height;
    for (npy_intp i = 0; i < count; i++) {
        int32_t x, y;
        place_of(grid[2 * i], width, job, &found->x[i], &found->rate_x[i], &x);
        place_of(grid[2 * i + 1], height, job, &found->y[i], &found->rate_y[i], &y);
        for (int tap = 0; tap < 4; tap++) {
            int32_t column = x + (tap & 1), line = y + (tap >> 1);
            int32_t inside = (column >= 0) & (column < width) & (line >= 0) & (line < height);
            found->inside[tap][i] = inside;
            found->at[tap][i] = inside ? line * width + column : 0;
        }
    }
}

FEW_CLONES static void sample_span(const taps *found, const float *image, float *out, npy_intp count)
{
    for (npy_intp i = 0; i < count; i++) {
        float x = found->x[i], y = found->y[i], total = 0.0f;
        float values[4];
        for (int tap = 0; tap < 4; tap++) {
            float value = image[found->at[tap][i]];
            values[tap] = found->inside[tap][i] ? value : 0.0f;
        }
        total += values[0] * ((1.0f - y) * (1.0f - x));
        total += values[1] * ((1.0f - y) * x);
        total += values[2] * (y * (1.0f - x));
        out[i] = total + values[3] * (y * x);
    }
}

static void sample_piece(void *argument, int piece, int pieces)
{
    sample_job *job = argument;
    npy_intp first, last, spans = (job->points + SPAN - 1) / SPAN, plane = job->height * job->width;
    taps found;
    part_of(job->batch * spans, piece, pieces, &first, &last);
    for (npy_intp unit = first; unit < last; unit++) {
        npy_intp image = unit / spans, point = unit % spans * SPAN, count = job->points - point < SPAN ? job->points - point : SPAN;
        find_taps(job, job->grid + (image * job->points + point) * 2, count, &found);
        for (npy_intp channel = image * job->channels; channel < (image + 1) * job->channels; channel++)
            sample_span(&found, job->images + channel * plane, job->out + channel * job->points + point, count);
    }
}

static void slope_piece(void *argument, int piece, int pieces)
{
    sample_job *job = argument;
    npy_intp first, last, plane = job->height * job->width;
    taps found;
    part_of(job->batch, piece, pieces, &first, &last);
    for (npy_intp image = first; image < last; image++)
        for (npy_intp point = 0; point < job->points; point += SPAN) {
            npy_intp count = job->points - point < SPAN ? job->points - point : SPAN;
            float along[4][SPAN] = {{0}};
            find_taps(job, job->grid + (image * job->points + point) * 2, count, &found);
            for (npy_intp channel = image * job->channels; channel < (image + 1) * job->channels; channel++) {
                const float *values = job->images + channel * plane, *grad = job->grad + channel * job->points + point;
                float *slopes = job->of_images ? job->of_images + channel * plane : NULL;
                for (npy_intp i = 0; i < count; i++) {
                    float x = found.x[i], y = found.y[i];
                    float weights[4] = {(1.0f - y) * (1.0f - x), (1.0f - y) * x, y * (1.0f - x), y * x};
                    for (int tap = 0; tap < 4; tap++) {
                        if (!found.inside[tap][i]) continue;
                        along[tap][i] += grad[i] * values[found.at[tap][i]];
                        if (slopes) slopes[found.at[tap][i]] += grad[i] * weights[tap];
                    }
                }
            }
            float *of_grid = job->of_grid ? job->of_grid + (image * job->points + point) * 2 : NULL;
            for (npy_intp i = 0; of_grid && i < count; i++) {
                float x = found.x[i], y = found.y[i];
                of_grid[2 * i] = ((along[1][i] - along[0][i]) * (1.0f - y) + (along[3][i] - along[2][i]) * y) * found.rate_x[i];
                of_grid[2 * i + 1] = ((along[2][i] - along[0][i]) * (1.0f - x) + (along[3][i] - along[1][i]) * x) * found.rate_y[i];
            }
        }
}

static PyArrayObject *singles(PyObject *value)
{
    PyArrayObject *array = plain_floats(value);
    return array && PyArray_TYPE(array) == NPY_FLOAT && PyArray_NDIM(array) == 4 ? array : NULL;
}

/* (images, grid, mode, padding, align_corners, ...) */
static int read_sample(sample_job *job, PyObject *const *args)
{
    PyArrayObject *images = singles(args[0]), *grid = images ? singles(args[1]) : NULL;
    if (!grid || !PyLong_CheckExact(args[2]) || !PyLong_CheckExact(args[3]) || (args[4] != Py_True && args[4] != Py_False)) return 0;
    npy_intp *dims = PyArray_DIMS(images), *places = PyArray_DIMS(grid);
    job->padding = (int)PyLong_AsLong(args[3]);
    job->align = args[4] == Py_True;
    if (PyLong_AsLong(args[2]) || job->padding > BORDER || job->padding < 0 || places[0] != dims[0] || places[3] != 2) return 0;
    if (dims[2] * dims[3] >= INT32_MAX / 2 || PyArray_SIZE(images) == 0) return 0;
    job->batch = dims[0];
    job->channels = dims[1];
    job->height = dims[2];
    job->width = dims[3];
    job->points = places[1] * places[2];
    job->images = PyArray_DATA(images);
    job->grid = PyArray_DATA(grid);
    return job->points > 0;
}

static PyObject *sample_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    sample_job job = {0};
    if (count != 5 || !read_sample(&job, args)) DECLINE;
    npy_intp *places = PyArray_DIMS((PyArrayObject *)args[1]), dims[4] = {job.batch, job.channels, places[1], places[2]};
    PyArrayObject *result = new_array(NPY_FLOAT, 4, dims, 0);
    if (!result) return NULL;
    job.out = PyArray_DATA(result);
    run_parallel(sample_piece, &job, job.batch * job.points * (job.channels + 2), job.batch * job.points / SPAN);
    return (PyObject *)result;
}

/* (images, grid, mode, padding, align_corners, grad, whether the images' gradient is wanted, whether the grid's is): both, or None. */
static PyObject *sample_backward_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    sample_job job = {0};
    PyArrayObject *grad = count == 8 ? singles(args[5]) : NULL, *made[2] = {NULL, NULL};
    if (!grad || !read_sample(&job, args)) DECLINE;
    job.grad = PyArray_DATA(grad);
    for (int which = 0; which < 2; which++) {
        if (args[6 + which] != Py_True) continue;
        made[which] = new_like((PyArrayObject *)args[which]);
        if (!made[which]) {
            Py_XDECREF(made[0]);
            return NULL;
        }
        memset(PyArray_DATA(made[which]), 0, PyArray_NBYTES(made[which]));
    }
    job.of_images = made[0] ? PyArray_DATA(made[0]) : NULL;
    job.of_grid = made[1] ? PyArray_DATA(made[1]) : NULL;
    run_parallel(slope_piece, &job, job.batch * job.points * (job.channels + 2), job.batch);
    PyObject *first = made[0] ? (PyObject *)made[0] : Py_NewRef(Py_None), *second = made[1] ? (PyObject *)made[1] : Py_NewRef(Py_None);
    return Py_BuildValue("NN", first, second);
}

const kernel_row sample_kernels[] = {{"grid_sample", sample_kernel, NULL, NULL}, {"grid_sample_backward", sample_backward_kernel, NULL, NULL}, {NULL}};
