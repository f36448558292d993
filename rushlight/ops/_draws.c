/* Small random tensors without Python: uniform and normal draws, integers, dropout.

   They take what is left of the block of outputs that the generator's stream holds (streams_state.py) and decline where it does not suffice,
   so that a new block is always made there. Which numbers come of it say streams_real.py, streams_normal.py and streams_integer.py. */

#include "../_core/_native.h"
#include "../_core/_record.h"
#include <math.h>

#define LARGEST 512 /* words that are taken at once */
#define GROUP 16    /* normals that are made together */

/* of _kernels_random.c */
void make_uniform_floats(const uint32_t *words, float *out, npy_intp count);
void make_uniform_doubles(const uint32_t *words, double *out, npy_intp count);
void make_normals(float *values, npy_intp groups, double mean, double std);
/* of _makers.c */
int read_new_tensor(PyObject *sizes, PyObject *const *options, int otherwise, npy_intp *dims, int *type, int *requires_grad);
int read_like_tensor(PyArrayObject *like, PyObject *const *options, int *type, int *requires_grad);
int default_number(void);

static struct {
    PyObject *generator, *multiply, *wrote; /* the default one; the operator mul; origin.wrote() */
    PyObject *stream_name, *outputs_name, *next_name, *left_name, *double_name;
} source;

PyObject *set_draws(PyObject *module, PyObject *args)
{
    if (!PyArg_ParseTuple(args, "OOO", &source.generator, &source.multiply, &source.wrote)) return NULL;
    Py_INCREF(args); /* and so all of them */
    source.stream_name = PyUnicode_InternFromString("_stream");
    source.outputs_name = PyUnicode_InternFromString("_outputs");
    source.next_name = PyUnicode_InternFromString("_next");
    source.left_name = PyUnicode_InternFromString("_left");
    source.double_name = PyUnicode_InternFromString("next_double");
    Py_RETURN_NONE;
}

/* ---------------------------------------------------------------- the stream */

/* The stream of a generator argument; NULL, without an error, for what is none. */
static PyObject *stream_of(PyObject *generator)
{
    PyObject *found = PyObject_GetAttr(generator == Py_None ? source.generator : generator, source.stream_name);
    PyErr_Clear();
    return found;
}

static npy_intp read_count(PyObject *stream, PyObject *name)
{
    PyObject *value = PyObject_GetAttr(stream, name);
    npy_intp found = value ? PyLong_AsSsize_t(value) : -1;
    Py_XDECREF(value);
    PyErr_Clear();
    return found;
}

static int write_count(PyObject *stream, PyObject *name, npy_intp value)
{
    PyObject *number = PyLong_FromSsize_t(value);
    int failed = !number || PyObject_SetAttr(stream, name, number) < 0;
    Py_XDECREF(number);
    return failed ? -1 : 0;
}

/* Copy the next outputs; 0 where the block does not hold them, and then nothing is taken. -1 with an error. */
static int take_words(PyObject *stream, npy_intp count, uint32_t *words)
{
    npy_intp left = read_count(stream, source.left_name), next = read_count(stream, source.next_name);
    if (count >= left || count > LARGEST || next < 0) return 0;
    PyObject *outputs = PyObject_GetAttr(stream, source.outputs_name);
    if (!outputs) return -1;
    int plain = PyArray_CheckExact(outputs) && PyArray_TYPE((PyArrayObject *)outputs) == NPY_UINT32 && is_plain((PyArrayObject *)outputs)
                && next + count <= PyArray_SIZE((PyArrayObject *)outputs);
    if (plain) memcpy(words, (uint32_t *)PyArray_DATA((PyArrayObject *)outputs) + next, count * sizeof(uint32_t));
    Py_DECREF(outputs);
    if (!plain) return 0;
    if (write_count(stream, source.next_name, next + count) < 0 || write_count(stream, source.left_name, left - count) < 0) return -1;
    return 1;
}

/* ---------------------------------------------------------------- what is drawn */

