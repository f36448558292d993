/* Convolutions of float32 images (and lines) without columns.

   NOTE [ Convolving in C ]
   Images are copied once with their padding, and with strides into one plane for each phase of them, so that what a tap reads for
   neighbouring results lies side by side, along rows and from one row to the next. Results are worked out along runs of positions that go
   on over the ends of rows (the few positions between rows are computed and dropped). In registers are the sums
   of 8 output channels at neighbouring positions; each step loads the positions of one tap once for all channels. The weight's gradient
   is the same with other roles: the sums are of 4 channels and 4 taps, and the steps go along the run.
   Sums are fused products in one order, whatever the processor, the number of threads and the size of vectors. Processors without such
   instructions decline, as do other dtypes and layouts. */

#include "_kernels_tiles.h"

#define SLACK 64     /* floats behind a buffer that may be read */
#define LONGEST 1024 /* positions in a run that is taken together */

typedef struct {
    npy_intp batch, channels, outputs, groups;
    npy_intp size[2], kernel[2], stride[2], padding[2], dilation[2], places[2];
    npy_intp width, height, plane; /* of padded planes: a row's and a column's length, elements of a channel's planes, one for each phase */
    npy_intp inside, taps;                 /* channels in a group, taps for each output */
    npy_intp rows, run, runs;              /* rows of results in a run, its positions, runs in an image */
    npy_intp *offsets;                     /* where each tap reads, from the first position of an image's group */
    const float *x, *w;
    float *padded, *packed, *result, *rolled;
} convolution;

/* ---------------------------------------------------------------- reading the arguments */

/* One or two numbers of a tuple, for the height (1 or 0 where there is none) and the width. */
static int read_pair(PyObject *value, int count, npy_intp missing, npy_intp *found)
{
    if (!PyTuple_CheckExact(value) || PyTuple_GET_SIZE(value) != count) return 0;
    found[0] = missing;
    for (int index = 0; index < count; index++) {
        Py_ssize_t number = PyLong_AsSsize_t(PyTuple_GET_ITEM(value, index));
        if (number < 0 || number > 1 << 20) {
            PyErr_Clear();
            return 0;
        }
        found[2 - count + index] = number;
    }
    return 1;
}

static PyArrayObject *plain_singles(PyObject *value, int ndim)
{
    PyArrayObject *array = plain_floats(value);
    return array && PyArray_TYPE(array) == NPY_FLOAT && (!ndim || PyArray_NDIM(array) == ndim) ? array : NULL;
}

static void last_two(PyArrayObject *array, npy_intp *found)
{
    int ndim = PyArray_NDIM(array);
    found[0] = ndim == 4 ? PyArray_DIMS(array)[2] : 1;
    found[1] = PyArray_DIMS(array)[ndim - 1];
}

/* Sizes of images x, weight w and results y from (stride, padding, dilation, groups); 0 where it is none of ours. */
static int read_geometry(convolution *job, PyArrayObject *x, PyArrayObject *w, PyArrayObject *y, PyObject *const *args)
{
    int ndim = PyArray_NDIM(x), count = ndim - 2;
    if (ndim < 3 || ndim > 4 || PyArray_NDIM(w) != ndim || PyArray_NDIM(y) != ndim || !PyLong_CheckExact(args[3])) return 0;
    if (!read_pair(args[0], count, 1, job->stride) || !read_pair(args[1], count, 0, job->padding) || !read_pair(args[2], count, 1, job->dilation))
        return 0;
    job->groups = PyLong_AsSsize_t(args[3]);
    job->batch = PyArray_DIMS(x)[0];
    job->channels = PyArray_DIMS(x)[1];
    job->outputs = PyArray_DIMS(w)[0];
    last_two(x, job->size);
    last_two(w, job->kernel);
    last_two(y, job->places);
    job->inside = PyArray_DIMS(w)[1];
    if (job->groups < 1 || job->inside * job->groups != job->channels || job->outputs % job->groups) return 0;
    if (PyArray_DIMS(y)[0] != job->batch || PyArray_DIMS(y)[1] != job->outputs) return 0;
    for (int dim = 0; dim < 2; dim++) {
        if (job->stride[dim] < 1 || job->dilation[dim] < 1) return 0;
        npy_intp whole = job->size[dim] + 2 * job->padding[dim];
        if ((job->places[dim] - 1) * job->stride[dim] + (job->kernel[dim] - 1) * job->dilation[dim] + 1 > whole) return 0;
    }
    job->taps = job->inside * job->kernel[0] * job->kernel[1];
    job->height = (job->size[0] + 2 * job->padding[0] + job->stride[0] - 1) / job->stride[0];
    job->width = (job->size[1] + 2 * job->padding[1] + job->stride[1] - 1) / job->stride[1];
    job->plane = job->stride[0] * job->stride[1] * job->height * job->width;
    return job->batch * job->outputs * job->taps * job->places[0] * job->places[1] > 0;
}

