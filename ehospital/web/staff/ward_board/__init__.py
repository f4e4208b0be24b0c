"""The ward board: every bed live, its score, its alerts."""
