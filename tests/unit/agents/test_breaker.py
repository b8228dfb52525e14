import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocbus.agents.breaker import Breaker, BreakerOpen
from vocbus.contracts.errors import RejectReason

UNEXPECTED = RejectReason.UNEXPECTED


def test_opens_after_a_run_of_faults() -> None:
    breaker = Breaker(run=3, share=1.0, window=100)
    breaker.fault(UNEXPECTED)
    breaker.fault(UNEXPECTED)
    with pytest.raises(BreakerOpen, match="3 events in a row failed, the last as UNEXPECTED"):
        breaker.fault(UNEXPECTED)


def test_a_success_ends_the_run() -> None:
    breaker = Breaker(run=2, share=1.0, window=100)
    for _ in range(50):
        breaker.fault(UNEXPECTED)
        breaker.success()


def test_opens_when_faults_exceed_their_share_of_a_full_window() -> None:
    breaker = Breaker(run=100, share=0.5, window=10)
    for _ in range(5):
        breaker.success()
    for _ in range(5):
        breaker.fault(RejectReason.REDACTION_FAILED)
    with pytest.raises(BreakerOpen, match="6 of the last 10 events failed, the last as REDACTION_FAILED"):
        breaker.fault(RejectReason.REDACTION_FAILED)


@given(st.lists(st.booleans(), max_size=200), st.integers(1, 20), st.integers(1, 40))
def test_counts_agree_with_a_recount(outcomes: list[bool], run: int, window: int) -> None:
    breaker = Breaker(run=run, share=0.3, window=window)
    seen: list[bool] = []
    for fault in outcomes:
        seen.append(fault)
        recent = seen[-window:]
        in_a_row = next((n for n, past in enumerate(reversed(seen)) if not past), len(seen))
        opens = fault and (in_a_row >= run or (len(recent) == window and sum(recent) > 0.3 * window))
        if opens:
            with pytest.raises(BreakerOpen):
                breaker.fault(UNEXPECTED)
            return
        if fault:
            breaker.fault(UNEXPECTED)
        else:
            breaker.success()


def test_bad_events_and_passing_ones_end_a_run_alike() -> None:
    breaker = Breaker(run=2, share=1.0, window=100)
    breaker.note_all([UNEXPECTED, None, UNEXPECTED, RejectReason.UNDECODABLE] * 20)
    with pytest.raises(BreakerOpen):
        breaker.note_all([UNEXPECTED, RejectReason.CLASSIFIER_FAILED])
