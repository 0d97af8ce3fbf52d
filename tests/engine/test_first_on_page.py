"""What the page says first, lists and leaves out: the same as the package."""

from test_engine import agree

from posts import (
    AROUND_NUMBERS,
    BARE,
    BELOW_A_MESSAGE,
    BRANCHES,
    BY_THEIR_LINES,
    COMPLAINED,
    DRAWN,
    ENTRIES_TOLD,
    EXCHANGED,
    IN_HTML,
    KEPT,
    LOOKED_AT,
    LOSING,
    NARROWED,
    NEARLY,
    OF_TWO_TESTS,
    POSTS,
    RIGHT_OR_OLDER,
    SAID_RIGHT,
    STORED,
    TURNED,
    WRONG,
    all_off,
    as_printed,
)
from quoted_editions import COMPLAINTS

ASKED = ("db, float", "grads['db1'], np.float64", "cost, float", "dW, np.ndarray", "cache, tuple")


def test_page_and_package_agree_on_numbers_without_brackets() -> None:
    texts = [(as_printed(test),) for test in BARE]
    for test in BARE:
        name = test.numbers[-1]
        texts += [(as_printed(test, **{name: 2 * test.expected[name].item()}),)]
        texts += [(f"{name} = {test.expected[name].item()}",), (f"{name} = 0.31415926",)]
    agree(*texts, ("dw = [[1.5 2.5 3.5]]\ndb = 0.25",))


def test_page_and_package_agree_on_tests_that_accept_a_mistake() -> None:
    agree(*((as_printed(test), test.id, 1) for test in WRONG if not test.last))


def test_page_and_package_agree_on_the_input_to_compare_where_nothing_is_right() -> None:
    agree(*((as_printed(test, **all_off(test)), test.id, 0) for test in DRAWN))


def test_page_and_package_agree_on_asserts_about_a_type() -> None:
    lines = (f"     25     assert isinstance({asked})" for asked in ASKED)
    agree(*((f"in linear_backward(dZ, cache)\n{line}\nAssertionError:",) for line in lines))


def test_page_and_package_agree_on_numbers_beside_what_explains_more() -> None:
    agree(*((f"It prints\n{beside}", None, 1) for beside, _ in POSTS.values()))


def test_page_and_package_agree_on_names_that_are_right_or_older() -> None:
    agree(*((text,) for text in (*RIGHT_OR_OLDER.values(), OF_TWO_TESTS)))


def test_page_and_package_take_the_edition_that_a_complaint_quotes() -> None:
    agree(*((text,) for text in COMPLAINTS))


def test_page_and_package_agree_on_right_numbers_under_another_key() -> None:
    agree(*((text,) for text, _ in STORED))


def test_page_and_package_agree_on_what_is_returned_and_on_a_test_that_complains() -> None:
    agree(*((text,) for text in (*KEPT, *COMPLAINED)))


def test_page_and_package_agree_on_what_the_words_and_lines_around_numbers_say() -> None:
    agree(*((text,) for text in (*SAID_RIGHT, *BY_THEIR_LINES, *ENTRIES_TOLD)))
    agree((NEARLY,), (EXCHANGED,), *((text,) for text in (*BRANCHES, *LOOKED_AT, *NARROWED)))


def test_page_and_package_agree_on_two_calls_and_on_two_editions() -> None:
    agree(
        (IN_HTML,),
        (BELOW_A_MESSAGE,),
        (LOSING,),
        (TURNED,),
        *((text, None, 1) for text in AROUND_NUMBERS),
    )
