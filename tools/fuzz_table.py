"""What the fuzzer's programs are made of: one line per statement, by kind.

To add a kind: a string NAME of statements, here or in a fuzz_*.py file that MODULES lists, and a line in KINDS.

Fields: {new} a fresh name; {x} any tensor; {f} a floating or complex one; {w} one that can mostly be written to; {y} a
tensor that broadcasts with {x}; {leaf} a leaf that requires grad; {dim} {dim2} {shape} {perm} {index} {expand} {step}
fit {x}; {scalar} {number} {int} {dtype} are literals. A name in a file's CHOICES stands for any of the texts there, which
may have fields too. What programs need besides (classes, functions) is in strings PRELUDE.
"""

import sys

import fuzz_calls
import fuzz_corners
import fuzz_deep
import fuzz_models
import fuzz_nodes
import fuzz_objects
import fuzz_operators
import fuzz_programs
import fuzz_states
import fuzz_users
import fuzz_views
import fuzz_wrong

MODULES = [
    fuzz_nodes, fuzz_corners, fuzz_views, fuzz_operators, fuzz_models, fuzz_calls, fuzz_objects, fuzz_deep, fuzz_programs, fuzz_states, fuzz_wrong,
    fuzz_users,
]  # fmt: skip

VIEWS = """
{new} = {x}.view({shape})
{new} = {x}.reshape({shape})
{new} = {x}.transpose({dim}, {dim2})
{new} = {x}.permute({perm})
{new} = {x}.t()
{new} = {x}.mT
{new} = {x}.select({dim}, {int})
{new} = {x}.narrow({dim}, 0, 1)
{new} = {x}.unsqueeze({dim})
{new} = {x}.squeeze()
{new} = {x}.squeeze({dim})
{new} = {x}.expand({expand})
{new} = {x}.diagonal()
{new} = {x}.diagonal({int}, {dim}, {dim2})
{new} = {x}.split(1, {dim})[0]
{new} = {x}.split(2, {dim})[-1]
{new} = {x}.chunk(2, {dim})[0]
{new} = {x}.unbind({dim})[0]
{new} = {x}.unfold({dim}, 2, 1)
{new} = {x}.movedim({dim}, {dim2})
{new} = {x}.flatten()
{new} = {x}.flatten({dim}, {dim2})
{new} = {x}.detach()
{new} = {x}.data
{new} = {x}[{index}]
{new} = {x}[{index}]
{new} = {x}[{step}]
{new} = {x}.view_as({x})
{new} = {x}.as_strided((2,), (1,))
{new} = {x}.real
{new} = {x}.contiguous()
{new} = {x}.clone()
{new} = {x}.flip({dim})
{new} = {x}.roll(1, {dim})
"""

IN_PLACE = """
{w}.add_({number})
{w}.mul_({number})
{w}.sub_({y})
{w}.mul_({y})
{w}.copy_({y})
{w}.fill_({number})
{w}.zero_()
{w}.neg_()
{w}.clamp_(-2, 2)
{w}.relu_()
{w}.tanh_()
{w}.pow_(2)
{w}.t_()
{w}.transpose_({dim}, {dim2})
{w}.unsqueeze_(0)
{w}.squeeze_()
{w}.masked_fill_({w} > 0, {number})
{w} += {y}
{w} -= {number}
{w} *= {number}
{w}[{index}] = {number}
{w}[{index}] = {y}
{w}[{index}] += {number}
{w}[{step}] *= 2
{w}.select({dim}, 0).mul_(2)
{w}.detach_()
{w}.requires_grad_()
{w}.detach().add_(1)
{w}.data.mul_(2)
{w}.data = {w}.data * 2
{w}.index_fill_({dim}, torch.tensor([0]), {number})
torch.add({x}, {y}, out={w})
"""

POINTWISE = """
{new} = {x} + {y}
{new} = {x} * {y}
{new} = {x} - {y}
{new} = {x} / ({y} * {y} + 1)
{new} = {x} * {scalar}
{new} = {x} + {scalar}
{new} = {scalar} - {x}
{new} = {x} ** 2
{new} = -{x}
{new} = {f}.tanh()
{new} = {f}.sigmoid()
{new} = {f}.sin()
{new} = ({f} * {f} + 1).log()
{new} = ({f} * {f} + 1).sqrt()
{new} = {f}.clamp(-1, 1).exp()
{new} = {x}.relu()
{new} = {x}.abs()
{new} = {x}.clamp(-1, 1)
{new} = torch.maximum({x}, {y})
{new} = torch.where({x} > 0, {x}, {y})
{new} = torch.lerp({f}, {f}, 0.5)
{new} = torch.addcmul({x}, {x}, {x}, value=2)
{new} = {x}.masked_fill({x} > 0, {number})
{new} = torch.cat([{x}, {x}], {dim})
{new} = torch.stack([{x}, {x}], {dim})
"""

