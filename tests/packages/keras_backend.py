"""keras over its torch backend: dense, convolutional and recurrent models with attention: fit, evaluate, predict; its operators"""

import os

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
from keras import layers, ops


def history(model, *data, **options):
    found = model.fit(*data, epochs=2, batch_size=16, verbose=0, **options).history
    print({name: [float(value) for value in values] for name, values in found.items()})


def run():
    keras.utils.set_random_seed(1)
    x, y = np.random.rand(64, 8).astype("float32"), np.random.randint(0, 3, 64)
    dense = keras.Sequential([
        keras.Input((8,)), layers.Dense(16, activation="relu"), layers.BatchNormalization(), layers.Dropout(0.2),
        layers.Dense(3, activation="softmax"),
    ])  # fmt: skip
    dense.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history(dense, x, y, validation_split=0.2)
    print(dense.predict(x[:2], verbose=0).tolist(), dense.evaluate(x, y, verbose=0))

    image = keras.Input((12, 12, 3))
    hidden = layers.Conv2D(4, 3, padding="same", activation="gelu")(image)
    hidden = layers.MaxPooling2D()(layers.SeparableConv2D(6, 3, strides=2)(hidden))
    model = keras.Model(image, layers.Dense(2)(layers.GlobalAveragePooling2D()(hidden)))
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), "mse")
    history(model, np.random.rand(16, 12, 12, 3), np.random.rand(16, 2))
    print(model.count_params(), [layer.output.shape for layer in model.layers])

    tokens = keras.Input((6,), dtype="int32")
    hidden = layers.LSTM(8, return_sequences=True)(layers.Embedding(20, 8)(tokens))
    hidden = layers.Bidirectional(layers.GRU(4, return_sequences=True))(hidden)
    hidden = layers.LayerNormalization()(layers.MultiHeadAttention(2, 4)(hidden, hidden))
    model = keras.Model(tokens, layers.Dense(1)(layers.Flatten()(hidden)))
    model.compile("rmsprop", "mse")
    history(model, np.random.randint(0, 20, (16, 6)), np.random.randint(0, 2, 16))

    rows = ops.convert_to_tensor([[1.0, -2.0, 0.5], [3.0, 0.1, 2.0]])
    for name in ("exp", "softmax", "cumsum", "argsort", "relu", "logsumexp", "erf", "sort"):
        print(name, ops.convert_to_numpy(getattr(ops, name)(rows)).tolist())
    print(ops.convert_to_numpy(ops.scan(lambda carry, each: (carry + each, carry * each), ops.ones(()), ops.arange(4.0))[1]).tolist())


if __name__ == "__main__":
    run()
