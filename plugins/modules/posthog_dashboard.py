#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_dashboard
short_description: Manage dashboards of a PostHog project and their tiles
version_added: 0.1.0
description:
  - Creates, changes and deletes dashboards, with their tiles and where these stand, their filters and their
    variables.
  - A dashboard is found by its O(name) or its O(id). PostHog allows several dashboards of one name. This module
    does not make a second one, and fails if there are two already.
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object
  - community.posthog.object.state
  - community.posthog.object.renamed
  - community.posthog.object.tags
  - community.posthog.object.folder
options:
  name:
    description:
      - The name of the dashboard, at most 400 characters.
      - Needed to create a dashboard. Together with O(id) it renames the dashboard.
      - An empty one means the object that has no name; V(null) together with O(id) takes the name away.
    type: str
  description:
    description:
      - What the dashboard is for. V(null) empties it.
    type: str
  pinned:
    description:
      - Whether the dashboard is pinned in PostHog's sidebar.
    type: bool
  grid_spacing:
    description:
      - How much room is between tiles. Servers before summer 2026 do not have it.
    type: str
    choices:
      - tight
      - condensed
      - standard
      - relaxed
      - wide
  layout_compaction:
    description:
      - How tiles close gaps when one of them is moved. Servers before summer 2026 do not have it.
    type: str
    choices:
      - vertical
      - horizontal
      - stable
  restriction_level:
    description:
      - Who may edit the dashboard, V(everyone) of the project or its V(collaborators) only. The API's numbers V(21)
        and V(37) mean the same.
      - PostHog lets only the creator of the dashboard and administrators of the project change it, and needs a plan
        that includes it.
    type: str
    choices:
      - everyone
      - collaborators
      - "21"
      - "37"
  tiles:
    description:
      - The tiles of the dashboard, each with exactly one of O(tiles[].insight), O(tiles[].text) and
        O(tiles[].button_tile).
      - An insight's tile is recognised by the insight, of which a dashboard has one tile. A text is recognised by its
        text, a button by its address and text, and any tile by O(tiles[].id).
      - Tiles that are not listed stay as they are, unless O(exclusive=true). V(null) is the empty list.
      - The order of the list has no meaning. O(tiles[].layouts) holds the place of a tile.
    type: list
    elements: dict
    suboptions:
      insight:
        description:
          - The insight to show, by name, short id or id. It must exist.
        type: raw
      text:
        description:
          - A text to show, in Markdown, at most 4000 characters.
          - Without O(exclusive) and O(tiles[].id), a text that was edited is a new text, and the old one stays.
        type: str
      button_tile:
        description:
          - A button to show. Servers before 2026 do not know it.
        type: dict
        suboptions:
          url:
            description:
              - Where the button leads, an address or a path within PostHog that begins with C(/).
            type: str
            required: true
          text:
            description:
              - The words on the button, at most 200 characters.
            type: str
            required: true
          placement:
            description:
              - On which side of the tile the button stands.
            type: str
            choices:
              - left
              - right
            default: left
      id:
        description:
          - The id of an existing tile, as RV(dashboard.tiles) shows it. Only needed to edit a text or a button
            without O(exclusive).
        type: int
      layouts:
        description:
          - Where the tile stands, for wide and for narrow screens. What is left out is left alone.
        type: dict
        suboptions:
          sm:
            description:
              - On a screen of usual width, a grid of 12 columns.
            type: dict
            suboptions:
              x:
                description:
                  - The column of the left edge, from V(0).
                type: int
              y:
                description:
                  - The row of the upper edge, from V(0).
                type: int
              w:
                description:
                  - The width in columns.
                type: int
              h:
                description:
                  - The height in rows.
                type: int
              minW:
                description:
                  - The smallest width. Left alone if it is not given.
                type: int
              minH:
                description:
                  - The smallest height. Left alone if it is not given.
                type: int
          xs:
            description:
              - On a narrow screen, a grid of one column, with the keys of O(tiles[].layouts.sm). PostHog derives it
                if it is left out.
            type: dict
      color:
        description:
          - The colour of the tile's edge, for example V(blue), V(green), V(purple) or V(black). V(null) removes it.
        type: str
      show_description:
        description:
          - Whether the insight's description is shown on the tile. Servers of 2024 do not know it.
        type: bool
      transparent_background:
        description:
          - Whether the tile has no background of its own. Servers of 2024 do not know it.
        type: bool
      filters_overrides:
        description:
          - Filters for this tile that replace those of the dashboard, in the form of O(filters). V(null) removes
            them.
        type: dict
      deleted:
        description:
          - V(true) takes the tile with this O(tiles[].id) away, whatever it holds. That works without O(exclusive), and
            it is the only way to take away a tile of a kind that this release does not know.
        type: bool
  exclusive:
    description:
      - Whether O(tiles) is the whole truth. Tiles that are not listed are then removed. Their insights are not
        deleted.
      - Tiles of kinds that this release does not know, such as widgets, stay. A warning names them with their ids, and
        O(tiles[].deleted) takes one away.
      - A text that is left over on both sides, in the list and on the dashboard, is taken for the same tile with an
        edited text.
    type: bool
    default: false
    aliases:
      - authoritative
  filters:
    description:
      - >-
        Filters for all tiles, as PostHog's API has them, for example C({date_from: -30d, date_to: null, properties:
        [...]}).
      - Compared by the keys that are given, at every depth, where V(null) means absent. V(null) for the whole option
        removes all filters.
      - Cohorts (C(value) of a property of type C(cohort)) are named by their names or ids.
    type: dict
  variables:
    description:
      - Values for the variables of SQL insights, a dictionary from the code name (or name) of the variable to its
        value.
      - The dictionary is complete, values that are not listed are removed. V({}) or V(null) removes all.
      - The variables must exist. The key needs the scope C(insight_variable:read).
    type: dict
  breakdown_colors:
    description:
      - The colours of the values of breakdowns, as PostHog's API has them. V(null) removes them.
    type: list
    elements: dict
  data_color_theme:
    description:
      - The name (or id) of the colour theme, C(data_color_theme_id) in PostHog's API. V(null) is PostHog's default.
      - Names are those of the project's own themes. A theme of PostHog's is given by its id.
      - To find a theme by its name, the key needs the scope C(project:read).
    type: raw
    aliases:
      - data_color_theme_id
  quick_filter_ids:
    description:
      - The ids of the quick filters, all of them in any order. V([]) or V(null) removes all. Servers before 2026 do
        not know them.
    type: list
    elements: str
  delete_insights:
    description:
      - With O(state=absent), whether the insights that are on no other dashboard are deleted too.
    type: bool
