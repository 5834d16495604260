"""What every request passes through, from headers and identity to one transaction, its record and its error pages."""
