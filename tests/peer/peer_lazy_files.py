"""Lazy modules in files, hooks and all; weights of losses in another dtype."""

import copy
import io
import pickle


def lazy_modules_in_files(torch, log):
    for make in (lambda: torch.nn.LazyLinear(3), lambda: torch.nn.LazyConv2d(2, 3), lambda: torch.nn.LazyBatchNorm1d()):
        model = make()
        file = io.BytesIO()
        torch.save(model, file)
        file.seek(0)
        loaded = torch.load(file, weights_only=False)
        log(repr(loaded), len(loaded._forward_pre_hooks), list(loaded.state_dict()))
        again = pickle.loads(pickle.dumps(loaded))
        again = again if "Batch" in repr(again) else copy.deepcopy(again)
        x = torch.randn(4, 5) if "Conv" not in repr(model) else torch.randn(2, 3, 6, 6)
        log(again(x).shape, repr(again), len(again._forward_pre_hooks))


LINES = '''
F.nll_loss(torch.zeros(5, 3).double(), torch.tensor([0, 1, 2, 0, 1]), torch.ones(3))
F.cross_entropy(torch.zeros(5, 3), torch.tensor([0, 1, 2, 0, 1]), torch.ones(3).half())
F.nll_loss(torch.zeros(5, 3, 2), torch.zeros(5, 2, dtype=torch.long), torch.ones(3).double())
F.nll_loss(torch.zeros(5, 3).double(), torch.tensor([0, 1, 2, 0, 1]), torch.ones(4))
'''
