# SPDX-License-Identifier: Apache-2.0
"""REL-36: configurations made to hurt are errors at start that name the line; nothing is loaded or written."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

import pyamps


def sow_of(file: str) -> str:
    topic = f"<Name>t</Name><MessageType>json</MessageType><Key>/id</Key><FileName>{file}</FileName>"
    return f"<SOW><Topic>{topic}</Topic></SOW>"


LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))

TEXTS = {
    "a document type": ("<!DOCTYPE AMPSConfig>\n<AMPSConfig/>", ""),
    "entity expansion": (
        f'<!DOCTYPE AMPSConfig [<!ENTITY l0 "ha">{LAUGHS}]>\n<AMPSConfig><Name>&l9;</Name></AMPSConfig>', ""),
    "an external entity": (
        '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>\n<AMPSConfig><Name>&e;</Name></AMPSConfig>', ""),
    "an unknown entity": ("<AMPSConfig>\n<Name>&evil;</Name></AMPSConfig>", ""),
    "an unknown element": ("<AMPSConfig>\n<Modules><Module>x</Module></Modules><Nonsense/></AMPSConfig>", ""),
    "a module of its own": (
        "<AMPSConfig>\n<Modules><Module><Name>x</Name><Library>/tmp/evil.so</Library></Module></Modules>"
        "</AMPSConfig>", ""),
    "two roots": ("<AMPSConfig/>\n<AMPSConfig/>", ""),
    "an end that is missing": ("<AMPSConfig>\n<Name>a", ""),
    "depth": ("<AMPSConfig>\n" + "<SOW>" * 100_000, ""),
    "a number too large": (
        "<AMPSConfig>\n<MessageMemoryLimit>99999999999999999999GB</MessageMemoryLimit></AMPSConfig>", ""),
    "a number that is none": (
        "<AMPSConfig><Transports>\n<Transport><Name>t</Name><Type>tcp</Type><InetAddr>localhost:99999</InetAddr>"
        "<MessageType>json</MessageType></Transport></Transports></AMPSConfig>", ""),
    "an include of itself": ('<AMPSConfig>\n<Include>config.xml</Include></AMPSConfig>', ""),
    "a zero byte": ("<AMPSConfig>\n<Name>a\0b</Name></AMPSConfig>", ""),
    "bytes that are no text": (b"<AMPSConfig>\n<Name>\xff\xfe</Name></AMPSConfig>", ""),
    "an undefined variable": ("<AMPSConfig>\n<Name>${NOT_GIVEN}</Name></AMPSConfig>", "NOT_GIVEN"),
}  # fmt: skip


def tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize("what", TEXTS)
def test_it_is_an_error_with_its_line(tmp_path, monkeypatch, what):
    text, named = TEXTS[what]
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "config.xml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    before = tree(tmp_path)
    with pytest.raises(pyamps.AMPSException) as refused, pyamps.Broker(config=file):
        pass
    assert re.search(r"config\.xml:\d+:\d+: ", str(refused.value)), refused.value
    assert named in str(refused.value)
    assert len(str(refused.value)) < 1000
    assert tree(tmp_path) == before


def test_a_variable_is_text_and_not_markup(tmp_path):
    file = tmp_path / "config.xml"
    file.write_text("<AMPSConfig><Name>${NAME}</Name></AMPSConfig>")
    with pytest.raises(pyamps.AMPSException) as refused:
        pyamps.Broker(config=file, variables={"NAME": "</Name><Admin/><Name>"})
    assert "Name is </Name><Admin/><Name>" in str(refused.value)


def test_a_topic_file_that_is_a_link_is_not_followed(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("precious")
    os.symlink(victim, tmp_path / "topic.sow")
    file = tmp_path / "config.xml"
    file.write_text(f"<AMPSConfig>{sow_of(str(tmp_path / 'topic.sow'))}</AMPSConfig>")
    with pytest.raises(pyamps.AMPSException), pyamps.Broker(config=file):
        pass
    assert victim.read_text() == "precious"


def test_nothing_of_the_package_runs_what_it_reads():
    for path in Path(pyamps.__file__).parent.rglob("*.py*"):
        if path.suffix in (".py", ".pyx"):
            assert not re.search(
                r"\b(pickle|marshal|shelve)\b|\byaml\.load\b|(?<![\w.])(eval|exec)\(", path.read_text()
            ), path
