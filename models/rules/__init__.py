"""The domain as plain tables and pure functions; nothing but the standard library is needed to read or run them."""
