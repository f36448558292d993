"""In-place operations, views, version counters, rebased histories."""


def versions_are_shared(torch, log):
    x = torch.zeros(4)
    view, detached, data = x[1:], x.detach(), x.data
    log(x._version, view._version, detached._version, data._version)
    x.add_(1)
    view.mul_(2)
    detached.sub_(1)
    log(x._version, view._version, detached._version, data._version)
    data.add_(1)
    log(x._version, data._version)
    x[0] = 5
    x += 1
    x.fill_(3)
    x.copy_(torch.ones(4))
    log(x._version, x)
    x.data = torch.zeros(4)
    log(x._version, view._version)


def leaf_in_place_is_refused(torch, log):
    x = torch.ones(4, requires_grad=True)
    log.error(lambda: x.add_(1))
    log.error(lambda: x.zero_())
    log.error(lambda: x.__setitem__(0, 1.0))
    log.error(lambda: x.copy_(torch.zeros(4)))
    log.error(lambda: x.detach_())
    log.error(lambda: torch.add(torch.ones(4), 1, out=x))
    log.error(lambda: torch.zeros(4).add_(x))
    log(x)


def view_of_leaf_in_place_is_refused(torch, log):
    x = torch.ones(4, requires_grad=True)
    view = x[:2]
    log.error(lambda: view.add_(1))
    log.error(lambda: x.view(2, 2).mul_(2))
    log.error(lambda: x.detach_())
    log.error(lambda: x.t().zero_())
    with torch.no_grad():
        view.add_(1)
        x.mul_(3)
    log(x, view)
    x.detach()[0] = 9
    log(x)


def leaf_changed_under_no_grad_after_use(torch, log):
    x = torch.ones(3, requires_grad=True)
    y = (x * x).sum()
    with torch.no_grad():
        x.add_(1)
    log.error(y.backward)
    log(x)


def saved_tensor_changed(torch, log):
    x = torch.ones(3, requires_grad=True)
    y = x * 2
    z = y * y
    y.add_(1)
    log(y, z)
    log.error(lambda: z.sum().backward())
    z = y.exp()
    z.mul_(2)
    log.error(lambda: z.sum().backward())
    z = y.sigmoid()
    z[0] = 0.5
    log.error(lambda: z.sum().backward())
    weights = torch.ones(3)
    z = x * weights
    weights.zero_()
    log.error(lambda: z.sum().backward())


def unsaved_tensor_may_change(torch, log):
    x = torch.ones(3, requires_grad=True)
    y = x * 2
    z = y + 1
    y.add_(1)
    z.mul_(3)
    (y.sum() + z.sum()).backward()
    log(y, z, x.grad)


def in_place_result_saved(torch, log):
    x = torch.tensor([0.5, -1.0, 2.0], requires_grad=True)
    y = (x * 1).exp_().tanh_().sigmoid_()
    log(y)
    log.error(lambda: y.sum().backward())
    y = (x * 1).add_(1).exp_()
    y.sum().backward()
    log(x.grad)
    z = (x * 1).relu_().sqrt_()
    log(z)
    log.error(lambda: (x * 1).pow_(2).sum().backward())
    log.error(lambda: torch.autograd.grad(z[2], x)[0][2])


def in_place_on_view_rebases_base(torch, log):
    x = torch.zeros(4, requires_grad=True)
    base = x * 1
    view = base[1:3]
    log(base, view)
    view.mul_(5)
    log(base, view)
    base.sum().backward()
    log(x.grad)


def copy_slices_names(torch, log):
    x = torch.ones(2, 3, requires_grad=True)
    base = x * 1
    base[0] = 2.0
    log(base.grad_fn, base.grad_fn.name())
    base[:, 1].mul_(3)
    log(base.grad_fn)
    base.t()[0].copy_(torch.ones(2))
    log(base.grad_fn)
    base.view(6)[4:].exp_()
    log(base.grad_fn)
    base.sum().backward()
    log(x.grad)


def stale_view_regenerates(torch, log):
    x = torch.ones(2, 3, requires_grad=True)
    base = x * 1
    row, column, flat = base[0], base[:, 1], base.view(6)
    diagonal = base.diagonal()
    log(row.grad_fn, column.grad_fn, flat.grad_fn, diagonal.grad_fn)
    base.mul_(2)
    log(row, column, flat, diagonal)
    row.add_(1)
    log(row, column, flat, base)
    (flat.sum() + column.sum()).backward()
    log(x.grad)


