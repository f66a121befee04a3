"""Every key, declared once: bindings, footer, help screen and palette come from here."""

from dataclasses import dataclass
from typing import Literal

from textual.binding import Binding, BindingType

Scope = Literal[
    "runs",
    "run",
    "log",
    "classes",
    "examples",
    "example",
    "trash",
    "compare",
    "differ",
    "learning",
    "lineage",
    "cost",
    "queue",
    "trial",
    "form",
    "presets",
    "data",
    "settings",
    "help",
    "everywhere",
]

SCOPE_TITLES: dict[Scope, str] = {
    "runs": "Runs",
    "run": "One run",
    "log": "One run: its log",
    "classes": "One run: its classes",
    "examples": "Evaluation examples",
    "example": "An example: its whole text",
    "trash": "The trash",
    "compare": "Comparison",
    "differ": "Where two runs differ",
    "learning": "Learning curve",
    "lineage": "Lineage",
    "cost": "Cost",
    "queue": "Queue and devices",
    "trial": "Try it",
    "presets": "New run: presets",
    "form": "New run: settings",
    "data": "New run: a look at the data",
    "settings": "Settings of the app",
    "help": "Help",
    "everywhere": "Everywhere",
}


@dataclass(frozen=True)
class Command:
    """What a key does, and where."""

    keys: str  # as Textual names them, separated by commas
    action: str
    label: str  # one or two words, for the footer
    help: str  # a sentence, for the help screen and the palette
    scopes: tuple[Scope, ...]
    footer: bool = True
    palette: bool = True
    opens: bool = False  # whether it shows a screen of its own: then the palette offers it everywhere
    at_once: bool = False  # before the next key is given to a field: it opens what that key is for

    @property
    def shown_keys(self) -> str:
        """The keys as people read them."""
        return " ".join(show_key(key) for key in self.keys.split(","))

    @property
    def is_global(self) -> bool:
        """Whether the app does it, not a screen."""
        return self.action in _GLOBAL

    @property
    def first_key(self) -> str:
        """The key that the footer shows."""
        return show_key(self.keys.split(",")[0])


_GLOBAL = ("quit", "help", "command_palette", "export", "settings", "tour", "leave_tour", "messages")

_NAMES = {
    "question_mark": "?",
    "plus": "+",
    "equals_sign": "=",
    "minus": "-",
    "colon": ":",
    "comma": ",",
    "slash": "/",
    "enter": "enter",
    "escape": "esc",
    "up": "↑",
    "down": "↓",
    "shift+up": "⇧↑",
    "shift+down": "⇧↓",
    "left": "←",
    "right": "→",
    "pageup": "pgup",
    "pagedown": "pgdn",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "full_stop": ".",
    "exclamation_mark": "!",
    "shift+left": "shift+←",
    "shift+right": "shift+→",
}


def show_key(key: str) -> str:
    """Write a key as people read it: `question_mark` is `?`, `ctrl+s` is `^s`."""
    if key.startswith(("ctrl+", "alt+")):
        modifier, _, rest = key.partition("+")
        return ("^" if modifier == "ctrl" else "alt-") + _NAMES.get(rest, rest)
    return _NAMES.get(key, key.upper() if key[0] == "f" and key[1:].isdigit() else key)


