/* Operators on plain tensors, from the kernel to the recorded node, in C: see NOTE [ Served in C ] in calls.py. What is done here is what
   Op.fast1, Op.fast2, Op.apply_plain and ViewOp.apply do, with what they call; whatever is not plain goes to them. */

#include "_native.h"
#include "_record.h"
#include <rushlight/_core/__native_compiled.h> /* the fields of compiled classes, as mypyc lays them out in this build */

typedef rushlight____core___tensor___TensorBaseObject Tensor;
typedef rushlight____core___tensor___VersionObject Version;
typedef rushlight____core___tensor___ViewObject View;
typedef rushlight____core___tensor____TypesObject Types;
typedef rushlight____core___node___SavedTensorObject Saved;
typedef rushlight____core___op_node___OpNodeObject Node;
typedef rushlight____core___op___OpObject Op;
typedef rushlight____core___plan___PlanObject Plan;
typedef rushlight____core___state___CounterObject Counter;

#define TAGGED(number) ((CPyTagged)((Py_ssize_t)(number) * 2)) /* mypyc's form of a small int */
#define UNTAGGED(field) ((Py_ssize_t)(field) >> 1)
#define MOST_EDGES 4

enum { NO_SERVICE, POINTWISE, KERNEL, VIEW, PROMOTED }; /* how a call is served; PROMOTED: by the loop, but all values are given */

enum { INPUT, OUTPUT, SIZES, STRIDES, NUMEL, SCALAR_TYPE, DIM, OFFSET }; /* as in plan.py */
enum { DEFAULT, MULTI_OUTPUT, NO_GRAD };                                 /* as in views.py */

static struct {
    PyObject *types, *sequence, *fact, *current_node; /* _Types, a Counter, plan.fact, views.current_node */
    PyObject *differentiable;                         /* tensor.differentiable, for dtypes that are not NumPy's own */
    PyObject *quiet; /* the context in which kernels run */
    PyTypeObject *tensor, *node, *op, *view_op;
    PyObject *version, *view, *saved; /* instances, which tell the classes and their tables of methods */
    PyObject *nothing, *zeros[MOST_EDGES + 1];
} core;

static PyObject *list_of(PyObject *const *values, int count)
{
    PyObject *made = PyList_New(count);
    for (int index = 0; made && index < count; index++) PyList_SET_ITEM(made, index, Py_NewRef(values[index]));
    return made;
}

/* ---------------------------------------------------------------- tensors */

static int is_differentiable(PyArrayObject *array)
{
    int type = PyArray_TYPE(array);
    if (type < NPY_USERDEF) return PyTypeNum_ISFLOAT(type) || PyTypeNum_ISCOMPLEX(type);
    if (narrow_kind(array) == BRAIN) return 1;
    PyObject *answer = PyObject_CallOneArg(core.differentiable, (PyObject *)array);
    if (!answer) PyErr_Clear(); /* it is no dtype of tensors */
    Py_XDECREF(answer);
    return answer == Py_True;
}

/* wants_grad() */
static int wants_grad(Tensor *tensor)
{
    if (tensor->__requires_grad) return 1;
    if (tensor->__view == Py_None) return 0;
    return ((Tensor *)((View *)tensor->__view)->_base)->__requires_grad && is_differentiable((PyArrayObject *)tensor->__array);
}

static Tensor *new_tensor(PyObject *array)
{
    PyTypeObject *type = (PyTypeObject *)((Types *)core.types)->_tensor;
    Tensor *made = (Tensor *)core.tensor->tp_new(type, core.nothing, NULL);
    if (made) made->__array = Py_NewRef(array);
    return made;
}

/* A new instance without any field. */
static PyObject *blank(PyObject *like)
{
    PyTypeObject *type = Py_TYPE(like);
    PyObject *made = type->tp_alloc(type, 0);
    if (made) ((Tensor *)made)->vtable = ((Tensor *)like)->vtable;
    return made;
}

/* version_cell(), borrowed */
static Version *version_cell(Tensor *tensor)
{
    if (tensor->__cell == Py_None) {
        Version *made = (Version *)blank(core.version);
        if (!made) return NULL;
        made->_value = made->_detached = TAGGED(0);
        made->_writer = Py_NewRef(Py_None);
        made->_earlier = Py_NewRef(Py_None);
        Py_SETREF(tensor->__cell, (PyObject *)made);
    }
    return (Version *)tensor->__cell;
}

