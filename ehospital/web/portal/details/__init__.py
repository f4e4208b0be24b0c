"""My details: who I am and how the hospital reaches me."""
