"""Products, einsum and linear algebra: values, strides, errors, graphs."""

SHAPES = [
    ((3,), (3,)), ((3,), (3, 2)), ((2, 3), (3,)), ((2, 3), (3, 2)), ((2, 2, 3), (3,)), ((2, 2, 3), (3, 4)), ((3,), (2, 3, 4)),
    ((2, 3), (5, 3, 4)), ((5, 2, 3), (5, 3, 4)), ((5, 2, 3), (1, 3, 4)), ((4, 5, 2, 3), (5, 3, 4)), ((1, 2, 3), (5, 3, 4)), ((2, 0), (0, 3)),
    ((2,), (3,)), ((2, 3), (2, 3)), ((2, 3), (4,)), ((2, 3, 3), (4, 3, 3)), ((), (2,)),
]  # fmt: skip


def matrix_products(torch, log):
    torch.manual_seed(0)
    for first, second in SHAPES:
        a = torch.randn(first, dtype=torch.float64).requires_grad_()
        b = torch.randn(second, dtype=torch.float64).requires_grad_()

        def product(a=a, b=b):
            found = a @ b
            grads = torch.autograd.grad(found.sum(), (a, b))
            return found, found.stride(), found.grad_fn, *grads

        log.error(product)


def dtypes_of_products(torch, log):
    for name in ("float16", "bfloat16", "float32", "complex64", "int8", "uint8", "int64", "bool", "uint16"):
        a = torch.ones(2, 3).to(getattr(torch, name))
        log.error(lambda a=a: a @ a.t())
        log.error(lambda a=a: torch.addmm(a @ a.t(), a, a.t(), beta=2, alpha=3))
        log.error(lambda a=a: torch.mm(torch.ones(4, 2), a))


EQUATIONS = [
    ("ij,jk->ik", (2, 3), (3, 4)), ("ij,kj->ki", (2, 3), (4, 3)), ("i,j->ij", (2,), (3,)), ("ii->i", (3, 3)), ("ii", (3, 3)),
    ("...ij,...jk->...ik", (2, 3, 4), (4, 5)), ("ij,jk,kl->il", (2, 3), (3, 4), (4, 5)), ("bn,anm,bm->ba", (2, 3), (4, 3, 5), (2, 5)),
    ("ij,kl->ik", (2, 3), (4, 5)), ("iij->j", (3, 3, 2)), ("i...->...", (2, 3)), ("ij,jk", (2, 1), (3, 4)), ("bA->Ab", (2, 3)),
    ("ij,jk->ik", (2, 3), (4, 5)), ("i1", (2, 3)), ("ij->k", (2, 3)), ("ii", (2, 3)), ("i.j", (2, 3)), ("ij", (2, 3), (2, 3)),
]  # fmt: skip


def einsum(torch, log):
    torch.manual_seed(0)
    for equation, *shapes in EQUATIONS:
        operands = [torch.randn(shape, dtype=torch.float64).requires_grad_() for shape in shapes]

        def call(equation=equation, operands=operands):
            found = torch.einsum(equation, *operands)
            return found, found.stride(), found.grad_fn, *torch.autograd.grad(found.sum(), operands)

        log.error(call)
    x = torch.ones(2, 3)
    log.error(lambda: torch.einsum(x, [0, 1], x, [0, 2], [2, 1]))
    log.error(lambda: torch.einsum(x, [0, 52]))


def linear_algebra(torch, log):
    torch.manual_seed(0)
    x = torch.randn(3, 3, dtype=torch.float64)
    for name in ("inv", "det", "slogdet", "cholesky", "eigvalsh", "svdvals", "pinv", "matrix_exp", "qr", "lu_factor"):
        for value in (x @ x.mT + torch.eye(3), torch.ones(3), torch.ones(2, 3, dtype=torch.int64), torch.zeros(2, 2, 2)):

            def call(name=name, value=value):
                value = value.clone().requires_grad_(value.is_floating_point())
                found = getattr(torch.linalg, name)(value)
                first = found[0] if isinstance(found, tuple) else found
                log(first.grad_fn, *torch.autograd.grad(first.sum(), value))
                return found

            log.error(call)
