"""What must be there before a worker starts."""

from collections.abc import Collection

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from vocbus.contracts.errors import Retryable


async def kafka_ready(bootstrap: str, topics: Collection[str]) -> None:
    """Return when Kafka answers and has the topics. Raises Retryable with the way out.

    Faust itself would try to connect once and then hang.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        missing = sorted(set(topics) - set(await admin.list_topics()))
    except (KafkaError, OSError) as error:
        raise Retryable("kafka", f"no answer from {bootstrap} ({type(error).__name__}); see VOCBUS_KAFKA") from None
    finally:
        await admin.close()
    if missing:
        raise Retryable("kafka", f"topics {', '.join(missing)} are missing; run `vocbus topics apply`")
