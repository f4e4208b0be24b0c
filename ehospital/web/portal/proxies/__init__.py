"""For whom I act, and who acts for me."""
