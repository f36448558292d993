/* Objects of graphs that the garbage collector does not visit, see NOTE [ What the garbage collector visits ] in collector.py. */

#include "_native.h"
#include "_record.h"

static int watching; /* a program may have closed a cycle: everything new is visited */

/* What the collector does not visit does not count for when it runs, either: such objects are made and freed beside its counter. What
   it keeps in front of every object are two words, up to Python 3.13, and more where an object has a dict or weak references there. */
#define HEADER (2 * sizeof(uintptr_t))
#if PY_VERSION_HEX < 0x030e0000 && !defined(Py_GIL_DISABLED)
#define IS_UNCOUNTED(type) (!((type)->tp_flags & ((1UL << 3) | (1UL << 4)))) /* Py_TPFLAGS_MANAGED_WEAKREF, _DICT */
#else
#define IS_UNCOUNTED(type) 0
#endif

static void free_unwatched(void *object)
{
    if (watching) PyObject_GC_Del(object);
    else PyObject_Free((char *)object - HEADER);
}

static PyObject *alloc_unwatched(PyTypeObject *type, Py_ssize_t items)
{
    if (watching || items) return PyType_GenericAlloc(type, items);
    if (type->tp_free == free_unwatched) {
        size_t size = HEADER + (size_t)type->tp_basicsize;
        char *memory = PyObject_Malloc(size);
        if (!memory) return PyErr_NoMemory();
        memset(memory, 0, size);
        return PyObject_Init((PyObject *)(memory + HEADER), type);
    }
    PyObject *made = PyObject_GC_New(PyObject, type); /* which does not track */
    if (made) memset(made + 1, 0, (size_t)type->tp_basicsize - sizeof(PyObject));
    return made;
}

static int is_unwatched(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    return type->tp_alloc == alloc_unwatched || type == &PyList_Type || type == &PyTuple_Type;
}

static int push_unwatched(PyObject *object, void *stack)
{
    if (!PyObject_IS_GC(object) || PyObject_GC_IsTracked(object) || !is_unwatched(object)) return 0;
    PyObject_GC_Track(object);
    return PyList_Append((PyObject *)stack, object);
}

/* Have the collector visit what can be reached from here by way of objects that it passed over. */
static int reach(PyObject *start, PyObject *stack)
{
    if (PyList_Append(stack, start) < 0) return -1;
    for (Py_ssize_t size; (size = PyList_GET_SIZE(stack));) {
        PyObject *object = Py_NewRef(PyList_GET_ITEM(stack, size - 1));
        traverseproc visit = Py_TYPE(object)->tp_traverse;
        int failed = PyList_SetSlice(stack, size - 1, size, NULL) < 0 || (visit && visit(object, push_unwatched, stack));
        Py_DECREF(object);
        if (failed) return -1;
    }
    return 0;
}

static int set_attribute(PyObject *object, PyObject *name, PyObject *value);

/* From now on the collector visits everything: what is made later, `start`, and all that tensors keep alive. */
static int watch_all(PyObject *start)
{
    watching = 1;
    PyObject *collector = PyImport_ImportModule("gc"), *stack = PyList_New(0);
    PyObject *objects = collector && stack ? PyObject_CallMethod(collector, "get_objects", NULL) : NULL;
    int failed = !objects || !PyList_Check(objects);
    if (!failed && PyObject_IS_GC(start) && !PyObject_GC_IsTracked(start)) PyObject_GC_Track(start);
    failed = failed || reach(start, stack) < 0;
    for (Py_ssize_t index = 0; !failed && index < PyList_GET_SIZE(objects); index++) {
        PyObject *object = PyList_GET_ITEM(objects, index);
        if (Py_TYPE(object)->tp_setattro == set_attribute) failed = reach(object, stack) < 0;
    }
    Py_XDECREF(collector);
    Py_XDECREF(objects);
    Py_XDECREF(stack);
    return failed ? -1 : 0;
}

PyObject *watch(PyObject *module, PyObject *start)
{
    if (watch_all(start) < 0) return NULL;
    Py_RETURN_NONE;
}

/* Attributes of a program's own are how a tensor may come to refer to itself. */
static int set_attribute(PyObject *object, PyObject *name, PyObject *value)
{
    int answer = PyObject_GenericSetAttr(object, name, value);
    if (answer || watching || !value || !PyObject_IS_GC(value) || _PyType_Lookup(Py_TYPE(object), name)) return answer;
    return watch_all(object);
}

PyObject *unwatch(PyObject *module, PyObject *class)
{
    PyTypeObject *type = (PyTypeObject *)class;
    if (!PyType_Check(class) || !PyType_IS_GC(type) || type->tp_itemsize) return PyErr_Format(PyExc_TypeError, "%R is no class of this kind", class);
    type->tp_alloc = alloc_unwatched;
    if (IS_UNCOUNTED(type) && type->tp_free == PyObject_GC_Del) type->tp_free = free_unwatched;
    Py_RETURN_NONE;
}

/* Instances of mypyc's classes take a reference to their class, as those of heap types do, and never give it back, nor do instances of
   the classes that programs derive from them: such a class would never be freed. As a static type its instances take none, and Python
   counts those of derived classes itself. The collector, which visits no static type, has to forget the class. */
PyObject *make_static(PyObject *module, PyObject *class)
{
    PyTypeObject *type = (PyTypeObject *)class;
    if (!PyType_Check(class) || !(type->tp_flags & Py_TPFLAGS_HEAPTYPE)) return PyErr_Format(PyExc_TypeError, "%R is no heap type", class);
    PyObject *where = PyObject_GetAttrString(class, "__module__");
    PyObject *name = where ? PyUnicode_FromFormat("%U.%s", where, type->tp_name) : NULL;
    const char *text = name ? PyUnicode_AsUTF8(name) : NULL; /* the name of a static type holds its module; it is kept for good */
    Py_XDECREF(where);
    if (!text) return NULL;
    PyObject_GC_UnTrack(class);
    type->tp_name = text;
    type->tp_flags &= ~Py_TPFLAGS_HEAPTYPE;
    return Py_NewRef(class);
}

PyObject *guard(PyObject *module, PyObject *class)
{
    if (!PyType_Check(class)) return PyErr_Format(PyExc_TypeError, "a class, not %R", class);
    ((PyTypeObject *)class)->tp_setattro = set_attribute;
    PyType_Modified((PyTypeObject *)class);
    Py_RETURN_NONE;
}

void pass_over(PyObject *container)
{
    if (!watching) PyObject_GC_UnTrack(container);
}

PyObject *forget(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    if (!watching)
        for (Py_ssize_t index = 0; index < count; index++)
            if (PyObject_IS_GC(args[index])) PyObject_GC_UnTrack(args[index]);
    Py_RETURN_NONE;
}
