#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cookie headers and what a real PHP-FPM reads from them, for the gate, which has to read the same.

  cookies.py --write FILE    makes the headers, asks PHP-FPM, and writes both
  cookies.py --check FILE    asks PHP-FPM about the headers in the file, and compares
  cookies.py --corpus DIR    writes headers as files for the fuzz target
"""

import json
import os
import pathlib
import pwd
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

PAGE = r"""<?php
$found = $_COOKIE[$_SERVER['WANTED']] ?? null;
echo json_encode($found === null ? 'absent' : (is_array($found) ? 'array' : ['value' => bin2hex($found)]));
"""
NAME = "PHPSESSID"
# The name of the session; what the header begins with, and how often; and what follows.
Header = tuple[str, bytes, int, bytes]


class Fpm:
    """A PHP-FPM with one worker, asked over FastCGI (Specification 1.0)."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.page = directory / "page.php"
        self.page.write_text(PAGE)
        self.socket = directory / "fpm.sock"
        configuration = directory / "fpm.conf"
        configuration.write_text(
            f"[global]\ndaemonize = no\nerror_log = {directory}/fpm.log\n[site]\n"
            f"user = {pwd.getpwuid(os.getuid()).pw_name}\nlisten = {self.socket}\npm = static\npm.max_children = 1\n"
            "php_flag[display_errors] = off\n"
        )
        program = next(filter(None, map(shutil.which, ["php-fpm", "php-fpm8.2", "/usr/sbin/php-fpm8.2"])), None)
        if program is None:
            sys.exit("cookies.py: php-fpm is not installed")
        # -n: PHP's own defaults, whatever php.ini has.
        self.process = subprocess.Popen(
            [program, "-n", "-R", "-F", "-y", configuration],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + 20
        while True:
            try:
                self.ask(b"", NAME)
                return
            except OSError:
                if time.monotonic() > end or self.process.poll() is not None:
                    sys.exit("cookies.py: php-fpm does not start: " + (directory / "fpm.log").read_text())
                time.sleep(0.02)

    def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)

    def ask(self, header: bytes, name: str) -> object:
        parameters = [
            (b"SCRIPT_FILENAME", os.fsencode(self.page)),
            (b"REQUEST_METHOD", b"GET"),
            (b"WANTED", name.encode()),
            (b"HTTP_COOKIE", header),
        ]
        content = b"".join(
            struct.pack(">II", len(n) | 1 << 31, len(v) | 1 << 31) + n + v for n, v in parameters
        )
        message = self.record(1, struct.pack(">HB5x", 1, 0))
        # In one record, as PHP-FPM does not join a parameter that is spread over two.
        message += self.record(4, content) + self.record(4, b"") + self.record(5, b"")
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(os.fspath(self.socket))
            connection.sendall(message)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        output = b""
        while answer:
            _, kind, _, length, padding = struct.unpack(">BBHHBx", answer[:8])
            if kind == 6:
                output += answer[8 : 8 + length]
            answer = answer[8 + length + padding :]
        return json.loads(output.split(b"\r\n\r\n", 1)[1])

    @staticmethod
    def record(kind: int, content: bytes) -> bytes:
        return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content


