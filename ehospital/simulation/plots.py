"""The stories of the demo hospital, and which bed plays which.

Times are demo time: a course that takes hours at a real bedside takes minutes here, so that a visitor sees it happen.
The figures are chosen against NEWS2 (Royal College of Physicians, 2017); the tests hold each story to its score.
"""

from types import MappingProxyType

from ehospital.simulation.bodies import Leaning
from ehospital.simulation.courses import Moment, Story


def _(text: str) -> str:
    """Mark a text for the translators; Django's own marker needs settings, which a bedside device has not."""
    return text


STABLE = Story(
    "stable",
    _("Stable"),
    _("Nothing happens here, and nothing should: a good system stays quiet."),
    0,
    3600,
    (Moment(0, _("Resting")),),
    leaning=Leaning(complaints=True),
)
ON_OXYGEN = Story(
    "on_oxygen",
    _("Stable on a little oxygen"),
    _("Two litres of oxygen score 2 points at any saturation: the number is honest, and no alarm sounds."),
    0,
    3600,
    (Moment(0, _("Resting on oxygen")),),
    leaning=Leaning(oxygen=2.0, spo2=96.8),
    entries_every_s=18_000,
)
SEPSIS = Story(
    "sepsis",
    _("Sepsis"),
    _("Breathing and pulse rise, temperature climbs, pressure falls: watch the score pass 5 and then 7."),
    60,
    3600,
    (
        Moment(0, _("Feels unwell")),
        Moment(200, _("Fever and fast breathing"), hr=99, rr=21.5, spo2=95.2, sbp=113, temp=38.4),
        Moment(420, _("Pressure is falling"), hr=117, rr=25.5, spo2=93.3, sbp=97, temp=38.9),
        Moment(600, _("Septic shock"), hr=127, rr=28, spo2=92, sbp=88, temp=39.3, consciousness="C"),
        Moment(1200, _("Antibiotics, oxygen"), hr=125, rr=27, spo2=94, sbp=89, temp=39, oxygen=6, consciousness="C"),
        Moment(2000, _("Answering treatment"), hr=104, rr=21, spo2=96, sbp=105, temp=38.3, oxygen=3),
        Moment(2900, _("Recovering"), hr=86, rr=17, temp=37.4),
        Moment(3300, _("Resting")),
    ),
    cuff_every_s=120,
    entries_every_s=600,
)
BLEEDING = Story(
    "bleeding",
    _("Bleeding"),
    _("The pulse races before the pressure falls: blood loss shows in the pulse first."),
    15,
    3300,
    (
        Moment(0, _("Black stools")),
        Moment(70, _("Fast pulse"), hr=135, rr=22.8, sbp=112),
        Moment(240, _("Pressure is falling"), hr=138, rr=23, sbp=94, temp=36.2),
        Moment(480, _("Haemorrhagic shock"), hr=143, rr=25.5, spo2=95, sbp=80, temp=35.8, consciousness="C"),
        Moment(900, _("Blood is running"), hr=140, rr=25, spo2=96, sbp=84, temp=35.9, oxygen=8, consciousness="C"),
        Moment(1600, _("Bleeding stopped"), hr=104, rr=19, sbp=106, temp=36.4, oxygen=2),
        Moment(2400, _("Recovering"), hr=84),
        Moment(2800, _("Resting")),
    ),
    cuff_every_s=60,
    entries_every_s=600,
)
LEAD_OFF = Story(
    "lead_off",
    _("A lead that falls off"),
    _("Saturation and pulse vanish: a technical alarm for the probe, and a partial score instead of a false calm."),
    70,
    2100,
    (
        Moment(0, _("The finger probe is off"), sensor=False),
        Moment(420, _("The probe is back")),
    ),
    leaning=Leaning(complaints=True),
)
COPD = Story(
    "copd",
    _("COPD on scale 2"),
    _("88–92 % is normal for this patient; too much oxygen raises the score, though the saturation looks better."),
    240,
    3600,
    (
        Moment(0, _("Somebody turns the oxygen up"), oxygen=4.0),
        Moment(240, _("Too much oxygen"), spo2=97.5, rr=19.5, oxygen=4.0),
        Moment(1200, _("The oxygen is turned down"), spo2=97.5, rr=19.5, oxygen=1.0),
        Moment(1500, _("Back on air")),
    ),
    leaning=Leaning(spo2=90.0, rr=18.2, hr=84.0),
    spo2_scale=2,
)
COPD_AT_REST = Story(
    "copd_at_rest",
    _("COPD, at home at 90 %"),
    _("The same saturation would alarm on scale 1; the clinicians chose scale 2, and the bed stays quiet."),
    0,
    3600,
    (Moment(0, _("Resting")),),
    leaning=Leaning(spo2=89.9, rr=17.8, hr=82.0),
    spo2_scale=2,
)
SILENT = Story(
    "silent",
    _("A monitor that goes silent"),
    _("A device that stops sending is not a stable patient: the bed turns to “?” and raises an alarm of its own."),
    120,
    2700,
    (
        Moment(0, _("No signal at all"), link=False),
        Moment(480, _("Sending again")),
    ),
    leaning=Leaning(complaints=True),
)
RECOVERY = Story(
    "recovery",
    _("Recovery after treatment"),
    _("Pneumonia, a day into antibiotics: the score falls, and the alert closes by itself only well below its line."),
    30,
    5400,
    (
        Moment(-21_600, _("Resting")),
        Moment(-10_800, _("Fever"), hr=104, rr=22, spo2=93.5, temp=38.8, oxygen=2),
        Moment(-3600, _("Pneumonia on oxygen"), hr=116, rr=25.5, spo2=92.5, sbp=108, temp=39.2, oxygen=4),
        Moment(0, _("Pneumonia on oxygen"), hr=115, rr=25.5, spo2=92.5, sbp=108, temp=39.1, oxygen=4),
        Moment(420, _("Breathing easier"), hr=102, rr=21.5, spo2=94.5, sbp=113, temp=38.4, oxygen=3),
        Moment(900, _("Fever is falling"), hr=92, rr=19, spo2=96.2, temp=37.8, oxygen=2),
        Moment(1500, _("Off oxygen"), spo2=96.2),
        Moment(4300, _("Fever returns"), hr=94, temp=37.9),
        Moment(4800, _("Breathing faster"), hr=104, rr=22, spo2=94.0, sbp=112, temp=38.6, oxygen=2),
    ),
    cuff_every_s=180,
    entries_every_s=420,
)
OPIOID = Story(
    "opioid",
    _("Too much morphine after surgery"),
    _("Breathing slows before the saturation falls: one number in the red is enough for an urgent review."),
    360,
    3300,
    (
        Moment(0, _("A second dose of morphine")),
        Moment(240, _("Drowsy"), rr=10.4, spo2=94.8, hr=63, consciousness="V"),
        Moment(420, _("Hardly breathing"), rr=6.8, spo2=89.5, hr=57, sbp=108, consciousness="V"),
        Moment(780, _("Naloxone and oxygen"), rr=7, spo2=92, hr=58, sbp=108, oxygen=6, consciousness="V"),
        Moment(900, _("Awake"), rr=17, spo2=97.5, hr=92, oxygen=4),
        Moment(1500, _("Pain controlled otherwise"), hr=80),
        Moment(1800, _("Resting")),
    ),
    entries_every_s=300,
)
FAST_AF = Story(
    "fast_af",
    _("Atrial fibrillation, suddenly fast"),
    _("The pulse leaps and scatters: a single value above 130 asks for an urgent review, whatever the sum."),
    480,
    3600,
    (
        Moment(0, _("Palpitations"), hr=82),
        Moment(25, _("Fast atrial fibrillation"), hr=151, rr=19, sbp=112),
        Moment(900, _("Beta blocker given"), hr=148, rr=19, sbp=110),
        Moment(1500, _("Rate controlled"), hr=98),
        Moment(2200, _("Resting")),
    ),
    leaning=Leaning(hr=78.0, irregular=True),
    cuff_every_s=180,
)
FEVER = Story(
    "fever",
    _("A fever, no more"),
    _("Temperature and pulse rise together and fall together: a low score that asks for earlier observations only."),
    180,
    3900,
    (
        Moment(0, _("Shivering")),
        Moment(480, _("Fever"), hr=100, rr=18, temp=38.7),
        Moment(1300, _("Paracetamol works"), hr=96, rr=17.5, temp=38.5),
        Moment(2200, _("Cooler"), temp=37.3),
        Moment(2800, _("Resting")),
    ),
)
RESTLESS = Story(
    "restless",
    _("A restless patient"),
    _("Motion spoils the signal many times an hour: artefacts must not become alarms."),
    0,
    3600,
    (Moment(0, _("Moving a lot")),),
    leaning=Leaning(restless_per_h=26.0, complaints=True),
)

STORIES = MappingProxyType(
    {
        story.key: story
        for story in (
            STABLE,
            ON_OXYGEN,
            SEPSIS,
            BLEEDING,
            LEAD_OFF,
            COPD,
            COPD_AT_REST,
            SILENT,
            RECOVERY,
            OPIOID,
            FAST_AF,
            FEVER,
            RESTLESS,
        )
    }
)

# A ward of 24 as it is cast: most patients are stable, and no bay is all drama.
WARD = (
    ("stable", "sepsis", "stable", "stable", "copd", "stable"),
    ("bleeding", "stable", "stable", "on_oxygen", "stable", "lead_off"),
    ("stable", "recovery", "stable", "fast_af", "stable", "copd_at_rest"),
    ("silent", "stable", "fever", "stable", "opioid", "restless"),
)


def cast(beds: int) -> list[str]:
    """Return the story of each bed, in order: the ward of 24 first, then its stable patients again and again."""
    ward = [key for bay in WARD for key in bay]
    quiet = ("stable", "stable", "stable", "on_oxygen", "stable", "copd_at_rest", "stable", "fever")
    return [ward[n] if n < len(ward) else quiet[n % len(quiet)] for n in range(beds)]
