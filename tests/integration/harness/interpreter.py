# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Python for modules that are not ours, which has imported most of Ansible's part of a module before.

A module is a process that compiles a megabyte of Ansible's source first. The role for AWX starts some forty of them,
and its tests run it fifty times. A :class:`WarmPython` is one process that has done so. It forks for each module: the
fork takes over the module's source, input and output, directory and environment, and runs it as Python would.
"""

from __future__ import annotations

import array
import importlib
import json
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
import traceback
import types
import typing as t
from pathlib import Path

#: What modules import from Ansible, and what that imports.
_IMPORTS: t.Final = (
    "ansible.module_utils.basic",
    "ansible.module_utils.urls",
    "ansible.module_utils._internal._ansiballz._loader",
    "http.cookiejar",
    "json",
    "shutil",
    "ssl",
    "tempfile",
    "zipfile",
)

#: Sends the source that is on its standard input, with its descriptors and its environment; ends as the fork ends.
_CLIENT: t.Final = """\
#!{python} -IS
import array, json, os, socket, sys
link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
link.connect({path!r})
descriptors = array.array("i", [0, 1, 2])
link.sendmsg([b"-"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)])
head = {{"argv": sys.argv[1:], "cwd": os.getcwd(), "env": dict(os.environ)}}
link.sendall(json.dumps(head).encode())
link.shutdown(socket.SHUT_WR)
sys.exit(int(link.recv(8) or b"1"))
"""


class WarmPython:
    """One process that runs modules in forks of itself.

    :ivar path: a program that is used as C(ansible_python_interpreter). It takes a module on its standard input, as
        Ansible gives it with C(ANSIBLE_PIPELINING).
    """

    def __init__(self) -> None:
        self._place = tempfile.TemporaryDirectory(prefix="warm-python-")
        place = Path(self._place.name)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(place / "socket"))
        listener.listen(64)
        self.path = str(place / "python")
        Path(self.path).write_text(_CLIENT.format(python=sys.executable, path=str(place / "socket")), encoding="utf-8")
        Path(self.path).chmod(0o755)
        # A process that begins anew: a fork of this one would take its threads' locks along.
        self._process = multiprocessing.get_context("spawn").Process(target=_serve, args=(listener,), daemon=True)
        self._process.start()
        listener.close()

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.join()
        self._place.cleanup()


def _serve(listener: socket.socket) -> None:
    """Fork for each that connects."""
    for name in _IMPORTS:
        importlib.import_module(name)
    # Nobody waits for the forks.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        link, _address = listener.accept()
        if os.fork() == 0:
            listener.close()
            os._exit(_run(link))
        link.close()


def _run(link: socket.socket) -> int:
    """Be the module that somebody sent, and send back how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
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
    sys.argv = ["-", *wanted["argv"]]
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))
    status = 0
    try:
        sys.modules["__main__"] = main = types.ModuleType("__main__")
        exec(compile(sys.stdin.buffer.read(), "<stdin>", "exec"), main.__dict__)
    except SystemExit as exc:
        status = exc.code if isinstance(exc.code, int) else int(exc.code is not None)
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    link.sendall(str(status).encode())
    return status
