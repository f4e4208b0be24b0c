"""The devices: which there are, when each was last heard, and whom it watches."""
