"""The tables of migration 0001, subject by subject; frozen with it, and never changed again."""
