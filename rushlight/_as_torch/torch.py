"""What ``import torch`` finds in the Python children of a program started with ``rushlight run``.

It installs rushlight as torch in the child and then gives its place up to rushlight itself.
"""

import importlib
import os
import sys

if __name__ == "torch":  # and not a walk over rushlight's own modules
    # At the end of the path: an installed rushlight goes first, but one run from a checkout is found as well.
    sys.path.append(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    try:
        install = importlib.import_module("rushlight._install").install
    finally:
        sys.path.pop()
    del sys.modules["torch"]
    install()
    sys.modules["torch"] = sys.modules["rushlight"]
