"""The text of "received an invalid combination of arguments", which lists every overload and what does not fit it."""

from typing import Any

from .signature_types import type_name


def invalid_combination(name: str, options: list[str], args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """The whole message; options are the printed signatures, kwargs stand in hash_order."""
    message = f"{name}() received an invalid combination of arguments - got "
    if len(options) == 1:
        text = options[0]
        option = _parse_option(text)
        unmatched = _unmatched_keywords(option, kwargs)
        if unmatched:
            return message + "unrecognized keyword arguments: " + ", ".join(unmatched)
        fits = len(option) == len(args) + len(kwargs)
        given = _compare(option, args, kwargs) if fits else _list_types(args, kwargs)
        return message + given + ", but expected " + text
    message += _list_types(args, kwargs) + ", but expected one of:\n"
    for text in options:
        message += f" * {text}\n"
        option = _parse_option(text)
        if len(option) != len(args) + len(kwargs):
            continue
        unmatched = _unmatched_keywords(option, kwargs)
        message += "      didn't match because some of the "
        if unmatched:
            message += "keywords were incorrect: " + ", ".join(unmatched) + "\n"
        else:
            message += "arguments have invalid types: " + _compare(option, args, kwargs) + "\n"
    return message


def _parse_option(text: str) -> list[tuple[str, str]]:
    """Types and names, read back from the printed form as PyTorch does: "*" counts as one parameter, and the name of
    a parameter with a default is the default."""
    option: list[tuple[str, str]] = []
    for part in text[1:-1].split(", "):
        head, _, name = part.rpartition(" ")
        option.append((head or part, name))
    return option


def _unmatched_keywords(option: list[tuple[str, str]], kwargs: dict[str, Any]) -> list[str]:
    start = max(len(option) - len(kwargs), 0)
    names = [name for _, name in option[start:]]
    return [keyword for keyword in kwargs if keyword not in names]


def _list_types(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    parts = [type_name(value) for value in args]
    parts += [f"{name}={type_name(value)}" for name, value in kwargs.items()]
    text = ", ".join(parts)
    # PyTorch leaves a comma behind where there are only keywords.
    return f"({text}, )" if kwargs and not args else f"({text})"


def _compare(option: list[tuple[str, str]], args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    parts: list[str] = []
    for number, (expected, name) in enumerate(option):
        keyword = number >= len(args)
        value = kwargs[name] if keyword else args[number]
        found = type_name(value)
        matches = found == expected or (expected == "float" and found == "int")
        if isinstance(value, (tuple, list)):
            inner = ", ".join([type_name(item) for item in value])
            if isinstance(value, tuple):
                found += f" of ({inner},)" if len(value) == 1 else f" of ({inner})"
            else:
                found += f" of [{inner}]"
        text = f"{name}={found}" if keyword else found
        parts.append(text if matches else f"!{text}!")
    text = ", ".join(parts)
    return f"({text}, )" if kwargs and not args else f"({text})"


def hash_order(kwargs: dict[str, Any]) -> dict[str, Any]:
    """The keywords in the order in which PyTorch lists them: that of a C++ hash table."""
    order: list[str] = []
    buckets = 13
    for name in kwargs:
        if len(order) == 13:
            buckets = 29
            before = order
            order = []
            for other in before:
                _insert(order, other, buckets)
        _insert(order, name, buckets)
    return {name: kwargs[name] for name in order}


def _insert(order: list[str], name: str, buckets: int) -> None:
    """Put a name in front of those in its bucket, or in front of all where it is the first there."""
    bucket = _hash_bytes(name.encode()) % buckets
    place = 0
    for index, other in enumerate(order):
        if _hash_bytes(other.encode()) % buckets == bucket:
            place = index
            break
    order.insert(place, name)


def _hash_bytes(data: bytes) -> int:
    """std::hash of a string in libstdc++ (MurmurHash64A)."""
    mask = (1 << 64) - 1
    factor = 0xC6A4A7935BD1E995
    value = 0xC70F6907 ^ (len(data) * factor & mask)
    whole = len(data) & ~7
    for start in range(0, whole, 8):
        block = int.from_bytes(data[start : start + 8], "little") * factor & mask
        value = (value ^ ((block ^ (block >> 47)) * factor & mask)) * factor & mask
    if whole < len(data):
        value = (value ^ int.from_bytes(data[whole:], "little")) * factor & mask
    value = (value ^ (value >> 47)) * factor & mask
    return value ^ (value >> 47)