def written() -> list[Header]:
    """Headers for one rule each."""
    n = NAME.encode()
    cases = [
        b"", b"=", b";", b"; ;", n, n + b"=", n + b"=a", n + b"=a;", b"x=1; " + n + b"=a", b"x=1;" + n + b"=a",
        b"x=1;;;" + n + b"=a", b"x=1, " + n + b"=a", n + b"=a=b", n + b"==a", n + b" =a", n + b"\t=a", b" " + n + b"=a",
        b"\t\n\v\f\r " + n + b"=a", b"\xa0" + n + b"=a", b"\x85" + n + b"=a", b"\x1c" + n + b"=a", n + b"= a", n + b"=a ",
        n + b'="a"', n.lower() + b"=a", n + b"=a; " + n + b"=b", n + b"=; " + n + b"=b", n + b"; " + n + b"=b",
        n + b"=a%2Cb", n + b"=a%2cb", n + b"=a+b", n + b"=a%20b", n + b"=a%00b", n + b"=%", n + b"=%4", n + b"=%41", n + b"=%4g",
        n + b"=%%41", n + b"=%25%34%31", n + b"=%zz%41", n + b"=a%3Bb", n + b"=a%3B" + n + b"=b", n + b"=\xff\xfe", n + b"=%ff%C3",
        b"PHPSESS%49D=a", b"%50HPSESSID=a", b"PHP%53ESSID=a", n + b"%00=a", n + b"%20=a", b"+" + n + b"=a",
        n + b"[=a", n + b"[]=a", n + b"[a]=b", n + b"[a=b", n + b"[a][b]=c", n + b"[a]b=c", n + b"[]b=c", n + b"][=c", n + b"]=c",
        n + b"[a][b=c", n + b"[ ]=c", n + b"[ a]=c", n + b"[", n + b"[]", n + b"=a; " + n + b"[]=b", n + b"[]=b; " + n + b"=a",
        n + b"=a; " + n + b"[=b", n + b"[=b; " + n + b"=a", n + b"[x]; " + n + b"=a", n + b"=a; " + n + b"[x]",
        n + b"=a; " + n + b"[x]=1; " + n + b"=b", b"[" + n + b"]=a", b"x[" + n + b"]=a", b"x[" + n + b"=a",
        b"[]" + n + b"=a", b"[" + n + b"=a", b"." + n + b"=a", b"x=1\0; " + n + b"=a", n + b"=a\0b", n + b"\0=a", n + b"=a\0; " + n + b"=b",
        n + b".=a", n + b"_=a", b"$Version=1; " + n + b"=a; $Path=/", b'$Version="1"; ' + n + b'="a"', b"x=" + n + b"=a; y=2",
        n + b"=a\r\nX: y", n + b"=a\nb", b"Cookie: " + n + b"=a",
    ]
    for depth in [63, 64, 65, 66, 200]:
        deep = n + b"[a]" * depth
        cases += [
            deep + b"=x", n + b"=a; " + deep + b"=x", n + b"=a; " + deep + b"=x; " + n + b"=b", deep + b"=x; " + n + b"=b",
            n + b"[]" * depth + b"=x", n + b"[a]" * (depth - 1) + b"[a=x", n + b"[a]" * (depth - 1) + b"[=x; " + n + b"=b",
            n + b"[a" * depth + b"=x", n + b"[a" * depth + b"]=x",
        ]
    cases.append(n + b"=" + b"%61" * 300)
    headers = [(NAME, b"", 0, case) for case in cases]
    for times in [998, 999, 1000, 1001, 3000]:
        for start in [b"a=1; ", b"a; ", b"; ", b"=1; ", b"[x=1; ", b"[x]=1; ", n + b"[x]=1; "]:
            headers.append((NAME, start, times, n + b"=a"))
    headers += [(NAME, b"y", 60_000, b"=; " + n + b"=a"), (NAME, n + b"=a; ", 1000, n + b"[]=b"), (NAME, n + b"=a; ", 999, n + b"[]=b")]
    for name in ["__Host-SID", "__Secure-SID", "a_b", "a_b_c", "_", "__", "a-b", "a_", "_a"]:
        for sent in dict.fromkeys([
            name, name.replace("_", "."), name.replace("_", " "), name.replace("_", "["), name.replace("_", ".", 1),
            name.replace("_", "[", 1), name[:1] + name[1:].replace("_", "["), name[:1] + name[1:].replace("_", "."),
            name[:1] + name[1:].replace("_", " "), name + "[]", name.replace("_", ".") + "[]", name.replace("_", ".") + "[x",
            name.replace("_", "%5F"), name + "[", name.replace("_", "[") + "]", " " + name,
        ]):
            headers.append((name, b"", 0, sent.encode() + b"=a"))
    changed = [
        ("a_b_c_d", b"a[b.c d=1"), ("a_b_c_d", b"a[b[c[d=1"), ("a_b_c_d", b"a.b[c d=1"), ("a_b_c.d", b"a_b_c.d=1"),
        ("a_b_c_d", b"a[b.c]d=1"), ("a_", b"a[=1"), ("a_", b"a[;a.=2"), ("a__", b"a[[=1"), ("a__b", b"a[.b=1"), ("a__b", b"a[ b=1"),
        ("a", b"a[b.c=1"), ("a_b", b"a[b=1; a_b=2"), ("a_b", b"a_b=1; a[b=2"), ("a_b", b"a.b[]=1; a b=2"), ("a_x", b"a[x"),
        ("a_b_", b"a[b[=1"), ("a_b_c", b"a[b[c=1"), ("a_b_c]", b"a[b[c]=1"), ("a", b"a[b[c]=1"), ("a", b"a [b]=1"), ("a_", b"a [b]=1"),
        ("__Host-x", b"_[Host-x=1"), ("__Host-x", b"[_Host-x=1"), ("__Host-x", b"._Host-x=1"), ("__Host-x", b"__Host-x[=1"),
        ("__Host-x", b"..Host-x[]=1"), ("__Host-x_", b"__Host-x[=1"), ("__Host-x_y", b"__Host-x.y=1"), ("__Host-x_y", b"__Host-x[y=1"),
        ("__Host-x_y", b".[Host-x.y=1"), ("__Secure-x", b"_.Secure-x[]=1"), ("__Secure-x", b"__Secure-x[a]=1"),
    ]
    return headers + [(name, b"", 0, header) for name, header in changed]


