import socket
from pathlib import Path

import pytest

from vocbus.ops.embedded import ports
from vocbus.ops.embedded.errors import PortTaken


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_port_with_a_listener_is_not_free(host: str) -> None:
    with socket.create_server((host, 0)) as listener:
        port = listener.getsockname()[1]
        assert not ports.is_free(port)
    assert ports.is_free(port)


def test_a_port_whose_last_connection_lingers_is_free() -> None:
    with socket.create_server((ports.HOST, 0)) as listener:
        port = listener.getsockname()[1]
        client = socket.create_connection((ports.HOST, port))
        served, _ = listener.accept()
        served.close()  # the server's side closes first and keeps TIME_WAIT
        client.close()
    assert ports.is_free(port)


def test_a_picked_port_is_free_not_avoided_and_below_those_of_outgoing_connections() -> None:
    range_file = Path("/proc/sys/net/ipv4/ip_local_port_range")
    lowest_outgoing = int(range_file.read_text().split()[0]) if range_file.exists() else 49152
    first = ports.pick()
    assert ports.is_free(first)
    assert first < lowest_outgoing
    lower_half = range(ports.LOWEST, (ports.LOWEST + ports.HIGHEST) // 2)
    assert all(ports.pick(avoid=lower_half) not in lower_half for _ in range(20))


def test_no_port_left_is_told() -> None:
    with pytest.raises(PortTaken, match="No free port"):
        ports.pick(avoid=range(ports.LOWEST, ports.HIGHEST))


def test_a_taken_port_is_told_with_port_option_and_way_out() -> None:
    with socket.create_server((ports.HOST, 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(PortTaken) as caught:
            ports.require_free(port, "Kafka", "--kafka-port")
    told = str(caught.value)
    assert str(port) in told
    assert "Kafka" in told
    assert "--kafka-port 0" in told
