"""Readings: a frame is understood, every doubtful value set aside with its reason, nothing else lost."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehospital.kernel import codes, doubtful
from ehospital.kernel.readings import (
    SENTINELS,
    Frame,
    MalformedFrame,
    Other,
    Status,
    Why,
    decode_frame,
    decode_payload,
    decode_status,
    encode_frame,
    encode_status,
    split,
)


def frame(*observations) -> Frame:
    return decode_frame(encode_frame("boot-1", 17, 1764000000000, observations))


def raw(observations: str) -> bytes:
    return b'{"v":1,"b":"boot-1","s":17,"t":1764000000000,"o":' + observations.encode() + b"}"


def only_rejection(decoded: Frame):
    assert decoded.readings == {}
    [rejection] = decoded.rejected
    return rejection


def test_the_frame_of_the_contract():
    decoded = decode_frame(b'{"v":1,"b":"boot","s":17,"t":1764000000000,"o":[["hr",72,"/min"],["spo2",97,"%"]]}')
    assert decoded == Frame("boot", 17, 1764000000000, {"hr": 72.0, "spo2": 97.0})
    assert decoded.at == datetime(2025, 11, 24, 16, 0, tzinfo=UTC)


def test_a_frame_cannot_be_changed():
    with pytest.raises(AttributeError):
        frame(["hr", 72]).seq = 18


@pytest.mark.parametrize(
    ("observation", "alias", "value"),
    [
        (["hr", 72], "hr", 72),
        (["hr", 72, None], "hr", 72),
        (["hr", 72, ""], "hr", 72),
        (["hr", 72, "bpm"], "hr", 72),
        (["hr", 1.2, "Hz"], "hr", 72),
        (["temp", 98.6, "[degF]"], "temp", 37),
        (["temp", 310.15, "K"], "temp", 37),
        (["spo2", 0.97, "1"], "spo2", 97),
        (["sbp", 16, "kPa"], "sbp", 120.0102009),
        (["glucose", 5.5, "mmol/L"], "glucose", 99.1001),
        (["glucose", 100], "glucose", 100),
        (["15074-8", 5.5], "glucose", 99.1001),
        (["2339-0", 100], "glucose", 100),
        (["weight", 154, "lb"], "weight", 69.853225),
        (["oxygen", 2000, "mL/min"], "oxygen", 2),
        (["oxygen", 0], "oxygen", 0),
        (["8867-4", 72], "hr", 72),
        (["147842", 72, "MDC_DIM_BEAT_PER_MIN"], "hr", 72),
        (["MDC_ECG_HEART_RATE", 72], "hr", 72),
        (["etco2", 5, "kPa"], "etco2", 37.503188),
    ],
)
def test_every_code_and_unit_arrives_in_the_default_unit(observation, alias, value):
    decoded = frame(observation)
    assert decoded.rejected == () and decoded.others == ()
    assert list(decoded.readings) == [alias]
    assert decoded.readings[alias] == pytest.approx(value, abs=1e-6)
    assert isinstance(decoded.readings[alias], float)


def test_the_source_code_is_kept_when_it_was_not_the_alias():
    assert frame(["150456", 97], ["hr", 72]).source_codes == {"spo2": "150456"}


@pytest.mark.parametrize("level", "ACVPU")
def test_the_five_levels_of_consciousness(level):
    assert frame(["consciousness", level]).consciousness == level
    assert frame(["67775-7", level.lower()]).consciousness == level


@pytest.mark.parametrize("level", ["X", "AV", "alert", 1, True, ["A"]])
def test_any_other_level_is_rejected(level):
    decoded = frame(["consciousness", level], ["hr", 72])
    assert decoded.consciousness is None
    assert decoded.readings == {"hr": 72.0}
    assert [rejection.why for rejection in decoded.rejected] == [Why.UNKNOWN_LEVEL]


@pytest.mark.parametrize("alias", codes.OBSERVATIONS)
@pytest.mark.parametrize("sentinel", [*sorted(SENTINELS), -1, -100, -999, 32767, None, ""])
def test_no_reading_is_missing_and_never_a_value(alias, sentinel):
    decoded = frame([alias, sentinel], ["XX", 5])
    assert decoded.missing == (alias,)
    assert decoded.readings == {} and decoded.consciousness is None and decoded.rejected == ()


def test_a_sentinel_is_known_before_its_unit_is_converted():
    assert frame(["temp", -99.9, "[degF]"], ["sbp", -1, "kPa"], ["glucose", -100, "furlong"]).missing == (
        "temp",
        "sbp",
        "glucose",
    )


def test_a_value_beats_a_missing_mark_for_the_same_quantity():
    decoded = frame(["temp", None], ["150364", 37.0], ["consciousness", None], ["67775-7", "A"])
    assert decoded.missing == ()
    assert decoded.readings == {"temp": 37.0} and decoded.consciousness == "A"


NUMERIC = [row for row in codes.OBSERVATIONS.values() if row.unit]


@pytest.mark.parametrize("row", NUMERIC, ids=lambda row: row.alias)
def test_the_edges_of_what_is_possible(row):
    step = 0.001
    for value in (row.lowest, row.highest):
        assert frame([row.alias, value, row.unit]).readings == {row.alias: value}
    for value in (row.lowest - step, row.highest + step):
        assert only_rejection(frame([row.alias, value, row.unit])).why is Why.IMPLAUSIBLE


@pytest.mark.parametrize(
    ("observation", "why"),
    [
        (["hr", 351], Why.IMPLAUSIBLE),
        (["spo2", 0.97, "%"], Why.IMPLAUSIBLE),
        (["temp", 98.6], Why.IMPLAUSIBLE),
        (["hr", -2], Why.IMPLAUSIBLE),
        (["hr", 1e70, "Hz"], Why.IMPLAUSIBLE),
        (["hr", 10**70], Why.IMPLAUSIBLE),
        (["hr", "72"], Why.NOT_A_NUMBER),
        (["hr", True], Why.NOT_A_NUMBER),
        (["hr", [72]], Why.NOT_A_NUMBER),
        (["hr", {"value": 72}], Why.NOT_A_NUMBER),
        (["hr", 72, "furlong"], Why.WRONG_UNIT),
        (["hr", 72, "kg"], Why.WRONG_UNIT),
        (["hr", 72, 5], Why.WRONG_UNIT),
        (["hr", 72, "a\0b"], Why.WRONG_UNIT),
        (["etco2", 5, "%"], Why.WRONG_UNIT),
        (["oxygen", 40, "%"], Why.WRONG_UNIT),
        (["hr"], Why.MALFORMED),
        ([], Why.MALFORMED),
        (["hr", 72, "/min", 1], Why.MALFORMED),
        ([72, "hr"], Why.MALFORMED),
        ([["hr"], 72], Why.MALFORMED),
        ([{}, 72], Why.MALFORMED),
        (["", 72], Why.MALFORMED),
        (["h\0r", 72], Why.MALFORMED),
        (["x" * 65, 72], Why.MALFORMED),
        (["XX", True], Why.NOT_A_NUMBER),
        (["XX", "y" * 201], Why.NOT_A_NUMBER),
        (["XX", "a\0b"], Why.NOT_A_NUMBER),
    ],
)
def test_a_damaged_observation_is_rejected_alone(observation, why):
    decoded = frame(["rr", 16, "/min"], observation, ["spo2", 97])
    assert decoded.readings == {"rr": 16.0, "spo2": 97.0}
    [rejection] = decoded.rejected
    assert rejection.why is why
    assert rejection.reason


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 400, "9" * 5000])
def test_numbers_that_json_forbids_cost_only_their_own_observation(number):
    decoded = decode_frame(raw(f'[["hr",{number}],["spo2",97],["rr",16,"/min"]]'))
    assert decoded.readings == {"spo2": 97.0, "rr": 16.0}
    [rejection] = decoded.rejected
    assert rejection.code == "hr" and rejection.why in (Why.NOT_A_NUMBER, Why.IMPLAUSIBLE)


def test_unknown_codes_are_kept_as_they_were_sent():
    decoded = frame(["MDC_XYZ", -1, "mm[Hg]"], ["note", "paced"], ["gap", None])
    assert decoded.others == (Other("MDC_XYZ", -1.0, "mm[Hg]"), Other("note", "paced", None), Other("gap", None, None))
    assert decoded.readings == {} and decoded.missing == () and decoded.rejected == ()


def test_the_first_of_two_stands_whatever_its_unit():
    decoded = frame(["hr", 70, "Hz"], ["hr", 1.5, "Hz"], ["hr", 80, "/min"])
    assert decoded.readings == {"hr": 90.0}
    assert [rejection.why for rejection in decoded.rejected] == [Why.IMPLAUSIBLE, Why.REPEATED]
    assert frame(["consciousness", "V"], ["consciousness", "A"]).consciousness == "V"


def test_a_second_sensor_of_the_same_quantity_is_kept_beside_the_first():
    decoded = frame(["150021", 120, "mm[Hg]"], ["150033", 112, "mm[Hg]"])
    assert decoded.readings == {"sbp": 120.0}
    assert decoded.others == (Other("150033", 112.0, "mm[Hg]"),)


def test_an_empty_frame_is_a_frame():
    assert decode_frame(raw("[]")) == Frame("boot-1", 17, 1764000000000, {})


def test_what_a_newer_device_adds_does_not_disturb():
    assert decode_frame(b'{"v":1,"b":"b","s":1,"t":1,"o":[["hr",72]],"fw":"2.0","x":{}}').readings == {"hr": 72.0}


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        (b"", "truncated"),
        (b"\xff\xfe", "malformed"),
        (b"null", "Expected `object`"),
        (b"[]", "Expected `object`"),
        (b'{"v":1,"b":"b","s":1,"t":1,"o":[]} x', "trailing"),
        (b'{"b":"b","s":1,"t":1,"o":[]}', "`v`"),
        (b'{"v":2,"b":"b","s":1,"t":1,"o":[]}', "version 2"),
        (b'{"v":true,"b":"b","s":1,"t":1,"o":[]}', "Expected `int`"),
        (b'{"v":1,"s":1,"t":1,"o":[]}', "`b`"),
        (b'{"v":1,"b":"","s":1,"t":1,"o":[]}', "boot id"),
        (b'{"v":1,"b":"a\\u0000","s":1,"t":1,"o":[]}', "boot id"),
        (b'{"v":1,"b":"\\ud800","s":1,"t":1,"o":[]}', "surrogate"),
        (b'{"v":1,"b":5,"s":1,"t":1,"o":[]}', "Expected `str`"),
        (b'{"v":1,"b":"b","s":-1,"t":1,"o":[]}', "sequence number"),
        (b'{"v":1,"b":"b","s":9223372036854775808,"t":1,"o":[]}', "sequence number"),
        (b'{"v":1,"b":"b","s":1.5,"t":1,"o":[]}', "Expected `int`"),
        (b'{"v":1,"b":"b","s":NaN,"t":1,"o":[]}', "Expected `int`"),
        (b'{"v":1,"b":"b","s":1,"t":-1,"o":[]}', "milliseconds since 1970"),
        (b'{"v":1,"b":"b","s":1,"t":253402300800000,"o":[]}', "milliseconds since 1970"),
        (b'{"v":1,"b":"b","s":1,"t":1,"o":{}}', "Expected `array"),
        (b'{"v":1,"b":"b","s":1,"t":1,"o":[5]}', "Expected `array`"),
        (b'{"v":1,"b":"b","s":1,"t":1,"o":[["hr",NaN]', "not JSON"),
        (b'{"v":1,"b":"b","s":1,"t":1}', '"o"'),
        (b'{"v":1,"b":"b","s":1,"t":1,"st":{}}', '"o"'),
        (b'{"v":1,"b":"b","s":1,"t":1,"o":[],"st":{}}', "not both"),
        (b'{"v":1,"b":"b","s":1,"t":1,"o":[["a",' + b"[" * 30_000 + b"]" * 30_000 + b"]]}", "too deep"),
        (b'{"v":1,"b":"b","s":1,"t":1,"o":[["a",NaN,' + b"[" * 30_000 + b"]" * 30_000 + b"]]}", "too deep|not JSON"),
        (b" " * 65_537, "65537 bytes"),
        (b'{"v":1,"b":"b","s":1,"t":1,"o":[' + b",".join([b'["a",1]'] * 257) + b"]}", "257 observations"),
    ],
)
def test_a_damaged_envelope_is_refused_with_the_place(payload, words):
    with pytest.raises(MalformedFrame, match=words):
        decode_frame(payload)


def test_a_status_says_what_the_device_says():
    said = encode_status("boot-1", 18, 1764000001000, battery=12, lead="off", error="E42 paper", firmware="2.1")
    assert decode_status(said) == Status("boot-1", 18, 1764000001000, 12.0, True, "E42 paper", {"firmware": "2.1"}, ())


@pytest.mark.parametrize(("lead", "off"), [("on", False), ("off", True), (None, None)])
def test_the_lead_is_on_off_or_unsaid(lead, off):
    assert decode_status(encode_status("b", 1, 1, lead=lead)).lead_off is off


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("battery", -1),
        ("battery", 101),
        ("battery", True),
        ("battery", "12"),
        ("lead", "maybe"),
        ("lead", True),
        ("lead", ["off"]),
        ("error", 5),
        ("error", "a\0b"),
        ("error", "x" * 201),
        ("extra", {"a": 1}),
        ("extra", "a\0b"),
        ("ex\0tra", 1),
    ],
)
def test_a_damaged_field_of_a_status_is_rejected_alone(key, value):
    decoded = decode_status(encode_status("b", 1, 1, **{"plugged": True, key: value}))
    assert decoded.others == {"plugged": True}
    assert (decoded.battery_percent, decoded.lead_off, decoded.error) == (None, None, None)
    assert [rejection.code for rejection in decoded.rejected] == [key.replace("\0", "\\0")]


def test_either_kind_is_told_apart_by_its_content():
    assert isinstance(decode_payload(raw("[]")), Frame)
    assert isinstance(decode_payload(encode_status("b", 1, 1)), Status)
    with pytest.raises(MalformedFrame, match="neither"):
        decode_payload(b'{"v":1,"b":"b","s":1,"t":1}')
    with pytest.raises(MalformedFrame, match='"st"'):
        decode_status(raw("[]"))


def test_an_array_is_cut_into_its_payloads():
    one, two = encode_frame("b", 1, 1, [["hr", 72]]), encode_status("b", 2, 1, battery=5)
    assert split(one) == [one]
    assert split(b" [" + one + b"," + two + b"]") == [one, two]
    assert split(b"[]") == []
    with pytest.raises(MalformedFrame):
        split(b"[" + one)


def test_nan_in_one_frame_of_an_array_does_not_cost_the_others():
    bad = raw('[["hr",NaN],["rr",16]]')
    good = encode_frame("boot-1", 18, 1764000001000, [["hr", 72]])
    first, second = (decode_frame(part) for part in split(b"[" + bad + b"," + good + b"]"))
    assert first.readings == {"rr": 16.0}
    assert second.readings == {"hr": 72.0}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
CODES = st.sampled_from(sorted(codes.ALIAS_OF)) | st.text(max_size=6)
UNITS = st.sampled_from(["/min", "%", "mm[Hg]", "Cel", "[degF]", "kPa", "mmol/L", "kg"]) | st.text(max_size=5)


@given(st.lists(st.tuples(CODES, JSON) | st.tuples(CODES, JSON, UNITS | JSON) | st.lists(JSON, max_size=4), max_size=8))
def test_whatever_the_observations_hold_only_possible_values_come_out(observations):
    payload = {"v": 1, "b": "b", "s": 1, "t": 1, "o": observations}
    decoded = decode_frame(json.dumps(payload).encode())
    for alias, value in decoded.readings.items():
        row = codes.OBSERVATIONS[alias]
        assert row.lowest <= value <= row.highest
        assert value not in SENTINELS
    accounted = (
        len(decoded.readings) + (decoded.consciousness is not None) + len(decoded.others) + len(decoded.rejected)
    )
    assert accounted <= len(observations)
    assert set(decoded.missing).isdisjoint(decoded.readings)


@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_a_frame_or_malformed(payload):
    for decode in (decode_frame, decode_status, decode_payload):
        try:
            decode(payload)
        except MalformedFrame as refusal:
            assert str(refusal)


def test_the_hot_path_and_the_careful_path_agree():
    plain = [["hr", 72, "/min"], ["temp", 37.2, "Cel"], ["glucose", 5, "mg/dL"]]
    careful = doubtful.Sorting({})
    for item in plain:
        careful.take(item)
    assert careful.readings == frame(*plain).readings
