import pytest
from kafka import errors

from vocbus.contracts.errors import Retryable
from vocbus.contracts.producing import PublishError, typed_failure


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (errors.MessageSizeTooLargeError(), PublishError),
        (errors.KafkaTimeoutError(), Retryable),
        (errors.KafkaConnectionError(), Retryable),
        (errors.NotEnoughReplicasError(), Retryable),
        (errors.TopicAuthorizationFailedError(), PublishError),
        (errors.IllegalStateError(), PublishError),
    ],
)
def test_each_failure_of_kafka_has_a_type_that_says_what_to_do(error: Exception, kind: type[Exception]) -> None:
    assert type(typed_failure(error)) is kind
