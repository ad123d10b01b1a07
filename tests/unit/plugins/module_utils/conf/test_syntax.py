"""Words, quotes, comments: as the server reads them."""

from __future__ import annotations

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.conf.syntax import (
    parse,
    quote,
    render,
    split,
    statement,
)
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError
from hypothesis import given
from hypothesis import strategies as st

WORD = st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=20)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("port 6379", ("port", "6379")),
        ("  port\t 6379  ", ("port", "6379")),
        ('save ""', ("save", "")),
        ("save ''", ("save", "")),
        ('a "b c" d', ("a", "b c", "d")),
        (r'a "\x41\n\t\r\b\a\q\""', ("a", 'A\n\t\r\b\aq"')),
        (r"a 'it\'s' '\n'", ("a", "it's", "\\n")),
        (r"a C:\dir", ("a", "C:\\dir")),
        ('a pre"fixed"', ("a", "prefixed")),
        (r'a "\xff"', ("a", "\udcff")),
        ("", ()),
    ],
)
def test_words_are_split_as_the_server_does(text: str, words: tuple[str, ...]) -> None:
    assert split(text) == words


@pytest.mark.parametrize("text", ['a "b', "a 'b", 'a "b"c', "a 'b'c", 'a "', 'a "b\\'])
def test_unbalanced_quotes_are_no_words(text: str) -> None:
    assert split(text) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("port 1\nport 6379 # why", "redis.conf line 2: a comment behind the directive port is read as its argument"),
        ("port 6379 #", "redis.conf line 1: a comment behind"),
        ('\n\nmaxmemory "1', "redis.conf line 3: the quotes are not balanced"),
    ],
)
def test_lines_no_server_accepts_are_refused(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("text", ["user app on #abc", 'requirepass "a # b"', "requirepass a#b", "  # port 1 # 2"])
def test_a_hash_that_is_no_comment_is_kept(text: str) -> None:
    assert render(parse(text)) == text


def test_names_are_lower_case_and_comments_have_none() -> None:
    assert [line.name for line in parse("PORT 1\n# c\n\nBind a").lines] == ["port", "", "", "bind"]


@given(
    st.lists(
        st.one_of(
            WORD.map(lambda text: "# " + text),
            # An argument that begins with a hash reads as a comment behind the directive: refused, see above.
            st.lists(WORD.filter(lambda word: not word.startswith("#")), max_size=4).map(
                lambda words: statement("name", tuple(words))
            ),
        ),
        max_size=8,
    ),
    st.sampled_from(["\n", "\r\n"]),
)
def test_unchanged_text_is_rendered_as_it_was(lines: list[str], end: str) -> None:
    text = end.join(lines)
    assert render(parse(text)) == text


@given(st.lists(WORD, max_size=5))
def test_quoted_words_are_read_back(words: list[str]) -> None:
    line = statement("name", tuple(words))
    assert "\n" not in line
    assert split(line) == ("name", *words)


@given(st.binary(max_size=20).map(lambda data: data.decode("utf-8", "surrogateescape")))
def test_any_bytes_survive_quoting(word: str) -> None:
    assert split(quote(word)) == (word,)