def view_chain_in_place(torch, log):
    x = torch.arange(24.0, requires_grad=True)
    base = x * 1
    inner = base.view(2, 3, 4).permute(2, 0, 1)[1:3].transpose(0, 1)[:, :, ::2]
    log(inner)
    inner.mul_(10)
    log(inner, base)
    base.sum().backward()
    log(x.grad)


def base_without_grad_view_gets_grad(torch, log):
    base = torch.zeros(4)
    view = base[1:3]
    w = torch.tensor([2.0, 3.0], requires_grad=True)
    view.add_(w)
    log(base, view, base.is_leaf, view.is_leaf)
    base.mul_(2)
    log(base, view)
    (base * torch.arange(4.0)).sum().backward()
    log(w.grad)


def copy_into_plain_tensor(torch, log):
    w = torch.tensor([2.0, 3.0], requires_grad=True)
    x = torch.zeros(2)
    x.copy_(w)
    log(x)
    x.sum().backward()
    log(w.grad)
    y = torch.zeros(3, 2)
    y[1] = w * 2
    y[:, 0] = w[1]
    log(y)
    y.sum().backward()
    log(w.grad)


def setitem_gradients_on_both_sides(torch, log):
    x = torch.arange(6.0, requires_grad=True)
    w = torch.tensor([10.0, 20.0], requires_grad=True)
    y = x.reshape(2, 3) * 2
    y[:, 1] = w
    y[0, 2] = w[0] * 3
    y[torch.tensor([1, 1]), torch.tensor([0, 2])] = w
    y[y > 30] = 0.0
    log(y)
    (y * y).sum().backward()
    log(x.grad, w.grad)


def setitem_dtype_casts(torch, log):
    x = torch.zeros(3, dtype=torch.float64)
    w = torch.ones(3, requires_grad=True)
    x[:] = w
    log(x)
    x.sum().backward()
    log(w.grad)
    integers = torch.zeros(3, dtype=torch.int64)
    integers[0] = 3.7
    integers[1:] = torch.tensor([1.9, -1.9])
    log(integers)
    log.error(lambda: integers.add_(1.5))
    log.error(lambda: integers.copy_(w))
    log(integers)


def multi_output_views(torch, log):
    x = torch.ones(4, requires_grad=True)
    base = x * 1
    first, second = base.split(2)
    log(first, second, second.output_nr, second.grad_fn is first.grad_fn)
    log.error(lambda: first.add_(1))
    first, second = base.chunk(2)
    log.error(lambda: second.mul_(2))
    first = base.unbind(0)[0]
    log(first)
    log.error(lambda: first.zero_())
    base.add_(1)
    log.error(lambda: first.grad_fn)
    plain = torch.ones(4).split(2)
    plain[0].add_(1)
    log(plain)


def multi_output_views_under_no_grad(torch, log):
    x = torch.ones(4, requires_grad=True)
    base = x * 1
    with torch.no_grad():
        parts = base.split(2)
    log(parts)
    log.error(lambda: parts[0].add_(1))
    with torch.no_grad():
        parts[0].add_(1)
    log(parts, base)


def views_made_under_no_grad(torch, log):
    x = torch.ones(4, requires_grad=True)
    base = x * 1
    with torch.no_grad():
        view = base[:2]
        leaf_view = x[:2]
    log(view, leaf_view, view._base is base, leaf_view._base is x)
    log.error(lambda: view.mul_(2))
    log.error(lambda: leaf_view.mul_(2))
    base.add_(1)
    log.error(lambda: view.grad_fn)
    log.error(lambda: view.requires_grad)


def no_grad_view_of_plain_tensor(torch, log):
    base = torch.zeros(4)
    with torch.no_grad():
        view = base[:2]
    w = torch.ones(2, requires_grad=True)
    log.error(lambda: view.add_(w))
    log(base, view)


def view_then_no_grad_write(torch, log):
    x = torch.ones(4, requires_grad=True)
    base = x * 1
    view = base[:2]
    with torch.no_grad():
        view.mul_(7)
        base[3] = 0
    log(base, view)
    base.sum().backward()
    log(x.grad)


def detach_in_place_rules(torch, log):
    x = torch.ones(4, requires_grad=True)
    base = x * 1
    view = base[:2]
    log.error(lambda: view.detach_())
    base.detach_()
    log(base, view)
    base.add_(1)
    log(base)
    log.error(lambda: view.requires_grad)


def base_attribute(torch, log):
    x = torch.arange(6.0)
    view = x.view(2, 3)[0]
    log(view._base is x, view._is_view(), x._is_view(), x._base, view.t()._base is x)
    log(x.detach()._base, x.clone()._base, x.contiguous() is x, x.reshape(3, 2)._base is x, x[None]._base is x)
    log(x.data._is_view(), x.expand(2, 6)._base is x, x[torch.tensor([0])]._base)


