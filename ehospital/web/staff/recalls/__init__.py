"""Who is overdue: registers of long illnesses, pregnancies and vaccinations, with letters and a list of visits."""
