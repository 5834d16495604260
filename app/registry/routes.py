"""The pages of registry."""