typedef struct {
    PyObject *stream;
    double first, second; /* the bounds, or the mean and the standard deviation */
    npy_intp low, width;  /* of integers */
} draw;

/* Fill an array with draws: 1, 0 where another way has to be taken, -1 with an error. */
typedef int (*drawer)(const draw *how, PyArrayObject *made);

static int draw_uniform(const draw *how, PyArrayObject *made)
{
    uint32_t words[LARGEST];
    npy_intp size = PyArray_SIZE(made);
    double low = how->first, high = how->second;
    if (!(fabs(low) < 1e30 && fabs(high) < 1e30 && low <= high)) return 0;
    if (PyArray_TYPE(made) == NPY_DOUBLE) {
        double *to = PyArray_DATA(made);
        if (low != 0 || high != 1) return 0;
        int done = take_words(how->stream, 2 * size, words);
        if (done > 0) make_uniform_doubles(words, to, size);
        return done;
    }
    if (PyArray_TYPE(made) != NPY_FLOAT) return 0;
    int done = take_words(how->stream, size, words);
    if (done < 1) return done;
    float *to = PyArray_DATA(made), low32 = (float)low, high32 = (float)high, width = high32 - low32;
    make_uniform_floats(words, to, size);
    if (low == 0 && high == 1) return 1;
    for (npy_intp index = 0; index < size; index++) {
        float value = low32 == 0 ? to[index] * width : (float)((double)to[index] * width + low32);
        to[index] = value == high32 ? low32 : value;
    }
    return 1;
}

/* One at a time, in float64; the second of a pair waits in the stream. */
static int draw_serial_normals(const draw *how, PyArrayObject *made)
{
    uint32_t words[4 * GROUP];
    double uniforms[2 * GROUP], values[GROUP + 2], last = 0;
    npy_intp size = PyArray_SIZE(made), filled = 0;
    PyObject *waiting = PyObject_GetAttr(how->stream, source.double_name);
    if (!waiting) return -1;
    int waits = PyFloat_CheckExact(waiting), pairs = (int)(size - waits + 1) / 2, done = 1;
    if (waits) values[filled++] = PyFloat_AS_DOUBLE(waiting);
    int known = waits || waiting == Py_None;
    Py_DECREF(waiting);
    if (!known) return 0;
    if (pairs && (done = take_words(how->stream, 4 * pairs, words)) < 1) return done;
    make_uniform_doubles(words, uniforms, 2 * pairs);
    for (int pair = 0; pair < pairs; pair++) {
        double radius = sqrt(-2.0 * log1p(-uniforms[2 * pair + 1])), angle = (2.0 * 3.14159265358979323846) * uniforms[2 * pair];
        values[filled++] = radius * cos(angle);
        values[filled++] = last = radius * sin(angle);
    }
    PyObject *rest = filled > size ? PyFloat_FromDouble(last) : Py_NewRef(Py_None);
    done = rest && PyObject_SetAttr(how->stream, source.double_name, rest) == 0 ? 1 : -1;
    Py_XDECREF(rest);
    for (npy_intp index = 0; index < size; index++) {
        double value = how->first == 0 ? values[index] * how->second : how->second == 1 ? values[index] + how->first
                                                                                        : fma(values[index], how->second, how->first);
        if (PyArray_TYPE(made) == NPY_FLOAT) ((float *)PyArray_DATA(made))[index] = (float)value;
        else ((double *)PyArray_DATA(made))[index] = value;
    }
    return done;
}

static int draw_normal(const draw *how, PyArrayObject *made)
{
    npy_intp size = PyArray_SIZE(made), tail = size % GROUP, body = size - tail;
    if (!(how->second >= 0 && how->second < 1e30 && fabs(how->first) < 1e30)) return 0;
    if (PyArray_TYPE(made) != NPY_FLOAT && (PyArray_TYPE(made) != NPY_DOUBLE || size >= GROUP)) return 0;
    if (size < GROUP) return draw_serial_normals(how, made);
    uint32_t words[LARGEST];
    float values[LARGEST], *to = PyArray_DATA(made);
    npy_intp total = tail ? size + GROUP : size;
    int done = total <= LARGEST ? take_words(how->stream, total, words) : 0;
    if (done < 1) return done;
    make_uniform_floats(words, values, body);
    if (tail) make_uniform_floats(words + total - GROUP, values + body, GROUP); /* of the last elements, once more */
    make_normals(values, (body + (tail ? GROUP : 0)) / GROUP, how->first, how->second);
    memcpy(to, values, body * sizeof(float));
    if (tail) memcpy(to + size - GROUP, values + body, GROUP * sizeof(float));
    return 1;
}

