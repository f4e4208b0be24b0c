"""Treatment plans in the chart: made from a template, adapted, followed, closed."""
