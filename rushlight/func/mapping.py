"""torch.vmap: map a function over a dimension of its arguments, all examples at once."""

from __future__ import annotations

import functools
from typing import Any

from rushlight._core.tensor import TensorBase
from rushlight.func import dispatch as dispatch
from rushlight.func.levels import STACK, Level, make, split
from rushlight.ops.declare import REGISTRY
from rushlight.utils._pytree import _broadcast_to_and_flatten, tree_flatten, tree_map_, tree_unflatten

_RANDOMNESS = ("error", "different", "same")


def vmap(func: Any, in_dims: Any = 0, out_dims: Any = 0, randomness: str = "error", *, chunk_size: int | None = None) -> Any:
    """A function that maps `func` over a dimension of its inputs.

    in_dims: which dimension of each input to map over (None: not this input), an int or a tree like the inputs. out_dims: where the
    mapped dimension appears in the outputs. randomness: "error", "different" or "same" random numbers for the examples. chunk_size:
    how many examples to take at once.

    >>> torch.vmap(torch.dot)(torch.ones(3, 5), torch.ones(3, 5))
    tensor([5., 5., 5.])
    """
    _check_randomness_arg(randomness)
    if not (chunk_size is None or chunk_size > 0):
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return vmap_impl(func, in_dims, out_dims, randomness, chunk_size, *args, **kwargs)

    if not isinstance(func, functools.partial):
        try:
            wrapped = functools.wraps(func)(wrapped)
        except AttributeError:
            return wrapped
    return wrapped


def vmap_impl(func: Any, in_dims: Any, out_dims: Any, randomness: str, chunk_size: int | None, /, *args: Any, **kwargs: Any) -> Any:
    """A call of a mapped function."""
    _check_out_dims_is_int_or_int_pytree(out_dims, func)
    size, dims, flat, spec = STEPS["_process_batched_inputs"](in_dims, args, func)
    if chunk_size is None:
        return map_flat(func, size, dims, flat, spec, out_dims, randomness, kwargs)
    return _chunked(func, size, dims, flat, spec, out_dims, randomness, chunk_size, kwargs)


def get_name(func: Any) -> str:
    """What messages call a function."""
    return getattr(func, "__name__", None) or repr(func)


def _check_randomness_arg(randomness: Any) -> None:
    if randomness not in _RANDOMNESS:
        raise RuntimeError(f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}")


def _check_out_dims_is_int_or_int_pytree(out_dims: Any, func: Any) -> None:
    if isinstance(out_dims, int):
        return

    def check(value: Any) -> None:
        if value is not None and not isinstance(value, int):
            raise ValueError(
                f"vmap({get_name(func)}, ..., out_dims={out_dims}): `out_dims` must be an int, None or a python collection of ints "
                "representing where in the outputs the vmapped dimension should appear."
            )

    tree_map_(check, out_dims)


def _process_batched_inputs(in_dims: Any, args: Any, func: Any) -> tuple[int, list[Any], list[Any], Any]:
    """The batch size, each leaf's dimension, the leaves, their structure."""
    head = f"vmap({get_name(func)}, in_dims={in_dims}, ...)(<inputs>): "
    if not isinstance(in_dims, (int, tuple)):
        raise ValueError(
            f"{head}expected `in_dims` to be int or a (potentially nested) tuple matching the structure of inputs, got: {type(in_dims)}."
        )
    if not args:
        raise ValueError(
            f"vmap({get_name(func)})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to vmap over a function "
            "with no inputs. The latter is unsupported."
        )
    flat, spec = tree_flatten(args)
    dims = _broadcast_to_and_flatten(in_dims, spec)
    if dims is None:
        raise ValueError(
            f"{head}in_dims is not compatible with the structure of `inputs`. in_dims has structure {tree_flatten(in_dims)[1]} but inputs "
            f"has structure {spec}."
        )
    for place, (value, dim) in enumerate(zip(flat, dims)):
        if dim is None:
            continue
        if not isinstance(dim, int):
            raise ValueError(
                f"{head}Got in_dim={dim} for an input but in_dim must be either an integer dimension or None."
            )
        if not isinstance(value, TensorBase):
            raise ValueError(
                f"{head}Got in_dim={dim} for an input but the input is of type {type(value)}. We cannot vmap over non-Tensor arguments, "
                "please use None as the respective in_dim"
            )
        rank = value._array.ndim
        if not -rank <= dim < rank:
            raise ValueError(
                f"{head}Got in_dim={dim} for some input, but that input is a Tensor of dimensionality {rank} so expected in_dim to satisfy "
                f"-{rank} <= in_dim < {rank}."
            )
        dims[place] = dim % rank
    return _batch_size(dims, flat), dims, flat, spec


def _batch_size(dims: Any, flat: Any) -> int:
    sizes = [value._array.shape[dim] for value, dim in zip(flat, dims) if dim is not None]
    if not sizes:
        raise ValueError("vmap: Expected at least one Tensor to vmap over")
    if any(size != sizes[0] for size in sizes):
        raise ValueError(
            f"vmap: Expected all tensors to have the same size in the mapped dimension, got sizes {sizes} for the mapped dimension"
        )
    return int(sizes[0])


def map_flat(func: Any, size: int, dims: Any, flat: Any, spec: Any, out_dims: Any, randomness: str, kwargs: dict[str, Any]) -> Any:
    """One call of a mapped function. kwargs: keywords of the function's own, which may have any name."""
    with Level("vmap", size, randomness) as level:
        inputs = STEPS["_create_batched_inputs"](dims, flat, level.number, spec)
        return STEPS["_unwrap_batched"](func(*inputs, **kwargs), out_dims, level.number, size, func)


