"""Settings that only the Hub has: told where nothing comes of them, as those of `unused.py`."""

from bertft_tui.core.errors import Problem


def unused_hub_settings(name: str, **settings: str | None) -> list[Problem]:
    """Name each setting that is given for something that lies here: `section.field` → value."""
    return [
        Problem(
            f"{key} has no effect",
            f"It is {value!r}, but {name!r} lies here, and what lies here comes before the Hub.",
            f"Empty it: --set {key}= on the command line.",
        )
        for key, value in settings.items()
        if value is not None
    ]