/* views.link(), for a source without flags */
static int link_view(Op *op, PyObject *const *values, int count, Tensor *output, int grad)
{
    Tensor *source = (Tensor *)values[0];
    Version *cell = version_cell(source);
    View *previous = source->__view == Py_None ? NULL : (View *)source->__view;
    View *made = cell ? (View *)blank(core.view) : NULL;
    if (!made) return -1;
    CPyTagged creation = TAGGED(!grad ? NO_GRAD : op->_multi_view ? MULTI_OUTPUT : DEFAULT);
    if (previous && (creation == TAGGED(DEFAULT) || previous->_creation == TAGGED(3))) creation = previous->_creation;
    made->_base = Py_NewRef(previous ? previous->_base : (PyObject *)source);
    made->_previous = Py_NewRef(source->__view);
    made->_op = Py_NewRef((PyObject *)op);
    made->_creation = creation;
    made->_version = cell->_value;
    made->_output = TAGGED(0);
    Py_SETREF(output->__cell, Py_NewRef((PyObject *)cell));
    Py_SETREF(output->__view, (PyObject *)made);
    PyObject *args = list_of(values + 1, count - 1);
    made->_args = args;
    if (args) pass_over(args);
    return args ? 0 : -1;
}

/* ---------------------------------------------------------------- nodes */

/* edge_of(), both new references; -1 with an error. */
static int edge_of(PyObject *value, PyObject **node, Py_ssize_t *number)
{
    *node = Py_None;
    *number = 0;
    if (is_plain_tensor(value)) {
        Tensor *tensor = (Tensor *)value;
        PyObject *history = tensor->__node;
        if (tensor->__view != Py_None) {
            CPyTagged now = tensor->__cell == Py_None ? TAGGED(0) : ((Version *)tensor->__cell)->_value;
            if (((View *)tensor->__view)->_version != now) {
                PyObject *found = PyObject_CallOneArg(core.current_node, value);
                if (!found) return -1;
                history = tensor->__node;
                Py_DECREF(found); /* it is the tensor's, or None */
                if (found == Py_None) history = Py_None;
            }
        }
        if (history != Py_None) {
            *node = history;
            *number = UNTAGGED(tensor->__output_nr);
        } else if (tensor->__requires_grad) {
            *node = value;
        }
    }
    Py_INCREF(*node);
    return 0;
}

/* The node's edges: one for each differentiable parameter. */
static int connect(Node *node, PyObject *grad_params, PyObject *const *values, int count)
{
    Py_ssize_t edges = PyList_GET_SIZE(grad_params), numbers[MOST_EDGES], any = 0;
    PyObject *nodes = PyTuple_New(edges);
    for (Py_ssize_t edge = 0; nodes && edge < edges; edge++) {
        long index = PyLong_AsLong(PyList_GET_ITEM(grad_params, edge));
        PyObject *following;
        if (edge_of(index < count ? values[index] : Py_None, &following, &numbers[edge]) < 0) Py_CLEAR(nodes);
        else PyTuple_SET_ITEM(nodes, edge, following);
        any |= numbers[edge];
    }
    if (!nodes) return -1;
    pass_over(nodes);
    Py_SETREF(node->_next_nodes, nodes);
    PyObject *made = any ? PyTuple_New(edges) : Py_NewRef(core.zeros[edges]);
    for (Py_ssize_t edge = 0; made && any && edge < edges; edge++) PyTuple_SET_ITEM(made, edge, PyLong_FromSsize_t(numbers[edge]));
    if (!made) return -1;
    Py_SETREF(node->_next_numbers, made);
    return 0;
}

static Saved *new_saved(PyObject *tensor, PyObject *array, PyObject *cell, CPyTagged version, int requires_grad)
{
    Saved *made = (Saved *)blank(core.saved);
    if (!made) return NULL;
    made->_tensor = Py_NewRef(tensor);
    made->_array = Py_NewRef(array);
    made->_cell = Py_NewRef(cell);
    made->_version = version;
    made->_number = TAGGED(0);
    made->_requires_grad = (char)requires_grad;
    made->_history = Py_NewRef(Py_None);
    made->_exotic = Py_NewRef(Py_None);
    made->_unpack_hook = Py_NewRef(Py_None);
    made->_packed = Py_NewRef(Py_None);
    return made;
}

