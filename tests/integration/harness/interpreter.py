# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Python that has imported what Ansible and its modules import, and forks for each run of them.

A playbook's run spends most of its second on imports, and so does each module that runs out of process. A
:class:`WarmPython` is one process that has imported what does not depend on settings. It forks for each run: the fork
takes over input and output, directory and environment, and runs the module or the program as Python would.
"""

from __future__ import annotations

import array
import ast
import atexit
import builtins
import contextlib
import functools
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
import types
import typing as t
from pathlib import Path

_COLLECTION: t.Final = Path(__file__).resolve().parents[3]

#: What Ansible, its modules and this collection import, without anything that reads Ansible's settings (this is what
#: ansible.constants does when it is imported). What an older Ansible does not have is left out.
_IMPORTS: t.Final = (
    "ansible.module_utils._internal._ansiballz._loader",
    "ansible.module_utils._internal._datatag._tags",
    "ansible.module_utils._internal._json._profiles",
    "ansible.module_utils.basic",
    "ansible.module_utils.common.arg_spec",
    "ansible.module_utils.urls",
    "ansible.utils.collection_loader",
    "concurrent.futures.thread",
    "cryptography.hazmat.backends.openssl.backend",
    "cryptography.hazmat.primitives.ciphers",
    "cryptography.hazmat.primitives.kdf.pbkdf2",
    "cryptography.hazmat.primitives.padding",
    "graphlib",
    "http.cookiejar",
    "importlib.metadata",
    "importlib.resources",
    "jinja2.nativetypes",
    "json",
    "multiprocessing.managers",
    "multiprocessing.pool",
    "multiprocessing.queues",
    "packaging.requirements",
    "packaging.version",
    "pty",
    "requests",
    "shutil",
    "ssl",
    "tarfile",
    "tempfile",
    "yaml",
    "zipfile",
)

#: What Python is started with beside what this process has.
_START: t.Final = {"LC_ALL": "C.UTF-8"}

#: Stands for a Python: it sends what to run (a file, or the source on its standard input), its descriptors and its
#: environment, and ends as the fork ends. What it is not made for, options of Python, it leaves to Python itself.
_CLIENT: t.Final = """\
#!{python} -IS
import array, json, os, socket, sys
if sys.argv[1:] and not os.path.isfile(sys.argv[1]):
    os.execv({python!r}, [{python!r}, *sys.argv[1:]])
link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
link.connect({path!r})
descriptors = array.array("i", [0, 1, 2])
link.sendmsg([b"-"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)])
head = {{"argv": sys.argv[1:] or ["-"], "cwd": os.getcwd(), "env": dict(os.environ)}}
link.sendall(json.dumps(head).encode())
link.shutdown(socket.SHUT_WR)
answer = b""
while not answer.endswith(b"\\n") and (part := link.recv(64)):
    answer += part
sys.exit(int((answer.split() + [b"1"])[1]))
"""


class WarmPython:
    """One process that runs modules and programs in forks of itself.

    :param collections: directories of collections beside this one, which are compiled once, too.
    :ivar path: a program that is used as C(ansible_python_interpreter).
    """

    def __init__(self, *collections: Path) -> None:
        self._place = tempfile.TemporaryDirectory(prefix="warm-python-")
        place = Path(self._place.name)
        self._socket = str(place / "socket")
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(self._socket)
        listener.listen(64)
        self.path = str(place / "python")
        Path(self.path).write_text(_CLIENT.format(python=sys.executable, path=self._socket), encoding="utf-8")
        Path(self.path).chmod(0o755)
        # A process that begins anew: a fork of this one would take its threads' locks along. It ends when its input
        # does, so that it does not outlive this one.
        self._process = subprocess.Popen(
            [sys.executable, "-P", __file__, str(listener.fileno()), str(_COLLECTION), *map(str, collections)],
            pass_fds=[listener.fileno()],
            stdin=subprocess.PIPE,
            env={**os.environ, **_START},
        )
        listener.close()

    def run(
        self, program: str, arguments: t.Sequence[str], *, cwd: Path, env: t.Mapping[str, str], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Run one of Ansible's programs.

        :param program: its name, such as C(playbook) or C(inventory).
        :param arguments: of the program.
        :param cwd: the directory that it runs in.
        :param env: its whole environment.
        :param timeout: the longest time that it may take, in seconds.
        :returns: what :func:`subprocess.run` would, with both outputs as texts.
        :raises subprocess.TimeoutExpired: it took longer; it was killed.
        """
        command = [f"ansible-{program}", *arguments]
        if _read_at_start(env) != _read_at_start({**os.environ, **_START}):
            cold = [sys.executable, "-m", "ansible", program, *arguments]
            return subprocess.run(
                cold, cwd=cwd, env=dict(env), capture_output=True, text=True, timeout=timeout, check=False
            )
        with (
            socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link,
            open(os.devnull, "rb") as stdin,
            tempfile.TemporaryFile() as stdout,
            tempfile.TemporaryFile() as stderr,
        ):
            link.connect(self._socket)
            descriptors = array.array("i", [stdin.fileno(), stdout.fileno(), stderr.fileno()])
            link.sendmsg([b"-"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)])
            head = {"argv": command, "cwd": str(cwd), "env": dict(env), "program": program}
            link.sendall(json.dumps(head).encode())
            link.shutdown(socket.SHUT_WR)
            link.settimeout(timeout)
            answer = b""
            try:
                while not answer.endswith(b"\n") and (part := link.recv(64)):
                    answer += part
            except TimeoutError:
                os.killpg(int(answer.split()[0]), signal.SIGKILL)
                raise subprocess.TimeoutExpired(command, timeout) from None
            _pid, *status = answer.split()
            texts = []
            for output in (stdout, stderr):
                output.seek(0)
                texts.append(output.read().decode("utf-8", "surrogateescape"))
        return subprocess.CompletedProcess(command, int(status[0]) if status else -signal.SIGKILL, *texts)

    def stop(self) -> None:
        """End it."""
        self._process.communicate()
        self._place.cleanup()


