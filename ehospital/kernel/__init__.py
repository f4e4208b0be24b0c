"""Plain types: units, codes, periods, money, identifiers, readings. No Django, no database, no clock."""
