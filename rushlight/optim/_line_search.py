"""The line search of LBFGS: bracket a point that satisfies the strong Wolfe conditions, then close in on it."""

from __future__ import annotations

from typing import Any


def _cubic_interpolate(x1: Any, f1: Any, g1: Any, x2: Any, f2: Any, g2: Any, bounds: Any = None) -> Any:
    """Where the cubic through two values and slopes is least, within bounds."""
    low, high = bounds if bounds is not None else ((x1, x2) if x1 <= x2 else (x2, x1))
    mean = g1 + g2 - 3 * (f1 - f2) / (x1 - x2)
    square = mean**2 - g1 * g2
    if square < 0 or square != square:
        return (low + high) / 2.0
    root = square.sqrt()
    if x1 <= x2:
        least = x2 - (x2 - x1) * ((g2 + root - mean) / (g2 - g1 + 2 * root))
    else:
        least = x1 - (x1 - x2) * ((g1 + root - mean) / (g1 - g2 + 2 * root))
    return min(max(least, low), high)


class Point:
    """A step length with the loss, the gradient and the slope there."""

    def __init__(self, t: Any, f: Any, g: Any, slope: Any) -> None:
        self.t, self.f, self.g, self.slope = t, f, g, slope


class Search:
    """One line search from x along d."""

    def __init__(self, obj_func: Any, x: Any, d: Any, f: Any, gtd: Any, c1: float, c2: float, max_ls: int) -> None:
        self.obj_func, self.x, self.d = obj_func, x, d
        self.f, self.gtd, self.c1, self.c2, self.max_ls = f, gtd, c1, c2, max_ls
        self.calls = 0

    def at(self, t: Any) -> Point:
        """Evaluate at a step length."""
        f, g = self.obj_func(self.x, t, self.d)
        self.calls += 1
        return Point(t, f, g, g.dot(self.d))

    def too_high(self, point: Point) -> bool:
        """Whether the loss does not go down enough."""
        return bool(point.f > self.f + self.c1 * point.t * self.gtd)

    def flat(self, point: Point) -> bool:
        """Whether the slope is small enough."""
        return bool(abs(point.slope) <= -self.c2 * self.gtd)

    def bracket(self, start: Point, t: Any) -> tuple[list[Point], bool, int]:
        """Two points around a good one, or one that is good; and the number of iterations."""
        before, new, count = start, self.at(t), 0
        while count < self.max_ls:
            if self.too_high(new) or (count > 1 and new.f >= before.f):
                return [before, _kept(new)], False, count
            if self.flat(new):
                return [new], True, count
            if new.slope >= 0:
                return [before, _kept(new)], False, count
            bounds = (new.t + 0.01 * (new.t - before.t), new.t * 10)
            t = _cubic_interpolate(before.t, before.f, before.slope, new.t, new.f, new.slope, bounds=bounds)
            before = _kept(new)
            new = self.at(t)
            count += 1
        return [Point(0, start.f, start.g, start.slope), new], False, count


def _kept(point: Point) -> Point:
    import rushlight

    return Point(point.t, point.f, point.g.clone(memory_format=rushlight.contiguous_format), point.slope)


def _order(points: list[Point]) -> tuple[int, int]:
    return (0, 1) if points[0].f <= points[-1].f else (1, 0)


def _away_from_ends(points: list[Point], t: Any, stuck: bool) -> tuple[Any, bool]:
    """A step length that is not too near the bracket's ends, twice in a row."""
    least, most = min(points[0].t, points[1].t), max(points[0].t, points[1].t)
    margin = 0.1 * (most - least)
    if min(most - t, t - least) >= margin:
        return t, False
    if not (stuck or t >= most or t <= least):
        return t, True
    return (most - margin if abs(t - most) < abs(t - least) else least + margin), False


def _strong_wolfe(
    obj_func: Any, x: Any, t: Any, d: Any, f: Any, g: Any, gtd: Any, c1: float = 1e-4, c2: float = 0.9, tolerance_change: float = 1e-9,
    max_ls: int = 25,
) -> tuple[Any, Any, Any, int]:  # fmt: skip
    """(loss, gradient, step length, evaluations) at a point that satisfies the strong Wolfe conditions, or near one."""
    width = d.abs().max()
    search = Search(obj_func, x, d, f, gtd, c1, c2, max_ls)
    points, done, count = search.bracket(_kept(Point(0, f, g, gtd)), t)
    low, high = _order(points)
    stuck = False
    while not done and count < max_ls:
        first, second = points
        if abs(second.t - first.t) * width < tolerance_change:
            break
        t = _cubic_interpolate(first.t, first.f, first.slope, second.t, second.f, second.slope)
        t, stuck = _away_from_ends(points, t, stuck)
        new = search.at(t)
        count += 1
        if search.too_high(new) or new.f >= points[low].f:
            points[high] = _kept(new)
            low, high = _order(points)
            continue
        if search.flat(new):
            done = True
        elif new.slope * (points[high].t - points[low].t) >= 0:
            points[high] = points[low]
        points[low] = _kept(new)
    best = points[low]
    return best.f, best.g, best.t, search.calls