/* Rows of results in a run, at most so many positions. */
static void cut_runs(convolution *job, npy_intp longest)
{
    npy_intp rows = longest / job->width;
    job->rows = rows < 1 ? 1 : rows > job->places[0] ? job->places[0] : rows;
    job->run = (job->rows - 1) * job->width + job->places[1];
    job->runs = (job->places[0] + job->rows - 1) / job->rows;
}

/* Where a place of the padded image lies among its phases' planes. */
INLINE npy_intp place_of(const convolution *job, npy_intp row, npy_intp column)
{
    npy_intp phase = row % job->stride[0] * job->stride[1] + column % job->stride[1];
    return (phase * job->height + row / job->stride[0]) * job->width + column / job->stride[1];
}

static void find_offsets(convolution *job)
{
    npy_intp *offset = job->offsets;
    for (npy_intp channel = 0; channel < job->inside; channel++)
        for (npy_intp i = 0; i < job->kernel[0]; i++)
            for (npy_intp j = 0; j < job->kernel[1]; j++)
                *offset++ = channel * job->plane + place_of(job, i * job->dilation[0], j * job->dilation[1]);
}

/* ---------------------------------------------------------------- padded images */

static void pad_piece(void *argument, int piece, int pieces)
{
    convolution *job = argument;
    npy_intp first, last, step = job->stride[1];
    part_of(job->batch * job->channels, piece, pieces, &first, &last);
    for (npy_intp index = first; index < last; index++) {
        const float *from = job->x + index * job->size[0] * job->size[1];
        float *to = job->padded + index * job->plane;
        if (job->padding[0] || job->padding[1] || step > 1 || job->stride[0] > 1) memset(to, 0, job->plane * sizeof(float));
        for (npy_intp row = 0; row < job->size[0]; row++, from += job->size[1])
            for (npy_intp phase = 0; phase < step && phase < job->size[1]; phase++) {
                float *line = to + place_of(job, row + job->padding[0], phase + job->padding[1]);
                if (step == 1) memcpy(line, from, job->size[1] * sizeof(float));
                else
                    for (npy_intp column = phase; column < job->size[1]; column += step) *line++ = from[column];
            }
    }
}

/* ---------------------------------------------------------------- sums in registers */

#if TILES
/* The sums over a run (a multiple of 16 positions) of 4 channels' gradients times what 4 taps read, each in 16 lanes, added to sums[4][4][16]. */
typedef void (*slope_function)(const float *grad, npy_intp pitch, const float *const *in, npy_intp count, float *sums);

