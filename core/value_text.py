"""Settings as text."""

from typing import Any


def format_value(value: Any) -> str:
    """A setting as a person would type it, all digits kept: 0.00005 becomes `5e-5`, None nothing, True `true`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and 0 < abs(value) < 1e-3:
        from decimal import Decimal

        return f"{Decimal(repr(value)).normalize():e}"
    if isinstance(value, float):
        return repr(value).removesuffix(".0").replace("e+", "e")
    return str(value)
