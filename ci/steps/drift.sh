#!/usr/bin/env bash
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Looks for drift, opens an issue where there is some, updates it the next night, and closes it when there is none left.
# A key with read scopes is enough.
#
#   POSTHOG_API_KEY        and POSTHOG_REGION or POSTHOG_HOST
#   POSTHOG_CI_VARIABLES   the file with the variables of community.posthog.drift; posthog.yml by default
#   POSTHOG_CI_DIR         where results go; posthog-ci by default
#   POSTHOG_CI_TITLE       the title of the issue

set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=ci/steps/common.sh
. "$here/common.sh"
variables=${POSTHOG_CI_VARIABLES:-posthog.yml}
out=${POSTHOG_CI_DIR:-posthog-ci}
title=${POSTHOG_CI_TITLE:-PostHog differs from its files}
mkdir -p "$out"
report="$out/drift.md"
rm -f "$report"

status=0
playbook drift -e "@$variables" \
  -e "posthog_drift_markdown='$report' posthog_drift_html='$out/drift.html' posthog_drift_fail=true" || status=$?
if [ ! -e "$report" ]; then
  echo "Nothing was compared, so nothing is known of drift." >&2
  exit "$((status == 0 ? 1 : status))"
fi
if [ "$status" -eq 0 ]; then
  python3 "$here/forge.py" resolved "$title"
else
  python3 "$here/forge.py" issue "$title" "$report"
fi
exit "$status"
