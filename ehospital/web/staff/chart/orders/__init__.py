"""Orders of a chart: asked for, followed, cancelled, printed; results read and acknowledged."""
