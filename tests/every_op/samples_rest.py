"""Sample arguments for transforms, special functions, products of reflections and the operators of ops/rest.py."""

from __future__ import annotations

from typing import Any

import numpy as np

# operators -> the range of every operand
DOMAINS = {
    **dict.fromkeys("special_entr special_ndtri".split(), (0.2, 0.8)),
    **dict.fromkeys("special_i1 special_i1e special_i0e i0 special_erfcx special_log_ndtr frexp.Tensor".split(), (0.3, 1.7)),
    "special_zeta.self_scalar": (1.3, 2.9),
    **dict.fromkeys("special_xlog1py special_xlog1py.self_scalar special_xlog1py.other_scalar".split(), (0.3, 2.2)),
    "mvlgamma": (2.3, 3.9),
}

WITHOUT = {
    "_standard_gamma_grad": "its formula is PyTorch's refusal",
    "_standard_gamma": "a draw: its gradient is checked against PyTorch's (tests/peer/peer_rest.py)",
    **dict.fromkeys("igamma igammac special_zeta special_zeta.other_scalar".split(), "one input's formula is PyTorch's refusal"),
}


def table(R: Any, Draw: Any) -> dict[str, Any]:
    def Z(*shape: int) -> Any:
        """Complex numbers."""
        return Draw(shape, make=lambda drawn, random: drawn + 1j * random.uniform(-1, 1, shape))

    def V(*shape: int) -> Any:
        """Reflections' vectors."""
        return Draw(shape, make=lambda drawn, random: np.tril(drawn, -1))

    return {
        "_fft_c2c": [[Z(2, 3, 4), (1,), 0, True], [Z(3, 4), (0, 1), 1, False], [Z(2, 3), (1,), 2, True]],
        "_fft_r2c": [[R(2, 3, 4), (2,), 0, True], [R(3, 5), (0, 1), 1, True], [R(3, 4), (1,), 2, False], [R(4, 3), (1, 0), 0, True]],
        "_fft_c2r": [[Z(2, 3), (1,), 2, 4], [Z(3, 3), (0, 1), 1, 5], [Z(3, 2), (0,), 0, 4]],
        "renorm": [[R(2, 3), 2, 0, 0.4], [R(3, 2), 3, 1, 0.5], [R(2, 2, 2), 2.5, -1, 0.6], [R(2, 3), 2, 0, 50.0]],
        "split_copy.Tensor": [[R(5, 2), 2, 0], [R(2, 3), 2, 1]],
        "split_with_sizes_copy": [[R(5, 2), [2, 3], 0]],
        "_reshape_alias_copy": [[R(2, 3), (3, 2), (2, 1)]],
        "linalg_householder_product": [[V(4, 3), R(3)], [V(2, 3, 2), R(2, 1)], [V(3, 3), R(3)]],
        "ormqr": [
            [V(4, 2), R(2), R(4, 3), True, False], [V(3, 2), R(2), R(3, 2), True, True], [V(3, 2), R(2), R(2, 3), False, False],
            [V(3, 3), R(3), R(2, 3), False, True],
        ],
        "special_zeta.self_scalar": [[2.5, Draw((3,), 1.3, 2.9)]],
        "mvlgamma": [[R(2, 3), 1], [R(3), 3]],
        "linalg_lu": [[R(3, 3)], [R(4, 2)], [R(2, 4)], [R(2, 3, 2)]],
        "linalg_lu_factor_ex": [[R(3, 3)], [R(4, 2)], [R(2, 4)]],
    }  # fmt: skip
