"""What is done with a leak worksheet. Its parts are imported one by one: taking a copy back begins one."""