notes:
  - The key needs the scopes C(dashboard:read) and C(dashboard:write), and C(insight:read) and C(insight:write) for
    tiles with insights, since PostHog puts an insight on a dashboard from the side of the insight.
  - PostHog stores overlapping tiles as they are declared.
  - If the main dashboard of a project is deleted, the project has none.
  - A deleted dashboard that is declared again is created anew, with a new id and without tiles.
seealso:
  - name: Dashboards in PostHog's API
    description: The reference of the endpoints that this module uses.
    link: https://posthog.com/docs/api/dashboards
  - module: community.posthog.posthog_insight
  - module: community.posthog.posthog_project
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: A dashboard without tiles
  community.posthog.posthog_dashboard:
    name: Scratchpad
    description: Everybody may try things out here
    pinned: true

- name: Insights for the next dashboard
  community.posthog.posthog_insight:
    name: "{{ item.name }}"
    query:
      kind: TrendsQuery
      series:
        - kind: EventsNode
          event: "{{ item.event }}"
          math: "{{ item.math }}"
      dateRange:
        date_from: -30d
  loop:
    - name: Weekly sign-ups
      event: signed up
      math: total
    - name: Active people
      event: $pageview
      math: dau
  loop_control:
    label: "{{ item.name }}"

- name: A dashboard with a heading and two insights side by side
  community.posthog.posthog_dashboard:
    name: Growth
    description: What the Monday meeting looks at
    tags:
      - growth
    tiles:
      - text: |-
          # Growth
          Ask the platform team before you change something here. It is kept in Git.
        layouts:
          sm:
            x: 0
            y: 0
            w: 12
            h: 2
      - insight: Weekly sign-ups
        layouts:
          sm:
            x: 0
            y: 2
            w: 6
            h: 5
        color: blue
      - insight: Active people
        layouts:
          sm:
            x: 6
            y: 2
            w: 6
            h: 5
        show_description: true
    exclusive: true

