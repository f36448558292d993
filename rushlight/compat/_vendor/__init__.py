"""torch._vendor: copies of other packages in PyTorch, of which programs use the comparison of versions."""
