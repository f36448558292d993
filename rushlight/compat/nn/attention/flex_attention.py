"""torch.nn.attention.flex_attention: its constants, which packages import; the functions are not there yet."""

_DEFAULT_SPARSE_BLOCK_SIZE = 128
_LARGE_SPARSE_BLOCK_SIZE = 1 << 30