static void begin_save(Version *cell)
{
    if (cell->_writer == Py_None) return;
    Py_SETREF(cell->_earlier, cell->_writer);
    cell->_writer = Py_NewRef(Py_None);
}

/* save_input() */
static PyObject *save_input(Tensor *tensor)
{
    Version *cell = tensor->__cell == Py_None ? NULL : (Version *)tensor->__cell;
    if (cell) begin_save(cell);
    return (PyObject *)new_saved((PyObject *)tensor, Py_None, Py_None, cell ? cell->_value : TAGGED(0), wants_grad(tensor));
}

/* save_output() */
static PyObject *save_output(Tensor *tensor)
{
    Version *cell = version_cell(tensor);
    if (!cell) return NULL;
    begin_save(cell);
    return (PyObject *)new_saved(Py_None, tensor->__array, (PyObject *)cell, cell->_value, 1);
}

/* plan.fact() */
static PyObject *fact(PyObject *kind, long which, PyArrayObject *array)
{
    switch (which) {
    case SIZES: return PyArray_IntTupleFromIntp(PyArray_NDIM(array), PyArray_DIMS(array));
    case NUMEL: return PyLong_FromSsize_t(PyArray_SIZE(array));
    case DIM: return PyLong_FromLong(PyArray_NDIM(array));
    }
    PyObject *values[] = {kind, (PyObject *)array};
    return PyObject_Vectorcall(core.fact, values, 2, NULL);
}

/* What the node saves, as the plan says. */
static PyObject *saved_of(Op *op, Plan *plan, PyObject *const *values, int count, Tensor *output)
{
    Py_ssize_t entries = PyList_GET_SIZE(plan->_kinds);
    PyObject *saved = PyList_New(entries);
    for (Py_ssize_t entry = 0; saved && entry < entries; entry++) {
        PyObject *kind = PyList_GET_ITEM(plan->_kinds, entry), *made;
        long which = PyLong_AsLong(kind), index = PyLong_AsLong(PyList_GET_ITEM(plan->_indices, entry));
        if (which == OUTPUT) {
            made = save_output(output);
        } else {
            Py_ssize_t default_index = PyTuple_GET_SIZE(op->_defaults) + index - PyTuple_GET_SIZE(op->_params);
            PyObject *value = index < count ? values[index] : PyTuple_GET_ITEM(op->_defaults, default_index);
            if (!is_plain_tensor(value)) made = Py_NewRef(which == INPUT ? value : Py_None);
            else made = which == INPUT ? save_input((Tensor *)value) : fact(kind, which, (PyArrayObject *)((Tensor *)value)->__array);
        }
        if (made) PyList_SET_ITEM(saved, entry, made);
        else Py_CLEAR(saved);
    }
    if (saved) pass_over(saved);
    return saved;
}

/* Op.record_fast() or Op.record_plain(), where this operator records for the first time or is not as most are. */
static int record_in_python(Op *op, PyObject *const *values, int count, Tensor *output, long mask, int pointwise)
{
    PyObject *answer;
    if (pointwise) {
        PyObject *second = count == 2 ? values[1] : Py_None, *other = is_plain_tensor(second) ? second : Py_None;
        answer = PyObject_CallMethod((PyObject *)op, "record_fast", "OOOOl", values[0], other, second, output, mask);
    } else {
        PyObject *args = list_of(values, count);
        Py_ssize_t defaults = PyTuple_GET_SIZE(op->_defaults), left_out = PyTuple_GET_SIZE(op->_params) - count;
        for (Py_ssize_t index = defaults - left_out; args && left_out > 0 && index < defaults; index++)
            if (PyList_Append(args, PyTuple_GET_ITEM(op->_defaults, index)) < 0) Py_CLEAR(args);
        answer = args ? PyObject_CallMethod((PyObject *)op, "record_plain", "NOl", args, output, mask) : NULL;
    }
    Py_XDECREF(answer);
    return answer ? 0 : -1;
}

