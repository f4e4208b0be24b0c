"""Starts the processes of a hospital in order, watches them, restarts what dies and leaves nothing behind."""
