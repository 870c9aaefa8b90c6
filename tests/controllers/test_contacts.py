"""Contacts against real servers on loopback."""

import datetime as dt
import hashlib
import hmac
import json
import socket
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from controllers.certificates import Authority
from controllers.mail_server import mail_server
from controllers.post_server import post_server
from waterbalance.controllers.contact import Call, ContactError, ContactSettings
from waterbalance.controllers.contacts import Contacts
from waterbalance.errors import UsageError

AT = dt.datetime(2026, 11, 26, 4, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
CALL = Call("無計畫：works，2026-11-26\nBcc: all@bureau.example", "第一行\n.second line\n", AT, {"exit_code": 11})
USER, PASSWORD, SECRET = "WB_TEST_USER", "WB_TEST_PASSWORD", "WB_TEST_SECRET"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(autouse=True)
def _variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(USER, "duty")
    monkeypatch.setenv(PASSWORD, "hidden-word")
    monkeypatch.setenv(SECRET, "hidden-secret")


def contact(**told: object) -> ContactSettings:
    (made,) = TypeAdapter(Contacts).validate_python([{"name": "duty", **told}])
    return made  # type: ignore[no-any-return]


def email(port: int, authority: Authority | None = None, **told: object) -> ContactSettings:
    more = {} if authority is None else {"authority": str(authority.file)}
    login = {"user_from": USER, "password_from": PASSWORD}
    base = {"kind": "email", "to": ["chen@bureau.example", "lin@bureau.example"], "sender": "engine@bureau.example"}
    return contact(**{**base, "server": "127.0.0.1", "port": port, **login, **more, **told})


@pytest.mark.parametrize("encryption", ["starttls", "tls"])
def test_a_mail_arrives_encrypted_and_after_a_login(authority: Authority, encryption: str) -> None:
    told = {"files": authority.server(), "from_first_byte": encryption == "tls", "login": ("duty", "hidden-word")}
    with mail_server(**told) as server:
        email(server.port, authority, encryption=encryption).call(CALL, Path())
    assert server.encrypted == [True]
    assert server.readers == [["chen@bureau.example", "lin@bureau.example"]]
    (mail,) = server.mails
    assert mail["Subject"] == "無計畫：works，2026-11-26 Bcc: all@bureau.example"
    assert mail["Bcc"] is None
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().replace("\r\n", "\n") == "第一行\n.second line\n"


def failure(of: ContactSettings) -> str:
    with pytest.raises(ContactError) as told:
        of.call(CALL, Path())
    assert "hidden" not in str(told.value)
    assert told.value.exit_code == 69
    return str(told.value)


def test_nothing_is_told_to_a_server_whose_certificate_is_not_trusted(authority: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other", "Other")
    with mail_server(files=authority.server(), login=("duty", "hidden-word")) as server:
        assert "nobody takes the call" in failure(email(server.port, other))
        assert server.mails == []


def test_nothing_is_told_to_a_server_without_encryption(authority: Authority) -> None:
    with mail_server() as server:
        assert "nobody takes the call" in failure(email(server.port, authority))
        assert server.mails == []


def test_a_wrong_password_is_told_without_it(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD, "hidden-other")
    with mail_server(files=authority.server(), login=("duty", "hidden-word")) as server:
        assert "status 535" in failure(email(server.port, authority))


def test_one_reader_who_is_refused_is_a_call_that_was_not_taken(authority: Authority) -> None:
    refused = frozenset({"lin@bureau.example"})
    with mail_server(files=authority.server(), login=("duty", "hidden-word"), refuses=refused) as server:
        assert "lin@bureau.example" in failure(email(server.port, authority))


def test_a_busy_server_is_told_by_its_status_alone(authority: Authority) -> None:
    with mail_server(files=authority.server(), busy=1) as server:
        told = failure(email(server.port, authority))
    assert "421" in told
    assert "secret words" not in told


def test_a_variable_that_is_not_set_is_named(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSWORD)
    with pytest.raises(UsageError, match=PASSWORD):
        email(1, authority).call(CALL, Path())


def test_a_mail_server_of_this_machine_needs_no_encryption() -> None:
    with mail_server() as server:
        email(server.port, encryption="none", user_from=None, password_from=None).call(CALL, Path())
    assert server.encrypted == [False]


def test_a_web_hook_takes_json_that_is_signed(authority: Authority) -> None:
    with post_server(204, files=authority.server()) as server:
        contact(kind="webhook", url=f"{server.url}?a=b", secret_from=SECRET, authority=str(authority.file)).call(CALL, Path())
    ((path, headers, body),) = server.posted
    assert path == "/hook?a=b"
    signature = hmac.new(b"hidden-secret", body, hashlib.sha256).hexdigest()
    assert headers["X-Waterbalance-Signature"] == f"sha256={signature}"
    told = json.loads(body)
    assert told["subject"] == CALL.subject
    assert told["facts"] == {"exit_code": 11}
    assert told["at"] == "2026-11-26T04:30:00+08:00"


@pytest.mark.parametrize("status", [302, 400, 500])
def test_only_a_status_of_2xx_is_a_call_that_was_taken(status: int) -> None:
    with post_server(status) as server:
        assert f"status {status}" in failure(contact(kind="webhook", url=server.url))
        assert len(server.posted) == 1


def test_an_address_that_is_a_key_comes_from_the_environment_and_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with post_server(500, 200) as server:
        monkeypatch.setenv("WB_TEST_HOOK", f"{server.url}/hidden-key")
        hook = contact(kind="webhook", url_from="WB_TEST_HOOK")
        assert "status 500" in failure(hook)
        hook.call(CALL, Path())
        assert server.posted[-1][0] == "/hook/hidden-key"
    monkeypatch.setenv("WB_TEST_HOOK", "ftp://hidden")
    with pytest.raises(UsageError, match="WB_TEST_HOOK"):
        hook.call(CALL, Path())


def test_nobody_at_the_other_end_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert "refused" in failure(contact(kind="webhook", url=f"http://127.0.0.1:{port}/"))
    assert "refused" in failure(email(port))


def test_a_server_that_says_nothing_is_waited_for_as_long_as_was_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        begun = dt.datetime.now(dt.UTC)
        failure(contact(kind="webhook", url=f"http://127.0.0.1:{port}/", timeout=0.2))
        failure(email(port, timeout=0.2))
        assert (dt.datetime.now(dt.UTC) - begun).total_seconds() < 5


def test_a_file_takes_one_line_a_call(tmp_path: Path) -> None:
    wall = contact(kind="file", path="calls/wall.jsonl")
    wall.call(CALL, tmp_path)
    wall.call(CALL, tmp_path)
    lines = (tmp_path / "calls" / "wall.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["to"] for line in lines] == ["duty", "duty"]
    (tmp_path / "taken").write_text("", encoding="utf-8")
    with pytest.raises(ContactError, match="taken"):
        contact(kind="file", path="taken/wall.jsonl").call(CALL, tmp_path)


MAIL = {"kind": "email", "to": ["a@b.example"], "sender": "c@b.example", "server": "mail.example"}


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ({**MAIL, "encryption": "none"}, "only this machine's own server"),
        ({**MAIL, "user_from": USER}, "go together"),
        ({**MAIL, "user_from": "hunter2", "password_from": PASSWORD}, "name of an environment variable"),
        ({**MAIL, "to": ["a@b.example\r\nBcc: all@b.example"]}, "an address such as"),
        ({**MAIL, "to": ["nobody"]}, "an address such as"),
        ({"kind": "webhook", "url": "http://hook.example/"}, "begins with https://"),
        ({"kind": "webhook", "url": "https://user:word@hook.example/"}, "without user or password"),
        ({"kind": "webhook"}, "either url or url_from"),
        ({"kind": "file", "path": "a", "after": 0.6}, "less than or equal to 0.5"),
        ({"kind": "pigeon"}, "pigeon"),
    ],
)
def test_settings_that_make_no_sense_are_refused(told: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        contact(**told)


def test_contacts_have_names_of_their_own_and_stand_in_the_order_of_their_times() -> None:
    one = {"kind": "file", "path": "a"}
    read = TypeAdapter(Contacts).validate_python([{**one, "name": "late", "after": 0.1}, {**one, "name": "first"}])
    assert [each.name for each in read] == ["first", "late"]
    with pytest.raises(ValidationError, match="twice: late"):
        TypeAdapter(Contacts).validate_python([{**one, "name": "late"}, {**one, "name": "late"}])
