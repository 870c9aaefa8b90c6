"""Asking servers that are busy, broken, hostile or strange."""

import datetime as dt
import os
import ssl
import time
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from controllers.certificates import Authority
from sources.asking import KEY, NOW, SECRET, client
from sources.http_server import Reply, Server, told
from sources.raw_server import speaking
from waterbalance.errors import InputError, SourceError, UsageError
from waterbalance.sources.address import shown
from waterbalance.sources.http_client import Answer, HttpClient, Question
from waterbalance.sources.http_settings import HttpSettings

GOOD = told({"a": 1})


def ask(asked_by: HttpClient, address: str, now: dt.datetime = NOW, **more: Any) -> Answer:  # noqa: ANN401
    return asked_by.json(Question("agency", address, **more), now)


def test_a_server_that_fails_twice_is_asked_three_times_with_doubled_waits(server: Server, tmp_path: Path) -> None:
    waits: list[float] = []
    address = server.answer("/a", Reply(b"", 500), Reply(b"", 503), GOOD)
    answer = ask(client(tmp_path, waits.append, tries=4, first_wait=2.0), address)
    assert (answer.value, answer.known_at, answer.kept) == ({"a": 1}, NOW, None)
    assert waits == [2.0, 4.0]


def test_waits_are_bounded_and_tries_are_counted(server: Server, tmp_path: Path) -> None:
    waits: list[float] = []
    address = server.answer("/a", Reply(b"", 502))
    with pytest.raises(SourceError, match="Asked 6 times"):
        ask(client(tmp_path, waits.append, tries=6, first_wait=2.0, longest_wait=10.0), address)
    assert waits == [2.0, 4.0, 8.0, 10.0, 10.0]
    assert len(server.asked) == 6


def test_the_wait_that_a_server_asks_for_is_kept(server: Server, tmp_path: Path) -> None:
    waits: list[float] = []
    later = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=30)
    date = format_datetime(later, usegmt=True)
    busy = (
        Reply(b"", 429, {"Retry-After": "7"}),
        Reply(b"", 503, {"Retry-After": date}),
        Reply(b"", 503, {"Retry-After": "soon"}),
    )
    ask(client(tmp_path, waits.append, tries=4, first_wait=1.0), server.answer("/a", *busy, GOOD))
    assert waits[0] == 7.0
    assert waits[1] == pytest.approx(30.0, abs=3.0)
    assert waits[2] == 4.0


def test_a_server_that_asks_for_hours_is_left_alone(server: Server, tmp_path: Path) -> None:
    waits: list[float] = []
    address = server.answer("/a", Reply(b"", 503, {"Retry-After": "7200"}))
    with pytest.raises(SourceError, match="It asks for a wait of 7200 s"):
        ask(client(tmp_path, waits.append, tries=4), address)
    assert (waits, len(server.asked)) == ([], 1)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 204, 999])
def test_what_will_not_get_better_is_asked_once(server: Server, tmp_path: Path, status: int) -> None:
    address = server.answer("/a", Reply(b"", status))
    with pytest.raises(SourceError, match=str(status)):
        ask(client(tmp_path, tries=1 if status == 999 else 4), address)
    assert len(server.asked) == 1


def test_a_host_that_stays_silent_is_asked_once_a_question_from_there_on(server: Server, tmp_path: Path) -> None:
    address = server.answer("/a", Reply(b"", 500))
    asking = client(tmp_path, tries=3)
    for _ in range(3):
        with pytest.raises(SourceError):
            ask(asking, address)
    assert len(server.asked) == 5
    server.answer("/a", GOOD, Reply(b"", 500), GOOD)
    ask(asking, address)
    ask(asking, address)
    assert len(server.asked) == 8


def test_nobody_at_home_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="Connection refused") as error:
        ask(client(tmp_path), "http://127.0.0.1:9/a")
    assert "source agency" in str(error.value)


@pytest.mark.parametrize(
    ("first", "drip"),
    [
        (b"HTTP/1.0 200 OK\r\n\r\n", b" "),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 100000\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (b"HTTP/1.0 200 OK\r\nX-Long: ", b"a"),
        (b"", b"H"),
    ],
    ids=["body", "promised body", "chunks", "headers", "status"],
)
def test_a_server_that_drips_is_cut_off(tmp_path: Path, first: bytes, drip: bytes) -> None:
    with speaking(first, drip) as port:
        start = time.monotonic()
        with pytest.raises(SourceError, match=r"no whole answer within 0\.4 s"):
            ask(client(tmp_path, tries=1, timeout=0.3, longest_answer=0.4), f"http://127.0.0.1:{port}/")
        assert time.monotonic() - start < 2.0


