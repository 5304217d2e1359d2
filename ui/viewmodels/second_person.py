"""The second person's form, under the name that pages of the counter know it by."""

from __future__ import annotations

from ui.common.second_person_form import SecondPerson as SecondPerson
