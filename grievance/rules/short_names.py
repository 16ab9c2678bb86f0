"""Finds the bodies that a typed name calls by a short form, in Chinese signs and in Korean.

People shorten a long name and put another word of the field behind it: the Bai En Feng shelter,
for the Bai En Feng home and shelter of migrant women. Neither name holds the other then. What
stays the same is what is left where places and words of the field are cut out: three signs of it
in a row, or the two with which it opens where nothing more is typed.
"""

import re
from collections.abc import Iterator
from functools import cache, cached_property
from typing import Final

from grievance.rules.common_words import by_opening, inside_words, stretches
from grievance.rules.name_book import NameBook, gathered

_RUN: Final = 3  # signs in a row
_OPENING: Final = 2
_SIGNS: Final = re.compile("[\u3400-\u9fff]+|[\uac00-\ud7a3]+")
_ASSOCIATION: Final = "会"  # one sign, at an end only: it stands inside other words too
# Words in names of bodies that help. Words of agencies and of firms are none of them, so that
# "Hope Manpower" is not cut down to "Hope", which opens the name of a centre.
_HELPING: Final = """
庇护所 庇护 收容所 收容 宿舍 之家 家园 协进会 促进会 协会 学会 公会 商会 总会 分会 联会 联合会
互助会 同乡会 委员会 教会 教区 教堂 天主教 基督教 佛教 牧民 牧灵 事工 办公室 办事处 办事 工作室
工作站 工作队 移民工作室 移民工作站 移民工作队 服务处 服务站 服务 中心 辅导 咨询 相谈 关怀 支援
支持 援助 救援 救助 扶助 援护 法律 权益 权利 人权 保障 保护 福利 社会 社区 社工 社服 计划 项目
机构 团体 团契 热线 行动 小组 联合 联络 连帯 妇女 妇幼 女性 女工 姊妹 儿童 家庭 移民 移居 移住者
移住 移工 新移民 新住民 外籍 外国人 外国 人士 人员 劳动者 劳动组合 劳动 労动者 労动组合 労动 劳权
职工会 职工 员工 渔工 船员 海员 配偶 事务 国际 全国 亚洲 亚太 东南亚 总工会 财团法人 社团法人
센터 쉼터 상담소 상담 상담센터 지원센터 지원 복지센터 복지관 복지회 복지 인권 이주여성 이주노동자
이주민 이주 노동자 노동조합 노동 노조 근로자 외국인 여성 다문화 가족 가정 주민 협회 협의회 위원회
연합회 연합 연대 재단 법인 교회 성당 선교회 선교 천주교 기독교 사무소 사무실 사무국 본부 지부 지회
사회 시민 단체 모임 공동체 의집 무료 진료소 법률 국제 전국 아시아 위한
"""
HELPING: Final = frozenset(_HELPING.split())


class ShortNames:
    """What is left of a directory's names without places and words of the field."""

    def __init__(self, book: NameBook) -> None:
        self._book = book

    def sharing(self, form: str) -> set[str]:
        """Names with three signs in a row of the typed one, or opened by all that is left of it,
        where these are not in the names of many."""
        parts = list(_parts(form))
        found = [self._by_run.get(run, frozenset()) for part in parts for run in _runs(part)]
        found += [self._opened.get(part, frozenset()) for part in parts]
        return {one for names in found if not self._book.are_many(names) for one in names}

    @cached_property
    def _by_run(self) -> dict[str, frozenset[str]]:
        """Three signs -> normal names."""
        left = self._left.items()
        return gathered(
            (run, form) for form, parts in left for part in parts for run in _runs(part)
        )

    @cached_property
    def _opened(self) -> dict[str, frozenset[str]]:
        """The first two signs of a part -> normal names."""
        left = self._left.items()
        return gathered((part[:_OPENING], form) for form, parts in left for part in parts)

    @cached_property
    def _left(self) -> dict[str, list[str]]:
        return {form: list(_parts(form)) for form in self._book.bodies if not form.isascii()}


def _parts(form: str) -> Iterator[str]:
    """What is left of a normal name, in the order of its signs."""
    for signs in _SIGNS.findall(form):
        for part in stretches(signs, _cut_out()):
            bare = part.removesuffix(_ASSOCIATION)
            if len(bare) >= _OPENING:
                yield bare


def _runs(part: str) -> Iterator[str]:
    return (part[at : at + _RUN] for at in range(len(part) - _RUN + 1))


@cache
def _cut_out() -> dict[str, tuple[str, ...]]:
    return by_opening(inside_words() | HELPING)
