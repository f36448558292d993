"""torch._vendor.packaging."""
