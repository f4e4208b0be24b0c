"""My record: everything the hospital has written down about me, in plain words."""
