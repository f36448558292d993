/* Activations, their derivatives and other functions of corresponding elements, in one pass over memory.

   A kernel is an expression of up to three arrays a, b, c and a few numbers p[]; a pattern says in which order the operator takes them.
   Arrays are of one dtype and lie alike in memory; one that is an expanded number may stand beside them. */

#ifndef REAL

#include "_kernels_math.h"

typedef struct {
    /* a: array, o: array or number, n: number, u: number above 0, z, g, m: a number or None for 0, the largest, minus the largest, r: number rounded to 16 bits beside such arrays, l, h: a bound or None, b: a bool that has to be False,
       s: "none" (0) or "tanh" (1) */
    const char *pattern;
    void (*of_float)(float *, const float *, const float *, const float *, npy_intp, const float *);
    void (*of_double)(double *, const double *, const double *, const double *, npy_intp, const double *);
} formula;

typedef struct {
    const formula *formula;
    int type, kind, arrays; /* what is computed in; the kind of 16-bit floats that the arrays are */
    char *in[3], *out;
    npy_intp steps[3], item, count; /* steps are 0 for expanded numbers */
    float floats[4];
    double doubles[4], number;
    union { float of_float; double of_double; } constant; /* the number in an array's place */
} map_job;

/* of _kernels_roots.c */
void square_roots_float(const float *x, float *out, npy_intp count);
void square_roots_double(const double *x, double *out, npy_intp count);

#define THIS_FILE "_kernels_elementwise.c"
#include "_kernels_floats.h"

/* ---------------------------------------------------------------- remainders

   In double precision the whole quotient of two floats is exact where it is below 2^28, and so is what is left over. */

#define PART 256 /* elements */

INLINE float quotient_part(float *rest, const float *a, const float *b, npy_intp count)
{
    int far = 0;
    for (npy_intp i = 0; i < count; i++) {
        double x = a[i], y = b[i], q = trunc(x / y), left = x - q * y;
        far |= q >= 268435456.0 || q <= -268435456.0;
        left = y == INFINITY || y == -INFINITY ? (x < INFINITY && x > -INFINITY ? x : NAN) : left;
        rest[i] = copysignf((float)left, a[i]);
    }
    return far;
}

#define LEFT_OVER(name, EXPRESSION) \
    CLONES static void name(float *out, const float *a, const float *b, const float *unused, npy_intp count, const float *numbers) \
    { \
        float rest[PART]; \
        for (npy_intp first = 0; first < count; first += PART) { \
            npy_intp length = count - first < PART ? count - first : PART; \
            if (quotient_part(rest, a + first, b + first, length)) \
                for (npy_intp i = 0; i < length; i++) rest[i] = (float)fmod(a[first + i], b[first + i]); \
            for (npy_intp i = 0; i < length; i++) { \
                float x = a[first + i], y = b[first + i], r = rest[i]; \
                (void)x, (void)y; \
                out[first + i] = EXPRESSION; \
            } \
        } \
    }

INLINE float floored(float x, float y, float r)
{
    float wide = (x - r) / y, below = (r != 0) & ((y < 0) != (r < 0)) ? wide - 1 : wide, whole = floorf(below);
    whole = below - whole > 0.5f ? whole + 1 : whole;
    return y == 0 ? x / y : below == 0 ? copysignf(0.0f, x / y) : whole;
}

LEFT_OVER(fmod_float, r)
LEFT_OVER(remainder_float, (r != 0) & ((y < 0) != (r < 0)) ? r + y : r)
LEFT_OVER(floor_divide_float, floored(x, y, r))

static void lgamma_float(float *out, const float *a, const float *b, const float *c, npy_intp count, const float *numbers)
{
    for (npy_intp i = 0; i < count; i++) out[i] = lgammaf(a[i]);
}

static void lgamma_double(double *out, const double *a, const double *b, const double *c, npy_intp count, const double *numbers)
{
    for (npy_intp i = 0; i < count; i++) out[i] = lgamma(a[i]);
}

static void run_span(map_job *job, char *const *in, char *out, npy_intp count)
{
    if (job->type == NPY_FLOAT) job->formula->of_float((float *)out, (float *)in[0], (float *)in[1], (float *)in[2], count, job->floats);
    else job->formula->of_double((double *)out, (double *)in[0], (double *)in[1], (double *)in[2], count, job->doubles);
}

