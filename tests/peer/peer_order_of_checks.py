"""Checks in PyTorch's order: which of several things that are wrong with a call is named, and what calls give that are only odd."""

import numpy as np

LOSSES = """
F.cross_entropy(torch.ones(()),torch.ones(()))
F.cross_entropy(torch.ones(()),torch.tensor(1))
F.cross_entropy(torch.ones(2,3),torch.tensor(1))
F.cross_entropy(torch.ones(2,3,2),torch.tensor(1))
F.cross_entropy(torch.ones(2,3,2,2),torch.tensor(1))
F.cross_entropy(torch.ones(2,3,2,2),torch.ones(2,dtype=torch.long))
F.cross_entropy(torch.ones(2,3,2,2,2),torch.tensor(1))
F.cross_entropy(torch.ones(2,3),torch.tensor(1),label_smoothing=0.1)
F.cross_entropy(torch.ones(2,3),torch.ones(2,3),weight=torch.ones(2))
F.cross_entropy(torch.ones(2,3),torch.ones(2,3),weight=torch.ones(3,1))
F.cross_entropy(torch.ones(2,3),torch.ones(2,3),weight=torch.ones(3).double())
F.cross_entropy(torch.ones(2,3,2),torch.ones(2,3,2),weight=torch.ones(3).double())
F.cross_entropy(torch.ones(2,3),torch.zeros(2).long(),weight=torch.ones(2))
F.cross_entropy(torch.ones(2,3),torch.zeros(2).long(),weight=torch.ones(3,1))
F.cross_entropy(torch.ones(2,3),torch.zeros(2).long(),weight=torch.ones(2),label_smoothing=0.1)
F.cross_entropy(torch.ones(2,3,2),torch.zeros(2,2).long(),weight=torch.ones(2))
F.cross_entropy(torch.ones(2,3,2),torch.zeros(2,2).long(),weight=torch.ones(3).double())
F.cross_entropy(torch.ones(2,3,2,2),torch.zeros(2,2,2).long(),weight=torch.ones(2))
F.cross_entropy(torch.ones(0,3,requires_grad=True)*1,torch.ones(0,3),weight=torch.ones(3))
F.cross_entropy(torch.ones(0,3,requires_grad=True)*1,torch.ones(0,3))
F.cross_entropy(torch.ones(0,3,requires_grad=True)*1,torch.zeros(0).long())
F.cross_entropy(torch.ones(2,0,requires_grad=True)*1,torch.ones(2,0))
F.cross_entropy(torch.ones(0,3,2,requires_grad=True)*1,torch.ones(0,3,2))
F.cross_entropy(torch.ones(0,3,2,requires_grad=True)*1,torch.zeros(0,2).long())
F.cross_entropy(torch.ones(2,3),torch.ones(2,3),label_smoothing=1.5)
F.cross_entropy(torch.ones(2,3),torch.ones(2,3).long())
F.cross_entropy(torch.ones(2,3),torch.ones(2))
F.cross_entropy(torch.ones(2,3).long(),torch.ones(2).long())
F.cross_entropy(torch.ones(2,3).long(),torch.ones(2,3))
F.cross_entropy(torch.ones(2,3),torch.ones(2,3),ignore_index=2)
F.cross_entropy(torch.ones(3),torch.tensor(1))
F.cross_entropy(torch.ones(3),torch.tensor([1]))
F.cross_entropy(torch.ones(3),torch.tensor([1,2]))
F.cross_entropy(torch.ones(3),torch.tensor([[1]]))
F.cross_entropy(torch.ones(3),torch.tensor(5))
F.cross_entropy(torch.ones(3),torch.tensor(1),weight=torch.ones(2))
F.cross_entropy(torch.ones(3),torch.tensor(1),weight=torch.ones(3),label_smoothing=.2)
F.cross_entropy(torch.ones(3),torch.tensor([1]),weight=torch.ones(3),label_smoothing=.2)
F.cross_entropy(torch.ones(3),torch.ones(3),weight=torch.ones(3),label_smoothing=.2)
F.cross_entropy(torch.ones(3),torch.ones(3),weight=torch.ones(2),label_smoothing=.2)
F.cross_entropy(torch.ones(3),torch.tensor([0,1,2]))
F.nll_loss(torch.ones(()),torch.ones(()))
F.nll_loss(torch.ones(3),torch.tensor(1))
F.nll_loss(torch.ones(2,3),torch.tensor(1))
F.nll_loss(torch.ones(2,3),torch.tensor([1]))
F.nll_loss(torch.ones(2,3,2),torch.tensor([1,2]))
F.nll_loss(torch.ones(2,3,2,2),torch.tensor([1,2]))
F.nll_loss(torch.ones(2,3,2,2),torch.zeros(2,2,2).long(),weight=torch.ones(2))
F.nll_loss(torch.ones(2,3,2,2),torch.zeros(2,2,2).int())
F.nll_loss(torch.ones(2,3,2,2),torch.zeros(2,2,3).int())
F.nll_loss(torch.ones(2,3,2),torch.zeros(2,3).int(),weight=torch.ones(2))
F.nll_loss(torch.ones(2,3,2),torch.zeros(2,2).int(),weight=torch.ones(2))
F.nll_loss(torch.ones(2,3,2),torch.zeros(2,2).int(),weight=torch.ones(3,1))
F.nll_loss(torch.ones(2,3),torch.zeros(2).int(),weight=torch.ones(3,1))
F.nll_loss(torch.ones(2,3),torch.zeros(2).int(),weight=torch.ones(3))
F.nll_loss(torch.ones(2,3),torch.zeros(2).long(),weight=torch.ones(3,1))
F.nll_loss(torch.ones(2,3),torch.zeros(2,1).long())
F.nll_loss(torch.ones(2,3),torch.zeros(2,3).long())
F.nll_loss(torch.ones(0,3),torch.zeros(0).long())
F.nll_loss(torch.ones(0,3),torch.zeros(()).long())
F.nll_loss(torch.ones(2,3).cfloat(),torch.zeros(2).long())
F.nll_loss(torch.ones(2,3).long(),torch.zeros(2).long())
F.nll_loss(torch.ones(2,3),torch.tensor([3,4]))
F.nll_loss(torch.ones(2,3,2),torch.tensor([[0,1],[1,5]]))
F.nll_loss(torch.ones(2,3,2),torch.tensor([[0,1],[1,-5]]),weight=torch.ones(3))
F.nll_loss(torch.ones(3),torch.tensor(1),weight=torch.ones(2))
F.nll_loss(torch.ones(3),torch.tensor([1,2]))
F.avg_pool2d(torch.ones(()),2)
F.avg_pool2d(torch.ones(3),2)
F.avg_pool2d(torch.ones(3,2),2)
F.avg_pool1d(torch.ones(()),2)
F.avg_pool1d(torch.ones(3),2)
F.avg_pool3d(torch.ones(()),2)
F.avg_pool3d(torch.ones(2,2),2)
F.max_pool1d(torch.ones(()),2)
F.max_pool2d(torch.ones(()),2)
F.max_pool2d(torch.ones(2),2)
F.max_pool3d(torch.ones(()),2)
F.lp_pool1d(torch.ones(()),2,2)
F.lp_pool2d(torch.ones(()),2,2)
F.lp_pool2d(torch.ones(2),2,2)
F.adaptive_avg_pool2d(torch.ones(()),2)
F.adaptive_avg_pool2d(torch.ones(2),2)
F.adaptive_avg_pool1d(torch.ones(()),2)
F.adaptive_max_pool2d(torch.ones(()),2)
F.adaptive_max_pool1d(torch.ones(()),2)
F.adaptive_avg_pool3d(torch.ones(()),2)
F.adaptive_max_pool3d(torch.ones(()),2)
F.adaptive_avg_pool2d(torch.ones(2,2),(2,None))
F.adaptive_avg_pool2d(torch.ones(()),(2,None))
F.soft_margin_loss(torch.ones(4),torch.ones(3,requires_grad=True))
F.soft_margin_loss(torch.ones(4),torch.ones(4,requires_grad=True))
F.soft_margin_loss(torch.ones(4),torch.ones(4,requires_grad=True)>0)
F.multi_margin_loss(torch.ones(4),torch.ones(4,requires_grad=True))
F.multilabel_margin_loss(torch.ones(4),torch.ones(4,requires_grad=True))
F.binary_cross_entropy(torch.tensor([0.,2]),torch.tensor([3.,0]))
F.binary_cross_entropy(torch.tensor([0.,.5]),torch.tensor([3.,0]))
F.binary_cross_entropy(torch.tensor([0.,2.]),torch.tensor([1.,0]))
F.binary_cross_entropy(torch.tensor([3.,0.]),torch.tensor([1.,2]))
F.binary_cross_entropy(torch.tensor([3.,0.]),torch.tensor([2.,2]))
F.binary_cross_entropy(torch.tensor([float('nan'),0.]),torch.tensor([1.,2]))
F.binary_cross_entropy(torch.tensor([.5,0.]),torch.tensor([1.,float('nan')]))
F.binary_cross_entropy(torch.tensor([.5,3.]),torch.tensor([float('nan'),1]))
F.binary_cross_entropy_with_logits(torch.tensor(1.),torch.tensor(1.),pos_weight=torch.ones(3))
F.binary_cross_entropy_with_logits(torch.ones(3),torch.ones(3),pos_weight=torch.ones(2,3))
F.binary_cross_entropy_with_logits(torch.ones(3),torch.ones(3),weight=torch.ones(2,3))
F.binary_cross_entropy_with_logits(torch.ones(3),torch.ones(3),weight=torch.ones(2,3),pos_weight=torch.ones(2,3))
F.binary_cross_entropy_with_logits(torch.ones(1),torch.ones(1),weight=torch.ones(3))
F.binary_cross_entropy_with_logits(torch.ones(1),torch.ones(1),pos_weight=torch.ones(3))
F.binary_cross_entropy_with_logits(torch.ones(1),torch.ones(1),weight=torch.ones(3),pos_weight=torch.ones(3))
F.binary_cross_entropy_with_logits(torch.ones(3,requires_grad=True),torch.ones(3),weight=torch.ones(2),pos_weight=torch.ones(3))
x=torch.ones(2,requires_grad=True); F.huber_loss(x,torch.ones(2).double(),reduction='none').sum().backward()
x=torch.ones(2,requires_grad=True); F.huber_loss(x,torch.ones(2).double()).backward()
x=torch.ones(2,requires_grad=True); F.huber_loss(torch.ones(2).double(),x).backward(); x.grad
x=torch.ones(2,requires_grad=True); F.smooth_l1_loss(x,torch.ones(2).double()).backward(); x.grad
x=torch.ones(2,requires_grad=True); F.smooth_l1_loss(torch.ones(2).double(),x).backward(); x.grad
x=torch.ones(2,requires_grad=True); F.mse_loss(x,torch.ones(2).double()).backward(); x.grad
x=torch.ones(2,requires_grad=True); F.mse_loss(torch.ones(2).double(),x).backward(); x.grad
x=torch.ones(2,requires_grad=True); F.huber_loss(x,torch.ones(2).half()).backward(); x.grad
x=torch.ones(2,requires_grad=True); F.huber_loss(x,torch.ones(2).long()).backward(); x.grad
x=torch.ones(2,requires_grad=True); F.soft_margin_loss(x,torch.ones(2).double()).backward(); x.grad
F.soft_margin_loss(torch.ones(2),torch.ones(2).double())
F.soft_margin_loss(torch.ones(2).double(),torch.ones(2))
F.huber_loss(torch.ones(2),torch.ones(2).double())
F.huber_loss(torch.ones(2),torch.ones(2).double(),reduction='none')
F.huber_loss(torch.ones(2).long(),torch.ones(2).float(),reduction='none')
F.smooth_l1_loss(torch.ones(2).long(),torch.ones(2).float(),reduction='none')
F.one_hot(torch.tensor([0,1]),2)
F.one_hot(torch.tensor([0,1]))
F.one_hot(torch.zeros(2,0).long(),2)
F.one_hot(torch.tensor(1),2)
F.rms_norm(torch.ones(1,3).double(),(3,))
F.nll_loss(torch.ones(3),torch.tensor([1]),reduction='none')
F.nll_loss(torch.ones(3),torch.tensor([1]),reduction='sum')
F.nll_loss(torch.ones(3),torch.tensor([[1]]),reduction='sum')
F.nll_loss(torch.ones(3),torch.tensor([[1,2]]),reduction='sum')
F.nll_loss(torch.ones(3),torch.zeros(0).long(),reduction='sum')
F.nll_loss(torch.ones(3),torch.tensor([5]),reduction='sum')
F.nll_loss(torch.ones(3),torch.tensor([1]),torch.ones(3)*2,reduction='sum')
F.nll_loss(torch.ones(3),torch.tensor([1]),torch.ones(3)*2,reduction='none')
F.nll_loss(torch.ones(3),torch.tensor([1]),torch.ones(3)*2,reduction='none',ignore_index=1)
F.nll_loss(torch.ones(3),torch.tensor([1]),reduction='mean',ignore_index=1)
x=torch.ones(3,requires_grad=True); F.nll_loss(x,torch.tensor([1]),reduction='none').backward(); x.grad
x=torch.ones(3,requires_grad=True); F.nll_loss(x,torch.tensor([1]),reduction='mean').backward(); x.grad
x=torch.ones(3,requires_grad=True); F.nll_loss(x,torch.tensor([1]),torch.ones(3)*2).backward(); x.grad
x=torch.ones(3,requires_grad=True); F.cross_entropy(x,torch.tensor([1])).backward(); x.grad
F.cross_entropy(torch.ones(3),torch.tensor([1]),label_smoothing=.2)
F.cross_entropy(torch.ones(3),torch.tensor([1]),label_smoothing=.2,reduction='none')
F.cross_entropy(torch.ones(3),torch.tensor([1]),label_smoothing=.2,reduction='sum')
F.rms_norm(torch.ones(1,3,requires_grad=True).half(),(3,))
F.rms_norm(torch.ones(1,3).cfloat(),(3,),torch.ones(3))
F.rms_norm(torch.ones(1,3).bool(),(3,))
torch.binary_cross_entropy_with_logits(torch.ones(2,3),torch.ones(3))
torch.binary_cross_entropy_with_logits(torch.ones(2,3),torch.ones(3),pos_weight=torch.ones(3))
torch.binary_cross_entropy_with_logits(torch.ones(3),torch.ones(2,3),pos_weight=torch.ones(3))
torch.binary_cross_entropy_with_logits(torch.ones(3),torch.ones(2,3),pos_weight=torch.ones(2,1))
torch.binary_cross_entropy_with_logits(torch.ones(3),torch.ones(1,3),pos_weight=torch.ones(2,1))
torch.binary_cross_entropy_with_logits(torch.ones(3),torch.ones(1,3),weight=torch.ones(2,1))
torch.binary_cross_entropy_with_logits(torch.ones(3),torch.ones(1,3),weight=torch.ones(2))
torch.binary_cross_entropy_with_logits(torch.ones(3),torch.ones(1,3),pos_weight=torch.ones(2))
torch.binary_cross_entropy_with_logits(torch.ones(3),torch.ones(3),pos_weight=torch.ones(3).double())
torch.binary_cross_entropy_with_logits(torch.ones(3),torch.ones(3),pos_weight=torch.ones(3).cfloat())
torch.binary_cross_entropy_with_logits(torch.ones(3),torch.ones(3),weight=torch.ones(3).double())
torch.binary_cross_entropy_with_logits(torch.ones(3),torch.ones(3),weight=torch.ones(3).cfloat())
torch.binary_cross_entropy_with_logits(torch.ones(3).double(),torch.ones(3),weight=torch.ones(3))
torch.binary_cross_entropy_with_logits(torch.ones(3).double(),torch.ones(3).long(),weight=torch.ones(3))
torch.binary_cross_entropy_with_logits(torch.ones(3).double(),torch.ones(3)>0,weight=torch.ones(3))
"""

