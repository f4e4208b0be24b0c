"""The privacy officer's page: who did what to whose record."""
