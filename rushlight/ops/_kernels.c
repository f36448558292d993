/* The list of all native kernels. */

#include "../_core/_native.h"

extern const kernel_row reduce_kernels[];

const kernel_row *const kernel_tables[] = {reduce_kernels, NULL};
