"""Sample arguments for normalisations, losses, embeddings and recurrent layers."""

from __future__ import annotations

from typing import Any

_STATISTICS = "its formula counts on statistics of its input, which samples would vary apart; native_{} is differentiated twice"
_PEER = "its gradients, first and second, are held to PyTorch's answers in tests/peer"
WITHOUT = {
    "native_layer_norm": "its statistics have tangents but, as in PyTorch, no gradients; " + _PEER,
    "native_layer_norm_backward": _STATISTICS.format("layer_norm"),
    "native_batch_norm_backward": _STATISTICS.format("batch_norm"),
    "native_batch_norm": "writes its running statistics; " + _PEER,
    "_native_batch_norm_legit": "writes its running statistics; " + _PEER,
    "_batch_norm_with_update": "writes its running statistics; " + _PEER,
    "native_group_norm": "with a graph the gradient is a composition, rounded otherwise; " + _PEER,
    **dict.fromkeys(("mkldnn_rnn_layer", "_lstm_projected_layer", "_rnn_layer", "_gru_layer", "_pack_padded_sequence.steps"), _PEER),
    **dict.fromkeys(("native_dropout", "rrelu_with_noise", "rrelu_with_noise.in_place", "rrelu_with_noise_backward"), "draws; " + _PEER),
    **dict.fromkeys(("_embedding_bag", "_embedding_bag_backward", "_ctc_loss", "_pdist_forward", "_pdist_backward"), _PEER),
    **dict.fromkeys(("_scaled_dot_product_flash_attention_for_cpu", "multi_margin_loss", "multilabel_margin_loss_forward"), _PEER),
    **dict.fromkeys(("binary_cross_entropy_backward", "embedding", "_weight_norm_interface"), _PEER),
    "segment_reduce": "its gradient has none, as in PyTorch; " + _PEER,
    **dict.fromkeys(
        (
            "fake_quantize_per_tensor_affine_cachemask", "_fake_quantize_per_tensor_affine_cachemask_tensor_qparams",
            "fake_quantize_per_channel_affine_cachemask",
        ),
        "its gradient passes straight through and is no derivative; " + _PEER,
    ),
}


def table(R: Any, U: Any, P: Any, I: Any, Draw: Any) -> dict[str, list[list[Any]]]:
    """Argument lists by operator."""
    pair = [R(2, 3), R(2, 3)]
    rows: dict[str, list[list[Any]]] = {
        "_native_batch_norm_legit.no_stats": [[R(4, 3), R(3), R(3), True, 0.1, 1e-3]],
        "_batch_norm_no_update": [[R(4, 3), R(3), R(3), R(3), P(3), 0.1, 1e-3]],
        "_native_batch_norm_legit_no_training": [[R(4, 3), R(3), R(3), R(3), P(3), 0.1, 1e-3]],
        "_trilinear": [[R(2, 3), R(5, 3, 4), R(2, 4), (1, 3), (0,), (1, 2), (2, 3)]],
        "glu": [[R(2, 4), 1], [R(4, 2), 0]],
        "glu_backward": [[R(2, 2), R(2, 4), 1]],
        "log_sigmoid_backward": [[R(2, 3), R(2, 3), np_zeros()]],
        "embedding_dense_backward": [[R(3, 2), I(2, 0, 2), 4, -1, False]],
        "smooth_l1_loss.op": [[*pair, number, 0.8] for number in (0, 1, 2)],
        "smooth_l1_loss_backward": [[R(2, 3), *pair, 0, 0.8], [R(), *pair, 1, 0.8]],
        "huber_loss": [[*pair, number, 0.8] for number in (0, 1, 2)],
        "huber_loss_backward": [[R(2, 3), *pair, 0, 0.8], [R(), *pair, 1, 0.8]],
        "soft_margin_loss": [[R(2, 3), np_signs(), number] for number in (0, 1)],
        "soft_margin_loss_backward": [[R(2, 3), R(2, 3), np_signs(), 0], [R(), R(2, 3), np_signs(), 1]],
        "binary_cross_entropy": [[Draw((2, 3), 0.1, 0.9), Draw((2, 3), 0.1, 0.9), None, number] for number in (0, 1, 2)],
        "binary_cross_entropy_with_logits": [[R(2, 3), U(2, 3), None, None, number] for number in (0, 1)],
        "_packed_rows": [[R(3, 2), (2, 1, 1)]],
        "_padded_rows": [[R(4), (3, 2), (2, 1, 1)]],
    }
    return rows


def np_zeros() -> Any:
    """What log_sigmoid keeps, which its gradient's kernel does not read."""
    import numpy as np

    return np.zeros((2, 3))


def np_signs() -> Any:
    """Targets of soft_margin_loss, which have no gradient."""
    import numpy as np

    return np.array([[1.0, -1.0, 1.0], [-1.0, 1.0, 1.0]])
