"""What the examples share: a progress bar where tqdm is installed, and plots where matplotlib is."""

from pathlib import Path


def progress(steps):
    """The numbers of the steps, with a bar in the terminal where tqdm is installed."""
    try:
        from tqdm import trange
    except ImportError:
        return range(steps)
    return trange(steps, leave=False)


def save_plot(name, draw):
    """Save what `draw(axes)` draws as NAME.png in the current directory, where matplotlib is installed."""
    try:
        import matplotlib
    except ImportError:
        return
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 4))
    draw(axes)
    figure.tight_layout()
    path = Path(f"{name}.png")
    figure.savefig(path, dpi=100)
    pyplot.close(figure)
    print(f"plot: {path}")
