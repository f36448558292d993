/* LSTM, GRU and plain recurrent layers of float32 over whole sequences, forwards and backwards.

   Sequences do not depend on each other: each thread takes 8 of a batch at a time through all steps. What a step multiplies by the
   hidden state's weights is read from one copy of them; products with the input's weights are made before, for all steps at once, and
   those of gradients afterwards. See NOTE [ Backward through time ] in recurrent_steps.py, which says the same in NumPy. */

#include "_kernels_math.h"
#include "_kernels_tiles.h"

enum { LSTM, GRU, PLAIN, RECTIFIED };
static const int gates_of[] = {4, 3, 1, 1}, kept_of[] = {5, 4, 0, 0};

typedef struct {
    int mode, reverse;
    npy_intp steps, batch, size, wide, pitch; /* numbers in a state and in a step's gates; those of a row of the copied weights */
    const float *gates, *bias, *hidden, *state;
    float *found, *work;
    npy_intp *offsets;
    const float *weights;
    /* backwards */
    const float *grad, *grad_hidden, *grad_state;
    float *of_gates, *of_inner, *of_hidden, *of_state;
} layer;

#if TILES

INLINE float sigmoid_of(float x)
{
    return 1.0f / (1.0f + exp_float(-x));
}

INLINE float tanh_of(float x)
{
    float shrunk = expm1_negative_float(x < 0 ? 2.0f * x : -2.0f * x), found = -shrunk / (2.0f + shrunk);
    return x < 0 ? -found : x > 0 ? found : x;
}

#define EACH _Pragma("GCC ivdep") for (npy_intp j = 0; j < n; j++)

/* ---------------------------------------------------------------- one step of one sequence: n numbers each */

CLONES static void lstm_row(npy_intp n, const float *gates, const float *inner, const float *before, float *kept, float *out)
{
    EACH
    {
        float i = sigmoid_of(gates[j] + inner[j]), f = sigmoid_of(gates[n + j] + inner[n + j]);
        float g = tanh_of(gates[2 * n + j] + inner[2 * n + j]), o = sigmoid_of(gates[3 * n + j] + inner[3 * n + j]);
        float cell = f * before[j] + i * g;
        kept[j] = i;
        kept[n + j] = f;
        kept[2 * n + j] = g;
        kept[3 * n + j] = o;
        kept[4 * n + j] = cell;
        out[j] = o * tanh_of(cell);
    }
}

CLONES static void gru_row(npy_intp n, const float *gates, const float *inner, const float *bias, const float *before, float *kept, float *out)
{
    EACH
    {
        float r = sigmoid_of(gates[j] + (inner[j] + bias[j])), z = sigmoid_of(gates[n + j] + (inner[n + j] + bias[n + j]));
        float part = inner[2 * n + j] + bias[2 * n + j], fresh = tanh_of(gates[2 * n + j] + r * part);
        kept[j] = r;
        kept[n + j] = z;
        kept[2 * n + j] = fresh;
        kept[3 * n + j] = part;
        out[j] = (before[j] - fresh) * z + fresh;
    }
}

CLONES static void plain_row(npy_intp n, const float *gates, const float *inner, int rectified, float *out)
{
    EACH
    {
        float x = gates[j] + inner[j], rectangle = x < 0 ? 0 : x;
        out[j] = rectified ? rectangle : tanh_of(x);
    }
}

CLONES static void lstm_back(npy_intp n, const float *kept, const float *before, const float *grad, float *grad_state, float *gates)
{
    EACH
    {
        float i = kept[j], f = kept[n + j], g = kept[2 * n + j], o = kept[3 * n + j], bent = tanh_of(kept[4 * n + j]);
        float flow = grad_state[j] + grad[j] * o * (1 - bent * bent);
        gates[j] = flow * g * i * (1 - i);
        gates[n + j] = flow * before[j] * f * (1 - f);
        gates[2 * n + j] = flow * i * (1 - g * g);
        gates[3 * n + j] = grad[j] * bent * o * (1 - o);
        grad_state[j] = flow * f;
    }
}

