"""PostgreSQL's own word on who sees which chart, behind the checks of `people.access` (ADR 0023).

`functions` is what the database is taught, `laying` lays it down after every migration, `granting` asks it to open a
chart for one transaction, `standing` says whether all of it is in force.
"""
