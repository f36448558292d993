/* Includes a kernel file's own part for one type, THIS_FILE, once for float and once for double. It has no guard: each file includes it. */

#define REAL float
#define SINGLE /* for what float32 alone has, or has not */
#define REAL_CLONES CLONES
#define REAL_FUSED_CLONES FUSED_CLONES
#define NAMED(name) name##_float
#include THIS_FILE
#undef REAL
#undef SINGLE
#undef REAL_CLONES
#undef REAL_FUSED_CLONES
#undef NAMED
#define REAL double /* of which wider vectors hold too few to be worth their code */
#define REAL_CLONES FEW_CLONES
#define REAL_FUSED_CLONES FEW_FUSED_CLONES
#define NAMED(name) name##_double
#include THIS_FILE
#undef REAL
#undef REAL_CLONES
#undef REAL_FUSED_CLONES
#undef NAMED
