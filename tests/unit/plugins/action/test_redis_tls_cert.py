"""The action plugin with the real module behind it, in one process: what crosses over to the host, and how often."""

from __future__ import annotations

import errno
import json
import os
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible_collections.rampart.redis.plugins.action import redis_tls_cert as action
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError
from ansible_collections.rampart.redis.plugins.module_utils.glue import Request
from ansible_collections.rampart.redis.plugins.module_utils.tls import issue, library
from ansible_collections.rampart.redis.plugins.module_utils.tls.wish import TASK_OPTIONS
from ansible_collections.rampart.redis.plugins.modules import redis_tls_cert as module

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PASSPHRASE = "unit-test-passphrase"


class Bench:
    """A controller with an authority, a host with a folder, and a record of what crossed over."""

    def __init__(self, root: Path) -> None:
        self.host = root / "host"
        self.host.mkdir()
        self.ca_cert = root / "ca-cert.pem"
        self.ca_key = root / "ca-key.pem"
        self.loader = DataLoader()
        self.sent: list[dict[str, Any]] = []
        self.received: list[dict[str, Any]] = []

    def make_authority(self, days: int = 1825, age: timedelta = timedelta()) -> None:
        key = issue.make_key("ecdsa-p256", PASSPHRASE)
        moment = issue.Moment(datetime.now(UTC) - age, 1)
        self.ca_key.write_bytes(key)
        self.ca_cert.write_bytes(issue.make_authority(key, PASSPHRASE, "unit CA", timedelta(days=days), moment))

    def task(self, **changed: object) -> dict[str, Any]:
        node = {"name": "node", "subject_alt_names": ["127.0.0.1"]}
        plain = {
            "certificates": [node, {"name": "app", "usages": ["client"]}],
            "directory": str(self.host),
            "ca_cert": str(self.ca_cert),
            "ca_key": str(self.ca_key),
            "ca_passphrase": PASSPHRASE,
            "ca_file": str(self.host / "ca.pem"),
        }
        return {**plain, **changed}

    def run(self, *, check_mode: bool = False, **changed: object) -> dict[str, Any]:
        self.sent, self.received = [], []
        task = SimpleNamespace(args=self.task(**changed), check_mode=check_mode, async_val=0)
        plugin = action.ActionModule(
            task, SimpleNamespace(_shell=SimpleNamespace(tmpdir="/")), None, self.loader, None, None
        )
        plugin._execute_module = self._execute(check_mode=check_mode)
        return plugin.run(task_vars={})

    def _execute(self, *, check_mode: bool) -> Any:  # noqa: ANN401 - a method of Ansible's
        def execute(module_name: str, module_args: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
            assert (module_name, task_vars) == ("rampart.redis.redis_tls_cert", {})
            self.sent.append(json.loads(json.dumps(module_args)))
            checked = ArgumentSpecValidator(TASK_OPTIONS).validate(module_args)
            assert not checked.error_messages
            self.received.append(module.work(Request(checked.validated_parameters, check_mode, diff_mode=True)))
            return dict(self.received[-1])

        return execute

    def files(self) -> dict[str, tuple[int, bytes]]:
        return {path.name: (path.stat().st_mode & 0o777, path.read_bytes()) for path in self.host.iterdir()}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path)
    made.make_authority()
    return made


def secrets_of(pem: bytes) -> set[str]:
    """Return the lines of a key that carry it."""
    return {line for line in pem.decode().splitlines() if not line.startswith("-----")}


def test_two_calls_when_due_one_when_not(bench: Bench) -> None:
    first = bench.run()
    assert (first["changed"], len(bench.sent)) == (True, 2)
    assert [entry["verified"] for entry in first["certificates"]] == [True, True]
    assert set(first["certificates"][0]["reasons"]) == {
        f"there is no certificate {bench.host}/node-cert.pem",
        f"there is no key {bench.host}/node-key.pem",
    }
    before = bench.files()
    assert {name: mode for name, (mode, _data) in before.items()} == {
        "app-cert.pem": 0o644,
        "app-key.pem": 0o600,
        "ca.pem": 0o644,
        "node-cert.pem": 0o644,
        "node-key.pem": 0o600,
    }
    second = bench.run()
    assert (second["changed"], len(bench.sent)) == (False, 1)
    assert bench.files() == before


def test_no_private_key_crosses_over(bench: Bench) -> None:
    bench.run()
    crossed = json.dumps([bench.sent, bench.received])
    keys = [bench.ca_key.read_bytes(), *(data for name, (_mode, data) in bench.files().items() if "key" in name)]
    assert len(keys) == 3
    for line in set().union(*map(secrets_of, keys)):
        assert line not in crossed
    assert PASSPHRASE not in crossed
    assert "PRIVATE KEY" not in crossed
    assert "ca_key" not in json.dumps(bench.sent)