#define SIXTEEN(M) M(0, 0) M(0, 1) M(0, 2) M(0, 3) M(1, 0) M(1, 1) M(1, 2) M(1, 3) M(2, 0) M(2, 1) M(2, 2) M(2, 3) M(3, 0) M(3, 1) M(3, 2) M(3, 3)
#define LOAD(o, t) VECTOR s##o##t = *(VECTOR *)(sums + (o * 4 + t) * 16 + half);
#define STEP(o, t) s##o##t += g##o * x##t;
#define STORE(o, t) *(VECTOR *)(sums + (o * 4 + t) * 16 + half) = s##o##t;
#define SLOPES(name, target_name, width) \
    FUSING(target_name) static void name(const float *grad, npy_intp pitch, const float *const *in, npy_intp count, float *sums) \
    { \
        for (int half = 0; half < 16; half += width) { \
            SIXTEEN(LOAD) \
            for (npy_intp at = half; at < count; at += 16) { \
                VECTOR g0 = *(const VECTOR *)(grad + at), g1 = *(const VECTOR *)(grad + pitch + at); \
                VECTOR g2 = *(const VECTOR *)(grad + 2 * pitch + at), g3 = *(const VECTOR *)(grad + 3 * pitch + at); \
                VECTOR x0 = *(const VECTOR *)(in[0] + at), x1 = *(const VECTOR *)(in[1] + at); \
                VECTOR x2 = *(const VECTOR *)(in[2] + at), x3 = *(const VECTOR *)(in[3] + at); \
                SIXTEEN(STEP) \
            } \
            SIXTEEN(STORE) \
        } \
    }
#define VECTOR vector_16
SLOPES(slopes_wide, "avx512f", 16)
#undef VECTOR
#define VECTOR vector_8
SLOPES(slopes_narrow, "avx2,fma", 8)
#undef VECTOR
#undef STEP
#undef STORE

/* ---------------------------------------------------------------- forward */

static void pack_weights(convolution *job, npy_intp blocks)
{
    npy_intp per_group = job->outputs / job->groups;
    float *to = job->packed;
    for (npy_intp block = 0; block < job->groups * blocks; block++) {
        npy_intp first = block % blocks * BLOCK, start = block / blocks * per_group + first;
        for (npy_intp tap = 0; tap < job->taps; tap++)
            for (npy_intp o = 0; o < BLOCK; o++) *to++ = first + o < per_group ? job->w[(start + o) * job->taps + tap] : 0;
    }
}

/* Units are (image, block of channels). */
static void forward_piece(void *argument, int piece, int pieces)
{
    convolution *job = argument;
    tile_function tile = best_tile();
    npy_intp first, last, per_group = job->outputs / job->groups, blocks = (per_group + BLOCK - 1) / BLOCK, step = tile_step();
    npy_intp place = job->places[0] * job->places[1];
    float sums[BLOCK * LONGEST];
    part_of(job->batch * job->groups * blocks, piece, pieces, &first, &last);
    for (npy_intp unit = first; unit < last; unit++) {
        npy_intp block = unit % (job->groups * blocks), image = unit / (job->groups * blocks);
        npy_intp group = block / blocks, channel = block % blocks * BLOCK;
        npy_intp count = per_group - channel < BLOCK ? per_group - channel : BLOCK;
        const float *in = job->padded + (image * job->channels + group * job->inside) * job->plane;
        const float *weights = job->packed + block * job->taps * BLOCK;
        float *out = job->result + (image * job->outputs + group * per_group + channel) * place;
        for (npy_intp row = 0; row < job->places[0]; row += job->rows) {
            npy_intp rows = job->places[0] - row < job->rows ? job->places[0] - row : job->rows;
            npy_intp run = (rows - 1) * job->width + job->places[1];
            const float *start = in + row * job->width;
            for (npy_intp from = 0; from < run; from += LONGEST) { /* more than once only for a long row alone */
                npy_intp length = run - from < LONGEST ? run - from : LONGEST;
                for (npy_intp at = 0; at < length; at += step) tile(start + from + at, job->offsets, weights, job->taps, sums + at, LONGEST);
                for (npy_intp o = 0; o < count; o++)
                    for (npy_intp i = 0; i < rows; i++)
                        memcpy(out + o * place + (row + i) * job->places[1] + from, sums + o * LONGEST + i * job->width,
                               (rows > 1 ? job->places[1] : length) * sizeof(float));
            }
        }
    }
}

/* ---------------------------------------------------------------- the weight's gradient */

