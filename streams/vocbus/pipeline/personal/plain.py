"""One plain spelling of a text for matching, character by character, so that spans hold for the original too.

Digits of every script become ASCII, full-width letters and punctuation half-width, spaces and invisible characters a
space, dashes a hyphen, and those traditional characters simplified that occur in cues, addresses and names. Case stays.
"""

import re

#: Stands for every character of a token: no pattern of personal data matches over it.
BARRIER = "\ue000"
#: A token as redaction writes it.
TOKEN = re.compile(r"\[[A-Z]{2,12}_[1-9]\d{0,5}\]")

_TRADITIONAL = (
    "陳陈張张劉刘黃黄吳吴楊杨趙赵鄭郑馮冯許许鄧邓蕭萧葉叶羅罗謝谢蘇苏盧卢鍾钟鐘钟賴赖呂吕譚谭龔龚賀贺顧顾嚴严孫孙韓韩馬马"
    "錢钱湯汤關关藍蓝範范陸陆龍龙萬万莊庄閻阎鄒邹歐欧齊齐溫温簡简連连畢毕聶聂鄔邬駱骆倫伦喬乔賈贾項项鮑鲍龐庞紀纪閔闵"
    "偉伟強强國国華华麗丽靜静軍军傑杰濤涛豔艳艷艳蘭兰鳳凤剛刚輝辉鵬鹏寶宝榮荣慶庆義义禮礼賢贤潔洁瑩莹穎颖蓮莲雲云飛飞"
    "興兴順顺勝胜業业達达遠远運运銘铭錦锦銀银鋒锋鈞钧維维緯纬紅红純纯綺绮繼继紹绍詠咏詩诗諾诺誠诚謙谦豐丰進进鴻鸿儀仪"
    "愛爱曉晓權权棟栋樓楼層层單单區区縣县鎮镇鄉乡鄰邻門门東东廣广場场廈厦園园灣湾臺台戶户帳账帐账賬账號号碼码證证護护電电"
    "話话機机聯联絡络驗验動动態态係系個个嗎吗請请問问講讲報报給给讓让這这裡里裏里遞递費费貴贵稱称車车儲储後后幾几數数發发"
    "開开見见來来時时說说設设為为寫写訂订編编參参憑凭約约雙双錯错點点圓圆億亿塊块歲岁週周現现麼么貳贰叄叁兩两弍贰弌壹弎叁"
    "實实際际姊姐媽妈爺爷頭头陽阳楨桢嶼屿島岛龜龟澤泽濱滨瀋沈寧宁遼辽貴贵瓊琼贛赣閩闽滬沪湧涌環环鑽钻將将軒轩頤颐"
    "徑径邊边對对過过還还沒没無无會会從从們们該该記记憶忆識识術术語语讀读輸输轉转匯汇戲戏氣气應应當当確确認认"
    "傳传線线號号鍵键輸输碼码標标誌志據据廳厅處处隊队長长鋪铺陰阴險险隱隐雜杂雞鸡離离靈灵顯显響响頻频題题願愿類类"
    "鄺邝欒栾塗涂衛卫閆闫婁娄藺蔺鞏巩叢丛闞阚勞劳厲厉盤盘聞闻竇窦談谈農农麥麦樂乐滿满懷怀紹绍憲宪夢梦筆笔鵑鹃瓊琼"
)


class _Plain(dict[str, str]):
    """Plain characters by their originals, learnt at first sight."""

    def __missing__(self, character: str) -> str:
        if character.isdecimal():
            plain_character = str(int(character))
        elif "\uff01" <= character <= "\uff5e" and character not in "，！？；":
            plain_character = chr(ord(character) - 0xFEE0)
        elif character.isspace() or character in _INVISIBLE:
            plain_character = " "
        else:
            plain_character = character
        self[character] = plain_character
        return plain_character


_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_PLAIN = _Plain(zip(_TRADITIONAL[::2], _TRADITIONAL[1::2], strict=True))
for _characters, _as in (
    ("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63", "-"),
    ("\u2022\u2027\u2219\u22c5\u30fb\uff65", "·"),
    ("\u2018\u2019\u02bc", "'"),
    ("〇○", "零"),
    # The one letter whose lower case is longer than itself.
    ("\u0130", "I"),
    ("\r\u2028\u2029\x85", "\n"),
):
    _PLAIN.update(dict.fromkeys(_characters, _as))


def _untouched() -> str:
    """Character class of what the table leaves as it is: most of ASCII and of the Han characters, some punctuation."""
    kept, start = "", 0x4E00
    for code in sorted(map(ord, _TRADITIONAL[::2])):
        kept += f"{chr(start)}-{chr(code - 1)}" if start < code else ""
        start = code + 1
    return rf"\x00-\x0c\x0e-\x7f{BARRIER}，。！？；、“”…{kept}{chr(start)}-\u9fff"


# Most texts have nothing else and need no translation.
_TOUCHED = re.compile(f"[^{_untouched()}]")

#: Traditional characters by the simplified one they fold into, for the spellings of a cue in a text that is not folded.
VARIANTS: dict[str, str] = {}
for _old, _new in zip(_TRADITIONAL[::2], _TRADITIONAL[1::2], strict=True):
    VARIANTS[_new] = VARIANTS.get(_new, "") + _old


def plain(text: str) -> str:
    """The text in plain spelling, of equal length, with barriers in place of tokens."""
    if "[" in text:
        text = TOKEN.sub(lambda token: BARRIER * len(token[0]), text)
    return _TOUCHED.sub(_replaced, text)


def _replaced(character: re.Match[str]) -> str:
    return _PLAIN[character[0]]
