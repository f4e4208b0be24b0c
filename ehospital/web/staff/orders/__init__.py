"""The orders that wait for whoever performs them, and the smallest view of one."""