def at(number: int) -> Level:
    """The level of a number."""
    found: Level = [level for level in STACK.get() if level.number == number][-1]
    return found


def _create_batched_inputs(flat_in_dims: Any, flat_args: Any, vmap_level: int, args_spec: Any) -> Any:
    """The arguments as tensors of a level."""
    level = at(vmap_level)
    return tree_unflatten([value if dim is None else make(level, value, dim) for value, dim in zip(flat_args, flat_in_dims)], args_spec)


def _unwrap_batched(batched_outputs: Any, out_dims: Any, vmap_level: int, batch_size: int, func: Any) -> Any:
    """The outputs as tensors of all examples."""
    level = at(vmap_level)
    if isinstance(batched_outputs, TensorBase) and isinstance(out_dims, int):
        return removed(batched_outputs, out_dims, level)
    flat, spec = tree_flatten(batched_outputs)
    dims = _flat_out_dims(batched_outputs, out_dims, flat, spec, func)
    name = get_name(func)
    return tree_unflatten([_maybe_remove_batch_dim(name, value, vmap_level, batch_size, dim) for value, dim in zip(flat, dims)], spec)


def _flat_out_dims(outputs: Any, out_dims: Any, flat: Any, spec: Any, func: Any) -> Any:
    if isinstance(outputs, TensorBase):
        if isinstance(out_dims, int):
            return [out_dims]
        if isinstance(out_dims, tuple) and len(out_dims) == 1:
            return list(out_dims)
        if out_dims is None:
            return [None]
        dims = None
    else:
        dims = _broadcast_to_and_flatten(out_dims, spec)
    if dims is None:
        raise ValueError(
            f"vmap({get_name(func)}, ..., out_dims={out_dims})(<inputs>): out_dims is not compatible with the structure of `outputs`. "
            f"out_dims has structure {tree_flatten(out_dims)[1]} but outputs has structure {spec}."
        )
    return dims


def _maybe_remove_batch_dim(name: str, batched_output: Any, vmap_level: int, batch_size: int, out_dim: int | None) -> Any:
    """One output, checked."""
    value, level = batched_output, at(vmap_level)
    if out_dim is None:
        if isinstance(value, TensorBase) and value._batch is not None and value._batch.level is level and value._batch.dim is not None:
            raise ValueError(f"vmap({name}, ...): `{name}` can not return a BatchedTensor when out_dim is None")
        return split(value, level)[0] if isinstance(value, TensorBase) else value
    if not isinstance(value, TensorBase):
        raise ValueError(
            f"vmap({name}, ...): `{name}` must only return Tensors, got type {type(value)}. Did you mean to set out_dims= to None for "
            "output?"
        )
    return removed(value, out_dim, level)


def removed(value: Any, out_dim: int, level: Level) -> Any:
    """The tensor of all examples, counted along `out_dim`."""
    inner, dim = split(value, level)
    if dim is None:
        inner, dim = REGISTRY["expand"](inner, (level.size, *inner._array.shape), False), 0
    return REGISTRY["movedim.int"](inner, dim, out_dim) if dim != out_dim else inner


def get_chunk_sizes(total: int, chunk_size: int) -> list[int]:
    """The sizes of chunks that make up a total."""
    sizes = [chunk_size] * (total // chunk_size)
    return [*sizes, total % chunk_size] if total % chunk_size else sizes


def _chunked(func: Any, size: int, dims: Any, flat: Any, spec: Any, out_dims: Any, randomness: str, chunk_size: int, kwargs: Any) -> Any:
    from rushlight._generator import default_generator

    state = default_generator.get_state() if randomness == "same" else None
    rows: list[list[Any]] = []
    out_spec: Any = None
    start = 0
    for count in get_chunk_sizes(size, chunk_size):
        if state is not None:
            default_generator.set_state(state)
        parts = [
            value if dim is None else REGISTRY["slice.Tensor"](value, dim, start, start + count, 1) for value, dim in zip(flat, dims)
        ]
        found, out_spec = tree_flatten(map_flat(func, count, dims, parts, spec, out_dims, randomness, kwargs))
        rows.append(found)
        start += count
    assert out_spec is not None, "arg_spec must not be None"  # PyTorch's text where there is nothing to map over
    places = _broadcast_to_and_flatten(out_dims, out_spec) or [out_dims] * len(rows[0])
    joined = [
        column[0] if dim is None else REGISTRY["cat"](list(column), dim) for dim, column in zip(places, zip(*rows))
    ]
    return tree_unflatten(joined, out_spec)


def chunk_vmap(func: Any, in_dims: Any = 0, out_dims: Any = 0, randomness: str = "error", chunks: int = 2) -> Any:
    """vmap() over `chunks` parts, one after the other."""
    _check_randomness_arg(randomness)
    if chunks < 1:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    if chunks == 1:
        return vmap(func, in_dims=in_dims, out_dims=out_dims, randomness=randomness)

    @functools.wraps(func)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        size = STEPS["_process_batched_inputs"](in_dims, args, func)[0]
        return vmap_impl(func, in_dims, out_dims, randomness, -(-size // chunks), *args, **kwargs)

    return wrapped


# What packages replace, so that vmap takes their own collections of tensors: see `_functorch/vmap.py`.
STEPS: dict[str, Any] = {step.__name__: step for step in (_process_batched_inputs, _create_batched_inputs, _unwrap_batched)}
