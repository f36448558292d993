"""Optimizers whose update treats every element alike, and how such updates are run.

NOTE [ One formula, two carriers ]
An optimizer's `_update` is written once, with Python's operators and the few functions of a carrier. Most often it runs on bare arrays:
small parameters are gathered into one array, so that a step costs a dozen NumPy calls in all and not a dozen for each parameter; large
ones are worked through in pieces that stay in the cache. Where tensors are wanted (differentiable=True, subclasses of Tensor) the same
formula runs on tensors. It writes into `p` and the state by augmented assignment alone and never into `g`.

NOTE [ State that lies side by side ]
The state of small parameters is made together: each state tensor has a memory of its own as far as programs can tell (its array's base
is a bytearray and no array), yet they lie one after the other in one buffer, which the update then works on as a whole.
"""

from __future__ import annotations

from math import prod
from operator import is_
from typing import Any

import numpy as np

from rushlight._core import memory, origin, state
from rushlight._core.tensor import TensorBase, version_cell, wants_grad, wrap
from rushlight.autograd.grad_mode import enable_grad, set_grad_enabled
from rushlight.optim._carriers import Arrays as Arrays, Tensors as Tensors
from rushlight.optim._program import Settled, count_up, program_of, update_elements
from rushlight.optim._sparse import is_sparse, refuse
from rushlight.optim.optimizer import Optimizer, _get_capturable_supported_devices, _get_scalar_dtype, _to_scalar

PIECE = 1 << 16  # bytes of an array that are worked on at a time
SMALL = 1 << 15  # bytes up to which parameters are gathered


def plain(param: Any) -> bool:
    """Whether their arrays are all there is to a parameter and its gradient."""
    return not param._flags | param._grad._flags


# ---------------------------------------------------------------- memory of the state


def side_by_side(value: Any, np_dtype: Any, shapes: list[Any]) -> list[TensorBase]:
    """New tensors of the given shapes, filled with `value`: see NOTE [ State that lies side by side ]."""
    sizes = [prod(shape) * np_dtype.itemsize for shape in shapes]
    block = bytearray(sum(sizes))
    if value:
        np.frombuffer(block, np_dtype)[...] = value
    made = []
    start = 0
    for size, shape in zip(sizes, shapes):
        made.append(wrap(np.ndarray(shape, np_dtype, block, start)))
        start += size
    return made


