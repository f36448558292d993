"""torch._functorch: the names by which packages reach the parts of torch.func."""
