"""Offices, police, agencies and shelters are known by their names in each language of ours."""

import unicodedata

import pytest

from grievance.rules.hsds.bodies import is_shelter, kind_of
from grievance.rules.languages import NATIVE_NAMES
from grievance.rules.terms import Language

pytestmark = pytest.mark.plain
# Per language: a consulate, police or border, an office, an agency, a shelter.
NAMES = {
    "en": ("Taipei Economic and Cultural Office", "Immigration and Checkpoints Authority",
           "Philippine Overseas Employment Administration", "Sunrise Maids Pte Ltd", "Safe House"),
    "fil": ("Embahada ng Pilipinas", "Himpilan ng Pulisya", "Kagawaran ng Paggawa",
            "Ahensya ng Trabaho", "Kanlungan ng Kababaihan"),
    "id": ("KJRI Hong Kong", "Kantor Imigrasi", "BP2MI", "PT Perusahaan Penempatan Pekerja Migran",
           "Rumah Aman"),
    "zh-Hant": ("駐香港總領事館", "警察局", "勞動部", "外傭中心", "婦女庇護中心"),
    "zh-Hans": ("菲律宾大使馆", "移民局", "劳动局", "家佣公司", "妇女庇护所"),
    "th": ("สถานทูตไทย", "ตำรวจ", "กระทรวงแรงงาน", "บริษัทจัดหางาน", "บ้านพักฉุกเฉิน"),
    "vi": ("Đại sứ quán Việt Nam", "Cảnh sát", "Cục Quản lý Lao động ngoài nước",
           "Công ty xuất khẩu lao động", "Nhà tạm lánh"),
    "ne": ("नेपाली राजदूतावास", "नेपाल प्रहरी", "श्रम मन्त्रालय", "एबीसी म्यानपावर", "आश्रय गृह"),
    "si": ("ශ්‍රී ලංකා තානාපති කාර්යාලය", "පොලිසිය", "විදේශ සේවා නියුක්ති කාර්යාංශය",
           "විදේශ රැකියා ඒජන්සිය", "කාන්තා නවාතැන්"),
    "ta": ("இந்தியத் தூதரகம்", "காவல்துறை", "தொழில் அமைச்சகம்", "வேலைவாய்ப்பு ஏஜென்சி",
           "பெண்கள் காப்பகம்"),
    "hi": ("भारतीय दूतावास", "पुलिस थाना", "श्रम मंत्रालय", "मैनपावर सर्विस", "महिला आश्रय"),
    "bn": ("বাংলাদেশ দূতাবাস", "পুলিশ", "শ্রম মন্ত্রণালয়", "রিক্রুটিং এজেন্সি", "নারী আশ্রয়কেন্দ্র"),
    "my": ("မြန်မာသံရုံး", "ရဲစခန်း", "အလုပ်သမားဝန်ကြီးဌာန", "အလုပ်အကိုင်အေဂျင်စီ", "ခိုလှုံရာ"),
    "ur": ("سفارت خانہ پاکستان", "پولیس", "محکمہ محنت", "بھرتی دفتر", "پناہ گاہ"),
    "ar": ("السفارة", "مركز الشرطة", "وزارة العمل", "مكتب استقدام", "دار الأمان"),
    "km": ("ស្ថានទូតកម្ពុជា", "នគរបាល", "ក្រសួងការងារ", "ភ្នាក់ងារជ្រើសរើស", "ជម្រកស្ត្រី"),
    "es": ("Consulado General", "Policía Nacional", "Ministerio de Trabajo",
           "Agencia de colocación", "Casa de acogida"),
    "fr": ("Consulat général des Philippines", "Gendarmerie nationale", "Ministère du Travail",
           "Cabinet de recrutement", "Centre d'hébergement"),
}  # fmt: skip
KINDS = ("consulate", "police", "government", "agency", "shelter")


def _kind(name: str) -> str:
    return str(kind_of([name], shelter=is_shelter([name])))


def test_each_language_of_ours_has_a_row() -> None:
    assert {str(one) for one in NATIVE_NAMES} == NAMES.keys() == {str(one) for one in Language}


@pytest.mark.parametrize("language", NAMES)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_tell_what_a_body_is(language: str, form: str) -> None:
    told = [_kind(unicodedata.normalize(form, name)) for name in NAMES[language]]

    assert told == list(KINDS)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Tổng lãnh sự quán", "consulate"), ("สถานกงสุลใหญ่", "consulate"),
        ("KBRI Kuala Lumpur", "consulate"), ("Kedutaan Besar", "consulate"),
        ("Royal Thai Embassy", "consulate"), ("Dai su quan Viet Nam", "consulate"),
        ("Embaixada de Portugal", "consulate"), ("Polícia de Segurança Pública", "police"),
        ("Jabatan Imigresen Malaysia", "police"), ("Polis Diraja", "police"),
        ("POEA Regional", "government"), ("Agensi Pekerjaan Maju", "agency"),
        ("Maid agency Pte Ltd", "agency"), ("ABC Overseas Employment Agency", "agency"),
        ("XYZ International Manpower", "agency"),
    ],
)  # fmt: skip
def test_more_names_that_were_shown_once(name: str, kind: str) -> None:
    assert _kind(name) == kind


@pytest.mark.parametrize(
    "name",
    [
        "Mission for Migrant Workers", "Helpers for Domestic Helpers", "Migrant Workers Union",
        "Hong Kong Confederation of Trade Unions", "桃園市群眾服務協會", "Consulting the Future",
        "Konsultasi Hukum Gratis", "Polish Association", "Metropolis Legal Aid", "Tenaganita",
        "Public Policies Forum", "Serikat Buruh Migran Indonesia", "Unyon ng Manggagawa",
        "สหภาพแรงงาน", "अल्पाइन श्रमिक संघ", "প্রবাসী শ্রমিক ইউনিয়ন", "Confédération du Travail",
        "Trung tâm Trợ giúp Pháp lý", "اتحاد العمال", "Sindicato de Trabajadoras del Hogar",
    ],
)  # fmt: skip
def test_who_helps_is_not_taken_for_an_office(name: str) -> None:
    assert _kind(name) == "other"
