"""What a browser says of a passkey is read in a process of its own, which has no key, no database and no network."""
