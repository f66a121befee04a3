"""What to do, as it is said in the app: the core names commands, and here there is a key."""

import re

from bertft_tui.tui.keys import key_of

#: Words that name a command, and what they are here. The longer ones come first.
_INSTEAD: tuple[tuple[str, str], ...] = (
    (r"`bertft-tui run --from [^`]*`(?: \(N in the app\))?", key_of("copy_run", "runs")),
    (r"`(?:bertft-tui )?resume`(?: \(r in the app\))?", key_of("resume", "runs")),
    (r"`(?:bertft-tui )?restore`", f"{key_of('undo', 'trash')} in the trash"),
    (r"`(?:bertft-tui )?purge`", f"{key_of('purge', 'trash')} in the trash"),
    (r"`(?:bertft-tui )?delete`", key_of("delete", "runs")),
    (r"`bertft-tui devices`", key_of("open_queue", "runs")),
    (r"(?:^|(?<=[.!?] ))`bertft-tui list`", "The table"),
    (r"`bertft-tui list`", "the table"),
)
_PATTERNS = tuple((re.compile(words), here) for words, here in _INSTEAD)


def in_app(text: str) -> str:
    """Name keys in the place of commands. What has no key, as `bertft-tui doctor`, stays."""
    if "`" in text:
        for pattern, here in _PATTERNS:
            text = pattern.sub(here, text)
    return text
