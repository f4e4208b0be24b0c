"""Making and changing forms in the browser: a new version is published, and what was filled keeps its own."""
