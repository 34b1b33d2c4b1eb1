#!/usr/bin/env bash
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Makes the plan of a pull or merge request, keeps it for apply.sh, and shows it as one comment, which is updated.
# A key with read scopes is enough.
#
#   POSTHOG_API_KEY        and POSTHOG_REGION or POSTHOG_HOST
#   POSTHOG_CI_VARIABLES   the file with the variables of community.posthog.apply; posthog.yml by default
#   POSTHOG_CI_DIR         where results go; posthog-ci by default
#   POSTHOG_CI_TITLE       what stands above the plan

set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=ci/steps/common.sh
. "$here/common.sh"
variables=${POSTHOG_CI_VARIABLES:-posthog.yml}
out=${POSTHOG_CI_DIR:-posthog-ci}
mkdir -p "$out"
mistakes=("$out/mistakes-organization.json" "$out/mistakes-project.json")
reports=("$out/plan-organization.md" "$out/plan-project.md")
plans=("$out/plan-organization.json" "$out/plan-project.json")
rm -f "${mistakes[@]}" "${reports[@]}" "${plans[@]}"
# Two reports share one comment, with its heading.
limit=$(($(python3 "$here/forge.py" limit) / 2 - 2000))

status=0
playbook apply --check -e "@$variables" \
  -e "posthog_organization_mistakes_dest='${mistakes[0]}' posthog_project_mistakes_dest='${mistakes[1]}'" \
  -e "posthog_organization_report='${reports[0]}' posthog_project_report='${reports[1]}'" \
  -e "posthog_organization_report_limit=$limit posthog_project_report_limit=$limit" \
  -e "posthog_organization_plan_dest='${plans[0]}' posthog_project_plan_dest='${plans[1]}'" || status=$?
if [ "$status" -ne 0 ]; then
  # What was not planned whole is applied by nobody.
  rm -f "${plans[@]}" "${reports[@]}"
fi
python3 "$here/forge.py" annotate "${mistakes[@]}"
python3 "$here/forge.py" comment "${POSTHOG_CI_TITLE:-Plan for PostHog}" "${reports[@]}" "${mistakes[@]}"
exit "$status"
