def test_x(postgres, fresh_nats, nats):
    assert fresh_nats.ready() and nats.ready() and postgres.ready()
