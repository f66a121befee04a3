"""What a filter could go on with: fields, operators and values at any place of a text."""

from fuzzing import examples
from hypothesis import given
from hypothesis import strategies as st

from bertft_tui.core.filtering.completion import Completion, complete_with, place_at
from bertft_tui.core.filtering.fields import FieldKind, Fields
from bertft_tui.core.store.status import RunStatus

FIELDS = Fields(map(str, RunStatus), ["eval_accuracy", "loss", "my metric"])


def complete(text: str, stored: tuple[str, ...] = ()) -> Completion:
    """Complete a text at the bar in it."""
    cursor = text.index("|")
    text = text.replace("|", "")
    return complete_with(place_at(text, cursor, FIELDS), FIELDS, stored)


def offered(text: str, stored: tuple[str, ...] = ()) -> list[str]:
    """The texts that are offered."""
    return [offer.text for offer in complete(text, stored).offers]


def test_fields_are_offered_by_their_beginning() -> None:
    """What begins so comes first, then what contains it; every field has words on what it is."""
    assert offered("acc|")[0] == "accuracy"
    assert offered("status:failed (learn|")[0] == "learning_rate"
    assert offered("-no|")[0] == "note"
    assert offered("max.gr|") == ["max.grad_norm"]
    assert offered("my|") == ['"my metric"']
    assert "last.accuracy" in offered("last.|")
    assert offered("nope|") == []
    assert all(offer.help for offer in complete("|").offers)
    assert all(field.help for field in FIELDS.all)


def test_behind_a_field_its_operators_are_offered() -> None:
    """Those that go with it, the likely ones first."""
    assert offered("status|") == [":", "=", "!=", "~"]
    assert offered("accuracy|")[0] == "<"
    assert "after" in [offer.help for offer in complete("created|").offers]
    assert offered("stat|us")[0] == "status"


def test_behind_an_operator_values_are_offered() -> None:
    """Choices, what stands in the store, and how durations are written; in quotes where they need them."""
    assert offered("status:f|") == ["finished", "failed"]
    assert offered("status:|")[0] == "queued"
    assert offered("status:|", ("failed",))[0] == "failed"
    assert offered("tag:|", ("base", "two words")) == ["base", '"two words"']
    assert offered('tag:"two w|', ("two words",)) == ['"two words"']
    assert offered("train_size>=|") == ["all"]
    assert offered("stratify=|") == ["true", "false"]
    assert "1d" in offered("age<|")
    assert offered("created:to|") == ["today"]
    assert offered("unknown:|") == []


def test_an_offer_takes_the_place_of_what_it_completes() -> None:
    """The rest of the text stays, and the cursor stands behind it."""
    completion = complete("a stat| OR b")
    assert completion.applied("a stat OR b", completion.offers[0]) == ("a status OR b", 8)
    completion = complete("status:fin|")
    assert completion.applied("status:fin", completion.offers[0])[0] == "status:finished"
    completion = complete("status|")
    assert completion.applied("status", completion.offers[0]) == ("status:", 7)


@examples(150)
@given(
    st.text(max_size=30) | st.lists(st.sampled_from([*"():\"'<= ", "status", "age", "or"])).map("".join), st.data()
)
def test_every_place_of_every_text_has_a_place(text: str, data: st.DataObject) -> None:
    """Nothing breaks, and what would be replaced lies within the text."""
    cursor = data.draw(st.integers(-1, len(text) + 1))
    place = place_at(text, cursor, FIELDS)
    assert 0 <= place.start <= place.end <= len(text)
    for offer in complete_with(place, FIELDS, ("a b",)).offers:
        assert offer.text


def test_the_names_of_fields() -> None:
    """Columns go before settings, settings before metrics; the last part is enough where it is unique."""
    assert FIELDS.find("learning_rate") is FIELDS.find("training.learning_rate") is FIELDS.find("LR")
    assert FIELDS.find("last.learning_rate").is_metric
    assert FIELDS.find("accuracy") is FIELDS.find("eval_accuracy")
    assert FIELDS.find("hardware.device") is not FIELDS.find("device")
    assert FIELDS.find("train_size").words == ("all",)
    assert (FIELDS.find("stratify").kind, FIELDS.find("optim").kind) == (FieldKind.FLAG, FieldKind.CHOICE)
    names = [field.name for field in FIELDS.all]
    assert len(names) == len(set(names))
