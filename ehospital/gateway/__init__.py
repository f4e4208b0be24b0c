"""Device doors: MQTT, HTTP and MLLP end in the JetStream. No Django, no database."""
