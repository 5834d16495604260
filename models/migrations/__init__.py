"""The main database's schema, step by step: numbered, small, both ways."""
