"""What is kept, and what it may become. Nothing is imported here, so that the rules load without the ORM."""
