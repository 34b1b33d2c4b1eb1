#!/usr/bin/env bash
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Applies, after a merge, exactly the plan that was reviewed. Where PostHog or the files changed since, nothing is written.
#
#   POSTHOG_API_KEY        a key with write scopes, and POSTHOG_REGION or POSTHOG_HOST
#   POSTHOG_CI_VARIABLES   the file with the variables of community.posthog.apply; posthog.yml by default
#   POSTHOG_CI_DIR         where results go; posthog-ci by default

set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=ci/steps/common.sh
. "$here/common.sh"
variables=${POSTHOG_CI_VARIABLES:-posthog.yml}
out=${POSTHOG_CI_DIR:-posthog-ci}
mkdir -p "$out"
plans=("$out/plan-organization.json" "$out/plan-project.json")
rm -f "${plans[@]}"
python3 "$here/forge.py" fetch "$out"

run() {
  playbook apply "$@" -e "@$variables" \
    -e "posthog_organization_reviewed='${plans[0]}' posthog_project_reviewed='${plans[1]}'"
}

# Organization and project are two tasks: both are held against their plans before either is written.
run --check
run
