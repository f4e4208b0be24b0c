"""Whether the web process is alive and ready, and its figures."""
