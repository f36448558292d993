/* Calls of public functions and methods, see NOTE [ Recipes ] in calls.py. */

#include "_native.h"
#include "_record.h"
#include <structmember.h>

#define MOST MOST_VALUES /* arguments, or values made of them, that a recipe is kept for */
#define RECIPES 24 /* of one function */
#define DIMS 3     /* numbers of dimensions by which an operator may be chosen */

enum { ARGUMENT, CONSTANT, INTEGER, NUMBER, REPEATED, INTEGERS, REST, TENSORS, SAME }; /* where a value comes from */
enum { GENERAL, LIST, SPREAD, ATTEMPT };                                          /* what is done with the values */

typedef struct {
    int from, how, size;
    PyObject *constant;
} source;

typedef struct {
    Py_ssize_t positional, named;
    PyObject *names; /* of the arguments given by keyword */
    PyTypeObject *types[MOST];
    int style, count, served, by_dims;
    PyObject *choices[DIMS][DIMS];
    source sources[MOST];
    PyObject *target, *op; /* op: the operator that may be served in C, or None, or operators by their operands' numbers of dimensions */
} recipe;

typedef struct {
    vectorcallfunc general; /* where no recipe serves */
    PyObject *receiver;     /* ... called with this in place of the callable */
    PyObject *function;     /* the Function whose recipes these are; borrowed where it is the callable */
    const kernel_row *attempt; /* what is asked first, and may decline; or NULL */
    int number, is_operator;
    long round; /* the recipes are of this one */
    recipe *recipes[RECIPES];
} entry;

static struct {
    PyObject *mode, *learn, *tensors; /* the mode's variable, calls.learn, the classes of plain tensors */
    long exotic;                      /* bits of the mode word in which no recipe serves */
    long round;                       /* how often relearn() was called */
} calls;

/* ---------------------------------------------------------------- values */

static int is_small(PyObject *value)
{
    int overflow;
    (void)PyLong_AsLongLongAndOverflow(value, &overflow);
    return !overflow;
}

int is_plain_tensor(PyObject *value)
{
    for (Py_ssize_t index = 0; index < PyTuple_GET_SIZE(calls.tensors); index++)
        if ((PyObject *)Py_TYPE(value) == PyTuple_GET_ITEM(calls.tensors, index)) return 1;
    return 0;
}

/* A tuple of these ints, or NULL (without an error unless memory ran out) where there is anything else among them. */
static PyObject *integers(PyObject *const *items, Py_ssize_t count)
{
    for (Py_ssize_t index = 0; index < count; index++)
        if (!PyLong_CheckExact(items[index]) || !is_small(items[index])) return NULL;
    PyObject *made = PyTuple_New(count);
    for (Py_ssize_t index = 0; made && index < count; index++) PyTuple_SET_ITEM(made, index, Py_NewRef(items[index]));
    return made;
}

/* A new reference to one value; NULL where the recipe does not serve after all. */
static PyObject *value_of(const source *from, PyObject *const *args, Py_ssize_t count)
{
    PyObject *given = from->how == CONSTANT || from->how == REST ? NULL : args[from->from];
    switch (from->how) {
    case ARGUMENT: return Py_NewRef(given);
    case CONSTANT: return Py_NewRef(from->constant);
    case INTEGER: return is_small(given) ? Py_NewRef(given) : NULL;
    case NUMBER: return is_small(given) ? PyFloat_FromDouble(PyLong_AsDouble(given)) : NULL;
    case REPEATED: {
        PyObject *made = is_small(given) ? PyTuple_New(from->size) : NULL;
        for (int index = 0; made && index < from->size; index++) PyTuple_SET_ITEM(made, index, Py_NewRef(given));
        return made;
    }
    case REST: return integers(args + from->from, count - from->from);
    case INTEGERS: {
        PyObject *made = integers(PySequence_Fast_ITEMS(given), PySequence_Fast_GET_SIZE(given));
        if (made && PyTuple_CheckExact(given)) Py_SETREF(made, Py_NewRef(given));
        return made;
    }
    case TENSORS:
        for (Py_ssize_t index = 0; index < PySequence_Fast_GET_SIZE(given); index++)
            if (!is_plain_tensor(PySequence_Fast_GET_ITEM(given, index))) return NULL;
        return Py_NewRef(given);
    case SAME: { /* a text whose conversion is known */
        PyObject *text = PyTuple_GET_ITEM(from->constant, 0);
        return given == text || !PyUnicode_Compare(given, text) ? Py_NewRef(PyTuple_GET_ITEM(from->constant, 1)) : NULL;
    }
    }
    return NULL;
}

