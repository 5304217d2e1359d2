"""Slips of signing off: what the clerk takes along as her own record."""

from __future__ import annotations

from typing import Any

from terminal.app.context import Context
from terminal.documents.session_slip import SessionContent, build_session_slip
from terminal.domain.china_time import clock_text
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import Entry
from terminal.ports.books import PrintJob


def session_job(context: Context, entry: Entry) -> PrintJob:
    """The print job of a ``clerk.signed_off`` or ``outlet.signed_off`` entry."""
    profile = context.profile
    language = context.books.preference("language") or profile.language
    body: Any = entry.body
    content = SessionContent(
        event=entry.kind.replace(".", "_"),
        outlet_name=profile.outlet_name_en if language == "en" else profile.outlet_name_zh,
        business_date=entry.business_date,
        time_text=clock_text(entry.recorded_at),
        clerk_id=entry.clerk_id,
        till_id=str(body.get("till_id", "")),
        entry_number=f"{entry.terminal_id} #{entry.seq}",
        short_hash=entry.hash[:16].upper(),
        waiting_entries=int(body.get("waiting", -1)),
    )
    return PrintJob(
        job_id=new_uuid7(),
        order_no="",
        kind="session",
        document=build_session_slip(content, language).to_json(),
        state="queued",
        reason="",
        created_at=entry.recorded_at,
    )
