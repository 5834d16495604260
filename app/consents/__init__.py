"""Consents: the ledger of what a consulter allows, and the record of what was provided to whom on which line of it."""
