/* The Mersenne twister, and what random draws are made of: see streams_state.py, streams_normal.py and streams_integer.py, which say
   in NumPy what is done here. */

#include "../_core/_native.h"
#include <math.h>

#define WORDS 624
#define OFFSET 397

static PyArrayObject *plain_of(PyObject *value, int type)
{
    PyArrayObject *array = array_of(value);
    return array && PyArray_TYPE(array) == type && PyArray_NDIM(array) == 1 && is_plain(array) ? array : NULL;
}

static PyArrayObject *new_line(int type, npy_intp count)
{
    return new_array(type, 1, &count, 0);
}

/* ---------------------------------------------------------------- the twister */

INLINE uint32_t twisted(uint32_t high, uint32_t low, uint32_t far)
{
    return far ^ ((high & 0x80000000u) | (low & 0x7fffffffu)) >> 1 ^ (-(low & 1) & 0x9908b0dfu);
}

INLINE uint32_t tempered(uint32_t y)
{
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680u;
    y ^= y << 15 & 0xefc60000u;
    return y ^ y >> 18;
}

/* `blocks` times: the next state (the same one the first time, with `stay`), and its outputs. */
FEW_CLONES static void run_twister(uint32_t *key, uint32_t *out, npy_intp blocks, int stay)
{
    for (npy_intp block = 0; block < blocks; block++, out += WORDS) {
        if (block || !stay) {
            _Pragma("GCC ivdep") for (int i = 0; i < WORDS - OFFSET; i++) key[i] = twisted(key[i], key[i + 1], key[i + OFFSET]);
            _Pragma("GCC ivdep") for (int i = WORDS - OFFSET; i < WORDS - 1; i++) key[i] = twisted(key[i], key[i + 1], key[i + OFFSET - WORDS]);
            key[WORDS - 1] = twisted(key[WORDS - 1], key[0], key[OFFSET - 1]);
        }
        for (int i = 0; i < WORDS; i++) out[i] = tempered(key[i]);
    }
}

static PyArrayObject *key_of(PyObject *value)
{
    PyArrayObject *key = plain_of(value, NPY_UINT32);
    return key && PyArray_SIZE(key) == WORDS && PyArray_ISWRITEABLE(key) ? key : NULL;
}

/* (key, blocks): the outputs of the next blocks; with 0, those of the state as it is. */
static PyObject *twister_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *key = count == 2 ? key_of(args[0]) : NULL;
    npy_intp blocks = key ? PyLong_AsSsize_t(args[1]) : -1;
    if (blocks < 0) {
        PyErr_Clear();
        DECLINE;
    }
    PyArrayObject *result = new_line(NPY_UINT32, (blocks ? blocks : 1) * WORDS);
    if (result) run_twister(PyArray_DATA(key), PyArray_DATA(result), blocks ? blocks : 1, blocks == 0);
    return (PyObject *)result;
}

/* (key, seed): the state that a 32-bit seed stands for. */
static PyObject *twister_seed_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *key = count == 2 ? key_of(args[0]) : NULL;
    if (!key) DECLINE;
    uint32_t *words = PyArray_DATA(key);
    words[0] = (uint32_t)PyLong_AsUnsignedLongMask(args[1]);
    if (PyErr_Occurred()) return NULL;
    for (uint32_t i = 1; i < WORDS; i++) words[i] = 1812433253u * (words[i - 1] ^ words[i - 1] >> 30) + i;
    Py_RETURN_TRUE;
}

/* ---------------------------------------------------------------- uniforms */

FEW_CLONES static void uniform_floats(const uint32_t *words, float *out, npy_intp count)
{
    for (npy_intp i = 0; i < count; i++) out[i] = (float)(int32_t)(words[i] & 0xffffffu) * 0x1p-24f;
}

FEW_CLONES static void uniform_doubles(const uint32_t *words, double *out, npy_intp count)
{
    for (npy_intp i = 0; i < count; i++) out[i] = (int32_t)(words[2 * i] & 0x1fffffu) * 0x1p-21 + words[2 * i + 1] * 0x1p-53;
}

void make_uniform_floats(const uint32_t *words, float *out, npy_intp count)
{
    uniform_floats(words, out, count);
}

void make_uniform_doubles(const uint32_t *words, double *out, npy_intp count)
{
    uniform_doubles(words, out, count);
}

/* (words): float32 draws from [0, 1). */
static PyObject *uniform_floats_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *words = count == 1 ? plain_of(args[0], NPY_UINT32) : NULL;
    if (!words) DECLINE;
    PyArrayObject *result = new_line(NPY_FLOAT, PyArray_SIZE(words));
    if (result) uniform_floats(PyArray_DATA(words), PyArray_DATA(result), PyArray_SIZE(words));
    return (PyObject *)result;
}

