"""What the worker does for monitoring: tells the doors of devices, makes tomorrow's partitions, clears what is old."""

from datetime import UTC, datetime

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from ehospital.monitoring import actions

_AGAIN = RetryStrategy(max_attempts=60, wait=5)


@app.task(queue="monitoring", retry=_AGAIN)
def tell_doors_of_device(device_id: str) -> int:
    """Copy one device to the bucket that the doors read."""
    return actions.copy_to_bucket([device_id])


@app.periodic(cron="*/5 * * * *")
@app.task(queue="monitoring", queueing_lock="tell_doors")
def tell_doors(timestamp: int) -> int:
    """Mend whatever of the bucket differs from the registry, such as after a broker lost its files."""
    return actions.copy_to_bucket()


@app.periodic(cron="17 * * * *")
@app.task(queue="monitoring", queueing_lock="keep_partitions")
def keep_partitions(timestamp: int) -> int:
    """Make the partitions of the coming days."""
    return actions.make_partitions(at=datetime.now(UTC))


@app.periodic(cron="23 2 * * *")
@app.task(queue="monitoring", queueing_lock="clear_intake")
def clear_intake(timestamp: int) -> int:
    """Remove replay windows and quarantined messages that are too old to matter."""
    return actions.clear_intake(at=datetime.now(UTC))