static void run_map(void *argument, int piece, int pieces)
{
    map_job *job = argument;
    npy_intp first, last, span = BLOCKED;
    double buffers[3][BLOCKED];
    float narrowed[BLOCKED];
    char *in[3] = {NULL, NULL, NULL};
    int blocked = job->kind;
    lines_of(job->count, piece, pieces, &first, &last);
    for (int index = 0; index < job->arrays; index++) {
        npy_intp filled = last - first < BLOCKED ? last - first : BLOCKED;
        if (job->steps[index]) continue;
        blocked = 1;
        in[index] = (char *)buffers[index];
        float number;
        if (job->kind && job->in[index] == (char *)&job->constant) number = job->constant.of_float;
        else if (job->kind) widen(job->kind, job->in[index], &number, 1);
        for (npy_intp i = 0; i < filled; i++) {
            if (job->kind) ((float *)buffers[index])[i] = number;
            else memcpy(in[index] + i * job->item, job->in[index], job->item);
        }
    }
    if (!blocked) span = last - first;
    for (; first < last; first += span) {
        npy_intp count = last - first < span ? last - first : span;
        char *out = job->out + first * job->item;
        for (int index = 0; index < job->arrays; index++) {
            if (!job->steps[index]) continue;
            in[index] = job->in[index] + first * job->item;
            if (!job->kind) continue;
            widen(job->kind, in[index], (float *)buffers[index], count);
            in[index] = (char *)buffers[index];
        }
        run_span(job, in, job->kind ? (char *)narrowed : out, count);
        if (job->kind) narrow(job->kind, narrowed, out, count);
    }
}

static int read_numbers(map_job *job, PyObject *const *args, PyArrayObject **arrays)
{
    int numbers = 0;
    for (const char *kind = job->formula->pattern; *kind; kind++, args++) {
        double number = 0;
        if (*kind == 'a' || *kind == 'o') {
            PyArrayObject *array = array_of(*args);
            if (*kind == 'o' && !array && number_of(*args, &job->number)) {
                arrays[job->arrays++] = NULL;
                continue;
            }
            if (!array || job->arrays == 3 || (!is_float(array) && !narrow_kind(array))) return 0;
            arrays[job->arrays++] = array;
            continue;
        }
        if (*kind == 'b') {
            if (*args != Py_False) return 0;
            continue;
        }
        PyArrayObject *one = floats_of(*args); /* a number that was promoted */
        if (*kind == 's') {
            if (!PyUnicode_CheckExact(*args)) return 0;
            number = PyUnicode_CompareWithASCIIString(*args, "tanh") == 0;
            if (!number && PyUnicode_CompareWithASCIIString(*args, "none")) return 0;
        }
        else if (one && PyArray_NDIM(one) == 0)
            number = PyArray_TYPE(one) == NPY_FLOAT ? *(float *)PyArray_DATA(one) : *(double *)PyArray_DATA(one);
        else if ((*kind == 'l' || *kind == 'h') && *args == Py_None) number = *kind == 'l' ? -INFINITY : INFINITY;
        else if (*args == Py_None && strchr("zgm", *kind)) {
            double largest = job->arrays && PyArray_TYPE(arrays[0]) == NPY_DOUBLE ? 1.7976931348623157e308 : 3.4028234663852886e38;
            if (job->arrays && narrow_kind(arrays[0])) return 0; /* whose largest are others */
            number = *kind == 'g' ? largest : *kind == 'm' ? -largest : 0;
        }
        else if (!number_of(*args, &number)) return 0;
        if (((*kind == 'l' || *kind == 'h') && number != number) || (*kind == 'u' && !(number > 0))) return 0;
        if (*kind == 'r' && job->arrays && narrow_kind(arrays[0])) {
            float single = (float)number;
            uint16_t rounded;
            narrow(narrow_kind(arrays[0]), &single, &rounded, 1);
            widen(narrow_kind(arrays[0]), &rounded, &single, 1);
            number = single;
        }
        job->doubles[numbers] = number;
        job->floats[numbers++] = (float)number;
    }
    return 1;
}

