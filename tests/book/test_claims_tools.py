"""What the pages on the tools claim and no cell of theirs prints."""

import re

from backcheck import fixtures
from backcheck.mutants.audit import audit
from chapters import ROOT


def test_the_scripts_of_the_diagnosis_send_and_store_nothing_and_load_four_of_the_site() -> None:
    modules = list((ROOT / "book/_static/diagnose").glob("*.js"))
    source = "".join(file.read_text(encoding="utf-8") for file in modules)
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    ways = (
        r"fetch\(|XMLHttpRequest|sendBeacon|WebSocket|EventSource|new Image|import\(|Worker|\.src\b"
        r"|localStorage|sessionStorage|indexedDB|cookie"
    )
    assert len(modules) > 10
    assert re.findall(ways, source) == []
    assert source.count('"script"') == 1
    assert re.findall(r"loaded\((.+?)[,)]", source) == [
        *('"python.js"', '"diagnose-run.js"', "LATER[name]")
    ]
    later = '{ others: "diagnose-others.js", loops: "diagnose-loops.js" }'
    assert f"LATER = {later};" in source


def test_linear_backward_has_no_other_right_program_among_its_changes() -> None:
    tests = [id for id in fixtures.ids() if fixtures.load(id).function == "linear_backward"]
    assert len(tests) == 3
    for id in tests:
        assert not audit(fixtures.load(id)).accepted
        assert not audit(fixtures.load(id)).rejected


def test_editions_with_the_same_kinds_of_arrays_face_the_same_mutants() -> None:
    faced: dict[tuple[str, frozenset[str]], set[frozenset[str]]] = {}
    for id in fixtures.ids("Course 1"):
        fixture = fixtures.load(id)
        key = fixture.function, frozenset(fixture.arrays)
        faced.setdefault(key, set()).add(frozenset(map(str, audit(fixture).mutants)))
    assert len(faced) == 7
    assert all(len(found) == 1 for found in faced.values())


def test_the_week_3_test_asserts_the_values_of_dw1_first() -> None:
    assert fixtures.load("c1w3_bp_public_c").comparisons[-1].outputs[0] == "dW1"


def test_an_extra_or_renamed_key_fails_in_week_4_although_the_numbers_are_right() -> None:
    week4 = fixtures.load("c1w4_L_model_backward_v2")
    assert week4.compare({**week4.expected, "dA2": [[0.0]]}).word == "fails"
    renamed = {name.replace("dA0", "dA2"): value for name, value in week4.expected.items()}
    assert week4.compare(renamed).word == "fails"