/* (words): float64 draws from [0, 1), each of two words. */
static PyObject *uniform_doubles_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *words = count == 1 ? plain_of(args[0], NPY_UINT32) : NULL;
    if (!words || PyArray_SIZE(words) % 2) DECLINE;
    PyArrayObject *result = new_line(NPY_DOUBLE, PyArray_SIZE(words) / 2);
    if (result) uniform_doubles(PyArray_DATA(words), PyArray_DATA(result), PyArray_SIZE(words) / 2);
    return (PyObject *)result;
}

/* ---------------------------------------------------------------- normals */

#define GROUP 16   /* uniforms that become as many normals: j and j + 8 of them become normals j and j + 8 */
#define TOGETHER 64 /* groups worked on at a time */

typedef union {
    float value;
    int32_t bits;
} word;

/* sqrt(-2 log(1 - u)) */
INLINE float radius_of(float u)
{
    word read = {1.0f - u};
    float n = (float)((read.bits >> 23) - 126);
    read.bits = (read.bits & 0x7fffff) | 0x3f000000;
    float x = read.value, low = x < 0.707106781186547524f ? 1.0f : 0.0f;
    n -= low;
    x = (x + low * x) - 1.0f;
    float y = 7.0376836292e-2f, square = x * x;
    y = fmaf(y, x, -1.1514610310e-1f);
    y = fmaf(y, x, 1.1676998740e-1f);
    y = fmaf(y, x, -1.2420140846e-1f);
    y = fmaf(y, x, 1.4249322787e-1f);
    y = fmaf(y, x, -1.6668057665e-1f);
    y = fmaf(y, x, 2.0000714765e-1f);
    y = fmaf(y, x, -2.4999993993e-1f);
    y = fmaf(y, x, 3.3333331174e-1f);
    y = fmaf(y * x, square, n * -2.12194440e-4f) - square * 0.5f;
    return sqrtf(((x + y) + n * 0.693359375f) * -2.0f);
}

FUSED_CLONES static void turn_normal(float *first, float *second, int count, float mean, float std)
{
    for (int i = 0; i < count; i++) {
        float radius = radius_of(first[i]), x = (float)(2.0 * 3.14159265358979323846) * second[i];
        int32_t octant = ((int32_t)(x * 1.27323954473516f) + 1) & ~1;
        float turns = (float)octant;
        x = x + turns * -0.78515625f;
        x = x + turns * -2.4187564849853515625e-4f;
        x = fmaf(turns, -3.77489497744594108e-8f, x);
        float square = x * x;
        float even = fmaf(fmaf(2.443315711809948e-5f, square, -1.388731625493765e-3f), square, 4.166664568298827e-2f) * square;
        even = fmaf(even, square, square * -0.5f) + 1.0f;
        float odd = fmaf(fmaf(-1.9515295891e-4f, square, 8.3321608736e-3f), square, -1.6666654611e-1f) * square;
        odd = fmaf(odd, x, x);
        word cosine = {octant & 2 ? odd : even}, sine = {octant & 2 ? even : odd};
        sine.bits ^= (octant & 4) << 29;
        cosine.bits ^= ((octant + 2) & 4) << 29;
        first[i] = fmaf(radius * cosine.value, std, mean);
        second[i] = fmaf(radius * sine.value, std, mean);
    }
}

typedef struct {
    void *values;
    npy_intp groups;
    double mean, std;
} normal_job;

static void run_normals_float(void *argument, int piece, int pieces)
{
    normal_job *job = argument;
    npy_intp from, to;
    float halves[2][TOGETHER * 8];
    part_of(job->groups, piece, pieces, &from, &to);
    for (; from < to; from += TOGETHER) {
        int groups = to - from < TOGETHER ? (int)(to - from) : TOGETHER;
        float *values = (float *)job->values + from * GROUP;
        for (int i = 0; i < 2 * groups; i++) memcpy(halves[i & 1] + (i >> 1) * 8, values + i * 8, 8 * sizeof(float));
        turn_normal(halves[0], halves[1], groups * 8, (float)job->mean, (float)job->std);
        for (int i = 0; i < 2 * groups; i++) memcpy(values + i * 8, halves[i & 1] + (i >> 1) * 8, 8 * sizeof(float));
    }
}

