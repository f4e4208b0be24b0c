"""The screens, by who uses them."""
