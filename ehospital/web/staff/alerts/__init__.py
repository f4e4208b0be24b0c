"""The alerts of my patients, and taking one on."""
