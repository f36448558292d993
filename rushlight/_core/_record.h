/* Operators served in C (_record.c), for _calls.c. */

#ifndef RUSHLIGHT_RECORD_H
#define RUSHLIGHT_RECORD_H

#define MOST_VALUES 12 /* of an operator that recipes and services are kept for */

enum { NOT_SERVED, POINTWISE, KERNEL, VIEW };

/* Whether an operator's calls may be served: by its loop (pointwise, the values are the operands) or by its kernel (the values are all). */
int can_serve(PyObject *op, int pointwise);
/* The operator's result for plain values in a mode; NULL where it has to go another way, perhaps with an error. */
PyObject *serve(PyObject *op, int pointwise, long word, PyObject *const *values, int count);
int is_plain_tensor(PyObject *value);                                               /* _calls.c */
long mode_word(void);                                                               /* _calls.c: of this context */
void pass_over(PyObject *container);                                                /* _unwatched.c: the collector need not visit it */
PyObject *call_kernel(PyObject *kernel, PyObject *const *values, Py_ssize_t count); /* _kernel.c: None where it declines */

#endif
