import signal
import subprocess
import sys
import time
from pathlib import Path

SCRIPT = """
import sys
from vocbus.ops.supervision import Supervisor

def role(name, code):
    note = f"open(sys.argv[1] + '.{name}', 'a').write('x')"
    return [sys.executable, "-c", f"import sys, time; {note}; {code}", sys.argv[1]]

supervisor = Supervisor(
    {
        "faulty": role("faulty", "sys.exit(4)"),
        "unlucky": role("unlucky", "sys.exit(1)"),
        "steady": role("steady", "time.sleep(60)"),
    },
    {},
)
sys.exit(supervisor.run(drain=5))
"""


def starts(file: Path, role: str) -> int:
    path = Path(f"{file}.{role}")
    return len(path.read_text()) if path.exists() else 0


def test_a_role_that_gave_up_starts_again_one_with_faults_of_its_own_does_not(tmp_path: Path) -> None:
    file = tmp_path / "starts"
    process = subprocess.Popen([sys.executable, "-c", SCRIPT, str(file)])
    deadline = time.monotonic() + 30
    while starts(file, "unlucky") < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 4
    assert starts(file, "unlucky") >= 3
    assert starts(file, "faulty") == 1
    assert starts(file, "steady") == 1
