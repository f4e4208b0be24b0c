"""The rules of messages that ask nobody."""
