"""Lines that call the helpers of the course, in texts without any message."""

import re
from pathlib import Path

import pytest

from backcheck.diagnosis.diagnose import diagnose
from backcheck.diagnosis.helpers import calls_in, written_calls
from backcheck.diagnosis.reading import Paste, read
from exceptions import (
    CALLS_RIGHT,
    CALLS_WRONG,
    KEPT_RIGHT,
    KEPT_WRONG,
    OTHER_KEYS,
    OWN_KEYS,
    UNKNOWN_CALLS,
)
from programs import learner
from told import told_by_run


def said(text: str) -> tuple[str, ...]:
    found = diagnose(text)
    return tuple(
        one for one in (found.headline, *found.remarks) if " the call " in f" {one.lower()}"
    )


def repr_of(text: str) -> str:
    return " ".join(repr(diagnose(text)).split())


@pytest.mark.parametrize("text", CALLS_WRONG)
def test_a_call_that_stands_alone_has_its_mistake_and_no_other(text: str) -> None:
    (found,) = said(text)
    assert found.startswith("Look at the call ")
    expected = [says for _, says, _ in written_calls("wrong") if CALLS_WRONG[text] in says]
    assert len(expected) == 1
    assert [one[1] for one in written_calls("wrong") if one[1] in found] == expected
    assert "No known test computes" not in repr(diagnose(text))


@pytest.mark.parametrize("text", CALLS_RIGHT)
def test_a_right_call_is_said_to_be_right_in_both_numberings(text: str) -> None:
    assert said(text)
    assert all(re.match("The call .* is right", one) for one in said(text))


@pytest.mark.parametrize("text", UNKNOWN_CALLS)
def test_a_call_of_which_nothing_is_known_is_neither_right_nor_wrong(text: str) -> None:
    try:
        assert not said(text)
    except ValueError:
        # Nothing at all is read there.
        assert not calls_in(text)


def test_of_two_versions_each_has_its_verdict_and_its_own_cache() -> None:
    head = "for l in reversed(range(L - 1)):\n"
    call = 'a, b, c = linear_activation_backward(grads["dA" + str(l + 1)], now_cache, "relu")\n'
    one, other = (f"{head}    now_cache = caches[{at}]\n    {call}" for at in ("l + 1", "l"))
    first, second = said(f"Mine is\n{one}\nand the book has\n{other}")
    assert "the cache of another layer" in first
    assert "is right" in second


@pytest.mark.parametrize("text", OTHER_KEYS)
def test_a_line_that_reads_an_array_under_another_name_is_named(text: str) -> None:
    assert f"Look at the line {OTHER_KEYS[text]}. The name differs" in repr_of(text)


def test_each_of_two_lines_that_read_another_array_is_named() -> None:
    text = next(one for one in OTHER_KEYS if one.startswith("W1 = parameters"))
    for line in text.split("\n")[:2]:
        assert f"Look at the line {line}." in repr_of(text)


@pytest.mark.parametrize("text", OWN_KEYS)
def test_keys_of_another_numbering_or_of_gradients_are_not_called_wrong(text: str) -> None:
    assert "Look at the line" not in repr_of(text)


@pytest.mark.parametrize("text", KEPT_WRONG)
def test_what_a_loop_keeps_in_the_wrong_way_is_named_once(text: str) -> None:
    told = repr_of(text)
    assert told.count("Look at the line") == 1
    assert KEPT_WRONG[text] in told


@pytest.mark.parametrize("text", KEPT_RIGHT)
def test_what_a_loop_keeps_as_it_should_is_not_called_wrong(text: str) -> None:
    assert "Look at the line" not in repr_of(text)


def test_a_function_that_stops_is_told_which_line_reads_the_wrong_key(
    tmp_path: Path,
) -> None:
    said = told_by_run(learner("two arrays of one key"), tmp_path)
    assert 'Look at the line A2 = cache["A1"]' in said


def test_what_a_call_shows_stands_beside_a_message_that_says_something_else() -> None:
    text = (
        "in rnn_backward(da, caches)\n---> 9     gradients = rnn_cell_backward(da_prevt, caches[t])"
        "\n\nOSError: nothing known"
    )
    assert said(text)
    right = text.replace("(da_prevt", "(da_prevt + da[:, :, t]")
    assert not said(right)


def test_calls_make_a_text_worth_reading() -> None:
    paste = read("my line is `dZ = sigmoid_backward(dAL, caches[2])`.")
    assert isinstance(paste, Paste)
    assert paste.calls[0].statement == "sigmoid_backward(dAL, caches[2])"
