"""The whole face: which stage is on the screen, and what makes it change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTime, QTimer

from ui.common.appearance import Appearance
from ui.common.operation import Operations
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model
from ui.viewmodels.notices import Notices
from ui.viewmodels.session_pane import SessionPane
from ui.viewmodels.sign_on import SignOn
from ui.viewmodels.training_pane import END_KEY, TrainingPane

if TYPE_CHECKING:
    from ui.counter import Counter
    from ui.viewmodels.enrolment import Enrolment

SIGN_ON, ENROLMENT, COUNTER, FAILED = "sign_on", "enrolment", "counter", "failed"


@view_model
class Face(QObject):
    """Root of the view-models. What the first frame does not need is made later, by ``complete``.

    Args:
        words: the texts.
        training: whether the core is one for practice.

    Signals:
        completed: the counter and the enrolment are there.
        enrolmentWanted: the terminal is fresh and the enrolment form is needed.
    """

    changed = Signal()
    completed = Signal()
    enrolmentWanted = Signal()

    def __init__(
        self, words: Words, parent: QObject | None = None, *, training: bool = False
    ) -> None:
        super().__init__(parent)
        self._words = words
        self.operations = Operations(self)
        self._appearance = Appearance(words, self)
        self._notices = Notices(words, self)
        self._session = SessionPane(self.operations, words)
        self._sign_on = SignOn(self.operations, words, self._session)
        self._training = TrainingPane(self.operations, words, on=training)
        self._counter: Counter | None = None
        self._enrolment: Enrolment | None = None
        self._core_state = ""
        self._failure: tuple[str, Mapping[str, object]] | None = None
        self._retrying = False
        self._retried_at = ""
        self._unbooked = ""
        self._last_stage = SIGN_ON
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(self._went_idle)
        self.operations.happened.connect(self._on_event)
        self.operations.refused.connect(self._notices.refuse)
        self._session.changed.connect(self._sign_on.session_changed)
        self._session.changed.connect(self._session_changed)
        words.changed.connect(self.changed)

    @Property(str, notify=changed)
    def stage(self) -> str:
        """``sign_on`` (also starting and locked), ``enrolment``, ``counter`` or ``failed``."""
        if self._failure is not None:
            return FAILED
        if self._core_state == "not_enrolled":
            return ENROLMENT if self._enrolment is not None else SIGN_ON
        view = self._session.view
        at_work = view is not None and view.outlet_open and bool(view.clerk_no) and not view.locked
        return COUNTER if at_work and self._counter is not None else SIGN_ON

    @Property(Appearance, constant=True)
    def appearance(self) -> Appearance:
        """How the face looks."""
        return self._appearance

    @Property(Notices, constant=True)
    def notices(self) -> Notices:
        """What happened."""
        return self._notices

    @Property(SessionPane, constant=True)
    def session(self) -> SessionPane:
        """Who works where on which day."""
        return self._session

    @Property(SignOn, constant=True)
    def signOn(self) -> SignOn:
        """The sign-on card."""
        return self._sign_on

    @Property(TrainingPane, constant=True)
    def training(self) -> TrainingPane:
        """Going over to practice and back."""
        return self._training

    @Property(QObject, notify=completed)
    def counter(self) -> QObject | None:
        """The counter, None until the first frame is on the screen."""
        return self._counter

    @Property(QObject, notify=completed)
    def enrolment(self) -> QObject | None:
        """The enrolment form, None until the first frame is on the screen."""
        return self._enrolment

    @Property(str, notify=changed)
    def failureText(self) -> str:
        """Why the terminal cannot work: what happened, what is safe, what to do."""
        return self._words.error(*self._failure) if self._failure else ""

    @Property(bool, notify=changed)
    def retrying(self) -> bool:
        """Whether the terminal tries again to open."""
        return self._retrying

    @Property(str, notify=changed)
    def retryText(self) -> str:
        """How trying again goes, or went; "" before the first time."""
        if self._retrying:
            return self._words.text("failed.trying")
        return self._words.text("failed.tried", at=self._retried_at) if self._retried_at else ""

    @property
    def core_state(self) -> str:
        """What the core last said: ``ready``, ``not_enrolled``, ``failed``; "" while it opens."""
        return self._core_state

    @property
    def counter_pane(self) -> Counter | None:
        """The counter as Python sees it."""
        return self._counter

    def complete(self) -> None:
        """Make what the first frame did not need."""
        from ui.counter import Counter
        from ui.viewmodels.enrolment import Enrolment

        self._enrolment = Enrolment(self.operations, self._words)
        self._counter = Counter(
            self.operations,
            self._words,
            self._session,
            self._appearance,
            self._notices,
            self._training,
        )
        self.completed.emit()
        self._offer_enrolment()
        self.changed.emit()
        if self._core_state == "ready":
            self._counter.refresh()

    def touch(self) -> None:
        """Somebody is at the counter: the idle lock starts again."""
        if self._idle.isActive():
            self._idle.start()

    def scanned(self, text: str, source: str) -> None:
        """A wedge scan; before a clerk is at work there is nothing to do with it but say so."""
        if self._counter is not None and self.stage == COUNTER:
            self._counter.scanned(text, source)
        elif self.stage == SIGN_ON:
            self._sign_on.say("notice.scan_needs_clerk")

    def key(self, combo: str, field_is_empty: bool) -> bool:
        """A key press, before the focused item sees it."""
        if combo == END_KEY and self._training.on:
            self._training.end()
            return True
        if self._counter is not None and self.stage == COUNTER:
            return self._counter.key(combo, field_is_empty)
        return False

    @Slot(str)
    def speak(self, language: str) -> None:
        """Choose the language before anybody is signed on."""
        self._appearance.apply({"language": language})
        if self._core_state == "ready":
            self.operations.run(lambda use: use.settings.set_preference("language", language))

    @Slot()
    def retry(self) -> None:
        """Open the terminal again: what stood in the way may be mended."""
        desk = self.operations.desk
        if desk is None or self._failure is None or self._retrying:
            return
        self._retrying = True
        self.changed.emit()
        desk.start()

    def _on_event(self, kind: str, data: Mapping[str, object]) -> None:
        if kind in {"ready", "not_enrolled", "failed"}:
            self._core_state = kind
            self._came_to_an_end(kind, data)
            self._offer_enrolment()
            self.changed.emit()
        if kind == "unbooked":
            self._tell_unbooked(str(data["code"]))
        if kind == "ready":
            self._session.refresh()
            if self._counter is not None:
                self._counter.refresh()

    def _came_to_an_end(self, kind: str, data: Mapping[str, object]) -> None:
        """The terminal is open, or says why not."""
        if self._retrying:
            self._retried_at = QTime.currentTime().toString("HH:mm:ss")
        self._retrying = False
        self._failure = None
        if kind == "failed":
            params = data.get("params")
            self._failure = (
                str(data.get("code", "")),
                dict(params) if isinstance(params, Mapping) else {},
            )

    def _tell_unbooked(self, code: str) -> None:
        """A paid sale is not in the books, or is now; wherever the clerk is, it is said."""
        before, self._unbooked = self._unbooked, code
        if code:
            text = "notice.unbooked" if code.startswith("database.") else f"error.{code}"
            self._notices.tell(text, tone="danger")
        elif before:
            self._notices.tell("notice.booked_after_all")

    def _offer_enrolment(self) -> None:
        if self._core_state == "not_enrolled" and self._enrolment is not None:
            self.enrolmentWanted.emit()

    def _session_changed(self) -> None:
        view = self._session.view
        if view is not None and view.clerk_no and not view.locked and view.idle_lock_s > 0:
            self._idle.setInterval(view.idle_lock_s * 1000)
            if not self._idle.isActive():
                self._idle.start()
        else:
            self._idle.stop()
        if self.stage != self._last_stage:
            self._last_stage = self.stage
            self._notices.dismiss()
            if self._unbooked:
                self._tell_unbooked(self._unbooked)
        self.changed.emit()

    def _went_idle(self) -> None:
        self.operations.run(lambda use: use.session.lock(), self._session.show, once="lock")
