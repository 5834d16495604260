"""What every request passes through: headers, identity, unlocking, access, one transaction, audit, outbox, error pages."""
