"""Calls of the functions that programs use most, with arguments that do not fit; see fuzz_table.py for the fields."""

WRONG = """
{new} = torch.{used}({x}, {bad})
{new} = torch.{used}({x}, {bad}, {bad})
{new} = torch.{used}({x}, {y}, {bad})
{new} = torch.{used}({x}, {x}, {x}, {bad})
{new} = torch.{used}({bad})
{new} = torch.{used}()
{new} = torch.{used}({x}, {wrong_keyword})
{new} = torch.{used}({x}, {y}, {wrong_keyword})
{new} = torch.{used}({x}, {bad}, {wrong_keyword})
{new} = torch.{used}({x}, {wrong_keyword}, {wrong_keyword2})
{new} = torch.{used}(torch.ones(2, 3), torch.ones(4, 5))
{new} = torch.{used}([{x}, {y}], {bad})
{new} = torch.{used}([{x}, {y}], {wrong_keyword})
{new} = {x}.{used_method}({bad})
{new} = {x}.{used_method}({bad}, {bad})
{new} = {x}.{used_method}({y}, {bad})
{new} = {x}.{used_method}({wrong_keyword})
{new} = {x}.{used_method}({bad}, {wrong_keyword})
{new} = {x}.{used_method}({wrong_keyword}, {wrong_keyword2})
{new} = {x}.{used_method}(torch.ones(4, 5))
{new} = {x}.{used_in_place}({bad})
{new} = {x}.{used_in_place}(torch.ones(4, 5))
{new} = {x}.{used_in_place}({bad}, {wrong_keyword})
{new} = torch.nn.functional.{used_nn}({x}, {bad})
{new} = torch.nn.functional.{used_nn}({x}, {y}, {bad})
{new} = torch.nn.functional.{used_nn}({x}, {wrong_keyword})
{new} = torch.nn.functional.{used_nn}({f}, {f}, {wrong_keyword})
{new} = torch.nn.functional.{used_nn}({f}, torch.ones(4, 5))
{new} = torch.nn.functional.{used_nn}(torch.ones(2, 3, 4), torch.ones(5, 3, 2))
{new} = torch.nn.functional.{used_nn}()
"""

CHOICES = {
    "bad": [
        "'a'", "None", "1.5", "2", "-9", "9", "True", "(1, 2)", "[0, 0]", "(9,)", "()", "[]", "{}", "1j", "torch.float64", "torch.ones(4, 5)", "torch.tensor([0, 9])", "torch.tensor([True, False])", "object", "print",
        "torch.tensor(1.5)", "{x}", "{y}", "[{x}]", "float('nan')", "10 ** 20", "np.ones(2)", "(1.5,)", "('a',)", "slice(None)", "torch.empty(0)", "torch.ones(2, dtype=torch.complex64)", "range(2)", "0", "-1",
    ],
    "wrong_keyword": [
        "dim={bad}", "dtype={bad}", "out={bad}", "other={bad}", "keepdim={bad}", "input={bad}", "dims={bad}", "size={bad}", "axis={bad}", "value={bad}", "alpha={bad}", "device={bad}", "reduction={bad}", "weight={bad}",
        "unknown={bad}", "index={bad}", "mask={bad}", "min={bad}", "max={bad}", "p={bad}", "training={bad}", "requires_grad={bad}", "dim=0", "out=torch.empty(0)", "dtype=torch.float64", "other=1", "target={bad}",
    ],
    "wrong_keyword2": ["keepdim={bad}", "dtype={bad}", "dim={bad}", "out={bad}", "value={bad}", "eps={bad}"],
    "used": (
        "abs add addmm all allclose amax amin any arange argmax argmin argsort as_tensor atan2 bernoulli bincount bmm cat chunk clamp clone cos cross cumprod cumsum diag diff div dot einsum empty eq exp eye flatten flip "
        "full full_like gather ge gt hstack index_select isfinite isnan le linspace log log_softmax logsumexp lt masked_select matmul max maximum mean median meshgrid min minimum mm movedim mul multinomial mv ne nonzero norm "
        "numel ones ones_like outer permute pow prod quantile rand randint randn randperm relu repeat_interleave reshape roll round rsqrt scatter sigmoid sin softmax sort split sqrt squeeze stack std sub sum t take tanh tensor "
        "tensordot tile topk trace transpose tril triu unbind unique unsqueeze var vstack where zeros zeros_like"
    ).split(),
    "used_method": (
        "abs add all any argmax argmin backward bool chunk clamp clone contiguous copy_ cpu cumsum detach diag dim div dot double eq exp expand expand_as fill_ flatten flip float gather index_add index_select int item log long "
        "masked_fill masked_select matmul max mean min mm mul narrow new_ones new_tensor new_zeros norm numel numpy permute pow prod repeat requires_grad_ reshape retain_grad round scatter select size softmax sort split sqrt squeeze "
        "std stride sub sum t to tolist topk transpose type type_as unbind unfold unsqueeze var view view_as where"
    ).split(),
    "used_in_place": "add_ mul_ sub_ div_ copy_ fill_ zero_ clamp_ masked_fill_ scatter_ index_fill_ index_add_ pow_ normal_ uniform_ bernoulli_ exp_ squeeze_ transpose_ unsqueeze_ index_copy_ random_ tril_ eq_".split(),
    "used_nn": (
        "adaptive_avg_pool2d avg_pool2d batch_norm binary_cross_entropy binary_cross_entropy_with_logits conv1d conv2d cosine_similarity cross_entropy dropout elu embedding gelu glu group_norm huber_loss interpolate kl_div l1_loss "
        "layer_norm leaky_relu linear log_softmax max_pool1d max_pool2d mse_loss nll_loss normalize one_hot pad relu scaled_dot_product_attention sigmoid silu smooth_l1_loss softmax softplus tanh unfold"
    ).split(),
}  # fmt: skip
