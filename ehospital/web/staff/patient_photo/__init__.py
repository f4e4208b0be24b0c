"""The photo of a patient: taken or chosen, replaced, removed, and given out to whoever may see the patient."""