/* ---------------------------------------------------------------- calls */

static recipe *recipe_for(entry *self, PyObject *const *args, Py_ssize_t positional, PyObject *names)
{
    Py_ssize_t named = names ? PyTuple_GET_SIZE(names) : 0, total = positional + named;
    for (int number = 0; number < self->number; number++) {
        recipe *found = self->recipes[number];
        if (found->positional != positional || found->named != named) continue;
        Py_ssize_t index = 0;
        while (index < total && Py_TYPE(args[index]) == found->types[index]) index++;
        if (index < total) continue;
        for (index = 0; index < named; index++)
            if (PyTuple_GET_ITEM(names, index) != PyTuple_GET_ITEM(found->names, index)) break;
        if (index == named) return found;
    }
    return NULL;
}

/* The mode word of this context. */
long mode_word(void)
{
    PyObject *word;
    if (PyContextVar_Get(calls.mode, NULL, &word) < 0 || !word) {
        PyErr_Clear();
        return -1;
    }
    long found = PyLong_CheckExact(word) ? PyLong_AsLong(word) : -1;
    Py_DECREF(word);
    return found;
}

/* The operator to serve for these values, borrowed; NULL for none. */
static PyObject *operator_for(const recipe *found, PyObject *const *values)
{
    if (!found->by_dims) return found->op;
    if (found->count != 2 || !is_plain_tensor(values[0]) || !is_plain_tensor(values[1])) return NULL;
    int first = PyArray_NDIM(tensor_array(values[0])), second = PyArray_NDIM(tensor_array(values[1]));
    return first < DIMS && second < DIMS ? found->choices[first][second] : NULL;
}

/* Read {(first, second): operator}. */
static void read_choices(recipe *made)
{
    PyObject *key, *op;
    int first, second;
    made->by_dims = PyDict_Check(made->op);
    for (Py_ssize_t place = 0; made->by_dims && PyDict_Next(made->op, &place, &key, &op);)
        if (PyArg_ParseTuple(key, "ii", &first, &second) && first < DIMS && second < DIMS && can_serve(op, BY_KERNEL)) made->choices[first][second] = op;
}

/* The call as the recipe says; NULL without an error where it does not serve. */
static PyObject *follow(entry *self, const recipe *found, PyObject *const *args)
{
    if (found->style == GENERAL) return NULL;
    long word = mode_word();
    if (found->style != ATTEMPT && word & calls.exotic) return NULL;
    PyObject *values[MOST], *result = NULL;
    int count = 0;
    for (; count < found->count; count++)
        if (!(values[count] = value_of(&found->sources[count], args, found->positional))) break;
    if (count == found->count) {
        PyObject *op = found->served ? operator_for(found, values) : NULL;
        if (op) result = serve(op, found->served, word, values, count);
        if (result || PyErr_Occurred()) {
            ; /* served, or refused */
        } else if (found->style == LIST) {
            PyObject *list = PyList_New(count);
            for (int index = 0; list && index < count; index++) PyList_SET_ITEM(list, index, Py_NewRef(values[index]));
            result = list ? PyObject_Vectorcall(found->target, &list, 1, NULL) : NULL;
            Py_XDECREF(list);
        } else {
            result = PyObject_Vectorcall(found->target, values, count, NULL);
            if (found->style == ATTEMPT && result == Py_None) Py_CLEAR(result);
        }
    }
    while (count--) Py_DECREF(values[count]);
    if (!result && self->is_operator && PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_TypeError)) { /* see Function.operate() */
        PyErr_Clear();
        result = Py_NewRef(Py_NotImplemented);
    }
    return result;
}

static void free_recipe(recipe *made)
{
    for (int index = 0; index < made->count; index++) Py_XDECREF(made->sources[index].constant);
    Py_XDECREF(made->target);
    Py_XDECREF(made->op);
    PyMem_Free(made);
}

