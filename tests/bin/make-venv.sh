#!/bin/sh
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# make-venv.sh DIRECTORY STAMP REQUIREMENTS [PIP ARGUMENT...]
#
# Makes the virtual environment DIRECTORY if it is not there (or no longer works: moved, or its Python upgraded),
# installs the file REQUIREMENTS into it, and touches STAMP. The variable PYTHON names the interpreter. Everything it
# says goes to standard error, because `make sandbox` promises its first line of output to programs.

set -eu

directory=$1
stamp=$2
requirements=$3
shift 3

exec 1>&2

# Two calls at a time must not install into one environment. Without flock(1) they are merely not kept apart.
mkdir -p .build
if command -v flock >/dev/null 2>&1; then
    exec 9>".build/$(basename "$directory").lock"
    flock 9
    # While it waited, another call may have done all there is to do. Requirements name each other: any newer one counts.
    if [ -e "$stamp" ] && [ "$(cat "$directory/.made-in" 2>/dev/null)" = "$PWD" ] &&
        [ -z "$(find "$(dirname "$requirements")" -maxdepth 1 -name 'requirements*.txt' -newer "$stamp")" ]; then
        exit 0
    fi
fi

# The programs in an environment hold its path: one that was moved is made anew.
if [ "$(cat "$directory/.made-in" 2>/dev/null)" != "$PWD" ] || ! "$directory/bin/python" -c 'import pip' 2>/dev/null; then
    python=$(PYTHON="${PYTHON:-}" "$(dirname "$0")/find-python.sh")
    echo "Making $directory with $("$python" --version)"
    rm -rf "$directory"
    "$python" -m venv "$directory"
    printf '%s\n' "$PWD" >"$directory/.made-in"
fi

echo "Installing $(basename "$requirements") into $directory"
"$directory/bin/python" -m pip --disable-pip-version-check install -qq --requirement "$requirements" "$@"
touch "$stamp"
