/* The list of all native kernels. */

#include "../_core/_native.h"

extern const kernel_row elementwise_kernels[], reduce_kernels[], view_kernels[], optim_kernels[];

const kernel_row *const kernel_tables[] = {elementwise_kernels, reduce_kernels, view_kernels, optim_kernels, NULL};
