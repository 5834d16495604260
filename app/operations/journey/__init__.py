"""The whole road, driven over HTTP as every actor in turn on a private instance whose clock can be moved."""
