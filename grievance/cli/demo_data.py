"""Invented partners, people and stories for ``grievance demo``. Nobody here exists."""

from dataclasses import dataclass

from grievance.rules.terms import Role, ServiceNeed

_BEDS = {ServiceNeed.SHE, ServiceNeed.GBV}


@dataclass(frozen=True)
class DemoBody:
    """One invented organization; a parent of None hangs below the root."""

    slug: str
    name: str
    kind: str
    country: str
    parent: str | None
    communities: tuple[str, ...]
    languages: tuple[str, ...]
    does: str
    also: str  # what Chinese speakers call it: it is known by that too
    coordinator: bool = False

    @property
    def needs(self) -> list[str]:
        """Two desks have no beds: a report of wages and a place to sleep shows who helps with
        which."""
        without = _BEDS if self.slug in {"demo-sampaguita", "demo-melati"} else set()
        return [str(one) for one in ServiceNeed if one not in without]


ROOT_NAME = "Demo Secretariat"
BODIES = (
    DemoBody("demo-east", "Demo East Asia Network", "network", "HK", None, ("any",),
             ("en", "fil", "id", "zh-Hant"), "Joins invented groups in East Asia.", "東亞移工聯網",
             True),
    DemoBody("demo-origin", "Demo Home Country Network", "network", "PH", None, ("PH", "ID"),
             ("fil", "id", "en"), "Joins invented groups in home countries.", "移工家鄉聯網",
             True),
    DemoBody("demo-sampaguita", "Demo Sampaguita Desk", "migrant_led", "HK", "demo-east", ("PH",),
             ("fil", "en"), "Invented group of Filipino workers. Pay, agency fees, talk.",
             "茉莉花菲律賓工友會"),
    DemoBody("demo-melati", "Demo Melati Desk", "migrant_led", "HK", "demo-east", ("ID",),
             ("id", "en"), "Invented group of Indonesian workers. Pay, passports, talk.",
             "美拉蒂印尼工友會"),
    DemoBody("demo-harbour", "Demo Harbour Casework", "service_ngo", "HK", "demo-east", ("any",),
             ("en", "zh-Hant", "fil", "id"), "Invented casework office. Claims, shelter, law.",
             "海港個案工作室"),
    DemoBody("demo-bahay", "Demo Bahay Families", "migrant_led", "PH", "demo-origin", ("PH",),
             ("fil", "en"), "Invented group of families. Agencies at home, coming back.",
             "巴海家屬會"),
)  # fmt: skip
CONSULATE = DemoBody(
    "demo-consulate", "Demo Consulate", "consulate", "HK", None, ("any",), ("en", "fil", "id"),
    "Invented consulate that the directory lists for everything.", "示範領事館",
)  # fmt: skip
STORIES = {
    "en": (
        "My employer pays me late each month and keeps part of it.",
        "I work from five in the morning until midnight without a rest day.",
        "The agency took my passport and says I must pay first.",
    ),
    "fil": (
        "Tatlong buwan na akong hindi sinasahuran ng amo ko.",
        "Hinahawakan ng ahensya ang pasaporte ko at naniningil pa.",
        "Wala akong araw ng pahinga at kulang ang pagkain.",
    ),
    "id": (
        "Majikan saya tidak membayar gaji saya selama tiga bulan.",
        "Agen menahan paspor saya dan meminta uang lagi.",
        "Saya bekerja dari pagi sampai malam tanpa hari libur.",
    ),
    "zh-Hant": (
        "僱主已經三個月沒有付薪水給我。",
        "仲介拿走我的護照，還要我再付錢。",
        "我每天工作到半夜，沒有休息日。",
    ),
}
ANSWERS = {
    "en": "We read your words. Keep each pay slip. We will write again on Sunday.",
    "fil": "Nabasa namin ang sinulat mo. Itago ang bawat payslip. Susulat kami muli sa Linggo.",
    "id": "Kami sudah membaca. Simpan setiap slip gaji. Kami menulis lagi hari Minggu.",
    "zh-Hant": "我們看了你寫的話。請保留每張糧單。星期日我們會再寫給你。",
}
LOCKED_IN = "Ikinandado nila ako sa bahay at kinukuha nila ang telepono ko."
QUESTION = "Kailan ka huling sinahuran? Huwag mong isulat ang pangalan mo."
ADVICE = "Paid in cash, less than the contract says, and no pay slips. How do you prove that?"
WHY = "She wrote that she is locked in, and her phone has been off since Friday."
ISSUES = (
    "WAG01", "WAG02", "WAG03", "HRS02", "LIV02", "WRK06", "SAF04", "SAF01", "DOC01", "REC01",
    "REC05", "DEB01", "AGY01", "IMM01", "CNS02", "HEA02", "RTS01", "OTH02", "SAF08",
)  # fmt: skip
ORIGIN = {"fil": "PH", "id": "ID", "zh-Hant": "TW", "en": "PH"}
STAFF_ROLES = (Role.ORGANIZER,)
