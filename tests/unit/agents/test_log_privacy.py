import io
import logging

import pytest

from vocbus.agents.log_privacy import WithoutValues


@pytest.mark.parametrize("name", ["faust.agents.actor", "mode.services", "aiokafka.consumer"])
def test_a_foreign_line_keeps_the_type_of_an_error_and_nothing_of_its_words(name: str) -> None:
    output = io.StringIO()
    handler = logging.StreamHandler(output)
    handler.addFilter(WithoutValues())
    logger = logging.getLogger(name)
    logger.addHandler(handler)
    try:
        raise KeyError("6222021234567890128")
    except KeyError as error:
        logger.exception("Crashed reason=%r", error)
    finally:
        logger.removeHandler(handler)
    assert "KeyError" in output.getvalue()
    assert "6222021234567890128" not in output.getvalue()
    assert "Traceback" not in output.getvalue()
