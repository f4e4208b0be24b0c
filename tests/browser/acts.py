"""What is done on a page to bring it into a state: filled in, sent, followed, unfolded."""

from collections.abc import Callable, Mapping

from playwright.sync_api import Page

Facts = Mapping[str, str]
Act = Callable[[Page, Facts], object]


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
    page.locator("#said summary").click()
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
