"""What is done in a watch. Its parts are imported one by one: sending begins a watch, and an answer is a message."""
