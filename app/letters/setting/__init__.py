"""The setting of one letter as PDF/A, in a process of its own, so that no worker carries the setter or the font."""
