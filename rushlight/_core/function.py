"""Function: a public callable such as `torch.add`. Binds arguments to an overload, runs it, writes `out=`."""

from __future__ import annotations

from typing import Any, Final

from numpy import copyto

from rushlight._core import inplace, memory
from rushlight._core.op import Op
from rushlight._core.origin import wrote
from rushlight._core.signature import OVERLOADED, Parser
from rushlight._core.state import FUNCTION_MODE, GRAD, INFERENCE, NO_SUBCLASS, get_mode
from rushlight._core.tensor import BATCHED, DUAL, FOREIGN, LAZY, SUBCLASS, TensorBase, settled, uncounted, values_of, wants_grad
from rushlight._mypyc import mypyc_attr

FUNCTION, METHOD = 0, 1


class _Source:
    """Where functions look up what they need on first use; `rushlight/ops/declare.py` registers itself."""

    def __init__(self) -> None:
        self.parser: Any = None  # (namespace, name) -> Parser
        self.routes: Any = None  # (namespace, name) -> list of Route
        # Both take (function, args, kwargs). The first is None until a program makes a tensor with a __torch_function__ or enters
        # a function mode, and may answer MISSING; the second is for arguments that are no tensors but have one.
        self.overridden: Any = None
        self.like_tensors: Any = None
        self.relearn: Any = None  # forgets where calls were led, see NOTE [ Recipes ]; None in the pure form
        # (route, values, position, out tensor, result): raises for dtypes or shapes that do not go together, and answers whether the
        # result is converted
        self.check_out: Any = None
        self.out_refused: Any = None  # (route, values, outs): raises what PyTorch finds wrong with outs before it misses a kernel
        self.out_values: Any = None  # (route, values, outs): the values that a call with out= computes with
        self.out_count: Any = None  # (route, results, outs): raises where their numbers differ and may not
        self.out_grad: Any = None  # (route, values, outs): raises where an out= call would have to be recorded
        self.out_layout: Any = None  # (route, outs): whether a resized `out` gets the strides of the result
        self.pack_out: Any = None  # (route, result, outs): what a call with several outs returns
        self.warn_resized: Any = None  # (route, shape of out, shape of the result)
        self.resize: Any = None  # (out tensor, shape): for out= of another shape
        self.unsupported: Any = None  # (name of the operator, its operands): what an operator answers that does not know their types


SOURCE: Final = _Source()
MISSING: Final = object()  # nothing overrides the call


class Route:
    """One signature's way to its overload."""

    def __init__(self, target: Any, order: Any, out: int, in_place: bool, name: str, overload: str = "") -> None:
        self.target: Any = target  # an Op, or a function of the values in order
        self.order: Any = order  # indices of the values that the target takes, None for all
        self.out: int = out
        self.in_place: bool = in_place
        self.name: str = name
        self.overload: str = overload  # as PyTorch's schemas name it: "linalg_cross", "mean.dim"

    def redirect(self, target: Any) -> None:
        """Lead calls to another target from now on."""
        self.target = target
        if SOURCE.relearn is not None:
            SOURCE.relearn()

    def call(self, values: list[Any]) -> Any:
        out: Any = None
        if self.out >= 0:
            out = values.pop(self.out)
        order = self.order
        if order is not None:
            values = [values[entry] if isinstance(entry, int) else entry[0] for entry in order]
        target = self.target
        if self.in_place:
            return target.apply_inplace(values)
        if out is not None:
            return self.call_out(values, out)
        if isinstance(target, Op):
            return target.apply(values)
        return target(*values)

    def call_out(self, values: list[Any], out: Any) -> Any:
        """Compute and store into `out` (a tensor or a tuple of them)."""
        outs = list(out) if isinstance(out, (tuple, list)) else [out]
        if get_mode() & GRAD:
            check_out_grad(self, values, outs)
        values = SOURCE.out_values(self, values, outs)
        try:
            result = self.target.apply(values) if isinstance(self.target, Op) else self.target(*values)
        except RuntimeError as error:
            if "not implemented for '" in str(error) or " alpha " in str(error):
                SOURCE.out_refused(self, values, outs)
            raise
        found = list(result) if isinstance(result, (tuple, list)) else [result]
        if len(found) != len(outs):
            SOURCE.out_count(self, len(found), len(outs))
        converted = False
        if isinstance(self.target, Op) and self.target.promotes:
            inplace.check_overlap(outs[0]._array)
            for value in values:
                if isinstance(value, TensorBase):
                    inplace.check_shared(outs[0]._array, value._array)
        for position, (tensor, value) in enumerate(zip(outs, found)):
            converted = SOURCE.check_out(self, values, position, tensor, value)
        keeps_layout: bool = SOURCE.out_layout(self, outs)
        for tensor, value in zip(outs, found):
            if converted and tensor._array.size and tensor._array.shape != value._array.shape:
                SOURCE.warn_resized(self, tensor._array.shape, value._array.shape)  # PyTorch's temporary is resized too, and warned of
            store_out(tensor, value, self, keeps_layout)
        return SOURCE.pack_out(self, result, outs) if isinstance(out, (tuple, list)) else out


def check_out_grad(route: Route, values: list[Any], outs: list[Any]) -> None:
    """Raise where an out= call would have to be recorded."""
    for value in [*values, *outs]:
        entries = value if isinstance(value, (tuple, list)) else (value,)
        for entry in entries:
            if isinstance(entry, TensorBase) and wants_grad(entry):
                SOURCE.out_grad(route, values, outs)
                return


