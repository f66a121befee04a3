"""Settings that only the Hub has: refused where they would be passed over without a word."""

from bertft_tui.core.errors import ConfigError


def refuse_hub_settings(name: str, **settings: str | None) -> None:
    """See that none of these settings is given for something that lies here: `section.field` → value.

    Raises ConfigError.
    """
    given = {key: value for key, value in settings.items() if value is not None}
    if given:
        key, value = next(iter(given.items()))
        raise ConfigError(
            "This setting is for the Hub",
            f"{key} is {value!r}, but {name!r} lies here, and what lies here comes before the Hub.",
            f"Empty it: --set {key}= on the command line. For the Hub's, go to a folder without a {name!r}.",
        )