static int draw_integers(const draw *how, PyArrayObject *made)
{
    uint32_t words[LARGEST];
    npy_intp size = PyArray_SIZE(made);
    if (PyArray_TYPE(made) != NPY_LONG) return 0;
    int done = take_words(how->stream, size, words);
    for (npy_intp index = 0; done > 0 && index < size; index++)
        ((npy_long *)PyArray_DATA(made))[index] = how->low + (npy_long)(words[index] % (uint32_t)how->width);
    return done;
}

/* ---------------------------------------------------------------- new tensors */

typedef struct {
    drawer function;
    int like, size, generator, low, high; /* where the arguments are; -1: there is none. The others follow the last of these. */
} form;

static int read_int(PyObject *value, npy_intp *found)
{
    return exact_int(value, found) && labs(*found) < 1L << 30;
}

/* size, [generator,] out, options; or self, [generator,] memory format, options */
static PyObject *make_drawn(CALL)
{
    const form *which = row->data;
    draw how = {NULL, 0, 1, 0, 0};
    npy_intp dims[32], high = 0;
    int type, requires_grad, ndim, place = which->like >= 0 ? which->like : which->size;
    if (which->generator >= 0) place = which->generator;
    if (count != place + 7 || args[place + 1] != Py_None) DECLINE;
    if (which->high >= 0) {
        if (!read_int(args[which->high], &high) || (which->low >= 0 && !read_int(args[which->low], &how.low))) DECLINE;
        how.width = high - how.low;
        if (how.width < 1 || how.width >= 1 << 28) DECLINE;
    }
    PyArrayObject *like = NULL;
    if (which->like >= 0) {
        if (!(like = array_of_tensor(args[which->like])) || (ndim = read_like_tensor(like, args + place + 2, &type, &requires_grad)) < 0) DECLINE;
    } else {
        ndim = read_new_tensor(args[which->size], args + place + 2, which->high >= 0 ? NPY_LONG : default_number(), dims, &type, &requires_grad);
        if (ndim < 0) DECLINE;
    }
    PyArrayObject *made = new_array(type, ndim, like ? PyArray_DIMS(like) : dims, 0);
    if (!made) return NULL;
    how.stream = PyArray_SIZE(made) > 0 && PyArray_SIZE(made) <= LARGEST ? stream_of(which->generator < 0 ? Py_None : args[which->generator]) : NULL;
    int done = how.stream ? which->function(&how, made) : 0;
    Py_XDECREF(how.stream);
    if (done == 1) {
        PyObject *tensor = new_plain_tensor((PyObject *)made);
        if (tensor && requires_grad) ask_gradient(tensor);
        return tensor;
    }
    Py_DECREF(made);
    if (done < 0) return NULL;
    DECLINE;
}

static const form rand_form = {draw_uniform, -1, 0, -1, -1, -1}, rand_generator = {draw_uniform, -1, 0, 1, -1, -1},
                  randn_form = {draw_normal, -1, 0, -1, -1, -1}, randn_generator = {draw_normal, -1, 0, 1, -1, -1},
                  rand_like = {draw_uniform, 0, -1, -1, -1, -1}, randn_like = {draw_normal, 0, -1, -1, -1, -1},
                  randint_form = {draw_integers, -1, 1, -1, -1, 0}, randint_generator = {draw_integers, -1, 1, 2, -1, 0},
                  randint_low = {draw_integers, -1, 2, -1, 0, 1}, randint_low_generator = {draw_integers, -1, 2, 3, 0, 1};

