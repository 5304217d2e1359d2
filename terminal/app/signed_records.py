"""Whether the platform signed a record that came, judged once for each text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from terminal.app.context import Context
from terminal.domain.errors import BugError


class SignedRecords:
    """Tells genuine records from others. Store thread only."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._judged: dict[str, bool] = {}

    def genuine(self, record: Mapping[str, Any]) -> bool:
        """Whether the platform signed it as it is."""
        # Judged by all that it says, so that nothing else can pass for what was judged before.
        text = json.dumps(record, sort_keys=True)
        if text not in self._judged:
            self._judged[text] = self._is_signed(record)
        return self._judged[text]

    def _is_signed(self, record: Mapping[str, Any]) -> bool:
        try:
            signed = isinstance(record.get("signature"), str)
            return signed and self._context.secrets.genuine(record)
        except BugError:
            # What has no canonical form was never signed.
            return False
