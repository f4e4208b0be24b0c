"""Who may open a patient's record: restrictions, staff as patients, and those who act for the patient in the portal."""
