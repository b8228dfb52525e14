import math
from collections.abc import Callable
from typing import Any

import pytest

from vocbus.pipeline.classify import DECIDED, Classification, classify
from vocbus.pipeline.ruleset import Rules

Read = Callable[..., Classification]


def kinds(classification: Classification) -> set[str]:
    return {verdict.kind for verdict in classification.verdicts}


def certainty(classification: Classification, kind: str = "COMPLAINT") -> float:
    """How sure it is of a kind, decided or in doubt."""
    found: list[float] = [
        one.confidence for one in (*classification.verdicts, *classification.doubts) if one.kind == kind
    ]
    return found[0] if found else 0.0


@pytest.mark.parametrize(
    "text",
    [
        "I'm not complaining, just curious when the branch opens",
        "No problem at all, no complaints from me",
        "not a complaint, only a question about the fee table",
        "How long does the bank usually take to answer a complaint?",
        "不是要投诉，问问几点开门",
        "没有不满，就是问一下",
        "请问投诉渠道有哪些",
        "没什么问题，都挺正常",
    ],
)
def test_a_negated_or_neutral_mention_of_complaints_is_none(read: Read, text: str) -> None:
    assert "COMPLAINT" not in kinds(read(text))


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("Why does your app keep logging me out every time, please fix it", (1, 2)),
        ("You charged me twice, please refund it", (3, 3)),
        ("This is the third time I call and still nobody has refunded me", (3, 3)),
        ("I'll be reporting this to the financial ombudsman unless it is put right", (4, 4)),
        ("Somebody made payments from my account that I did not authorise", (4, 4)),
        ("再不解决我就去金融监管总局投诉", (4, 4)),
        ("催收天天骚扰我家人，还威胁要上门", (4, 4)),
        ("我妈八十多了，你们骗老人把存款变成了保险", (4, 4)),
        ("重复扣了我两次年费，退给我", (3, 3)),
        ("贷款申请一直没人处理", (2, 3)),
    ],
)
def test_severity_follows_the_label_policy(read: Read, text: str, severity: tuple[int, int]) -> None:
    (verdict,) = [verdict for verdict in read(text).verdicts if verdict.kind == "COMPLAINT"]
    assert verdict.severity is not None
    assert severity[0] <= verdict.severity <= severity[1]


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("Love the new app, it's so easy to use", "PRAISE"),
        ("客服很耐心，给个好评", "PRAISE"),
        ("It would be great if you could add a dark mode", "SUGGESTION"),
        ("建议增加指纹登录", "SUGGESTION"),
        ("要是能导出账单就好了", "SUGGESTION"),
        ("The new layout is confusing and the rates are too low", "CRITICISM"),
        ("界面太花哨，不如以前", "CRITICISM"),
    ],
)
def test_feedback_has_its_polarity(read: Read, text: str, polarity: str) -> None:
    (verdict,) = [verdict for verdict in read(text).verdicts if verdict.kind == "FEEDBACK"]
    assert verdict.polarity == polarity
    assert verdict.severity is None


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        ("年费重复扣款，要求退款", "年費重複扣款，要求退款"),
        ("我要投诉，一直没人处理", "我要投訴，一直沒人處理"),
        ("想申请信用卡，额度多少", "想申請信用卡，額度多少"),
        ("建议增加网点", "建議增加網點"),
    ],
)
def test_traditional_characters_say_the_same(read: Read, simplified: str, traditional: str) -> None:
    assert kinds(read(simplified)) == kinds(read(traditional)) != set()


@pytest.mark.parametrize(
    ("text", "products", "least"),
    [
        ("We would like to apply for a mortgage", {"mortgage", "loans"}, 2),
        ("I'd like to open a savings account, what rates do you pay?", {"deposits"}, 3),
        ("想申请一张信用卡，额度能给多少", {"cards"}, 1),
    ],
)
def test_a_sales_signal_has_its_interest(read: Read, text: str, products: set[str], least: int) -> None:
    (verdict,) = [verdict for verdict in read(text).verdicts if verdict.kind == "SALES_SIGNAL"]
    assert verdict.interest is not None
    assert verdict.interest.product in products
    assert least <= verdict.interest.strength <= 3


def test_only_sales_signals_have_interest(read: Read) -> None:
    (verdict,) = read("重复扣了我两次年费，退给我").verdicts
    assert verdict.interest is None