/* Read a call's arguments; the array whose memory the result's is to be like, or NULL where NumPy has to be asked. */
static PyArrayObject *read_map(map_job *job, PyObject *const *args, Py_ssize_t count, PyArrayObject **arrays)
{
    PyArrayObject *lead = NULL;
    if (count != (Py_ssize_t)strlen(job->formula->pattern) || !read_numbers(job, args, arrays)) return NULL;
    int mixes = strchr(job->formula->pattern, 'o') != NULL; /* numbers of no dimensions may stand beside larger arrays */
    for (int index = 0; index < job->arrays && !lead; index++)
        if (arrays[index] && mixes && PyArray_NDIM(arrays[index])) lead = arrays[index];
    for (int index = 0; index < job->arrays && !lead; index++)
        if (arrays[index] && (!is_constant(arrays[index]) || PyArray_SIZE(arrays[index]) == 1)) lead = arrays[index];
    if (!lead) return NULL;
    job->kind = narrow_kind(lead);
    job->type = job->kind ? NPY_FLOAT : PyArray_TYPE(lead);
    job->item = PyArray_ITEMSIZE(lead);
    if (job->type == NPY_FLOAT ? !job->formula->of_float : !job->formula->of_double) return NULL;
    int ndim = PyArray_NDIM(lead);
    for (int index = 0; index < job->arrays; index++) {
        PyArrayObject *array = arrays[index];
        if (!array) {
            if (job->kind) return NULL; /* beside 16-bit floats numbers may be rounded first */
            if (job->type == NPY_FLOAT) job->constant.of_float = (float)job->number;
            else job->constant.of_double = job->number;
            job->in[index] = (char *)&job->constant;
            continue;
        }
        job->in[index] = PyArray_BYTES(array);
        job->steps[index] = job->item;
        if (PyArray_TYPE(array) != PyArray_TYPE(lead)) return NULL;
        if (array == lead) continue;
        if (PyArray_NDIM(array) == 0 && mixes) {
            job->steps[index] = 0;
            continue;
        }
        if (!same_shape(array, lead)) return NULL;
        if (PyArray_SIZE(lead) > 1 && is_constant(array)) job->steps[index] = 0;
        else if (memcmp(PyArray_STRIDES(array), PyArray_STRIDES(lead), ndim * sizeof(npy_intp))) return NULL;
    }
    job->count = PyArray_SIZE(lead);
    return lead;
}

static PyObject *map_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    map_job job = {.formula = row->data, .arrays = 0};
    PyArrayObject *arrays[3], *lead = read_map(&job, args, count, arrays);
    if (!lead) DECLINE;
    PyArrayObject *result = new_in_step(lead, PyArray_TYPE(lead));
    if (!result) {
        if (PyErr_Occurred()) return NULL;
        DECLINE;
    }
    job.out = PyArray_BYTES(result);
    run_parallel(run_map, &job, job.count, job.count / 64);
    return (PyObject *)result;
}

/* map_kernel() with the result written into the first operand. */
static int map_into(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    map_job job = {.formula = row->data, .arrays = 0};
    PyArrayObject *arrays[3], *lead = read_map(&job, args, count, arrays);
    if (!lead || strchr(job.formula->pattern, 'o') || (PyObject *)lead != args[0] || !PyArray_ISWRITEABLE(lead) || !is_dense(lead)) return 0;
    char *start = PyArray_BYTES(lead), *end = start + job.count * job.item;
    for (int index = 1; index < job.arrays; index++) {
        char *other = job.in[index];
        if (other == start && job.steps[index]) continue;
        if (other < end && start < other + (job.steps[index] ? end - start : job.item)) return 0; /* they share some memory */
    }
    job.out = start;
    run_parallel(run_map, &job, job.count, job.count / 64);
    return 1;
}

/* ---------------------------------------------------------------- choice */

typedef struct {
    const char *condition, *in[2];
    char *out;
    npy_intp item, count, steps[2];
    union { float f; double d; int64_t bits; } numbers[2];
} choose_job;

