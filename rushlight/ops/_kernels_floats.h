/* Includes a kernel file's own part for one type, THIS_FILE, once for float and once for double. It has no guard: each file includes it. */

#define REAL float
#define NAMED(name) name##_float
#include THIS_FILE
#undef REAL
#undef NAMED
#define REAL double
#define NAMED(name) name##_double
#include THIS_FILE
#undef REAL
#undef NAMED