RUNS: tuple[Scope, ...] = ("runs",)
RUN: tuple[Scope, ...] = ("run",)
BOTH: tuple[Scope, ...] = ("runs", "run")
JUDGED: tuple[Scope, ...] = (*BOTH, "compare")
TRASH: tuple[Scope, ...] = ("trash",)
TABLES: tuple[Scope, ...] = (*RUNS, *TRASH)
FORM: tuple[Scope, ...] = ("form",)
COMPARE: tuple[Scope, ...] = ("compare",)
ALL: tuple[Scope, ...] = (*BOTH, *TRASH, *COMPARE)
QUEUE: tuple[Scope, ...] = ("queue",)
TRIAL: tuple[Scope, ...] = ("trial",)
CLASSES: tuple[Scope, ...] = ("classes",)
EXAMPLES: tuple[Scope, ...] = ("examples",)
EXAMPLE: tuple[Scope, ...] = ("example",)
DIFFER: tuple[Scope, ...] = ("differ",)
LEARNING: tuple[Scope, ...] = ("learning",)
LINEAGE: tuple[Scope, ...] = ("lineage",)
COST: tuple[Scope, ...] = ("cost",)
MANY: tuple[Scope, ...] = (*LEARNING, *LINEAGE, *COST)
LISTS: tuple[Scope, ...] = (*ALL, *DIFFER, *MANY, *QUEUE)
FORMS: tuple[Scope, ...] = ("presets", "form")
FIELDS: tuple[Scope, ...] = (*FORMS, *TRIAL, "settings")

