"""What was entered in error: marking it, and taking the mark back."""
