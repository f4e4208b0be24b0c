"""The tour of a demo: sign-in buttons, the stories on the ward, the plug, and the inbox. Never in production."""
