"""The causes of exceptions, held to thousands of programs that stop."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from zlib import crc32

import pytest

import learners
from backcheck.diagnosis.answers import WORDS, error
from backcheck.diagnosis.diagnose import diagnose
from backcheck.diagnosis.helpers import written_calls
from backcheck.diagnosis.reading import NOWHERE, Frame, Paste, frame_of, read
from backcheck.diagnosis.symptoms import MOST, known_causes, likely_mutants, told
from backcheck.diagnosis.symptoms import exceptions as table
from backcheck.fixtures import load
from backcheck.showing.words import covered, say
from exceptions import (
    ABOVE,
    ADDED_UP,
    BESIDE_BIAS,
    CALLED,
    CLASSES,
    CUT,
    EDITIONS,
    FLAT,
    FOREIGN,
    IN_PLACE,
    MARK,
    NO_LAYERS,
    NO_SLICES,
    NONE_APART,
    NOT_BESIDE_BIAS,
    NOT_FLAT,
    OTHER_SLICES,
    OWN_SHAPE,
    PRINTED_WHOLE,
    REFUTING,
    SHAPE_WHOLE,
    SHAPED,
    STORED_ELSE,
    STORED_FOR_ANOTHER,
    STORED_OTHER,
    STORED_WHOLE,
    WRONG_CALLS,
    Stop,
    below,
    counted,
    none_apart,
    pasted,
    stops,
    written,
)
from programs import learner
from told import told_by_run

# One process makes the programs for all of them.
pytestmark = pytest.mark.xdist_group("exceptions")

STYLES = ("plain", "older", "newer")


@cache
def known() -> tuple[Stop, ...]:
    return tuple(stop for stop in stops() if stop.key)


def shares(stopped: Sequence[Stop], placed: bool = True) -> tuple[float, float]:
    """Return how often the first cause, and any cause that is told, is the mistake made."""
    first = told = 0
    for stop in stopped:
        causes = [cause.id for cause in known_causes(stop.error, stop.frame if placed else NOWHERE)]
        first += causes[:1] == [stop.operator]
        told += stop.operator in causes[:MOST]
    return first / len(stopped), told / len(stopped)


def test_every_message_of_a_program_has_causes_or_is_left_out_with_a_reason() -> None:
    left_out = [entry["pattern"] for entry in table()["left_out"].values()]
    for stop in stops():
        assert stop.key or any(re.search(one, stop.error) for one in left_out), stop
    for pattern in left_out:
        assert any(re.search(pattern, stop.error) for stop in stops())
        assert not any(re.search(pattern, stop.error) for stop in known())


def test_the_counts_and_their_order_are_those_of_the_programs() -> None:
    file = resources.files("backcheck.diagnosis") / "exceptions.toml"
    _, mark, counts = file.read_text(encoding="utf-8").partition(MARK)
    assert mark + counts == written(counted(stops()))
    for kind, causes in tomllib.loads(counts)["seen"].items():
        totals = [sum(entry[-1] for entry in entries) for entries in causes.values()]
        assert totals == sorted(totals, reverse=True), kind
    assert len(stops()) > 3000


def test_each_cause_was_seen_and_none_is_written_for_nothing() -> None:
    seen = table()["seen"]
    assert set(seen) == set(table()["kinds"])
    assert {cause for causes in seen.values() for cause in causes} == set(table()["causes"])
    for kind, causes in table()["also"].items():
        assert set(causes) <= set(seen[kind])


def test_no_program_stands_for_two_mistakes() -> None:
    # The same text would be counted as evidence for both.
    texts = {(stop.program, stop.test): stop.operator for stop in stops()}
    for stop in stops():
        if stop.operator not in ("edition", "not-run", "cache-foreign"):
            assert texts[stop.program, stop.test] in (stop.operator, "edition", "not-run")


def test_the_frame_leaves_the_mistake_among_the_causes_told_for_95_of_100_programs() -> None:
    first, told = shares(known())
    assert told >= 0.99
    assert first >= 0.77
    without = shares(known(), placed=False)
    assert without[0] < first
    assert without[1] < told


def test_programs_that_were_not_counted_are_told_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    folds: list[list[Stop]] = [[] for _ in range(5)]
    for stop in known():
        folds[crc32(f"{stop.operator} {stop.program} {stop.error}".encode()) % 5].append(stop)
    right = 0.0
    for held in folds:
        counts = counted([stop for fold in folds if fold is not held for stop in fold])
        monkeypatch.setitem(table(), "seen", tomllib.loads(written(counts))["seen"])
        right += shares(held)[1] * len(held)
    assert right / len(known()) >= 0.95


@pytest.mark.parametrize("style", STYLES)
def test_a_pasted_traceback_gives_the_frame_it_stopped_in(style: str) -> None:
    for stop in known()[::7]:
        paste = read(pasted(stop, style))
        assert (paste.frame.function, paste.frame.kind) == (stop.frame.function, stop.frame.kind)
        assert known_causes(paste.error, paste.frame) == known_causes(stop.error, stop.frame)


PAIR = "ValueError: not enough values to unpack (expected 3, got 2)"
TWO = "ValueError: too many values to unpack (expected 2)"


@pytest.mark.parametrize(
    ("function", "statement", "message", "cause"),
    [
        ("linear_backward", "A_prev, W, b = cache", PAIR, "cache-whole"),
        ("L_model_backward", "dA, dW = linear_activation_backward(dAL, c, 'relu')", TWO, "target"),
        ("linear_activation_backward", "dA, dW = linear_backward(dZ, c)", TWO, "target-fewer"),
        (
            "backward_propagation_with_dropout",
            "(Z1, A1, W1, b1, Z2, A2, W2, b2, Z3, A3, W3, b3) = cache",
            "ValueError: too many values to unpack (expected 12)",
            "cache-foreign",
        ),
        ("cell", "AL, Y = L_model_backward_test_case()", TWO, "edition"),
        ("cell", "dA_prev, dW, db = linear_backward(dZ, linear_cache)", PAIR, "returned-fewer"),
        ("linear_backward", "m = A_prev.shape[2]", "IndexError: tuple index out of range", ""),
        (
            "linear_activation_backward",
            "return dA_prev, dW, db",
            "UnboundLocalError: local variable 'dA_prev' referenced before assignment",
            "string",
        ),
        (
            "relu_backward",
            "dZ[Z <= 0] = 0",
            "IndexError: boolean index did not match indexed array along dimension 0; dimension is "
            "3 but corresponding boolean dimension is 1",
            "index",
        ),
    ],
)
def test_the_frame_tells_causes_of_one_message_apart(
    function: str, statement: str, message: str, cause: str
) -> None:
    found = known_causes(message, Frame(function, statement))
    assert found[0].id.startswith(cause)


def test_unpacking_points_at_an_edition_only_where_a_test_case_is_unpacked() -> None:
    for message in (PAIR, TWO):
        for statement in ("A_prev, W, b = cache", "dA, dW = linear_backward(dZ, linear_cache)"):
            for function in ("cell", "linear_backward", "L_model_backward"):
                causes = known_causes(message, Frame(function, statement))
                assert "edition" not in [cause.id for cause in causes]
        case = Frame("cell", "AL, Y = L_model_backward_test_case()")
        assert [cause.id for cause in known_causes(message, case)] == ["edition"]


@pytest.mark.parametrize(
    "message",
    [
        "UnboundLocalError: cannot access local variable 'dA_prev' where it is not associated with "
        "a value",
        "UnboundLocalError: local variable 'dA_prev' referenced before assignment",
        "IndexError: boolean index did not match indexed array along axis 0; size of axis is 3 but "
        "size of corresponding boolean axis is 1",
        "IndexError: boolean index did not match indexed array along dimension 0; dimension is 3 "
        "but corresponding boolean dimension is 1",
        "ValueError: too many values to unpack (expected 2, got 3)",
        "NameError: name 'dZ2' is not defined. Did you mean: 'dZ1'?",
        "numpy.exceptions.AxisError: axis 2 is out of bounds for array of dimension 2",
        "TypeError: The numpy boolean negative, the `-` operator, is not supported, use the `~` "
        "operator or the logical_not function instead.",
    ],
)
def test_the_messages_of_older_and_newer_versions_are_known(message: str) -> None:
    assert known_causes(message)
    assert known_causes(read(message).error)


def test_causes_give_no_graded_line_away_and_are_sentences() -> None:
    says = [*table()["causes"].values()]
    says += [sentence for causes in table()["also"].values() for sentence in causes.values()]
    for sentence in says:
        assert re.fullmatch(r"[A-Z][^`]*\.", sentence)
        assert not re.search(r"[@*/]|np\.\w|\bdef \w+\(", sentence)


def test_a_ready_answer_is_short_and_lists_its_causes_in_order() -> None:
    for stop in known()[::5]:
        ready = error(stop.error)
        assert len(ready.text.split()) <= WORDS
        numbers = [int(number) for number in re.findall(r"(?m)\((\d+)\)$", ready.text)]
        assert numbers == sorted(numbers, reverse=True)
        assert sum(numbers) <= ready.causes[0].of
        assert len(numbers) >= min(2, len(ready.causes)) or len(ready.causes) == 1


def test_a_diagnosis_says_of_several_causes_that_they_are_likely_and_counts_nothing() -> None:
    text = f"in linear_backward(dZ, cache)\n---> 16     A_prev, W, b = cache\n{PAIR}"
    one, several = diagnose(text).remarks, diagnose("TypeError: 'NoneType' object").remarks
    assert one[0] == table()["causes"]["cache-whole"]
    assert several[0] == "Its likely causes, the most frequent first:"
    assert not re.search(r"\bin \d+ of|programs", " ".join((*one, *several)))


def test_statements_are_told_apart_by_what_they_do() -> None:
    kinds = {
        "AL, Y, caches = L_model_backward_test_case()": "case",
        "dZ = relu_backward(dA, activation_cache)": "call",
        "(linear_cache, activation_cache) = cache  # both": "name",
        "current_cache = caches[l]": "entry",
        "m = A_prev.shape[1]": "formula",
        "dZ[Z <= 0] = 0": "entry",
        "return dA_prev, dW, db": "formula",
        "(Z1, D1, A1, W1, b1,": "",
    }
    assert {text: frame_of("cell", text).kind for text in kinds} == kinds


def in_function(function: str, statement: str, error: str = "AssertionError: ") -> str:
    return f"<ipython-input-7-0a> in {function}(dZ, cache)\n---> 26     {statement}\n\n{error}"


SHAPES = (
    "assert (dW.shape == W.shape)",
    "assert dW.shape == W.shape, 'dW'",
    "assert(dW.shape==(3, 4))",
)


@pytest.mark.parametrize("statement", SHAPES)
@pytest.mark.parametrize("function", ["linear_backward", "linear_activation_backward", "<module>"])
def test_the_learners_own_assert_of_a_shape_is_evidence(function: str, statement: str) -> None:
    found = diagnose(in_function(function, statement))
    assert "dW has another shape" in found.remarks[0]
    assert "dW transposed" in [mutant.name for mutant in found.candidates]


def test_of_a_bias_gradient_the_sums_that_give_another_shape_are_told() -> None:
    text = in_function("linear_backward", "assert (db.shape == b.shape)")
    names = {mutant.name for mutant in diagnose(text).candidates}
    assert names == {
        "keepdims left out of the sum",
        "the sum taken over everything",
        "the sum over the examples left out",
        "the sum taken over the wrong axis",
    }


def test_only_the_assert_that_failed_counts() -> None:
    asserts = ["assert (dA_prev.shape == A_prev.shape)", SHAPES[0], "assert (db.shape == b.shape)"]
    lines = [f"     2{n} {line}" for n, line in enumerate(asserts)]
    lines[1] = lines[1].replace("     ", "---> ", 1)
    arrow = "in linear_backward(dZ, cache)\n" + "\n".join(lines) + "\nAssertionError:"
    assert "dW has another shape" in diagnose(arrow).remarks[0]
    # Without an arrow one that stands alone failed, and of several nobody knows which.
    alone = f"in linear_backward(dZ, cache)\n{lines[2]}\nAssertionError:"
    assert "db has another shape" in diagnose(alone).remarks[0]
    several = "linear_backward\n" + "\n".join([lines[0], lines[2]]) + "\nAssertionError:"
    assert "No printed numbers were read" in diagnose(several).title


@pytest.mark.parametrize(
    ("function", "statement", "said"),
    [
        ("relu_backward", "assert (dZ.shape == Z.shape)", "dZ has another shape"),
        ("dense_backward", "assert(dW.shape == W.shape)", "dW has another shape"),
        ("linear_backward", "assert (isinstance(db, float))", "db to be a float"),
        ("linear_backward", "assert isinstance(dW, np.ndarray)", "dW to be a np.ndarray"),
    ],
)
def test_an_assert_that_no_named_form_breaks_is_told_without_one(
    function: str, statement: str, said: str
) -> None:
    found = diagnose(in_function(function, statement))
    assert said in found.remarks[0]
    assert not found.candidates


def test_an_assert_on_a_type_is_told_of_the_array_that_it_asks_for() -> None:
    said = {
        "db, float": "db has the shape of its b",
        "grads['db1'], np.float64": "db1 has the shape of its b",
        "cost, float": "A float is one number, and a sum with axis or keepdims is an array",
        "dW, float": "A float is one number, and a sum with axis or keepdims is an array",
        "dW, np.ndarray": "Print dW and its type above the assert: a sum over everything is",
        "cache, tuple": "Print cache and its type above the assert",
    }
    for asked, says in said.items():
        remarks = diagnose(in_function("linear_backward", f"assert isinstance({asked})")).remarks
        assert says in remarks[1]
        # The assert of 2017 is spoken of where it stood.
        assert ("2017" in " ".join(remarks)) == (asked in ("db, float", "grads['db1'], np.float64"))


def test_run_tells_what_gives_the_shape_that_an_own_assert_refused() -> None:
    paste = Paste((), frame=Frame("linear_backward", SHAPES[0]))
    likely = likely_mutants(paste, [load("c1w4_linear_backward_v4a")])
    assert likely
    assert "dW = A_prev @ dZ.T / m" in map(str, likely[1])


PLAIN = {
    "concatenation": "ValueError: all the input array dimensions for the concatenation axis must "
    "match exactly, but along dimension 0, the array at index 0 has size 5",
    "steps": "ValueError: operands could not be broadcast together with shapes (5,10,4) (5,10)",
    "in-place": "ValueError: non-broadcastable output operand with shape (5,1) doesn't match the "
    "broadcast shape (5,5)",
    "aligned": "ValueError: objects are not aligned",
    "print-msg": "TypeError: gradient_check() takes at most 3 arguments (4 given)",
    "edition": "TypeError: propagate() takes at most 3 arguments (4 given)",
    "number-indexed": "IndexError: invalid index to scalar variable.",
    "power": "RuntimeWarning: invalid value encountered in power",
    "root": "RuntimeWarning: invalid value encountered in sqrt",
    "log-of-negative": "RuntimeWarning: invalid value encountered in log",
    "log-of-0": "RuntimeWarning: divide by zero encountered in log",
    "divide": "RuntimeWarning: divide by zero encountered in true_divide",
    "overflow": "RuntimeWarning: overflow encountered in exp",
    "grown": "RuntimeWarning: overflow encountered in multiply",
    "product": "RuntimeWarning: invalid value encountered in multiply",
    "invalid": "RuntimeWarning: invalid value encountered in true_divide",
    "syntax": "SyntaxError: '(' was never closed",
    "indentation": "IndentationError: unexpected indent",
    "comma-index": "TypeError: list indices must be integers or slices, not tuple",
    "number-index": "TypeError: list indices must be integers or slices, not float",
    "other-index": "TypeError: tuple indices must be integers or slices, not dict",
    "truth": "ValueError: The truth value of an array with more than one element is ambiguous",
    "sequence": "ValueError: setting an array element with a sequence.",
    "sizes": "TypeError: Cannot interpret '5' as a data type",
    "sizes-tuple": "TypeError: 'tuple' object cannot be interpreted as an integer",
    "sizes-float": "TypeError: 'float' object cannot be interpreted as an integer",
    "whole-number": "TypeError: only integer scalar arrays can be converted to a scalar index",
    "reshape": "ValueError: cannot reshape array of size 2 into shape (1,3)",
    "tuple": "AttributeError: 'tuple' object has no attribute 'shape'",
    "object": "TypeError: 'int' object is not subscriptable",
}


def test_a_message_that_says_enough_itself_is_told_in_a_sentence() -> None:
    assert PLAIN.keys() == table()["plain"].keys()
    for kind, message in PLAIN.items():
        assert not known_causes(message)
        assert diagnose(f"Traceback\n{message}").remarks == (table()["plain"][kind]["says"],)


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ("TypeError: sum() got an unexpected keyword argument 'keepdim'", "keyword"),
        ("TypeError: only size-1 arrays can be converted to Python scalars", "one-number"),
        ("TypeError: only length-1 arrays can be converted to Python scalars", "one-number"),
        ('TypeError: can only concatenate str (not "int") to str', "str-left-out"),
        ("TypeError: must be str, not int", "str-left-out"),
        ("TypeError: 'int' object is not iterable", "range-left-out"),
        ("TypeError: list indices must be integers or slices, not str", "list"),
        ("IndexError: only integers, slices (`:`) and integer arrays are valid", "returned-else"),
        ("AttributeError: module 'numpy' has no attribute 'dots'", "attribute"),
        ("TypeError: 'int' object is not callable", "sign-left-out"),
        ("TypeError: 'builtin_function_or_method' object is not subscriptable", "brackets"),
        ("TypeError: 'function' object is not subscriptable", "brackets"),
    ],
)
def test_each_kind_of_message_has_its_own_cause(message: str, cause: str) -> None:
    assert [found.id for found in known_causes(message)] == [cause]


def test_what_stops_the_cell_of_a_call_is_no_cause_inside_of_a_function() -> None:
    error = "TypeError: tuple indices must be integers or slices, not str"
    inside = frame_of("linear_backward", "W = cache['W']")
    assert [cause.id for cause in known_causes(error, inside)] == ["cache-keys"]
    outside = frame_of("linear_backward_test", "dW = grads['dW']")
    assert [cause.id for cause in known_causes(error, outside)] == ["returned-else"]


@pytest.mark.parametrize(
    ("statement", "stops"),
    [
        ("cost = -(np.dot(Y, np.log(A)) + np.dot(1 - Y, np.log(1 - A))) / m", "cost"),
        ("dZ = np.dot(A, Y)", "dZ"),
        # No line of a test is called so, and any may be meant.
        ("summed = np.dot(Y, np.log(A))", "cost"),
    ],
)
def test_a_line_that_stops_rules_out_what_assigns_another_name(statement: str, stops: str) -> None:
    error = "ValueError: shapes (1,3) and (1,3) not aligned: 3 (dim 1) != 1 (dim 0)"
    found = diagnose(f"---> 12     {statement}\n{error}")
    assert [*found.candidates[0].forms] == [stops]
    elsewhere = diagnose(f"---> 12     db1 = np.dot(Y, A)\n{error}")
    assert not elsewhere.candidates


def test_shapes_of_several_tests_are_told_of_all_where_no_line_decides() -> None:
    error = "shapes (1,3) and (1,3) not aligned: 3 (dim 1) != 1 (dim 0)"
    for text in (f"ValueError: {error}", 'it gives an error of shapes: "(1,3) (1,3) not aligned"'):
        found = diagnose(text)
        assert found.candidates[0].name == "a matrix product of two rows in the cost"
        assert "Week 3" in " ".join(found.remarks)


def test_a_whole_cache_is_seen_in_the_line_that_stops() -> None:
    for whole in ("caches[1]", "caches[L - 1]", "current_cache"):
        assert told("ValueError: inhomogeneous", frame_of("", f"dZ = relu_backward(dA, {whole})"))
    for part in ("current_cache[1]", "caches[1][1]", "activation_cache"):
        assert not told("ValueError: x", frame_of("", f"dZ = relu_backward(dA, {part})"))


def test_a_message_in_a_gradient_check_or_a_loop_over_time_has_the_causes_of_that_place() -> None:
    for text, says in IN_PLACE.items():
        (told_first, *rest) = diagnose(text).remarks
        assert says in told_first, text
        assert not rest, text


def test_what_the_cell_hands_over_under_its_own_names_is_not_told_of_the_function() -> None:
    for call in (
        "grads = rnn_backward(da_tmp, caches_tmp)",
        "L_model_backward(t_AL, t_Y, t_caches)",
    ):
        frame = Frame("linear_backward", "dW = dZ @ A.T", (call,))
        assert "name of the notebook" not in " ".join(told("ValueError: x not aligned", frame))


def test_the_function_that_stopped_refutes_causes_for_which_it_lacks_the_line(
    tmp_path: Path,
) -> None:
    said = told_by_run(learner("loop, a sum without its zeros"), tmp_path)
    assert "The function has no line that makes" in said
    assert "wrong order" not in said
    assert "spelled in two ways" not in said
    frame = frame_of("rnn_backward", "x")
    local = "UnboundLocalError: cannot access local variable 'dba' where it is not associated"
    assert "wrong order" in " ".join(told(local, frame, source="dba += 1\ndba = 0"))
    unknown = "NameError: name 'dba' is not defined"
    assert "spelled in two ways" in " ".join(told(unknown, frame, source="d_ba = 0 * dba"))
    assert "spelled in two ways" not in " ".join(told(unknown, frame, source="db = dba"))


def test_a_pasted_function_refutes_causes_for_which_it_lacks_the_line() -> None:
    for text, (wanted, refuted) in REFUTING.items():
        said = " ".join(diagnose(text).remarks)
        assert all(one in said for one in wanted), text
        assert not any(one in said for one in refuted), text


def test_a_wrong_call_above_the_function_that_stopped_is_told(tmp_path: Path) -> None:
    said = told_by_run(learner("model, the cache of the layer below"), tmp_path)
    assert "Look at the call linear_activation_backward" in said
    assert "is the cache of another layer" in said


def test_where_there_are_no_layers_no_cause_speaks_of_layers() -> None:
    for text in NO_LAYERS:
        said = " ".join(diagnose(text).remarks)
        assert not re.search("activation fits|layer|L or l|exchanged|cache is taken apart", said), (
            text
        )
    # In a network of layers the same messages have these causes.
    stopped = "IndexError: list index out of range"
    assert "layer" in " ".join(told(stopped, frame_of("L_model_backward", "c = caches[L]")))


def test_a_key_of_another_exercise_has_no_causes_here() -> None:
    for key in ("Wf", "da_next", "stride", "parameters", "activation", "0"):
        assert not known_causes(f"KeyError: '{key}'")


def test_a_flat_vector_is_told_from_the_shapes_that_it_leaves() -> None:
    for shapes in FLAT:
        remarks = diagnose(f"ValueError: {shapes}").remarks
        assert "x.reshape(-1, 1)" in remarks[1], shapes
        (read,) = re.findall(r"Read (operands-9-7#operands-9-7-flat.*)\.$", remarks[1])
        list_too = " of a vector, and recurrent-cells#recurrent-cells-stacked of a list"
        assert read.removesuffix(list_too) == "operands-9-7#operands-9-7-flat"
    for shapes in NOT_FLAT:
        assert "reshape" not in " ".join(diagnose(f"ValueError: {shapes}").remarks), shapes


def test_rows_that_differ_by_one_can_be_a_sign_of_biases_among_the_weights() -> None:
    for shapes in BESIDE_BIAS:
        remarks = diagnose(f"ValueError: {shapes}").remarks
        assert "theta[:, 1:]" in remarks[1], shapes
        assert "a line above may be wrong" in remarks[0], shapes
    for shapes in NOT_BESIDE_BIAS:
        assert "theta" not in " ".join(diagnose(f"ValueError: {shapes}").remarks), shapes


def test_where_nothing_tells_which_array_is_flat_as_it_should_be_both_readings_are_told() -> None:
    either = say("one-axis-or-two")
    for text in CLASSES:
        assert either in diagnose(text).remarks, text
    ours = "in linear_backward(dZ, cache)\n---> 5     dZ = dA_prev * db\n"
    for text in (f"{ours}{CUT}(40,) (40,6)", "ValueError: shapes (40,) and (4,6) not aligned"):
        remarks = diagnose(text).remarks
        assert either not in remarks, text
        assert say("one-axis") in remarks, text


def test_an_edition_of_the_gradient_check_is_named_where_the_call_is_one_alone() -> None:
    for text in EDITIONS:
        said = " ".join(diagnose(f"TypeError: {text}").remarks)
        assert ("print_msg" in said) == ("gradient_check" in text), text
        assert "def line" in said, text


def test_the_title_says_whether_a_message_is_understood() -> None:
    for text in (*IN_PLACE, f"TypeError: {EDITIONS[0]}"):
        assert diagnose(text).title == say("behind-message"), text
    for text in ("OSError: Unable to open file", CLASSES[0]):
        assert diagnose(text).title == say("only-a-message"), text


def test_no_product_of_a_known_test_has_the_sizes_of_two_flat_vectors_in_one_matrix() -> None:
    # dZ1 @ A0.T is a matrix of 3 by 4, and stops beside a number.
    assert not diagnose("ValueError: shapes (3,) and (4,) not aligned").candidates


@pytest.mark.parametrize("key", ["dA0", "dA1", "dA2", "dA3"])
def test_of_a_key_dA_both_numberings_are_told_first_and_nothing_of_dW(key: str) -> None:
    call = 'dA, dW, db = linear_activation_backward(grads["dA" + str(l + 2)], cache, "relu")'
    (older,) = told(f"KeyError: '{key}'", frame_of("L_model_backward", call))
    assert "dA of l + 2, as the first notebooks numbered it" in older
    for frame in (NOWHERE, frame_of("cell", "x = grads[k]")):
        header, first, *others, read = told(f"KeyError: '{key}'", frame)
        assert header == say("likely-causes")
        assert "today the loop reads dA of l + 1" in first
        assert not re.search(r"\bd[Wb]\b", " ".join((first, *others)))
        assert read == say("read-page", page="notation#notation-week-4-names")
    for other in ("dW1", "db2", "W1"):
        assert "dA" not in " ".join(told(f"KeyError: '{other}'"))


def test_the_pages_of_messages_belong_to_kinds_that_have_causes() -> None:
    assert set(table()["read"]) <= set(table()["kinds"])


def test_an_unknown_message_is_said_to_be_unknown_and_what_is_covered() -> None:
    for text in ("OSError: Unable to open file", "shapes (300,40) and (50,4) not aligned"):
        said, known = diagnose(text).remarks
        assert re.match("No (cause of this message is known|single change of the line)", said)
        assert known == covered()


def test_a_call_that_shows_what_is_wrong_is_told_in_place_of_counted_causes() -> None:
    for call, cause in WRONG_CALLS.items():
        remarks = diagnose(below(call)).remarks
        says = table()["causes"].get(cause) or table()["calls"][cause]["says"]
        assert remarks == (say("call-says", statement=call, says=says),), call
    # A right call leaves only what it would not show.
    right = " ".join(diagnose(below("dZ = relu_backward(dA, activation_cache)")).remarks)
    assert table()["also"]["tuple"]["cache-other"][:-1] in right
    assert table()["also"]["tuple"]["helper"][:-1] not in right


def test_no_line_of_a_right_program_is_a_wrong_call() -> None:
    programs = [learners.HELPERS, learners.model({}), *learners.BLOCKS.values()]
    programs.append("linear_backward(sigmoid_backward(dAL, current_cache[1]), current_cache[0])")
    for line in "\n".join(programs).split("\n"):
        assert not [
            says for wanted, says, _ in written_calls("calls") if re.search(wanted, line)
        ], line


@pytest.mark.parametrize("text", STORED_FOR_ANOTHER)
def test_an_array_with_its_own_shape_in_the_place_of_another_is_told(text: str) -> None:
    (said,) = diagnose(text).remarks
    assert STORED_FOR_ANOTHER[text] in said


@pytest.mark.parametrize("text", ADDED_UP)
def test_three_shapes_tell_of_an_array_that_is_changed_in_place(text: str) -> None:
    said = " ".join(repr(diagnose(text)).split())
    assert (ADDED_UP[text] or "an array that is changed in place, with +=") in said
    assert "dWax = dz @ xt.T * Waa" not in said


@pytest.mark.parametrize("text", OTHER_SLICES)
def test_a_slice_along_another_axis_than_time_is_told_from_its_shape(text: str) -> None:
    said = " ".join(diagnose(text).remarks)
    assert f"the shape of {OTHER_SLICES[text]} cut along another axis" in said
    assert "No single change" not in said


@pytest.mark.parametrize("text", NO_SLICES)
def test_other_shapes_are_not_taken_for_such_a_slice(text: str) -> None:
    assert "cut along another axis" not in " ".join(diagnose(text).remarks)


def test_a_message_on_entries_is_not_told_of_the_sizes_of_a_matrix_product() -> None:
    entries = " ".join(diagnose(f"{CUT}(300,784) (300,30)").remarks)
    product = " ".join(diagnose("ValueError: shapes (300,40) and (50,4) not aligned").remarks)
    assert "Entry by entry" not in product
    assert "A product of matrices" not in entries
    for said in (entries, product):
        assert "No single change" in said


@pytest.mark.parametrize("text", FOREIGN)
def test_code_without_a_name_of_a_test_is_not_searched_for_its_shapes(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backcheck.diagnosis.symptoms.clashing", None)
    assert "No single change" in " ".join(diagnose(text).remarks)


def test_no_test_is_searched_that_has_not_the_sizes_of_a_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("backcheck.diagnosis.symptoms.mutants", None)
    assert "No single change" in " ".join(diagnose(f"{CUT}(300,784) (300,30)").remarks)


@pytest.mark.parametrize(("function", "statement"), NONE_APART)
def test_a_line_that_takes_none_apart_says_whose_none_it_is(function: str, statement: str) -> None:
    (said,) = diagnose(none_apart(function, statement)).remarks
    assert NONE_APART[function, statement] in said
    other = " ".join(diagnose(none_apart(function, "a, b = helper(x)")).remarks)
    assert NONE_APART[function, statement] not in other


@pytest.mark.parametrize("text", STORED_WHOLE)
def test_an_array_that_is_stored_with_the_rows_of_two_is_told_by_its_shape(text: str) -> None:
    said = " ".join(diagnose(text).remarks)
    assert f"{STORED_WHOLE[text]} of shape (8, 10) has the rows of a_prev and of xt" in said
    assert "recurrent-cells#recurrent-cells-stacked" in said


@pytest.mark.parametrize("text", SHAPE_WHOLE)
def test_a_shape_in_a_sentence_with_the_rows_of_two_is_told(text: str) -> None:
    said = " ".join(repr(diagnose(text)).split())
    assert f"d{SHAPE_WHOLE[text]} of shape (8, 10) has the rows of a_prev and of xt" in said


@pytest.mark.parametrize("text", STORED_OTHER)
def test_an_array_that_is_stored_with_the_rows_of_another_is_told_by_its_shape(text: str) -> None:
    assert "dxt has the shape (5, 10)" in diagnose(text).remarks[0]
    assert "(3, 10) in Course 5 Week 1" in diagnose(text).remarks[0]


@pytest.mark.parametrize("text", STORED_ELSE)
def test_another_array_that_is_stored_is_not_taken_for_one_of_two(text: str) -> None:
    assert "has the rows of a_prev" not in " ".join(diagnose(text).remarks)


def test_the_rows_of_two_are_told_beside_printed_numbers() -> None:
    said = " ".join(diagnose(PRINTED_WHOLE, None, 1).remarks)
    assert "dxt of shape (8, 10) has the rows of a_prev and of xt" in said
    assert "da_prev of shape" not in said


@pytest.mark.parametrize("text", ABOVE)
def test_a_printed_line_that_is_right_sends_to_what_it_reads(text: str) -> None:
    said = " ".join(repr(diagnose(text)).split())
    assert ABOVE[text] in said
    assert "the cache of another layer" not in said


@pytest.mark.parametrize("text", SHAPED)
def test_of_a_complaint_with_shapes_those_changes_are_told_that_give_the_first(text: str) -> None:
    found = diagnose(text)
    assert [line for one in found.candidates for line in one.shown] == SHAPED[text]


def test_a_shape_printed_below_an_entry_is_its_own_and_not_the_expected_one() -> None:
    for text in (OWN_SHAPE, OWN_SHAPE.replace("# ", "")):
        (first, *_) = diagnose(text).candidates
        assert first.shown == ("dba = sum(dz, axis=1)",)


def test_a_helper_that_a_loop_calls_is_not_the_exercise() -> None:
    assert not read(CALLED).function
    assert read("dA, dW, db = linear_activation_backward(dAL, linear_cache)").function
