"""The version, written once: packaging reads the part after "rushlight." from this file as text."""

__version__ = "2.13.0+rushlight.0.1.0"
debug = False
cuda = hip = xpu = git_version = None
