"""Backups: a consistent copy of an installation while it serves, and putting one back into an empty place.

None of this is in the memory of what serves: the commands load it.
"""