#define CHOOSING(name, TYPE) \
    FEW_CLONES static void name(const char *condition, const TYPE *a, npy_intp a_step, const TYPE *b, npy_intp b_step, TYPE *out, npy_intp count) \
    { \
        if (a_step && b_step) \
            for (npy_intp i = 0; i < count; i++) out[i] = (a[i] & -(TYPE)(condition[i] != 0)) | (b[i] & ~-(TYPE)(condition[i] != 0)); \
        else if (a_step) \
            for (npy_intp i = 0; i < count; i++) out[i] = (a[i] & -(TYPE)(condition[i] != 0)) | (*b & ~-(TYPE)(condition[i] != 0)); \
        else if (b_step) \
            for (npy_intp i = 0; i < count; i++) out[i] = (*a & -(TYPE)(condition[i] != 0)) | (b[i] & ~-(TYPE)(condition[i] != 0)); \
        else \
            for (npy_intp i = 0; i < count; i++) out[i] = (*a & -(TYPE)(condition[i] != 0)) | (*b & ~-(TYPE)(condition[i] != 0)); \
    }
CHOOSING(choose_4, uint32_t)
CHOOSING(choose_8, uint64_t)

static void run_choose(void *argument, int piece, int pieces)
{
    choose_job *job = argument;
    npy_intp first, last;
    lines_of(job->count, piece, pieces, &first, &last);
    const char *a = job->in[0] + first * job->steps[0], *b = job->in[1] + first * job->steps[1], *condition = job->condition + first;
    char *out = job->out + first * job->item;
    if (job->item == 4)
        choose_4(condition, (uint32_t *)a, job->steps[0], (uint32_t *)b, job->steps[1], (uint32_t *)out, last - first);
    else choose_8(condition, (uint64_t *)a, job->steps[0], (uint64_t *)b, job->steps[1], (uint64_t *)out, last - first);
}

/* (condition, x, y): x where the condition holds, else y; each is an array of the condition's shape, of no dimensions, or a number. */
static PyObject *choose_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    PyArrayObject *condition = count == 3 ? array_of(args[0]) : NULL, *lead = NULL;
    if (!condition || PyArray_TYPE(condition) != NPY_BOOL || !is_plain(condition)) DECLINE;
    choose_job job = {.condition = PyArray_BYTES(condition), .count = PyArray_SIZE(condition)};
    for (int which = 0; which < 2; which++) {
        PyArrayObject *array = array_of(args[1 + which]);
        if (!array) continue;
        if (lead && PyArray_TYPE(array) != PyArray_TYPE(lead)) DECLINE;
        job.item = PyArray_ITEMSIZE(array);
        if (PyArray_TYPE(array) >= NPY_NTYPES_LEGACY || PyTypeNum_ISFLEXIBLE(PyArray_TYPE(array)) || PyArray_TYPE(array) == NPY_OBJECT) DECLINE;
        if (job.item != 4 && job.item != 8) DECLINE;
        if (same_shape(array, condition) && is_plain(array)) job.steps[which] = job.item;
        else if (PyArray_NDIM(array) && !(same_shape(array, condition) && is_constant(array))) DECLINE;
        job.in[which] = PyArray_BYTES(array);
        if (!lead || PyArray_NDIM(lead) == 0) lead = array;
    }
    if (!lead) DECLINE;
    for (int which = 0; which < 2; which++) {
        double number;
        if (job.in[which]) continue;
        if (!is_float(lead) || !PyArray_NDIM(lead) || !number_of(args[1 + which], &number)) DECLINE;
        if (job.item == 4) job.numbers[which].f = (float)number;
        else job.numbers[which].d = number;
        job.in[which] = (char *)&job.numbers[which];
    }
    PyArrayObject *result = new_array(PyArray_TYPE(lead), PyArray_NDIM(condition), PyArray_DIMS(condition), 0);
    if (!result) return NULL;
    job.out = PyArray_BYTES(result);
    run_parallel(run_choose, &job, job.count, job.count / 64);
    return (PyObject *)result;
}