def store_out(out: TensorBase, value: TensorBase, route: Route | None, keeps_layout: bool) -> None:
    """Write a result into `out`, which is resized when its shape differs (with PyTorch's warning unless it is empty).

    keeps_layout: a resized `out` gets the strides of the result.
    """
    array = value._array
    if out._flags and uncounted(out) and not get_mode() & INFERENCE:
        raise RuntimeError(inplace.INFERENCE_WRITE)
    if (out._flags | value._flags) & FOREIGN:
        target: Any = out
        target.copy_(value)
        return
    inplace.check_overlap(out._array)
    if out._array.shape != array.shape:
        if out._array.size:
            SOURCE.warn_resized(route, out._array.shape, array.shape)
        SOURCE.resize(out, array.shape)
        strides = memory.element_strides(array)
        if keeps_layout and memory.is_dense(array.shape, strides):
            size = int(out._array.itemsize)
            root, start = memory.root(out._array), memory.byte_offset(out._array)
            out._array = memory.strided(root, out._array.dtype, array.shape, [step * size for step in strides], start)
    if out._flags and not get_mode() & INFERENCE and uncounted(out):
        raise RuntimeError(inplace.INFERENCE_WRITE)
    if (out._flags | value._flags) & LAZY:
        array = settled(values_of(value), out._flags)
    copyto(out._array, array, casting="unsafe")
    wrote(out, "" if route is None else route.name)


@mypyc_attr(allow_interpreted_subclasses=True)
class Function:
    """A public function: `torch.add`, or what the method `Tensor.add` calls.

    quick: the pointwise Op that a call with only tensors means; quick_number: the one for a tensor and a Python number. Such
    calls skip the parser.
    """

    def __init__(self, namespace: str, name: str, quick: Any, quick_number: Any, arity: int) -> None:
        self.namespace: str = namespace
        self.name: str = name
        self.quick: Op | None = quick
        self.quick_number: Op | None = quick_number
        self.arity: int = arity
        self.parser: Parser | None = None
        self.routes: list[Route] = []
        self.public: Any = None  # the object that __torch_function__ receives
        self.special: str = ""  # the name of Python's operator that operate() stands for

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.run(args, kwargs)

    def run(self, args: Any, kwargs: Any) -> Any:
        """A call with these arguments, a tuple and a dict."""
        quick = self.quick
        if quick is not None and not kwargs and len(args) == self.arity:
            found: Any = None
            if self.arity == 1:
                found = quick.fast1(args[0])
            else:
                second = args[1]
                if type(second) is float or type(second) is int:
                    if self.quick_number is not None:
                        found = self.quick_number.fast2(args[0], second)
                else:
                    found = quick.fast2(args[0], second)
            if found is not None:
                return found
        return self.bind(args, kwargs)

    @property
    def __name__(self) -> str:
        """PyTorch's name of the function: linalg.det is linalg_det."""
        space = self.namespace
        return self.name if space in ("torch", "method", "nn") else f"{space}_{self.name}"

    def operate(self, first: Any, second: Any) -> Any:
        """A call from one of Python's binary operators. As in PyTorch, any TypeError, also a user's own, is NotImplemented."""
        found: Any = None
        try:
            if type(second) is float or type(second) is int:
                if self.quick_number is not None:
                    found = self.quick_number.fast2(first, second)
            elif self.quick is not None:
                found = self.quick.fast2(first, second)
            if found is not None:
                return found
            if isinstance(first, TensorBase) and first._flags & (BATCHED | DUAL) and not get_mode() & FUNCTION_MODE:
                found = self.of_levels(first, second)
                if found is not None:
                    return found
            return self.bind((first, second), {})
        except TypeError as error:
            text = str(error)
            if self.special and text.startswith("descriptor '"):
                raise TypeError(f"descriptor '{self.special}'" + text[text.index("'", 12) + 1 :]) from None
        return SOURCE.unsupported(self.special, first, second)

    def of_levels(self, first: TensorBase, second: Any) -> Any:
        """operate(), inside torch.func's transforms: a batched or dual tensor with a tensor or number needs no parser either."""
        quick = self.quick
        if type(second) is float or type(second) is int:
            quick = self.quick_number
        elif not isinstance(second, TensorBase) or second._flags & SUBCLASS:
            return None
        if quick is None or first._flags & SUBCLASS:
            return None
        return quick.invoke([first, second, *quick.defaults])

    def operate_alone(self, first: Any) -> Any:
        """A call from one of Python's unary operators, or of a method without arguments."""
        if self.quick is not None and self.arity == 1:
            found = self.quick.fast1(first)
            if found is not None:
                return found
        return self.bind((first,), {})

    def bind(self, args: Any, kwargs: Any) -> Any:
        """A call through the parser."""
        parser = self.parser
        if parser is None:
            parser = self.load()
        index, values = parser.bind(args, kwargs)
        if index == OVERLOADED:
            return SOURCE.like_tensors(self, args, kwargs)
        if SOURCE.overridden is not None:
            word = get_mode()
            if word & FUNCTION_MODE or not word & NO_SUBCLASS and has_subclass(args, kwargs):
                answer = SOURCE.overridden(self, args, kwargs)
                if answer is not MISSING:
                    return answer
        return self.routes[index].call(values)

    def load(self) -> Parser:
        """Read the signatures and find the overloads, on first use."""
        parser: Parser = SOURCE.parser(self.namespace, self.name)
        self.routes = SOURCE.routes(self.namespace, self.name)
        self.parser = parser
        return parser


def has_subclass(args: Any, kwargs: Any) -> bool:
    """Whether an argument is a tensor that brings a __torch_function__ of its own."""
    for value in args:
        if isinstance(value, TensorBase):
            if value._flags & SUBCLASS:
                return True
        elif isinstance(value, (tuple, list)):
            for entry in value:
                if isinstance(entry, TensorBase) and entry._flags & SUBCLASS:
                    return True
    if kwargs:
        return has_subclass(tuple(kwargs.values()), None)
    return False
