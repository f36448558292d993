"""A directory to put on the import path of child processes; it holds the name ``torch`` and nothing else."""