PROMOTION = """
{new} = {x} + {y}
{new} = {x} - {y}
{new} = {x} * {y}
{new} = {x} / {y}
{new} = {x} // {y}
{new} = {x} % {y}
{new} = {x} ** {y}
{new} = {x} == {y}
{new} = {x} < {y}
{new} = {x} & {y}
{new} = {x} | {y}
{new} = {x} + {scalar}
{new} = {scalar} + {x}
{new} = {scalar} - {x}
{new} = {scalar} / {x}
{new} = {x} / {scalar}
{new} = {x} // {scalar}
{new} = {x} ** {scalar}
{new} = {scalar} ** {x}
{new} = {x} > {scalar}
{new} = {x} & {int}
{new} = ~{x}
{new} = {x}.to(torch.{dtype})
{new} = {x}.sum()
{new} = {x}.prod()
{new} = {x}.mean()
{new} = {x}.exp()
{new} = {x}.sqrt()
{new} = {x}.floor()
{new} = {x}.round()
{new} = {x}.sign()
{new} = {x}.abs()
{new} = {x}.reciprocal()
{new} = torch.where({x} > 0, {x}, {y})
{new} = torch.where({x} > 0, {x}, {scalar})
{new} = torch.maximum({x}, {y})
{new} = torch.minimum({x}, {y})
{new} = torch.clamp({x}, {scalar}, {scalar})
{new} = torch.cat([{x}.flatten(), {y}.flatten()])
{new} = torch.lerp({x}, {y}, {scalar})
{new} = torch.add({x}, {y}, alpha={scalar})
{new} = torch.addcmul({x}, {x}, {y}, value={scalar})
{new} = torch.tensor(str(torch.result_type({x}, {y})) == "torch.float32")
{new} = torch.atan2({x}, {y})
{new} = torch.fmod({x}, {y})
{new} = torch.logical_and({x}, {y})
{x} += {y}
{x} *= {scalar}
{x} /= {y}
{x} **= 2
{x}.copy_({y})
"""

REDUCE = """
{new} = {x}.sum()
{new} = {x}.sum({dim})
{new} = {x}.sum({dim}, keepdim=True)
{new} = {x}.sum(({dim}, {dim2}))
{new} = {x}.mean()
{new} = {x}.mean({dim})
{new} = {x}.prod()
{new} = {x}.prod({dim})
{new} = {x}.max()
{new} = {x}.max({dim})[0]
{new} = {x}.max({dim})[1]
{new} = {x}.min({dim}, keepdim=True)[0]
{new} = {x}.amax({dim})
{new} = {x}.amin()
{new} = {x}.argmax()
{new} = {x}.argmin({dim})
{new} = {x}.any({dim})
{new} = {x}.all()
{new} = {f}.var({dim}, correction=0)
{new} = {f}.std()
{new} = {f}.norm()
{new} = {f}.norm(1, {dim})
{new} = {f}.logsumexp({dim})
{new} = {f}.softmax({dim})
{new} = {f}.log_softmax({dim})
{new} = {x}.cumsum({dim})
{new} = {x}.cumprod({dim})
{new} = {x}.sort({dim})[0]
{new} = {x}.sort({dim}, descending=True, stable=True)[1]
{new} = {x}.topk(1, {dim})[0]
{new} = {x}.median()
{new} = {x}.count_nonzero()
{new} = {x}.diff()
{new} = {x} @ {x}.mT
{new} = {x}.matmul({y})
"""

INDEX = """
{new} = {x}[{index}]
{new} = {x}[{index}]
{new} = {x}[{index}]
{x}[{index}] = {number}
{x}[{index}] = {y}
{x}[{index}] = {x}[{index}]
{x}[{index}] += 1
{new} = {x}.index_select({dim}, torch.tensor([0, 0]))
{new} = {x}.gather({dim}, torch.zeros_like({x}, dtype=torch.int64))
{new} = {x}.scatter({dim}, torch.zeros_like({x}, dtype=torch.int64), 1)
{new} = {x}.scatter_add({dim}, torch.zeros_like({x}, dtype=torch.int64), {x})
{new} = {x}.index_add({dim}, torch.tensor([0]), {x}.narrow({dim}, 0, 1))
{new} = {x}.masked_select({x} > 0)
{new} = {x}.masked_fill({x} > 0, {number})
{new} = {x}.take(torch.tensor([0, -1]))
{new} = {x}.nonzero()
{new} = {x}.index_put((torch.tensor([0, 0]),), torch.tensor(2, dtype={x}.dtype), accumulate=True)
{new} = torch.where({x} > 0)[0]
{new} = {x} > 0
{new} = {x}.long() * 0
"""

