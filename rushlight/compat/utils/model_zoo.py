"""torch.utils.model_zoo: the older names of torch.hub's functions."""

from rushlight.hub import load_state_dict_from_url

try:
    from tqdm import tqdm
except ImportError:
    from rushlight.hub import _Faketqdm as tqdm  # type: ignore[assignment]

load_url = load_state_dict_from_url
