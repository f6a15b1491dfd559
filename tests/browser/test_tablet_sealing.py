"""A tablet is paired, gets its pages whole, and seals as the standard says."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from playwright.sync_api import BrowserContext, Page, expect

from collector.responses import withdraw
from collector.responses.keys import load_sealer
from collector.web.tablet.pages import HERE
from tests.browser.shop import (
    Shop,
    answered,
    ask_kept,
    begun,
    done,
    sent,
    to_helper,
)
from tests.browser.test_walk import axe_finds_nothing

SEAL = (HERE / "static" / "seal.js").read_text(encoding="utf-8")
UR = re.compile(r"/t/ur\?")
BENGALI = str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯")
VECTOR = json.loads((Path(__file__).parents[1] / "hpke.json").read_text(encoding="utf-8"))


def test_the_key_schedule_is_that_of_the_published_vector(page: Page) -> None:
    vector = {name: VECTOR[name] for name in ("skEm", "pkEm", "pkRm", "info")}
    made = page.evaluate(SCHEDULE.replace("CODE", SEAL), vector)
    assert made == [VECTOR["enc"], VECTOR["key"], VECTOR["base_nonce"]]
    first = VECTOR["encryptions"][0]
    sealed = AESGCM(bytes.fromhex(made[1])).encrypt(
        bytes.fromhex(made[2]), bytes.fromhex(first["pt"]), bytes.fromhex(first["aad"])
    )
    assert sealed.hex() == first["ct"]


SCHEDULE = """async (vector) => {
    CODE
    const bytes = (text) => Uint8Array.from(text.match(/../g).map((two) => parseInt(two, 16))), point = bytes(vector.pkEm);
    const jwk = { kty: 'EC', crv: 'P-256', d: base64url(bytes(vector.skEm)), x: base64url(point.slice(1, 33)), y: base64url(point.slice(33)) };
    const privateKey = await subtle.importKey('jwk', jwk, CURVE, true, ['deriveBits']);
    const publicKey = await subtle.importKey('raw', point, CURVE, true, []);
    const made = await schedule(bytes(vector.pkRm), bytes(vector.info), { privateKey, publicKey });
    return [hex(made.enc), hex(made.key), hex(made.nonce)];
}"""


def test_the_number_is_the_servers_own_and_a_box_has_no_length_of_its_own(page: Page, shop: Shop) -> None:
    shop.down()
    numbers = []
    for words in ("a", "a" * 200):
        begun(page, "en", "short")
        answered(page, {"OV1": "never", "O1": words})
        numbers.append(sent(page))
        done(page)
    boxes = ask_kept(page, "boxes")
    assert {(len(base64.urlsafe_b64decode(box["box"] + "===")) - 1 - 8 - 65 - 16) % 512 for box in boxes} == {0}
    shop.up()
    to_helper(page)
    expect(page.locator('[data-at="count"]')).to_have_text("2 locked, 2 arrived")
    sealer = load_sealer(shop.world.settings.secret_file)
    macs = {row[0] for row in shop.world.database.rows("SELECT mac FROM receipt")}
    assert macs == {withdraw.receipt_mac(sealer, int(number.replace(" ", ""))) for number in numbers}


def test_a_wrong_code_is_told_and_a_right_one_typed_in_other_digits_pairs(tablet: BrowserContext, shop: Shop) -> None:
    page = tablet.new_page()
    page.goto(f"{shop.address}/t/pair#000000000")
    expect(page.get_by_role("status")).to_have_text("This code does not work. Ask for a new one.")
    axe_finds_nothing(page)
    page.get_by_label("Type the nine digits").fill(shop.code().translate(BENGALI))
    page.get_by_role("button", name="Connect this tablet").click()
    expect(page.get_by_text("Ready without signal")).to_be_visible()
    expect(page.get_by_text("Now close this page and open it again.")).to_be_visible()
    assert page.locator('[data-at="start"]').is_hidden(), "a private window has forgotten all when it is opened again"
    assert "#" not in page.url
    axe_finds_nothing(page)
    page.close()
    page = tablet.new_page()
    page.goto(f"{shop.address}/t/")
    expect(page.get_by_role("button", name="Start")).to_be_visible()


def test_without_signal_pairing_says_so(tablet: BrowserContext, shop: Shop) -> None:
    page = tablet.new_page()
    page.goto(f"{shop.address}/t/pair")
    shop.down()
    page.get_by_label("Type the nine digits").fill("123456789")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("There is no signal here.")


def test_an_address_without_https_says_so_and_stops(tablet: BrowserContext, shop: Shop) -> None:
    page = tablet.new_page()
    page.goto(f"http://plain.test:{shop.port}/t/pair#{shop.code()}")
    expect(page.get_by_role("status")).to_contain_text("This needs https.")
    assert page.locator("form:visible").count() == 0


def test_an_ipad_pairs_only_from_its_home_screen(tablet: BrowserContext, shop: Shop) -> None:
    page = tablet.new_page()
    page.add_init_script("Object.defineProperty(Navigator.prototype, 'standalone', { get: () => false })")
    page.goto(f"{shop.address}/t/pair#{shop.code()}")
    expect(page.get_by_role("status")).to_contain_text("Add to Home Screen")
    page = tablet.new_page()
    page.add_init_script("Object.defineProperty(Navigator.prototype, 'standalone', { get: () => true })")
    page.goto(f"{shop.address}/t/pair#{shop.code()}")
    expect(page.get_by_text("Ready without signal")).to_be_visible()


def test_pages_that_come_only_in_part_are_fetched_on_and_never_shown_in_part(
    tablet: BrowserContext, shop: Shop
) -> None:
    page = tablet.new_page()
    tablet.route(UR, lambda route: route.abort())
    page.goto(f"{shop.address}/t/pair#{shop.code()}")
    expect(page.get_by_role("status")).to_contain_text("There is no signal here.")
    assert page.locator('[data-at="ready"]').is_hidden()
    tablet.unroute(UR)
    page.goto(f"{shop.address}/t/")
    expect(page.get_by_text("Ready without signal")).to_be_visible()