#define MAPPED(name, pattern) static const formula name##_formula = {pattern, name##_float, name##_double};
MAPPED(relu, "a")
MAPPED(threshold_backward, "aan")
MAPPED(leaky_relu, "an")
MAPPED(leaky_relu_backward, "aanb")
MAPPED(hardtanh, "ann")
MAPPED(hardtanh_backward, "aann")
MAPPED(elu, "annn")
MAPPED(elu_backward, "annnba")
MAPPED(sigmoid, "a")
MAPPED(sigmoid_backward, "aa")
MAPPED(tanh_backward, "aa")
MAPPED(silu, "a")
MAPPED(silu_backward, "aa")
MAPPED(gelu, "as")
MAPPED(gelu_backward, "aas")
MAPPED(softplus, "ann")
MAPPED(softplus_backward, "aann")
MAPPED(log_sigmoid, "a")
MAPPED(hardswish, "a")
MAPPED(hardswish_backward, "aa")
MAPPED(hardsigmoid, "a")
MAPPED(hardsigmoid_backward, "aa")
MAPPED(erf_of, "a")
MAPPED(sqrt_of, "a")
MAPPED(rsqrt, "a")
MAPPED(addcmul, "aaan")
MAPPED(addcdiv, "aaan")
MAPPED(lerp, "aan")
MAPPED(scaled_sum, "aar")
MAPPED(scaled_difference, "aar")
MAPPED(clamp, "alh")
MAPPED(softshrink, "an")
MAPPED(softshrink_backward, "aan")
MAPPED(hardshrink, "an")
MAPPED(smooth_l1, "aan")
MAPPED(sign, "a")
MAPPED(logaddexp, "oo")
MAPPED(nan_to_num, "azgm")
MAPPED(celu, "au")
MAPPED(smooth_l1_backward, "oaann")
MAPPED(huber, "aan")
MAPPED(huber_backward, "oaann")
static const formula fmod_formula = {"oo", fmod_float, NULL}, remainder_formula = {"oo", remainder_float, NULL};
static const formula floor_divide_formula = {"oo", floor_divide_float, NULL}, hypot_formula = {"oo", hypot_float, NULL};
static const formula exp_below_formula = {"a", exp_below_float, NULL};
static const formula erfc_formula = {"a", erfc_float, NULL}, erfinv_formula = {"a", erfinv_float, NULL}, lgamma_formula = {"a", lgamma_float, lgamma_double};
static const formula exp_of_formula = {"a", exp_of_float, NULL}, expm1_of_formula = {"a", expm1_of_float, NULL};
MAPPED(log1p_of, "a")
MAPPED(frac, "a")

/* ---------------------------------------------------------------- powers */

MAPPED(square, "a")
MAPPED(cube, "a")
MAPPED(negative, "a")
MAPPED(number_minus, "ar")
MAPPED(square_slope, "aa")
MAPPED(cube_slope, "aa")
MAPPED(first_of, "aa")

/* Powers of floats with small exponents, and with a gradient in front what it is multiplied with: (x, exponent), (grad, x, exponent). */
static PyObject *power_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    const formula *const *formulas = row->data;
    double exponent;
    if (count < 2 || !floats_of(args[0]) || !number_of(args[count - 1], &exponent)) DECLINE;
    if (exponent != 1 && exponent != 2 && exponent != 3 && exponent != 0.5) DECLINE;
    const kernel_row chosen = {row->name, map_kernel, formulas[(int)exponent], NULL}; /* the root's stands where the power of 0 would */
    if (!chosen.data) DECLINE;
    return map_kernel(&chosen, args, count - 1);
}
static const formula *const powers[] = {&sqrt_of_formula, NULL, &square_formula, &cube_formula};
static const formula *const slopes[] = {NULL, &first_of_formula, &square_slope_formula, &cube_slope_formula};

/* A formula of all arguments but the last, alpha, which is 1. */
static PyObject *unscaled_kernel(const kernel_row *row, PyObject *const *args, Py_ssize_t count)
{
    double alpha;
    if (count < 2 || !number_of(args[count - 1], &alpha) || alpha != 1) DECLINE;
    const kernel_row chosen = {row->name, map_kernel, row->data, NULL};
    return map_kernel(&chosen, args, count - 1);
}

