"""Keys from passwords, recovery keys, codes and cookies."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grievance.sealing import keys
from grievance.sealing.keys import LEAST_COST, KeyPair, normal_secret

pytestmark = pytest.mark.plain
SALT = b"sixteen bytes ok"
PEPPER = b"a pepper of enough length"
CODE = "1234" * 5
NATIVE = {
    "Arabic": "٠١٢٣٤٥٦٧٨٩",
    "Persian and Urdu": "۰۱۲۳۴۵۶۷۸۹",
    "Devanagari": "०१२३४५६७८९",
    "Bengali": "০১২৩৪৫৬৭৮৯",
    "Tamil": "௦௧௨௩௪௫௬௭௮௯",
    "Thai": "๐๑๒๓๔๕๖๗๘๙",
    "Khmer": "០១២៣៤៥៦៧៨៩",
    "Myanmar": "၀၁၂၃၄၅၆၇၈၉",
    "full width": "".join(chr(0xFF10 + digit) for digit in range(10)),
}


def test_a_pair_is_rebuilt_from_its_private_half() -> None:
    pair = KeyPair.generate()

    assert KeyPair.from_private(pair.private) == pair
    assert KeyPair.generate() != pair


def test_the_service_pays_the_real_price_for_a_password() -> None:
    assert len(keys.password_key("a plain long password", SALT)) == keys.KEY_BYTES
    assert keys.Cost(passes=3, memory=64 * 1024, lanes=1) == keys.PASSWORD_COST


def test_the_service_pays_the_real_price_for_a_code() -> None:
    assert len(keys.code_keys(CODE, PEPPER).lookup_id) == keys.KEY_BYTES
    assert keys.Cost(passes=2, memory=19 * 1024, lanes=1) == keys.CODE_COST


def test_a_password_gives_the_same_key_however_it_is_composed() -> None:
    composed, apart = "Niño café ợ", unicodedata.normalize("NFD", "Niño café ợ")

    assert composed != apart
    assert keys.password_key(composed, SALT, LEAST_COST) == keys.password_key(
        apart, SALT, LEAST_COST
    )


def test_blanks_of_any_width_are_one_blank_in_a_password() -> None:
    assert keys.normal_password("a\u00a0b\u3000c") == "a b c"


def test_letters_of_another_width_or_case_stay_different_in_a_password() -> None:
    assert keys.normal_password("\uff21\uff22") != keys.normal_password("AB")
    assert keys.normal_password("abc") != keys.normal_password("ABC")


def test_a_password_is_limited_before_the_slow_part() -> None:
    assert len(keys.normal_password("x" * 1_000_000)) == keys.MAX_PASSWORD


def test_another_salt_or_password_gives_another_key() -> None:
    given_key = keys.password_key("one password", SALT, LEAST_COST)

    assert given_key != keys.password_key("one password", SALT[::-1], LEAST_COST)
    assert given_key != keys.password_key("two passwords", SALT, LEAST_COST)


def test_a_code_gives_the_same_id_and_pair_each_time() -> None:
    assert keys.code_keys(CODE, PEPPER, LEAST_COST) == keys.code_keys(CODE, PEPPER, LEAST_COST)


def test_another_code_or_pepper_gives_nothing_in_common() -> None:
    one = keys.code_keys(CODE, PEPPER, LEAST_COST)
    others = [
        keys.code_keys(CODE[::-1], PEPPER, LEAST_COST),
        keys.code_keys(CODE, PEPPER + b"!", LEAST_COST),
    ]

    for other in others:
        assert other.lookup_id != one.lookup_id
        assert other.pair != one.pair


def test_the_id_of_a_code_is_not_its_key() -> None:
    found = keys.code_keys(CODE, PEPPER, LEAST_COST)

    assert len({found.lookup_id, found.pair.private, found.pair.public}) == 3


def test_a_cookie_gives_three_different_things_and_always_the_same() -> None:
    cookie = keys.new_cookie()
    found = keys.cookie_keys(cookie)

    assert found == keys.cookie_keys(cookie)
    assert found.row_id != found.seal_key
    assert len(found.csrf_token) == 43


def test_cookies_do_not_repeat() -> None:
    assert len({keys.new_cookie() for _ in range(100)}) == 100


def test_purposes_have_keys_of_their_own() -> None:
    assert keys.subkey(b"secret", "one") != keys.subkey(b"secret", "two")


def test_a_recovery_key_has_eight_groups_of_letters_that_cannot_be_mixed_up() -> None:
    groups = keys.new_recovery_key().split("-")

    assert [len(group) for group in groups] == [4] * 8
    assert not set("ILOU") & set("".join(groups))


def _variants(key: str) -> list[str]:
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isalnum() else c for c in key)
    look_alike = key.replace("1", "I").replace("0", "O")
    return [
        key.lower(),
        key.replace("-", ""),
        key.replace("-", " "),
        key.replace("-", "\u00a0\u2011 "),
        f"  {key}\n",
        wide,
        look_alike,
        look_alike.lower(),
        key.replace("1", "l"),
        *("".join(digits[int(c)] if c.isdigit() else c for c in key) for digits in NATIVE.values()),
    ]


def test_a_recovery_key_is_read_however_it_is_spelled() -> None:
    key = "0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV-WXYZ"
    expected = keys.recovery_key_key(key)

    assert len(expected) == keys.KEY_BYTES
    assert {keys.recovery_key_key(variant) for variant in _variants(key)} == {expected}


def test_another_recovery_key_gives_another_key() -> None:
    assert keys.recovery_key_key(keys.new_recovery_key()) != keys.recovery_key_key(
        keys.new_recovery_key()
    )


@pytest.mark.parametrize("script", NATIVE)
def test_digits_of_every_script_are_read(script: str) -> None:
    assert normal_secret(NATIVE[script]) == "0123456789"


@pytest.mark.parametrize("typed", ["123 456", "123\u00a0456", "123-456", "123\u200b456", "١٢٣ ٤٥٦"])
def test_blanks_dashes_and_invisible_signs_do_not_matter(typed: str) -> None:
    assert normal_secret(typed) == "123456"


def test_letters_of_other_scripts_fall_away() -> None:
    assert normal_secret("ab漢Жñ1½") == "AB112"


@given(typed=st.text(max_size=200))
def test_a_read_secret_is_plain_ascii_and_reads_as_itself(typed: str) -> None:
    found = normal_secret(typed)

    assert found.isascii()
    assert normal_secret(found) == found


def test_a_fingerprint_is_eight_groups_of_four_digits() -> None:
    groups = keys.fingerprint(KeyPair.generate().public).split()

    assert len(groups) == 8
    assert all(len(group) == 4 and group.isdigit() for group in groups)


def test_two_keys_have_two_fingerprints() -> None:
    pairs = [KeyPair.generate() for _ in range(50)]

    assert len({keys.fingerprint(pair.public) for pair in pairs}) == 50