CONVOLUTIONS = """
F.conv_transpose1d(torch.ones(()),torch.ones(3),None)
F.conv1d(torch.ones(1,2,*[5]*1),torch.ones(3,3,*[3]*1),torch.ones(3,dtype=torch.double),padding='valid')
F.conv2d(torch.ones(2,3),torch.ones(3,3),torch.ones(3))
F.conv1d(torch.ones(3,*[5]*1),torch.ones(3),None,padding='valid')
F.conv_transpose3d(torch.ones(3),torch.ones(3,3,*[3]*3),torch.ones(3,dtype=torch.double),stride=(1,1))
F.conv3d(torch.ones(1,3,*[5]*3).double(),torch.ones(3,3,*[3]*3),None)
F.conv3d(torch.ones(1,3,*[5]*3),torch.ones(()),torch.ones(2,dtype=torch.double),stride=(1,1))
F.conv_transpose2d(torch.ones(1,3,*[5]*2),torch.ones(3,3,*[3]*2),torch.ones(3,dtype=torch.long),stride=(1,1))
F.conv2d(torch.ones(()),torch.ones(3,3,*[3]*2),torch.ones(3,dtype=torch.double),stride=(1,1))
F.conv1d(torch.ones(1,3,*[5]*1).double(),torch.ones(3),torch.ones(3,dtype=torch.double))
F.conv_transpose3d(torch.ones(()),torch.ones(3),torch.ones(3,dtype=torch.double))
F.conv1d(torch.ones(3),torch.ones(3),torch.ones(3,dtype=torch.double))
F.conv_transpose2d(torch.ones(1,3,*[5]*2).double(),torch.ones(3,3),torch.ones(3))
F.conv3d(torch.ones(2,3),torch.ones(3),torch.ones(3))
F.conv1d(torch.ones(()),torch.ones(3,3,*[3]*1),torch.ones(3,dtype=torch.long))
F.conv3d(torch.ones(1,2,*[5]*3),torch.ones(3,3),torch.ones(3,dtype=torch.long))
F.conv2d(torch.ones(1,2,*[5]*2),torch.ones(3,3,*[3]*2),torch.ones(3,dtype=torch.long),padding='valid')
F.conv2d(torch.ones(3),torch.ones(3,3,*[3]*2),torch.ones(3,dtype=torch.double),padding='same')
F.conv1d(torch.ones(1,3,*[5]*1),torch.ones(3,3),torch.ones(3,dtype=torch.double))
F.conv2d(torch.ones(3,*[5]*2),torch.ones(3,3,*[3]*2),None)
F.conv1d(torch.ones(3),torch.ones(3,3),torch.ones(3),padding='same')
F.conv1d(torch.ones(3),torch.ones(3,3,*[3]*1),torch.ones(3,dtype=torch.long),stride=(1,1))
F.conv1d(torch.ones(3),torch.ones(3),torch.ones(3))
F.conv_transpose3d(torch.ones(1,3,*[5]*3).long(),torch.ones(()),None)
F.conv1d(torch.ones(()),torch.ones(3),torch.ones(3,dtype=torch.double),padding='same')
F.conv_transpose2d(torch.ones(1,3,*[5]*2).double(),torch.ones(3,3,*[3]*2),torch.ones(3,dtype=torch.double))
F.conv2d(torch.ones(()),torch.ones(3,3),torch.ones(3),stride=(1,1))
F.conv3d(torch.ones(3),torch.ones(3,3,*[3]*3),torch.ones(3,dtype=torch.double))
F.conv1d(torch.ones(3),torch.ones(3),torch.ones(3,dtype=torch.double),padding='valid')
F.conv_transpose3d(torch.ones(1,3,*[5]*3).double(),torch.ones(3,3,*[3]*3),torch.ones(3,dtype=torch.double))
F.conv2d(torch.ones(()),torch.ones(()),torch.ones(3,dtype=torch.long))
F.conv3d(torch.ones(2,3),torch.ones(()),torch.ones(3),stride=(1,1))
F.conv_transpose3d(torch.ones(3),torch.ones(3),None)
F.conv_transpose3d(torch.ones(3,*[5]*3),torch.ones(3,3),torch.ones(3,dtype=torch.long))
F.conv2d(torch.ones(3),torch.ones(3),torch.ones(2,dtype=torch.double),padding='valid')
F.conv_transpose2d(torch.ones(()),torch.ones(()),torch.ones(3,dtype=torch.long),stride=(1,1))
F.conv2d(torch.ones(3),torch.ones(3),torch.ones(3),padding='same')
F.conv2d(torch.ones(()),torch.ones(3,3),torch.ones(3,dtype=torch.double))
F.conv3d(torch.ones(1,3,*[5]*3).long(),torch.ones(3),torch.ones(2,dtype=torch.double))
F.conv2d(torch.ones(1,3,*[5]*2),torch.ones(3,3,*[3]*2),torch.ones(2,dtype=torch.double),padding='valid')
F.conv1d(torch.ones(1,3,*[5]*1).double(),torch.ones(3,3,*[3]*1).double(),torch.ones(3,dtype=torch.bfloat16)).flatten()[:4]
F.conv_transpose2d(torch.ones(2,3,*[5]*2).bfloat16(),torch.ones(3,3,*[3]*2).bfloat16(),torch.ones(3,dtype=torch.long)).flatten()[:4]
F.conv3d(torch.ones(2,3,*[5]*3).bfloat16(),torch.ones(3,3,*[3]*3).bfloat16(),torch.ones(3,dtype=torch.double),padding='same').flatten()[:4]
F.conv1d(torch.ones(2,3,*[5]*1).long(),torch.ones(3,3,*[3]*1).long(),torch.ones(3,dtype=torch.half)).flatten()[:4]
F.conv_transpose3d(torch.ones(2,3,*[5]*3).bfloat16(),torch.ones(3,3,*[3]*3).bfloat16(),torch.ones(3,dtype=torch.double)).flatten()[:4]
F.conv2d(torch.ones(2,3,*[5]*2).double(),torch.ones(3,3,*[3]*2).double(),torch.ones(3),padding='same').flatten()[:4]
F.conv2d(torch.ones(2,3,*[5]*2).cfloat(),torch.ones(3,3,*[3]*2).cfloat(),torch.ones(3,dtype=torch.double)).flatten()[:4]
F.conv3d(torch.ones(2,3,*[5]*3).float(),torch.ones(3,3,*[3]*3).float(),torch.ones(3,dtype=torch.cfloat)).flatten()[:4]
F.conv3d(torch.ones(1,3,*[5]*3).float(),torch.ones(3,3,*[3]*3).float(),torch.ones(3,dtype=torch.long)).flatten()[:4]
F.conv3d(torch.ones(2,3,*[5]*3).double(),torch.ones(3,3,*[3]*3).double(),torch.ones(3),padding='same').flatten()[:4]
F.conv_transpose1d(torch.ones(2,3,*[5]*1).long(),torch.ones(3,3,*[3]*1).long(),torch.ones(3,dtype=torch.double)).flatten()[:4]
F.conv2d(torch.ones(2,3,*[5]*2).double(),torch.ones(3,3,*[3]*2).double(),torch.ones(3,dtype=torch.bfloat16)).flatten()[:4]
F.conv2d(torch.ones(2,3,*[5]*2).float(),torch.ones(3,3,*[3]*2).float(),torch.ones(3)).flatten()[:4]
F.conv3d(torch.ones(2,3,*[5]*3).float(),torch.ones(3,3,*[3]*3).float(),torch.ones(3,dtype=torch.half),padding='same').flatten()[:4]
F.conv3d(torch.ones(2,3,*[5]*3).double(),torch.ones(3,3,*[3]*3).double(),torch.ones(3,dtype=torch.long),padding='same').flatten()[:4]
F.conv_transpose2d(torch.ones(2,3,*[5]*2).double(),torch.ones(3,3,*[3]*2).double(),torch.ones(3,dtype=torch.long)).flatten()[:4]
F.conv1d(torch.ones(1,3,*[5]*1).long(),torch.ones(3,3,*[3]*1).long(),torch.ones(3,dtype=torch.bfloat16),padding='same').flatten()[:4]
F.conv2d(torch.ones(1,3,*[5]*2).long(),torch.ones(3,3,*[3]*2).long(),torch.ones(3,dtype=torch.cfloat)).flatten()[:4]
F.conv_transpose2d(torch.ones(2,3,*[5]*2).long(),torch.ones(3,3,*[3]*2).long(),torch.ones(3,dtype=torch.bfloat16)).flatten()[:4]
F.conv_transpose1d(torch.ones(1,3,*[5]*1).bfloat16(),torch.ones(3,3,*[3]*1).bfloat16(),torch.ones(3,dtype=torch.half)).flatten()[:4]
F.conv_transpose2d(torch.ones(1,3,*[5]*2).long(),torch.ones(3,3,*[3]*2).long(),torch.ones(3,dtype=torch.half)).flatten()[:4]
F.conv_transpose2d(torch.ones(1,3,*[5]*2).half(),torch.ones(3,3,*[3]*2).half(),torch.ones(3,dtype=torch.bfloat16)).flatten()[:4]
F.conv1d(torch.ones(2,3,*[5]*1).double(),torch.ones(3,3,*[3]*1).double(),torch.ones(3,dtype=torch.double)).flatten()[:4]
F.conv3d(torch.ones(1,3,*[5]*3).double(),torch.ones(3,3,*[3]*3).double(),torch.ones(3,dtype=torch.double),padding='same').flatten()[:4]
F.conv3d(torch.ones(2,3,*[5]*3).double(),torch.ones(3,3,*[3]*3).double(),torch.ones(3,dtype=torch.double)).flatten()[:4]
F.conv1d(torch.ones(2,3,*[5]*1).half(),torch.ones(3,3,*[3]*1).half(),torch.ones(3)).flatten()[:4]
F.conv_transpose1d(torch.ones(1,3,*[5]*1).half(),torch.ones(3,3,*[3]*1).half(),torch.ones(3,dtype=torch.bfloat16)).flatten()[:4]
F.conv3d(torch.ones(2,3,*[5]*3).long(),torch.ones(3,3,*[3]*3).long(),torch.ones(3,dtype=torch.double),padding='same').flatten()[:4]
F.conv_transpose2d(torch.ones(1,3,*[5]*2).half(),torch.ones(3,3,*[3]*2).half(),torch.ones(3)).flatten()[:4]
F.conv1d(torch.ones(1,3,*[5]*1).long(),torch.ones(3,3,*[3]*1).long(),torch.ones(3,dtype=torch.half)).flatten()[:4]
F.conv3d(torch.ones(1,3,*[5]*3).cfloat(),torch.ones(3,3,*[3]*3).cfloat(),torch.ones(3,dtype=torch.long)).flatten()[:4]
F.conv1d(torch.ones(1,3,*[5]*1).half(),torch.ones(3,3,*[3]*1).half(),torch.ones(3,dtype=torch.cfloat)).flatten()[:4]
F.conv2d(torch.ones(2,3,*[5]*2).long(),torch.ones(3,3,*[3]*2).long(),torch.ones(3),padding='same').flatten()[:4]
F.conv_transpose3d(torch.ones(2,3,*[5]*3).long(),torch.ones(3,3,*[3]*3).long(),torch.ones(3,dtype=torch.bfloat16)).flatten()[:4]
F.conv_transpose3d(torch.ones(1,3,*[5]*3).bfloat16(),torch.ones(3,3,*[3]*3).bfloat16(),torch.ones(3)).flatten()[:4]
F.conv_transpose2d(torch.ones(2,3,*[5]*2).double(),torch.ones(3,3,*[3]*2).double(),torch.ones(3)).flatten()[:4]
F.conv_transpose1d(torch.ones(1,3,*[5]*1).bfloat16(),torch.ones(3,3,*[3]*1).bfloat16(),torch.ones(3,dtype=torch.long)).flatten()[:4]
F.conv3d(torch.ones(2,3,*[5]*3).float(),torch.ones(3,3,*[3]*3).float(),torch.ones(3,dtype=torch.bfloat16)).flatten()[:4]
F.conv2d(torch.ones(1,3,*[5]*2).double(),torch.ones(3,3,*[3]*2).double(),torch.ones(3,dtype=torch.double)).flatten()[:4]
F.conv1d(torch.ones(1,3,*[5]*1).double(),torch.ones(3,3,*[3]*1).double(),torch.ones(3,dtype=torch.long)).flatten()[:4]
F.conv3d(torch.ones(2,3,*[5]*3).cfloat(),torch.ones(3,3,*[3]*3).cfloat(),torch.ones(3,dtype=torch.long)).flatten()[:4]
F.conv_transpose2d(torch.ones(2,3,*[5]*2).half(),torch.ones(3,3,*[3]*2).half(),torch.ones(3,dtype=torch.long)).flatten()[:4]
F.conv3d(torch.ones(2,3,*[5]*3).double(),torch.ones(3,3,*[3]*3).double(),torch.ones(3,dtype=torch.bfloat16)).flatten()[:4]
F.conv2d(torch.ones(2,3,*[5]*2).bfloat16(),torch.ones(3,3,*[3]*2).bfloat16(),torch.ones(3,dtype=torch.double)).flatten()[:4]
F.conv_transpose3d(torch.ones(1,3,*[5]*3).long(),torch.ones(3,3,*[3]*3).long(),torch.ones(3,dtype=torch.half)).flatten()[:4]
F.conv_transpose2d(torch.ones(1,3,*[5]*2).float(),torch.ones(3,3,*[3]*2).float(),torch.ones(3)).flatten()[:4]
F.conv3d(torch.ones(1,3,*[5]*3).half(),torch.ones(3,3,*[3]*3).half(),torch.ones(3)).flatten()[:4]
"""

