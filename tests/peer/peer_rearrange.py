"""Views, rearrangement, gathering and scattering: values, strides, nodes, gradients of both orders; and the texts of errors."""

FORMS = r"""
x.view(24)
x.t().reshape(24)
x.transpose(0,1)
x.permute(1,0)
u.permute(2,0,1)
u.movedim(0,2)
x.t()
x.T
x.select(1,2)
x.narrow(1,1,3)
x.unsqueeze(1)
u[:1].squeeze()
u[:1].squeeze(0)
u[:1].squeeze((0,1))
x.expand(3,4,6)
v.unsqueeze(1).expand(6,3)
x[:, :1].expand(4,7)
x.diagonal(1)
u.diagonal(-1,1,2)
x.split(3)[1]
x.split(4)[0]
x.split([1,3])[1]
x.chunk(3,1)[1]
x.unbind()[2]
x.unfold(0,2,1)
x.unfold(1,3,2)
v.unfold(0,3,1)
x.flatten()
x.as_strided((3,3),(2,1),1)
x.as_strided((2,2),(1,1))
x.t().as_strided((3,2),(1,6),2)
torch.view_as_real(c)
torch.view_as_complex(x.reshape(4,3,2))
c.real
c.imag
torch.real(c)
x.clone()
x.contiguous()
x.repeat(2,3)
x.repeat(2,1,2)
v.repeat(2,2)
x.repeat_interleave(2,1)
x.repeat_interleave(torch.tensor([1,0,2,3]),0)
x.tile(2)
x.flip(0,1)
x.roll(2)
x.roll((1,2),(0,1))
x.rot90()
x.rot90(-1)
x.rot90(2)
x.tril(-1)
u.triu(1)
torch.meshgrid(v,x[0],indexing='xy')[1]
torch.cartesian_prod(v,x[0])
torch.combinations(v,2)
torch.block_diag(x,v,u[0])
x.diag(1)
v.diag(-2)
x.diagflat()
u.diag_embed(1,0,2)
x.trace()
x[:, :3].trace()
torch.cat([x,x*2,u[0][:,:1].expand(3,6)],0)
torch.cat([x,torch.zeros(0)],1)
torch.stack([x,x*3],1)
torch.hstack([x,x])
torch.dstack([x,x])
torch.column_stack([v,v,x.t()])
torch.fill(x,3)
torch.fill(x,v[0])
x.masked_fill(x>0,2)
x.masked_fill(x>0,v[0])
v.masked_fill(x>0,2.)
x.masked_select(x>0)
v.masked_select(x>0)
x.gather(0,i)
x.scatter(0,i,2.)
x.scatter_add(0,i,x)
x.scatter_reduce(0,i,x,'sum')
x.scatter_reduce(0,i,x,'prod')
x.scatter_reduce(0,i,x,'mean')
x.scatter_reduce(0,i,x,'amax')
x.scatter_reduce(0,i,x,'amin',include_self=False)
x.scatter_reduce(0,i,x,'mean',include_self=False)
z.scatter_reduce(0,i,z,'amax')
x.index_reduce(0,j,x.t()[:5,:1].expand(5,6),'mean')
x.index_reduce(0,j,x.t()[:5,:1].expand(5,6),'amax',include_self=False)
x.index_select(0,j)
x.index_add(0,j,x.t()[:5,:1].expand(5,6),alpha=2)
x.index_copy(0,j[:1],x[:1]*2)
x.index_fill(0,j,3.)
x.index_fill(0,j,v[0])
x.take(k)
x.take_along_dim(i[:, :1],0)
x.put(k,u[0,:3,:2],True)
x.put(k[:1],v[:2])
x.index_put((j,),v)
x.index_put((j,),v,True)
x.index_put((j[:2],j[:2]),v[:2],True)
x.masked_scatter(x>0,x*2)
x.select_scatter(v,0,1)
x.slice_scatter(v[None],0,2,3)
x.diagonal_scatter(v[:4])
x[0]
x[...,1]
x[1:3,::2]
x[j]
x[:,j]
x[j,j]
x[i]
u[:,[0,1],[1,2]]
u[[0,1],:,[1,2]]
u[...,[0,1]]
x[x>0]
x[None,j]
x[-1,-1]
x[[True,False,True,False],1:]
(lambda y: (y.__setitem__(0,v), y)[1])(x*1)
(lambda y: (y.__setitem__(0,2.), y)[1])(x*1)
(lambda y: (y.__setitem__((slice(None),1),v[:4]), y)[1])(x*1)
(lambda y: (y.__setitem__(j,v), y)[1])(x*1)
(lambda y: (y.__setitem__(y>0,v[0]), y)[1])(x*1)
(lambda y: (y[0].mul_(v), y)[1])(x*1)
(lambda y: (y.t()[1].mul_(v[:4]), y)[1])(x*1)
(lambda y: (y[1:3][:,2:4].copy_(v[:2]), y)[1])(x*1)
(lambda y: (y[1:3].fill_(v[0]), y[2]*y[0])[1])(x*1)
(lambda y: (torch.view_as_real(y)[...,0].mul_(x), torch.view_as_real(y))[1])(c*1)
(lambda y: (y.t_(), y*y)[1])(x*1)
(lambda y: (y.unsqueeze_(1), y*y)[1])(x*1)
(lambda y: (y.diagonal().mul_(v[:4]), y)[1])(x*1)
(lambda y: (y.zero_(), y)[1])(x*1)
(lambda y: (y.masked_fill_(y>0,v[0]), y)[1])(x*1)
(lambda y: (y.index_add_(0,j[:1],v[None]), y)[1])(x*1)
x.to(torch.float32)
x.narrow_copy(0,1,2)
x.unflatten(1,(2,3))
x.swapaxes(0,1)
x.ravel()
x.sum_to_size(4,1)
x.hsplit(2)[1]
x.tensor_split(3)[1]
x.unsafe_split(2)[1]
torch.broadcast_tensors(x,v)[1]
x.expand_as(x)
"""

