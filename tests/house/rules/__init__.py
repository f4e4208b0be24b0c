"""The rules of the house, one file each: a function from a tree to the places that break it."""