def test_an_answer_that_is_cut_at_the_end_of_its_time_does_not_pass_for_a_whole_one(tmp_path: Path) -> None:
    with speaking(b"HTTP/1.0 200 OK\r\n\r\n[1]", b" ") as port, pytest.raises(SourceError, match="no whole answer"):
        ask(client(tmp_path, tries=1, timeout=0.3, longest_answer=0.4), f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    "first", [b"SSH-2.0-OpenSSH\r\n", b"\x00\x01\x02", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200]
)
def test_what_is_no_http_is_told(tmp_path: Path, first: bytes) -> None:
    with speaking(first) as port, pytest.raises(SourceError, match=r"no HTTP|reset|Broken pipe"):
        ask(client(tmp_path, tries=1, timeout=0.3), f"http://127.0.0.1:{port}/")


def test_an_answer_without_end_is_not_read_to_its_end(server: Server, tmp_path: Path) -> None:
    address = server.answer("/a", Reply(b"x" * 10_000, chunks=100_000))
    start = time.monotonic()
    with pytest.raises(InputError, match="at most 1000000 bytes"):
        ask(client(tmp_path, largest_answer=1_000_000), address)
    assert time.monotonic() - start < 5.0


def test_an_answer_that_promises_to_be_gigantic_is_not_read(server: Server, tmp_path: Path) -> None:
    address = server.answer("/a", Reply(b"[]", promised=10**12))
    with pytest.raises(InputError, match="1000000000000 bytes"):
        ask(client(tmp_path), address)


def test_an_answer_compressed_without_being_asked_is_told(server: Server, tmp_path: Path) -> None:
    address = server.answer("/a", Reply(b"\x1f\x8b", headers={"Content-Encoding": "gzip"}))
    with pytest.raises(SourceError, match="compressed"):
        ask(client(tmp_path), address)


def test_a_byte_order_mark_is_no_part_of_the_answer(server: Server, tmp_path: Path) -> None:
    address = server.answer("/a", Reply(b"\xef\xbb\xbf[1]"))
    assert ask(client(tmp_path), address).value == [1]


def test_redirections_are_followed_without_the_key(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, SECRET)
    address = server.answer("/a", Reply(b"", 302, {"Location": "/b/c"}))
    server.answer("/b/c", Reply(b"", 307, {"Location": f"{server.url}/d?x=1"}))
    server.answer("/d", GOOD)
    assert ask(client(tmp_path), address, keys={"Authorization": KEY}).value == {"a": 1}
    assert server.asked == [("/a", {"Authorization": SECRET}), ("/b/c", {}), ("/d", {"x": "1"})]


@pytest.mark.parametrize(
    ("to", "told_of_it"),
    [
        ("https://127.0.0.1/", "the host is not of the list for https"),
        ("http://localhost/", "the host is not of the list for http"),
        ("http://127.0.0.1.evil.example/", "the host is not of the list for http"),
        ("//evil.example/", "the host is not of the list for http"),
        ("file:///etc/hostname", "it is no address"),
        ("http://user:word@127.0.0.1/", "it is no address"),
        ("http://127.0.0.1:99999/", "it is no address"),
    ],
)
def test_a_redirection_leads_to_listed_hosts_only(server: Server, tmp_path: Path, to: str, told_of_it: str) -> None:
    address = server.answer("/a", Reply(b"", 301, {"Location": to}))
    with pytest.raises(InputError, match=told_of_it) as error:
        ask(client(tmp_path), address)
    assert len(server.asked) == 1
    assert "user:word" not in str(error.value)


@pytest.mark.parametrize("headers", [{}, {"Location": "/a"}, {"Location": "http://[::1/"}])
def test_redirections_without_end_or_aim_are_told(server: Server, tmp_path: Path, headers: dict[str, str]) -> None:
    address = server.answer("/a", Reply(b"", 302, headers))
    with pytest.raises(SourceError, match="redirection"):
        ask(client(tmp_path), address)
    assert len(server.asked) <= 6


def test_a_host_outside_of_the_list_is_not_asked(server: Server, tmp_path: Path) -> None:
    address = server.answer("/a", GOOD)
    with pytest.raises(InputError, match=r"add 127\.0\.0\.1 to http\.plain_hosts"):
        HttpClient(HttpSettings(hosts=("127.0.0.1",)), tmp_path).json(Question("agency", address), NOW)
    assert server.asked == []


def test_a_missing_key_is_told_by_its_variable_before_anything_is_asked(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEY, raising=False)
    address = server.answer("/a", GOOD)
    with pytest.raises(UsageError, match=KEY):
        ask(client(tmp_path), address, keys={"Authorization": KEY})
    assert server.asked == []


