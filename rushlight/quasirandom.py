"""torch.quasirandom: Sobol sequences."""

from __future__ import annotations

from typing import Any

import rushlight as torch
from rushlight.ops.sobol import BITS

__all__ = ["SobolEngine"]


class SobolEngine:
    """Points of a Sobol sequence in [0, 1)^dimension, plain or scrambled (from torch's random stream, or from `seed`).

        >>> torch.quasirandom.SobolEngine(2).draw(3)
        tensor([[0.0000, 0.0000],
                [0.5000, 0.5000],
                [0.7500, 0.2500]])
    """

    MAXBIT = BITS
    MAXDIM = 21201

    def __init__(self, dimension: int, scramble: bool = False, seed: int | None = None) -> None:
        if dimension > self.MAXDIM or dimension < 1:
            raise ValueError(f"Supported range of dimensionality for SobolEngine is [1, {self.MAXDIM}]")
        self.seed, self.scramble, self.dimension = seed, scramble, dimension
        self.sobolstate = torch.zeros(dimension, self.MAXBIT, dtype=torch.long)
        torch._sobol_engine_initialize_state_(self.sobolstate, dimension)
        self.shift = torch.zeros(dimension, dtype=torch.long)
        if scramble:
            self._scramble()
        self.quasi = self.shift.clone()
        self._first_point = (self.quasi / 2**self.MAXBIT).reshape(1, -1)
        self.num_generated = 0

    def draw(self, n: int = 1, out: torch.Tensor | None = None, dtype: torch.dtype | None = None) -> torch.Tensor:
        """The next n points: (n, dimension)."""
        dtype = torch.get_default_dtype() if dtype is None else dtype
        first = [] if self.num_generated else [self._first_point.to(dtype)]
        if n > len(first) or not first:
            begun = max(self.num_generated - 1, 0)
            more, self.quasi = torch._sobol_engine_draw(
                self.quasi, n - len(first), self.sobolstate, self.dimension, begun, dtype=dtype
            )  # fmt: skip
            first.append(more)
        result = torch.cat(first, dim=-2) if len(first) > 1 else first[0]
        self.num_generated += n
        if out is not None:
            return out.resize_as_(result).copy_(result)
        return result

    def draw_base2(self, m: int, out: torch.Tensor | None = None, dtype: torch.dtype | None = None) -> torch.Tensor:
        """The next 2^m points; all that were drawn must be a power of 2 then, or ValueError."""
        n = 2**m
        total = self.num_generated + n
        if total & (total - 1) != 0:
            raise ValueError(
                "The balance properties of Sobol' points require "
                f"n to be a power of 2. {self.num_generated} points have been previously generated, then: "
                f"n={self.num_generated}+2**{m}={total}. If you still want to do this, please use 'SobolEngine.draw()' instead."
            )
        return self.draw(n=n, out=out, dtype=dtype)

    def reset(self) -> SobolEngine:
        """Back to the first point."""
        self.quasi.copy_(self.shift)
        self.num_generated = 0
        return self

    def fast_forward(self, n: int) -> SobolEngine:
        """Pass over n points."""
        begun = self.num_generated > 0
        passed = (n, self.num_generated - 1) if begun else (n - 1, 0)
        torch._sobol_engine_ff_(self.quasi, passed[0], self.sobolstate, self.dimension, passed[1])
        self.num_generated += n
        return self

    def _scramble(self) -> None:
        generator: Any = None if self.seed is None else torch.Generator()
        if generator is not None:
            generator.manual_seed(self.seed)
        drawn = torch.randint(2, (self.dimension, self.MAXBIT), generator=generator)
        self.shift = torch.mv(drawn, torch.pow(2, torch.arange(self.MAXBIT)))
        matrices = torch.randint(2, (self.dimension, self.MAXBIT, self.MAXBIT), generator=generator).tril()
        torch._sobol_engine_scramble_(self.sobolstate, matrices, self.dimension)

    def __repr__(self) -> str:
        parts = [f"dimension={self.dimension}", *(["scramble=True"] if self.scramble else [])]
        parts += [] if self.seed is None else [f"seed={self.seed}"]
        return f"{type(self).__name__}({', '.join(parts)})"
