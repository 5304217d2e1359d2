"""Who may do what. Roles come signed from the platform; what is not allowed is forbidden."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from terminal.domain.errors import UserError


@dataclass(frozen=True, slots=True)
class Clerk:
    """A person who may sign on here.

    Args:
        clerk_id: number, for example ``0312``.
        name: as shown on screens of the outlet.
        roles: glossary roles such as ``clerk``, ``senior_clerk``, ``branch_manager``.
        verifier: argon2id PHC text of the secret.
        expires_at: UTC ISO text; after it only the platform can renew the verifier.
    """

    clerk_id: str
    name: str
    roles: tuple[str, ...]
    verifier: str
    expires_at: str


Permissions = Mapping[str, Sequence[str]]
"""Action → roles that may take it."""


def require(permissions: Permissions, action: str, roles: Iterable[str]) -> None:
    """Let the action pass or say who may do it.

    Raises:
        UserError: ``permission.denied`` with ``action`` and the ``roles`` that would do.
    """
    allowed = tuple(permissions.get(action, ()))
    if not set(allowed) & set(roles):
        raise UserError("permission.denied", {"action": action, "roles": ",".join(allowed)})


def require_second_person(operator: str, authoriser: str) -> None:
    """Dual control: the authoriser is never the operator.

    Raises:
        UserError: ``permission.same_person``.
    """
    if operator == authoriser:
        raise UserError("permission.same_person")


def require_uninvolved(involved: Collection[str], person: str) -> None:
    """Dual control: whose own work it is does not vouch for it, whoever is on duty by now.

    Args:
        involved: who counted, took over or packed what is looked at.
        person: who is to sign.

    Raises:
        UserError: ``permission.involved`` with ``clerk``.
    """
    if person in involved:
        raise UserError("permission.involved", {"clerk": person})