INDICES_AND_ARGUMENTS = """
x=torch.zeros(2); x[0]=np.float32(2); x
x=torch.zeros(2); x[0]=np.float64(2); x
x=torch.zeros(2); x[0]=np.int32(2); x
x=torch.zeros(2); x[0]=np.uint8(2); x
x=torch.zeros(2); x[0]=np.float16(2); x
x=torch.zeros(2); x[0]=np.bool_(True); x
x=torch.zeros(2); x[0]=np.complex64(2); x
x=torch.zeros(2).cfloat(); x[0]=np.complex64(2); x
x=torch.zeros(2).cfloat(); x[0]=np.complex128(2); x
x=torch.zeros(2); x[0]=np.array(2.); x
x=torch.zeros(2); x[0]=np.array([2.]); x
x=torch.zeros(2); x[...]=np.float32(2); x
x=torch.zeros(2); x[1.5]=np.float32(2); x
x=torch.zeros(2); x[1.5]=2; x
x=torch.zeros(2); x[int]=2; x
x=torch.zeros(()); x[int]=2; x
x=torch.zeros(()); x[int]
x=torch.zeros(()); x[1.5]
x=torch.zeros(()); x[1.5]=2
x=torch.zeros(2); x[float]
x=torch.zeros(2); x[[1,2],[3]]
x=torch.zeros(2,2); x[[1,2],[3]]
x=torch.zeros(2,2); x[[1,2],[3,1]]
x=torch.zeros(2,2); x[[1,2],[1,3]]
x=torch.zeros(2,2); x[:,[1,2]]
x=torch.zeros(2,2,2); x[:,[1,2],[0,5]]
x=torch.zeros(2,2,2); x[[1,2],:,[0,5]]
x=torch.zeros(2,2,2); x[[[1],[0]],:,[0,5]]
x=torch.zeros(2,2,2); x[[[1],[3]],:,[0,5]]
x=torch.zeros(2,2); x[[1,2],[3,1]]=1
x=torch.zeros(2,2).t(); x[[1,2],[1,3]]=1
x=torch.zeros(0,2); x[[1,2],[1,3]]
x=torch.zeros(2,0); x[[1,2],[1,3]]
x=torch.zeros(2,2); x[...,...,0]
x=torch.zeros(2,2); x[...,...,[0]]
x=torch.zeros(2,2); x[...,...]
x=torch.zeros(1,2,2,2); x[...,...,[True,False]]
x=torch.zeros(2,2,2); x[None,...,...,[True,False]]
x=torch.zeros(2,2,2); x[...,...,torch.tensor(0)]
x=torch.zeros(2,2,2); x[...,...,1:]
x=torch.zeros(2,2,2); x[...,0,...]
x=torch.zeros(2,2,2); x[...,[0],...]
x=torch.zeros(2,2); x.index_fill(4,torch.tensor([True]),1)
x=torch.zeros(2,2); x.index_fill(0,torch.tensor([True]),1)
x=torch.zeros(2,2); x.index_fill(0,torch.tensor([[1]]),1)
x=torch.zeros(2,2); x.index_fill(4,torch.tensor([[1]]),1)
x=torch.zeros(2,2); x.index_fill(0,torch.tensor([4]),1)
x=torch.zeros(2,2); x.index_fill(0,torch.tensor([1]),torch.ones(2))
x=torch.zeros(2,2); x.index_fill(4,torch.tensor([True]),torch.ones(2))
x=torch.zeros(2,2); x.index_fill(0,torch.tensor([1],dtype=torch.int32),1)
x=torch.zeros(2,2); x.index_put((torch.tensor([0,1]),torch.tensor([9])),torch.tensor(2.))
x=torch.zeros(2,2); x.index_put((torch.tensor([0,1]),torch.tensor([9])),torch.tensor(2.),accumulate=True)
torch.ones(2)+torch.float32
torch.ones(2)@torch.float32
torch.device('cpu')<torch.device('cpu')
torch.Size([1])+1
torch.ones(2).to(1j)
torch.ones(2).to('cpux')
torch.ones(2).to(1.5)
torch.ones(2).to(2)
torch.ones(2).to([])
torch.ones(2).to(None)
torch.ones(2).to(torch.ones(1).double())
torch.ones(2).to(object())
torch.ones(2).to()
torch.ones(2).to(True)
x=torch.ones(2).long(); x^=1.5
x=torch.ones(2).long(); x&=1.5
x=torch.ones(2).long(); x|=1.5
x=torch.ones(2).long(); x<<=1.5
x=torch.ones(2).long(); x^1.5
x=torch.ones(2).bool(); x^=1.5
x=torch.ones(2).bool(); x^=2
x=torch.ones(2); x^=2
torch.repeat_interleave(torch.tensor(1))
torch.repeat_interleave(torch.tensor([[1]]))
torch.repeat_interleave(torch.tensor([1.]))
torch.repeat_interleave(torch.tensor([-1]))
torch.unique(torch.ones(2),unknown=1)
torch.unique(torch.ones(2),True,True,True,0,5)
torch.unique(torch.ones(2),sorted=1)
torch.unique(torch.ones(2),return_inverse=1)
torch.unique(torch.ones(2),dim=1.5)
torch.unique(input=torch.ones(2))
torch.unique()
torch.unique(1)
torch.unique_consecutive(torch.ones(2),unknown=1)
torch.unique_consecutive(1)
torch.ones(2).unique(unknown=1)
F.embedding(torch.tensor(0.),torch.tensor(0.),[1.5])
F.embedding(torch.tensor([0]),torch.ones(2,2),[1])
F.embedding(torch.tensor([0]),torch.ones(2,2),1j)
F.embedding(torch.tensor([0]),torch.ones(2,2),torch.ones(2))
F.embedding(torch.tensor([0]),torch.ones(2,2),torch.ones(1))
F.embedding(torch.tensor([0]),torch.ones(2,2),5)
F.embedding(torch.tensor([0]),torch.ones(2,2),-5)
F.embedding(torch.tensor([0]),torch.ones(2),1)
F.embedding(torch.tensor([0]),torch.ones(2),-1)
F.embedding(torch.tensor([0]),torch.ones(()),-1)
F.embedding(torch.tensor([0]),torch.ones(()))
F.normalize(torch.ones(2,2),torch.ones(2),object())
F.normalize(torch.ones(2,2),2,object())
torch.ones(2,2).norm(lambda: 0,torch.tensor(1))
torch.ones(2,2).norm((0,0),object())
torch.ones(2,2).norm((0,0),0)
torch.ones(2,2).norm(2,object())
torch.ones(2,2).norm('fro',object())
torch.ones(2,2).norm('x',0)
torch.ones(2,2).norm(2,torch.tensor(1))
torch.ones(2,2).norm(2,1.5)
torch.norm(torch.ones(2,2),2,'a')
"""

