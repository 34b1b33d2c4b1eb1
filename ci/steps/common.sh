# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

# What the steps share. It is read by them, and not run.

# playbook NAME ARGUMENT...: runs a playbook of the collection. GitHub Actions takes lines of the output for commands, and
# files and PostHog may hold such lines, so it is told to take none until the playbook has ended.
playbook() {
  local name=$1 token="" status=0
  shift
  if [ "${GITHUB_ACTIONS:-}" = true ]; then
    token=$(python3 -c 'import secrets; print(secrets.token_hex(16))')
    echo "::stop-commands::$token"
  fi
  ansible-playbook "community.posthog.$name" "$@" || status=$?
  if [ -n "$token" ]; then
    echo "::$token::"
  fi
  return "$status"
}
