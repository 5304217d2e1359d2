"""What a customer waits for us in a cash sale of five goods: lines, drawer and slip."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from types import TracebackType

from devices.printer.profiles import load_profile
from devices.simulators.virtual_printer import VirtualPrinter
from tests.bench.counters import codes_of, install_devices, outlet
from tests.bench.display import Area, Prober, missing, virtual_screen
from tests.bench.figures import Row, p50, p99, skip
from tests.bench.scans import counter

BAR_MS, GOODS = 83.0, 5
_NAME = "our share of a cash sale of five scanned goods"
_TOP, _LINE_HEIGHT = 107, 63
_WHOLE = Area(0, 60, 1366, 660)
_REST_S = 0.3  # shorter than the blink of a text cursor
_START, _KICK = b"\x1b@", b"\x1bp"


def run(*, quick: bool) -> list[Row]:
    """Whole sales on the real counter, with a printer on a socket."""
    if why := missing():
        return [skip(_NAME, why)]
    sales = 5 if quick else 20
    lines: list[float] = []
    drawers: list[float] = []
    slips: list[float] = []
    totals: list[float] = []
    with (
        VirtualPrinter(load_profile("escpos-80")) as printer,
        Wiretap(printer.port) as wire,
        outlet("sales", 0) as place,
        virtual_screen() as screen,
    ):
        url = f"tcp://127.0.0.1:{wire.port}"
        install_devices(place.home, {"printer": {"url": url, "profile": "escpos-80"}})
        codes = codes_of(place.home, 40)
        bare = _bare_socket()
        with counter(place, screen) as prober:
            for number in range(sales + 1):
                picked = [codes[(number * GOODS + i) % len(codes)] for i in range(GOODS)]
                waits = [_line(prober, code, place_no) for place_no, code in enumerate(picked)]
                drawer, slip = _pay(prober, wire, printer, number + 1)
                if number:
                    lines += waits
                    drawers.append(drawer)
                    slips.append(slip)
                    totals.append(sum(waits) + drawer + slip)
    parts = ((("scan to line"), lines), ("tender to drawer", drawers), ("tender to slip", slips))
    note = ", ".join(f"{name} {p50(v):.1f} / {p99(v):.1f} ms" for name, v in parts)
    return [
        Row(
            _NAME,
            p50(totals),
            p99(totals),
            bare="seven bytes through a bare socket, one for each wait",
            bare_p50=p50(bare),
            bare_p99=p99(bare),
            ratio=p50(totals) / p50(bare),
            bar=f"p50 ≤ {BAR_MS:g} ms",
            passed=p50(totals) <= BAR_MS,
            note=f"{len(totals)} sales; {note}",
        )
    ]


class Wiretap:
    """Stands between driver and printer and writes down when bytes for the paper came.

    Args:
        port: the printer's.
    """

    def __init__(self, port: int) -> None:
        self._printer = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self._seen: dict[bytes, float] = {}
        self._news = threading.Condition()

    @property
    def port(self) -> int:
        """Where the driver connects."""
        number: int = self._server.getsockname()[1]
        return number

    def __enter__(self) -> Wiretap:
        threading.Thread(target=self._serve, name="wiretap", daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()

    def forget(self) -> None:
        """Wait for the next slip."""
        with self._news:
            self._seen.clear()

    def wait(self, mark: bytes, deadline_s: float = 10.0) -> float:
        """The moment a command first came since ``forget``.

        Raises:
            TimeoutError: it did not come.
        """
        with self._news:
            if not self._news.wait_for(lambda: mark in self._seen, deadline_s):
                raise TimeoutError(f"{mark!r} never reached the printer")
            return self._seen[mark]

    def _serve(self) -> None:
        while True:
            try:
                driver, _ = self._server.accept()
            except OSError:
                return
            printer = socket.create_connection(("127.0.0.1", self._printer))
            for sender, receiver, heard in ((driver, printer, True), (printer, driver, False)):
                sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(
                    target=self._carry, args=(sender, receiver, heard), daemon=True
                ).start()

    def _carry(self, sender: socket.socket, receiver: socket.socket, heard: bool) -> None:
        try:
            # Either end may hang up at any moment: that is how this direction ends.
            with suppress(OSError):
                while data := sender.recv(65536):
                    if heard:
                        self._note(data, time.perf_counter())
                    receiver.sendall(data)
        finally:
            sender.close()
            receiver.close()

    def _note(self, data: bytes, moment: float) -> None:
        with self._news:
            for mark in (_START, _KICK):
                if mark in data:
                    self._seen.setdefault(mark, moment)
            self._news.notify_all()


def _line(prober: Prober, code: str, place_no: int) -> float:
    area = Area(1015, _TOP + _LINE_HEIGHT * place_no + 6, 150, 50)
    before = prober.look(area)
    started = prober.scan(code)
    first = prober.wait_change(area, before, 2.0)
    settled, _ = prober.wait_final(area, 2.0, 0.12)
    if first is None:
        raise TimeoutError("a scanned line was not painted")
    return (max(first, settled) - started) * 1000


def _pay(
    prober: Prober, wire: Wiretap, printer: VirtualPrinter, number: int
) -> tuple[float, float]:
    """Pay exactly in cash; milliseconds from the key to the drawer and to the slip's first byte."""
    prober.press("F12")
    prober.wait_rest(_WHOLE, quiet_s=_REST_S)
    wire.forget()
    started = prober.press("F11")
    slip, drawer = wire.wait(_START), wire.wait(_KICK)
    printer.wait_for_slips(number)
    prober.wait_rest(_WHOLE, quiet_s=_REST_S)
    prober.press("Return")
    prober.wait_rest(_WHOLE, quiet_s=_REST_S)
    return (drawer - started) * 1000, (slip - started) * 1000


def _bare_socket() -> list[float]:
    """The round trip of one byte, seven times, for each of a hundred imagined sales."""
    left, right = socket.socketpair()
    times = []
    for _ in range(100):
        started = time.perf_counter()
        for _ in range(GOODS + 2):
            left.send(b"x")
            right.recv(1)
        times.append((time.perf_counter() - started) * 1000)
    left.close()
    right.close()
    return times