@pytest.mark.parametrize(
    ("liked", "disliked"),
    [
        ("Love the new app, it's so easy to use", "You charged me twice, refund me"),
        ("客服很耐心，给个好评", "重复扣款，退给我"),
    ],
)
def test_sentiment_tells_what_is_liked_from_what_is_not(read: Read, liked: str, disliked: str) -> None:
    good, bad = read(liked).sentiment, read(disliked).sentiment
    assert good is not None
    assert bad is not None
    assert -1 <= bad < 0 < good <= 1


def test_without_words_nothing_is_said(read: Read) -> None:
    for text in ("", "  \n ", "。。。", "…"):
        classification = read(text, channel="REGULATOR")
        assert classification.sentiment is None
        assert (classification.verdicts, classification.doubts, classification.inquiry) == ((), (), False)


def test_a_channel_shifts_what_words_say(read: Read) -> None:
    words = "The fee was more than I was told"
    assert certainty(read(words, channel="REGULATOR")) > certainty(read(words)) > certainty(read(words, channel="APP"))


def test_what_stands_near_the_threshold_is_for_people_to_see(
    rules: Rules, contact: Any, sentences: list[dict[str, Any]]
) -> None:
    """Marked for review is what is decided with less than the confidence that the model asks for, and near misses."""
    lines = {kind: rules.model.kinds[head] for kind, head, *_ in DECIDED}
    decided = missed = 0
    for classification in classify([contact(row["text"]) for row in sentences], rules.lexicon, rules.model):
        doubts = dict(classification.doubts)
        for verdict in classification.verdicts:
            assert verdict.review == (verdict.kind in doubts)
            if verdict.confidence < round(1 / (1 + math.exp(-lines[verdict.kind].high)), 3):
                assert verdict.review
                decided += 1
        for kind in doubts.keys() - kinds(classification):
            odds = -math.log(1 / doubts[kind] - 1)
            assert odds < lines[kind].threshold + 0.01
            missed += odds >= lines[kind].low - 0.01
    assert decided > 5
    assert missed > 5


def test_a_batch_is_decided_as_its_records_are_one_by_one(
    rules: Rules, contact: Any, sentences: list[dict[str, Any]]
) -> None:
    records = [contact(sentence["text"]) for sentence in sentences[:150]]
    records[7:7] = [contact(""), contact(("AGENT", "hello"))]
    together = classify(records, rules.lexicon, rules.model)
    assert together == [one for record in records for one in classify([record], rules.lexicon, rules.model)]
    assert classify([], rules.lexicon, rules.model) == []


def test_only_what_the_customer_says_counts(read: Read) -> None:
    agent = ("AGENT", "您要不要办一张白金信用卡？非常抱歉给您多扣了两次钱，我帮您投诉。")
    assert kinds(read(agent, "不用了，谢谢")) == set()
    assert kinds(read(agent)) == set()
    assert "COMPLAINT" in kinds(read(agent, "多扣了我两次钱，我要投诉"))


def test_turns_of_an_unknown_speaker_count_where_there_is_no_customer(read: Read) -> None:
    assert kinds(read(("UNKNOWN", "You charged me twice and nobody answers"))) == {"COMPLAINT"}
    assert kinds(read(("UNKNOWN", "You charged me twice and nobody answers"), "ok")) == set()


def test_the_subject_counts_where_the_customer_writes_it(read: Read) -> None:
    subject = "Complaint: charged twice, refund my money"
    (verdict,) = read("see above", channel="EMAIL", subject=subject).verdicts
    assert {evidence.turn for evidence in verdict.evidence} == {-1}
    assert read("thank you", channel="PHONE", subject=subject).verdicts == ()


def test_a_lone_survey_comment_is_read(read: Read) -> None:
    satisfaction = {"csat": 1, "nps": None, "comment": "催收一天打十几个电话，投诉没人管，马上处理"}
    verdicts = read(channel="SURVEY", satisfaction=satisfaction).verdicts
    assert "COMPLAINT" in {verdict.kind for verdict in verdicts}
    assert {evidence.turn for verdict in verdicts for evidence in verdict.evidence} == {-2}


def test_low_scores_support_what_words_say_but_say_nothing_alone(read: Read) -> None:
    def confidence(csat: int | None, nps: int | None = None) -> float:
        satisfaction = {"csat": csat, "nps": nps, "comment": "The fee was more than I was told"}
        return certainty(read(channel="SURVEY", satisfaction=satisfaction))

    assert confidence(1) > confidence(2) > confidence(None) == confidence(3) > confidence(5)
    assert confidence(None, 0) > confidence(None, 7) > confidence(None, 10)
    assert read(channel="SURVEY", satisfaction={"csat": 1, "nps": 0, "comment": "-"}).verdicts == ()


