"""What the plans of my patients ask of me today."""