/* ---------------------------------------------------------------- in place */

typedef struct {
    drawer function;
    const char *name;
} writer;

/* uniform_(self, from, to, generator) or normal_(self, mean, std, generator) */
static PyObject *draw_into(CALL)
{
    const writer *which = row->data;
    draw how = {NULL, 0, 1, 0, 0};
    PyArrayObject *array = count == 4 && in_plain_mode() ? array_of_tensor(args[0]) : NULL;
    if (!array || !PyArray_ISWRITEABLE(array) || !PyArray_ISALIGNED(array) || !is_plain(array) || PyArray_SIZE(array) > LARGEST) DECLINE;
    if (records_gradients() && wants_gradient(args[0])) DECLINE;
    if (!number_of(args[1], &how.first) || !number_of(args[2], &how.second) || !(how.stream = stream_of(args[3]))) DECLINE;
    int done = which->function(&how, array);
    Py_DECREF(how.stream);
    if (done < 0) return NULL;
    if (!done) DECLINE;
    PyObject *name = PyUnicode_InternFromString(which->name);
    PyObject *noted = name ? PyObject_CallFunctionObjArgs(source.wrote, args[0], name, NULL) : NULL;
    Py_XDECREF(name);
    Py_XDECREF(noted);
    return noted ? Py_NewRef(args[0]) : NULL;
}

static const writer uniform_writer = {draw_uniform, "uniform_"}, normal_writer = {draw_normal, "normal_"};

/* dropout(input, p, train): a product with a mask that is drawn */
static PyObject *dropout(CALL)
{
    double p;
    uint32_t words[LARGEST];
    double uniforms[LARGEST / 2];
    PyArrayObject *array = count == 3 && in_plain_mode() ? array_of_tensor(args[0]) : NULL;
    if (!array || !number_of(args[1], &p) || !(p >= 0 && p < 1) || !PyBool_Check(args[2])) DECLINE;
    if (p == 0 || args[2] == Py_False || !PyArray_SIZE(array)) return Py_NewRef(args[0]);
    if (PyArray_TYPE(array) != NPY_FLOAT || !is_plain(array) || PyArray_SIZE(array) > LARGEST / 2) DECLINE;
    PyObject *stream = stream_of(Py_None);
    npy_intp size = PyArray_SIZE(array);
    PyArrayObject *noise = stream ? new_like(array) : NULL;
    int done = noise ? take_words(stream, 2 * size, words) : -1;
    Py_XDECREF(stream);
    if (done < 1) {
        Py_XDECREF(noise);
        if (done < 0) return NULL;
        DECLINE;
    }
    float kept = (float)(1 - p), *to = PyArray_DATA(noise);
    make_uniform_doubles(words, uniforms, size);
    for (npy_intp index = 0; index < size; index++) to[index] = (uniforms[index] < 1 - p) / kept;
    PyObject *values[2] = {args[0], new_plain_tensor((PyObject *)noise)};
    if (!values[1]) return NULL;
    PyObject *made = serve(source.multiply, BY_LOOP, mode_word(), values, 2);
    if (!made && !PyErr_Occurred()) made = PyObject_Vectorcall(source.multiply, values, 2, NULL);
    Py_DECREF(values[1]);
    return made;
}

const kernel_row draws[] = {
    {"rand", make_drawn, &rand_form}, {"rand_generator", make_drawn, &rand_generator}, {"randn", make_drawn, &randn_form},
    {"randn_generator", make_drawn, &randn_generator}, {"rand_like", make_drawn, &rand_like}, {"randn_like", make_drawn, &randn_like},
    {"randint", make_drawn, &randint_form}, {"randint_generator", make_drawn, &randint_generator}, {"randint_low", make_drawn, &randint_low},
    {"randint_low_generator", make_drawn, &randint_low_generator}, {"uniform_", draw_into, &uniform_writer},
    {"normal_", draw_into, &normal_writer}, {"dropout", dropout}, {NULL}};
