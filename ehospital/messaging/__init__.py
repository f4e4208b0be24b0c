"""Conversations, notifications and reminders."""