/* Gradients of results along runs, zero between rows and behind their ends. Each group has a multiple of 4 channels, the last ones zero. */
static void roll_piece(void *argument, int piece, int pieces)
{
    convolution *job = argument;
    npy_intp first, last, pitch = job->runs * job->run, per_group = job->outputs / job->groups, padded = (per_group + 3) / 4 * 4;
    part_of(job->batch * job->groups * padded, piece, pieces, &first, &last);
    for (npy_intp index = first; index < last; index++) {
        float *to = job->rolled + index * pitch;
        memset(to, 0, pitch * sizeof(float));
        if (index % padded >= per_group) continue;
        const float *from = job->result + (index / padded * per_group + index % padded) * job->places[0] * job->places[1];
        for (npy_intp row = 0; row < job->places[0]; row++, from += job->places[1])
            memcpy(to + row / job->rows * job->run + row % job->rows * job->width, from, job->places[1] * sizeof(float));
    }
}

#define TOGETHER 16 /* units whose sums are kept at a time, images that are added up before lanes are */

/* Units are (group, 4 channels, 4 taps). */
typedef struct {
    npy_intp group, channel, channels, tap, taps; /* channels and taps: how many of the four there are */
} slope_unit;

static slope_unit unit_of(const convolution *job, npy_intp unit)
{
    npy_intp per_group = job->outputs / job->groups, fours = (per_group + 3) / 4, columns = (job->taps + 3) / 4;
    slope_unit made = {unit / (fours * columns), unit / columns % fours * 4, 4, unit % columns * 4, 4};
    if (per_group - made.channel < 4) made.channels = per_group - made.channel;
    if (job->taps - made.tap < 4) made.taps = job->taps - made.tap;
    return made;
}

/* Add the lanes of a unit's sums to the result, and clear them. */
static void fold_sums(convolution *job, const slope_unit *unit, float *sums)
{
    float *out = job->packed + (unit->group * (job->outputs / job->groups) + unit->channel) * job->taps + unit->tap;
    for (npy_intp o = 0; o < unit->channels; o++)
        for (npy_intp t = 0; t < unit->taps; t++) {
            float total = 0;
            for (int lane = 0; lane < 16; lane++) total += sums[(o * 4 + t) * 16 + lane];
            out[o * job->taps + t] += total;
        }
    memset(sums, 0, 4 * 4 * 16 * sizeof(float));
}

static void slope_piece(void *argument, int piece, int pieces)
{
    convolution *job = argument;
    slope_function slopes = is_wide() ? slopes_wide : slopes_narrow;
    npy_intp first, last, per_group = job->outputs / job->groups, fours = (per_group + 3) / 4, pitch = job->runs * job->run;
    float sums[TOGETHER][4 * 4 * 16] = {{0}};
    part_of(job->groups * fours * ((job->taps + 3) / 4), piece, pieces, &first, &last);
    for (npy_intp base = first; base < last; base += TOGETHER)
        for (npy_intp image = 0; image < job->batch; image++)
            for (npy_intp index = 0; index < TOGETHER && base + index < last; index++) {
                slope_unit unit = unit_of(job, base + index);
                const float *grad = job->rolled + ((image * job->groups + unit.group) * fours * 4 + unit.channel) * pitch;
                const float *in = job->padded + (image * job->channels + unit.group * job->inside) * job->plane, *places[4];
                for (npy_intp run = 0; run < job->runs; run++) {
                    for (int t = 0; t < 4; t++)
                        places[t] = in + run * job->rows * job->width + job->offsets[unit.tap + (t < unit.taps ? t : 0)];
                    slopes(grad + run * job->run, pitch, places, job->run, sums[index]);
                }
                if (image % TOGETHER == TOGETHER - 1 || image == job->batch - 1) fold_sums(job, &unit, sums[index]);
            }
}

/* ---------------------------------------------------------------- kernels */

static PyArrayObject *buffer_of(npy_intp count)
{
    count += SLACK;
    PyArrayObject *made = new_array(NPY_FLOAT, 1, &count, 0);
    if (made) memset((float *)PyArray_DATA(made) + count - SLACK, 0, SLACK * sizeof(float));
    return made;
}