#define ROW(name) {#name, map_kernel, &name##_formula, map_into}
const kernel_row elementwise_kernels[] = {
    ROW(relu), ROW(threshold_backward), ROW(leaky_relu), ROW(leaky_relu_backward), ROW(hardtanh), ROW(hardtanh_backward), ROW(elu),
    ROW(elu_backward), ROW(sigmoid), ROW(sigmoid_backward), ROW(tanh_backward), ROW(silu), ROW(silu_backward), ROW(gelu),
    ROW(gelu_backward), ROW(softplus), ROW(softplus_backward), ROW(log_sigmoid), ROW(hardswish), ROW(hardswish_backward),
    ROW(hardsigmoid), ROW(hardsigmoid_backward), ROW(erf_of), ROW(sqrt_of), ROW(rsqrt), ROW(addcmul), ROW(addcdiv), ROW(lerp), ROW(scaled_sum),
    ROW(scaled_difference), ROW(clamp), ROW(softshrink), ROW(softshrink_backward), ROW(hardshrink), ROW(smooth_l1), ROW(sign),
    ROW(fmod), ROW(remainder), ROW(floor_divide), ROW(hypot), ROW(logaddexp), ROW(nan_to_num), ROW(celu), ROW(smooth_l1_backward),
    ROW(huber), ROW(huber_backward), ROW(cube), ROW(exp_below), ROW(erfc), ROW(erfinv), ROW(lgamma),
    ROW(exp_of), ROW(expm1_of), ROW(log1p_of), ROW(frac), {"number_minus", unscaled_kernel, &number_minus_formula, NULL},
    {"negated_if_one", unscaled_kernel, &negative_formula, NULL},
    {"choose", choose_kernel, NULL, NULL}, {"power", power_kernel, powers, NULL}, {"power_slope", power_kernel, slopes, NULL},
    {NULL}};
#undef ROW

#else /* ---------------------------------------------------------------- for each type */

#define EXP NAMED(exp)
#define C(number) ((REAL)(number))
#define MAP1(name, EXPRESSION) MAPPING1(REAL_CLONES, name, EXPRESSION)
#define FUSED1(name, EXPRESSION) MAPPING1(REAL_FUSED_CLONES, name, EXPRESSION)
#define MAPPING1(kinds, name, EXPRESSION) \
    kinds static void NAMED(name)(REAL *out, const REAL *a, const REAL *b, const REAL *c, npy_intp count, const REAL *numbers) \
    { \
        const REAL p[4] = {numbers[0], numbers[1], numbers[2], numbers[3]}; \
        (void)p; \
        _Pragma("GCC ivdep") for (npy_intp i = 0; i < count; i++) { \
            REAL x = a[i]; \
            out[i] = EXPRESSION; \
        } \
    }
#define MAPPING2(CLONED, name, EXPRESSION) \
    CLONED static void NAMED(name)(REAL *out, const REAL *a, const REAL *b, const REAL *c, npy_intp count, const REAL *numbers) \
    { \
        const REAL p[4] = {numbers[0], numbers[1], numbers[2], numbers[3]}; \
        (void)p; \
        _Pragma("GCC ivdep") for (npy_intp i = 0; i < count; i++) { \
            REAL g = a[i], x = b[i]; \
            out[i] = EXPRESSION; \
        } \
    }
#define MAPPING3(CLONED, name, EXPRESSION) \
    CLONED static void NAMED(name)(REAL *out, const REAL *a, const REAL *b, const REAL *c, npy_intp count, const REAL *numbers) \
    { \
        const REAL p[4] = {numbers[0], numbers[1], numbers[2], numbers[3]}; \
        (void)p; \
        _Pragma("GCC ivdep") for (npy_intp i = 0; i < count; i++) { \
            REAL x = a[i], y = b[i], z = c[i]; \
            out[i] = EXPRESSION; \
        } \
    }

#define MAP2(name, EXPRESSION) MAPPING2(REAL_CLONES, name, EXPRESSION)
#define MAP3(name, EXPRESSION) MAPPING3(REAL_CLONES, name, EXPRESSION)
#define FUSED2(name, EXPRESSION) MAPPING2(REAL_FUSED_CLONES, name, EXPRESSION)
#define FUSED3(name, EXPRESSION) MAPPING3(REAL_FUSED_CLONES, name, EXPRESSION)

/* x * y + z, rounded once, as in PyTorch's vector code. */
INLINE REAL NAMED(fused)(REAL x, REAL y, REAL z)
{
    return sizeof(REAL) == sizeof(float) ? (REAL)fmaf(x, y, z) : (REAL)fma(x, y, z);
}

INLINE REAL NAMED(smooth)(REAL size, REAL beta)
{
    return size < beta ? C(0.5) * size * size / beta : size - C(0.5) * beta;
}

INLINE REAL NAMED(huber_of)(REAL size, REAL delta)
{
    return size <= delta ? C(0.5) * size * size : delta * (size - C(0.5) * delta);
}

