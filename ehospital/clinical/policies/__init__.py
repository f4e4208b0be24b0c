"""Rules of the chart that ask nobody."""
