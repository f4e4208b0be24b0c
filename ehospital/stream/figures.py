"""What the stream process tells Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

STORED = Counter("ehospital_stream_frames_stored", "Frames in the record.")
REPEATED = Counter("ehospital_stream_repeats", "Messages that were dealt with before.")
LATE = Counter("ehospital_stream_late", "Frames stored so late that they call nobody.")
QUARANTINED = Counter("ehospital_stream_quarantined", "Messages put aside because they belong to nobody.", ["reason"])
UNREADABLE = Counter("ehospital_stream_unreadable", "Messages that became dead letters.")
BATCH = Histogram("ehospital_stream_batch", "Messages in one batch.", buckets=(1, 5, 10, 30, 100, 300, 1000, 3000))
TOOK = Histogram(
    "ehospital_stream_batch_seconds",
    "From taking a batch to its commit.",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
DELAY = Histogram(
    "ehospital_stream_delay_seconds",
    "From the moment when a message was durable to its commit, the oldest of each batch.",
    buckets=(0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30, 60, 300),
)
LAG = Gauge("ehospital_stream_lag_seconds", "Age of the oldest message that is not in the record yet.")
OWNED = Gauge("ehospital_stream_partitions", "Partitions that this process owns.")
UNTOLD = Counter("ehospital_stream_untold", "Live messages and acknowledgements that could not be published.")
STARTS = Counter("ehospital_stream_starts", "Times that the process began anew after an outage or another owner.")
UNECHOED = Counter("ehospital_stream_unechoed", "Changes from other processes that browsers were not told of.")
