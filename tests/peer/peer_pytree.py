"""torch.utils._pytree: flattening, structures and their text, maps, paths, registration."""

import importlib
from collections import OrderedDict, defaultdict, deque, namedtuple

Point = namedtuple("Point", "x y")


def trees(torch):
    return importlib.import_module(f"{torch.__name__}.utils._pytree")


SAMPLES = [
    (1, 2), [1, [2, (3,)]], {"b": 1, "a": (2, None)}, Point(1, (2,)), OrderedDict(x=1, y=[2]), deque([1, 2], maxlen=3), (), [], {}, 3, None,
    {"a": 1, "b": (2, [3, None]), "c": OrderedDict(x=1)},
]  # fmt: skip


def structures(torch, log):
    tree = trees(torch)
    for sample in SAMPLES:
        leaves, spec = tree.tree_flatten(sample)
        log(leaves, repr(spec), spec.num_leaves, spec.num_nodes, spec.num_children, tree.tree_unflatten(leaves, spec) == sample)
        log(tree.treespec_pprint(spec), spec == tree.tree_structure(sample), spec == tree.tree_structure((0, 0, 0)))
    log(repr(tree.tree_structure(defaultdict(int, a=1))), tree.tree_leaves(defaultdict(int, a=1)))
    log(tree.treespec_dumps(tree.tree_structure(SAMPLES[-1])))
    log(repr(tree.treespec_loads(tree.treespec_dumps(tree.tree_structure(SAMPLES[2])))))


def maps(torch, log):
    tree = trees(torch)
    log(tree.tree_map(lambda a: a * 2, {"a": 1, "b": (2, 3)}), tree.tree_map(lambda a, b: a + b, (1, [2]), (3, [4])))
    log(tree.tree_map_only(int, lambda a: -a, (1, 2.5, "a")), tree.tree_map_only((int, float), lambda a: -a, [1, 2.5]))
    log(tree.tree_all(lambda a: a > 0, (1, 2)), tree.tree_any(lambda a: a > 1, (1, 2)), tree.tree_all_only(int, lambda a: a > 0, (1, -2.5)))
    log(tree.tree_map(lambda a: a, {"a": [1]}, is_leaf=lambda a: isinstance(a, list)), tree.tree_leaves([(1, 2)], lambda a: isinstance(a, tuple)))
    log(tree._broadcast_to_and_flatten((0, None), tree.tree_structure(([1, 2], 3))), tree._broadcast_to_and_flatten((0,), tree.tree_structure((1, 2))))
    log([(tree.keystr(path), value) for path, value in tree.tree_flatten_with_path({"a": [1, 2], "b": Point(3, 4)})[0]])


def refusals(torch, log):
    tree = trees(torch)
    log.error(lambda: tree.tree_unflatten([1], tree.tree_structure((1, 2))))
    log.error(lambda: tree.tree_map(lambda a, b: a, (1, 2), (1,)))
    log.error(lambda: tree.tree_map(lambda a, b: a, (1, 2), [1, 2]))
    log.error(lambda: tree.tree_map(lambda a, b: a, {"a": 1}, {"b": 1}))
    log.error(lambda: tree.tree_map(lambda a, b: a, (1, {"a": 3}), (1, 4)))
    log.error(lambda: tree.register_pytree_node(list, lambda a: a, lambda a: a))


def registration(torch, log):
    tree = trees(torch)

    class Box:
        def __init__(self, inside):
            self.inside = inside

    tree.register_pytree_node(Box, lambda box: ([box.inside], "context"), lambda values, context: Box(*values))
    leaves, spec = tree.tree_flatten((Box(3), 4))
    log(leaves, spec.num_nodes, tree.tree_map(lambda a: a + 1, Box([1])).inside)