/* grad becomes what goes on without passing the weights. */
CLONES static void gru_back(npy_intp n, const float *kept, const float *before, float *grad, float *gates, float *inner)
{
    EACH
    {
        float r = kept[j], z = kept[n + j], fresh = kept[2 * n + j], part = kept[3 * n + j];
        float of_n = grad[j] * (1 - z) * (1 - fresh * fresh), of_r = of_n * part * r * (1 - r);
        gates[j] = inner[j] = of_r;
        gates[n + j] = inner[n + j] = grad[j] * (before[j] - fresh) * z * (1 - z);
        gates[2 * n + j] = of_n;
        inner[2 * n + j] = of_n * r;
        grad[j] = grad[j] * z;
    }
}

CLONES static void plain_back(npy_intp n, const float *out, const float *grad, int rectified, float *gates)
{
    EACH gates[j] = grad[j] * (rectified ? (float)(out[j] > 0) : 1 - out[j] * out[j]);
}

/* ---------------------------------------------------------------- sequences */

/* sums (8 rows of `pitch`) of 8 packed rows of `count` numbers times the copied weights. */
static void multiply(const layer *job, const float *packed, npy_intp count, float *sums)
{
    tile_function tile = best_tile();
    for (npy_intp at = 0; at < job->pitch; at += tile_step()) tile(job->weights + at, job->offsets, packed, count, sums + at, job->pitch);
}

static void pack(const float *row, npy_intp count, npy_intp place, float *packed)
{
    for (npy_intp k = 0; k < count; k++) packed[k * BLOCK + place] = row[k];
}

/* Where the row of a step and the one of the step before it lie (-1: none was before). */
static npy_intp rows_of_step(const layer *job, npy_intp number, npy_intp sequence, npy_intp *before)
{
    npy_intp step = job->reverse ? job->steps - 1 - number : number, previous = job->reverse ? step + 1 : step - 1;
    *before = number == 0 ? -1 : previous * job->batch + sequence;
    return step * job->batch + sequence;
}

/* Each piece has a buffer of its own: packed rows, sums, and gradients that flow (8 rows of a state, twice). */
static npy_intp buffer_size(const layer *job)
{
    return (job->wide + job->pitch + 2 * job->size + 64) * BLOCK;
}

static void forward_sequences(const layer *job, npy_intp first, npy_intp rows, float *buffer)
{
    npy_intp n = job->size, kept = kept_of[job->mode] * n, before;
    float *packed = buffer, *sums = packed + job->wide * BLOCK;
    memset(packed, 0, n * BLOCK * sizeof(float));
    for (npy_intp row = 0; row < rows; row++) pack(job->hidden + (first + row) * n, n, row, packed);
    for (npy_intp number = 0; number < job->steps; number++) {
        multiply(job, packed, n, sums);
        for (npy_intp row = 0; row < rows; row++) {
            npy_intp place = rows_of_step(job, number, first + row, &before);
            const float *gates = job->gates + place * job->wide, *inner = sums + row * job->pitch;
            float *out = job->found + place * n, *keep = job->work + place * kept;
            if (job->mode == LSTM) lstm_row(n, gates, inner, before < 0 ? job->state + (first + row) * n : job->work + before * kept + 4 * n, keep, out);
            else if (job->mode == GRU)
                gru_row(n, gates, inner, job->bias, before < 0 ? job->hidden + (first + row) * n : job->found + before * n, keep, out);
            else plain_row(n, gates, inner, job->mode == RECTIFIED, out);
            pack(out, n, row, packed);
        }
    }
}