/* Pad the images; -1 with an error. */
static int start(convolution *job, PyArrayObject **images)
{
    job->offsets = PyMem_Malloc(job->taps * sizeof(npy_intp));
    *images = job->offsets ? buffer_of(job->batch * job->channels * job->plane) : NULL;
    if (!*images) {
        PyMem_Free(job->offsets);
        PyErr_NoMemory();
        return -1;
    }
    find_offsets(job);
    job->padded = PyArray_DATA(*images);
    npy_intp planes = job->batch * job->channels;
    run_parallel(pad_piece, job, planes * job->plane, planes);
    return 0;
}

/* (x, w, stride, padding, dilation, groups, result): write the convolution to result. */
static PyObject *convolve_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *x = count == 7 ? plain_singles(args[0], 0) : NULL, *w = x ? plain_singles(args[1], 0) : NULL;
    PyArrayObject *y = w ? plain_singles(args[6], 0) : NULL, *images;
    convolution job = {0};
    if (!y || !can_fuse() || !read_geometry(&job, x, w, y, args + 2)) DECLINE;
    npy_intp per_group = job.outputs / job.groups, blocks = (per_group + BLOCK - 1) / BLOCK;
    if (per_group < 3) DECLINE;
    cut_runs(&job, LONGEST);
    job.x = PyArray_DATA(x);
    job.w = PyArray_DATA(w);
    job.result = PyArray_DATA(y);
    PyArrayObject *weights = buffer_of(job.groups * blocks * job.taps * BLOCK);
    if (!weights) return NULL;
    if (start(&job, &images) < 0) {
        Py_DECREF(weights);
        return NULL;
    }
    job.packed = PyArray_DATA(weights);
    pack_weights(&job, blocks);
    npy_intp units = job.batch * job.groups * blocks;
    run_parallel(forward_piece, &job, units * job.taps * job.places[0] * job.places[1], units);
    PyMem_Free(job.offsets);
    Py_DECREF(images);
    Py_DECREF(weights);
    Py_RETURN_TRUE;
}

/* (x, grad, stride, padding, dilation, groups, result): write the gradient of w to result, given that of the convolution. */
static PyObject *convolve_slope_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *x = count == 7 ? plain_singles(args[0], 0) : NULL, *grad = x ? plain_singles(args[1], 0) : NULL;
    PyArrayObject *w = grad ? plain_singles(args[6], 0) : NULL, *images;
    convolution job = {0};
    if (!w || !can_fuse() || !read_geometry(&job, x, w, grad, args + 2) || job.outputs / job.groups < 3) DECLINE;
    cut_runs(&job, (npy_intp)1 << 40);
    job.run = (job.run + 15) / 16 * 16;
    job.x = PyArray_DATA(x);
    job.result = PyArray_DATA(grad);
    npy_intp planes = job.batch * job.groups * ((job.outputs / job.groups + 3) / 4 * 4), work = planes * job.runs * job.run;
    PyArrayObject *rolled = buffer_of(work);
    if (!rolled) return NULL;
    if (start(&job, &images) < 0) {
        Py_DECREF(rolled);
        return NULL;
    }
    job.rolled = PyArray_DATA(rolled);
    job.packed = PyArray_DATA(w);
    memset(job.packed, 0, PyArray_NBYTES(w));
    run_parallel(roll_piece, &job, work, planes);
    run_parallel(slope_piece, &job, work * job.taps, (job.outputs + 3) / 4 * ((job.taps + 3) / 4));
    PyMem_Free(job.offsets);
    Py_DECREF(images);
    Py_DECREF(rolled);
    Py_RETURN_TRUE;
}
#else
static PyObject *convolve_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    DECLINE;
}
#define convolve_slope_kernel convolve_kernel
#endif

const kernel_row convolution_kernels[] = {
    {"convolve", convolve_kernel, NULL, NULL}, {"convolve_slope", convolve_slope_kernel, NULL, NULL}, {NULL}};
