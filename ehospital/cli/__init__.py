"""The one entry point: commands, the supervisor and the embedded engines."""
