"""One line for each operator that a first program calls, and the usual mistakes with it."""

LINES = """
x = torch.ones(2, requires_grad=True); x.grad_fn is None
x = torch.arange(4.); x.index_fill_(0, torch.tensor([0]), 9)
x = torch.arange(4.); x.scatter_(0, torch.tensor([1]), 5.)
torch.arange(6.).unfold(0, 3, 2)
torch.einsum('ij,jk->ik', torch.ones(2, 3), torch.ones(3, 2))
torch.arange(4.).sort(descending=True)
torch.arange(4.).topk(2)
torch.arange(4.).max(0)
torch.arange(6.).reshape(2, 3).norm(dim=1)
torch.tensor([3., 1.]).argmax()
torch.logsumexp(torch.ones(2, 2), 1)
torch.ones(2, 2).var(0)
torch.ones(1).std()
torch.tensor([1.]).var()
torch.stack([])
torch.cat([])
torch.cat([torch.ones(2), torch.ones(2, 2)])
torch.ones(2, 3) @ torch.ones(2, 3)
torch.ones(2, 3).mm(torch.ones(2))
torch.ones(2) + torch.ones(3)
torch.ones(2, 3)[5]
torch.ones(2, 3)[0, 0, 0]
torch.ones(2, 3)[1.0]
torch.ones(2, 3)[torch.tensor([True])]
torch.ones(2, 3)[:, ::-1]
x = torch.ones(2, 3); x[0] = torch.ones(4)
x = torch.ones(2, 3); x[0, 'a'] = 1
x = torch.zeros(2, 3); x[torch.tensor([0, 1]), torch.tensor([1, 2])] = torch.tensor([5., 6.]); x
x = torch.zeros(2, 3); x[x == 0] = 4; x
x = torch.zeros(2, 3); x[..., 1] = 4; x
x = torch.arange(4); x[[0, 1]]
x = torch.arange(4); x[(0,)]
x = torch.arange(4); x[True]
x = torch.arange(4); x[None, :, None].shape
torch.arange(12).reshape(3, 4)[1:, [0, 2]]
torch.ones(2).sum(dim=5)
torch.ones(2, dtype=torch.int32).mean()
torch.ones(2).sum(dtype=torch.int32)
torch.tensor([1, 2]).sum().dtype
torch.tensor([True, True]).sum()
torch.ones(2, dtype=torch.uint8).cumsum(0).dtype
torch.ones(2, 3).sum((0, 0))
torch.clamp(torch.arange(4.), 1, 2)
torch.clamp(torch.arange(4.))
torch.where(torch.tensor([True, False]), 1, 2.)
torch.where(torch.tensor([1, 0]), 1, 2)
torch.ones(2).masked_fill(torch.tensor([True, False]), 5)
torch.ones(2).masked_fill(torch.tensor([1, 0]), 5)
torch.ones(2).masked_fill(torch.ones(2, dtype=torch.int16), 5)
torch.ones(2).masked_fill(torch.ones(2, dtype=torch.complex64), 5)
torch.ones(2).masked_fill(torch.ones(2, dtype=torch.uint16), 5)
torch.ones(2).gather(0, torch.tensor([5]))
torch.ones(2).index_select(0, torch.tensor([5]))
torch.ones(2).take(torch.tensor([5]))
torch.linspace(0, 1, 5)
torch.arange(0, 1, 0.3)
torch.arange(1, 0)
torch.eye(2, 3)
torch.full((2,), 3)
torch.full((2,), 3.)
torch.full((2,), True)
torch.zeros(2, 3, dtype=torch.int16)
torch.zeros((2, 3), dtype=int)
torch.zeros(2, -1)
torch.empty_like(torch.ones(2, 3).t()).stride()
torch.zeros_like([1])
torch.ones(2).new_zeros(3)
torch.ones(2, dtype=torch.int32).new_full((2,), 3.5)
torch.add(torch.ones(2), torch.ones(2), out=torch.zeros(3))
torch.add(torch.ones(2), torch.ones(2), out=torch.zeros(2, dtype=torch.int32))
torch.ones(2, dtype=torch.int32).add_(1.5)
torch.ones(2).add_(torch.ones(2, 2))
torch.ones(1).add_(1j)
torch.ones(2).div(2, rounding_mode='floor')
torch.ones(2).div(2, rounding_mode='x')
torch.tensor([5]) // 0
torch.tensor([5]) % 0
torch.tensor([1, 2]) / 2
torch.tensor([1, 2]) ** -1
torch.tensor([1, 2]).pow(torch.tensor([-1]))
torch.exp(torch.tensor([1]))
torch.exp(torch.tensor([True]))
torch.sqrt(torch.tensor([-1.]))
torch.softmax(torch.ones(2), 0)
torch.softmax(torch.tensor([1, 2]), 0)
torch.nn.functional.relu(torch.tensor([-1., 1.]))
torch.nn.functional.softmax(torch.ones(2))
torch.sigmoid(torch.tensor([0]))
torch.einsum('i,j', torch.ones(2), torch.ones(3)).shape
torch.einsum('ij,jk', torch.ones(2, 2), torch.ones(3, 3))
torch.unbind(torch.ones(2, 2))
torch.split(torch.arange(5), [2, 3])
torch.split(torch.arange(5), [2, 2])
torch.chunk(torch.arange(5), 3)
torch.squeeze(torch.ones(1, 2, 1), (0, 2)).shape
torch.transpose(torch.ones(2, 3), 0, 5)
torch.ones(2, 3).permute(0, 0)
torch.ones(2, 3).permute(1, 0).stride()
torch.ones(2, 3, 4).T
torch.ones(2, 3, 4).mT.shape
torch.ones(2).t().shape
torch.ones(2, 3).expand(2, -1, 3)
torch.ones(2, 3).repeat(2)
torch.ones(2).repeat(2, 2).shape
torch.ones(2, 3).tile(2).shape
torch.ones(2, 3).flip(0, 0)
torch.ones(2, 3).roll(1, 0).shape
torch.tril(torch.ones(2))
torch.ones(2, 3).diagonal(2).shape
torch.ones(2, 3).flatten(5)
torch.ones(6).unflatten(0, (2, -1)).shape
torch.ones(6).unflatten(0, (4, 2))
torch.nonzero(torch.tensor([0, 1]))
torch.nonzero(torch.tensor([0, 1]), as_tuple=True)
torch.movedim(torch.ones(2, 3, 4), 0, -1).shape
torch.view_as_real(torch.ones(2))
torch.real(torch.ones(2))
torch.imag(torch.ones(2))
torch.nn.functional.gelu(torch.ones(1), approximate='x')
torch.lerp(torch.zeros(2), torch.ones(2), 0.5)
torch.addcmul(torch.zeros(2), torch.ones(2), torch.ones(2), value=2)
torch.addmm(torch.zeros(2, 2), torch.ones(2, 3), torch.ones(3, 2), beta=2, alpha=3)
torch.dot(torch.ones(2), torch.ones(3))
torch.dot(torch.ones(2, 2), torch.ones(2))
torch.bmm(torch.ones(1, 2, 3), torch.ones(2, 3, 2))
torch.outer(torch.ones(2, 2), torch.ones(2))
torch.mv(torch.ones(2, 3), torch.ones(2))
torch.scatter_add(torch.zeros(3), 0, torch.tensor([0, 0]), torch.ones(2))
torch.index_add(torch.zeros(3), 0, torch.tensor([0, 0]), torch.ones(2))
torch.all(torch.tensor([1, 0])), torch.any(torch.tensor([1., 0]))
torch.min(torch.ones(0))
torch.ones(0).max()
torch.ones(0).argmax()
torch.ones(0).mean()
torch.ones(0, 2).max(0)
torch.prod(torch.tensor([2, 3]))
torch.cumprod(torch.tensor([2., 3]), 0)
torch.amax(torch.ones(2, 2), (0, 1))
torch.std(torch.ones(2), correction=0)
torch.norm(torch.ones(2), p=1)
torch.sort(torch.tensor([2, 1]), stable=True)
torch.topk(torch.ones(2), 3)
"""
