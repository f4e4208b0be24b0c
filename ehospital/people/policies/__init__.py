"""Rules of people that ask nobody."""