def test_check_mode_predicts_and_writes_nothing(bench: Bench) -> None:
    predicted = bench.run(check_mode=True)
    assert (predicted["changed"], predicted["validated"], len(bench.sent)) == (True, True, 1)
    assert predicted["trust_changed"]
    assert "node: ecdsa-p256, for client, server, IP:127.0.0.1, for 90 days\n" in predicted["diff"]["after"]
    assert bench.files() == {}
    bench.run()
    assert not bench.run(check_mode=True)["changed"]


def test_check_mode_before_there_is_an_authority_or_a_folder(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.host.rmdir()
    predicted = bench.run(check_mode=True)
    assert (predicted["changed"], predicted["validated"]) == (True, False)
    assert predicted["validation"] == "the authority is not there yet"
    with pytest.raises(AnsibleActionFail, match=r"ca_cert: there is no file .*redis_tls_ca makes an authority"):
        bench.run()


def test_check_mode_before_the_library_is_there(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "is_there", lambda: False)
    predicted = bench.run(check_mode=True)
    assert (predicted["changed"], predicted["validated"]) == (True, False)
    assert "cryptography is not installed" in predicted["validation"]
    assert bench.files() == {}


def test_without_the_library_nothing_is_done(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "IMPORT_ERROR", "no such module")
    with pytest.raises(AnsibleActionFail, match="the Python library cryptography is missing"):
        bench.run()
    assert bench.sent == []


def test_only_what_is_due_is_renewed(bench: Bench) -> None:
    bench.run()
    before = bench.files()
    wished = bench.task()["certificates"]
    wished[0]["subject_alt_names"] = ["127.0.0.1", "redis.example.com"]
    result = bench.run(certificates=wished)
    assert [entry["changed"] for entry in result["certificates"]] == [True, False]
    assert "DNS:redis.example.com" in result["certificates"][0]["subject_alt_names"]
    after = bench.files()
    assert {name for name in after if after[name] != before[name]} == {"node-cert.pem", "node-key.pem"}


def test_modes_are_repaired_in_one_call_without_a_new_certificate(bench: Bench) -> None:
    bench.run()
    before = bench.files()
    (bench.host / "node-key.pem").chmod(0o644)
    result = bench.run()
    assert (result["changed"], len(bench.sent)) == (True, 1)
    assert result["certificates"][0]["reasons"] == [
        f"mode, owner or group of {bench.host}/node-key.pem is not as wished"
    ]
    assert bench.files() == before


def test_a_trust_file_of_several_authorities_is_only_written(bench: Bench) -> None:
    bench.run()
    before = bench.files()
    other = issue.make_key("ecdsa-p256")
    moment = issue.Moment(datetime.now(UTC), 2)
    more = issue.make_authority(other, None, "next CA", timedelta(days=90), moment)
    bundle = bench.ca_cert.read_bytes() + more
    bench.ca_cert.write_bytes(bundle)
    result = bench.run()
    assert (result["changed"], result["trust_changed"], len(bench.sent)) == (True, True, 1)
    assert bench.files() == {**before, "ca.pem": (0o644, bundle)}


def test_another_authority_replaces_all(bench: Bench) -> None:
    bench.run()
    bench.make_authority()
    result = bench.run()
    assert [entry["reasons"] for entry in result["certificates"]] == [
        ["it was issued by another authority (CN=unit CA)"]
    ] * 2
    assert [entry["verified"] for entry in result["certificates"]] == [True, True]
    assert not bench.run()["changed"]


def test_files_in_use_are_staged_all_together(bench: Bench) -> None:
    fresh = bench.run(stage=True)
    assert (fresh["changed"], fresh["staged"]) == (True, [])
    before = bench.files()
    wished = bench.task()["certificates"]
    wished[0]["subject_alt_names"] = ["127.0.0.1", "redis.example.com"]
    wished.append({"name": "third", "usages": ["client"]})
    done = bench.run(certificates=wished, stage=True)
    paths = [f"{bench.host}/{name}" for name in ("node-cert.pem", "node-key.pem", "third-cert.pem", "third-key.pem")]
    assert done["staged"] == paths
    assert [entry["verified"] for entry in done["certificates"]] == [True, True, True]
    assert done["certificates"][0]["cert_file"] == f"{bench.host}/node-cert.pem"
    assert "DNS:redis.example.com" in done["certificates"][0]["subject_alt_names"]
    after = bench.files()
    assert {name: after[name] for name in before} == before
    assert {name: mode for name, (mode, _data) in after.items() if name not in before} == {
        "node-cert.pem.staged": 0o644,
        "node-key.pem.staged": 0o600,
        "third-cert.pem.staged": 0o644,
        "third-key.pem.staged": 0o600,
    }


def test_what_an_earlier_run_staged_does_not_stay(bench: Bench) -> None:
    bench.run()
    before = bench.files()
    bench.run(force=True, stage=True)
    waiting = [f"{bench.host}/node-{kind}.pem.staged" for kind in ("key", "cert")]
    predicted = bench.run(check_mode=True)
    assert predicted["certificates"][0]["reasons"] == [
        f"{path} was left behind by a run that broke off" for path in waiting
    ]
    assert bench.run(stage=True)["changed"]
    assert bench.files() == before
    assert not bench.run(stage=True)["changed"]


def test_an_authority_near_its_end_warns(bench: Bench) -> None:
    result = bench.run()
    assert (result["authority"]["subject"], result["warnings"]) == ("CN=unit CA", [])
    bench.make_authority(days=150)
    result = bench.run()
    assert result["warnings"] == [
        f"The authority ends on {result['authority']['not_after']}, sooner than twice the life of its certificates"
    ]


def test_absent_pairs_go_and_need_no_authority(bench: Bench) -> None:
    bench.run()
    leaving = [{"name": "app", "state": "absent"}]
    options: dict[str, Any] = {"certificates": leaving, "ca_cert": None, "ca_key": None, "ca_passphrase": None}
    assert bench.run(check_mode=True, **options)["changed"]
    assert "app-key.pem" in bench.files()
    result = bench.run(**options)
    assert (result["changed"], result["validated"], len(bench.sent)) == (True, True, 1)
    assert sorted(bench.files()) == ["ca.pem", "node-cert.pem", "node-key.pem"]
    assert not bench.run(**options)["changed"]


@pytest.mark.parametrize("content", [b"", b"garbage", issue.make_key("ecdsa-p256", "x")])
def test_an_unreadable_key_is_kept_unless_forced(bench: Bench, content: bytes) -> None:
    bench.run()
    (bench.host / "node-key.pem").write_bytes(content)
    before = bench.files()
    with pytest.raises(AnsibleActionFail, match=r"node-key\.pem: is .*force: true"):
        bench.run()
    assert bench.files() == before
    assert [entry["changed"] for entry in bench.run(force=True)["certificates"]] == [True, True]
    assert not bench.run()["changed"]


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"ca_passphrase": "wrong"}, "CA key: cannot be read with this passphrase"),
        ({"ca_passphrase": None}, "CA key: is encrypted, and no passphrase is given"),
        ({"ca_key": None}, "ca_key: is required"),
        ({"ca_cert": ""}, "ca_cert: is required"),
        ({"ca_key": "/no/such/file"}, "ca_key: there is no file /no/such/file"),
        (
            {"certificates": [{"name": "a", "subject_alt_names": ["redis example.com"]}]},
            "'redis example.com' is empty or has a blank in it",
        ),
        ({"renew_before": "soon"}, "renew_before: 'soon' is not a duration"),
        ({"certificates": [{"name": "node"}]}, "certificate 'node': a server needs subject_alt_names"),
        (
            {"certificates": [{"name": "a", "usages": ["client"], "valid_for": "3000d"}]},
            "certificate 'a': would outlive its authority",
        ),
        (
            {"certificates": [{"name": "a", "usages": ["client"], "cert_file": "/no/such/a.pem"}]},
            "/no/such: there is no such folder",
        ),
        (
            {"certificates": [{"name": "a", "usages": ["client"], "owner": "no-such-account"}]},
            "no-such-account",
        ),
    ],
)
def test_bad_input_changes_nothing(bench: Bench, changed: dict[str, Any], complaint: str) -> None:
    bench.run()
    before = bench.files()
    with pytest.raises(AnsibleActionFail, match=complaint):
        bench.run(**changed)
    left = bench.files()
    assert {name: left[name] for name in before} == before
    assert all(name.endswith(".pending") for name in left.keys() - before.keys())


