"""torch.testing._internal, the helpers of PyTorch's own tests: taken from an installed PyTorch, run on rushlight."""

import importlib.util
import subprocess
import sys

PROGRAM = """
import unittest

import rushlight

rushlight.install()
import torch
from torch._prims_common.wrappers import _maybe_remove_out_wrapper
from torch.testing._internal import composite_compliance, optests
from torch.testing._internal.common_device_type import instantiate_device_type_tests
from torch.testing._internal.common_utils import TestCase
from torch.testing._internal.inductor_utils import HAS_CPU, maybe_skip_size_asserts


class TestSums(TestCase):
    def test_sum(self, device):
        self.assertEqual(torch.ones(3, device=device).sum(), torch.tensor(3.0))
        self.assertEqual(torch.__version__, rushlight.__version__)
        self.assertFalse(HAS_CPU)


instantiate_device_type_tests(TestSums, globals(), only_for="cpu")
unittest.main()
"""


def test_helpers_run() -> None:
    answer = subprocess.run([sys.executable, "-W", "ignore", "-c", PROGRAM], capture_output=True, text=True)
    if importlib.util.find_spec("torch") is None:
        assert "ModuleNotFoundError: No module named 'torch.testing._internal'" in answer.stderr
    else:
        assert answer.returncode == 0, answer.stderr
        assert "Ran 1 test" in answer.stderr
