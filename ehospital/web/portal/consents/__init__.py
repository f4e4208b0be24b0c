"""What I allow and refuse: who of the hospital, which outside systems, and who acts for me."""