def joined(arrays: list[Any]) -> Any:
    """The one flat array that `arrays` lie in one after the other; None where they do not."""
    first = arrays[0]
    block: Any = first.base
    if not isinstance(block, bytearray):
        return None
    start = memory.address(first)
    address = start
    for array in arrays:
        if array.base is not block or memory.address(array) != address or not array.flags.c_contiguous:
            return None
        address += array.nbytes
    offset = start - memory.address(np.frombuffer(block, np.uint8))
    return np.frombuffer(block, first.dtype, (address - start) // first.itemsize, offset)


# ---------------------------------------------------------------- running an update on arrays


def flattened(arrays: list[Any]) -> list[Any]:
    """Arrays of one shape as flat views, where their layouts allow that; else as they are."""
    if all([array.flags.c_contiguous for array in arrays]):
        return [array.reshape(-1) for array in arrays]
    if all([array.flags.f_contiguous for array in arrays]):
        return [array.T.reshape(-1) for array in arrays]
    return arrays


def run(update: Any, arrays: list[Any], constants: Any) -> None:
    """Run a formula on [parameter, gradient, *state], in pieces."""
    first = arrays[0]
    if first.dtype.kind == "c":
        flat = flattened(arrays)
        if flat[0].ndim == 1:
            run(update, [array.view(array.real.dtype) for array in flat], constants)
        else:
            run_on_copies(update, arrays, first.dtype, constants)
        return
    if first.itemsize == 2 and first.dtype.kind not in "iu":
        run_on_copies(update, arrays, np.float32, constants)
        return
    if first.nbytes > PIECE:
        arrays = flattened(arrays)
        if arrays[0].ndim == 1:
            step = PIECE // first.itemsize
            for start in range(0, arrays[0].size, step):
                piece = slice(start, start + step)
                update(Arrays, arrays[0][piece], arrays[1][piece], [array[piece] for array in arrays[2:]], constants)
            return
    update(Arrays, arrays[0], arrays[1], arrays[2:], constants)


def run_on_copies(update: Any, arrays: list[Any], np_dtype: Any, constants: Any) -> None:
    """Run a formula on row-major copies in another dtype, and write the results back."""
    copies = [array.astype(np_dtype, order="C") for array in arrays]
    run(update, copies, constants)
    for index, array in enumerate(arrays):
        if index != 1:  # the gradient
            array[...] = copies[index]


class Stretch:
    """Small arrays as one flat array: the memory that they lie side by side in, or a copy that is filled and written back."""

    def __init__(self, arrays: list[Any]) -> None:
        self.arrays = arrays
        whole = joined(arrays)
        self.copied = whole is None
        if self.copied:
            whole = np.empty(sum([array.size for array in arrays]), arrays[0].dtype)
            ends = np.cumsum([array.size for array in arrays]).tolist()
            self.flat = [array.reshape(-1) for array in arrays]
            self.parts = [whole[end - array.size : end] for end, array in zip(ends, arrays)]
        self.whole: Any = whole

    def load(self) -> Any:
        """The one array, with the values that the small ones have now."""
        if self.copied:
            np.concatenate(self.flat, out=self.whole)
        return self.whole

    def store(self) -> None:
        """Bring the values back into the small arrays."""
        if self.copied:
            for target, part in zip(self.flat, self.parts):
                np.copyto(target, part)


class Unit:
    """Parameters that are updated together, with their state as it was when this was worked out."""

    def __init__(self, params: list[Any], entries: list[Any], names: list[str], scalars: list[str]) -> None:
        self.params = params
        self.scalar_names = scalars
        self.names = names
        self.all_names = (*scalars, *names)
        self.known = self.current(entries)
        arrays = [[entry[name]._array for entry in entries] for name in self.all_names]
        self.scalars = [Stretch(each) for each in arrays[: len(scalars)]]
        self.moments: list[Any] = arrays[len(scalars) :]
        if len(params) > 1:
            self.moments = [Stretch(each) for each in self.moments]
            self.p = Stretch([param._array for param in params])
            self.g = np.empty_like(self.p.whole)

    def current(self, entries: list[Any]) -> list[Any]:
        """The arrays that parameters and state have now."""
        found = [param._array for param in self.params]
        found.extend([entry[name]._array for entry in entries for name in self.all_names])
        return found

    def fits(self, state: Any) -> bool:
        """Whether parameters and state still have the arrays that they had."""
        try:
            current = self.current([state[param] for param in self.params] if self.all_names else [])
        except (KeyError, AttributeError):
            return False
        return len(current) == len(self.known) and all(map(is_, current, self.known))

    def values(self, number: int) -> Any:
        """The value of a scalar that all the parameters share; None where they differ."""
        found = self.scalars[number].load().tolist()
        return found[0] if found.count(found[0]) == len(found) else None

    def set_values(self, number: int, value: Any) -> None:
        """Give a scalar this value for all the parameters."""
        self.scalars[number].whole[...] = value
        self.scalars[number].store()

    def run(self, update: Any, constants: Any) -> None:
        """Run the formula on all the parameters."""
        if len(self.params) == 1:
            [param] = self.params
            run(update, [param._array, param._grad._array, *[arrays[0] for arrays in self.moments]], constants)
            return
        np.concatenate([param._grad._array.reshape(-1) for param in self.params], out=self.g)
        run(update, [self.p.load(), self.g, *[moment.load() for moment in self.moments]], constants)
        for stretch in (self.p, *self.moments):
            stretch.store()


# ---------------------------------------------------------------- the optimizers' base


class Elementwise(Optimizer):
    """An optimizer given by tables and one formula.

    `_moments(group)` names the state tensors shaped as the parameter, `_scalars` those without dimensions (the step count first),
    `_constants` works out the numbers of a step, and `_update` is the formula: see NOTE [ One formula, two carriers ].
    """

    _scalars: tuple[str, ...] = ("step",)
    _bumps: dict[str, int] = {}  # how many in-place operations of PyTorch's write into a state tensor in a step; 1 where not listed
    _added: dict[str, Any] = {"foreach": None, "maximize": False, "differentiable": False, "capturable": False}  # for older state dicts
    _capturable = "params and state_steps", True
    _foreach_records = False  # whether a differentiable step is taken with foreach=True
    _counts_in_tensors = False  # whether a differentiable step reckons with the count as a tensor

    def _moments(self, group: Any) -> tuple[str, ...]:
        raise NotImplementedError

    def _initial(self, group: Any, name: str, param: Any) -> Any:
        """The value that new state is filled with."""
        return 0.0

    def _constants(self, group: Any, step: Any, scalars: list[Any]) -> Any:
        raise NotImplementedError

    def _written(self, group: Any) -> int:
        """How many in-place operations of PyTorch's write into a parameter in a step."""
        return 1

    @staticmethod
    def _update(k: Any, p: Any, g: Any, s: Any, c: Any) -> None:
        raise NotImplementedError

    def _check_group(self, group: Any) -> None:
        """Raise what PyTorch raises of a group's options when it steps."""
        if group.get("capturable"):
            subject, xla = self._capturable
            devices = _get_capturable_supported_devices(xla)
            raise AssertionError(f"If capturable=True, {subject} must be on supported devices: {devices}.")

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self.__dict__.pop("_units", None)
        self.__dict__.pop("_settled", None)
        import rushlight

        for group in self.param_groups:
            for name, value in self._added.items():
                group.setdefault(name, value)
            for param in group["params"]:
                entry = self.state.get(param, {})
                for name in self._scalars:
                    if entry and not isinstance(entry[name], TensorBase):
                        entry[name] = rushlight.tensor(float(entry[name]), dtype=_get_scalar_dtype(group.get("fused")))

    # ------------------------------------------------------------ state

    def _create(self, group: Any, params: list[Any]) -> None:
        """Make the state of parameters that have none."""
        small = [param for param in params if _gathers(param)]
        same = [param for param in small if param._array.dtype == small[0]._array.dtype]
        together = same if len(same) > 1 else []
        self._create_together(group, together)
        grouped = {id(param) for param in together}
        for param in params:
            if id(param) not in grouped:
                self._create_alone(group, param)

    def _create_together(self, group: Any, params: list[Any]) -> None:
        if not params:
            return
        np_dtype = _get_scalar_dtype(group.get("fused")).np_dtype
        first = params[0]
        for name in self._scalars:
            made = side_by_side(self._initial(group, name, first), np_dtype, [()] * len(params))
            for param, tensor in zip(params, made):
                self.state[param][name] = tensor
        for name in self._moments(group):
            value = self._initial(group, name, first)
            made = side_by_side(value, first._array.dtype, [param._array.shape for param in params])
            for param, tensor in zip(params, made):
                self.state[param][name] = tensor

    def _create_alone(self, group: Any, param: Any) -> None:
        import rushlight

        entry = self.state[param]
        for name in self._scalars:
            value = self._initial(group, name, param)
            entry[name] = rushlight.tensor(float(value), dtype=_get_scalar_dtype(group.get("fused")))
        for name in self._moments(group):
            value = self._initial(group, name, param)
            entry[name] = rushlight.full_like(param.detach(), value) if value else rushlight.zeros_like(param.detach())

    def _has_state(self, group: Any, param: Any) -> bool:
        return bool(self.state[param])

    # ------------------------------------------------------------ stepping

    def step(self, closure: Any = None) -> Any:
        """Update the parameters once; returns what `closure` gives, which evaluates the loss anew."""
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        for group in self.param_groups:
            if self._step_again(group):
                continue
            params = [param for param in group["params"] if param._grad is not None]
            if not params:
                continue
            self._check_group(group)
            if group.get("differentiable") or _tensor_options(group) or not all(map(plain, params)):
                self._step_tensors(group, params)
            else:
                self._step_arrays(group, params)
        return loss

    def _units_of(self, group: Any, params: list[Any]) -> list[Unit]:
        """The units of a group's parameters, worked out again where something changed."""
        units: dict[int, Any] = self.__dict__.setdefault("_units", {})
        known, found = units.get(id(group), (None, []))
        if known is not None and len(known) == len(params) and all(map(is_, known, params)):
            if all([unit.fits(self.state) for unit in found]) and self._moments(group) == tuple(found[0].names):
                return found
        new = [param for param in dict.fromkeys(params) if not self._has_state(group, param)]
        if new:
            self._create(group, new)
        found = self._sorted(group, params)
        units[id(group)] = (params, found)
        return found

    def _sorted(self, group: Any, params: list[Any]) -> list[Unit]:
        """Units for the parameters: the small ones make one."""
        names, scalars = list(self._moments(group)), list(self._scalars)
        entries = {id(param): self.state[param] if names or scalars else {} for param in params}
        small = [param for param in params if _gathers(param)]
        once = len(entries) == len(params)  # a parameter that is given twice is updated twice
        if once and len(small) > 1 and _alike(small, [entries[id(param)] for param in small], names):
            unit = Unit(small, [entries[id(param)] for param in small], names, scalars)
            if all(unit.values(number) is not None for number in range(len(scalars))):
                grouped = {id(param) for param in small}
                rest = [param for param in params if id(param) not in grouped]
                return [unit, *(Unit([param], [entries[id(param)]], names, scalars) for param in rest)]
        return [Unit([param], [entries[id(param)]], names, scalars) for param in params]

    def _step_again(self, group: Any) -> bool:
        """The same step as the last one, where nothing but numbers changed; False where nothing was done."""
        settled = self.__dict__.get("_settled", {}).get(id(group))
        if settled is None:
            return False
        names = self._moments(group)
        lists = settled.lists(group, self.state, names)
        if lists is None or not self._run_native(group, settled.entries, lists, [], settled.program):
            return False
        self._count(group, settled.params)
        return True

    def _run_native(self, group: Any, entries: list[Any], lists: list[list[Any]], rest: list[Any], program: Any) -> bool:
        """Count a step and run its program; False where nothing was done."""
        step: Any = 0
        if self._scalars:
            step = count_up([entry["step"]._array for entry in entries])
            if step is None:
                return False
        if program is None:
            program = program_of(self._update, len(lists), self._constants(group, step, rest), group["maximize"])
        if program is not None and update_elements(*program, *lists) is True:
            return True
        for entry in entries if self._scalars else []:
            entry["step"]._array -= 1
        return False

    def _step_native(self, group: Any, params: list[Any]) -> bool:
        """One step by the native kernel: see NOTE [ Updates as programs ]. False where nothing was done."""
        if len(set(map(id, params))) != len(params):
            return False  # a parameter that is given twice is updated twice
        names, scalars = self._moments(group), self._scalars
        entries = [self.state[param] for param in params] if names or scalars else []
        if not all(entries):
            self._create(group, [param for param, entry in zip(params, entries) if not entry])
        rest: list[Any] = []
        for name in scalars[1:]:
            values = [entry[name].item() for entry in entries]
            if values.count(values[0]) != len(values):
                return False
            rest.append(values[0])
        given = list(rest)
        lists = [[param._array for param in params], [param._grad._array for param in params]]
        lists.extend([[entry[name]._array for entry in entries] for name in names])
        if not self._run_native(group, entries, lists, rest, None):
            return False
        self._settle(group, params, entries, len(lists))
        if given:
            for name, value in zip(scalars[1:], rest):
                for entry in entries:
                    entry[name]._array[...] = value
        return True

    def _settle(self, group: Any, params: list[Any], entries: list[Any], lists: int) -> None:
        settled = self.__dict__.setdefault("_settled", {})
        settled.pop(id(group), None)
        if len(self._scalars) < 2 and not any(isinstance(value, TensorBase) for value in group.values()):
            program = None if self._scalars else program_of(self._update, lists, self._constants(group, 0, []), group["maximize"])
            settled[id(group)] = Settled(group, params, entries, program)

    def _step_arrays(self, group: Any, params: list[Any]) -> None:
        if update_elements is not None and self._step_native(group, params):
            self._count(group, params)
            return
        units = self._units_of(group, params)
        token = state.quiet_begin()
        try:
            for unit in units:
                self._step_unit(group, unit)
        finally:
            state.quiet_end(token)
        self._count(group, params)

    def _step_unit(self, group: Any, unit: Unit) -> None:
        step: Any = 0
        rest: list[Any] = []
        if unit.scalars:
            values = [unit.values(number) for number in range(len(unit.scalars))]
            if None in values:  # someone changed a count: each parameter goes its own way
                for param in unit.params:
                    single = Unit([param], [self.state[param]], unit.names, unit.scalar_names)
                    self._step_unit(group, single)
                return
            step = values[0] + 1
            rest = values[1:]
        constants = self._constants(group, step, rest)
        for index, value in enumerate([step, *rest] if unit.scalars else []):
            unit.set_values(index, value)
        update = self._update
        if group["maximize"]:
            update = _maximizing(update)
        unit.run(update, constants)

    def _count(self, group: Any, params: list[Any]) -> None:
        """Count the writes, as many as PyTorch's operations make, and remember where the first one came from."""
        writer: Any = None
        if group.get("fused"):  # PyTorch's fused kernels write past the counters
            for name in self._scalars:
                for param in params:
                    version_cell(self.state[param][name]).value += 1
            return
        times = self._written(group)
        moments = [(name, self._bumps.get(name, 1)) for name in (*self._scalars, *self._moments(group))]
        for param in params:
            cell = param._cell
            if cell is None:
                cell = version_cell(param)
            cell.value += times
            if cell.writer is None:
                if writer is None:
                    frame = origin.users_frame()
                    writer = () if frame is None else (f"{type(self).__name__}.step", frame.f_code, frame.f_lasti)
                cell.writer = writer or None
            if moments:
                entry = self.state[param]
                for name, count in moments:
                    version_cell(entry[name]).value += count

    def _step_tensors(self, group: Any, params: list[Any]) -> None:
        """The same update on tensors, recorded where the optimizer is differentiable."""
        if group.get("foreach") and group.get("differentiable") and not self._foreach_records:
            raise AssertionError("_foreach ops don't support autograd")
        before = state.is_grad_enabled()
        set_grad_enabled(bool(self.defaults.get("differentiable")))
        try:
            for param in params:
                self._step_tensor(group, param)
        finally:
            set_grad_enabled(before)

    def _step_sparse(self, group: Any, param: Any) -> None:
        refuse(self, [param])

    def _step_tensor(self, group: Any, param: Any) -> None:
        if is_sparse(param):
            self._step_sparse(group, param)
            return
        moments = self._moments(group)
        if (moments or self._scalars) and not self._has_state(group, param):
            self._create_alone(group, param)
        entry = self.state[param] if moments or self._scalars else {}
        step: Any = 0
        rest: list[Any] = []
        if self._scalars:
            entry["step"] += 1
            step = entry["step"] if self._counts_in_tensors and group.get("differentiable") else entry["step"].item()
            rest = [entry[name].item() for name in self._scalars[1:]]
        constants = self._constants(group, step, rest)
        for name, value in zip(self._scalars[1:], rest):
            entry[name].fill_(value)
        grad = param.grad
        values = [param, -grad if group["maximize"] else grad, *(entry[name] for name in moments)]
        if param.is_complex():
            import rushlight

            values = [rushlight.view_as_real(value) for value in values]
        self._update(Tensors, values[0], values[1], values[2:], constants)


def _maximizing(update: Any) -> Any:
    return lambda k, p, g, s, c: update(k, p, -g, s, c)


def _gathers(param: Any) -> bool:
    """Whether a parameter is small and simple enough to be gathered with others."""
    array = param._array
    return 0 < array.nbytes <= SMALL and array.flags.c_contiguous and array.dtype.kind == "f" and array.itemsize > 2 and not param._flags


def _alike(params: list[Any], entries: list[Any], names: list[str]) -> bool:
    """Whether parameters and their state are of one dtype, and each state tensor is laid out as its parameter."""
    np_dtype = params[0]._array.dtype
    for param, entry in zip(params, entries):
        arrays = [param._array, *[entry[name]._array for name in names]]
        if any([x.dtype != np_dtype or x.shape != param._array.shape or not x.flags.c_contiguous for x in arrays]):
            return False
    return True


def _tensor_options(group: Any) -> bool:
    """Whether an option is a tensor that wants a gradient."""
    for value in group.values():
        if isinstance(value, TensorBase) and wants_grad(value):
            return True
    return False


def number(value: Any) -> Any:
    """An option as a number (of a tensor's dtype, as PyTorch reckons with it); a tensor that wants a gradient stays one."""
    if isinstance(value, TensorBase) and not wants_grad(value):
        return value._array.reshape(())[()]
    return _to_scalar(value)


def is_used(value: Any) -> bool:
    """Whether an option such as weight decay does anything; a tensor always does."""
    return isinstance(value, TensorBase) or value != 0
