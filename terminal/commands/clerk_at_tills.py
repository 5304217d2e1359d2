"""A clerk at the page of the tills: the float in the morning, a transfer, the hand-in at night."""

from __future__ import annotations

from typing import Any

from terminal.commands.clerk_at_work import SENIOR, SENIOR_PIN, ClerkAtWork
from terminal.domain.errors import BugError

VAULT, NEIGHBOUR = "V01", "T03"
TABS = 60
"""So often Tab is pressed at most to reach a place on the page."""


class ClerkAtTills(ClerkAtWork):
    """Moves cash between tills, every key as a person presses it."""

    def draw_float(self) -> None:
        """Cash from the bank into the vault and from there into the drawer, both by two."""
        self._open_tills()
        self._picture("03a-tills-in-the-morning")
        self._tab_to(VAULT)
        self._hands.press("Return")
        self._form("F2", "move")
        self._hands.write("20")
        self._tab_to(self._partner("in:bank"))
        self._hands.press("Return")
        self._picture("03b-vault-from-the-bank")
        self._by_two()
        self._form("F2", "move")
        self._hands.write("5")
        for pieces in ("", "", "20", "", "50"):
            self._hands.press("Return")
            self._hands.write(pieces)
        self._picture("03c-float-into-a-pouch")
        self._by_two()
        self._take_in(VAULT, "03d-taking-the-float-in")
        self._picture("03e-float-in-the-drawer")
        self._hands.press("Esc")

    def lend_to_a_neighbour(self) -> None:
        """A pouch for the next counter; it is on its way until that one takes it in."""
        self._open_tills()
        self._form("F2", "move")
        self._hands.write("1")
        self._tab_to(NEIGHBOUR)
        self._hands.press("Return")
        self._hands.press("F12")
        self._until(lambda: self._tills().form == "", "sent to a neighbour")
        self._picture("19b-transfer-on-the-way")
        self._hands.press("Esc")

    def hand_in(self) -> None:
        """After the closing: what is more than the float goes into the vault."""
        self._until(lambda: self._page() == "till", "the tills after the closing")
        self._form("F2", "move")
        self._hands.write("3")
        self._picture("22b-hand-in")
        self._hands.press("F12")
        self._until(lambda: self._tills().form == "", "handed in")
        self._take_in(self._drawer(), "22c-into-the-vault")
        self._picture("22d-handed-in")
        self._hands.press("Esc")

    def _take_in(self, origin: str, picture: str) -> None:
        """The newest pouch of this terminal's own tills is taken in."""
        self._form("F7", "receive")
        self._tab_to(f"{origin} → ")
        self._hands.press("Return")
        self._until(lambda: self._tills().found.text != "", "the pouch")
        self._hands.pause(100)
        self._picture(picture)
        if origin == VAULT:
            self._hands.press("Return")
            self._until(lambda: self._tills().form == "", "the pouch is in")
        else:
            self._by_two()
        self._hands.pause(200)

    def _open_tills(self) -> None:
        self._hands.press("Ctrl+T")
        self._until(lambda: self._tills().tables.tills.count > 0, "the tills")
        self._hands.pause(200)

    def _form(self, key: str, name: str) -> None:
        self._hands.press(key)
        self._until(lambda: self._tills().form == name, name)
        self._hands.pause(200)

    def _by_two(self) -> None:
        self._hands.press("F12")
        self._until(lambda: self._tills().second.open, "the second person")
        self._hands.pause(100)
        for text in (SENIOR, SENIOR_PIN):
            self._hands.write(text)
            self._hands.press("Return")
        self._until(lambda: self._tills().form == "", "signed by two")

    def _tab_to(self, name: str) -> None:
        """Go with Tab to the place a screen reader calls so."""
        from ui.hands import spoken_focus

        for _ in range(TABS):
            if spoken_focus().startswith(name):
                return
            self._hands.press("Tab")
        raise BugError("guided_day.not_reached", {"name": name})

    def _partner(self, code: str) -> str:
        rows = self._tills().tables.choices.rows
        return next(str(row.name) for row in rows if row.code == code)

    def _drawer(self) -> str:
        return str(self._ask(lambda cases: cases.context.profile.till_id))

    def _tills(self) -> Any:
        pane = self._face.face.counter_pane
        if pane is None:
            raise BugError("guided_day.no_counter")
        return pane.till

    def _page(self) -> str:
        pane = self._face.face.counter_pane
        return str(pane.page) if pane is not None else ""