# A hook on a view whose history is stale crashes PyTorch 2.13; reading grad_fn first brings the history up to date.
AUTOGRAD = """
{f}.sum().backward(retain_graph=True)
{f}.sum().backward()
{f}.backward(torch.ones_like({f}), retain_graph=True)
({f} * {f}).sum().backward()
{new} = torch.autograd.grad(({f} * 2).sum(), [{leaf}], retain_graph=True, allow_unused=True)[0]
{new} = torch.autograd.grad(({f} * {f}).sum(), [{leaf}], create_graph=True, allow_unused=True)[0]
{new} = torch.autograd.grad({f}.sum(), [{f}], create_graph=True, allow_unused=True)[0]
{f}.sum().backward(inputs=[{leaf}])
{leaf}.grad = None
{leaf}.grad.zero_()
{f}.grad_fn; {f}.retain_grad()
{f}.grad_fn; {f}.register_hook(lambda g: seen.append(g.detach().tolist()))
{f}.grad_fn; {f}.register_hook(lambda g: g * 2)
{f}.grad_fn; {f}.register_hook(lambda g: None)
{leaf}.register_hook(lambda g: seen.append(len(seen)))
{leaf}.register_post_accumulate_grad_hook(lambda p: seen.append(p.grad.tolist()))
{f}.grad_fn.register_hook(lambda inputs, outputs: seen.append(len(inputs)))
{f}.grad_fn.register_prehook(lambda outputs: seen.append(len(outputs)))
{new} = {f}.detach()
{new} = {f}.detach().requires_grad_()
{new} = {f}.clone()
{new} = {leaf} * 1
{f}.requires_grad_(False)
"""

PRELUDE = compile("".join([getattr(module, "PRELUDE", "") for module in MODULES]), "<prelude>", "exec")
CHOICES: dict[str, list[str]] = {}
for module in MODULES:
    CHOICES.update(getattr(module, "CHOICES", {}))
TABLE = {
    name.lower(): [line for line in text.splitlines() if line]
    for module in [sys.modules[__name__], *MODULES]
    for name, text in vars(module).items()
    if name.isupper() and isinstance(text, str) and name != "PRELUDE"
}

# kind of program: how often each part of the table is drawn from
KINDS = {
    "views": {"views": 6, "in_place": 5, "pointwise": 1, "autograd": 2},
    "promotion": {"promotion": 1},
    "reduce": {"reduce": 6, "views": 2, "pointwise": 1, "autograd": 2},
    "index": {"index": 6, "views": 1, "autograd": 2},
    "autograd": {"autograd": 6, "pointwise": 4, "in_place": 3, "views": 2},
    "operators": {"functions": 5, "reductions": 3, "products": 2, "factories": 2, "views": 1, "autograd": 1},
    "nodes": {"nodes": 6, "autograd": 2, "pointwise": 3, "in_place": 2, "views": 2},
    "graphs": {"graphs": 8, "views": 2, "in_place": 2, "pointwise": 1, "autograd": 1},
    "strided": {"strided": 6, "views": 2, "in_place": 2, "pointwise": 1, "autograd": 1},
    "all": {"views": 3, "in_place": 3, "pointwise": 3, "promotion": 1, "reduce": 2, "index": 2, "autograd": 4},
    "hooked": {"hooked": 6, "views": 2, "pointwise": 1, "in_place": 1},
    "modes": {"modes": 6, "views": 1, "in_place": 1, "autograd": 1},
    "forms": {"forms": 1},
    "errors": {"errors": 4, "views": 1, "pointwise": 1},
    "prints": {"prints": 4, "views": 1, "promotion": 1},
    "double": {"double": 4, "pointwise": 1, "views": 1, "in_place": 1},
    "setitem": {"setitem": 5, "views": 2, "autograd": 1},
    "custom": {"custom": 5, "pointwise": 1, "views": 1, "in_place": 1},
    "complex": {"complex": 5, "views": 2, "in_place": 1, "pointwise": 1},
    "memory": {"memory": 5, "views": 2, "in_place": 1, "pointwise": 1},
    "weave": {"weave": 5, "views": 1, "in_place": 1, "pointwise": 1},
    "inference": {"inference": 5, "views": 1, "in_place": 1},
    "empty": {"empty": 5, "views": 1, "index": 1},
    "training": {"training": 8, "pointwise": 1},
    "layers": {"layers": 8, "views": 1, "autograd": 1},
    "transforms": {"transforms": 6, "views": 1, "pointwise": 1},
    "draws": {"draws": 8, "views": 1},
    "einsums": {"einsums": 5, "views": 1, "pointwise": 1},
    "outs": {"outs": 5, "views": 1, "pointwise": 1},
    "files": {"files": 6, "views": 2, "in_place": 1, "autograd": 1},
    "printing": {"printing": 6, "views": 1},
    "masks": {"masks": 6, "views": 1},
    "functional": {"functional": 6, "views": 1, "pointwise": 1},
    "guarded": {"guarded": 6, "views": 1, "pointwise": 1},
    "faults": {"faults": 8, "views": 1},
    "deep": {"deep": 8, "views": 1, "in_place": 1},
    "duals": {"duals": 8, "views": 1, "in_place": 1},
    "walks": {"walks": 8, "views": 1, "in_place": 1, "pointwise": 1},
    "mapped": {"mapped": 8, "views": 1},
    "derived": {"derived": 8, "views": 1, "pointwise": 1},
    "checked": {"checked": 8, "views": 1, "pointwise": 1},
    "modules": {"modules": 8, "views": 1},
    "groups": {"groups": 8, "pointwise": 1},
    "makers": {"makers": 8, "views": 1},
    "protocols": {"protocols": 8, "views": 1},
    "subclasses": {"subclasses": 7, "views": 1, "autograd": 1},
    "wrong": {"wrong": 1},
    "users": {"users": 8, "views": 1, "pointwise": 1},
    "chances": {"chances": 8, "views": 1},
    "shared": {"shared": 8, "views": 1, "in_place": 1},
    "raised": {"raised": 8, "views": 1, "pointwise": 1},
    "mixed": {"mixed": 8, "views": 1},
    "nested": {"nested": 8, "views": 1, "in_place": 1},
    "threads": {"threads": 8, "views": 1, "in_place": 1},
    "warned": {"warned": 8, "views": 1, "pointwise": 1},
}

