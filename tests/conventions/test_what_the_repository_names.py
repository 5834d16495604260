"""No file of the repository names a machine, a person's folder, a download address or a host that is somebody's."""

import re

import pytest

from tests.support.source_tree import name_of, project_files, text_of

RESERVED_HOST = re.compile(
    # Names that belong to nobody by agreement (RFC 2606, RFC 6761, and the registry of .jp), and this machine.
    r"(.+\.)?(example|test|invalid|localhost)(\.(com|net|org|jp|co\.jp|or\.jp|ne\.jp))?|127\.0\.0\.1|\[::1\]|0\.0\.0\.0"
)
NAMES_OF_FORMATS = {
    "schemas.openxmlformats.org",  # the namespaces of Office files
    "www.w3.org",  # the namespace of SVG, and the guidelines for accessibility
    "json-schema.org",  # the namespace of JSON schemas
    "purl.org",  # the namespace of Dublin Core, in which OpenDocument names its makers
}
SOURCES_WE_CITE = {
    "www.rfc-editor.org",  # where the test vectors for HPKE and Argon2id come from
    "datatracker.ietf.org",  # the same
    "nvlpubs.nist.gov",  # the standards for AES-GCM and ML-KEM
    "laws.e-gov.go.jp",  # the text of the Japanese laws that the rules follow
    "www.mhlw.go.jp",  # the ministry's guidance on harassment by customers
}
NEUTRAL_PAGES = {
    "www.jma.go.jp",  # the weather, where "leave this page quickly" leads
}
ADDRESS = re.compile(r"\b(?:https?|wss?|ftp)://(?:[^\s/@'\"<>]*@)?(\[[0-9a-f:]+\]|[\w.-]*\w)", re.IGNORECASE)
MAIL = re.compile(r"[\w.+-]+@((?:[\w-]+\.)+(?:com|net|org|jp|io|dev|info))\b", re.IGNORECASE)
OWN_FOLDER = re.compile(r"(?<![\w.])(?:/home/\w|/Users/\w|/root/|/work/\w|[A-Z]:\\Users)")
PACKAGE_FILE = re.compile(r"://\S+\.(?:whl|tar\.gz|tgz)\b")
THIS_FILE = "tests/conventions/test_what_the_repository_names.py"


def written():
    return [(name_of(path), text) for path in project_files() if name_of(path) != THIS_FILE and (text := text_of(path))]


def places(pattern, is_wrong):
    return [
        f"{name}:{text.count(chr(10), 0, match.start()) + 1} {match.group(0)}"
        for name, text in written()
        for match in pattern.finditer(text)
        if is_wrong(match)
    ]


def is_somebodys(match):
    host = match.group(1).lower()
    return not RESERVED_HOST.fullmatch(host) and host not in NAMES_OF_FORMATS | SOURCES_WE_CITE | NEUTRAL_PAGES


def test_no_address_leads_to_somebodys_host():
    assert not places(ADDRESS, is_somebodys), "Use a reserved name such as company.example, or add the source we cite"


def test_no_mail_address_is_somebodys():
    assert not places(MAIL, is_somebodys), "Use a reserved name such as officer@company.example"


def test_no_folder_of_one_machine_is_named():
    assert not places(OWN_FOLDER, lambda _match: True), "Say where it lies from the repository's root"


def test_no_download_address_of_a_package_is_named():
    assert not places(PACKAGE_FILE, lambda _match: True)


def test_pins_name_no_index_and_every_one_has_a_hash():
    pins = {name: text for name, text in written() if name.startswith("requirements/") and name.endswith(".txt")}
    assert {f"requirements/{name}.txt" for name in ("bootstrap", "run", "s3", "test")} <= set(pins)
    for name, text in pins.items():
        requirements = [each for each in text.replace("\\\n", " ").splitlines() if each and not each.startswith("#")]
        assert "://" not in text, name
        assert all(re.match(r"[\w.-]+==\S+.*--hash=sha256:[0-9a-f]{64}", each) for each in requirements), name


@pytest.mark.parametrize("host", ["company.example", "localhost", "127.0.0.1", "[::1]", "desk.example.jp", "a.test"])
def test_a_reserved_host_is_nobodys(host):
    assert not is_somebodys(ADDRESS.match(f"https://{host}/path"))


@pytest.mark.parametrize("host", ["examples.com", "notexample.com", "8.8.8.8", "test.co", "example.dev"])
def test_a_host_that_only_looks_reserved_is_somebodys(host):
    assert is_somebodys(ADDRESS.match(f"https://{host}/path"))
