"""History that is written by hand: family, pregnancies, past procedures, vaccinations."""