INLINE REAL NAMED(clip)(REAL x, REAL low, REAL high)
{
    x = x < low ? low : x;
    return x > high ? high : x;
}

MAP1(square, x * x)
MAP1(cube, x * x * x)
MAP1(negative, -x)
MAP1(number_minus, p[0] - x)
MAP2(square_slope, g * (x * 2))
MAP2(cube_slope, g * (x * x * 3))
MAP2(first_of, g)
MAP1(relu, x < 0 ? C(0) : x)
MAP2(threshold_backward, x <= p[0] ? C(0) : g)
MAP1(leaky_relu, x > 0 ? x : x * p[0])
MAP2(leaky_relu_backward, x > 0 ? g : g * p[0])
MAP1(hardtanh, NAMED(clip)(x, p[0], p[1]))
MAP2(hardtanh_backward, (x <= p[0]) | (x >= p[1]) ? C(0) : g)
MAP1(elu, x > 0 ? x * p[1] : NAMED(expm1_negative)(x > 0 ? C(0) : x * p[2]) * (p[0] * p[1]))
MAP2(elu_backward, x <= 0 ? g * (p[2] * (p[0] * p[1]) * EXP(x * p[2])) : g * p[1])
MAP1(sigmoid, 1 / (1 + EXP(-x)))
MAP2(sigmoid_backward, g * (1 - x) * x)
MAP2(tanh_backward, g * (1 - x * x))
MAP1(silu, x / (1 + EXP(-x)))

INLINE REAL NAMED(silu_slope)(REAL g, REAL x)
{
    REAL slope = 1 / (1 + EXP(-x));
    return g * slope * (1 + x * (1 - slope));
}
MAP2(silu_backward, NAMED(silu_slope)(g, x))

INLINE REAL NAMED(gelu_inner)(REAL x)
{
    return C(0.7978845608028654) * (x + C(0.044715) * (x * x * x));
}
/* 1 + tanh(y) = 2 / (1 + exp(-2y)) */
INLINE REAL NAMED(gelu_tanh)(REAL x)
{
    return x / (1 + EXP(-2 * NAMED(gelu_inner)(x)));
}
INLINE REAL NAMED(gelu_tanh_slope)(REAL x)
{
    REAL half = 1 / (1 + EXP(-2 * NAMED(gelu_inner)(x))); /* (1 + tanh) / 2 */
    return half + x * (2 * half * (1 - half)) * (C(0.7978845608028654) * (1 + 3 * C(0.044715) * (x * x)));
}
/* The normal distribution's probability below x, and its density. */
INLINE REAL NAMED(gelu_erf)(REAL x)
{
    REAL tail = NAMED(normal_tail)(x, EXP(x * x * C(-0.5)));
    return x * (x < 0 ? tail : 1 - tail);
}
INLINE REAL NAMED(gelu_erf_slope)(REAL x)
{
    REAL power = EXP(x * x * C(-0.5)), tail = NAMED(normal_tail)(x, power);
    return (x < 0 ? tail : 1 - tail) + x * (power * C(0.3989422804014327));
}
MAP1(gelu_of_erf, NAMED(gelu_erf)(x))
MAP1(gelu_of_tanh, NAMED(gelu_tanh)(x))
MAP2(gelu_of_erf_backward, g * NAMED(gelu_erf_slope)(x))
MAP2(gelu_of_tanh_backward, g * NAMED(gelu_tanh_slope)(x))
static void NAMED(gelu)(REAL *out, const REAL *a, const REAL *b, const REAL *c, npy_intp count, const REAL *p)
{
    (p[0] != 0 ? NAMED(gelu_of_tanh) : NAMED(gelu_of_erf))(out, a, b, c, count, p);
}
static void NAMED(gelu_backward)(REAL *out, const REAL *a, const REAL *b, const REAL *c, npy_intp count, const REAL *p)
{
    (p[0] != 0 ? NAMED(gelu_of_tanh_backward) : NAMED(gelu_of_erf_backward))(out, a, b, c, count, p);
}

