#!/bin/sh
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Finds Python interpreters that really work.
#
#   find-python.sh          prints the path of the newest Python this collection is tested with (or, failing that, of
#                           any newer one); the variable PYTHON overrides the search
#   find-python.sh --all    prints one line `3.X path` for each Python from 3.9 on, oldest first
#
# A name on PATH proves nothing: version managers put a shim there for every version they know, and the shim of a
# version that is not selected fails when it is run. So each candidate is run, and says itself where it lives.

set -u

probe='
import sys
if "%d.%d" % sys.version_info[:2] == sys.argv[1] or sys.argv[1] == "any" and sys.version_info >= (3, 11):
    if sys.argv[2] == "venv":
        import ensurepip, venv
    print(sys.executable)
'

# try MINOR NEED PROGRAM: prints the real path of the program if it is a working Python of that version
try() {
    [ -x "$3" ] || return 1
    found=$("$3" -c "$probe" "$1" "$2" 2>/dev/null </dev/null) && [ -n "$found" ] && printf '%s\n' "$found"
}

# search MINOR NEED: looks along PATH, then among the versions that pyenv has
search() {
    old_ifs=$IFS
    IFS=:
    for directory in $PATH; do
        IFS=$old_ifs
        try "$1" "$2" "$directory/python$1" && return 0
    done
    IFS=$old_ifs
    if [ -n "$pyenv_root" ]; then
        for program in "$pyenv_root/versions/$1"*/bin/"python$1"; do
            try "$1" "$2" "$program" && return 0
        done
    fi
    return 1
}

# search_any: any python3 along PATH that is new enough
search_any() {
    old_ifs=$IFS
    IFS=:
    for directory in $PATH; do
        IFS=$old_ifs
        try any venv "$directory/python3" && return 0
    done
    IFS=$old_ifs
    return 1
}

pyenv_root=$(pyenv root 2>/dev/null) || pyenv_root=

if [ "${1:-}" = --all ]; then
    for minor in 3.9 3.10 3.11 3.12 3.13 3.14; do
        path=$(search "$minor" plain) && printf '%s %s\n' "$minor" "$path"
    done
    exit 0
fi

if [ -n "${PYTHON:-}" ]; then
    program=$(command -v "$PYTHON") && try any venv "$program" && exit 0
    echo "PYTHON=$PYTHON is not a Python 3.11 or newer that can make virtual environments." >&2
    exit 1
fi

for minor in 3.13 3.12 3.11 3.14; do
    search "$minor" venv && exit 0
done
search_any && exit 0

cat >&2 <<'END'
No Python 3.11 or newer was found that can make virtual environments.
Install one (on Debian and Ubuntu: apt install python3 python3-venv), or name it: make PYTHON=/path/to/python3
END
exit 1