def empty_key(bench: Bench) -> str:
    bench.ca_key.write_bytes(b"")  # what AWX makes of a credential that is not set
    return "CA key: is empty"


def empty_certificate(bench: Bench) -> str:
    bench.ca_cert.write_bytes(b"")
    return "CA certificate: is empty"


def another_key(bench: Bench) -> str:
    bench.ca_key.write_bytes(issue.make_key("ecdsa-p256", PASSPHRASE))
    return "CA certificate: does not belong to the CA key"


def ended(bench: Bench) -> str:
    bench.make_authority(days=10, age=timedelta(days=11))
    return r"CA certificate: is valid from .*, but now it is .*Check the clock, or make a new authority"


@pytest.mark.parametrize("spoil", [empty_key, empty_certificate, another_key, ended])
def test_an_authority_that_cannot_sign_changes_nothing(bench: Bench, spoil: Callable[[Bench], str]) -> None:
    bench.run()
    before = bench.files()
    complaint = spoil(bench)
    with pytest.raises(AnsibleActionFail, match=complaint):
        bench.run(force=True)
    assert (bench.files(), bench.sent) == (before, [])


@pytest.mark.parametrize(
    ("code", "hint"), [(errno.ENOSPC, "No space left on device"), (errno.EROFS, "Read-only file system")]
)
@pytest.mark.parametrize("stage", [False, True])
def test_a_disk_that_takes_nothing_leaves_the_old_pairs(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, code: int, hint: str, *, stage: bool
) -> None:
    bench.run()
    before = bench.files()
    genuine = os.fsync
    syncs = iter(range(3))

    def full(handle: int) -> None:
        if next(syncs, None) is None:
            raise OSError(code, os.strerror(code))
        genuine(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AnsibleActionFail, match=f"cannot be written: {hint}"):
        bench.run(force=True, stage=stage)
    monkeypatch.undo()
    left = bench.files()
    assert {name: left[name] for name in before} == before
    assert all(name.endswith(".pending") for name in left.keys() - before.keys())
    assert bench.run(force=True)["changed"]
    assert bench.files().keys() == before.keys()