FLOATING = ["float32", "float64"]
INTEGRAL = ["bool", "uint8", "int8", "int16", "int32", "int64"]
ALL_DTYPES = [*INTEGRAL, "float16", "bfloat16", *FLOATING, "complex64", "complex128"]
DTYPES = {
    "promotion": ALL_DTYPES,
    "reduce": [*FLOATING, *ALL_DTYPES],
    "operators": [*FLOATING, *FLOATING, *ALL_DTYPES],
    "index": [*FLOATING, "int64", "bool", "complex64"],
    "forms": [*FLOATING, "int64", "bool"],
    "errors": [*FLOATING, "int64", "bool", "complex64"],
    "prints": ALL_DTYPES,
    "complex": ["complex64", "complex128", "complex64", "complex128", *FLOATING],
    "empty": [*FLOATING, "int64", "bool", "complex64"],
    "draws": [*FLOATING, *FLOATING, "int64", "bfloat16", "float16"],
    "einsums": [*FLOATING, *FLOATING, "int64", "complex64", "complex128"],
    "outs": [*FLOATING, *ALL_DTYPES],
    "files": [*FLOATING, *FLOATING, *ALL_DTYPES],
    "printing": ALL_DTYPES,
    "masks": [*FLOATING, *FLOATING, "int64", "bool", "complex64"],
    "faults": [*FLOATING, *FLOATING, "int64", "bool", "complex64"],
    "makers": ALL_DTYPES,
    "users": ["float32", "float32", "float32", "int64", "bool", "bfloat16"],
    "wrong": [*FLOATING, *FLOATING, "int64", "bool", "complex64"],
    "protocols": [*FLOATING, *ALL_DTYPES],
    "subclasses": [*FLOATING, *FLOATING, "int64"],
    "mixed": [*FLOATING, *FLOATING, *ALL_DTYPES],
}
SHAPES = [(), (1,), (3,), (4,), (2, 3), (2, 3), (3, 2), (2, 2), (1, 3), (2, 1, 3), (2, 2, 2), (0, 3), (6,)]
EMPTY_SHAPES = [(0,), (0, 3), (2, 0), (3, 0, 2), (1, 0), (2, 3), ()]
SCALARS = ["2", "3", "-1", "0", "0.5", "2.5", "True", "1", "2", "0.5"]
NUMBERS = ["2", "-1", "0", "0.5", "3"]
WRAPPERS = [
    "with torch.no_grad():",
    "with torch.enable_grad():",
    "with torch.inference_mode():",
    "with torch.set_grad_enabled(False):",
]
