"""torch.testing._internal, the helpers of PyTorch's own tests: taken from an installed PyTorch, run on rushlight."""

import importlib.util
import subprocess
import sys

PROGRAM = """
import unittest

import rushlight

rushlight.install()
import inspect
import torch
import torch._prims as prims
import torch._refs as refs
from torch._prims.context import TorchRefsMode
from torch._prims.executor import make_traced
from torch._C._autograd import DeviceType
from torch._C._profiler import RecordScope, _ExperimentalConfig, _ExtraFields_PyCall
from torch._dynamo.testing import CompileCounterWithBackend, rand_strided
from torch._prims_common.wrappers import _maybe_remove_out_wrapper
from torch.fx._compatibility import _BACK_COMPAT_OBJECTS, _MARKED_WITH_COMPATIBILITY
from torch.jit.annotations import Any
from torch.testing._internal import composite_compliance, optests
from torch.testing._internal.common_device_type import instantiate_device_type_tests
from torch.testing._internal.common_methods_invocations import op_db
from torch.testing._internal.common_modules import get_module_common_name
from torch.testing._internal.common_utils import TestCase
from torch.testing._internal.inductor_utils import HAS_CPU, maybe_skip_size_asserts


class TestSums(TestCase):
    def test_sum(self, device):
        self.assertEqual(torch.ones(3, device=device).sum(), torch.tensor(3.0))
        self.assertEqual(torch.__version__, rushlight.__version__)
        self.assertFalse(HAS_CPU)
        self.assertEqual(rand_strided((2, 2), (1, 2)).stride(), (1, 2))
        self.assertTrue(len(_BACK_COMPAT_OBJECTS) < len(_MARKED_WITH_COMPATIBILITY) + 1)
        self.assertIs(torch.profiler.RecordScope, RecordScope)
        self.assertEqual(get_module_common_name(torch.nn.Linear), "nn.Linear")

    def test_references(self, device):
        x = torch.arange(6.0, device=device).view(2, 3)
        with TorchRefsMode(strict=True):
            self.assertEqual(refs.sum(x, 1, dtype=torch.float64), torch.tensor([3.0, 12.0], dtype=torch.float64))
        self.assertIn("dtype", inspect.getfullargspec(refs.sum).kwonlyargs)
        self.assertEqual(make_traced(refs.nn.functional.relu)(-x, executor="aten"), -x * 0)
        self.assertEqual(refs._conversions.int(x, memory_format=torch.preserve_format), x.int())
        self.assertIn("zeta", refs.special.__all__)
        self.assertEqual(refs.prod(x, [0, -1], keepdim=True), torch.zeros(1, 1))
        self.assertEqual(refs.std(x, keepdim=True, unbiased=False).shape, (1, 1))
        self.assertEqual(refs.T(x), x.t())
        kinds = prims.utils.ELEMENTWISE_TYPE_PROMOTION_KIND
        for kind, dtype in ((kinds.INT_TO_FLOAT, torch.float32), (kinds.ALWAYS_BOOL, torch.bool), (kinds.BOOL_TO_LONG, torch.int32)):
            self.assertEqual(prims.utils.elementwise_dtypes(x.int(), True, type_promotion_kind=kind)[1], dtype)
        found = prims.utils.elementwise_dtypes(x.half(), x.double().sum(), 2, type_promotion_kind=kinds.DEFAULT)
        self.assertEqual(found, (torch.float32, torch.float16))
        prims.utils.compare_tensor_meta(x, x.t().contiguous().t())
        with self.assertRaisesRegex(RuntimeError, r"Stride mismatch! Strides are \\(3, 1\\) and \\(1, 2\\) \\(mismatched at 0\\)!"):
            prims.utils.compare_tensor_meta(x, x.t().contiguous().t(), check_strides=True)


instantiate_device_type_tests(TestSums, globals(), only_for="cpu")
unittest.main()
"""


def test_helpers_run() -> None:
    answer = subprocess.run([sys.executable, "-W", "ignore", "-c", PROGRAM], capture_output=True, text=True)
    if importlib.util.find_spec("torch") is None:
        assert "ModuleNotFoundError: No module named 'torch.testing._internal'" in answer.stderr
    else:
        assert answer.returncode == 0, answer.stderr
        assert "Ran 2 tests" in answer.stderr
