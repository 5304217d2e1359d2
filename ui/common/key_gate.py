"""Where every key passes: the scanner's reader, then the key table, then the focused item."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent, QMetaObject, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QWindow

from ui.common.wedge import Verdict, WedgeReader, WedgeSettings

SETTLE_MS = 80
"""How long held keys wait for the next one before they are taken for typing, milliseconds."""

FASTEST_REPEAT_MS = 20
"""A held key repeats slower than this; a doubled digit of a scanner comes faster and is a digit."""

_MODIFIERS = frozenset(
    {
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_Meta,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_CapsLock,
    }
)

_SIGNS = frozenset("+-*")

_LINE_ENDS = frozenset("\r\n\t")


@dataclass(frozen=True, slots=True)
class _FieldState:
    """A text field as it was before the first key of a burst went in."""

    field: QObject
    text: str
    cursor: int
    start: int
    end: int


class KeyGate(QObject):
    """Event filter on the window.

    Args:
        window: the window whose keys pass here.
        on_scan: gets the text of a wedge scan; UI thread.
        on_key: gets the key as ``QKeySequence`` writes it and whether the focused field is empty;
            True when taken.
        on_touch: called for every press of a key or button (the idle lock starts again).
        on_burst: called for every key that is held back because it may belong to a scan.
    """

    def __init__(
        self,
        window: QWindow,
        on_scan: Callable[[str], None],
        on_key: Callable[[str, bool], bool],
        on_touch: Callable[[], None],
        on_burst: Callable[[], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._on_scan = on_scan
        self._on_key = on_key
        self._on_touch = on_touch
        self._on_burst = on_burst
        self._reader = WedgeReader()
        self._held: dict[int, QKeyEvent] = {}
        self._ticket = 0
        self._last_at = 0
        self._scan_ended_at: int | None = None
        self._before: _FieldState | None = None
        self._typing = False
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._settled)
        self._last_call = QTimer(self)
        self._last_call.setSingleShot(True)
        self._last_call.setInterval(0)
        self._last_call.timeout.connect(self._give_up)
        window.installEventFilter(self)

    def programme(self, settings: WedgeSettings) -> None:
        """Read scans as another scanner writes them from now on."""
        self._give_up()
        self._reader = WedgeReader(settings)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take keys that belong to a scan or to the key table; let everything else pass."""
        kind = event.type()
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return not self._typing and self._pressed(event)
        if kind == QEvent.Type.MouseButtonPress:
            self._on_touch()
        if kind == QEvent.Type.KeyRelease:
            return not self._typing and bool(self._held)
        return False

    def _pressed(self, event: QKeyEvent) -> bool:
        self._on_touch()
        if event.key() in _MODIFIERS:
            return False
        pause, self._last_at = event.timestamp() - self._last_at, event.timestamp()
        if event.isAutoRepeat() and pause >= FASTEST_REPEAT_MS:
            self._give_up()
            return self._act(event)
        self._ticket += 1
        char = "\r" if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} else event.text()
        if self._ends_again(char, event.timestamp()):
            return True
        chorded = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        decision = self._reader.feed("" if chorded else char, event.timestamp(), self._ticket)
        self._type(decision.release)
        if decision.opens:
            self._before = _state_of(QGuiApplication.focusObject())
        if decision.verdict is Verdict.HOLD:
            self._held[self._ticket] = event.clone()
            self._last_call.stop()
            self._settle.start()
            self._on_burst()
            return True
        self._settle.stop()
        if decision.verdict is Verdict.SCAN:
            self._held.clear()
            self._scan_ended_at = event.timestamp()
            if decision.take_back and self._before is not None:
                _put_back(self._before)
            self._on_scan(decision.text)
            return True
        return self._act(event)

    def _ends_again(self, char: str, at_ms: int) -> bool:
        """Whether this is one more end of the scan before: some scanners send two."""
        ended, settings = self._scan_ended_at, self._reader.settings
        again = (
            ended is not None
            and char in settings.suffixes | _LINE_ENDS
            and at_ms - ended <= settings.gap_ms
        )
        self._scan_ended_at = at_ms if again else None
        return again

    def _act(self, event: QKeyEvent) -> bool:
        written = QKeySequence(event.keyCombination()).toString(
            QKeySequence.SequenceFormat.PortableText
        )
        combo = event.text() if event.text() in _SIGNS else written.replace("Num+", "")
        state = _state_of(QGuiApplication.focusObject())
        return self._on_key(combo, state is None or not state.text)

    def _settled(self) -> None:
        self._last_call.start()

    def _give_up(self) -> None:
        self._settle.stop()
        self._type(self._reader.give_up())

    def _type(self, tickets: tuple[int, ...]) -> None:
        for ticket in tickets:
            event = self._held.pop(ticket, None)
            if event is not None and not self._act(event):
                self._typing = True
                QCoreApplication.sendEvent(self._window, event)
                self._typing = False


def _state_of(focus: QObject | None) -> _FieldState | None:
    if focus is None or focus.property("cursorPosition") is None:
        return None
    return _FieldState(
        focus,
        str(focus.property("text")),
        int(focus.property("cursorPosition")),
        int(focus.property("selectionStart")),
        int(focus.property("selectionEnd")),
    )


def _put_back(state: _FieldState) -> None:
    """Take a burst's keys out of a field; whoever looked them up hears that they are gone."""
    if state.field.property("text") == state.text:
        return
    state.field.setProperty("text", state.text)
    state.field.setProperty("cursorPosition", state.cursor)
    QMetaObject.invokeMethod(state.field, "textEdited")