static void backward_sequences(const layer *job, npy_intp first, npy_intp rows, float *buffer)
{
    npy_intp n = job->size, kept = kept_of[job->mode] * n, before;
    float *packed = buffer, *sums = packed + job->wide * BLOCK, *flows = sums + job->pitch * BLOCK, *states = flows + n * BLOCK;
    memset(packed, 0, job->wide * BLOCK * sizeof(float));
    memcpy(flows, job->grad_hidden + first * n, rows * n * sizeof(float));
    if (job->mode == LSTM) memcpy(states, job->grad_state + first * n, rows * n * sizeof(float));
    for (npy_intp number = job->steps - 1; number >= 0; number--) {
        for (npy_intp row = 0; row < rows; row++) {
            npy_intp place = rows_of_step(job, number, first + row, &before);
            const float *grad = job->grad + place * n, *keep = job->work + place * kept;
            float *flow = flows + row * n, *gates = job->of_gates + place * job->wide, *inner = job->of_inner + place * job->wide;
            EACH flow[j] += grad[j];
            if (job->mode == LSTM)
                lstm_back(n, keep, before < 0 ? job->state + (first + row) * n : job->work + before * kept + 4 * n, flow, states + row * n, gates);
            else if (job->mode == GRU)
                gru_back(n, keep, before < 0 ? job->hidden + (first + row) * n : job->found + before * n, flow, gates, inner);
            else plain_back(n, job->found + place * n, flow, job->mode == RECTIFIED, gates);
            pack(inner, job->wide, row, packed);
        }
        multiply(job, packed, job->wide, sums);
        for (npy_intp row = 0; row < rows; row++) {
            float *flow = flows + row * n, *sum = sums + row * job->pitch;
            if (job->mode == GRU) {
                EACH flow[j] += sum[j];
            }
            else memcpy(flow, sum, n * sizeof(float));
        }
    }
    memcpy(job->of_hidden + first * n, flows, rows * n * sizeof(float));
    if (job->mode == LSTM) memcpy(job->of_state + first * n, states, rows * n * sizeof(float));
}

static void run_sequences(void *argument, int piece, int pieces)
{
    layer *job = argument;
    npy_intp first, last;
    part_of((job->batch + BLOCK - 1) / BLOCK, piece, pieces, &first, &last);
    float *buffer = (float *)(job->offsets + job->wide + job->size) + piece * buffer_size(job);
    for (; first < last; first++) {
        npy_intp rows = job->batch - first * BLOCK < BLOCK ? job->batch - first * BLOCK : BLOCK;
        (job->of_gates ? backward_sequences : forward_sequences)(job, first * BLOCK, rows, buffer);
    }
}

/* ---------------------------------------------------------------- arguments */

/* A plain float32 array of so many numbers, or NULL. */
static const float *numbers_of(PyObject *value, npy_intp count)
{
    PyArrayObject *array = plain_floats(value);
    return array && PyArray_TYPE(array) == NPY_FLOAT && PyArray_SIZE(array) == count ? PyArray_DATA(array) : NULL;
}

static PyArrayObject *matrix(npy_intp rows, npy_intp columns)
{
    npy_intp dims[2] = {rows, columns};
    return new_array(NPY_FLOAT, 2, dims, 0);
}

/* Copy the weights (turned round for the forward pass) with rows of `pitch`, and run; -1 with an error. */
static int run_layer(layer *job, const float *weights, int turned)
{
    npy_intp count = turned ? job->size : job->wide, across = turned ? job->wide : job->size;
    job->pitch = (across + 31) / 32 * 32;
    npy_intp blocks = (job->batch + BLOCK - 1) / BLOCK, pieces = blocks < MAX_THREADS ? blocks : MAX_THREADS;
    PyArrayObject *copy = matrix(count, job->pitch);
    job->offsets = PyMem_Malloc((job->wide + job->size) * sizeof(npy_intp) + pieces * buffer_size(job) * sizeof(float));
    if (!copy || !job->offsets) {
        Py_XDECREF(copy);
        PyMem_Free(job->offsets);
        if (!PyErr_Occurred()) PyErr_NoMemory();
        return -1;
    }
    float *to = PyArray_DATA(copy);
    for (npy_intp k = 0; k < count; k++, to += job->pitch) {
        job->offsets[k] = k * job->pitch;
        for (npy_intp j = 0; j < job->pitch; j++) to[j] = j >= across ? 0 : turned ? weights[j * job->size + k] : weights[k * job->size + j];
    }
    job->weights = PyArray_DATA(copy);
    run_parallel(run_sequences, job, job->steps * job->batch * job->wide * job->size / 8, blocks);
    PyMem_Free(job->offsets);
    Py_DECREF(copy);
    return 0;
}

