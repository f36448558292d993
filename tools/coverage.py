"""Write docs/coverage.md: ``python tools/coverage.py DTYPE=RESULTS.json ...``. Needs PyTorch.

A RESULTS.json holds, for each operator of PyTorch's operator database, how many samples agree: {"add": {"n": 8, "fwd": 8, "bwd": 8,
"err": ""}}. The word `transforms` runs the checks of transforms anew. What is not
given is kept as it is on the present page; the names are counted anew.
"""

# ruff: noqa: E501

from __future__ import annotations

import json
import re
import sys
import types
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "coverage.md"
sys.path.insert(0, str(ROOT))

NAMESPACES = ("", "Tensor", "linalg", "fft", "special", "nn.functional")

# Why a name is missing: the first pattern that is found in it.
REASONS = (
    ("sparse tensors", "sparse|coalesce|_csr|csr_|_csc|_bsr|_bsc|ccol|crow|col_ind|row_ind|^values$|^indices$|_nnz|_dim[IV]$|"
     "hspmm|hsmm|^smm|spmm|saddmm|dsmm|^_values|^_indices|values_copy|indices_copy|to_dense"),
    ("quantized tensors", "quant|^q_|^qscheme|qint|^int_repr|fbgemm|per_channel|per_tensor|^fake_|fused_moving|_int4|_int8pack|choose_qparams"),
    ("GPUs and other devices", "cudnn|miopen|cuda|mps|xpu|^ipu|vulkan|cufft|mkldnn|nnpack|accelerator|mtia|_stream|Stream|Event|^batch_norm_(s|e|g|b|u)"
     "|triton|scaled_mm|grouped_mm|_cslt|semi_structured|philox|record_stream|flash_attention|efficient_attention|^get_device_module|pin_memory"),
    ("torch.jit, torch.fx, torch.compile", "Type$|jit|script|Script|Graph|^Block$|^Code|Compil|compile|IR|parse_|import_ir|Module|freeze|_functional|"
     "functionalize|Functional|FunctionSchema|Argument|ExecutionPlan|SymInt|SymFloat|SymBool|^sym_|_sym_|^Value$|^Node$|Alias|Logger|Lite|"
     "Interface|dynamo|wait|fork|Future|export|cond$|while_loop|merge_type|unify|ErrorReport|FileCheck|Capsule|Await|JIT|Operator|IO|Use$|Gradient|Tracing"),
    ("nested tensors", "nested|jagged|padded_tensor"),
    ("names of dtypes that rushlight does not have", "^u?int[1-7]$|float8|float4|^bits|^bit$|complex32|chalf"),
    ("names that PyTorch removed (they raise)", "^eig$|^symeig$|^lstsq$|^solve$|^matrix_rank$"),
    ("Python modules and helpers that leaked into the namespace", "^(Tensor|torch|common|_add_docstr|Any|Callable|Optional|Union|List|BroadcastingList|"
     "boolean_dispatch|math|importlib|warnings|os|sys|np|F|TYPE_CHECKING|classproperty|multi_dim|factory_common)"),
)


def find(root: Any, name: str) -> Any:
    for part in name.split(".") if name else ():
        root = getattr(root, part)
    return root


def has(root: Any, name: str) -> bool:
    try:
        getattr(root, name)
    except Exception:
        return False
    return True


def reason(name: str) -> str:
    return next((why for why, pattern in REASONS if re.search(pattern, name)), "not done")


