"""Keeps what events hold out of the log lines of Faust and its libraries.

They log whole exceptions and, at debug level, whole messages; both may hold what a customer said.
"""

import logging

#: Loggers whose lines are ours and name fields and rules only.
OURS = "vocbus."


class WithoutValues(logging.Filter):
    """A handler filter: of an exception in a foreign line only the type remains, and no traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrites the record in place; lets everything through."""
        if not record.name.startswith(OURS):
            if record.exc_info and record.exc_info[0]:
                record.msg = f"{record.msg} ({record.exc_info[0].__name__})"
            record.exc_info = record.exc_text = None
            if isinstance(record.args, tuple):
                record.args = tuple(
                    type(value).__name__ if isinstance(value, BaseException) else value for value in record.args
                )
        return True
