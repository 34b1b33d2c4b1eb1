/*
Copyright: Contributors to the community.posthog collection
GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
SPDX-License-Identifier: GPL-3.0-or-later
*/
// Runs before the page is drawn, so that it does not flash. Pages that are opened as files may have no storage.
(function () {
  try {
    var chosen = localStorage.getItem("shade");
    if (chosen) document.documentElement.dataset.shade = chosen;
  } catch (ignored) { /* the system's choice holds */ }
  document.documentElement.classList.add("scripted");
})();
