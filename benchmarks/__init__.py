"""What the service costs, measured against the floor: a bare route that durably commits one row of the same size."""