/* Make the node of this call and hang it on the output. */
static int record(Op *op, PyObject *const *values, int count, Tensor *output, long mask, int pointwise, int lists)
{
    PyObject *plan = mask < PyList_GET_SIZE(op->_quick_plans) ? PyList_GET_ITEM(op->_quick_plans, mask) : Py_None;
    if (lists || plan == Py_None || op->_counts != Py_None || op->_node_class == Py_None || (pointwise && !op->_pair) || PyList_GET_SIZE(op->_grad_params) > MOST_EDGES)
        return record_in_python(op, values, count, output, mask, pointwise);
    PyTypeObject *type = (PyTypeObject *)op->_node_class;
    PyArrayObject *array = (PyArrayObject *)output->__array;
    Node *node = (Node *)core.node->tp_new(type, core.nothing, NULL);
    if (!node) return -1;
    node->_sequence = ((Counter *)core.sequence)->_value;
    ((Counter *)core.sequence)->_value += TAGGED(1);
    node->_writes = op->_writes;
    Py_SETREF(node->_op, Py_NewRef((PyObject *)op));
    Py_SETREF(node->_plan, Py_NewRef(plan));
    Py_SETREF(node->_np_dtype, Py_NewRef((PyObject *)PyArray_DESCR(array)));
    PyObject *shape = PyArray_IntTupleFromIntp(PyArray_NDIM(array), PyArray_DIMS(array));
    if (shape) Py_SETREF(node->_shape, shape);
    int failed = !shape || connect(node, op->_grad_params, values, count) < 0;
    if (!failed && PyList_GET_SIZE(((Plan *)plan)->_kinds)) {
        PyObject *saved = saved_of(op, (Plan *)plan, values, count, output);
        if (saved) Py_SETREF(node->_saved, saved);
        failed = !saved;
    }
    if (failed) {
        Py_DECREF(node);
        return -1;
    }
    output->__requires_grad = 1;
    Py_SETREF(output->__node, (PyObject *)node);
    return 0;
}

/* ---------------------------------------------------------------- calls */

typedef struct {
    PyObject *arrays[MOST_VALUES]; /* the values with arrays in the place of tensors */
    PyObject *lists[MOST_VALUES];  /* those of them that are lists of arrays, which are new */
    int count, listed;
    long mask; /* which tensors want a gradient, as in Op.grad_bit() */
} operands;

/* Whether the loop of a pointwise operator takes all of its values. */
static int loop_takes_all(Op *op)
{
    if (op->_loop == Py_None) return 0;
    return Py_IS_TYPE(op->_loop, &KernelType) || (op->_pair && PyTuple_GET_SIZE(op->_params) == PyTuple_GET_SIZE(op->_tensor_params));
}

/* tensor_bits, which are made on first use; 0 with an error. */
static int make_bits(Op *op)
{
    Py_ssize_t tensors = PyTuple_GET_SIZE(op->_tensor_params);
    if (PyList_GET_SIZE(op->_tensor_bits) == tensors) return 1;
    PyObject *bits = PyList_New(tensors);
    for (Py_ssize_t position = 0; bits && position < tensors; position++) {
        PyObject *bit = PyObject_CallMethod((PyObject *)op, "grad_bit", "O", PyTuple_GET_ITEM(op->_tensor_params, position));
        if (bit) PyList_SET_ITEM(bits, position, bit);
        else Py_CLEAR(bits);
    }
    if (bits) Py_SETREF(op->_tensor_bits, bits);
    return bits != NULL;
}

static int service_for(Op *op)
{
    if (UNTAGGED(op->_service) >= 0) return (int)UNTAGGED(op->_service);
    int found = NO_SERVICE;
    if (Py_IS_TYPE(op, core.op)) found = !op->_promotes ? KERNEL : loop_takes_all(op) ? PROMOTED : NO_SERVICE;
    if (Py_IS_TYPE(op, core.view_op) && !op->_multi_view) found = VIEW;
    if (PyUnicode_CompareWithASCIIString(op->_node_name, "NotImplemented") == 0 || PyTuple_GET_SIZE(op->_params) > MOST_VALUES) found = NO_SERVICE;
    op->_service = TAGGED(found);
    return found;
}

/* One more tensor among the operands; 0 where it is not plain. */
static int take_tensor(operands *taken, Tensor *tensor, PyObject **array, long bit)
{
    if (tensor->__flags != TAGGED(0)) return 0;
    *array = tensor->__array;
    if (wants_grad(tensor)) taken->mask |= bit;
    return 1;
}

