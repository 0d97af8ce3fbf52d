"""The causes of exceptions, in the package and in the engine of the page."""

import pytest
from test_engine import agree

from exceptions import (
    ABOVE,
    ADDED_UP,
    BESIDE_BIAS,
    CALLED,
    CALLS_RIGHT,
    CALLS_WRONG,
    CLASSES,
    EDITIONS,
    FLAT,
    FOREIGN,
    IN_PLACE,
    KEPT_RIGHT,
    KEPT_WRONG,
    NO_LAYERS,
    NO_SLICES,
    NONE_APART,
    NOT_BESIDE_BIAS,
    NOT_FLAT,
    OTHER_KEYS,
    OTHER_SLICES,
    OWN_KEYS,
    OWN_SHAPE,
    PRINTED_WHOLE,
    REFUTING,
    SHAPE_WHOLE,
    SHAPED,
    STORED_ELSE,
    STORED_FOR_ANOTHER,
    STORED_OTHER,
    STORED_WHOLE,
    UNKNOWN_CALLS,
    WRONG_CALLS,
    below,
    none_apart,
    pasted,
    stops,
)

# Where the package's tests of them make the programs.
pytestmark = pytest.mark.xdist_group("exceptions")


@pytest.mark.parametrize("style", ["plain", "older", "newer"])
def test_page_and_package_tell_the_same_causes(style: str) -> None:
    agree(*((pasted(stop, style),) for stop in [stop for stop in stops() if stop.key][::11]))


def test_page_and_package_read_the_same_in_a_call() -> None:
    agree(*((below(call),) for call in (*WRONG_CALLS, "dZ = relu_backward(dA, activation_cache)")))


def test_page_and_package_tell_a_flat_vector_by_the_same_shapes() -> None:
    agree(
        *(
            (f"ValueError: {shapes}",)
            for shapes in (*FLAT, *NOT_FLAT, *BESIDE_BIAS, *NOT_BESIDE_BIAS)
        )
    )
    agree(*((text,) for text in CLASSES))


def test_page_and_package_tell_the_edition_of_a_call_alike() -> None:
    agree(*((f"TypeError: {text}",) for text in EDITIONS))


def test_page_and_package_judge_calls_without_a_message_alike() -> None:
    agree(*((text,) for text in (*CALLS_WRONG, *CALLS_RIGHT, *UNKNOWN_CALLS)))
    agree(*((text,) for text in (*OTHER_KEYS, *OWN_KEYS)))
    agree(*((text,) for text in (*KEPT_WRONG, *KEPT_RIGHT)))


def test_page_and_package_tell_a_slice_along_another_axis_alike() -> None:
    agree(*((text,) for text in (*OTHER_SLICES, *NO_SLICES, *FOREIGN, *STORED_WHOLE, *SHAPE_WHOLE)))
    agree(*((text,) for text in (*STORED_ELSE, *STORED_OTHER, *STORED_FOR_ANOTHER, *ADDED_UP)))


def test_page_and_package_tell_the_causes_of_a_place_alike() -> None:
    agree(*((text,) for text in (*IN_PLACE, *NO_LAYERS, *REFUTING)))


def test_page_and_package_tell_what_is_none_alike() -> None:
    agree(*((none_apart(*one),) for one in (*NONE_APART, ("rnn_backward", "a, b = helper(x)"))))


def test_page_and_package_tell_the_rows_of_two_beside_printed_numbers() -> None:
    agree((PRINTED_WHOLE, None, 1))


def test_page_and_package_read_the_lines_of_a_traceback_as_evidence() -> None:
    agree(*((text,) for text in ABOVE))


def test_page_and_package_read_printed_shapes_and_called_helpers_alike() -> None:
    numbers = "dW1 = [[0.41010002 0.07807203 0.13798444 0.10502167]]"
    agree(*((text,) for text in (*SHAPED, OWN_SHAPE, OWN_SHAPE.replace("# ", ""))))
    agree((CALLED + numbers, None, 1))