def test_certificates_are_checked(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "certificates")
    files = authority.server()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    said = b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\n[1]"
    hosts = {"hosts": ("127.0.0.1", "localhost"), "tries": 1}
    with speaking(said, context=context) as port:
        with pytest.raises(SourceError, match="a certificate that is not trusted"):
            ask(client(tmp_path, **hosts), f"https://127.0.0.1:{port}/")
        # The server may still be busy with the handshake that was refused.
        trusting = client(tmp_path, authority="certificates/authority.pem", **{**hosts, "tries": 4})
        assert ask(trusting, f"https://127.0.0.1:{port}/").value == [1]
        with pytest.raises(SourceError, match="a certificate that is not trusted"):
            ask(trusting, f"https://localhost:{port}/")


def test_a_handshake_that_drips_is_cut_off(tmp_path: Path) -> None:
    with speaking(b"\x16\x03\x03\x40\x00\x02", b"\x00") as port:
        start = time.monotonic()
        with pytest.raises(SourceError, match=r"no whole answer within 0\.4 s"):
            ask(client(tmp_path, hosts=("127.0.0.1",), tries=1, longest_answer=0.4), f"https://127.0.0.1:{port}/")
        assert time.monotonic() - start < 2.0


def test_an_authority_that_is_no_file_is_told(tmp_path: Path) -> None:
    with speaking(b"") as port, pytest.raises(InputError, match="certificate authority"):
        ask(client(tmp_path, hosts=("127.0.0.1",), authority="none.pem"), f"https://127.0.0.1:{port}/")


def test_a_kept_answer_that_is_not_whole_is_not_used(server: Server, tmp_path: Path) -> None:
    address = server.answer("/a", GOOD, Reply(b"", 404))
    ask(client(tmp_path), address)
    (file,) = (tmp_path / "answers").iterdir()
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(SourceError, match="404"):
        ask(client(tmp_path), address)


def test_each_question_has_its_own_kept_answer(server: Server, tmp_path: Path) -> None:
    address = server.answer("/a", told([1]), told([2]), Reply(b"", 404))
    for page in ("1", "2"):
        ask(client(tmp_path), address, query={"page": page})
    assert [ask(client(tmp_path), address, query={"page": page}).value for page in ("2", "1")] == [[2], [1]]
    with pytest.raises(SourceError):
        ask(client(tmp_path), address, query={"page": "3"})


def test_a_bad_answer_does_not_take_the_place_of_a_good_one(server: Server, tmp_path: Path) -> None:
    address = server.answer("/a", GOOD, Reply(b"<html>maintenance"), Reply(b"", 503))
    assert ask(client(tmp_path), address).kept is None
    for found in ("<html>", "503"):
        answer = ask(client(tmp_path), address, now=NOW + dt.timedelta(hours=1))
        assert (answer.value, answer.known_at) == ({"a": 1}, NOW)
        assert found in str(answer.kept)


def test_answers_to_questions_of_long_ago_are_removed(server: Server, tmp_path: Path) -> None:
    address = server.answer("/a", GOOD)
    for page in ("1", "2"):
        ask(client(tmp_path), address, query={"page": page})
    old, young = (tmp_path / "answers").iterdir()
    os.utime(old, (time.time() - 3 * 86_400,) * 2)
    ask(client(tmp_path), address, query={"page": "3"})
    left = set((tmp_path / "answers").iterdir())
    assert (len(left), young in left, old in left) == (2, True, False)


def test_an_answer_from_the_future_is_not_used(server: Server, tmp_path: Path) -> None:
    address = server.answer("/a", GOOD, Reply(b"", 503))
    ask(client(tmp_path), address)
    with pytest.raises(SourceError):
        ask(client(tmp_path), address, now=NOW - dt.timedelta(days=1))


def test_nothing_is_kept_where_nothing_is_wanted_or_possible(server: Server, tmp_path: Path) -> None:
    address = server.answer("/a", GOOD)
    assert ask(client(tmp_path, kept=None), address).value == {"a": 1}
    (tmp_path / "file").touch()
    assert ask(client(tmp_path, kept="file"), address).value == {"a": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("host", ["https://a.example", "a.example/path", "a.example:443", "", "a b", "*"])
def test_a_host_is_a_name_only(host: str) -> None:
    with pytest.raises(ValueError, match="the name of a host"):
        HttpSettings(hosts=(host,))


def test_an_address_is_shown_without_what_may_be_secret() -> None:
    assert shown(f"https://user:{SECRET}@a.example:8443/b?Authorization={SECRET}#{SECRET}") == "https://a.example:8443/b"
    assert SECRET not in shown(f"http://[{SECRET}/")
