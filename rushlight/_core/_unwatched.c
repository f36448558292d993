/* Objects of graphs that the garbage collector does not visit, see NOTE [ What the garbage collector visits ] in collector.py. */

#include "_native.h"

static int watching; /* a program may have closed a cycle: everything new is visited */

static PyObject *alloc_unwatched(PyTypeObject *type, Py_ssize_t items)
{
    if (watching || items) return PyType_GenericAlloc(type, items);
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

PyObject *watch(PyObject *module, PyObject *start)
{
    watching = 1;
    PyObject *stack = PyList_New(0);
    if (!stack) return NULL;
    PyObject *object = Py_NewRef(start);
    if (PyObject_IS_GC(object) && !PyObject_GC_IsTracked(object)) PyObject_GC_Track(object);
    while (object) {
        int failed = Py_TYPE(object)->tp_traverse ? Py_TYPE(object)->tp_traverse(object, push_unwatched, stack) : 0;
        Py_SETREF(object, NULL);
        Py_ssize_t size = PyList_GET_SIZE(stack);
        if (!failed && size) {
            object = Py_NewRef(PyList_GET_ITEM(stack, size - 1));
            failed = PyList_SetSlice(stack, size - 1, size, NULL);
        }
        if (failed) {
            Py_XDECREF(object);
            Py_DECREF(stack);
            return NULL;
        }
    }
    Py_DECREF(stack);
    Py_RETURN_NONE;
}

/* Attributes of a program's own are how a tensor may come to refer to itself. */
static int set_attribute(PyObject *object, PyObject *name, PyObject *value)
{
    int answer = PyObject_GenericSetAttr(object, name, value);
    if (answer || watching || !value || !PyObject_IS_GC(value) || _PyType_Lookup(Py_TYPE(object), name)) return answer;
    PyObject *done = watch(NULL, object);
    Py_XDECREF(done);
    return done ? 0 : -1;
}

PyObject *unwatch(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    if (count != 2 || !PyType_Check(args[0])) return PyErr_Format(PyExc_TypeError, "unwatch(class, whether programs set attributes)");
    PyTypeObject *type = (PyTypeObject *)args[0];
    if (!PyType_IS_GC(type) || type->tp_itemsize) Py_RETURN_NONE;
    type->tp_alloc = alloc_unwatched;
    if (PyObject_IsTrue(args[1])) type->tp_setattro = set_attribute;
    PyType_Modified(type);
    Py_RETURN_NONE;
}

PyObject *forget(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    if (!watching)
        for (Py_ssize_t index = 0; index < count; index++)
            if (PyObject_IS_GC(args[index])) PyObject_GC_UnTrack(args[index]);
    Py_RETURN_NONE;
}
