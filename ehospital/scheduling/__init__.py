"""Services, availability, appointments, waiting list and queue."""
