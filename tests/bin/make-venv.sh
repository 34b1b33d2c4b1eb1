#!/bin/sh
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# make-venv.sh DIRECTORY STAMP NAME...
#
# Makes the virtual environment DIRECTORY if it is not there (or no longer works: moved, or its Python upgraded), installs
# into it what is locked under each NAME for its Python (tests/requirements/locks/NAME-py3.X.txt), and writes into STAMP
# which locks these were. The variable PYTHON names the interpreter. Everything it says goes to standard error, because
# `make sandbox` promises its first line of output to programs.

set -eu

directory=$1
stamp=$2
shift 2
locks=tests/requirements/locks

exec 1>&2

# Two calls at a time must not install into one environment. Without flock(1) they are merely not kept apart.
mkdir -p .build
if command -v flock >/dev/null 2>&1; then
    exec 9>".build/$(basename "$directory").lock"
    flock 9
fi

# The programs in an environment hold its path: one that was moved is made anew.
if [ "$(cat "$directory/.made-in" 2>/dev/null)" != "$PWD" ] || ! "$directory/bin/python" -c 'import pip' 2>/dev/null; then
    python=$(PYTHON="${PYTHON:-}" "$(dirname "$0")/find-python.sh")
    echo "Making $directory with $("$python" --version)"
    rm -rf "$directory"
    "$python" -m venv "$directory"
    printf '%s\n' "$PWD" >"$directory/.made-in"
fi

minor=$("$directory/bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
for name in "$@"; do
    if [ ! -e "$locks/$name-py$minor.txt" ]; then
        echo "There is no $locks/$name-py$minor.txt: the tests are not locked for Python $minor. Name another one" \
            "(make PYTHON=/path/to/python3), or add it to PYTHONS in tests/bin/_environments.py and run make lock."
        exit 1
    fi
done

# What counts is what the locks say, not how old their files are: git gives a file a new time for many reasons.
wanted=$(for name in "$@"; do cksum "$locks/$name-py$minor.txt"; done)
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    for name in "$@"; do
        echo "Installing $name-py$minor.txt into $directory"
        "$directory/bin/python" -m pip --disable-pip-version-check install -qq --require-hashes --no-build-isolation \
            --requirement "$locks/$name-py$minor.txt"
    done
    # What was installed from other locks and is in these no longer may not fit to the rest.
    "$directory/bin/python" -m pip --disable-pip-version-check check >/dev/null || {
        echo "$directory holds packages that do not fit together; remove it, and it is made anew:"
        "$directory/bin/python" -m pip --disable-pip-version-check check
        exit 1
    }
fi
rm -f "$stamp"
printf '%s\n' "$wanted" >"$stamp"
