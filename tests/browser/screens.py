"""Every screen of the hospital in every state that looks different: who opens it, where, and what to do first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from playwright.sync_api import Page

Facts = Mapping[str, str]
Act = Callable[[Page, Facts], object]


@dataclass(frozen=True)
class Screen:
    """One screen.

    Attributes:
        name: what a failing test is called.
        view: the name of the address where it ends.
        role: who opens it; empty for somebody who has not signed in.
        path: where it is, with `{chart}` and other facts of the hospital to fill in.
        act: done on the loaded page to bring it into its state.
        status: of the page as it was loaded.
        errors: of requests that belong to the state, such as a form that was sent back.
        within: the part to look at when it lies over the rest.
    """

    name: str
    view: str
    role: str
    path: str
    act: Act | None = None
    status: int = HTTPStatus.OK
    errors: tuple[int, ...] = ()
    within: str = ""


def send(page: Page, _facts: Facts) -> None:
    """Send the form of the page by its first button."""
    with page.expect_navigation():
        page.locator("main form[method=post]:not([data-theme-form]) button[type=submit]").first.click()


def fill(**values: str) -> Act:
    """Return what types these values, facts filled in, into the fields of those names and sends the form."""

    def act(page: Page, facts: Facts) -> None:
        for name, value in values.items():
            page.locator(f"main [name={name}]").fill(value.format(**facts))
        send(page, facts)

    return act


def follow(selector: str) -> Act:
    """Return what follows the first link of a kind."""

    def act(page: Page, _facts: Facts) -> None:
        with page.expect_navigation():
            page.locator(selector).first.click()

    return act


def visit_page(path: str) -> Act:
    """Return what goes to another page of the same person."""
    return lambda page, facts: page.goto(path.format(**facts))


def after(*acts: Act) -> Act:
    """Return what does one thing after the other."""

    def act(page: Page, facts: Facts) -> None:
        for one in acts:
            one(page, facts)

    return act


def write(name: str, words: str) -> Act:
    """Return what types words into a field and sends nothing."""
    return lambda page, _facts: page.locator(f"main [name={name}]").fill(words)


def check(name: str, place: int) -> Act:
    """Return what chooses one of the answers of a name."""
    return lambda page, _facts: page.locator(f"main [name='{name}']").nth(place).check()


def unfold(selector: str) -> Act:
    """Return what opens a menu or a table."""
    return lambda page, _facts: page.locator(selector).first.click()


def look_up(text: str) -> Act:
    """Return what types into the search at the top and waits for its answers."""

    def act(page: Page, facts: Facts) -> None:
        page.keyboard.press("Control+k")
        page.keyboard.type(text.format(**facts))
        page.locator(".answers a").first.wait_for()

    return act


def reset_by_letter(page: Page, facts: Facts) -> None:
    """Ask for a new password and follow the link of the letter."""
    fill(email="{cashier}@example.org")(page, facts)
    page.goto("/tour/inbox/")
    letter = page.locator("pre.mail").first.inner_text()
    page.goto(next(word for word in letter.split() if "/password/reset/key/" in word))


def merge_two(page: Page, _facts: Facts) -> None:
    """Register one person twice, against the warning, and merge the two."""
    keys = []
    for given in ("Philippa", "Phillippa"):
        page.goto("/staff/patients/register/")
        for name, value in {"family": "Lovelock", "given": given, "birth": "10-12-1985"}.items():
            page.locator(f"main [name={name}]").fill(value)
        send(page, _facts)
        if (none := page.locator("main [name=nobody_alike]")).count():
            with page.expect_navigation():
                none.click()
        keys.append(page.url.split("/")[-3])
    page.goto(f"/staff/duplicates/compare/?one={keys[0]}&other={keys[1]}")
    send(page, _facts)


def alike_while_typing(page: Page, facts: Facts) -> None:
    """Type the name of somebody known and wait for the warning."""
    page.locator("main [name=family]").press_sequentially(facts["family"])
    page.locator("main [name=given]").press_sequentially(facts["given"])
    page.locator("#alike .note").wait_for()


def give_a_reason(page: Page, facts: Facts) -> None:
    """Open the first chart that the search offers with a reason."""
    follow("main a[href*='/broken-glass/open/']")(page, facts)
    page.locator("main [name=kind]").first.check()
    page.locator("main [name=reason]").fill("Found unconscious at the lift.")
    send(page, facts)


def press(page: Page, ends: str) -> None:
    """Send the form of the page whose address ends so."""
    with page.expect_navigation():
        page.locator(f"main form[action$='{ends}'] button[type=submit]").click()


def tick_and_sign(page: Page, _facts: Facts) -> None:
    """Tick one row of the catalogue, and sign."""
    page.locator("#item-daily_weight").check()
    follow("main button[value=sign]")(page, _facts)


def order_weight(page: Page, facts: Facts) -> None:
    """Order care at the bedside, also when it was asked before."""
    tick_and_sign(page, facts)
    if page.locator("#repeats").count():
        follow("main button[value=sign]")(page, facts)


def restrict(page: Page, _facts: Facts) -> None:
    """Seal a record, and name somebody who does not work here."""
    page.locator("#restrictions summary").click()
    page.locator("main [name=r-level][value=sealed]").check()
    page.locator("main [name=r-named]").fill("nobody")
    press(page, "/access/restrict/")


def let_act(page: Page, _facts: Facts) -> None:
    """Let nobody act for the patient."""
    page.locator("#proxies summary").click()
    press(page, "/access/proxies/")


def on_paper(page: Page, facts: Facts) -> None:
    """Write down that the patient refuses the use for research, on paper, and look at the form."""
    page.locator("#words summary").click()
    page.locator("main [name=decision][value=deny]").check()
    page.locator("main [name=scope]").select_option("research")
    page.locator("main [name=way]").select_option("written")
    page.locator("main [name=document]").fill("Paper file 12")
    press(page, "/consents/record/")
    follow("main a[href$='/paper/']")(page, facts)


def ask_why(page: Page, _facts: Facts) -> None:
    """Ask about the newest look of somebody else; the officer who answers does not do so for a look of their own."""
    with page.expect_navigation():
        page.locator("main li.look:not(:has-text('Privacy officer')) button[name=number]").first.click()


def share_and_lock(page: Page, facts: Facts) -> None:
    """Make this browser that of a shared computer, and leave the place."""
    page.locator("main [name=name]").fill("Ward desk")
    with page.expect_navigation():
        page.locator("main button.primary[type=submit]").click()
    page.locator("header.top > details.menu > summary").click()
    with page.expect_navigation():
        page.locator("#lock-form button").click()


def one_lane(page: Page, _facts: Facts) -> None:
    """Open one lane of the timeline of a problem by itself."""
    page.goto(f"{page.url}?lane=results&since=2001-01-01")


OBSERVED = fill(rr="16", spo2="97", oxygen="0", sbp="128", dbp="76", hr="71", temp="36.8")
REFUSED = (HTTPStatus.UNPROCESSABLE_ENTITY,)

OPEN = (
    Screen("tour", "tour", "", "/tour/"),
    Screen("inbox", "inbox", "", "/tour/inbox/"),
    Screen("styleguide", "styleguide", "", "/styleguide/"),
    Screen("sign in", "account_login", "", "/accounts/login/"),
    Screen("sign in refused", "account_login", "", "/accounts/login/", fill(login="nobody", password="wrong")),
    Screen("no account yet", "account_signup", "", "/accounts/signup/"),
    Screen("password reset", "account_reset_password", "", "/accounts/password/reset/"),
    Screen("password letter sent", "account_reset_password_done", "", "/accounts/password/reset/",
           fill(email="{receptionist}@example.org")),
    Screen("new password", "account_reset_password_from_key", "", "/accounts/password/reset/", reset_by_letter),
    Screen("password link used up", "account_reset_password_from_key", "", "/accounts/password/reset/key/1-nonsense/"),
    Screen("new password set", "account_reset_password_from_key_done", "", "/accounts/password/reset/key/done/"),
    Screen("account asleep", "account_inactive", "", "/accounts/inactive/"),
    Screen("nothing here", "", "", "/nothing/of/the/kind/", status=HTTPStatus.NOT_FOUND),
)  # fmt: skip

BEGIN_VISIT = follow("main form[action$='/visits/begin/'] button")

BEDSIDE = (
    Screen("board by bay", "ward_board", "nurse", "{board}"),
    Screen("board sickest first", "ward_board", "nurse", "{board}?order=sick"),
    Screen("board by due time", "ward_board", "nurse", "{board}?order=due"),
    Screen("board with menu", "ward_board", "nurse", "{board}", unfold("header.top > details.menu > summary"),
           within="header.top details[open]"),
    Screen("alerts", "alerts", "nurse", "/staff/alerts/"),
    Screen("devices of a nurse", "devices", "nurse", "/staff/devices/"),
    Screen("chart", "chart", "doctor", "{chart}"),
    Screen("chart of six hours", "chart", "nurse", "{chart}?period=6h", unfold(".plot-table summary")),
    Screen("observations", "chart_observations", "nurse", "{chart}observations/?period=7d"),
    Screen("record observations", "chart_record", "nurse", "{chart}observations/record/"),
    Screen("scoring", "chart_scoring", "nurse", "{chart}observations/scoring/"),
    Screen("observations refused", "chart_record", "nurse", "{chart}observations/record/",
           fill(hr="7200", sbp="80", dbp="90"), errors=REFUSED),
    Screen("no observation at all", "chart_record", "nurse", "{chart}observations/record/", send, errors=REFUSED),
    Screen("observations charted", "chart", "nurse", "{other_chart}observations/record/", OBSERVED),
    Screen("recorded by hand", "chart_observations", "nurse", "{other_chart}observations/record/",
           after(OBSERVED, visit_page("{other_chart}observations/"))),
    Screen("a set in error", "chart_set_error", "nurse", "{other_chart}observations/record/",
           after(OBSERVED, visit_page("{other_chart}observations/"), follow("#sets a[href$='/error/']"))),
    Screen("a set in error without a reason", "chart_set_error", "nurse", "{other_chart}observations/record/",
           after(OBSERVED, visit_page("{other_chart}observations/"), follow("#sets a[href$='/error/']"), send),
           errors=REFUSED),
    Screen("results", "chart_results", "nurse", "{chart}results/"),
    Screen("every value", "chart_series", "nurse", "{chart}results/", follow("main a[href*='/series/']")),
    Screen("medicines", "chart_medicines", "nurse", "{chart}medicines/"),
    Screen("plans", "chart_plans", "nurse", "{chart}plans/"),
    Screen("choose for a plan", "chart_plan_choose", "doctor", "{chart}plans/choose/"),
    Screen("make a plan", "chart_plan_make", "doctor", "{chart}plans/make/?template=heart-failure"),
    Screen("plan refused", "chart_plan_make", "doctor", "{chart}plans/make/",
           fill(title=" "), errors=REFUSED),
    Screen("a plan", "chart_plan", "doctor", "{chart}plans/make/?template=hypertension", send),
    Screen("a plan that runs", "chart_plan", "doctor", "{chart}plans/make/?template=type-2-diabetes",
           after(send, follow("button[value=active]"))),
    Screen("adapt a plan", "chart_plan_adapt", "doctor", "{chart}plans/make/?template=copd",
           after(send, follow("main a[href$='/adapt/']"))),
    Screen("plans today", "plan_tasks", "nurse", "/staff/plans/"),
    Screen("history", "chart_history", "nurse", "{chart}history/"),
    Screen("add a problem", "chart_problem_add", "doctor", "{chart}problems/add/"),
    Screen("problem refused", "chart_problem_add", "doctor", "{chart}problems/add/",
           fill(words="Gout", icd10="gout", onset="31-02-2020", abated="2001"), errors=REFUSED),
    Screen("change a problem", "chart_problem_edit", "doctor", "{chart}history/",
           follow("#problems a[href*='/problems/']:not([href$='/add/']):not([href$='/resolve/'])")),
    Screen("problem resolved", "chart_problem_resolve", "doctor", "{chart}history/", follow("a[href$='/resolve/']")),
    Screen("add an allergy", "chart_allergy_add", "doctor", "{chart}allergies/add/"),
    Screen("allergy refused", "chart_allergy_add", "doctor", "{chart}allergies/add/", send, errors=REFUSED),
    Screen("change an allergy", "chart_allergy_edit", "doctor", "{other_chart}allergies/add/",
           after(fill(words="Latex gloves {chart}"), follow("#allergies td a[href*='/allergies/']"))),
    Screen("none known", "chart_none_known", "doctor", "{chart}allergies/none-known/"),
    Screen("in error", "chart_error", "nurse", "{chart}history/", follow("main a[href*='/error/']")),
    Screen("in error without a reason", "chart_error", "nurse", "{chart}history/",
           after(follow("main a[href*='/error/']"), send), errors=REFUSED),
    Screen("confidential entry", "chart_confide", "nurse", "{chart}history/", follow("main a[href*='/confidential/']")),
    Screen("add an encounter", "chart_encounter_add", "doctor", "{chart}encounters/add/"),
    Screen("encounter refused", "chart_encounter_add", "doctor", "{chart}encounters/add/",
           fill(planned_at="2001-01-01T10:00"), errors=REFUSED),
    Screen("an encounter goes on", "chart_history", "doctor", "{chart}history/", unfold("#encounters details summary")),
    Screen("notes", "chart_notes", "doctor", "{chart}notes/"),
    Screen("a draft", "chart_note_draft", "doctor", "{chart}notes/", follow("button[value=ward-round]")),
    Screen("nothing to sign", "chart_note_draft", "doctor", "{chart}notes/",
           after(follow("button[value=admission]"), follow("button[value=sign]")), errors=REFUSED),
    Screen("a signed note", "chart_note", "doctor", "{other_chart}notes/",
           after(follow("button[value=outpatient]"), write("text", "Seen, and well."), follow("button[value=sign]"))),
    Screen("an addendum", "chart_note_draft", "doctor", "{other_chart}notes/",
           after(follow("button[value=outpatient]"), write("text", "Seen, and well."), follow("button[value=sign]"),
                 follow("form[action$='/add/'] button"))),
    Screen("orders", "chart_orders", "doctor", "{chart}orders/"),
    Screen("order", "chart_order_add", "doctor", "{chart}orders/add/"),
    Screen("nothing ordered", "chart_order_add", "doctor", "{chart}orders/add/",
           follow("main button[value=sign]"), errors=REFUSED),
    Screen("one order", "chart_order", "doctor", "{other_chart}orders/add/",
           after(order_weight, follow("main tr[data-order] a")), errors=REFUSED),
    Screen("asked lately", "chart_order_add", "doctor", "{other_chart}orders/add/",
           after(order_weight, follow("main a[href$='/orders/add/']"), tick_and_sign), errors=REFUSED),
    Screen("request form", "chart_order_print", "doctor", "{other_chart}orders/add/",
           after(order_weight, follow("main tr[data-order] a"), follow("main a[href$='/print/']")), errors=REFUSED),
    Screen("orders to perform", "orders", "lab_technician", "/staff/orders/"),
    Screen("orders of a doctor", "orders", "doctor", "/staff/orders/"),
    Screen("enter a result", "order_perform", "lab_technician", "/staff/orders/", follow("main tr[data-order] a")),
    Screen("result refused", "order_perform", "lab_technician", "/staff/orders/",
           after(follow("main tr[data-order] a"), send), errors=REFUSED),
    Screen("results to see", "results", "doctor", "/staff/results/"),
    Screen("hand over refused", "results_hand_over", "doctor", "/staff/results/",
           after(unfold("main details summary"), follow("main form[action$='/hand-over/'] button")), errors=REFUSED),
    Screen("a result to read", "chart_order", "doctor", "/staff/results/", follow("main article h3 a")),
    Screen("corrections asked for", "rectifications", "doctor", "/staff/corrections/"),
    Screen("a correction asked for", "rectification", "doctor", "/staff/corrections/",
           follow("main a[href*='/staff/corrections/']")),
    Screen("an answer without words", "rectification", "doctor", "/staff/corrections/",
           after(follow("main a[href*='/staff/corrections/']"), send), errors=REFUSED),
    Screen("timeline of a problem", "chart_problem_timeline", "doctor", "{chart}timeline/",
           follow("main nav.chips a[href*='/problems/']")),
    Screen("one lane of a problem", "chart_problem_timeline", "doctor", "{chart}timeline/",
           after(follow("main nav.chips a[href*='/problems/']"), one_lane)),
    Screen("take out", "chart_take_out", "doctor", "{chart}take-out/"),
    Screen("take out without a reason", "chart_take_out", "doctor", "{chart}take-out/", send, errors=REFUSED),
    Screen("a visit", "chart_visit", "doctor", "{chart}", BEGIN_VISIT),
    Screen("a visit of a nurse", "chart_visit", "nurse", "{chart}", BEGIN_VISIT),
    Screen("visit not finished yet", "chart_visit", "doctor", "{chart}",
           after(BEGIN_VISIT, write("reason", ""), follow("button[value=finish]")), errors=REFUSED),
    Screen("a visit on paper", "chart_visit_paper", "doctor", "{other_chart}",
           after(BEGIN_VISIT, write("reason", "Control"), write("text", "Seen, and well."),
                 write("new-0-name", "Paracetamol 500 mg"), write("new-0-dose", "1 tablet when in pain"),
                 follow("button[value=finish]"))),
    Screen("add to the family history", "chart_by_hand_add", "doctor", "{chart}history/family/add/"),
    Screen("add a pregnancy", "chart_by_hand_add", "nurse", "{chart}history/pregnancy/add/"),
    Screen("vaccination refused", "chart_by_hand_add", "nurse", "{chart}history/vaccination/add/",
           fill(code="nonsense"), errors=REFUSED),
    Screen("change a procedure", "chart_by_hand_edit", "doctor", "{other_chart}history/procedure/add/",
           after(fill(words="Appendicectomy", performed="1999"), follow("#procedures td a[href*='/procedure/']"))),
    Screen("forms", "chart_forms", "nurse", "{chart}forms/"),
    Screen("a form to fill", "chart_form_draft", "nurse", "{chart}forms/", follow("button[value$='admission']")),
    Screen("a form refused", "chart_form_draft", "nurse", "{chart}forms/",
           after(follow("button[value$='falls-risk']"), follow("button[value=finish]")), errors=REFUSED),
    Screen("a finished form", "chart_form", "nurse", "{other_chart}forms/",
           after(follow("button[value$='social-history']"), check("a/smoking", 0), follow("button[value=finish]"))),
    Screen("documents", "chart_documents", "nurse", "{chart}documents/"),
    Screen("add a document", "chart_document_add", "doctor", "{chart}documents/add/"),
    Screen("document refused", "chart_document_add", "doctor", "{chart}documents/add/", send, errors=REFUSED),
    Screen("timeline", "chart_timeline", "nurse", "{chart}timeline/"),
    Screen("earlier on the timeline", "chart_timeline", "nurse", "{chart}timeline/",
           follow("main a.btn[href^='?before=']")),
    Screen("changes", "chart_changes", "doctor", "{chart}changes/"),
    Screen("changes of an edited patient", "chart_changes", "nurse", "{other_chart}changes/"),
    Screen("chart of the past", "chart_past", "doctor", "{chart}past/?at=2020-03-03T12:00"),
    Screen("past not come yet", "chart_past", "nurse", "{chart}past/?at=2999-03-03T12:00", status=422),
    Screen("my patients", "my_patients", "doctor", "/staff/mine/"),
)  # fmt: skip

DESK = (
    Screen("search", "patients", "receptionist", "/staff/patients/"),
    Screen("search finds", "patients", "receptionist", "/staff/patients/?q={family}"),
    Screen("search finds in care", "patients", "nurse", "/staff/patients/?q={family}"),
    Screen("search finds nobody", "patients", "receptionist", "/staff/patients/?q=Zzyzx"),
    Screen("find from anywhere", "devices", "nurse", "/staff/devices/", look_up("{family}"), within="form.search"),
    Screen("seen lately", "alerts", "doctor", "/staff/alerts/", look_up(""), within="form.search"),
    Screen("search of a cashier", "patients", "cashier", "/staff/patients/?q={family}"),
    Screen("register", "patient_register", "receptionist", "/staff/patients/register/"),
    Screen("register refused", "patient_register", "receptionist", "/staff/patients/register/",
           fill(birth="31-02-1957", email="nonsense"), errors=REFUSED),
    Screen("register somebody known", "patient_register", "receptionist",
           "/staff/patients/register/?family={family}", fill(given="{given}"), errors=REFUSED),
    Screen("register somebody unknown", "patient_register_unknown", "receptionist",
           "/staff/patients/register/unknown/"),
    Screen("unknown refused", "patient_register_unknown", "receptionist", "/staff/patients/register/unknown/",
           fill(age_years="400"), errors=REFUSED),
    Screen("register a newborn", "patient_register", "receptionist", "/staff/patients/register/?mother={one}"),
    Screen("duplicates", "duplicates", "receptionist", "/staff/duplicates/"),
    Screen("duplicates of an administrator", "duplicates", "administrator", "/staff/duplicates/"),
    Screen("numbers to compare", "duplicate_compare", "receptionist", "/staff/duplicates/compare/"),
    Screen("no such numbers", "duplicate_compare", "receptionist", "/staff/duplicates/compare/?one=1&other=2",
           status=HTTPStatus.UNPROCESSABLE_ENTITY),
    Screen("compare two records", "duplicate_compare", "receptionist",
           "/staff/duplicates/compare/?one={one}&other={two}"),
    Screen("merge refused", "duplicate_compare", "receptionist",
           "/staff/duplicates/compare/?one={one}&other={two}", send, errors=REFUSED),
    Screen("merged records", "merge", "receptionist", "/staff/duplicates/", merge_two, errors=REFUSED),
    Screen("register while somebody is alike", "patient_register", "receptionist", "/staff/patients/register/",
           alike_while_typing),
    Screen("photo", "patient_photo", "receptionist", "{third_chart}photo/"),
    Screen("photo refused", "patient_photo", "receptionist", "{third_chart}photo/", send, errors=REFUSED),
    Screen("archive", "patient_archive", "receptionist", "{third_chart}archive/"),
    Screen("archive refused", "patient_archive", "receptionist", "{third_chart}archive/", send, errors=REFUSED),
    Screen("edit", "patient_edit", "receptionist", "{chart}edit/"),
    Screen("edited", "patient_edit", "receptionist", "{third_chart}edit/", fill(city="Weirside")),
    Screen("not for this role", "devices", "receptionist", "/staff/devices/", status=HTTPStatus.FORBIDDEN),
    Screen("a stranger's chart", "chart", "nurse", "{foreign_chart}", status=HTTPStatus.NOT_FOUND),
    Screen("devices", "devices", "administrator", "/staff/devices/"),
    Screen("revoke a device", "device_revoke", "administrator", "/staff/devices/{device}/revoke/"),
    Screen("open with a reason", "glass_break", "nurse", "/staff/patients/?q=an",
           follow("main a[href*='/broken-glass/open/']")),
    Screen("reason refused", "glass_break", "nurse", "/staff/patients/?q=an",
           lambda page, facts: (follow("main a[href*='/broken-glass/open/']")(page, facts), send(page, facts)),
           errors=REFUSED),
    Screen("chart under broken glass", "chart", "nurse", "/staff/patients/?q=an", give_a_reason),
    Screen("agree as second", "glass_agree", "doctor", "/staff/broken-glass/agree/"),
    Screen("agree refused", "glass_agree", "doctor", "/staff/broken-glass/agree/", fill(code="12"), errors=REFUSED),
    Screen("who may open a record", "record_access", "privacy_officer", "{own_chart}access/"),
    Screen("restriction refused", "record_restrict", "privacy_officer", "{third_chart}access/", restrict,
           errors=REFUSED),
    Screen("staff link refused", "record_as_staff", "privacy_officer", "{third_chart}access/",
           lambda page, _facts: press(page, "/access/staff/"), errors=REFUSED),
    Screen("proxies at the desk", "record_access", "receptionist", "{chart}access/", unfold("#proxies summary")),
    Screen("proxy refused", "proxy_give", "receptionist", "{chart}access/", let_act, errors=REFUSED),
    Screen("consents", "consents", "privacy_officer", "{third_chart}consents/"),
    Screen("consents of a doctor", "consents", "doctor", "{chart}consents/", unfold("#words summary")),
    Screen("consent refused", "consent_record", "doctor", "{chart}consents/",
           after(unfold("#words summary"), lambda page, _facts: press(page, "/consents/record/")), errors=REFUSED),
    Screen("consent on paper", "consent_paper", "doctor", "{other_chart}consents/", on_paper),
    Screen("questions of patients", "look_questions", "privacy_officer", "/staff/questions/"),
    Screen("broken glass", "glass_worklist", "privacy_officer", "/staff/broken-glass/"),
    Screen("review of broken glass", "glass_review", "privacy_officer", "/staff/broken-glass/",
           follow("main tr[data-glass] a")),
    Screen("notices", "notices", "privacy_officer", "/staff/notices/"),
    Screen("who was told and how", "notices", "privacy_officer", "/staff/notices/", unfold("main details.how summary")),
    Screen("no notices", "notices", "cashier", "/staff/notices/"),
    Screen("how notices reach me", "notice_wishes", "cashier", "/staff/notices/settings/"),
    Screen("wishes refused", "notice_wishes", "cashier", "/staff/notices/settings/",
           fill(mobile="41234567", quiet_from="22:00"), errors=REFUSED),
    Screen("audit", "audit", "privacy_officer", "/staff/audit/"),
    Screen("audit finds nothing", "audit", "privacy_officer", "/staff/audit/?action=never"),
    Screen("audit misunderstood", "audit", "privacy_officer", "/staff/audit/?patient=x&since=y"),
)  # fmt: skip

PORTAL = (
    Screen("portal", "portal_home", "patient", "/portal/"),
    Screen("portal menu", "portal_home", "patient", "/portal/",
           unfold(".portal-top .end > details.menu:last-child summary"), within=".portal-top details[open]"),
    Screen("phone", "phone", "patient", "/tour/phone/"),
    Screen("my record", "portal_record", "patient", "/portal/record/"),
    Screen("my results", "portal_results", "patient", "/portal/record/results/"),
    Screen("one test", "portal_series", "patient", "/portal/record/results/",
           follow("main a[href*='/record/results/']")),
    Screen("my record on paper", "portal_print", "patient", "/portal/record/print/"),
    *(Screen(f"my {slug}", "portal_section", "patient", f"/portal/record/{slug}/")
      for slug in ("problems", "medicines", "vaccinations", "family", "pregnancies", "visits", "procedures",
                   "documents", "notes", "orders", "plans")),
    Screen("one document", "portal_document", "patient", "/portal/record/documents/",
           follow("main a[href*='/record/documents/']:not([href$='/file/'])")),
    Screen("my treatment plans", "portal_plans", "patient", "/portal/plans/"),
    Screen("my treatment plans with words", "portal_plans", "patient", "/portal/plans/",
           unfold(".todo details summary")),
    Screen("something wrong", "portal_correct", "patient", "/portal/record/problems/",
           follow("main a[href*='/corrections/ask/']")),
    Screen("something wrong without words", "portal_correct_details", "patient", "/portal/record/corrections/details/",
           send, errors=REFUSED),
    Screen("my corrections", "portal_corrections", "patient", "/portal/record/corrections/"),
    Screen("who looked", "portal_access", "patient", "/portal/access/"),
    Screen("asked why", "portal_access", "patient", "/portal/access/", ask_why),
    Screen("acting for others", "portal_proxies", "patient", "/portal/proxies/"),
    Screen("my consents", "portal_consents", "patient", "/portal/consents/"),
    Screen("refuse somebody", "portal_consent_say", "patient", "/portal/consents/",
           follow("#particular a[href*='?about=']")),
    Screen("my details", "portal_details", "patient", "/portal/details/"),
    Screen("not in the portal", "portal_section", "patient", "/portal/record/nothing/", status=HTTPStatus.NOT_FOUND),
)  # fmt: skip

ASKED = (
    Screen("question of a patient", "look_answer", "privacy_officer", "/staff/questions/",
           follow("main tr[data-question] a")),
    Screen("answer refused", "look_answer", "privacy_officer", "/staff/questions/",
           lambda page, facts: (follow("main tr[data-question] a")(page, facts), send(page, facts)), errors=REFUSED),
)  # fmt: skip

ACCOUNT = (
    Screen("security", "mfa_index", "radiographer", "/accounts/2fa/"),
    Screen("passkeys", "mfa_list_webauthn", "radiographer", "/accounts/2fa/webauthn/"),
    Screen("password", "account_change_password", "radiographer", "/accounts/password/change/"),
    Screen("password refused", "account_change_password", "radiographer", "/accounts/password/change/",
           fill(oldpassword="wrong", password1="short", password2="shorter")),
    Screen("e-mail", "account_email", "radiographer", "/accounts/email/"),
    Screen("sign out", "account_logout", "radiographer", "/accounts/logout/"),
    Screen("password once more", "account_reauthenticate", "radiographer", "/accounts/2fa/totp/activate/"),
)  # fmt: skip

SHARED = (
    Screen("short code", "switch_code", "nurse", "/staff/switch/code/"),
    Screen("short code refused", "switch_code", "nurse", "/staff/switch/code/", fill(pin="123456", again="12"),
           errors=REFUSED),
    Screen("my badge", "switch_badge", "nurse", "/staff/switch/badge/"),
    Screen("badge refused", "switch_badge", "nurse", "/staff/switch/badge/", fill(number="12"), errors=REFUSED),
    Screen("badges", "badges", "administrator", "/staff/switch/badges/"),
    Screen("badge for nobody", "badges", "administrator", "/staff/switch/badges/",
           fill(username="nobody", number="123456"), errors=REFUSED),
    Screen("computers", "computers", "administrator", "/staff/computers/"),
    Screen("computer refused", "computers", "administrator", "/staff/computers/", send, errors=REFUSED),
    # From here on the administrator's browser is that of a shared computer, and nobody sits before it.
    Screen("locked", "switch", "administrator", "/staff/computers/", share_and_lock),
    Screen("short code wrong", "switch", "administrator", "/staff/switch/", fill(username="{nurse}", pin="000001"),
           errors=REFUSED),
)  # fmt: skip

NOT_SCREENS = {
    "start": "leads on", "wards": "leads a nurse of one ward on", "healthz": "for machines", "readyz": "for machines",
    "metrics": "for machines", "tour_processes": "a part of the tour", "tour_enter": "leads on",
    "tour_plug": "leads back",
    "glass_close": "leads back", "notices_bell": "a part of every staff page",
    "notices_ticket": "for scripts", "notice_seen": "leads back", "notice_browser_choose": "leads back",
    "notice_browser_drop": "leads back",
    "glass_second": "a sealed record; else leads on", "restriction_lift": "leads back", "proxy_end": "leads back",
    "badge_end": "leads back", "badge_revoke": "leads back",
    "switch_lock": "leads on", "switch_here": "for scripts", "computer_retire": "leads back",
    "portal_ask_why": "leads back", "portal_messages": "leads back",
    "portal_correction_withdraw": "leads back", "portal_correction_disagree": "leads back",
    "portal_choose": "leads on", "portal_proxy_end": "leads back",
    "consent_withdraw": "leads back", "portal_consent_withdraw": "leads back",
    "set_language": "leads back", "set_theme": "leads back", "set_density": "leads back",
    "patient_photo_file": "the file itself",
    "chart_document": "the file itself", "portal_download_pdf": "the file itself",
    "portal_download_fhir": "the file itself", "portal_document_file": "the file itself", "chart_ticket": "for scripts",
    "ward_ticket": "for scripts", "codes": "for scripts", "find": "a part of the top bar",
    "chart_alerts": "a part of the chart", "chart_error_undo": "leads back",
    "chart_visit_begin": "leads on", "chart_visit_keep": "for scripts",
    "chart_note_begin": "leads on", "chart_encounter_move": "leads back",
    "portal_note": "seen in portal/test_portal.py: nobody of the demo has signed one",
    "chart_plan_move": "leads back", "chart_plan_judge": "leads back", "chart_plan_tick": "leads back",
    "chart_plan_untick": "leads back", "portal_plan_tick": "leads back", "portal_plan_untick": "leads back",
    "portal_plan_note": "leads back",
    "chart_note_add": "leads on", "chart_note_keep": "for scripts",
    "chart_order_cancel": "leads back", "chart_order_move": "leads back", "chart_result_acknowledge": "leads back",
    "order_call": "leads back", "referral_take": "leads back", "results_normal": "leads back",
    "chart_form_begin": "leads on", "chart_form_amend": "leads on", "chart_form_keep": "for scripts",
    "alert_acknowledge": "leads back", "patient_check": "a part of the form", "duplicate_different": "leads back",
    "mfa_download_recovery_codes": "the file itself", "mfa_login_webauthn": "for scripts",
    "fhir_metadata": "for machines", "fhir_token": "for machines", "fhir_smart": "for machines",
    "fhir_type": "for machines", "fhir_search": "for machines", "fhir_one": "for machines",
    "fhir_nothing": "for machines",
}  # fmt: skip
"""Addresses that show no page of their own."""

OFF = {
    "account_email_verification_sent": "addresses are not verified: the desk or the administrator types them",
    "account_confirm_email": "the same",
    "account_confirm_login_code": "sign-in by a code in an e-mail is off",
    "account_set_password": "every account has a password; leads on",
    "mfa_reauthenticate_webauthn": "needs a passkey, which a browser makes for a named host only",
    "mfa_remove_webauthn": "the same", "mfa_edit_webauthn": "the same",
}  # fmt: skip
"""Addresses of the sign-in library that this hospital does not use, or that no test can reach."""

SECOND_FACTOR = (
    "mfa_activate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_deactivate_totp",
    "mfa_authenticate", "mfa_reauthenticate", "mfa_add_webauthn",
)  # fmt: skip
"""Seen on the way of `test_second_factor.py`."""


EVERY = (*OPEN, *BEDSIDE, *DESK, *PORTAL, *ASKED, *ACCOUNT, *SHARED)
