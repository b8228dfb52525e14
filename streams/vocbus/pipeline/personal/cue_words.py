"""Words that announce a number or a secret, by what they announce, in plain lower-case spelling.

REFERENCE announces what is nobody's secret: orders, tickets, error codes, hotlines. CODE is a secret of digits,
PASSWORD one of any characters. DIGITS asks for those of a number that it does not name.
"""

from itertools import product

from vocbus.pipeline.personal.plain import VARIANTS

# Chinese words stand apart at spaces, English ones at bars.
_CHINESE = {
    "CARD": "卡号 卡号码 卡片号码",
    "ACCOUNT": "账号 账户 账户号 账户号码 户口 户口号码 户口号 存折号 存折号码 结算户 对公户",
    "PHONE": "电话 电话号码 手机 手机号 手机号码 致电 联系方式 联络 联系号码 座机 号码 传真",
    "ID": """
        身分证 身分证号 身分证号码 身分证字号 身份证字号
        身份证 身份证号 身份证号码 身份证件号 身份证件号码 身份号码 证件号 证件号码 居住证 居留证 回乡证 通行证 台胞证
        驾驶证 驾驶证号 驾照号
        """,
    "PASSPORT": "护照 护照号 护照号码 护照编号",
    "CODE": """
        验证码 校验码 动态码 安全码 确认码 激活码 授权码 短信码 查询码 pin码 数字码 取款码 动态口令 识别码 预留码
        背面三位数 背面的三位数 背面三位 背后三位 背后三位数 背后的三位
        后面三位数 背面数字 背面的数 背后的数 六位数字 6位数字 六位验证码
        """,
    "PASSWORD": "密码 口令",
    "IM": """
        微信 微信号 微信id 微信账号 微信号码 v信 v信号 薇信 威信号 卫信 wx号 vx号 扣扣 扣扣号 qq号 qq号码 line号 抖音号
        微博号 加我 用户名 登录名
        """,
    "PLATE": "车牌 车牌号 车牌号码 车号",
    "DIGITS": "前六位 前八位 后八位 念一下 报一下 读一下 数字",
    "REFERENCE": """
        订单 订单号 单号 工单 工单号 流水 流水号 受理号 受理编号 案件号 投诉号 投诉编号 编号 参考号 凭证 凭证号 合同
        合同号 合同编号 保单 保单号 保单号码 运单 运单号 快递 快递单号 票号 序列号 工号 型号 批次 批次号 业务号 申请号
        申请编号 交易号 交易流水 排队号 网点号 行号 联行号 热线 客服电话 客服热线 服务热线 拨打 错误码 错误代码 邀请码
        推荐码 推广码 优惠码 条码 二维码 邮编 机构代码 基金代码 产品代码 代码 公告 文号 发票 发票号 发票号码 机器编号
        设备号 终端号 商户号 柜员号 会员号 回执 回执号 查询号 取件码 工单编号 订单编号 贷款编号 借据号 案号 登记号
        """,
}
_ENGLISH = {
    "CARD": """
        card number|card no|card num|card #|card nr|long number|digits on the front|card details are
        """,
    "ACCOUNT": """
        account number|account numbers|account no|account num|account #|account|acc|acc no|acc number|acct|acct no|a/c|
        a/c no|sort code|sortcode|routing number|bsb|bsb number|iban|iban number|transit number
        """,
    "PHONE": """
        phone|phone number|area code|mobile|mobile number|telephone|tel|cell|cell number|
        fax|call me on|call me at|ring me on|
        ring me at|text me on|text me at|reach me on|reach me at|contact number|landline|my number|whatsapp|
        whatsapp number|hp
        """,
    "ID": """
        id number|id no|id card|id card number|id card no|identity card|identity card number|identity number|hkid|
        national id|hkid number|hkid no|ssn|social security|social security number|social security no|my social is|
        national insurance|national insurance number|ni number|ni no|nino|nric|nric number|fin number|tax id|
        driving licence|driving licence number|driving license|driving license number|driver's license|
        driver's license number|driver's licence number|drivers license|drivers licence|licence number|
        aadhaar|aadhaar number|pan number
        """,
    "PASSPORT": "passport|passport number|passport no|passport #",
    "CODE": """
        pin|pins|pin number|pin code|pincode|pin is|mpin|tpin|cvv|cvv2|cvc|cvc2|cvn|cvv code|cvc code|security code|
        security number|three digits on the back|3 digits on the back|
        three numbers on the back|3 numbers on the back|numbers on the back|
        digits on the back|2fa|2fa app|authenticator|authenticator app|number on the back|verification code|
        one time code|one-time code|onetime code|one time passcode|one-time passcode|one time password|
        one-time password|one time pin|one-time pin|otp|otp code|otp number|access code|auth code|
        authentication code|authorisation code|authorization code|login code|log in code|log-in code|sms code|
        text code|text message code|activation code|confirmation code|digit code|unlock code|the code|your code|
        my code|this code|code is|code was|code it sent|2fa code|code|passcode|security passcode|secure code|
        card security code
        """,
    "PASSWORD": """
        password|passwords|passphrase|pass word|pwd|passwd|memorable word|secret word|security word|
        memorable information
        """,
    "IM": """
        wx|vx|qq|wechat|wechat id|weixin|weixin id|wechat number|line id|line id is|add me on|telegram|telegram id|
        skype|skype id|whatsapp id|username|user name|user id|login id
        """,
    "PLATE": """
        number plate|license plate|licence plate|plate|plate number|plate no|registration|registration number|
        registration plate|reg|reg number|reg no|reg plate|rego|car reg|vehicle registration|car registration|
        vehicle number|numberplate
        """,
    "DIGITS": """
        digits|numbers please|the rest|whole number|full number|entire number|complete number|read it out|go ahead
        """,
    "REFERENCE": """
        order|order number|order no|order #|ticket|ticket number|ticket no|reference|reference number|reference no|
        reference code|ref|ref no|ref number|case|case number|case no|case id|tracking|tracking number|tracking id|
        invoice|invoice number|booking|booking number|confirmation number|policy|policy number|policy no|contract|
        contract number|application|application number|application id|application ref|claim|claim number|
        transaction id|transaction number|transaction no|transaction reference|complaint|complaint number|incident|
        serial|serial number|employee number|staff number|staff id|agent id|batch|request|request number|model|
        promo code|error code|error|referral code|post code|postcode|zip code|country code|swift code|swift|
        branch code|bar code|qr code|ifsc|ifsc code|merchant id|terminal id|receipt|receipt number|cheque number|
        check number|voucher|voucher code|discount code|dialling code|coupon code|offer code|loan number|
        loan ref|queue number|form|version|build|helpline|hotline|company number|charity number|merchant code|
        product code|currency code|fund code|dress code|tax code|fault code|response code|status code|
        transaction code|u.s. code|u.s code|us code|us codes|civil code|penal code|fin. code
        """,
}
#: What each cue announces.
CUES: dict[str, str] = {word: kind for kind, words in _CHINESE.items() for word in words.split()} | {
    word.strip(): kind for kind, words in _ENGLISH.items() for word in words.split("|")
}


def spellings(word: str) -> list[str]:
    """The spellings of a cue in text as written: traditional characters, full-width letters, a line break inside."""
    written = [
        "".join(each) for each in product(*[(" ", "\n") if c == " " else (c, *VARIANTS.get(c, "")) for c in word])
    ]
    if any(c.isascii() and c.isalnum() for c in word):
        written.append("".join([chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in word]))
    return written
