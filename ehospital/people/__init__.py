"""Patients, staff, accounts, roles, the access policy and consent."""