def names() -> list[str]:
    """The page's part on names."""
    import torch

    import rushlight

    lines = ["## Names", "", "Public names of PyTorch's namespaces (no modules, no names that begin with `_`) that exist here.", ""]
    lines += ["| namespace | names | exist | of those that mean dense CPU tensors |", "| --- | --- | --- | --- |"]
    missing: dict[str, dict[str, list[str]]] = {}
    for namespace in NAMESPACES:
        theirs, ours = find(torch, namespace), find(rushlight, namespace)
        public = [n for n in dir(theirs) if n[0] != "_" and not isinstance(getattr(theirs, n, None), types.ModuleType)]
        absent = [n for n in public if not has(ours, n)]
        undone = [n for n in absent if reason(n) == "not done"]
        label = "torch" + ("." + namespace if namespace else "")
        share = 100 * (1 - len(undone) / (len(public) - len(absent) + len(undone)))
        lines.append(f"| `{label}` | {len(public)} | {len(public) - len(absent)} | {share:.1f} % |")
        for name in absent:
            missing.setdefault(label, {}).setdefault(reason(name), []).append(name)
    lines += ["", "Missing, by the reason:", ""]
    for label, groups in missing.items():
        lines += [f"- `{label}`"]
        lines += [f"  - {why}: {', '.join(f'`{n}`' for n in sorted(groups[why]))}" for why in sorted(groups)]
    return lines


def operators(arguments: list[str]) -> list[str]:
    """The page's part on operators."""
    lines = ["## Operators", "", "PyTorch's operator database (`torch.testing`), each operator's samples run on both libraries with equal inputs.", ""]
    lines += ["| dtype | operators | forward | forward and backward | samples |", "| --- | --- | --- | --- | --- |"]
    failing: dict[str, list[str]] = {}
    for argument in arguments:
        dtype, _, path = argument.partition("=")
        results = json.loads(Path(path).read_text())
        forward = sum(r["fwd"] == r["n"] for r in results.values())
        backward = sum(r["bwd"] == r["n"] for r in results.values())
        samples = sum(r["bwd"] for r in results.values()), sum(r["n"] for r in results.values())
        total = len(results)
        lines.append(
            f"| {dtype} | {total} | {forward} ({100 * forward / total:.1f} %) | {backward} ({100 * backward / total:.1f} %) "
            f"| {samples[0]} of {samples[1]} |"
        )
        for name, row in results.items():
            if row["bwd"] != row["n"]:
                failing.setdefault(name, []).append(f"{dtype} {row['fwd']}/{row['bwd']}/{row['n']}")
    lines += ["", "What differs (samples whose values agree / whose gradients agree too / all):", ""]
    return lines + [f"- `{name}`: {', '.join(rows)}{WHY.get(name, '')}" for name, rows in sorted(failing.items())]


WHY = {
    "as_strided_scatter": " (PyTorch's gradient of `self` is not the derivative)",
    "div.trunc_rounding": " (quotients next to a whole number: PyTorch rounds them to 16 bits before it cuts them)",
    "grid_sampler_3d": " (of large samples, which may take more than the 20 seconds each has on the machine that counts; sums of 16 bits)",
    "linalg.eig": " (the order of eigenvalues and the phase of eigenvectors are LAPACK's)",
    "linalg.eigh": " (the sign of eigenvectors is LAPACK's)",
    "matrix_exp": " (PyTorch's result in 16 bits is nan)",
    "nn.functional.interpolate.trilinear": " (sums of 16 bits)",
    "pow": " (16 bits; the powers are PyTorch's, the gradients differ in the last bit)",
    "sort": " (ties of an unstable sort in lines of more than 4096 elements; the compiled form orders them as PyTorch does)",
    "argsort": " (ties of an unstable sort in lines of more than 4096 elements; the compiled form orders them as PyTorch does)",
    "msort": " (ties of an unstable sort)",
    "nn.functional.triplet_margin_with_distance_loss": " (the samples pass PyTorch's own function as distance)",
}


def kept(title: str) -> list[str]:
    """A part of the present page."""
    _, _, rest = PAGE.read_text().partition(f"## {title}\n")
    return [f"## {title}", *rest.split("\n## ", 1)[0].rstrip().splitlines()]


def main(arguments: list[str]) -> None:
    import coverage_transforms

    results = [argument for argument in arguments if "=" in argument]
    part = operators(results) if results else kept("Operators")
    part += ["", *(coverage_transforms.lines() if "transforms" in arguments else kept("Transforms"))]
    head = ["# Coverage", "", "How much of PyTorch 2.13 is here. Written by `tools/coverage.py`; see also [differences](differences.md).", ""]
    PAGE.write_text("\n".join([*head, *names(), "", *part]) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
