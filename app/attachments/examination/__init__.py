"""The examination of one file, in a process of its own that holds this file's keys and nothing else of the service."""