# Each is tried on fresh small tensors; most are wrong.
TRIALS = r"""
x.view(5,5)
x.view(-1,-1)
x.view(-1,0)
x.view(-2,4)
x.t().view(24)
x.reshape(5)
x.t().reshape(5,-1)
e.view(-1,0)
e.view(-1)
x.view(7,-1)
x.transpose(0,2)
x.transpose(3,0)
torch.zeros(2,2,2).t()
v.mT
torch.zeros(2,2,2).H
v.mH
s.mT
s.mH
s.H
v.H
v.T
torch.zeros(2,2,2).T
s.T
x.adjoint()
v.adjoint()
s.adjoint()
x.permute(0)
x.permute(0,0)
x.permute(0,2)
x.select(0,5)
x.select(2,0)
s.select(0,0)
x.select(0,-5)
x.narrow(0,5,1)
x.narrow(0,0,9)
x.narrow(0,-5,1)
x.narrow(0,3,-1)
s.narrow(0,0,1)
x.narrow(0,4,0).shape
x.unsqueeze(3)
x.unsqueeze(-4)
x.squeeze(2)
x.squeeze((0,0))
x.expand(2)
x.expand(3,6)
x.expand(-1,4,6)
x.expand(4,-1).shape
x.expand(-2,6)
x.expand_as(v)
torch.broadcast_tensors(x,v)
x.broadcast_to((3,))
v.diagonal()
x.diagonal(0,0,0)
x.diagonal(0,0,2)
x.diagonal(10).shape
x.split(0)
x.split(-1)
x.split([1,2])
x.split([5,-1])
x.split([])
s.split(1)
x.split(2,3)
e.split(0)
x.chunk(0)
s.chunk(1)
x.tensor_split(0)
x.tensor_split(torch.tensor([1.]))
s.tensor_split(1)
x.tensor_split(torch.zeros(2,2,dtype=torch.long))
s.hsplit(1)
v.hsplit(2)
x.hsplit(4)
v.vsplit(1)
x.vsplit(3)
x.dsplit(1)
torch.zeros(2,2,3).dsplit(2)
s.unbind()
x.unbind(2)
x.unfold(0,5,1)
x.unfold(0,2,0)
x.unfold(0,-1,1)
x.unfold(2,1,1)
s.unfold(0,1,1).shape
s.unfold(0,2,1)
x.movedim(0,2)
x.movedim((0,0),(0,1))
x.movedim((0,1),(0,))
x.movedim((0,1),(1,1))
x.flatten(1,0)
x.flatten(2)
s.flatten().shape
x.unflatten(0,(3,2))
x.unflatten(0,())
x.unflatten(3,(1,2))
x.as_strided((2,),(1,2))
x.as_strided((2,),(-1,))
x.as_strided((20,),(2,))
x.as_strided((2,),(1,),-1)
x.as_strided((-2,),(1,))
torch.view_as_real(x)
torch.view_as_complex(x)
torch.view_as_complex(torch.zeros(3,2)[:, ::1].t())
torch.view_as_complex(torch.zeros(2,3).t())
torch.view_as_complex(torch.zeros(2,2,dtype=torch.int32))
torch.view_as_complex(s)
torch.view_as_complex(torch.zeros(5)[1:].as_strided((2,2),(2,1)))
torch.view_as_complex(torch.zeros(10).as_strided((2,2),(3,1)))
torch.imag(x)
x.imag
x.view(torch.float64).shape
x.view(torch.int16).shape
x.view(torch.int16).stride()
s.view(torch.int16)
s.view(torch.float64)
v.view(torch.float64)
x.t().view(torch.float64)
x.t().view(torch.int16)
torch.zeros(10)[1:5].view(torch.float64)
torch.zeros(3,10).view(torch.float64).stride()
torch.zeros(3,10)[:, :4].view(torch.float64)
torch.zeros(3,10).as_strided((2,2),(3,1)).view(torch.float64)
c.view(torch.float32).shape
len(s)
list(s)
1 in x
'a' in x
s.squeeze(0).shape
s.squeeze(1)
s.transpose(0,0).shape
s.transpose(0,-1).shape
s.permute().shape
s.unsqueeze(0).stride()
x.swapaxes(0,5)
x.moveaxis(5,0)
x.ravel().shape
torch.zeros(2,2,2).t_()
s.diagonal()
torch.atleast_3d(s).stride(),torch.atleast_3d(v).stride(),torch.atleast_2d(s).stride()
x.view((2,12)).stride()
x.split(6)[0].shape
e.split(2)[0].shape, len(e.split(2)), len(e.chunk(3)), len(torch.zeros(4,0).split(2,1)), len(torch.zeros(4,0).chunk(3,1)),len(e.split(0)), len(e.unbind())
torch.zeros(4,0).unbind()[0].stride()
e.unsqueeze(0).stride(), e.unsqueeze(2).stride(), e.t().stride(), e.expand(2,0,3).stride(), e.view(3,0).stride(), e[:, :2].stride(), e.view(0).stride(), e[:,0].stride()
torch.zeros(4,6)[0:0].view(2,0).stride(),torch.zeros(4,6)[:,0:0].view(2,0,3).stride(),torch.zeros(4,6)[0:0].reshape(2,0).stride()
torch.zeros(1,4)[:, ::2].view(1,1,2).stride(), torch.zeros(4,1).t().view(1,4,1).stride(), torch.zeros(1,1).view(1,1,1).stride(), torch.zeros(4,6)[::2,:1].view(2,1,1).stride(), torch.zeros(4,6)[::2,:1].squeeze().unsqueeze(0).stride(), torch.zeros(4,6)[::2,:1].squeeze().unsqueeze(1).stride()
torch.zeros(4,6)[:1,:1].view(1).stride(), torch.zeros(4,6)[:1,::2].view(1,3,1).stride(),torch.zeros(4,6)[0,0].view(1,1).stride(), torch.zeros(4,6)[0,0].view(()).stride(),torch.zeros(4,6)[0,0].expand(1,1).stride(),torch.zeros(3).expand(1,3).stride(),torch.zeros(6)[::2].expand(1,1,3).stride()
torch.cat([])
torch.cat([x,v])
torch.cat([x,torch.zeros(4,5)])
torch.cat([x,torch.zeros(4,5)],1).shape
torch.cat([x,torch.zeros(3,5)],1)
torch.cat([x,torch.zeros(0)]).shape
torch.cat([torch.zeros(0),x],1).shape
torch.cat([torch.zeros(0),torch.zeros(0)]).shape
torch.cat([x,s])
torch.cat([s,s])
torch.cat([x,x],2)
torch.cat([x.int(),x.double()]).dtype
torch.cat([x.int(),s.double()[None]]).dtype
torch.cat([torch.zeros(0,dtype=torch.double),v]).dtype
torch.cat([x.t(),x.t()]).stride()
torch.cat([torch.zeros(0,6),x]).shape
torch.cat([torch.zeros(1,0),x]).shape
torch.cat(x,0)
torch.cat([x,x],-3)
torch.stack([])
torch.stack([x,v])
torch.stack([x,x],3)
torch.stack([x,x.int()]).dtype
torch.stack([x.t(),x.t()],1).stride()
torch.stack([s,s]).shape
torch.hstack([])
torch.hstack([s,s]).shape
torch.vstack([v,v]).shape
torch.column_stack([s,v])
torch.column_stack([s,s]).shape
torch.dstack([v,v]).stride()
x.repeat(2)
x.repeat(-1,2)
x.repeat(0,2).shape
x.repeat(2,1,1).stride()
s.repeat(2,3).stride()
x.tile((2,)).shape
x.tile(()).shape
x.repeat_interleave(torch.tensor([1,2]))
x.repeat_interleave(torch.tensor([1,2,3,4]),0).shape
x.repeat_interleave(torch.tensor([1,2]),0)
x.repeat_interleave(torch.tensor([-1,2,3,4]),0)
x.repeat_interleave(-1)
x.repeat_interleave(2,0,output_size=8).shape
x.repeat_interleave(2,0,output_size=9).shape
x.repeat_interleave(torch.tensor([2.]),0)
x.repeat_interleave(torch.tensor([2]),0).shape
x.repeat_interleave(torch.tensor([[2]]),0).shape
torch.repeat_interleave(torch.tensor([1,2])).tolist()
s.repeat_interleave(2).shape
s.repeat_interleave(2,0).shape
x.flip(0,0)
x.flip(2)
x.flip(())
x.t().flip(0).stride()
s.flip(0).shape
s.flip(()).shape
s.fliplr()
v.fliplr()
s.flipud()
x.roll(1,5)
x.roll((1,2),0)
x.roll((),())
x.t().roll(1,0).stride()
s.roll(1).shape
e.roll(1,0).shape
x.rot90(1,(0,0))
x.rot90(1,(0,))
x.rot90(1,(0,1,2))
v.rot90()
x.rot90(1,(0,5))
x.rot90(0).stride()
x.rot90(1).stride()
x.rot90(2).stride()
x.rot90(3).stride()
v.tril()
x.t().tril().stride()
torch.tril_indices(3,3).tolist()
torch.tril_indices(-1,3)
torch.tril_indices(3,3,dtype=torch.float32)
torch.tril_indices(3,3,dtype=torch.int32).dtype
torch.triu_indices(3,4,1).tolist()
torch.tril_indices(0,3).shape
torch.meshgrid(v,v.double())
torch.meshgrid([])
torch.meshgrid(v,v,indexing='zz')
torch.meshgrid(v,s)[0].shape
torch.meshgrid(v)[0].stride()
torch.cartesian_prod(x,v)
torch.cartesian_prod()
torch.block_diag()
torch.block_diag(torch.zeros(1,1,1))
torch.block_diag(s,v,x).shape
torch.block_diag(v.int(),v).dtype
torch.zeros(2,2,2).diag()
s.diag()
v.diag(1).shape
v.diag(-7).shape
x.diag(9).shape
v.diagflat(1).shape
v.diag_embed(0,0,0)
v.diag_embed(0,0,3)
v.diag_embed(1,1,0).stride()
x.diag_embed(0,0,2).stride()
s.diag_embed()
v.trace()
torch.zeros(2,2,2).trace()
torch.tensor([[1,2],[3,4]],dtype=torch.int32).trace().dtype
torch.tensor([[True]]).trace()
torch.ones(2,2,dtype=torch.half).trace().dtype
x[:, ::2].clone().stride()
x.expand(3,4,6).clone().stride()
x.t().clone().stride()
x[:, :1].clone().stride()
x[:1].t().clone().stride()
torch.zeros(3,1,4,1)[:, :, ::2].clone().stride()
x[:, :1].double().stride()
x.t().contiguous(memory_format=torch.channels_last)
torch.zeros(2,3,4,5).contiguous(memory_format=torch.channels_last).stride()
x.contiguous(memory_format=torch.preserve_format)
torch.zeros(2,3,4,5).clone(memory_format=torch.channels_last).clone().stride()
x.clone().copy_(c).dtype
x.int().fill_(1.5)[0,0].item()
x.clone().fill_(torch.tensor(1j))
x.bool().fill_(2)[0,0].item()
x.to(torch.uint8).fill_(-1)[0,0].item()
x.to(torch.uint8).fill_(300)[0,0].item()
torch.fill(x.int(),2.5).dtype
x.masked_fill(x,1)
x.masked_fill(x.byte(),1)
x.masked_fill(x>0,v)
x.masked_fill(v>0,1)
x.masked_fill(torch.zeros(2,4,6)>0,1).shape
x.clone().masked_fill_(torch.zeros(2,4,6)>0,1).shape
x.int().masked_fill(x==0,1.5)
x.int().masked_fill(x==0,torch.tensor(1.5))
x.int().masked_fill(x==0,True).dtype
x.masked_fill(x==0,1j)
x.masked_fill(x==0,torch.tensor(1.,dtype=torch.double)).dtype
x.masked_select(x)
x.masked_select(x.byte())
x.masked_select(v>0)
x.masked_select(torch.zeros(6)==0).shape
torch.unravel_index(torch.tensor([5]),(2,3))
torch.broadcast_shapes((2,1),(3,))
torch.broadcast_shapes((2,),(3,))
torch.combinations(v,r=-1)
torch.combinations(x)
torch.combinations(v,3,True).shape
torch.combinations(v,0).shape
torch.combinations(v,1).shape
x.tril(1,2)
torch.zeros(2,2,dtype=torch.bool).tril().dtype
torch.narrow_copy(x,0,1,2).stride()
x[:, :2].repeat(1,1).stride()
x.repeat(())
s.repeat(()).shape
torch.zeros(2,0).flip(1).stride()
torch.zeros(2,0).clone().stride(),torch.zeros(2,0).t().clone().stride(),torch.zeros(2,0).t().contiguous().stride()
torch.zeros(0,3).tril().stride()
torch.meshgrid(v,torch.zeros(3),indexing='xy')[0].stride()
torch.zeros(5).detach_().shape
x[0].detach_()
x.gather(0,L([[4]]))
x.gather(0,L([[-1]]))
x.gather(0,L([0]))
x.gather(0,L([[0.]]))
x.gather(0,L([[0]],dtype=torch.int32)).shape
x.gather(0,torch.zeros(1,7,dtype=torch.long))
x.gather(0,torch.zeros(9,2,dtype=torch.long)).shape
x.gather(2,I)
s.gather(0,L(0)).shape
s.gather(0,L([0])).shape
x.gather(0,L([])).shape
x.gather(1,torch.zeros(2,3,dtype=torch.long).t().contiguous().t()[:, :2]).stride()
x.t().gather(0,I).stride()
torch.gather(x,0,torch.zeros(0,0,dtype=torch.long)).shape
x.scatter(0,L([[4]]),1)
x.scatter(0,L([[0.]]),1)
x.scatter(0,L([0]),1)
x.scatter(0,torch.zeros(1,7,dtype=torch.long),1)
x.scatter(0,torch.zeros(1,2,dtype=torch.long),torch.zeros(1,1))
x.scatter(0,I,torch.zeros(1,1).double())
x.scatter(0,I,1j)
x.int().scatter(0,I,1.5)[0,0].item()
x.scatter_add(0,I,x.double())
x.scatter_add(0,I,torch.ones(0,0))
x.scatter_add(0,torch.zeros(3,3,dtype=torch.long),torch.ones(3,2))
x.scatter_reduce(0,I,x,'foo')
x.scatter_reduce(0,I,x,'mean')[0,0].item()
x.scatter_reduce(0,I,x,'amax',include_self=False)[0,0].item()
x.int().scatter_reduce(0,L([[0],[0]]),L([[3],[4]],dtype=torch.int32),'mean')[0,0].item()
x.index_select(0,L([4]))
x.index_select(0,L([-1]))
x.index_select(0,L([[0]]))
x.index_select(0,L([0.]))
x.index_select(2,I0)
x.index_select(0,L(0)).shape
s.index_select(0,L([0])).shape
s.index_select(0,L([0,0]))
x.index_select(0,L([0],dtype=torch.int32)).shape
x.index_select(0,L([True]))
x.t().index_select(0,I0).stride()
x.index_add(0,L([4]),x[:1])
x.index_add(0,L([-1]),x[:1])
x.index_add(0,I0,x)
x.index_add(0,I0,x[:1].double())
x.index_add(0,L([[0]]),x[:1])
x.index_add(0,L([0.]),x[:1])
x.index_add(0,I0,x[:1,:3])
x.index_add(0,I0,x[:1],alpha=2)[0,1].item()
x.int().index_add(0,I0,x[:1].int(),alpha=1.5)
s.index_add(0,I0,s).item()
x.index_add(0,L(0),x[0])
x.index_copy(0,L([4]),x[:1])
x.index_copy(0,L([-1]),x[:1])
x.index_copy(0,I0,x)
x.index_copy(0,I0,x[:1].double())
x.index_copy(0,I0.int(),x[:1])
x.index_copy(0,L(0),x[0])
x.index_copy(0,I0,x[0])
x.index_copy(0,I0,x[:1,:3])
x.index_copy(0,L([[0]]),x[:1])
x.index_copy(0,I0,s)
x.index_fill(0,L([4]),1)
x.index_fill(0,L([-1]),1)[3,0].item()
x.index_fill(0,L([-5]),1)
x.index_fill(0,L([0.]),1)
x.index_fill(0,I0.int(),1)
x.index_fill(0,L([[0]]),1)
x.index_fill(0,I0,v)
x.index_fill(0,I0,1j)
x.int().index_fill(0,I0,1.5)[0,0].item()
x.index_reduce(0,L([4]),x[:1],'mean')
x.index_reduce(0,I0,x[:1],'foo')
x.take(L([24]))
x.take(L([-25]))
x.take(L([-1])).item()
x.take(L([0.]))
x.take(L([0],dtype=torch.int32))
x.take(L([[0,1]])).shape
torch.zeros(0).take(L([0]))
torch.zeros(0).take(torch.zeros(0,dtype=torch.long)).shape
x.take_along_dim(L([0,1])).shape
x.take_along_dim(L([0,1]),0)
x.take_along_dim(L([[0,1]]),0)
x.take_along_dim(L([[0.]]),0)
x.take_along_dim(L([[0]]),1).shape
x.put(L([24]),L([1.]))
x.put(L([0]),L([1]))
x.put(L([0]),L([1.,2.]))
x.put(L([0.]),L([1.]))
x.put(L([-1]),L([1.]))[3,5].item()
x.put(L([0,0]),L([1.,2.]),True)[0,0].item()
x.put(L([0]),L([]))
x.index_put((L([0]),L([0]),L([0])),s)
x.index_put((L([0]),),L([1]))
x.index_put((L([0]),),v)
x.index_put((L([9]),),s)
x.index_put((L([0.]),),s)
x.index_put((L([0,0]),),L(1.),True)[0,0].item()
x.index_put((None,L([0]),),L(1.))[0,0].item()
x.masked_scatter(x>3,L([1.]))
x.masked_scatter(x,L([1.]))
x.masked_scatter(x>3,x.double())
x.masked_scatter(v>3,x)
x.masked_scatter(torch.zeros(2,4,6)>0,x).shape
x.select_scatter(x,0,0)
x.select_scatter(x[0],0,9)
x.select_scatter(x[0],2,0)
x.select_scatter(x[0].double(),0,0).dtype
x.slice_scatter(x,0,0,1)
x.slice_scatter(x[:1],0,0,1,0)
x.diagonal_scatter(x)
x.diagonal_scatter(x.diagonal(1),1).shape
x.as_strided_scatter(x,(2,),(1,))
x.t().select_scatter(x[:,0],0,0).stride()
s.take(L(0)).shape
x.t().take(L([1])).item()
x.t().masked_select(x.t()>20).tolist()
x[L([0,1])[None].expand(2,2)].stride()
x.index_fill(0,I0,L([1.]))
x.t().masked_fill(x.t()>0,0).stride()
x.masked_fill(x.t().contiguous().t()>0,0).stride()
x[:, ::2].masked_fill(x[:, ::2]>0,0).stride()
x.expand(2,4,6).masked_fill(x>0,0).stride()
x.t().scatter(0,I,1).stride()
x[:, ::2].scatter(0,I,1).stride()
x.t().index_add(0,I0,x.t()[:1]).stride()
x.t().index_fill(0,I0,1).stride()
x.t().index_copy(0,I0,x.t()[:1]).stride()
x.t().index_put((I0,),s).stride()
x.t().put(I0,s[None]).stride()
x.t().masked_scatter(x.t()>0,x).stride()
x.t().flip(0).stride(),x[:, ::2].flip(0).stride()
x.t().triu().stride()
"""


