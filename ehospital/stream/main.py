"""The stream process: from JetStream into the record, and from the record to devices and browsers."""

import asyncio
import os


def run() -> None:
    """Work until told to stop; every outage of the database or of NATS only delays, nothing acknowledged is lost."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ehospital.config.settings")
    import django
    from django.db import connections

    django.setup()
    # Two threads with a connection each: a pool would only wait out its own back-off after the database returns.
    options = connections.settings["default"]["OPTIONS"]
    options.pop("pool", None)
    # A database that vanished without a word is gone after ten seconds, not after the two hours of TCP.
    options |= {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 10_000}
    from ehospital.stream.process import work

    asyncio.run(work())


if __name__ == "__main__":
    run()