def requires_grad_on_a_view(torch, log):
    base = torch.zeros(4)
    view = base[:2]
    view.requires_grad_()
    log(view, base)
    log.error(lambda: view.add_(1))
    log.error(lambda: base.add_(1) and view.requires_grad)
    log(base)


def in_place_with_overlap(torch, log):
    x = torch.arange(6.0)
    log.error(lambda: x.expand(2, 6).add_(1))
    log.error(lambda: torch.ones(1).expand(3).fill_(2))
    log.error(lambda: torch.ones(1).expand(3).copy_(torch.ones(3)))
    log.error(lambda: x[1:].copy_(x[:-1]))
    log.error(lambda: x[1:].add_(x[:-1]))
    log.error(lambda: torch.add(x[:-1], 1, out=x[1:]))
    log(x)


def in_place_shape_and_dtype_errors(torch, log):
    x = torch.ones(2, 3)
    log.error(lambda: x.add_(torch.ones(4, 2, 3)))
    log.error(lambda: x.add_(torch.ones(4)))
    log.error(lambda: x.mul_(1j))
    log.error(lambda: torch.ones(2, dtype=torch.int32).div_(2))
    log.error(lambda: torch.ones(2, dtype=torch.int32).mul_(torch.ones(2)))
    log.error(lambda: torch.ones(2, dtype=torch.bool).add_(1))
    log.error(lambda: torch.ones(2, dtype=torch.float16).add_(torch.ones(2, dtype=torch.float64)))
    log(x, x._version)


def failed_in_place_changes_nothing(torch, log):
    x = torch.ones(3, requires_grad=True)
    y = x * 1
    log.error(lambda: y.add_(torch.ones(4)))
    log.error(lambda: y.__setitem__(5, 1.0))
    log.error(lambda: y[:2].copy_(torch.ones(3)))
    log(y, y._version)


def out_argument(torch, log):
    out = torch.empty(0)
    log(torch.add(torch.ones(2), 1, out=out) is out, out, out._version)
    same = torch.zeros(2)
    torch.mul(torch.full((2,), 3.0), 2, out=same)
    log(same, same._version)
    log.warns(lambda: torch.add(torch.ones(3), 1, out=same))
    log(same)
    log.error(lambda: torch.add(torch.ones(2), 1, out=torch.zeros(2, dtype=torch.int32)))
    log.error(lambda: torch.add(torch.ones(2, requires_grad=True), 1, out=torch.zeros(2)))
    with torch.no_grad():
        log(torch.add(torch.ones(2, requires_grad=True), 1, out=torch.zeros(2)))


def in_place_through_detached_view(torch, log):
    x = torch.ones(4, requires_grad=True)
    y = x.exp()
    y.detach()[1:3].mul_(2)
    log(y, y._version)
    log.error(lambda: y.sum().backward())


def in_place_transposes(torch, log):
    x = torch.arange(6.0).reshape(2, 3)
    x.t_()
    log(x, x._version)
    x.unsqueeze_(0).squeeze_(0).transpose_(0, 1)
    log(x, x._version)
    w = torch.ones(2, 3, requires_grad=True)
    y = w * 2
    y.t_()
    log(y)
    y.sum().backward()
    log(w.grad)
    x.resize_(2, 2)
    log(x)


def interleaved_views_and_backward(torch, log):
    x = torch.arange(8.0, requires_grad=True)
    y = x.sin()
    a, b = y[::2], y.view(2, 4)[1]
    a.mul_(2)
    b += a.clone()
    c = y.view(4, 2).t()
    c[0].exp_()
    log(y, a, b, c)
    (y * y).sum().backward()
    log(x.grad)


def real_and_imag_views(torch, log):
    z = torch.tensor([1 + 2j, 3 - 1j], requires_grad=True)
    w = z * 1
    w.real.mul_(2)
    log(w)
    w.imag[0] = 7.0
    torch.view_as_real(w)[1, 0] = -1.0
    log(w)
    w.abs().sum().backward()
    log(z.grad)


def hooks_and_rebase(torch, log):
    x = torch.ones(3, requires_grad=True)
    y = x * 2
    seen = []
    y.register_hook(lambda g: seen.append(("before", g.tolist())))
    y.mul_(3)
    y.register_hook(lambda g: seen.append(("after", g.tolist())))
    y.sum().backward()
    log(seen, x.grad)
