"""Settings, the map of addresses and the ASGI door."""
