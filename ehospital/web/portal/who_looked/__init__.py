"""Who looked: who opened or changed my record."""
