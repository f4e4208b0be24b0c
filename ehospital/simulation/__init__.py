"""A made-up but coherent hospital: people, histories, bodies and bedside devices."""
