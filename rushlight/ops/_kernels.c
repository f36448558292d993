/* The list of all native kernels. */

#include "../_core/_native.h"

extern const kernel_row convolution_kernels[], copy_kernels[], draws[], elementwise_kernels[], image_kernels[], index_kernels[],
    linalg_kernels[], loss_kernels[], makers[], order_kernels[], optim_kernels[], random_kernels[], range_kernels[], readers[],
    product_kernels[], recurrent_kernels[], reduce_kernels[], row_kernels[], sample_kernels[], topk_kernels[], view_kernels[], writers[];

const kernel_row *const kernel_tables[] = {
    convolution_kernels, copy_kernels, draws, elementwise_kernels, image_kernels, index_kernels, linalg_kernels, loss_kernels, makers,
    order_kernels, optim_kernels, product_kernels, random_kernels, range_kernels, readers, recurrent_kernels, reduce_kernels, row_kernels,
    sample_kernels, topk_kernels, view_kernels, writers, NULL};