def test_a_certificate_replaced_by_hand_is_renewed(bench: Bench) -> None:
    bench.run()
    stranger = issue.make_key("ecdsa-p256")
    moment = issue.Moment(datetime.now(UTC), 3)
    by_hand = issue.make_authority(stranger, None, "by hand", timedelta(days=9), moment)
    (bench.host / "node-cert.pem").write_bytes(by_hand)
    [node, app] = bench.run()["certificates"]
    assert node["reasons"][:2] == [
        f"the certificate does not belong to the key {bench.host}/node-key.pem",
        "it was issued by another authority (CN=by hand)",
    ]
    assert (node["verified"], app["changed"]) == (True, False)


@pytest.mark.parametrize("hours", [-1, 1])
def test_clocks_that_differ_are_noticed_before_anything_is_signed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    there = datetime.now(UTC) + timedelta(hours=hours)
    monkeypatch.setattr(module, "now", lambda: there)
    with pytest.raises(AnsibleActionFail, match=r"host: its clock says .*set the clocks first"):
        bench.run()
    assert all(name.endswith(".pending") for name in bench.files())


def test_the_authority_may_be_text_or_encrypted_by_vault(bench: Bench) -> None:
    bench.run()
    text: dict[str, Any] = {"ca_cert": bench.ca_cert.read_text(), "ca_key": bench.ca_key.read_text()}
    assert not bench.run(**text)["changed"]
    secret = VaultSecret(b"vault password")
    secrets = [("default", secret)]
    bench.ca_key.write_bytes(VaultLib(secrets).encrypt(bench.ca_key.read_bytes(), secret))
    assert bench.ca_key.read_bytes().startswith(b"$ANSIBLE_VAULT")
    bench.loader.set_vault_secrets(secrets)
    assert bench.run(force=True)["changed"]


def test_a_forged_answer_is_not_installed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.run()
    before = bench.files()
    genuine = issue.sign

    def forged(*arguments: Any) -> str:  # noqa: ANN401
        authority, wish, _request, moment = arguments
        return genuine(authority, wish, issue.make_request(issue.make_key("ecdsa-p256"), "evil"), moment)

    monkeypatch.setattr(issue, "sign", forged)
    with pytest.raises(AnsibleActionFail, match="the answer does not belong to the new key"):
        bench.run(force=True)
    left = bench.files()
    assert {name: left[name] for name in before} == before


def test_a_failed_replacement_leaves_the_old_pairs(bench: Bench) -> None:
    bench.run()
    before = bench.files()
    wished = bench.task()["certificates"]
    wished.append({"name": "third", "usages": ["client"], "cert_file": str(bench.host / "folder")})
    (bench.host / "folder").mkdir()
    with pytest.raises(AnsibleActionFail, match="folder: cannot be"):
        bench.run(certificates=wished, force=True)
    (bench.host / "folder").rmdir()
    left = bench.files()
    assert {name: left[name] for name in before} == before


def test_the_module_alone_is_refused() -> None:
    checked = ArgumentSpecValidator(TASK_OPTIONS).validate({"certificates": []})
    with pytest.raises(InputError, match="without its action plugin"):
        module.work(Request(checked.validated_parameters, check_mode=False, diff_mode=False))
