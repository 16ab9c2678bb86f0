"""What an imported organization is by its words: a shelter, an official body, an agency.

Any doubt counts: a library taken for an office is shown to nobody until a person says otherwise; a
shelter's address that went out cannot be taken back. Words of Latin letters stand without accents.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from grievance.rules.terms import OrganizationKind


def _any_of(*words: str) -> re.Pattern[str]:
    return re.compile(unicodedata.normalize("NFC", "|".join(words)), re.IGNORECASE)


# In what a body or service is called, or is filed under.
_SHELTER: Final = _any_of(
    r"shelter|safe ?-?(house|home|housing|haven|harbou?r)|refuge\b|hostel|dormitor",
    r"transitional (home|house|housing)|half-?way house|domestic violence",
    r"crisis (house|home|accommodation)|women'?s (home|house)",
    r"kanlungan|silungan|bahay.kalinga|tuluyan|rumah (aman|singgah|perlindungan)|penampungan",
    r"albergue|casa de acogida|casa hogar|refugio|foyer d|hebergement|maison d.accueil|abrigo",
    r"庇護|庇护|收容|避難|避难|安置|シェルター|쉼터",
    r"आश्रय|सुरक्षित (आवास|घर)|আশ্রয়|নিরাপদ আবাস|නවාතැන්|රැකවරණ|தங்குமிட|காப்பக|புகலிட",
    r"บ้านพัก|ที่พักพิง|nha tam lanh|nha an toan|mai am\b|ခိုလှုံ|ဂေဟာ|ជម្រក|ផ្ទះសុវត្ថិភាព",
    r"مأوى|ملجأ|دار الأمان|دار الايواء|پناہ گاہ|دارالامان",
)
# In what it says of itself: only what leaves little doubt, since many "refer to shelters".
_SAYS_SHELTER: Final = _any_of(
    r"(confidential|undisclosed|secret) (location|address)|we (run|operate) a shelter",
    r"(emergency|women'?s|domestic violence|temporary|transitional) (shelter|refuge)",
    r"safe ?-?house|provides? (a )?(temporary |emergency )?shelter|shelter (bed|for )",
)
_CONSULATE: Final = _any_of(
    r"\b[ck]onsul(?!t)|embassy|high commission\b|labou?r attache|diplomatic mission",
    r"\bpolo\b|\bowwa\b|\bmwo\b|migrant workers office|workers welfare administration",
    r"economic (and|&) (cultural|trade)|taipei (representative|economic)",
    r"embahada|kedutaan|kedubes|\b(kjri|kbri|kdei|ptri)\b|suruhanjaya tinggi",
    r"embajada|ambassade|embaixada|ambasciata|botschaft|consolato|dai su quan|lanh su",
    r"領事|领事|使館|使馆|公使|經濟文化|经济文化|經貿|经贸|代表處|代表处|대사관|영사관",
    r"สถานทูต|เอกอัครราชทูต|กงสุล|ស្ថានទូត|រដ្ឋទូត|កុងស៊ុល|သံရုံး|ကောင်စစ်ဝန်",
    r"दूतावास|वाणिज्य ?दूत|कन्सुल|उच्चायोग|দূতাবাস|হাই ?কমিশন|কনস্যুল|কনসুল",
    r"තානාපති|කොන්සල්|මහ ?කොමසාරිස්|தூதரக|துணைத்தூத|உயர் ?ஸ்தானிக",
    r"سفار[ةهت]|قنصل|قونصل|ہائی ?کمیشن",
)
_POLICE: Final = _any_of(
    r"police|sheriff|constabulary|\bpnp\b|border (force|control|guard)|checkpoints? authority",
    r"immigration (department|service|bureau|control|enforcement|authority|agency|office\b)",
    r"immigration (and|&) (checkpoint|customs|border|naturali[sz]ation|citizenship)",
    r"(bureau|department|directorate|office) of immigration|pulis|polisi|\bpolis\b|\bpolri\b",
    r"imigresen|imigrasi|policia|guardia civil|gendarmer|\bde migracion\b|l.immigration",
    r"canh sat|công an\b|nhap canh|警察|警務|警务|警署|警局|公安|派出所|移民署|移民局",
    r"入境事務|入境事务|入境處|入境处|入國管理|入国管理|出入境|경찰|출입국",
    r"ตำรวจ|ตรวจคนเข้าเมือง|នគរបាល|ប៉ូលិស|អន្តោប្រវេសន៍|ရဲ ?(စခန်း|တပ်)|လူဝင်မှု",
    r"पुलिस|पोलिस|प्रहरी|अध्यागमन|आप्रवासन|आव्रजन|পুলিশ|ইমিগ্রেশন",
    r"පොලිස|පොලීසි|ආගමන|காவல் ?(துறை|நிலைய)|போலீஸ்|குடிவரவு|குடியேற்றத்",
    r"شرط[ةه]|جوازات|دائرة الهجرة|پولیس|امیگریشن",
)
_GOVERNMENT: Final = _any_of(
    r"ministry|ministries|\bdepartments?\b|government|bureau of|city of\b|county of\b",
    r"labou?r (office|tribunal|commission|bureau)|overseas employment (admin|bureau|board|auth)",
    r"commission on filipinos overseas|\b(poea|dmw|dole|nlrc|bmet|slbfe|bnp2tki|b?p[23]mi)\b",
    r"kementerian|pemerintah|\bdinas\b|disnaker|kemnaker|badan p\w+ pekerja migran",
    r"jabatan (tenaga|buruh)|kagawaran|kawanihan|pamahalaan|ministerio|gobierno|governo",
    r"secretaria de\b|ayuntamiento|municipalidad|inspeccion de|ministere|prefecture|mairie",
    r"gouvernement|inspection du travail|dos servicos|(bo|so|cuc) .*lao dong|chinh phu",
    r"uy ban nhan dan|勞工處|劳工处|勞工局|劳工局|勞動部|劳动部|勞動局|劳动局|勞動保障|劳动保障",
    r"政府|労働局|労働基準|고용노동|정부|กระทรวง|กรม(การ|สวัสดิการ|แรงงาน)|สำนักงานแรงงาน|รัฐบาล",
    r"ក្រសួង|រដ្ឋាភិបាល|នាយកដ្ឋាន|មន្ទីរ|ဝန်ကြီးဌာန|ဦးစီးဌာန|အစိုးရ",
    r"मन्त्रालय|मंत्रालय|विभाग|सरकार|মন্ত্রণালয়|অধিদপ্তর|অধিদফতর|সরকার|ব্যুরো",
    r"අමාත්‍යාංශ|දෙපාර්තමේන්තු|කාර්යාංශ|අමාත්යාංශ|அமைச்ச|திணைக்கள|அரசாங்க|அரசு|பணியக",
    r"وزار[ةهت]|حكوم[ةه]|دائرة العمل|مكتب العمل|محکمہ|حکومت",
)
_AGENCY: Final = _any_of(
    r"(recruit|employment|placement|manpower|maid|domestic helper|staffing|overseas job)\w*"
    r"( \w+)? (agenc|cent(er|re)|compan|services?\b)|recruiters?\b|recruitment|manpower",
    r"labou?r (agenc|suppl|contract)|\bagency\b.*\b(ltd|inc|limited)\b|\bmaids?\b",
    r"ahensya|penyalur|penempatan|pjtki|pptkis|p3mi|agen(si|sy)? (pekerja|tenaga kerja)",
    r"agencia (de|privada)|de colocacion|reclutamiento|recrutement|agence .*(emploi|placement)",
    r"\binterim\b|xuat khau lao dong|moi gioi|cung ung lao dong|gioi thieu viec lam",
    r"僱傭|雇佣|仲介|中介|職業介紹|职业介绍|人力資源|人力资源|人力公司|勞務|劳务|[外家][傭佣](公司|中心)",
    r"人材|監理団体|직업소개|인력|จัดหางาน|นายหน้า|ភ្នាក់ងារ|ជ្រើសរើស(ពលករ|បុគ្គលិក)",
    r"အေဂျင်စီ|အလုပ်အကိုင် ?(အကျိုးဆောင်|ရှာဖွေ|အေ)|म्यान ?पावर|मैन ?पावर|भर्ती|प्लेसमेंट",
    r"রিক্রুট|ম্যানপাওয়ার|জনশক্তি|এজেন্সি|ඒජන්සි|රැකියා නියෝජිත|ஏஜென்|ஆட்சேர்ப்பு|முகவர்",
    r"استقدام|توظيف|توريد|بھرتی|ریکروٹ|ایجنسی|مین پاور",
)
_OFFICIAL: Final = (
    (OrganizationKind.CONSULATE, _CONSULATE),
    (OrganizationKind.POLICE, _POLICE),
    (OrganizationKind.GOVERNMENT, _GOVERNMENT),
    (OrganizationKind.AGENCY, _AGENCY),
)
_ACCENTS: Final = re.compile("[\u0300-\u036f]")
_ZERO_WIDTH: Final = re.compile("[\u200b-\u200d]")


def is_shelter(names: Iterable[str], says: Iterable[str] = ()) -> bool:
    """Whether these names, headings or descriptions are those of a shelter."""
    return bool(_SHELTER.search(_told(names)) or _SAYS_SHELTER.search(_told(says)))


def kind_of(names: Iterable[str], *, shelter: bool) -> OrganizationKind:
    """What a body is by its names; ``other`` where they tell nothing."""
    told = _told(names)
    for kind, words in _OFFICIAL:
        if words.search(told):
            return kind
    return OrganizationKind.SHELTER if shelter else OrganizationKind.OTHER


def _told(texts: Iterable[str]) -> str:
    """The texts one below the other: as they are, and without accents on Latin letters."""
    text = "\n".join(texts)
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text)
    apart = _ZERO_WIDTH.sub("", unicodedata.normalize("NFKD", text))
    plain = _ACCENTS.sub("", apart).replace("đ", "d").replace("Đ", "D")
    return f"{text}\n{unicodedata.normalize('NFC', plain)}"
