/* Operators served in C (_record.c), for _calls.c. */

#ifndef RUSHLIGHT_RECORD_H
#define RUSHLIGHT_RECORD_H

#define MOST_VALUES 12 /* of an operator that recipes and services are kept for */

/* How an operator's calls may be served: not at all, by its loop (pointwise, the values are the operands), by its kernel (the values are
   all), or by its native kernel, where that answers. */
enum { NOT_SERVED, BY_LOOP, BY_KERNEL, NATIVELY };

int can_serve(PyObject *op, int how);
/* The operator's result for plain values in a mode; NULL where it has to go another way, perhaps with an error. */
PyObject *serve(PyObject *op, int how, long word, PyObject *const *values, int count);
PyArrayObject *tensor_array(PyObject *tensor);
PyObject *new_method(PyObject *general, vectorcallfunc call); /* _calls.c: a method that stands for a Python function and is called so */
int is_plain_tensor(PyObject *value);                                               /* _calls.c */
long mode_word(void);                                                               /* _calls.c: of this context */
void pass_over(PyObject *container);                                                /* _unwatched.c: the collector need not visit it */
PyObject *call_kernel(PyObject *kernel, PyObject *const *values, Py_ssize_t count); /* _kernel.c: None where it declines */

#endif