/* A list of tensors among the operands; 0 where one of them is not plain. */
static int take_list(operands *taken, PyObject *value, long index, long bit)
{
    PyObject *list = PyList_New(PySequence_Fast_GET_SIZE(value));
    if (!list) return 0;
    taken->lists[taken->listed++] = taken->arrays[index] = list;
    for (Py_ssize_t entry = 0; entry < PyList_GET_SIZE(list); entry++) {
        PyObject *tensor = PySequence_Fast_GET_ITEM(value, entry), *array = tensor;
        if (PyObject_TypeCheck(tensor, core.tensor) && (!is_plain_tensor(tensor) || !take_tensor(taken, (Tensor *)tensor, &array, bit))) return 0;
        PyList_SET_ITEM(list, entry, Py_NewRef(array));
    }
    return 1;
}

/* Fill in the operands; 0 where something is not plain. */
static int take(operands *taken, Op *op, int service, PyObject *const *values, int count)
{
    int named = service == KERNEL || service == PROMOTED; /* it has parameters that are tensors, and others */
    Py_ssize_t tensors = named ? PyTuple_GET_SIZE(op->_tensor_params) : service == VIEW ? 1 : count;
    taken->count = count;
    taken->listed = 0;
    taken->mask = 0;
    if (named && !make_bits(op)) return 0;
    for (int index = 0; index < count; index++) taken->arrays[index] = values[index];
    for (Py_ssize_t position = 0; position < tensors; position++) {
        long index = named ? PyLong_AsLong(PyTuple_GET_ITEM(op->_tensor_params, position)) : (long)position;
        long bit = named ? PyLong_AsLong(PyList_GET_ITEM(op->_tensor_bits, position)) : 1L << position;
        PyObject *value = index < count ? values[index] : Py_None;
        if (is_plain_tensor(value)) {
            if (!take_tensor(taken, (Tensor *)value, &taken->arrays[index], bit)) return 0;
        } else if (service == VIEW || PyObject_TypeCheck(value, core.tensor)) {
            return 0;
        } else if (PyList_Check(value) || PyTuple_Check(value)) {
            if (service != KERNEL || !take_list(taken, value, index, bit)) return 0;
        }
    }
    return 1;
}

/* Forget an error that says that the kernels' context is in use (the general path does without it), and no other. */
static void pardon_context(void)
{
    if (!PyErr_ExceptionMatches(PyExc_RuntimeError)) return;
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    PyObject *text = value ? PyObject_Str(value) : NULL;
    int in_use = text && !strncmp(PyUnicode_AsUTF8(text), "cannot enter context", 20);
    Py_XDECREF(text);
    PyErr_Restore(type, value, trace);
    if (in_use) PyErr_Clear();
}

/* The kernel on the operands, with floating-point errors ignored; NULL where that does not serve, perhaps with an error. */
static PyObject *compute(Op *op, int service, int how, const operands *taken)
{
    PyObject *found = NULL;
    if (service == POINTWISE || service == PROMOTED) {
        found = PyObject_Vectorcall(op->_loop, taken->arrays, taken->count, NULL);
        if (found == Py_None) Py_CLEAR(found);
    } else {
        if (Py_IS_TYPE(op->_kernel, &KernelType)) {
            found = call_kernel(op->_kernel, taken->arrays, taken->count);
            if (found == Py_None) Py_CLEAR(found);
        }
        if (!found && !PyErr_Occurred() && how != NATIVELY) {
            if (service == VIEW) return PyObject_Vectorcall(op->_kernel, taken->arrays, taken->count, NULL);
            if (PyContext_Enter(core.quiet) == 0) {
                found = PyObject_Vectorcall(op->_kernel, taken->arrays, taken->count, NULL);
                if (PyContext_Exit(core.quiet) < 0) Py_CLEAR(found);
            }
        }
    }
    if (!found && PyErr_Occurred()) {
        if (taken->mask >> 20) PyErr_Clear(); /* a parameter that may not require grad: the general path has another error for that */
        else pardon_context();
    }
    return found;
}

