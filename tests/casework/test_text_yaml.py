"""Forms that people write: the quick reader and the forbearing one read the same."""

from importlib import resources

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from grievance.casework.lists import text_yaml

pytestmark = pytest.mark.plain
_SEED = resources.files("grievance.store") / "seed"

words = st.text(alphabet="aé名 :-#'\"{}[],?&*!|>%@`\n", max_size=12)
plain = st.recursive(
    words, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3)
)


def _both(text: str) -> tuple[object, object]:
    loaders = (text_yaml._QuickLoader, text_yaml._TextLoader)
    quick, forbearing = (yaml.load(text, Loader=one) for one in loaders)  # noqa: S506
    return quick, forbearing


@pytest.mark.parametrize("name", ["listings.yaml", "legal_dates.yaml", "danger.yaml"])
def test_our_own_lists_read_the_same_quickly(name: str) -> None:
    quick, forbearing = _both((_SEED / name).read_text("utf-8"))

    assert quick == forbearing


@given(plain, st.booleans())
def test_whatever_is_written_reads_the_same_quickly(document: object, flat: bool) -> None:
    text = yaml.safe_dump(document, allow_unicode=True, default_flow_style=flat)

    quick, forbearing = _both(text)

    assert quick == forbearing


def test_what_the_quick_reader_refuses_is_named_by_its_line() -> None:
    with pytest.raises(text_yaml.UnreadableYaml, match="Line 2"):
        text_yaml.read_yaml("a: 1\nb: [")


def test_no_depth_ends_the_process() -> None:
    with pytest.raises(text_yaml.UnreadableYaml, match="too deep"):
        text_yaml.read_yaml("[" * 100_000)
