"""The palettes as themes of Textual."""

from textual.theme import Theme

from bertft_tui.tui.palettes import PALETTES, Palette


def _theme(palette: Palette) -> Theme:
    """Give Textual its own names for the palette's colours, and ours as variables."""
    colours = palette.colours
    background, accent = colours["background"], colours["accent"]
    return Theme(
        name=palette.name,
        primary=accent,
        secondary=accent,
        accent=accent,
        foreground=colours["body"],
        background=background,
        surface=background,
        panel=colours["panel"],
        success=colours["metric"],
        warning=colours["warning"],
        error=colours["error"],
        dark=palette.dark,
        variables={
            **colours,
            "text": colours["body"],
            "text-muted": colours["muted"],
            "text-disabled": colours["faint"],
            "foreground-muted": colours["muted"],
            "scrollbar-hover": colours["faint"],
            "scrollbar-active": accent,
            "scrollbar-background": background,
            "scrollbar-background-hover": background,
            "scrollbar-background-active": background,
            "scrollbar-corner-color": background,
            "block-cursor-foreground": colours["bright"],
            "block-cursor-background": colours["cursor-line"],
            "block-cursor-blurred-foreground": colours["body"],
            "block-cursor-blurred-background": colours["panel"],
            "block-hover-background": colours["panel"],
            "input-cursor-background": colours["bright"],
            "input-cursor-foreground": background,
            "input-selection-background": colours["selection"],
            "input-selection-foreground": colours["bright"],
            "screen-selection-background": colours["selection"],
            "screen-selection-foreground": colours["bright"],
        },
    )


THEMES: tuple[Theme, ...] = tuple(_theme(palette) for palette in PALETTES.values())