/* Note what calls.learn says of such calls, once they were served in general. */
static int learn(entry *self, PyObject *const *args, Py_ssize_t positional, PyObject *names)
{
    Py_ssize_t named = names ? PyTuple_GET_SIZE(names) : 0;
    PyObject *arguments = PyTuple_New(positional), *keywords = PyDict_New(), *answer = NULL;
    for (Py_ssize_t index = 0; arguments && index < positional; index++) PyTuple_SET_ITEM(arguments, index, Py_NewRef(args[index]));
    int failed = !arguments || !keywords;
    for (Py_ssize_t index = 0; !failed && index < named; index++)
        failed = PyDict_SetItem(keywords, PyTuple_GET_ITEM(names, index), args[positional + index]) < 0;
    if (!failed)
        answer = PyObject_CallFunctionObjArgs(calls.learn, self->function, arguments, keywords, names ? names : Py_None, NULL);
    Py_XDECREF(arguments);
    Py_XDECREF(keywords);
    if (!answer) return -1;
    recipe *made = PyMem_Calloc(1, sizeof(recipe));
    PyObject *sources;
    if (made && PyArg_ParseTuple(answer, "iOO!O", &made->style, &made->target, &PyList_Type, &sources, &made->op)) {
        Py_INCREF(made->target);
        Py_INCREF(made->op);
        read_choices(made);
        made->served = made->style == ATTEMPT ? BY_LOOP : made->style == LIST || made->by_dims ? BY_KERNEL : NATIVELY;
        if (!made->by_dims && !can_serve(made->op, made->served)) made->served = NOT_SERVED;
        int count = (int)PyList_GET_SIZE(sources);
        for (int index = 0; count <= MOST && index < count; index++, made->count++) {
            source *from = &made->sources[index];
            if (!PyArg_ParseTuple(PyList_GET_ITEM(sources, index), "iiiO", &from->from, &from->how, &from->size, &from->constant)) break;
            Py_INCREF(from->constant);
        }
        if (made->count < count) made->style = GENERAL;
        made->positional = positional;
        made->named = named;
        made->names = Py_XNewRef(names);
        for (Py_ssize_t index = 0; index < positional + named; index++)
            made->types[index] = (PyTypeObject *)Py_NewRef((PyObject *)Py_TYPE(args[index]));
        if (!PyErr_Occurred() && self->number < RECIPES) {
            self->recipes[self->number++] = made;
            made = NULL;
        }
    } else if (made) {
        made->target = made->op = NULL;
    }
    if (made) free_recipe(made);
    Py_DECREF(answer);
    return PyErr_Occurred() ? -1 : 0;
}

static PyObject *entry_call(entry *self, PyObject *const *args, size_t flags, PyObject *names)
{
    Py_ssize_t positional = PyVectorcall_NARGS(flags);
    if (self->attempt && !names) {
        PyObject *result = self->attempt->function(self->attempt, args, positional);
        if (result != (self->attempt->data ? Py_NotImplemented : Py_None)) return result; /* with data, None is an answer */
        Py_DECREF(result);
    }
    if (!self->function) return self->general(self->receiver, args, flags, names);
    if (self->round != calls.round) {
        self->number = 0; /* a call that is under way may still follow one of them, so they are not freed */
        self->round = calls.round;
    }
    recipe *found = recipe_for(self, args, positional, names);
    if (found) {
        PyObject *result = follow(self, found, args);
        if (result || PyErr_Occurred()) return result;
    }
    PyObject *result = self->general(self->receiver, args, flags, names);
    if (result && !found && calls.learn && self->number < RECIPES && positional + (names ? PyTuple_GET_SIZE(names) : 0) <= MOST
        && learn(self, args, positional, names) < 0)
        Py_CLEAR(result);
    return result;
}

/* ---------------------------------------------------------------- methods */

typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
    entry calls;
} Method;

static PyObject *method_call(PyObject *callable, PyObject *const *args, size_t flags, PyObject *names)
{
    return entry_call(&((Method *)callable)->calls, args, flags, names);
}

