"""What the DataLoader and its workers run."""

from rushlight._utils import ExceptionWrapper as ExceptionWrapper

MP_STATUS_CHECK_INTERVAL = 5.0  # seconds between looks at whether the other side is alive

from rushlight.utils.data._utils import collate as collate, fetch as fetch, pin_memory as pin_memory, worker as worker  # noqa: E402