def mixed(number: int) -> list[Header]:
    """Headers of pieces that mean something to some rule, in any order."""
    source = random.Random(8)
    names = {
        NAME: [b"PHPSESSID", b"PHPSESSID", b"PHPSESSID[]", b"PHPSESSID[k]", b"PHPSESSID[k", b"PHPSESSID[k][", b"PHPSESS%49D"],
        "a_b": [b"a_b", b"a.b", b"a b", b"a[b", b"a_b[]", b"a.b[k]", b"a[b[", b"a[b]", b"[a.b", b"a%5Fb"],
        "__Host-x": [b"__Host-x", b"_.Host-x", b"_[Host-x", b"__Host-x[]", b".[Host-x[]", b"__Host-x[k", b" _Host-x"],
    }
    noise = [b" ", b"\t", b"[", b"]", b".", b"_", b"%41", b"%", b"%00", b"+", b",", b'"', b"\xe4", b"\v", b"\x1f", b"1", b"=", b"=", b"abc"]
    headers = []
    for _ in range(number):
        name = source.choice(list(names))
        cookies = []
        for _ in range(source.randint(1, 4)):
            sent = source.choice(names[name] + [b"", b"x"])
            before = source.choice([b"", b"", b"", source.choice(noise)])
            behind = source.choice([b"", b"", b"", source.choice(noise)])
            value = b"".join(source.choice(noise) for _ in range(source.randint(0, 4)))
            cookies.append(before + sent + behind + source.choice([b"=", b"=", b"=", b""]) + value)
        headers.append((name, b"", 0, source.choice([b"; ", b"; ", b";", b";;  "]).join(cookies)))
    return headers


def ask(headers: list[Header]) -> list[object]:
    with tempfile.TemporaryDirectory() as directory:
        fpm = Fpm(pathlib.Path(directory))
        try:
            return [fpm.ask(start * times + rest, name) for name, start, times, rest in headers]
        finally:
            fpm.end()


def check(vectors: list[dict]) -> int:
    answers = ask([(v["name"], v["start"].encode("latin-1"), v["times"], v["rest"].encode("latin-1")) for v in vectors])
    wrong = [v for v, answer in zip(vectors, answers) if v["cookie"] != answer]
    for vector in wrong:
        print(f"PHP reads something else: {json.dumps(vector)[:400]}", file=sys.stderr)
    return len(wrong)


def main() -> None:
    mode, path = sys.argv[1], pathlib.Path(sys.argv[2])
    if mode == "--write":
        headers = written() + mixed(400)
        lines = [
            json.dumps({"name": name, "start": start.decode("latin-1"), "times": times, "rest": rest.decode("latin-1"), "cookie": answer})
            for (name, start, times, rest), answer in zip(headers, ask(headers))
        ]
        path.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    elif mode == "--check":
        vectors = json.loads(path.read_text())
        if wrong := check(vectors):
            sys.exit(f"{path}: PHP reads {wrong} of {len(vectors)} headers otherwise")
        print(f"{path}: all vectors agree")
    elif mode == "--corpus":
        path.mkdir(exist_ok=True)
        for number, (name, _, times, rest) in enumerate(written() + mixed(40)):
            # The name and a line end, then the header, as the fuzz target takes them.
            if times == 0:
                (path / f"{number:03}").write_bytes(name.encode() + b"\n" + rest)
    else:
        sys.exit(__doc__)


main()
