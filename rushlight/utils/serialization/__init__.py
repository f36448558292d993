"""torch.utils.serialization: settings of torch.save and torch.load."""

from rushlight.utils.serialization import config as config
