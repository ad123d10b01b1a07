"""What is collected: a table, from what is gone first to what stays. Names in the bundle are paths below its folder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Who is asked: the server, a program, a file, the names that patterns match, /proc of the server, kernel values.
SERVER, PROGRAM, FILE, TREE, PROCESS, KERNEL = "server", "program", "file", "tree", "process", "kernel"
_MIB = 2**20
# More entries than any server keeps.
_ALL = "100000"
_LINES = "50000"


@dataclass(frozen=True)
class Piece:
    """One file of the bundle.

    ``ask``: the words of a command, a program with its arguments, a path, patterns of paths, or names of kernel values;
    ``{name}`` in it is a field of ``About``. ``limit`` is in bytes: of a file the end is kept, of all else the begin.
    ``since``: the oldest server that knows the command.
    """

    name: str
    what: str
    kind: str
    ask: tuple[str, ...]
    limit: int = 4 * _MIB
    seconds: float = 10.0
    since: tuple[int, ...] = ()


@dataclass(frozen=True)
class About:
    """What the pieces are asked about; an empty text or None where it is not known. ``hours``: how far back."""

    unit: str = ""
    pid: str = ""
    package: str = ""
    data_dir: str = ""
    hours: str = "48"
    files: tuple[str, ...] = ()
    homes: tuple[str, ...] = ()
    version: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Plan:
    """What is asked for, and what is not, with the reason."""

    pieces: tuple[Piece, ...]
    left_out: tuple[tuple[Piece, str], ...] = ()


def _server(name: str, what: str, *words: str, since: tuple[int, ...] = ()) -> Piece:
    return Piece(f"server/{name}", what, SERVER, words, since=since)


def _program(name: str, what: str, *argv: str, limit: int = 4 * _MIB, seconds: float = 10.0) -> Piece:
    return Piece(f"host/{name}", what, PROGRAM, argv, limit, seconds)


def _journal(name: str, what: str, *match: str) -> Piece:
    argv = ("journalctl", "--no-pager", "--quiet", "--utc", "--output=short-unix", f"--lines={_LINES}")
    return _program(name, what, *argv, "--since=-{hours}h", *match, limit=16 * _MIB, seconds=20.0)


# The log of denials comes before all that could be denied to us, and INFO before all that it counts.
_OF_SERVER = (
    _server("info.txt", "all counters: clients, memory, persistence, replication, commands, errors", "INFO", "all"),
    _server("acl_log.json", "denied logins and commands", "ACL", "LOG", _ALL),
    _server("client_list.txt", "who is connected, since when, as whom", "CLIENT", "LIST"),
    _server("client_id.json", "which of them is this collection", "CLIENT", "ID"),
    _server("lastsave.json", "when the data was saved last", "LASTSAVE"),
    _server("acl_list.json", "users with rights and password hashes", "ACL", "LIST"),
    _server("config.json", "running configuration, with its passwords", "CONFIG", "GET", "*"),
    _server("slowlog.json", "slow commands with arguments", "SLOWLOG", "GET", _ALL),
    _server("role.json", "primary and replicas", "ROLE"),
    _server("latency.json", "latency events", "LATENCY", "LATEST"),
    _server("memory_stats.json", "where memory goes", "MEMORY", "STATS"),
    _server("module_list.json", "loaded modules", "MODULE", "LIST"),
    _server("function_list.json", "functions with their code", "FUNCTION", "LIST", "WITHCODE", since=(7, 0)),
)
_OF_HOST = (
    _program("sockets.txt", "connections with their processes", "ss", "-tanpo"),
    _program("unix_sockets.txt", "unix sockets with their processes", "ss", "-xanp"),
    _program(
        "processes.txt", "all processes", "ps", "-eww", "-o", "pid,ppid,uid,user,lstart,etimes,stat,args", "--forest"
    ),
    Piece("host/server_process.json", "the server's program, files, memory maps", PROCESS, ("{pid}",)),
    _program("who.txt", "who is logged in", "who", "-a"),
    _program("firewall_nft.txt", "the host's firewall", "nft", "list", "ruleset"),
    _program("firewall_iptables.txt", "the same by its older tool", "iptables-save"),
    _program("addresses.txt", "addresses", "ip", "-s", "address"),
    _program("routes.txt", "routes", "ip", "route", "show", "table", "all"),
    _journal("journal_server.txt", "the server's journal", "--unit={unit}"),
    _journal("journal_ssh.txt", "logins by ssh", "-t", "sshd", "-t", "sshd-session", "-t", "sshd-auth"),
    _journal("journal_root.txt", "sudo, su, cron", "-t", "sudo", "-t", "su", "-t", "CRON", "-t", "crontab"),
    _program("logins.txt", "logins that wtmp knows", "last", "-Fwi"),
    _program("unit.txt", "unit and drop-ins", "systemctl", "--no-pager", "cat", "{unit}"),
    _program("unit_state.txt", "what systemd holds of the unit", "systemctl", "--no-pager", "show", "{unit}"),
    _program("timers.txt", "timers", "systemctl", "--no-pager", "list-timers", "--all"),
    Piece(
        "host/footholds.json",
        "crontabs, keys, units: names, hashes, times",
        TREE,
        (
            *("/etc/crontab", "/etc/cron.*/*", "/var/spool/cron/*", "/var/spool/cron/crontabs/*", "/etc/anacrontab"),
            *("{home}/.ssh/*", "{home}/.bashrc", "{home}/.profile", "/etc/ld.so.preload", "/etc/rc.local"),
            *("/etc/sudoers", "/etc/sudoers.d/*", "/etc/systemd/system/*", "/etc/systemd/system/*/*"),
            *(
                "/run/systemd/system/*",
                "/etc/profile.d/*",
                "/etc/update-motd.d/*",
                "/tmp/*",  # noqa: S108 - looked into, like the next two
                "/var/tmp/*",  # noqa: S108
                "/dev/shm/*",  # noqa: S108
            ),
        ),
    ),
    Piece(
        "host/data_folder.json", "files beside the data: names, hashes, times", TREE, ("{data_dir}/*", "{data_dir}/*/*")
    ),
    _program("packages.txt", "installed packages", "dpkg", "-l"),
    _program("package_verify.txt", "files of the server's package that differ", "dpkg", "--verify", "{package}"),
    Piece(
        "host/kernel.txt",
        "kernel values of note",
        KERNEL,
        (
            *("kernel.hostname", "kernel.osrelease", "kernel.randomize_va_space", "kernel.core_pattern"),
            *("kernel.yama.ptrace_scope", "kernel.modules_disabled", "kernel.tainted", "fs.suid_dumpable"),
            *("vm.overcommit_memory", "vm.swappiness", "net.core.somaxconn", "net.ipv4.ip_forward"),
            *("net.ipv4.tcp_syncookies", "net.ipv6.conf.all.disable_ipv6"),
        ),
    ),
)
# Read where they are; those that are absent are told as such.
FILES = (
    *("/etc/passwd", "/etc/group", "/etc/hosts", "/etc/os-release", "/proc/uptime", "/proc/modules", "/proc/mounts"),
    *(
        "/var/log/auth.log",
        "/var/log/wtmp",
        "/var/log/btmp",
        "/run/utmp",
        "/var/log/dpkg.log",
        "/var/log/apt/history.log",
    ),
)
_FILE_LIMIT = 16 * _MIB


def plan(about: About) -> Plan:
    """Return what is asked for on this host, in order."""
    pieces, left_out = [], []
    for piece in _all(about):
        wanting = _wanting(piece, about)
        if wanting:
            left_out.append((piece, wanting))
        else:
            pieces.append(replace(piece, ask=tuple(_filled(piece.ask, about))))
    return Plan(tuple(pieces), tuple(left_out))


def _all(about: About) -> Iterator[Piece]:
    yield from _OF_SERVER
    yield from _OF_HOST
    for path in dict.fromkeys(filter(None, (*about.files, *FILES))):
        yield Piece(f"files{path}", path, FILE, (path,), _FILE_LIMIT)


def _wanting(piece: Piece, about: About) -> str:
    """Return why a piece cannot be asked for, or nothing."""
    if piece.since and about.version and about.version < piece.since:
        return f"the server is older than {'.'.join(map(str, piece.since))}"
    text = " ".join(piece.ask)
    names = {"unit": "no unit", "pid": "no process", "data_dir": "no data folder", "package": "of no package"}
    unknown = (why for name, why in names.items() if f"{{{name}}}" in text and not getattr(about, name))
    return next((f"the server has {why}" if why[:2] == "no" else f"the server is {why}" for why in unknown), "")


def _filled(words: tuple[str, ...], about: About) -> Iterator[str]:
    fields = {name: getattr(about, name) for name in ("unit", "pid", "data_dir", "package", "hours")}
    for word in words:
        if "{home}" in word:
            yield from (word.replace("{home}", home) for home in about.homes)
        else:
            for name, value in fields.items():
                word = word.replace(f"{{{name}}}", value)  # noqa: PLW2901 - the same word, filled in
            yield word
