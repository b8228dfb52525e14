"""What the README shows is what the commands print.

With VOCBUS_UPDATE_README=1 the README is written instead of compared.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from vocbus.channels.canonical import canonical
from vocbus.contracts.models import Interaction

README = Path(__file__).parents[2] / "README.md"
UPDATE = os.environ.get("VOCBUS_UPDATE_README") == "1"

#: What differs from run to run: times, rates, and the hash of the rules.
_VARIABLE = re.compile(r"\d+(?:\.\d+)? s\b|\d+ a second|(?<=\+)[0-9a-f]{8}|127\.0\.0\.1:\d+|\S*/vocbus-demo\S*")


def printed(*arguments: str) -> str:
    """Standard output of a vocbus command as a terminal of 100 columns shows it."""
    done = subprocess.run(
        [sys.executable, "-m", "vocbus.ops.cli", *arguments],
        env={**os.environ, "COLUMNS": "100"},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return "\n".join(line.rstrip() for line in done.stdout.splitlines())


def steady(text: str) -> list[str]:
    """Lines without what differs from run to run, and without the alignment that follows from it."""
    return [" ".join(_VARIABLE.sub("#", line).split()) for line in text.splitlines()]


def shown(before: str, output: str, after: str) -> None:
    """Compare (or write) what stands between two marks of the README."""
    readme = README.read_text("utf-8")
    start = readme.index(before) + len(before)
    end = readme.index(after, start)
    if UPDATE:
        README.write_text(readme[:start] + output + readme[end:], "utf-8")
        return
    assert steady(readme[start:end]) == steady(output)


def test_the_explanation_that_the_readme_shows_is_what_explain_prints() -> None:
    text = "信用卡被重复扣了两次钱，打了三次电话都没人处理，再不退款我就去银保监投诉"
    shown(f'$ vocbus explain "{text}"\n', printed("explain", text) + "\n", "```")


@pytest.mark.servers
def test_the_demo_that_the_readme_shows_is_what_demo_prints(tmp_path: Path) -> None:
    output = printed("demo", "--data", str(tmp_path / "vocbus-demo"))
    shown("<!-- demo -->\n```console\n", output + "\n", "```\n<!-- /demo -->")


def test_the_interaction_that_the_readme_publishes_is_valid() -> None:
    block = README.read_text("utf-8").split("<!-- publish -->\n```json\n")[1].split("```")[0]
    line = json.dumps(json.loads(block))
    assert isinstance(canonical(line), Interaction)


def test_every_file_that_the_readme_names_exists() -> None:
    text = README.read_text("utf-8")
    paths = re.findall(r"\]\(([^)#]+)\)", text) + re.findall(r"`((?:streams|schemas|docs)/[\w./-]+)`", text)
    assert paths
    assert [path for path in paths if not (README.parent / path).exists()] == []