static PyObject *method_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *general, *function, *attempt = Py_None;
    int is_operator;
    if (!PyArg_ParseTuple(args, "OOp|O", &general, &function, &is_operator, &attempt)) return NULL;
    Method *self = (Method *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    self->vectorcall = method_call;
    self->calls.general = PyObject_Vectorcall;
    self->calls.receiver = Py_NewRef(general);
    self->calls.function = function == Py_None ? NULL : Py_NewRef(function);
    self->calls.attempt = row_of_kernel(attempt);
    self->calls.is_operator = is_operator;
    return (PyObject *)self;
}

PyObject *new_method(PyObject *general, vectorcallfunc call)
{
    Method *self = PyObject_New(Method, &MethodType);
    if (!self) return NULL;
    memset(&self->calls, 0, sizeof(self->calls));
    self->vectorcall = call;
    self->calls.receiver = Py_NewRef(general);
    return (PyObject *)self;
}

static PyObject *method_get(PyObject *self, PyObject *object, PyObject *owner)
{
    return object ? PyMethod_New(self, object) : Py_NewRef(self);
}

/* All but the call itself is the Python function's. */
static PyObject *method_getattr(PyObject *object, PyObject *name)
{
    PyObject *found = PyObject_GenericGetAttr(object, name);
    if (found || !PyErr_ExceptionMatches(PyExc_AttributeError)) return found;
    PyErr_Clear();
    return PyObject_GetAttr(((Method *)object)->calls.receiver, name);
}

static PyObject *method_doc(PyObject *object, void *unused)
{
    return PyObject_GetAttrString(((Method *)object)->calls.receiver, "__doc__");
}

static PyGetSetDef method_getset[] = {{"__doc__", method_doc, NULL, NULL, NULL}, {NULL}};
static PyMemberDef method_members[] = {
    {"general", T_OBJECT, offsetof(Method, calls) + offsetof(entry, receiver), READONLY, "What serves calls without a recipe."}, {NULL}};

static int method_setattr(PyObject *object, PyObject *name, PyObject *value)
{
    return PyObject_SetAttr(((Method *)object)->calls.receiver, name, value);
}

static PyObject *method_repr(PyObject *object)
{
    PyObject *name = PyObject_GetAttrString(object, "__name__");
    PyObject *text = name ? PyUnicode_FromFormat("<method '%U' of 'torch._C.TensorBase' objects>", name) : NULL;
    Py_XDECREF(name);
    return text;
}

PyTypeObject MethodType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "rushlight._core._loops.method_descriptor",
    .tp_basicsize = sizeof(Method),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR,
    .tp_new = method_new,
    .tp_repr = method_repr,
    .tp_descr_get = method_get,
    .tp_getattro = method_getattr,
    .tp_setattro = method_setattr,
    .tp_getset = method_getset,
    .tp_members = method_members,
    .tp_call = PyVectorcall_Call,
    .tp_vectorcall_offset = offsetof(Method, vectorcall),
};

/* ---------------------------------------------------------------- properties */

PyTypeObject *PropertyType; /* a subclass of property, which asks a native kernel of the tensor first */

static const kernel_row **attempt_of(PyObject *property)
{
    return (const kernel_row **)((char *)property + PyProperty_Type.tp_basicsize);
}

static PyObject *property_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *kernel, *like, *nothing = PyTuple_New(0);
    if (!nothing || !PyArg_ParseTuple(args, "OO!", &kernel, &PyProperty_Type, &like)) return NULL;
    PyObject *self = PyProperty_Type.tp_new(type, nothing, NULL);
    Py_DECREF(nothing);
    if (self) *attempt_of(self) = row_of_kernel(kernel);
    return self;
}

/* Property(kernel, property): the same property. */
static int property_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyObject *kernel, *like;
    if (!PyArg_ParseTuple(args, "OO!", &kernel, &PyProperty_Type, &like)) return -1;
    static const char *names[] = {"fget", "fset", "fdel", "__doc__"};
    PyObject *parts = PyTuple_New(4);
    for (int index = 0; parts && index < 4; index++) {
        PyObject *part = PyObject_GetAttrString(like, names[index]);
        if (!part) Py_CLEAR(parts);
        else PyTuple_SET_ITEM(parts, index, part);
    }
    int failed = !parts || PyProperty_Type.tp_init(self, parts, NULL) < 0;
    Py_XDECREF(parts);
    return failed ? -1 : 0;
}