/* (mode, steps, reverse, hidden): what both passes begin with. */
static int read_layer(layer *job, PyObject *const *args)
{
    PyArrayObject *hidden = plain_floats(args[3]);
    if (!hidden || PyArray_NDIM(hidden) != 2 || !can_fuse()) return 0;
    job->mode = (int)PyLong_AsLong(args[0]);
    job->steps = PyLong_AsSsize_t(args[1]);
    job->reverse = args[2] == Py_True;
    job->batch = PyArray_DIMS(hidden)[0];
    job->size = PyArray_DIMS(hidden)[1];
    job->wide = gates_of[job->mode] * job->size;
    job->hidden = numbers_of(args[3], job->batch * job->size);
    return job->hidden && job->size > 0 && job->batch > 0 && job->steps > 0;
}

/* (mode, steps, reverse, hidden, state, gates, weights, bias): outputs of all steps, and what the backward pass needs. The gates
   hold the products with the inputs and the biases, but for the bias of GRU's hidden part. */
static PyObject *recurrent_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    layer job = {0};
    if (count != 8 || !read_layer(&job, args)) DECLINE;
    npy_intp rows = job.steps * job.batch;
    const float *weights = numbers_of(args[6], job.wide * job.size);
    job.state = job.mode == LSTM ? numbers_of(args[4], job.batch * job.size) : job.hidden;
    job.gates = numbers_of(args[5], rows * job.wide);
    job.bias = job.mode == GRU ? numbers_of(args[7], job.wide) : job.hidden;
    if (!weights || !job.state || !job.gates || !job.bias) DECLINE;
    PyArrayObject *found = matrix(rows, job.size), *work = matrix(rows, kept_of[job.mode] * job.size);
    if (found && work) {
        job.found = PyArray_DATA(found);
        job.work = PyArray_DATA(work);
        if (run_layer(&job, weights, 1) == 0) return Py_BuildValue("NN", found, work);
    }
    Py_XDECREF(found);
    Py_XDECREF(work);
    return NULL;
}

/* (mode, steps, reverse, hidden, state, found, work, weights, grad, grad_hidden, grad_state): the gradients of the gates, of their
   hidden part (the same but for GRU), and of the first states. */
static PyObject *recurrent_backward_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    layer job = {0};
    if (count != 11 || !read_layer(&job, args)) DECLINE;
    npy_intp rows = job.steps * job.batch, states = job.batch * job.size;
    int lstm = job.mode == LSTM;
    const float *weights = numbers_of(args[7], job.wide * job.size);
    job.state = lstm ? numbers_of(args[4], states) : job.hidden;
    job.found = (float *)numbers_of(args[5], rows * job.size);
    job.work = kept_of[job.mode] ? (float *)numbers_of(args[6], rows * kept_of[job.mode] * job.size) : job.found;
    job.grad = numbers_of(args[8], rows * job.size);
    job.grad_hidden = numbers_of(args[9], states);
    job.grad_state = lstm ? numbers_of(args[10], states) : job.hidden;
    if (!weights || !job.state || !job.found || !job.work || !job.grad || !job.grad_hidden || !job.grad_state) DECLINE;
    PyArrayObject *gates = matrix(rows, job.wide), *hidden = matrix(job.batch, job.size), *state = matrix(job.batch, job.size);
    PyArrayObject *inner = job.mode == GRU ? matrix(rows, job.wide) : (PyArrayObject *)Py_XNewRef((PyObject *)gates);
    if (gates && hidden && state && inner) {
        job.of_gates = PyArray_DATA(gates);
        job.of_inner = PyArray_DATA(inner);
        job.of_hidden = PyArray_DATA(hidden);
        job.of_state = PyArray_DATA(state);
        if (run_layer(&job, weights, 0) == 0) return Py_BuildValue("NNNN", gates, inner, hidden, state);
    }
    Py_XDECREF(gates);
    Py_XDECREF(hidden);
    Py_XDECREF(state);
    Py_XDECREF(inner);
    return NULL;
}
#else
static PyObject *recurrent_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    DECLINE;
}
#define recurrent_backward_kernel recurrent_kernel
#endif

const kernel_row recurrent_kernels[] = {
    {"recurrent", recurrent_kernel, NULL, NULL}, {"recurrent_backward", recurrent_backward_kernel, NULL, NULL}, {NULL}};