/* log(1 + exp(y)) */
INLINE REAL NAMED(log_of_sum)(REAL y)
{
    REAL size = y < 0 ? y : -y;
    return (y > 0 ? y : C(0)) + NAMED(log1p_unit)(EXP(size));
}
MAP1(softplus, x * p[0] > p[1] ? x : NAMED(log_of_sum)(x * p[0]) / p[0])
MAP2(softplus_backward, x * p[0] > p[1] ? g : g / (1 + EXP(-(x * p[0]))))
MAP1(log_sigmoid, -NAMED(log_of_sum)(-x))
MAP1(hardswish, x * NAMED(clip)(x + 3, 0, 6) / 6)
MAP2(hardswish_backward, x <= -3 ? C(0) : x < 3 ? g * (x / 3 + C(0.5)) : g)
MAP1(hardsigmoid, NAMED(clip)(x + 3, 0, 6) / 6)
MAP2(hardsigmoid_backward, (x > -3) & (x < 3) ? g * C(0.1666666716337204) : C(0))
FUSED1(erf_of, NAMED(erf)(x))
MAP1(celu, x > 0 ? x : NAMED(expm1_negative)(x > 0 ? C(0) : x * (REAL)(1.0 / (double)p[0])) * p[0])
MAP1(nan_to_num, x != x ? p[0] : x == INFINITY ? p[1] : x == -INFINITY ? p[2] : x)

INLINE REAL NAMED(log_of_powers)(REAL x, REAL y)
{
    REAL apart = x > y ? y - x : x - y;
    REAL more = NAMED(log1p_unit)(EXP(apart));
    return x == y ? x + C(0.6931471805599453) : apart != apart ? apart : (x > y ? x : y) + more;
}
MAP2(logaddexp, NAMED(log_of_powers)(g, x))
/* Slopes of losses: the gradient, the operands, the bound, and what the mean divides by as a factor. */
MAP3(smooth_l1_backward, (y - z <= -p[0] ? -p[1] : y - z >= p[0] ? p[1] : p[1] * (y - z) / p[0]) * x)
MAP3(huber_backward, p[1] * NAMED(clip)(y - z, -p[0], p[0]) * x)
MAP2(huber, NAMED(huber_of)(g < x ? x - g : g - x, p[0]))
static void NAMED(sqrt_of)(REAL *out, const REAL *a, const REAL *b, const REAL *c, npy_intp count, const REAL *numbers)
{
    NAMED(square_roots)(a, out, count);
}
MAP1(rsqrt, 1 / (REAL)sqrt(x))
FUSED3(addcmul, NAMED(fused)(p[0] * y, z, x))
MAP3(addcdiv, x + p[0] * y / z)
FUSED2(lerp, (p[0] < 0 ? -p[0] : p[0]) < C(0.5) ? NAMED(fused)(p[0], x - g, g) : NAMED(fused)(g - x, 1 - p[0], x))
FUSED2(scaled_sum, NAMED(fused)(p[0], x, g))
FUSED2(scaled_difference, NAMED(fused)(-p[0], x, g))
MAP1(clamp, NAMED(clip)(x, p[0], p[1]))
MAP1(softshrink, x > p[0] ? x - p[0] : x < -p[0] ? x + p[0] : x * 0)
MAP2(softshrink_backward, (x >= -p[0]) & (x <= p[0]) ? C(0) : g)
MAP1(hardshrink, (x >= -p[0]) & (x <= p[0]) ? C(0) : x)
MAP2(smooth_l1, NAMED(smooth)(g < x ? x - g : g - x, p[0]))
MAP1(sign, (REAL)((x > 0) - (x < 0)))
MAP1(frac, x - (REAL)trunc(x))
#ifdef SINGLE /* NumPy's are as good in float64 */
FUSED1(exp_of, exp_fused_float(x))
FUSED1(exp_below, exp_fused_float(x < 0 ? x : -x))
FUSED1(erfc, erfc_fused_float(x))
FUSED1(erfinv, erfinv_fused_float(x))
MAP2(hypot, g == INFINITY || g == -INFINITY || x == INFINITY || x == -INFINITY ? INFINITY : (float)sqrt((double)g * g + (double)x * x))
FUSED1(expm1_of, expm1_fused_float(x))
#endif
FUSED1(log1p_of, NAMED(log1p_fused)(x))
#undef EXP
#undef C
#undef MAP1
#undef FUSED1
#undef MAPPING1
#undef MAP2
#undef MAP3

#endif