/* The C library's functions, as PyTorch calls them. */
static void run_normals_double(void *argument, int piece, int pieces)
{
    normal_job *job = argument;
    npy_intp from, to;
    part_of(job->groups, piece, pieces, &from, &to);
    for (npy_intp group = from; group < to; group++) {
        double *values = (double *)job->values + group * GROUP;
        for (int i = 0; i < 8; i++) {
            double radius = sqrt(-2.0 * log(1.0 - values[i])), angle = (2.0 * 3.14159265358979323846) * values[i + 8];
            values[i] = fma(radius * cos(angle), job->std, job->mean);
            values[i + 8] = fma(radius * sin(angle), job->std, job->mean);
        }
    }
}

void make_normals(float *values, npy_intp groups, double mean, double std)
{
    normal_job job = {values, groups, mean, std};
    run_normals_float(&job, 0, 1);
}

/* (uniforms, mean, std): turn uniforms, a multiple of 16 of them, into normals in place. */
static PyObject *normals_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *values = count == 3 ? plain_floats(args[0]) : NULL;
    normal_job job;
    if (!values || !PyArray_ISWRITEABLE(values) || PyArray_SIZE(values) % GROUP) DECLINE;
    if (!number_of(args[1], &job.mean) || !number_of(args[2], &job.std)) DECLINE;
    job.values = PyArray_DATA(values);
    job.groups = PyArray_SIZE(values) / GROUP;
    int single = PyArray_TYPE(values) == NPY_FLOAT;
    run_parallel(single ? run_normals_float : run_normals_double, &job, PyArray_SIZE(values) * (single ? 1 : 16), job.groups);
    Py_RETURN_TRUE;
}

/* ---------------------------------------------------------------- the C library's functions of float64 */

typedef struct {
    double (*function)(double);
} library_function;

typedef struct {
    double (*function)(double), *out;
    const double *in;
    npy_intp count;
} library_job;

static void run_library(void *argument, int piece, int pieces)
{
    library_job *job = argument;
    npy_intp first, last;
    part_of(job->count, piece, pieces, &first, &last);
    for (; first < last; first++) job->out[first] = job->function(job->in[first]);
}

static PyObject *library_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *values = count == 1 ? plain_of(args[0], NPY_DOUBLE) : NULL;
    if (!values) DECLINE;
    PyArrayObject *result = new_line(NPY_DOUBLE, PyArray_SIZE(values));
    if (!result) return NULL;
    library_job job = {((const library_function *)row->data)->function, PyArray_DATA(result), PyArray_DATA(values), PyArray_SIZE(values)};
    run_parallel(run_library, &job, job.count * 8, job.count);
    return (PyObject *)result;
}

static const library_function library_log = {log}, library_log1p = {log1p}, library_cos = {cos}, library_sin = {sin}, library_tan = {tan},
                              library_exp = {exp};

/* ---------------------------------------------------------------- permutations */

/* (draws): the permutation of one number more than draws; the i-th of them says with which later place the i-th is exchanged. */
static PyObject *permutation_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *draws = count == 1 ? plain_of(args[0], NPY_UINT32) : NULL;
    if (!draws || PyArray_SIZE(draws) >= UINT32_MAX) DECLINE;
    npy_intp size = PyArray_SIZE(draws) + 1;
    PyArrayObject *result = new_line(NPY_INT64, size);
    if (!result) return NULL;
    const uint32_t *words = PyArray_DATA(draws);
    int64_t *values = PyArray_DATA(result);
    for (npy_intp i = 0; i < size; i++) values[i] = i;
    for (npy_intp i = 0; i < size - 1; i++) {
        npy_intp other = i + words[i] % (uint32_t)(size - i);
        int64_t kept = values[i];
        values[i] = values[other];
        values[other] = kept;
    }
    return (PyObject *)result;
}

const kernel_row random_kernels[] = {
    {"twister", twister_kernel, NULL, NULL},
    {"twister_seed", twister_seed_kernel, NULL, NULL},
    {"uniform_floats", uniform_floats_kernel, NULL, NULL},
    {"uniform_doubles", uniform_doubles_kernel, NULL, NULL},
    {"normals", normals_kernel, NULL, NULL},
    {"permutation", permutation_kernel, NULL, NULL},
    {"library_log", library_kernel, &library_log, NULL},
    {"library_log1p", library_kernel, &library_log1p, NULL},
    {"library_cos", library_kernel, &library_cos, NULL},
    {"library_sin", library_kernel, &library_sin, NULL},
    {"library_tan", library_kernel, &library_tan, NULL},
    {"library_exp", library_kernel, &library_exp, NULL},
    {NULL}};
