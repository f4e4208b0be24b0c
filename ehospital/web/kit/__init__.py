"""What the screens share: components, page frames, the permission on a page."""
