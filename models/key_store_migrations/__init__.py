"""The key store's schema, step by step."""
