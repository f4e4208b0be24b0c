"""Files taken into a chart in the browser."""