- name: Filters for all tiles, and nothing else is changed
  community.posthog.posthog_dashboard:
    name: Growth
    filters:
      date_from: -90d
      properties:
        - type: person
          key: email
          operator: not_icontains
          value: "@acme.test"

- name: Add a tile to a dashboard that others look after
  community.posthog.posthog_dashboard:
    name: Scratchpad
    tiles:
      - insight: Active people

- name: Delete a dashboard, and the insights that are nowhere else
  community.posthog.posthog_dashboard:
    name: Growth of 2025
    delete_insights: true
    state: absent
"""

RETURN = r"""
---
dashboard:
  description:
    - The dashboard as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the dashboard. Missing in check mode if the dashboard does not exist yet.
      type: int
    name:
      description: The name.
      type: str
    description:
      description: What the dashboard is for.
      type: str
    pinned:
      description: Whether the dashboard is pinned.
      type: bool
    tags:
      description: The tags.
      type: list
      elements: str
    restriction_level:
      description: Who may edit the dashboard, V(21) for everyone, V(37) for its collaborators.
      type: int
    tiles:
      description:
        - The tiles, each with its id, its insight, text or button, its layouts and its colour.
        - Missing where neither the task nor PostHog's answer was about the tiles.
      type: list
      elements: dict
    persisted_filters:
      description: The stored filters. What is stored in C(filters) can be overridden by a request.
      type: dict
    persisted_variables:
      description: The stored values of variables, by the id of the variable.
      type: dict
    created_at:
      description: When the dashboard was created.
      type: str
  sample:
    id: 11
    name: Growth
    description: What the Monday meeting looks at
    pinned: false
    tags:
      - growth
    restriction_level: 21
    persisted_filters:
      date_from: -90d
      properties:
        - key: email
          operator: not_icontains
          type: person
          value: '@example.com'
    persisted_variables: null
    tiles:
      - color: null
        id: 20
        layouts:
          sm:
            h: 2
            w: 12
            x: 0
            y: 0
        text:
          id: 1
          body: '# Growth

            Ask the platform team before you change something here. It is kept in Git.'
      - color: green
        id: 18
        insight:
          id: 21
          short_id: uHlHCjFh
          name: Weekly sign-ups
        layouts:
          sm:
            h: 5
            w: 6
            x: 0
            y: 2
      - color: null
        id: 19
        insight:
          id: 22
          short_id: FQCoC0gJ
          name: Active people
        layouts:
          sm:
            h: 5
            w: 6
            x: 6
            y: 2
        show_description: true
    quick_filter_ids: []
    data_color_theme_id: null
    creation_mode: default
    created_at: "2026-11-22T01:44:12.898563Z"
    created_by:
      id: 1
      uuid: 01a200e4-fa65-781e-9a6c-ecb157baebd5
      first_name: Olivia
      email: owner@example.com
# From here on written by "make generate", but for the samples of changes and diff.
changes:
  description:
    - The single values that were, or in check mode would be, changed in an existing object.
    - Empty if an object was created or deleted.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: The path of the option, for example C(tiles[0].color).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: tiles[0].color
      before: blue
      after: green
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: dashboard 'Growth'
    before:
      name: Growth
      tiles:
        - color: blue
          insight: 21
    after_header: dashboard 'Growth'
    after:
      name: Growth
      tiles:
        - color: green
          insight: 21
status_code:
  description: The HTTP status with which PostHog refused a request.
  returned: failure, if PostHog answered
  type: int
  sample: 403
error:
  description: PostHog's own error message, as its API returned it.
  returned: failure, if PostHog answered with one
  type: dict
  contains:
    type:
      description: The kind of error.
      type: str
    code:
      description: The code of the error.
      type: str
    detail:
      description: The error in words.
      type: str
    attr:
      description: The field that the error is about, if it is about one.
      type: str
  sample:
    attr: null
    code: permission_denied
    detail: API key missing required scope 'dashboard:write'
    type: authentication_error
request_id:
  description: PostHog's identifier of the request that failed, to be named in a report to PostHog.
  returned: failure, if PostHog gave one
  type: str
  sample: 5f0c2ad8-6fb4-4f0b-8ba3-b04f5b2cd7c9
"""

from ansible_collections.community.posthog.plugins.module_utils._handlers.index import run


def main() -> None:
    """Run the module."""
    run("posthog_dashboard")


if __name__ == "__main__":
    main()