static PyObject *property_get(PyObject *self, PyObject *object, PyObject *owner)
{
    const kernel_row *attempt = *attempt_of(self);
    if (object && attempt) {
        PyObject *found = attempt->function(attempt, &object, 1);
        if (found != (attempt->data ? Py_NotImplemented : Py_None)) return found;
        Py_DECREF(found);
    }
    return PyProperty_Type.tp_descr_get(self, object, owner);
}

int start_properties(void)
{
    PyType_Slot slots[] = {{Py_tp_new, property_new}, {Py_tp_init, property_init}, {Py_tp_descr_get, property_get}, {0, NULL}};
    PyType_Spec spec = {"rushlight._core._loops.Property", (int)(PyProperty_Type.tp_basicsize + sizeof(void *)), 0,
                        Py_TPFLAGS_DEFAULT, slots};
    PyObject *bases = PyTuple_Pack(1, (PyObject *)&PyProperty_Type);
    PropertyType = bases ? (PyTypeObject *)PyType_FromSpecWithBases(&spec, bases) : NULL;
    Py_XDECREF(bases);
    /* An empty docstring of the class would hide where property keeps those of instances. */
    if (!PropertyType || PyDict_DelItemString(PropertyType->tp_dict, "__doc__") < 0) return -1;
    PyType_Modified(PropertyType);
    return 0;
}

/* ---------------------------------------------------------------- functions */

static PyTypeObject *plain_function; /* the class Function of function.py */

typedef struct {
    vectorcallfunc vectorcall;
    entry calls;
} extra;

static extra *extra_part(PyObject *object)
{
    return (extra *)((char *)object + plain_function->tp_basicsize);
}

static PyObject *function_call(PyObject *callable, PyObject *const *args, size_t flags, PyObject *names)
{
    return entry_call(&extra_part(callable)->calls, args, flags, names);
}

static PyObject *function_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *self = plain_function->tp_new(type, args, kwargs);
    if (!self) return NULL;
    extra *more = extra_part(self);
    more->vectorcall = function_call;
    more->calls.general = *(vectorcallfunc *)((char *)self + plain_function->tp_vectorcall_offset);
    more->calls.receiver = more->calls.function = self; /* borrowed: it is itself */
    return self;
}

PyObject *start_calls(PyObject *module, PyObject *args)
{
    PyObject *base;
    if (!PyArg_ParseTuple(args, "OlOO!", &calls.mode, &calls.exotic, &calls.learn, &PyType_Type, &base)) return NULL;
    Py_INCREF(calls.mode);
    Py_INCREF(calls.learn);
    plain_function = (PyTypeObject *)Py_NewRef(base);
    if (!plain_function->tp_vectorcall_offset) return PyErr_Format(PyExc_TypeError, "%R has no vector call", base);
    Py_ssize_t offset = plain_function->tp_basicsize;
    PyMemberDef members[] = {{"__vectorcalloffset__", T_PYSSIZET, offset + (Py_ssize_t)offsetof(extra, vectorcall), READONLY, NULL}, {NULL}};
    PyType_Slot slots[] = {{Py_tp_new, function_new}, {Py_tp_call, PyVectorcall_Call}, {Py_tp_members, members}, {0, NULL}};
    PyType_Spec spec = {"rushlight._core.function.Function", (int)(offset + sizeof(extra)), 0,
                        Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL, slots};
    PyObject *bases = PyTuple_Pack(1, base);
    PyObject *made = bases ? PyType_FromSpecWithBases(&spec, bases) : NULL;
    Py_XDECREF(bases);
    return made;
}

PyObject *relearn(PyObject *module, PyObject *unused)
{
    calls.round++;
    Py_RETURN_NONE;
}

PyObject *set_tensors(PyObject *module, PyObject *classes)
{
    if (!PyTuple_CheckExact(classes)) return PyErr_Format(PyExc_TypeError, "a tuple of classes");
    Py_XSETREF(calls.tensors, Py_NewRef(classes));
    Py_RETURN_NONE;
}

PyTypeObject *plain_class(void)
{
    return (PyTypeObject *)PyTuple_GET_ITEM(calls.tensors, 0);
}
