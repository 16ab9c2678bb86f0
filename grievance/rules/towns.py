"""Towns as they are written on the spot, in Chinese signs and in Korean, for places in names."""

from typing import Final

_HAN: Final = """
台北 新北 桃园 台中 台南 高雄 基隆 新竹 嘉义 苗栗 彰化 南投 云林 屏东 宜兰 花莲 台东 澎湖 金门
中坜 板桥 丰原 东港 前镇 苏澳 平镇 三重 新庄
九龙 新界 港岛 旺角 湾仔 中环 铜锣湾 荃湾 沙田 屯门 元朗 观塘 深水埗 尖沙咀 油麻地 北角 大埔
将军澳 葵涌 青衣 西贡 佐敦 红磡 黄大仙 天水围 粉岭 坚尼地城 氹仔
北京 广州 深圳 珠海 东莞 厦门 福州 泉州 广东 福建
河内 胡志明 宿雾 宿务 达沃 泗水 万隆 棉兰 槟城 新山 马六甲 清迈 仰光 加德满都
大阪 京都 名古屋 横浜 横滨 神戸 神户 福冈 札幌 仙台 広岛 广岛 川崎 埼玉 千叶 神奈川 爱知 静冈 浜松
岐阜 群马 茨城 冲縄 冲绳 长崎 熊本 新潟 北九州 釜山 仁川 大邱 水原 安山
"""
_HANGUL: Final = """
서울 부산 대구 인천 대전 울산 수원 안산 성남 부천 시흥 김포 화성 평택 의정부 파주 남양주 안양
용인 천안 청주 전주 창원 김해 포항 경주 제주 거제 목포 여수
"""
# What may follow a town in a name: the longer form is the place then.
_OF_HAN: Final = ("", "市", "县")
_OF_HANGUL: Final = ("", "시")
TOWNS: Final = frozenset(
    town + ending
    for towns, endings in ((_HAN, _OF_HAN), (_HANGUL, _OF_HANGUL))
    for town in towns.split()
    for ending in endings
)