@functools.cache
def warm_python() -> WarmPython:
    """The one of this test process, which ends with it."""
    warm = WarmPython()
    atexit.register(warm.stop)
    return warm


def _read_at_start(env: t.Mapping[str, str]) -> dict[str, str]:
    """Select the variables that Python reads when it starts: in a fork they come too late."""
    return {name: value for name, value in env.items() if name.startswith(("PYTHON", "LC_", "LANG"))}


def _compile_once(sources: t.Iterable[Path]) -> None:
    """Compile files before the forks do.

    Neither Ansible's loader of collections nor zipimport keeps what it compiled, so that each run compiles a collection
    again, and parses it to find what a module imports. What the forks compile is found here by its text.

    :param sources: the files.
    """
    inner = builtins.compile
    known: dict[tuple[int, str | bytes], t.Any] = {}
    for path in sources:
        source = path.read_bytes()
        for flags in (0, ast.PyCF_ONLY_AST):
            done = inner(source, str(path), "exec", flags, dont_inherit=True)
            known[flags, source] = known[flags, source.decode()] = done

    def compile_(source: t.Any, filename: t.Any, mode: str, flags: int = 0, *args: t.Any, **kwargs: t.Any) -> t.Any:
        if mode == "exec" and isinstance(source, (bytes, str)) and (flags, source) in known:
            return known[flags, source]
        return inner(source, filename, mode, flags, *args, **kwargs)

    builtins.compile = compile_  # type: ignore[assignment]


def _sources(collections: t.Iterable[Path]) -> list[Path]:
    """List what the runs compile: of the collections, and of Ansible what modules take along."""
    ansible = Path(importlib.import_module("ansible").__file__ or "").parent
    return sorted(
        [
            *ansible.glob("module_utils/**/*.py"),
            *(path for place in collections for path in (place / "plugins").glob("*_utils/**/*.py")),
        ]
    )


def _serve(listener: socket.socket, sources: t.Iterable[Path]) -> None:
    """Fork for each that connects."""
    _compile_once(sources)
    for name in _IMPORTS:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    assert "ansible.constants" not in sys.modules, "the settings would be those of this process, not those of a run"
    # The forks' collections of garbage need not look at all this.
    gc.freeze()
    # Nobody waits for the forks.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        ready = select.select([listener, sys.stdin], [], [])[0]
        if sys.stdin in ready:
            return
        link, _address = listener.accept()
        if os.fork() == 0:
            listener.close()
            os._exit(_run(link))
        link.close()


def _run(link: socket.socket) -> int:
    """Be the module or the program that somebody asks for, and send back how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    link.sendall(f"{os.getpid()} ".encode())
    descriptors = array.array("i")
    _data, extra, _flags, _address = link.recvmsg(1, socket.CMSG_LEN(3 * descriptors.itemsize))
    descriptors.frombytes(extra[0][2])
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    head = b""
    while part := link.recv(65536):
        head += part
    wanted = json.loads(head)
    os.chdir(wanted["cwd"])
    os.environ.clear()
    os.environ.update(wanted["env"])
    sys.argv = wanted["argv"]
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))
    status = 0
    try:
        if "program" in wanted:
            importlib.import_module(f"ansible.cli.{wanted['program']}").main()
        else:
            sys.modules["__main__"] = main = types.ModuleType("__main__")
            source = sys.stdin.buffer.read() if sys.argv[0] == "-" else Path(sys.argv[0]).read_bytes()
            exec(compile(source, sys.argv[0], "exec"), main.__dict__)
    except SystemExit as exc:
        if isinstance(exc.code, str):
            print(exc.code, file=sys.stderr)
        status = exc.code if isinstance(exc.code, int) else int(exc.code is not None)
    except BaseException:
        traceback.print_exc()
        status = 1
    # Ansible takes its temporary directories away when Python ends.
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    with contextlib.suppress(OSError):  # A process that went into the background has no reader any more.
        link.sendall(f"{status}\n".encode())
    return status


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])), _sources(map(Path, sys.argv[2:])))