OUTPUTS = """
out=torch.empty(0,dtype=torch.long); torch.nonzero(torch.tensor([1,0,1,2]),out=out); out.stride(),out
out=torch.empty(0,dtype=torch.long); torch.nonzero(torch.ones(2,3),out=out); out.stride()
out=torch.empty(6,2,dtype=torch.long); torch.nonzero(torch.ones(2,3),out=out); out.stride()
out=torch.empty(0); torch.kron(torch.tensor(1.),torch.ones(4),out=out); out
out=torch.empty(0); torch.kron(torch.ones(2),torch.ones(4),out=out); out
out=torch.empty(0); torch.kron(torch.ones(2,2),torch.ones(4),out=out); out
out=torch.empty(0); torch.kron(torch.ones(2,2),torch.ones(2,2),out=out); out
out=torch.empty(0); torch.kron(torch.tensor(1.),torch.tensor(2.),out=out); out
out=torch.empty(4); torch.kron(torch.tensor(1.),torch.ones(4),out=out); out
out=torch.empty(0,dtype=torch.double); torch.kron(torch.tensor(1.),torch.ones(4),out=out); out
out=torch.empty(0,dtype=torch.long); torch.kron(torch.tensor(1.),torch.ones(4),out=out); out
out=torch.empty(0,dtype=torch.cfloat); torch.ne(torch.ones(2),torch.ones(2),out=out)
out=torch.empty(0,dtype=torch.long); torch.dot(torch.ones(2,2).half(),torch.ones(2,2).half(),out=out)
out=torch.empty(0,dtype=torch.long); torch.dot(torch.ones(2).half(),torch.ones(2).half(),out=out)
out=torch.empty(0,dtype=torch.long); torch.dot(torch.ones(2).half(),torch.ones(2),out=out)
out=torch.empty(0,dtype=torch.long); torch.dot(torch.ones(2),torch.ones(3),out=out)
out=torch.empty(0,dtype=torch.long); torch.mv(torch.ones(2),torch.ones(3),out=out)
out=torch.empty(0,dtype=torch.int8); torch.mean(torch.ones(3).double(),-1,out=out)
out=torch.empty(0,dtype=torch.int8); torch.mean(torch.ones(3).half(),-1,out=out)
out=torch.empty(0,dtype=torch.int8); torch.mean(torch.ones(3).long(),-1,out=out)
out=torch.empty(0,dtype=torch.int8); torch.mean(torch.ones(3).cfloat(),-1,out=out)
out=torch.empty(0,dtype=torch.int8); torch.mean(torch.ones(3).double(),-1,dtype=torch.double,out=out)
out=torch.empty(0,dtype=torch.int8); torch.mean(torch.ones(3),-1,dtype=torch.long,out=out)
out=torch.empty(0,dtype=torch.float); torch.mean(torch.ones(3).double(),-1,out=out); out
out=torch.empty(0,dtype=torch.cfloat); torch.mean(torch.ones(3),-1,out=out); out
out=torch.empty(0,dtype=torch.float); torch.mean(torch.ones(3).long(),-1,out=out); out
out=torch.empty(0,dtype=torch.double); torch.mean(torch.ones(3).long(),-1,out=out); out
out=torch.empty(0,dtype=torch.half); torch.mean(torch.ones(3).long(),-1,out=out); out
v=torch.empty(0); i=torch.empty(0,dtype=torch.long); torch.median(torch.ones(2).double(),0,out=(v,i))
v=torch.empty(0); i=torch.empty(0,dtype=torch.int); torch.median(torch.ones(2),0,out=(v,i))
v=torch.empty(0); i=torch.empty(0,dtype=torch.int); torch.nanmedian(torch.ones(2),0,out=(v,i))
v=torch.empty(0); i=torch.empty(0,dtype=torch.long); torch.nanmedian(torch.ones(2).double(),0,out=(v,i))
v=torch.empty(0); i=torch.empty(0,dtype=torch.long); torch.mode(torch.ones(2).double(),0,out=(v,i))
v=torch.empty(0); i=torch.empty(0,dtype=torch.int); torch.mode(torch.ones(2),0,out=(v,i))
v=torch.empty(0); i=torch.empty(0,dtype=torch.long); torch.kthvalue(torch.ones(2).double(),1,out=(v,i))
v=torch.empty(0); i=torch.empty(0,dtype=torch.int); torch.kthvalue(torch.ones(2),1,out=(v,i))
v=torch.empty(0); i=torch.empty(0,dtype=torch.long); torch.topk(torch.ones(2).double(),1,out=(v,i))
v=torch.empty(0); i=torch.empty(0,dtype=torch.int); torch.topk(torch.ones(2),1,out=(v,i))
v=torch.empty(0); i=torch.empty(0,dtype=torch.long); torch.sort(torch.ones(2).double(),0,out=(v,i))
v=torch.empty(0); i=torch.empty(0,dtype=torch.int); torch.sort(torch.ones(2),0,out=(v,i))
v=torch.empty(0); i=torch.empty(0,dtype=torch.int); torch.max(torch.ones(2),0,out=(v,i))
v=torch.empty(0); i=torch.empty(0,dtype=torch.long); torch.max(torch.ones(2).double(),0,out=(v,i))
v=torch.empty(0); i=torch.empty(0,dtype=torch.long); torch.cummax(torch.ones(2).double(),0,out=(v,i))
v=torch.empty(0); i=torch.empty(0,dtype=torch.int); torch.cummax(torch.ones(2),0,out=(v,i))
v=torch.empty(0); i=torch.empty(0,dtype=torch.int); torch.cummin(torch.ones(2).cfloat(),0,out=(v,i))
v=torch.empty(0); i=torch.empty(0,dtype=torch.long); torch.cummin(torch.ones(2).cfloat(),0,out=(v,i))
v=torch.empty(0).cfloat(); i=torch.empty(0,dtype=torch.long); torch.cummin(torch.ones(2).cfloat(),0,out=(v,i))
v=torch.empty(0); i=torch.empty(0,dtype=torch.long); torch.cummin(torch.ones(2).long(),0,out=(v,i))
out=torch.empty(0,dtype=torch.bool); torch.add(torch.ones(2).long(),torch.ones(2).cfloat(),alpha=True,out=out)
out=torch.empty(0,dtype=torch.bfloat16); torch.add(torch.ones(2).cfloat(),torch.ones(2).cfloat(),alpha=True,out=out)
torch.add(torch.ones(2).cfloat(),torch.ones(2).cfloat(),alpha=True)
torch.add(torch.ones(2),torch.ones(2),alpha=True)
torch.add(torch.ones(2).bool(),torch.ones(2).bool(),alpha=True)
torch.add(torch.ones(2).bool(),torch.ones(2),alpha=True)
torch.add(torch.ones(2).bool(),1,alpha=True)
torch.sub(torch.ones(2),1,alpha=True)
torch.add(torch.ones(2).long(),1,alpha=1.5)
torch.add(torch.ones(2),1,alpha=1j)
out=torch.empty(0,dtype=torch.long); torch.add(torch.ones(2).long(),1,alpha=1.5,out=out)
out=torch.empty(0,dtype=torch.long); torch.add(torch.ones(2),1,alpha=1j,out=out)
out=torch.zeros(2,requires_grad=True); torch.floor_divide(torch.ones(2),torch.ones(2),out=out)
out=torch.zeros(0,dtype=torch.bool); torch.std(torch.ones(()),-1,out=out)
out=torch.zeros(0,dtype=torch.int); torch.std(torch.ones(()),-1,out=out)
out=torch.zeros(0,dtype=torch.double); torch.std(torch.ones(3),-1,out=out)
out=torch.zeros(0,dtype=torch.half); torch.amax(torch.ones(0,3),0,out=out)
out=torch.zeros(0,dtype=torch.half); torch.amax(torch.ones(2,3),5,out=out)
out=torch.zeros(0,dtype=torch.half); torch.amax(torch.ones(2,3),0,out=out)
out=torch.zeros(0,dtype=torch.half); torch.amin(torch.ones(0,3),0,out=out)
out=torch.zeros(0,dtype=torch.half); torch.aminmax(torch.ones(0,3),dim=0,out=(out,out))
out=torch.zeros(0,dtype=torch.half); torch.argmax(torch.ones(0,3),0,out=out)
out=torch.zeros(0,dtype=torch.double); torch.pow(1,torch.ones(2).cfloat(),out=out); out
out=torch.zeros(0,dtype=torch.double); torch.pow(2,torch.ones(2).cfloat(),out=out); out
out=torch.zeros(0,dtype=torch.long); torch.pow(1,torch.ones(2),out=out); out
out=torch.zeros(0,dtype=torch.bool); torch.pow(1,torch.ones(2),out=out); out
out=torch.zeros(0,dtype=torch.bool); torch.pow(1.5,torch.ones(2),out=out); out
torch.pow(1,torch.ones(2).cfloat())
torch.pow(1,torch.ones(2,requires_grad=True))
torch.pow(torch.ones(2,requires_grad=True),0)
torch.pow(torch.ones(2,requires_grad=True),1)
out=torch.zeros(0,dtype=torch.long); torch.pow(torch.ones(2),0,out=out); out
out=torch.zeros(0,dtype=torch.long); torch.pow(torch.ones(2),1,out=out); out
out=torch.zeros(0,dtype=torch.long); torch.pow(torch.ones(2),2,out=out); out
x=torch.rand(2,3).mT; torch.empty_like(x,memory_format=torch.legacy_contiguous_format).stride()
x=torch.rand(2,3).mT; x.softmax(-1).stride(),x.softmax(0).stride(),x.log_softmax(0).stride()
torch.zeros_like(torch.rand(2,3).mT,memory_format=torch.legacy_contiguous_format).scatter_(1,torch.zeros(3,1).long(),1.).stride()
x=torch.rand(3,2).mT; y=(x*2).relu_(); y.view(-1)
t0 = torch.zeros(4, dtype=torch.float64).requires_grad_(); t2 = (t0 * 1).t(); t2.relu_(); t2.view(-1).div_(2); t2.sum().backward()
t0 = torch.ones(4).requires_grad_(); t2 = (t0 * 1).view(2,2); t2.relu_(); t2.view(-1).div_(2); t2.sum().backward()
t0 = torch.ones(4).requires_grad_(); t2 = (t0 * 1).view(2,2); t2.exp_(); t2.view(-1).div_(2); t2.sum().backward()
t0 = torch.ones(4).requires_grad_(); t2 = (t0 * 1); t2.exp_(); t2.view(-1).div_(2); t2.sum().backward()
out=torch.empty(3).bool(); torch.isnan(torch.ones(2),out=out)
t0 = torch.ones(4).requires_grad_(); t2 = (t0 * 1).view(2,2); t2.exp_(); t2.detach().div_(2); t2.sum().backward()
t0 = torch.ones(4).requires_grad_(); b=t0*1; t2 = b.view(2,2); t2.exp_(); t2.detach().div_(2); b.sum().backward()
t0 = torch.ones(4).requires_grad_(); b=t0*1; t2 = b.view(2,2); t2.exp_(); b.div_(2); b.sum().backward()
t0 = torch.ones(4).requires_grad_(); b=t0*1; t2 = b.view(2,2); t2.exp_(); b.div_(2); t2.grad_fn; b.sum().backward()
t0 = torch.ones(4).requires_grad_(); b=t0*1; t2 = b.view(2,2); t2.exp_(); t2.div_(2); t2.sum().backward()
t0 = torch.ones(4).requires_grad_(); b=t0*1; t2 = b.view(2,2); t2.exp_(); z=b*2; del t2; b.div_(2); z.sum().backward()
"""


def _answers(torch, log, text):
    for line in text.strip().splitlines():
        torch.manual_seed(0)
        space = {"torch": torch, "F": torch.nn.functional, "nn": torch.nn, "np": np}
        *steps, last = line.split("; ")

        def run(space=space, steps=steps, last=last):
            for step in steps:
                exec(step, space)
            return eval(last, space)

        log.error(run)


def losses(torch, log):
    _answers(torch, log, LOSSES)


def convolutions(torch, log):
    _answers(torch, log, CONVOLUTIONS)


def indices_and_arguments(torch, log):
    _answers(torch, log, INDICES_AND_ARGUMENTS)


def outputs(torch, log):
    _answers(torch, log, OUTPUTS)
