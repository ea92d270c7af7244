"""Configured actions: what is sent, how it is signed, how a client's file of them is read."""

from dataclasses import replace

import pytest

from policies.book.actions import read_actions
from policies.errors import PolicyError
from policies.http_actions import HttpAction, filled, shown, signed, template_facts
from tests.policies.builders import at
from tests.storage.builders import a_record

RECORD = a_record(1, id=7)
SECRET = "a secret of sixteen or more"
FILE = f"""
version: "1"
actions:
  hold_order:
    url: https://wms.example.com/orders/{{order_id}}/hold
    secret: {SECRET}
    body: {{order: "{{order_id}}", lines: [1, true], why: "{{reason_code}}"}}
    undo: release_order
  release_order: {{url: "https://wms.example.com/release", method: PUT, secret_file: release.key}}
"""


def test_a_template_is_filled_with_facts_and_nothing_else() -> None:
    """A name alone keeps its kind; values are one line, and cannot break out of JSON."""
    facts = template_facts(replace(RECORD, order_id='S"O\n1'), "acme", at(60))
    body = {"order": "{order_id}", "n": "{exception_id}", "said": ["late: {wave}"], "x": True}
    assert filled(body, facts) == {"order": 'S"O 1', "n": 7, "said": ["late: W1"], "x": True}


def test_a_call_is_signed_with_its_time_and_key() -> None:
    """Another body, key or time is another signature; the secret is never shown."""
    headers = signed("s" * 16, "k-1", b"{}", at(0))
    assert headers["Idempotency-Key"] == "k-1"
    others = [
        signed("t" * 16, "k-1", b"{}", at(0)),
        signed("s" * 16, "k-2", b"{}", at(0)),
        signed("s" * 16, "k-1", b"[]", at(0)),
        signed("s" * 16, "k-1", b"{}", at(1)),
    ]
    made = {one["X-E2A-Signature"] for one in [headers, *others]}
    assert len(made) == 5
    assert shown(f"echo {'s' * 16}\n\x1b[0m!", "s" * 16) == "echo [secret] ?[0m!"
    assert len(shown("é" * 999, "")) == 200
    action = HttpAction(name="hold_order", url="https://x.test", secret="s" * 16)
    assert "ssss" not in repr(action)


def test_actions_are_read_with_their_secrets() -> None:
    """Written here or in a file beside it; values stay JSON."""
    read = read_actions(
        FILE, "f", lambda name: f"{SECRET} too\n" if name == "release.key" else None
    )
    hold, release = read["hold_order"], read["release_order"]
    assert (hold.method, hold.undo, hold.secret) == ("POST", "release_order", SECRET)
    assert hold.body == {"order": "{order_id}", "lines": [1, True], "why": "{reason_code}"}
    assert (release.method, release.secret) == ("PUT", f"{SECRET} too")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        pytest.param(f'url: "ftp://x.test", secret: "{SECRET}"', "no address", id="scheme"),
        pytest.param(f'url: "https://{{order_id}}.test", secret: "{SECRET}"', "host", id="host"),
        pytest.param(f'url: "https://x.test/{{zone}}", secret: "{SECRET}"', "only", id="path"),
        pytest.param('url: "https://x.test", secret: short', "at least 16", id="short secret"),
        pytest.param('url: "https://x.test"', "either secret or secret_file", id="no secret"),
        pytest.param('url: "https://x.test", secret_file: nowhere', "no such file", id="no file"),
        pytest.param(
            f'url: "https://x.test", secret: "{SECRET}", undo: x', "inverse", id="no inverse"
        ),
        pytest.param(
            f'url: "https://x.test", secret: "{SECRET}", body: {{a: "{{name}}"}}',
            "cannot name name",
            id="fact",
        ),
        pytest.param(
            f'url: "https://x.test", secret: "{SECRET}", metod: PUT', "known are url", id="field"
        ),
        pytest.param('url: "https://x.test", secret: [a, b]', "not right here", id="shape"),
    ],
)
def test_faults_name_a_remedy_and_never_a_secret(row: str, said: str) -> None:
    """A file that cannot be read stops the start, and its secrets stay in it."""
    text = f'version: "1"\nactions:\n  hold_order: {{{row}}}\n'
    with pytest.raises(PolicyError) as refused:
        read_actions(text, "f", lambda _name: None)
    told = str(refused.value)
    assert said in told
    assert SECRET not in told


def test_a_built_in_name_is_taken() -> None:
    """Nobody shadows what E2A does itself."""
    text = f'version: "1"\nactions:\n  close: {{url: "https://x.test", secret: "{SECRET}"}}\n'
    with pytest.raises(PolicyError, match="close is built in"):
        read_actions(text, "f", lambda _name: None)