def test_what_a_mail_quotes_is_not_said_by_the_customer(read: Read) -> None:
    quoted = "Thanks, done.\n\n> If you wish to make a complaint or apply for a new loan,\n> You were charged twice."
    assert read(quoted, channel="EMAIL").verdicts == ()


def test_lines_of_a_wrapped_paragraph_belong_together(read: Read) -> None:
    assert kinds(read("I was charged\ntwice and nobody\nanswers", channel="EMAIL")) == {"COMPLAINT"}


def test_labels_combine_with_at_most_one_verdict_a_kind(read: Read) -> None:
    classification = read(
        "You charged me twice and nobody answers the phone, this is a complaint.",
        "By the way, it would be great if you could add a dark mode to the app.",
        "And I want to apply for a mortgage, what are your rates?",
    )
    assert sorted(verdict.kind for verdict in classification.verdicts) == ["COMPLAINT", "FEEDBACK", "SALES_SIGNAL"]


def test_an_inquiry_is_a_flag_and_no_signal(read: Read) -> None:
    classification = read("How do I change my phone number?")
    assert classification.inquiry
    assert classification.verdicts == ()


def test_category_names_product_and_issue(read: Read, rules: Rules) -> None:
    (verdict,) = read("信用卡年费多扣了一次，退给我").verdicts
    assert verdict.category == "cards.fees"
    (other,) = read("you charged me twice", products=["mortgage"]).verdicts
    assert other.category == "mortgage.fees"
    assert {verdict.category, other.category} <= rules.taxonomy.categories()


def test_products_named_in_the_words_are_found(read: Read) -> None:
    assert set(read("房贷还完了，信用卡也想注销").products) == {"mortgage", "cards"}


def test_language_falls_back_on_the_locale(read: Read) -> None:
    assert read("12345", locale="zh-CN").language == "ZH"
    assert read("我的卡丢了", locale="en-GB").language == "ZH"


def test_confidence_grows_with_evidence_and_stays_below_certainty(read: Read) -> None:
    weak, strong = (
        certainty(read("The fee was more than I was told")),
        certainty(read("The fee was more than I was told, nobody answers and I will go to the ombudsman")),
    )
    assert 0.5 <= weak < strong < 1


def test_evidence_is_where_it_says_it_is(read: Read, contact: Any, sentences: list[dict[str, Any]]) -> None:
    before = "前面 before ＡＢＣ 👨‍👩‍👧 𠮷"
    for sentence in sentences:
        for verdict in read(before, sentence["text"]).verdicts:
            assert verdict.evidence
            for evidence in verdict.evidence:
                text = (before, sentence["text"])[evidence.turn]
                assert text[evidence.start : evidence.end] == evidence.text != ""


def test_evidence_of_a_contact_falls_with_its_turns(rules: Rules, contact: Any) -> None:
    record = contact("我要投诉", ("AGENT", "请讲"), "投诉你们一直不处理，再投诉一次")
    (verdict,) = classify([record], rules.lexicon, rules.model)[0].verdicts
    assert {evidence.turn for evidence in verdict.evidence} == {0, 2}


#: F1 on sentences that the model was not trained on, a little below what it reached.
FLOORS = {
    ("zh", "COMPLAINT"): 0.88,
    ("en", "COMPLAINT"): 0.79,
    ("zh", "FEEDBACK"): 0.87,
    ("en", "FEEDBACK"): 0.83,
    ("zh", "SALES_SIGNAL"): 0.85,
    ("en", "SALES_SIGNAL"): 0.89,
}


@pytest.mark.parametrize(("language", "kind"), FLOORS)
def test_agreement_with_the_labelled_sentences_does_not_fall(
    read: Read, sentences: list[dict[str, Any]], language: str, kind: str
) -> None:
    outcomes = [
        (kind in sentence["labels"], kind in kinds(read(sentence["text"])))
        for sentence in sentences
        if sentence["lang"] == language
    ]
    hits = sum(gold and found for gold, found in outcomes)
    f1 = 2 * hits / (sum(gold for gold, _ in outcomes) + sum(found for _, found in outcomes))
    assert f1 >= FLOORS[language, kind]
