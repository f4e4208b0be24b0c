"""Read models, dashboards and exports."""
