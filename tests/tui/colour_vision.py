"""How far apart colours are, for people who see all of them and for those who do not."""

import math
from collections.abc import Sequence

Rgb = tuple[float, float, float]

#: Linear RGB as dichromats see it: Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of
#: Color Vision Deficiency", IEEE Transactions on Visualization and Computer Graphics 15 (2009), severity 1.0.
VISIONS: dict[str, tuple[Rgb, Rgb, Rgb]] = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}

_LEVELS = (0, 95, 135, 175, 215, 255)

#: The colours that every terminal of 256 has, but for the sixteen that people change.
XTERM: frozenset[str] = frozenset(
    [f"#{r:02x}{g:02x}{b:02x}" for r in _LEVELS for g in _LEVELS for b in _LEVELS]
    + [f"#{level:02x}{level:02x}{level:02x}" for level in range(8, 239, 10)]
)


def linear(colour: str) -> Rgb:
    """A `#rrggbb` colour in linear light."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of the Web Content Accessibility Guidelines 2, from 1 to 21."""
    dark, light = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (linear(one), linear(other)))
    return (light + 0.05) / (dark + 0.05)


def lab(colour: str, vision: str = "normal") -> Rgb:
    """A colour as somebody sees it, in CIELAB under D65."""
    light = linear(colour)
    seen = [min(1.0, max(0.0, sum(map(float.__mul__, map(float, row), light)))) for row in VISIONS[vision]]
    rows = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.072175), (0.0193339, 0.119192, 0.9503041))
    white = (0.95047, 1.0, 1.08883)
    x, y, z = (_root(sum(map(float.__mul__, row, seen)) / most) for row, most in zip(rows, white, strict=True))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _root(share: float) -> float:
    return share ** (1 / 3) if share > 216 / 24389 else (24389 / 27 * share + 16) / 116


def difference(one: Rgb, other: Rgb) -> float:
    """CIEDE2000 between two colours of CIELAB; about 1 is what can just be seen side by side."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    grey = 1.5 - 0.5 * _share(mean)
    c1, c2 = math.hypot(a1 * grey, b1), math.hypot(a2 * grey, b2)
    h1, h2 = (math.degrees(math.atan2(b, a * grey)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    hue = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn) / 2)
    middle = h1 + h2 if not c1 * c2 else (h1 + turn / 2) % 360
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    cosines = ((-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.2, 4, -63))
    hues = 1 + sum(weight * math.cos(math.radians(times * middle + by)) for weight, times, by in cosines)
    by_light = 1 + 0.015 * (light - 50) ** 2 / math.sqrt(20 + (light - 50) ** 2)
    dl, dc, dh = (l2 - l1) / by_light, (c2 - c1) / (1 + 0.045 * chroma), hue / (1 + 0.015 * chroma * hues)
    blue = math.sin(math.radians(60 * math.exp(-(((middle - 275) / 25) ** 2))))
    return math.sqrt(dl**2 + dc**2 + dh**2 - 2 * _share(chroma) * blue * dc * dh)


def _share(chroma: float) -> float:
    return math.sqrt(chroma**7 / (chroma**7 + 25**7))


def apart(colours: Sequence[str], vision: str) -> float:
    """The smallest difference between any two of some colours, for somebody's eyes."""
    seen = [lab(colour, vision) for colour in colours]
    return min(difference(one, other) for place, one in enumerate(seen) for other in seen[:place])
