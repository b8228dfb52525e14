from vocbus.contracts.errors import FAULT_REASONS, Rejected, RejectReason, Retryable


def test_a_rejection_says_why_and_where() -> None:
    rejected = Rejected(RejectReason.CONTRACT_VIOLATION, "turns[0].text must be a string")
    assert str(rejected) == "CONTRACT_VIOLATION: turns[0].text must be a string"
    assert (rejected.reason, rejected.detail) == ("CONTRACT_VIOLATION", "turns[0].text must be a string")


def test_a_retryable_names_the_dependency_and_the_wait() -> None:
    retryable = Retryable("elasticsearch", "429", retry_after=3.0)
    assert str(retryable) == "elasticsearch: 429"
    assert (retryable.dependency, retryable.retry_after) == ("elasticsearch", 3.0)
    assert Retryable("kafka", "away").retry_after is None


def test_a_retryable_is_no_rejection() -> None:
    assert not issubclass(Retryable, Rejected)
    assert not issubclass(Rejected, Retryable)


def test_bad_events_alone_never_stop_a_worker() -> None:
    of_the_event = {"UNDECODABLE", "UNKNOWN_SCHEMA", "CONTRACT_VIOLATION", "OVERSIZE"}
    assert not FAULT_REASONS & of_the_event
    assert RejectReason.UNEXPECTED in FAULT_REASONS