COMMANDS: tuple[Command, ...] = (
    Command("n", "new_run", "new", "Start a run from a preset.", RUNS, opens=True),
    Command("N", "copy_run", "copy", "Start a run from this one, with settings changed.", (*BOTH, *LINEAGE)),
    Command("V", "take_advice", "advice", "Start a run as the verdict on this one advises.", JUDGED, footer=False),
    Command("enter", "open_run", "open", "Open the highlighted run.", TABLES, palette=False),
    Command("space", "mark", "mark", "Mark the run, or no longer: most keys act on all that are marked.", TABLES),
    Command("c", "compare", "compare", "Compare the marked runs, or this one with the baseline.", RUNS),
    Command("slash", "filter", "filter", "Filter the table: status:finished accuracy>0.9 …", RUNS),
    Command("s", "sort", "sort", "Choose the column that the table is sorted by.", RUNS),
    Command("p", "baseline", "baseline", "Make the run the baseline, whose difference stands in every row.", RUNS),
    Command("escape,backspace", "back", "back", "Back to the table of runs.", RUN),
    Command("x", "stop", "stop", "Stop the run; a checkpoint is saved and it can be resumed.", BOTH),
    Command("X", "cancel", "cancel", "Cancel the run; nothing is saved. Asks first.", BOTH, footer=False),
    Command("r", "resume", "resume", "Go on from the newest whole checkpoint.", BOTH),
    Command("d", "delete", "trash", "Move the run into the trash; z takes it back.", BOTH),
    Command("z,u", "undo", "undo", "Take back what was done last: trash, name, note, tags, …", BOTH, footer=False),
    Command("D", "open_trash", "trash", "Show the trash, and what it holds on the disk.", RUNS, False, opens=True),
    Command("z,u", "undo", "restore", "Take the highlighted run out of the trash.", TRASH),
    Command("d", "purge", "purge", "Remove the highlighted run for good, with its files. Asks first.", TRASH),
    Command("ctrl+d", "purge_all", "purge all", "Remove all that is in the trash for good. Asks first.", TRASH),
    Command("escape,D,backspace", "back", "back", "Back to the table of runs.", TRASH),
    Command("E", "evaluate", "evaluate", "Score the best checkpoint on the test split.", BOTH, footer=False),
    Command("l", "open_log", "log", "Show what the run's process printed.", BOTH, footer=False),
    Command("M", "next_metric", "metric", "Show the next metric in table and charts.", (*ALL, *MANY), footer=False),
    Command("v", "mark_range", "range", "Mark from the nearest marked run to here.", TABLES, footer=False),
    Command("a", "mark_all", "all", "Mark all runs of the table, or none.", TABLES, footer=False),
    Command("f", "saved_filters", "filters", "Choose one of the filters that were kept.", RUNS, footer=False),
    Command("s", "sort", "sort", "Sort the table by the next column.", TRASH),
    Command("S", "reverse", "reverse", "Turn the order of the table round.", TABLES, footer=False),
    Command("b", "group", "group", "Group the runs: seeds as one line, or by any field.", RUNS, footer=False),
    Command("o", "columns", "columns", "Choose the columns and their order.", RUNS, footer=False),
    Command("i", "pin", "pin", "Keep the run at the top of the table.", RUNS, footer=False),
    Command("escape", "back", "back", "Leave marks, filter, groups, one after the other.", RUNS, footer=False),
    Command("f2", "rename", "rename", "Give the run another name.", BOTH, footer=False),
    Command("m", "note", "note", "Write a note on the run.", BOTH, footer=False),
    Command("t", "tags", "tags", "Give the run tags.", BOTH, footer=False),
    Command("P", "toggle_queue", "pause", "Pause the queue, or let it go on.", RUNS, footer=False),
    Command("Q", "open_queue", "queue", "Show the devices, what waits for them, and why.", RUNS, False, opens=True),
    Command("L", "learning", "learning", "Show how the run's recipe grows with its training rows.", RUNS, False,
            opens=True),
    Command("F", "lineage", "lineage", "Show what came from what, and what each step brought.", RUNS, False,
            opens=True),
    Command("C", "cost", "cost", "Show what the runs took for what they reached, and which none beats.", RUNS, False,
            opens=True),
    Command("enter", "open_run", "open", "Open the highlighted run.", MANY, palette=False),
    Command("n", "grow", "more sizes", "Start runs of the recipe on other numbers of training rows.", LEARNING),
    Command("c", "compare", "compare", "Compare the run with the one that it was made from.", LINEAGE),
    Command("tab", "next_contest", "other runs", "Show the runs that were measured on other texts.", COST),
    Command("escape,backspace", "back", "back", "Back to where you were.", MANY),
    Command("T", "try_it", "try", "Type a text and see what the run makes of it, or two marked ones.", BOTH, False),
    Command("ctrl+n", "sample", "sample", "Take one of the evaluation rows, with its label.", TRIAL),
    Command("ctrl+o", "second_run", "second run", "Choose a run to stand beside the first.", TRIAL),
    Command("enter", "keep", "next text", "Keep the text and begin another; ^j begins a new line.", TRIAL),
    Command("up", "wander(-1)", "earlier", "From the first line: to an earlier text.", TRIAL, palette=False),
    Command("down", "wander(1)", "later", "From the last line: to a later text.", TRIAL, False, False),
    Command("escape", "back", "back", "Back; the model is let go.", TRIAL),
    Command("enter", "open_run", "open", "Open the highlighted run.", QUEUE, palette=False),
    Command("K,shift+up", "move_run('up')", "earlier", "Move the waiting run up by one place.", QUEUE),
    Command("J,shift+down", "move_run('down')", "later", "Move the waiting run down by one place.", QUEUE),
    Command("P", "toggle_queue", "pause", "Pause the queue, or let it go on.", QUEUE),
    Command("x", "stop", "stop", "Stop the run; one that waits leaves the queue.", QUEUE),
    Command("escape,Q,backspace", "back", "back", "Back to the table of runs.", QUEUE),
    Command("F", "move_run('first')", "first", "Let the waiting run start before all others.", QUEUE),
    Command("L", "move_run('last')", "last", "Let the waiting run start after all others.", QUEUE),
    Command("z,u", "undo", "undo", "Take back what was done last: a move, …", QUEUE),
    Command("X", "cancel", "cancel", "Cancel the run; nothing is saved. Asks first.", QUEUE),
    Command("l", "open_log", "log", "Show what the run's process printed.", QUEUE, footer=False),
    Command("1", "pane(1)", "table", "Show the table.", TABLES, footer=False),
    Command("2", "pane(2)", "curves", "Show the highlighted run.", TABLES, footer=False),
    Command("1", "pane(1)", "curves", "Show the curves.", RUN, footer=False),
    Command("2", "pane(2)", "settings", "Show the settings, what differs marked.", RUN, footer=False),
    Command("3", "pane(3)", "events", "Show what happened, in order.", RUN, footer=False),
    Command("4", "pane(4)", "log", "Show the end of the log, and follow it.", RUN, footer=False),
    Command("5", "pane(5)", "attempts", "Show its processes, and what was asked of it.", RUN, footer=False),
    Command("6", "pane(6)", "checkpoints", "Show its checkpoints: how good, how large.", RUN, footer=False),
    Command("7", "pane(7)", "vitals", "Show what its process and its GPU are at.", RUN, footer=False),
    Command("8", "pane(8)", "machine", "Show how to make it again, and its machine.", RUN, footer=False),
    Command("9", "pane(9)", "classes", "Show what is taken for what, each class, calibration.", RUN, footer=False),
    Command("i", "pane(10)", "examples", "Show the surest mistakes, text by text.", RUN, footer=False),
    Command("left", "read(-1)", "before", "Read out the point before.", RUN, footer=False, palette=False),
    Command("right", "read(1)", "read out", "Read out the next point.", RUN, footer=False, palette=False),
    Command("shift+left", "read(-10)", "back", "Read out a point far before.", RUN, footer=False, palette=False),
    Command("shift+right", "read(10)", "on", "Read out a point far behind.", RUN, footer=False, palette=False),
    Command("greater_than_sign", "zoom(0.5)", "zoom in", "Look at half of the curves.", RUN, footer=False),
    Command("less_than_sign", "zoom(2)", "zoom out", "Look at twice as much of the curves.", RUN, footer=False),
    Command("left_square_bracket", "pan(-0.25)", "pan left", "Look at what came before.", RUN, footer=False),
    Command("right_square_bracket", "pan(0.25)", "pan right", "Look at what came after.", RUN, footer=False),
    Command("W", "whole", "whole", "Look at the whole curves again.", RUN, footer=False),
    Command("w", "turn_axis", "x axis", "Count epochs, steps or time on the x axis.", ALL, footer=False),
    Command("full_stop", "turn_charts(1)", "curves", "Show the next curves.", RUN, footer=False),
    Command("f", "alone", "full", "Give the curves the whole screen, or no longer.", RUN, footer=False),
    Command("slash", "find", "find", "Look for something in settings, events, log or examples.", RUN, footer=False),
    Command("o", "only", "only", "Less or all: changed settings, kinds of events, mistakes; counts or shares.", RUN,
            footer=False),
    Command("Y", "copy", "copy", "Copy what the pane is about: path, command, settings, lines.", RUN, footer=False),
    Command("J", "neighbour(1)", "next run", "Go to the next run of the table.", RUN, footer=False),
    Command("K", "neighbour(-1)", "run before", "Go to the run before in the table.", RUN, footer=False),
    Command("n", "match(1)", "next", "The next match of what is looked for.", ("log",)),
    Command("p", "match(-1)", "before", "The match before.", ("log",)),
    Command("exclamation_mark", "first_error", "error", "The first line that speaks of an error.", ("log",)),
    Command("W", "screen.wrap", "wrap", "Wrap long lines, or leave them whole.", ("log",)),
    Command("up,k", "line(-1)", "up", "A line up.", ("log",), palette=False),
    Command("down,j", "line(1)", "down", "A line down.", ("log",), palette=False),
    Command("pageup", "page(-1)", "page up", "A page up; the log is read on.", ("log",), palette=False),
    Command("pagedown,space", "page(1)", "page down", "A page down.", ("log",), palette=False),
    Command("home,g", "first", "first", "The first line of all.", ("log",), palette=False),
    Command("end,G", "last", "last", "The last line, and follow it.", ("log",), palette=False),
    Command("left", "aside(-1)", "left", "To the side, where lines are not wrapped.", ("log",), palette=False),
    Command("right", "aside(1)", "right", "To the other side.", ("log",), palette=False),
    Command("up,k", "move(-1)", "up", "A line up.", CLASSES, palette=False),
    Command("down,j", "move(1)", "down", "A line down.", CLASSES, palette=False),
    Command("pageup", "page(-1)", "page up", "A page up.", CLASSES, palette=False),
    Command("pagedown,space", "page(1)", "page down", "A page down.", CLASSES, palette=False),
    Command("home,g", "edge(0)", "first", "The first line.", CLASSES, palette=False),
    Command("end,G", "edge(1)", "last", "The last line.", CLASSES, palette=False),
    Command("left", "aside(-8)", "left", "To the side, where there are many classes.", CLASSES, palette=False),
    Command("right", "aside(8)", "right", "To the other side.", CLASSES, palette=False),
    Command("enter,space", "read", "read", "Read the whole text, with all probabilities.", EXAMPLES),
    Command("c", "choose_class", "class", "Only texts of one class, or that were taken for it.", EXAMPLES),
    Command("up,k", "move(-1)", "up", "The example above.", EXAMPLES, footer=False, palette=False),
    Command("down,j", "move(1)", "down", "The example below.", EXAMPLES, footer=False, palette=False),
    Command("pageup", "page(-1)", "page up", "A page up.", EXAMPLES, footer=False, palette=False),
    Command("pagedown", "page(1)", "page down", "A page down.", EXAMPLES, footer=False, palette=False),
    Command("home,g", "edge(0)", "first", "The first example.", EXAMPLES, footer=False, palette=False),
    Command("end,G", "edge(1)", "last", "The last example.", EXAMPLES, footer=False, palette=False),
    Command("right,J,n", "neighbour(1)", "next", "The next example.", EXAMPLE),
    Command("left,K,p", "neighbour(-1)", "before", "The example before.", EXAMPLE),
    Command("down,j", "move(1)", "scroll", "A line down; end goes further.", EXAMPLE),
    Command("up,k", "move(-1)", "up", "A line up.", EXAMPLE, footer=False, palette=False),
    Command("pagedown,space", "page(1)", "page", "A page down.", EXAMPLE, footer=False, palette=False),
    Command("pageup", "page(-1)", "page up", "A page up.", EXAMPLE, footer=False, palette=False),
    Command("full_stop", "scroll_classes(3)", "classes", "Scroll the probabilities down.", EXAMPLE, footer=False),
    Command("comma", "scroll_classes(-3)", "up", "Scroll the probabilities up.", EXAMPLE, footer=False),
    Command("Y", "copy", "copy", "Copy the text.", EXAMPLE),
    Command("escape,enter,q,backspace", "back", "back", "Back to the list.", EXAMPLE),
    Command("1", "part(1)", "only A", "The texts that only the first run gets right.", DIFFER, footer=False),
    Command("2", "part(2)", "only B", "The texts that only the second run gets right.", DIFFER, footer=False),
    Command("3", "part(3)", "neither", "The texts that both get wrong.", DIFFER, footer=False),
    Command("4", "part(4)", "both", "The texts that both get right.", DIFFER, footer=False),
    Command("tab", "next_part", "part", "The next of the four parts.", DIFFER),
    Command("slash", "find", "find", "Only texts with these letters; esc shows all again.", DIFFER),
    Command("s", "swap", "swap", "Let A and B change places.", DIFFER),
    Command("escape,backspace", "back", "back", "Show all texts again; else back to the comparison.", DIFFER),
    Command("tab", "next_pane", "pane", "The next pane.", ALL, footer=False),
    Command("y", "log_y", "log-y", "Logarithmic or linear y axis.", ALL, footer=False),
    Command("plus,equals_sign", "smoother", "smoother", "Smooth the loss curve more.", (*BOTH, *TRASH), footer=False),
    Command("plus", "smoother", "smoother", "Smooth the loss curves more.", COMPARE, footer=False),
    Command("minus", "rougher", "rougher", "Smooth the loss curve less.", ALL, footer=False),
    Command("0", "no_smoothing", "raw", "Do not smooth the loss curve.", ALL, footer=False),
    Command("e", "export", "export", "Save a picture (SVG) of what is on screen.", LISTS, footer=False),
    Command("j", "cursor_down", "down", "Down, as the arrow key.", LISTS, footer=False, palette=False),
    Command("k", "cursor_up", "up", "Up, as the arrow key.", LISTS, footer=False, palette=False),
    Command("g", "cursor_first", "first", "To the first line, as home.", LISTS, footer=False, palette=False),
    Command("G", "cursor_last", "last", "To the last line, as end.", LISTS, footer=False, palette=False),
    Command("enter", "take", "choose", "Take the preset and show its settings. Letters find one.", ("presets",)),
    Command("ctrl+d,delete", "remove", "discard", "Discard a draft, or a preset of your own; ^z takes it back.",
            ("presets",)),
    Command("ctrl+z", "undo", "undo", "Take back what was discarded last.", ("presets",)),
    Command("ctrl+s", "launch", "launch", "Check the settings and put the run into the queue, or the runs.", FORM),
    Command("ctrl+f,slash", "find", "find", "Find a setting by its name.", FORM, at_once=True),
    Command("ctrl+l,alt+down", "pick", "list", "Choose from what is here: models, data, splits, columns.", FORM,
            at_once=True),
    Command("ctrl+g", "fold", "more", "Show or hide the rarely used settings of the section.", FORM),
    Command("f6,ctrl+down", "jump(1)", "section", "To the next section.", FORM),
    Command("ctrl+up", "jump(-1)", "previous", "To the section before.", FORM, footer=False),
    Command("ctrl+r", "restore", "put back", "Put the field back to what it was.", FORM),
    Command("ctrl+z", "undo", "undo", "Take the last change of a field back.", FORM),
    Command("ctrl+o", "look", "look at data", "Look at the data: splits, labels, lengths, tokens.", FORM),
    Command("f3", "toggle_preflight", "preflight", "Show or hide what was found before the launch.", FORM),
    Command("ctrl+pagedown", "scroll_preflight(5)", "scroll", "Scroll what was found down.", FORM, footer=False),
    Command("ctrl+pageup", "scroll_preflight(-5)", "scroll", "Scroll what was found up.", FORM, footer=False),
    Command("ctrl+y", "copy_command", "copy command", "Copy the command line that makes the same.", FORM),
    Command("ctrl+t", "copy_toml", "copy TOML", "Copy the settings as TOML.", FORM, footer=False),
    Command("f4", "save_preset", "keep", "Keep the settings as a preset of your own.", FORM, footer=False),
    Command("f5", "save_file", "write", "Write the settings or the command to a file.", FORM, footer=False),
    Command("left,right,space", "turn", "turn", "Another of the values offered.", FORM, footer=False, palette=False),
    Command("comma", "add", "one more", "One more value: each makes a run.", FORM, footer=False, palette=False),
    Command("enter", "open_run", "open", "Open the run of the highlighted column.", COMPARE, palette=False),
    Command("left", "run(-1)", "left", "To the run on the left.", COMPARE, footer=False, palette=False),
    Command("right", "run(1)", "right", "To the run on the right.", COMPARE, footer=False, palette=False),
    Command("p", "baseline", "baseline", "Hold the others against the highlighted run.", COMPARE),
    Command("i", "differ", "texts", "The texts on which the highlighted run and the baseline differ.", COMPARE),
    Command("equals_sign", "same", "same", "Show or hide the settings that are the same in all runs.", COMPARE),
    Command("slash", "filter", "filter", "Show only lines with these words; esc shows all again.", COMPARE),
    Command("space", "switch", "curve", "Draw the highlighted run's curve, or draw it no more.", COMPARE),
    Command("1,2,3,4,5,6,7,8,9", "switch({key})", "curve", "The same for the run with this number.", COMPARE,
            footer=False, palette=False),
    Command("a", "all_curves", "all curves", "Draw the curves of all runs again.", COMPARE, footer=False),
    Command("delete,o", "leave_out", "leave out", "Take the highlighted run out of the comparison.", COMPARE),
    Command("z,u", "put_back", "put back", "Put back the run that was left out last.", COMPARE, footer=False),
    Command("ctrl+y", "copy", "copy", "Copy the table as Markdown.", COMPARE, footer=False),
    Command("E", "save", "save", "Save the table: Markdown, LaTeX or CSV.", COMPARE, footer=False),
    Command("escape,backspace", "back", "back", "Show all lines again; else leave the comparison.", COMPARE),
    Command("ctrl+r", "restore", "default", "Put the setting back to its default.", ("settings",)),
    Command("left,right,space", "turn", "turn", "Another of the values offered, seen at once.", ("settings",)),
    Command("escape", "back", "back", "Show all again; else leave without launching.", ("presets",)),
    Command("escape", "back", "back", "End the check; else leave: what was typed is kept as a draft.", FORM),
    Command("down,j", "move(1)", "scroll", "A line down; pgdn and end go further.", ("data",), palette=False),
    Command("space", "page", "page", "A page down.", ("data",), footer=False, palette=False),
    Command("up,k", "move(-1)", "up", "A line up; pgup and home go further.", ("data",), footer=False, palette=False),
    Command("escape,q", "back", "back", "Back to the settings.", ("data",)),
    Command("escape", "back", "back", "Back to where you were; what is set stays.", ("settings",)),
    Command("down,enter", "move(1)", "down", "The next setting.", ("settings",), footer=False, palette=False),
    Command("up", "move(-1)", "up", "The setting before.", ("settings",), footer=False, palette=False),
    Command("down,j", "move(1)", "scroll", "A line down; pgdn and end go further.", ("help",), palette=False),
    Command("up,k", "move(-1)", "up", "A line up; pgup and home go further.", ("help",), False, False),
    Command("slash", "search", "search", "Only the lines with what is typed; esc shows all.", ("help",)),
    Command("t", "tour", "tour", "Show the tour: a few steps over the demo.", ("help",)),
    Command("escape,q,question_mark,f1", "back", "back", "Back to where you were.", ("help",)),
    Command("comma", "settings", "settings", "Themes, shapes, charts: the settings of the app.", LISTS, footer=False),
    Command("q", "quit", "quit", "Leave; training goes on.", LISTS, footer=False),
    Command("question_mark,f1", "help", "help", "Show all keys.", LISTS),
    Command("f1", "help", "help", "Show all keys.", FIELDS),
    Command("colon", "command_palette", "find", "Find a command.", LISTS, footer=False, palette=False),
    Command("ctrl+p", "command_palette", "find", "Find a command.", ("everywhere",), footer=False, palette=False,
            at_once=True),
    Command("f8", "messages", "messages", "Show again what was said in the corner.", ("everywhere",), footer=False),
    Command("escape", "leave_tour", "end tour", "End the tour, if there is one.", ("everywhere",), False),
    Command("ctrl+q", "quit", "quit", "Leave; training goes on.", ("everywhere",), footer=False, palette=False),
)  # fmt: skip


def commands(scope: Scope) -> list[Command]:
    """Return the commands of one part of the app, in the order of declaration."""
    return [command for command in COMMANDS if scope in command.scopes]


def bindings(scope: Scope) -> list[BindingType]:
    """Return Textual's bindings for one part of the app."""
    return [
        Binding(key, action, command.help, show=False, priority=command.at_once and "+" in key)
        for command in commands(scope)
        for keys, action in _actions(command)
        for key in keys.split(",")
    ]


def key_of(action: str, scope: Scope) -> str:
    """Return the first key of an action on a screen, as people read it. Raises KeyError where it has none."""
    for command in commands(scope):
        if command.action == action:
            return command.first_key
    raise KeyError(action)


def _actions(command: Command) -> list[tuple[str, str]]:
    """The keys of a command and what they call; `{key}` in it stands for the key that was pressed."""
    action = f"app.{command.action}" if command.is_global else command.action
    if "{key}" not in action:
        return [(command.keys, action)]
    return [(key, action.replace("{key}", key)) for key in command.keys.split(",")]
