#!/usr/bin/env bash
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Checks the files without PostHog, and shows what is wrong at its line. It needs no key.
#
#   POSTHOG_CI_VARIABLES   the file with the variables of community.posthog.apply; posthog.yml by default
#   POSTHOG_CI_DIR         where results go; posthog-ci by default

set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=ci/steps/common.sh
. "$here/common.sh"
variables=${POSTHOG_CI_VARIABLES:-posthog.yml}
out=${POSTHOG_CI_DIR:-posthog-ci}
mkdir -p "$out"
mistakes=("$out/mistakes-organization.json" "$out/mistakes-project.json")
rm -f "${mistakes[@]}"

status=0
playbook validate -e "@$variables" \
  -e "posthog_organization_mistakes_dest='${mistakes[0]}' posthog_project_mistakes_dest='${mistakes[1]}'" || status=$?
python3 "$here/forge.py" annotate "${mistakes[@]}"
exit "$status"
