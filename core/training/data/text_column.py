"""Finding the column with the texts; `columns.py` has the rule in words."""

from collections.abc import Sequence

from bertft_tui.core.errors import DataError
from bertft_tui.core.training.column_names import TEXT_NAMES, is_like, pair_among
from bertft_tui.core.training.data.profiles import TextProfile, text_profile
from bertft_tui.core.training.data.view import View
from bertft_tui.core.training.notes import listed

#: A second column whose texts are at least this share as long as the longest makes the choice ambiguous.
_ALIKE = 0.75


def find_text(view: View, free: Sequence[str], with_pair: bool) -> tuple[str, str]:
    """Return the text column among those that are free, and why. `with_pair`: its partner is known already.

    Raises DataError.
    """
    looked = [profile for name in free if (profile := text_profile(name, view.column(name)))]
    if not looked:
        raise view.none("text", "No column besides the label holds words")
    profiles = [profile for profile in looked if profile.length > 0]
    if not profiles:
        raise empty_texts(view, [profile.name for profile in looked])
    pair = None if with_pair else pair_among([profile.name for profile in profiles])
    if pair:
        raise view.ambiguous("text", pair)
    return _longest(view, [profile for profile in profiles if profile.words] or profiles)


def _longest(view: View, profiles: Sequence[TextProfile]) -> tuple[str, str]:
    longest = max(profile.length for profile in profiles)
    alike = [profile for profile in profiles if profile.length >= _ALIKE * longest]
    named = [profile for profile in alike if is_like(profile.name, TEXT_NAMES)]
    if len(alike) > 1 and len(named) != 1:
        raise view.ambiguous("text", [profile.name for profile in alike])
    chosen = named[0] if len(alike) > 1 else alike[0]
    size = f"{chosen.length:,.0f} characters on average"
    if len(alike) > 1:
        return chosen.name, f"of {len(alike)} columns of like length the one named like a text, {size}"
    if len(profiles) > 1:
        return chosen.name, f"the longest of {len(profiles)} string columns, {size}"
    return chosen.name, f"the only column of texts, {size}"


def empty_texts(view: View, names: Sequence[str]) -> DataError:
    """Say that the text column, or every column that could be it, is empty."""
    return DataError(
        "All texts are empty",
        f"No row of {view.where} has anything in {listed([repr(name) for name in names])}.",
        "Check the file, and data.text_column.",
    )
