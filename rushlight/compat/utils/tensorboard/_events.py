"""A SummaryWriter over the messages and files of the package tensorboard, for what most programs write."""

from __future__ import annotations

import io
import os
import socket
import time
from datetime import datetime
from typing import Any

import numpy as np

from rushlight import Tensor
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.summary.writer.event_file_writer import EventFileWriter

__all__ = ["EventWriter"]

_SUFFIXES = "audio embedding graph mesh onnx_graph pr_curve pr_curve_raw video custom_scalars image_with_boxes tensor".split()


def _array(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.detach().cpu().numpy()
    if not isinstance(value, np.ndarray) and not np.isscalar(value):
        raise NotImplementedError(f"Got {type(value)}, but numpy array or torch tensor are expected.")
    return np.asarray(value)


def _edges() -> list[float]:
    """Edges that grow by a tenth, on both sides of zero."""
    found, edge = [], 1e-12
    while edge < 1e20:
        found.append(edge)
        edge *= 1.1
    return [*[-edge for edge in reversed(found)], 0.0, *found]


def _histogram(values: Any, bins: Any) -> HistogramProto:
    values = _array(values).astype(float).reshape(-1)
    if not values.size:
        raise ValueError("The input has no element.")
    counts, limits = np.histogram(values, bins=_edges() if bins == "tensorflow" else bins)
    filled = np.flatnonzero(counts)
    if not filled.size:
        raise ValueError("The histogram is empty, please file a bug report.")
    start, stop = int(filled[0]), int(filled[-1]) + 1
    shown = counts[start - 1 : stop] if start else np.concatenate([[0], counts[:stop]])  # an empty bucket comes first
    return HistogramProto(
        min=values.min(), max=values.max(), num=len(values), sum=values.sum(), sum_squares=values.dot(values),
        bucket_limit=limits[start : stop + 1].tolist(), bucket=shown.tolist(),
    )  # fmt: skip


def _picture(image: Any, dataformats: str) -> Any:
    """Summary.Image of one picture, or of several beside each other."""
    from PIL import Image

    pixels = _array(image)
    if pixels.ndim != len(dataformats):
        raise AssertionError(f"size of input tensor and input format are different. tensor shape: {pixels.shape}, input_format: {dataformats}")
    if "C" not in dataformats:
        pixels, dataformats = pixels[..., None], dataformats + "C"
    order = "NHWC" if "N" in dataformats else "HWC"
    pixels = pixels.transpose([dataformats.index(axis) for axis in order])
    if "N" in dataformats:
        columns = min(len(pixels), 8)
        rows = -(-len(pixels) // columns)
        pixels = np.concatenate([pixels, np.zeros((rows * columns - len(pixels), *pixels.shape[1:]), pixels.dtype)])
        pixels = np.concatenate([np.concatenate(list(row), axis=1) for row in np.split(pixels, rows)], axis=0)
    scaled = pixels if pixels.dtype == np.uint8 else (pixels.astype(np.float32) * 255).clip(0, 255).astype(np.uint8)
    if scaled.shape[2] == 1:
        scaled = scaled.repeat(3, axis=2)
    file = io.BytesIO()
    Image.fromarray(scaled).save(file, format="PNG")
    height, width, colours = scaled.shape
    return Summary.Image(height=height, width=width, colorspace=colours, encoded_image_string=file.getvalue())


def _pixels(figure: Any, close: bool) -> Any:
    """A figure of matplotlib's as an array of shape (3, height, width)."""
    from matplotlib import pyplot
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    found = np.asarray(canvas.buffer_rgba())[..., :3].transpose(2, 0, 1)
    if close:
        pyplot.close(figure)
    return found


class EventWriter:
    """Writes numbers, histograms, texts and pictures into an event file in `log_dir`, for TensorBoard to show.

    What PyTorch's writer adds besides (graphs, meshes, sound, ...) raises NotImplementedError.
    """

    __module__ = "torch.utils.tensorboard.writer"
    __qualname__ = "SummaryWriter"

    def __init__(
        self, log_dir: Any = None, comment: str = "", purge_step: int | None = None, max_queue: int = 10, flush_secs: int = 120,
        filename_suffix: str = "",
    ) -> None:  # fmt: skip
        if not log_dir:
            log_dir = os.path.join("runs", datetime.now().strftime("%b%d_%H-%M-%S") + "_" + socket.gethostname() + comment)
        self.log_dir = str(log_dir)
        self.purge_step = purge_step
        self.max_queue, self.flush_secs, self.filename_suffix = max_queue, flush_secs, filename_suffix
        self._file: Any = None
        self.all_writers: dict[str, EventWriter] = {}
        self._event_file()

    def _event_file(self) -> Any:
        if self._file is None:
            self._file = EventFileWriter(self.log_dir, self.max_queue, self.flush_secs, self.filename_suffix)
            if self.purge_step is not None:
                log = SessionLog(status=SessionLog.START)
                self._file.add_event(Event(wall_time=time.time(), step=self.purge_step, file_version="brain.Event:2"))
                self._file.add_event(Event(wall_time=time.time(), step=self.purge_step, session_log=log))
                self.purge_step = None
        return self._file

    def _add(self, value: Any, step: Any, walltime: float | None) -> None:
        event = Event(summary=Summary(value=[value]), wall_time=time.time() if walltime is None else walltime)
        if step is not None:
            event.step = int(step)
        self._event_file().add_event(event)

    def get_logdir(self) -> str:
        """Where the events go."""
        return self.log_dir

    def add_scalar(
        self, tag: str, scalar_value: Any, global_step: Any = None, walltime: float | None = None, new_style: bool = False,
        double_precision: bool = False,
    ) -> None:  # fmt: skip
        """Add a number."""
        found = _array(scalar_value).reshape(-1)
        if found.size != 1:
            raise AssertionError(f"Tensor should contain one element (0 dimensions). Was given size: {found.size} and {found.ndim} dimensions.")
        self._add(Summary.Value(tag=tag, simple_value=float(found[0])), global_step, walltime)

    def add_scalars(self, main_tag: str, tag_scalar_dict: Any, global_step: Any = None, walltime: float | None = None) -> None:
        """Add numbers that are drawn in one chart, each in an event file of its own."""
        for tag, value in tag_scalar_dict.items():
            place = os.path.join(self.log_dir, main_tag.replace("/", "_") + "_" + tag)
            if place not in self.all_writers:
                self.all_writers[place] = EventWriter(place, "", None, self.max_queue, self.flush_secs, self.filename_suffix)
            self.all_writers[place].add_scalar(main_tag, value, global_step, walltime)

    def add_histogram(
        self, tag: str, values: Any, global_step: Any = None, bins: Any = "tensorflow", walltime: float | None = None, max_bins: Any = None
    ) -> None:
        """Add a histogram of values."""
        self._add(Summary.Value(tag=tag, histo=_histogram(values, bins)), global_step, walltime)

    def add_histogram_raw(
        self, tag: str, min: Any, max: Any, num: Any, sum: Any, sum_squares: Any, bucket_limits: Any, bucket_counts: Any,
        global_step: Any = None, walltime: float | None = None,
    ) -> None:  # fmt: skip
        """Add a histogram that was counted elsewhere."""
        if len(bucket_limits) != len(bucket_counts):
            raise ValueError("len(bucket_limits) != len(bucket_counts), see the document.")
        found = HistogramProto(
            min=min, max=max, num=num, sum=sum, sum_squares=sum_squares, bucket_limit=list(bucket_limits), bucket=list(bucket_counts)
        )
        self._add(Summary.Value(tag=tag, histo=found), global_step, walltime)

    def add_text(self, tag: str, text_string: str, global_step: Any = None, walltime: float | None = None) -> None:
        """Add a text."""
        shape = TensorShapeProto(dim=[TensorShapeProto.Dim(size=1)])
        tensor = TensorProto(dtype="DT_STRING", string_val=[text_string.encode("utf_8")], tensor_shape=shape)
        plugin = SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name="text"))
        self._add(Summary.Value(tag=tag + "/text_summary", metadata=plugin, tensor=tensor), global_step, walltime)

    def add_image(
        self, tag: str, img_tensor: Any, global_step: Any = None, walltime: float | None = None, dataformats: str = "CHW"
    ) -> None:
        """Add a picture: bytes, or numbers from 0 to 1."""
        self._add(Summary.Value(tag=tag, image=_picture(img_tensor, dataformats)), global_step, walltime)

    def add_images(
        self, tag: str, img_tensor: Any, global_step: Any = None, walltime: float | None = None, dataformats: str = "NCHW"
    ) -> None:
        """Add pictures, beside each other."""
        self.add_image(tag, img_tensor, global_step, walltime, dataformats)

    def add_figure(self, tag: str, figure: Any, global_step: Any = None, close: bool = True, walltime: float | None = None) -> None:
        """Add a figure of matplotlib's, or several."""
        if isinstance(figure, list):
            self.add_images(tag, np.stack([_pixels(entry, close) for entry in figure]), global_step, walltime)
        else:
            self.add_image(tag, _pixels(figure, close), global_step, walltime)

    def add_hparams(
        self, hparam_dict: Any, metric_dict: Any, hparam_domain_discrete: Any = None, run_name: str | None = None, global_step: Any = None
    ) -> None:
        """Add what was chosen, and what came of it, as a run of its own."""
        if not isinstance(hparam_dict, dict) or not isinstance(metric_dict, dict):
            raise TypeError("hparam_dict and metric_dict should be dictionary.")
        from tensorboard.plugins.hparams import summary_v2

        start = summary_v2.hparams_pb({key: _plain(value) for key, value in hparam_dict.items()})
        domains = [
            summary_v2.HParam(key, summary_v2.Discrete(hparam_domain_discrete[key])) if key in (hparam_domain_discrete or {})
            else summary_v2.HParam(key)
            for key in hparam_dict
        ]  # fmt: skip
        layout = summary_v2.hparams_config_pb(domains, [summary_v2.Metric(key) for key in metric_dict])
        run = EventWriter(os.path.join(self.log_dir, run_name or str(time.time())))
        for summary in (layout, start):
            run._event_file().add_event(Event(summary=Summary.FromString(summary.SerializeToString()), wall_time=time.time()))
        run._add(_session_end(), None, None)
        for key, value in metric_dict.items():
            run.add_scalar(key, value, global_step)
        run.close()

    def flush(self) -> None:
        """Write what is waiting."""
        for writer in (self, *self.all_writers.values()):
            if writer._file is not None:
                writer._file.flush()

    def close(self) -> None:
        """Write what is waiting and end; adding anything afterwards begins a new file."""
        for writer in (self, *self.all_writers.values()):
            if writer._file is not None:
                writer._file.flush()
                writer._file.close()
                writer._file = None
        self.all_writers = {}

    def __enter__(self) -> EventWriter:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()


def _session_end() -> Summary.Value:
    """What says that a run of chosen values came to its end."""
    from tensorboard.plugins.hparams import api_pb2, metadata, plugin_data_pb2

    info = plugin_data_pb2.SessionEndInfo(status=api_pb2.Status.Value("STATUS_SUCCESS"))
    content = plugin_data_pb2.HParamsPluginData(version=metadata.PLUGIN_DATA_VERSION, session_end_info=info).SerializeToString()
    plugin = SummaryMetadata.PluginData(plugin_name=metadata.PLUGIN_NAME, content=content)
    return Summary.Value(tag=metadata.SESSION_END_INFO_TAG, metadata=SummaryMetadata(plugin_data=plugin))


def _plain(value: Any) -> Any:
    """A choice as a number or text."""
    return value.item() if isinstance(value, Tensor) else value


def _missing(name: str) -> Any:
    def method(self: EventWriter, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError(f"torch.utils.tensorboard: SummaryWriter.{name} is not implemented in rushlight; install tensorboardX")

    method.__name__ = name
    return method


for _suffix in _SUFFIXES:
    setattr(EventWriter, f"add_{_suffix}", _missing(f"add_{_suffix}"))
