"""What sweeps over every sample of PyTorch's operator database found: masked indices, factorizations into `out=`, meta tensors."""

LINES = """
torch._unsafe_masked_index(torch.arange(4.).view(2, 2), torch.tensor([True, False, True]), [torch.tensor([0, 9, 1]), torch.tensor([1, 7, 0])], 5)
x = torch.ones(2, 2, requires_grad=True); torch._unsafe_masked_index(x, torch.tensor([True, False]), [torch.tensor([1, 9])], 5).grad_fn.name()
torch._unsafe_masked_index_put_accumulate(torch.zeros(3), torch.tensor([True, False, True]), [torch.tensor([1, 9, 1])], torch.ones(3))
torch.ops.aten._batch_norm_with_update(torch.arange(12.).reshape(2, 3, 2), None, None, torch.zeros(3), torch.ones(3), 0.1, 1e-5)
torch.ops.aten._batch_norm_no_update(torch.arange(12.).reshape(2, 3, 2), None, None, torch.zeros(3), torch.ones(3), 0.1, 1e-5)
x = torch.view_as_complex(torch.arange(12.).view(3, 2, 2)).conj(); torch.istft(x, 4, window=torch.ones(4))
torch.view_copy(torch.arange(6.).view(2, 3).t(), (6,))
torch.lu(torch.eye(2) + 1, get_infos=True)
x = torch.ones(2, 2, requires_grad=True); [type(t.grad_fn).__name__ for t in torch.triangular_solve(torch.ones(2, 1), x)]
x = torch.tensor([[2., 1.], [0., 4.]], requires_grad=True); torch.autograd.grad(sum(t.sum() for t in torch.triangular_solve(torch.ones(2, 1), x, transpose=True)), x)
torch.special.polygamma(4, torch.tensor([-13437.3, -66.2, -2.5, 5.], dtype=torch.float64))
x = torch.ones(3, 4, requires_grad=True); torch.masked.mean(x, 0).grad_fn.name(), torch.masked.std(x).grad_fn.next_functions[0][0].name()
torch.linalg.qr(torch.eye(3)[:, :2], out=(torch.empty(0), torch.empty(0)))[0].stride()
torch.linalg.lu_factor(torch.ones(2, 3, 2), out=(torch.empty(0), torch.empty(0, dtype=torch.int32)))[0].stride()
torch.linalg.cholesky_ex(torch.eye(3), upper=True, out=(torch.empty(0), torch.empty(0, dtype=torch.int32)))[0].stride()
torch.linalg.svd(torch.ones(0, 3, 3), out=(torch.empty(0), torch.empty(0), torch.empty(0)))[0].stride()
torch.fft.fft(torch.ones(2, 3, 4) + 0j, dim=1, out=torch.empty(0, dtype=torch.complex64)).stride()
torch.linalg.inv(torch.eye(2), out=torch.ones(2, 2, requires_grad=True))
torch.linalg.norm(torch.eye(2), out=torch.ones((), requires_grad=True))
torch.linalg.det(torch.eye(2), out=torch.ones((), requires_grad=True))
torch.geqrf(torch.eye(2), out=(torch.ones(2, 2, requires_grad=True), torch.ones(2)))
torch.diag(torch.ones(2), out=torch.ones(2, 2, requires_grad=True))
torch.fft.rfft(torch.ones(4), out=torch.ones(3, dtype=torch.complex64, requires_grad=True))
torch.linalg.vander(torch.ones(3, device="meta"), N=2).stride()
torch.linalg.matrix_rank(torch.ones(3, 3, device="meta"), hermitian=True).device
torch.repeat_interleave(torch.ones(2, 3, device="meta"), torch.ones(3, dtype=torch.long, device="meta"), 1)
torch.repeat_interleave(torch.ones(2, 3, device="meta"), torch.ones(3, dtype=torch.long, device="meta"), 1, output_size=6).shape
torch.narrow(torch.ones(2, 3, device="meta"), 1, torch.ones((), dtype=torch.long, device="meta"), 1)
torch.corrcoef(torch.ones(2, 3, device="meta"))
torch.var_mean(torch.ones(0, 5, device="meta"), 0)
"""