def _operands(torch):
    generator = torch.Generator().manual_seed(5)

    def real(*shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64).requires_grad_()

    x, v, u = real(4, 6), real(6), real(2, 3, 4)
    c = torch.complex(real(4, 6).detach(), real(4, 6).detach()).requires_grad_()
    z = torch.tensor([[0.0, 1, -1, 2, 0, 1], [1, 0, 0, -1, 2, 0], [0, 0, 1, 1, 1, -2], [2, 1, 0, 0, 0, 1]], dtype=torch.float64)
    i = torch.tensor([[0, 3, 1, 1, 2, 0], [2, 3, 0, 1, 1, 0], [3, 3, 3, 0, 2, 2], [1, 0, 2, 1, 0, 3]])
    return {
        "torch": torch, "x": x, "v": v, "u": u, "c": c, "z": z.requires_grad_(), "i": i,
        "j": torch.tensor([3, 1, 1, 0, 2]), "k": torch.tensor([[23, 0], [7, 7], [12, 5]]),
    }  # fmt: skip


def _size(value):
    return (value * value.conj()).real if value.dtype.is_complex else value * value


def values_and_gradients(torch, log):
    import warnings

    for form in FORMS.strip().splitlines():
        names = _operands(torch)
        leaves = [names[name] for name in "xvcuz"]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = eval(form, names)
            log(form, result)
            total = (_size(result) * (1 + _size(result).detach().flip(0) if result.dim() else 1)).sum()
            first = torch.autograd.grad(total, leaves, allow_unused=True, create_graph=True)
            log([None if grad is None else grad.detach().clone() for grad in first])  # a clone: versions are another matter
            terms = [_size(grad).sum() for grad in first if grad is not None and grad.requires_grad]
            if terms:
                second = torch.autograd.grad(sum(terms), leaves, allow_unused=True)
                log([None if grad is None or not _size(grad).any() else grad.clone() for grad in second])


def refusals(torch, log):
    import warnings

    for trial in TRIALS.strip().splitlines():
        names = {
            "torch": torch, "x": torch.arange(24.0).reshape(4, 6), "s": torch.tensor(3.0), "v": torch.arange(5.0), "e": torch.zeros(0, 3),
            "c": torch.zeros(4, 6, dtype=torch.complex64), "L": torch.tensor, "I": torch.zeros(1, 1, dtype=torch.long),
            "I0": torch.tensor([0]),
        }  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            log(trial)
            log.error(lambda trial=trial, names=names: _plain(eval(trial, names)))


def _plain(value):
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    return value if isinstance(value, (int, float, bool, list)) else str(value) if not hasattr(value, "stride") else value
