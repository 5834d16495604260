"""Key custody: compartments, grants, seats with their epochs, and what waits for a person who can open it."""