/* Whether an operator that has a rule on what is recorded has nothing against this result; -1 with its error. */
static int may_record(Op *op, PyObject *array)
{
    if (op->_record_rule == Py_None || PyArray_TYPE((PyArrayObject *)array) == NPY_FLOAT || PyArray_TYPE((PyArrayObject *)array) == NPY_DOUBLE) return 1;
    PyObject *answer = PyObject_CallOneArg(op->_record_rule, array);
    Py_XDECREF(answer);
    return answer ? 1 : -1;
}

/* The tensor made of a kernel's array, with its place among views and its node. */
static PyObject *finish(Op *op, int service, long word, PyObject *const *values, const operands *taken, PyObject *array)
{
    Tensor *output = new_tensor(array);
    if (!output) return NULL;
    int failed = service == VIEW && link_view(op, values, taken->count, output, word & 1) < 0;
    if (!failed && taken->mask && word & 1) {
        failed = may_record(op, array) < 0;
        if (!failed && is_differentiable((PyArrayObject *)array))
            failed = record(op, values, taken->count, output, taken->mask, service == POINTWISE, taken->listed) < 0;
    }
    if (failed) Py_CLEAR(output);
    return (PyObject *)output;
}

/* Op.finish(), for whatever is no array. */
static PyObject *finish_in_python(Op *op, long word, PyObject *const *values, const operands *taken, PyObject *found)
{
    PyObject *args = list_of(values, taken->count);
    return args ? PyObject_CallMethod((PyObject *)op, "finish", "NOll", args, found, word, taken->mask) : NULL;
}

PyObject *serve(PyObject *object, int how, long word, PyObject *const *values, int count)
{
    Op *op = (Op *)object;
    operands taken;
    int service = how == BY_LOOP && (op->_pair || !loop_takes_all(op)) ? POINTWISE : service_for(op);
    if (service == NO_SERVICE || word & ~1L || count > MOST_VALUES) return NULL;
    PyObject *found = take(&taken, op, service, values, count) ? compute(op, service, how, &taken) : NULL, *made = NULL;
    while (taken.listed && !found) Py_DECREF(taken.lists[--taken.listed]);
    if (found && PyArray_Check(found)) made = finish(op, service, word, values, &taken, found);
    else if (found && service == KERNEL) made = finish_in_python(op, word, values, &taken, found);
    while (taken.listed) Py_DECREF(taken.lists[--taken.listed]);
    Py_XDECREF(found);
    return made;
}

PyArrayObject *tensor_array(PyObject *tensor)
{
    return (PyArrayObject *)((Tensor *)tensor)->__array;
}

int can_serve(PyObject *object, int how)
{
    if (!core.types || (!Py_IS_TYPE(object, core.op) && !Py_IS_TYPE(object, core.view_op))) return 0;
    return how == BY_LOOP ? ((Op *)object)->_loop != Py_None : service_for((Op *)object) != NO_SERVICE;
}

PyObject *serve_apply(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    if (count != 2 || !PyList_CheckExact(args[1]) || !can_serve(args[0], BY_KERNEL)) Py_RETURN_NONE;
    PyObject *values = args[1], *made = serve(args[0], BY_KERNEL, mode_word(), ((PyListObject *)values)->ob_item, (int)PyList_GET_SIZE(values));
    if (made || PyErr_Occurred()) return made;
    Py_RETURN_NONE;
}

PyObject *start_record(PyObject *module, PyObject *args)
{
    if (!PyArg_ParseTuple(args, "O!O!O!O!OOOOOOOOO", &PyType_Type, &core.tensor, &PyType_Type, &core.node, &PyType_Type, &core.op, &PyType_Type,
                          &core.view_op, &core.version, &core.view, &core.saved, &core.types, &core.sequence, &core.fact, &core.current_node, &core.differentiable,
                          &core.quiet))
        return NULL;
    Py_INCREF(args); /* and so all of them */
    core.nothing = PyTuple_New(0);
    for (int edges = 0; edges <= MOST_EDGES; edges++) {
        core.zeros[edges] = PyTuple_New(edges);
        for (int edge = 0; core.zeros[edges] && edge < edges; edge++) PyTuple_SET_ITEM(core.zeros[edges], edge, PyLong_FromLong(0));
        if (!core.zeros[edges]) return NULL;
    }
    Py_RETURN_NONE;
}
