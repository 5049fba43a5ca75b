import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_jax.errors import RunFolderError
from fer_jax.lab.folders.formats import Format, HandsOffError

FIRST = Format("fer_jax example", 1)


def renamed(content):
    return {key: value for key, value in content.items() if key != "colour"} | {
        "color": content["colour"],
        "version": 2,
    }


def doubled(content):
    return content | {"size": 2 * content["size"], "version": 3}


THIRD = Format("fer_jax example", 3, {1: renamed, 2: doubled})

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text().filter(lambda key: key not in FIRST.seal({})), json_values))
def test_what_is_sealed_comes_back_through_json(content):
    assert FIRST.unseal(json.loads(json.dumps(FIRST.seal(content)))) == content


def test_older_versions_are_migrated_step_by_step():
    old = FIRST.seal({"colour": "red", "size": 4})
    assert THIRD.unseal(old) == {"color": "red", "size": 8}
    second = Format("fer_jax example", 2).seal({"color": "red", "size": 4})
    assert THIRD.unseal(second) == {"color": "red", "size": 8}
    assert THIRD.unseal(THIRD.seal({"size": 1})) == {"size": 1}


def test_a_version_that_nobody_migrates_is_refused():
    gap = Format("fer_jax example", 3, {2: doubled})
    with pytest.raises(RunFolderError, match="has version 1 of its format, which this fer_jax"):
        gap.unseal(FIRST.seal({"size": 1}))


def test_a_newer_version_tells_to_upgrade():
    with pytest.raises(RunFolderError, match=r"newer fer_jax, in version 3 .* reads up to 1: upgr"):
        FIRST.unseal(THIRD.seal({}))


@pytest.mark.parametrize("content", [None, [], 3, "text", {}, {"format": "another"}])
def test_what_is_not_ours_is_refused(content):
    with pytest.raises(RunFolderError, match='is not of the format "fer_jax example"'):
        FIRST.unseal(content)


def test_an_edit_is_seen_and_another_layout_is_none():
    sealed = FIRST.seal({"a": 1, "b": [1, 2]})
    assert FIRST.unseal(dict(reversed(sealed.items()))) == {"a": 1, "b": [1, 2]}
    for changed in ({"a": 2}, {"b": [2, 1]}, {"c": None}, {"sha256": "0" * 64}):
        with pytest.raises(RunFolderError, match="does not match its own checksum"):
            FIRST.unseal(sealed | changed)
    with pytest.raises(RunFolderError, match="does not match its own checksum"):
        FIRST.unseal({key: value for key, value in sealed.items() if key != "sha256"})


def test_a_flipped_bit_in_the_version_is_no_newer_version():
    sealed = FIRST.seal({"a": 1})
    with pytest.raises(RunFolderError, match="does not match its own checksum") as caught:
        FIRST.unseal(sealed | {"version": 3})
    assert not isinstance(caught.value, HandsOffError)
    with pytest.raises(HandsOffError):
        FIRST.unseal(THIRD.seal({"a": 1}))
