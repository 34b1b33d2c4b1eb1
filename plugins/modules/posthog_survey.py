#!/usr/bin/python
# Copyright: Contributors to the community.posthog collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: posthog_survey
short_description: Manage surveys of a PostHog project
version_added: 0.1.0
description:
  - Creates, changes and deletes surveys, with their questions, conditions and looks, and starts and stops them.
  - A survey is found by its O(name), which is unique in the project, or by its O(id).
  - Whether a survey runs is declared, with O(status).
author:
  - Contributors to the community.posthog collection (@ansible-collections)
extends_documentation_fragment:
  - community.posthog.connection
  - community.posthog.attributes
  - community.posthog.attributes.actiongroup
  - community.posthog.object
  - community.posthog.object.state
  - community.posthog.object.renamed
  - community.posthog.object.folder
options:
  name:
    description:
      - The name of the survey, at most 400 characters.
      - Needed to create a survey. Together with O(id) it renames the survey.
    type: str
  description:
    description:
      - What the survey is for. V(null) empties it.
    type: str
  type:
    description:
      - Where it shows. V(popover) is shown by PostHog on a page, V(widget) behind a button or tab there,
        V(external_survey) is a page of its own, and V(api) is shown by code of yours.
      - Needed to create a survey.
    type: str
    choices:
      - popover
      - widget
      - external_survey
      - api
  status:
    description:
      - The state of the survey. A new survey is a draft unless this says something else.
      - V(running) starts a draft, and lets a survey that was stopped go on. V(stopped) stops one that is running.
      - A survey that was started is no draft any more, and one that was never started cannot be stopped. An archived
        one cannot be started. All of that is refused before anything is sent.
      - PostHog's API has no such field. The dates show it, and it is written with the routes C(launch) and C(stop),
        or with the dates on servers before 2026.
    type: str
    choices:
      - draft
      - running
      - stopped
  questions:
    description:
      - The questions, in their order. What is given is the whole truth. V([]) or V(null) removes all.
      - Answers belong to the id of a question. A question keeps its id as long as it has the same type and the same
        text, wherever it stands, or as long as there is a question of the same type in its place. So it can be moved,
        and it can be reworded.
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - The id, where it is to be another one than PostHog's or than that of the question in the same place.
        type: str
      type:
        description:
          - What kind of question it is.
        type: str
        choices:
          - open
          - link
          - rating
          - single_choice
          - multiple_choice
        required: true
      question:
        description:
          - The question itself.
        type: str
        required: true
      description:
        description:
          - A text below the question.
        type: str
      descriptionContentType:
        description:
          - Whether the text below is HTML. If left out, it is V(text).
        type: str
        choices:
          - text
          - html
      optional:
        description:
          - Whether it may be left unanswered. If left out, it is V(false).
        type: bool
      buttonText:
        description:
          - What the button says.
        type: str
      link:
        description:
          - For V(link), the address, which begins with C(https://) or C(mailto:).
        type: str
      display:
        description:
          - For V(rating), what the scale is made of.
        type: str
        choices:
          - number
          - emoji
      scale:
        description:
          - For V(rating), how many steps the scale has.
        type: int
      lowerBoundLabel:
        description:
          - For V(rating), what the lowest step means.
        type: str
      upperBoundLabel:
        description:
          - For V(rating), what the highest step means.
        type: str
      isNpsQuestion:
        description:
          - For V(rating), whether it is the question of the Net Promoter Score. If left out, it is V(false).
        type: bool
      choices:
        description:
          - For V(single_choice) and V(multiple_choice), the choices, from 2 to 20 of them.
        type: list
        elements: str
      shuffleOptions:
        description:
          - Whether the choices are shuffled. If left out, it is V(false).
        type: bool
      hasOpenChoice:
        description:
          - Whether the last choice is a text of one's own. If left out, it is V(false).
        type: bool
      skipSubmitButton:
        description:
          - Whether an answer is sent as soon as it is chosen. If left out, it stays as it is; a new question does not.
        type: bool
      branching:
        description:
          - For V(rating) and V(single_choice), which question follows. Not for shuffled questions.
        type: dict
        suboptions:
          type:
            description:
              - What decides it.
            type: str
            choices:
              - next_question
              - end
              - specific_question
              - response_based
            required: true
          index:
            description:
              - For V(specific_question), the index of that question, the first being 0.
            type: int
          responseValues:
            description:
              - For V(response_based), a dictionary from the answer to the index of a question, or to V(end).
            type: dict
      validation:
        description:
          - For V(open), what the answer must be like.
        type: list
        elements: dict
        suboptions:
          type:
            description:
              - The rule.
            type: str
            choices:
              - min_length
              - max_length
              - email
            required: true
          value:
            description:
              - The length.
            type: int
      translations:
        description:
          - The texts in other languages. A dictionary from a language's code, such as V(de-AT), to a dictionary of
            V(question), V(description), V(buttonText), V(lowerBoundLabel), V(upperBoundLabel), V(link) and
            V(choices). There must be as many choices as the question has.
        type: dict
  conditions:
    description:
      - Where and when the survey shows. V({}) removes all conditions. V(null), here or in
        one of them, is refused, since the survey would show to everybody.
      - What is given is the whole truth. A condition that is left out is removed.
    type: dict
    suboptions:
      url:
        description:
          - The address of the page.
        type: str
      urlMatchType:
        description:
          - How to compare the address.
        type: str
        choices:
          - regex
          - not_regex
          - exact
          - is_not
          - icontains
          - not_icontains
      selector:
        description:
          - A CSS selector. The survey shows where there is such an element.
        type: str
      seenSurveyWaitPeriodInDays:
        description:
          - For how many days a person who has seen any survey is left in peace.
        type: int
      events:
        description:
          - The events after which the survey shows.
        type: dict
        suboptions:
          repeatedActivation:
            description:
              - Whether it shows each time. If left out, it is V(false).
            type: bool
          values:
            description:
              - The events.
            type: list
            elements: dict
            suboptions:
              name:
                description:
                  - The name of the event.
                type: str
                required: true
              propertyFilters:
                description:
                  - What the properties of the event must be, by their names. Each is a dictionary of C(values), a list,
                    and C(operator), such as V(exact).
                type: dict
      cancelEvents:
        description:
          - The events after which the survey does not show any more.
        type: dict
        suboptions:
          values:
            description:
              - The events.
            type: list
            elements: dict
            suboptions:
              name:
                description:
                  - The name of the event.
                type: str
                required: true
              propertyFilters:
                description:
                  - What the properties of the event must be, by their names. Each is a dictionary of C(values), a list,
                    and C(operator), such as V(exact).
                type: dict
      actions:
        description:
          - The actions after which the survey shows.
        type: dict
        suboptions:
          values:
            description:
              - The actions.
            type: list
            elements: dict
            suboptions:
              id:
                description:
                  - The name (or the id) of the action.
                type: raw
                required: true
      deviceTypes:
        description:
          - The kinds of devices, of V(Desktop), V(Mobile) and V(Tablet), in any order.
        type: list
        elements: str
      deviceTypesMatchType:
        description:
          - How to compare the kind of device.
        type: str
        choices:
          - regex
          - not_regex
          - exact
          - is_not
          - icontains
          - not_icontains
      linkedFlagVariant:
        description:
          - The variant of O(linked_flag) that a person must have, or V(any).
        type: str
  appearance:
    description:
      - What the survey looks like. V(null) leaves all of it to PostHog.
      - What is given is the whole truth. A key that is left out is removed.
      - What mostly the form in the browser sets stays as it is where it is left out, unless the item is the whole truth
        about the survey (C(undeclared=default) of M(community.posthog.posthog_config)). These are
        O(appearance.allowGoBack), O(appearance.backButtonText), O(appearance.hideCancelButton),
        O(appearance.scrollbarThumbColor) and O(appearance.scrollbarTrackColor).
      - Colours, fonts, sizes and positions need the plan feature V(surveys_styling) (2026), and
        O(appearance.whiteLabel) needs V(white_labelling).
    type: dict
    suboptions:
      backgroundColor:
        description:
          - The colour of the background.
        type: str
      textColor:
        description:
          - The colour of the text.
        type: str
      textSubtleColor:
        description:
          - The colour of less important text.
        type: str
      borderColor:
        description:
          - The colour of the border.
        type: str
      inputBackground:
        description:
          - The colour behind what is typed.
        type: str
      inputTextColor:
        description:
          - The colour of what is typed.
        type: str
      ratingButtonColor:
        description:
          - The colour of a step of a scale.
        type: str
      ratingButtonActiveColor:
        description:
          - The colour of the step that was chosen.
        type: str
      ratingButtonHoverColor:
        description:
          - The colour of the step under the pointer.
        type: str
      submitButtonColor:
        description:
          - The colour of the button.
        type: str
      submitButtonTextColor:
        description:
          - The colour of its text.
        type: str
      submitButtonText:
        description:
          - What the button says, where a question does not tell.
        type: str
      descriptionTextColor:
        description:
          - The colour of the text below a question.
        type: str
      placeholder:
        description:
          - What stands in an empty field.
        type: str
      fontFamily:
        description:
          - The font.
        type: str
      maxWidth:
        description:
          - The greatest width.
        type: str
      boxPadding:
        description:
          - The padding.
        type: str
      boxShadow:
        description:
          - The shadow.
        type: str
      borderRadius:
        description:
          - The radius of the corners.
        type: str
      zIndex:
        description:
          - The z-index.
        type: str
      disabledButtonOpacity:
        description:
          - The opacity of a button that cannot be pressed.
        type: str
      position:
        description:
          - Where on the page it shows, for example V(right) or V(center).
        type: str
      tabPosition:
        description:
          - Where the tab of a widget is, for example V(right).
        type: str
      backButtonText:
        description:
          - The text of the button that leads back.
        type: str
      scrollbarThumbColor:
        description:
          - The colour of the part of the scrollbar that moves.
        type: str
      scrollbarTrackColor:
        description:
          - The colour of the scrollbar behind it.
        type: str
      whiteLabel:
        description:
          - Whether PostHog's name is hidden. If left out, it is V(false).
        type: bool
      allowGoBack:
        description:
          - Whether a button leads back to the question before.
        type: bool
      hideCancelButton:
        description:
          - Whether there is no button that closes the survey.
        type: bool
      autoDisappear:
        description:
          - Whether it vanishes after the last answer. If left out, it is V(false).
        type: bool
      displayThankYouMessage:
        description:
          - Whether it ends with thanks.
        type: bool
      thankYouMessageHeader:
        description:
          - The heading of the thanks.
        type: str
      thankYouMessageDescription:
        description:
          - The text of the thanks.
        type: str
      thankYouMessageDescriptionContentType:
        description:
          - Whether that text is HTML.
        type: str
        choices:
          - html
          - text
      thankYouMessageCloseButtonText:
        description:
          - What the button below says.
        type: str
      shuffleQuestions:
        description:
          - Whether the questions are shuffled. Not for questions with branching. If left out, it is V(false).
        type: bool
      surveyPopupDelaySeconds:
        description:
          - After how many seconds it shows.
        type: int
      widgetType:
        description:
          - What opens a widget.
        type: str
        choices:
          - button
          - tab
          - selector
      widgetSelector:
        description:
          - The CSS selector of the element that opens a widget.
        type: str
      widgetLabel:
        description:
          - What the tab of a widget says.
        type: str
      widgetColor:
        description:
          - The colour of the tab of a widget.
        type: str
  targeting_flag_filters:
    description:
      - Who is to see the survey, in the form of O(community.posthog.posthog_feature_flag#module:filters). PostHog
        keeps a feature flag for it, which does not show in its list of flags.
      - What is given is the whole truth. Sets of conditions that everybody meets are refused, as PostHog refuses
        them.
      - V({}) removes the targeting, and with it the flag. V(null) is refused, since it would do the same.
    type: dict
  schedule:
    description:
      - How often one person sees it. V(null) leaves it to PostHog.
    type: str
    choices:
      - once
      - recurring
      - always
  linked_flag:
    description:
      - The key (or the id) of a feature flag. The survey is shown to those for whom the flag is on. V(null) removes
        it. The API calls it C(linked_flag_id).
    type: raw
    aliases:
      - linked_flag_id
  linked_insight:
    description:
      - The name (or the id) of the insight that the survey belongs to. V(null) removes it. The API calls it
        C(linked_insight_id). Servers before 2026 do not know it.
    type: raw
    aliases:
      - linked_insight_id
  targeting_flag:
    description:
      - The key (or the id) of a feature flag that already exists, to be used for targeting. The API calls it
        C(targeting_flag_id). Mutually exclusive with O(targeting_flag_filters).
      - The flag becomes the survey's own. PostHog deletes it together with the survey.
    type: str
    aliases:
      - targeting_flag_id
  start_date:
    description:
      - When the survey was started, as an ISO 8601 time or relative to now, for example V(now). V(null) makes a draft
        of it.
      - Usually O(status) is all that is needed. A date relative to now is not compared once there is one.
    type: str
  end_date:
    description:
      - When the survey was stopped, in the same form. V(null) lets it go on.
    type: str
  archived:
    description:
      - Whether the survey is archived.
    type: bool
  responses_limit:
    description:
      - After how many answers the survey ends. V(null) removes the limit.
    type: int
  iteration_count:
    description:
      - How often the survey is repeated, from V(0) to V(500), and not less than the repetition that it is in. V(null)
        means that it is not.
    type: int
  iteration_frequency_days:
    description:
      - After how many days it is repeated, from V(1) to V(365). V(null) removes it.
    type: int
  response_sampling_start_date:
    description:
      - From when on answers are limited, today or later, as an ISO 8601 time or relative to now. V(null) removes it.
        A date relative to now is not compared once there is one.
    type: str
  response_sampling_interval_type:
    description:
      - The unit of O(response_sampling_interval). V(null) removes it.
    type: str
    choices:
      - day
      - week
      - month
  response_sampling_interval:
    description:
      - Over how many of these units the answers are spread. V(null) removes it.
    type: int
  response_sampling_limit:
    description:
      - How many answers are wanted in that time. It needs the other three options whose names begin with
        C(response_sampling), which PostHog is sent together. V(null) removes the limit.
    type: int
  response_sampling_daily_limits:
    description:
      - The limit of each day, as PostHog's API has it. V(null) removes it.
    type: dict
  enable_partial_responses:
    description:
      - Whether answers count that were not finished. V(null) is V(false).
    type: bool
  enable_iframe_embedding:
    description:
      - Whether other pages may show it in a frame. Servers before 2026 do not know it.
    type: bool
  base_language:
    description:
      - The code of the language that the texts are in. V(null) is V(en). Servers before 2026 do not know it.
    type: str
  translations:
    description:
      - The texts of the survey in other languages. A dictionary from a language's code, such as V(de-AT), to a
        dictionary of V(name), V(description), V(thankYouMessageHeader), V(thankYouMessageDescription) and
        V(thankYouMessageCloseButtonText). V(null) removes all. Servers before 2026 do not know it.
    type: dict
  form_content:
    description:
      - The content of the page of its own, as PostHog's API has it. V(null) removes it. Servers before 2026 do not
        know it.
    type: dict
notes:
  - The key needs the scopes C(survey:read) and C(survey:write). To target persons it also needs
    C(feature_flag:write), and to name flags, insights, actions or cohorts the scope to read them.
  - Deleting a survey also deletes its targeting flag for good. O(archived=true) keeps the answers together with the
    survey.
  - PostHog cleans up HTML in texts. What it adds to links and how it writes special characters is no difference.
    Markup that it removes altogether is, and a warning says so.
  - PostHog shows whole actions in the conditions, where ids were written. That is no difference.
  - The flags by which PostHog keeps out who has answered are its own. They show in RV(survey.internal_targeting_flag)
    and are never changed.
seealso:
  - name: Surveys in PostHog's API
    description: The reference of the endpoints that this module uses.
    link: https://posthog.com/docs/api/surveys
  - module: community.posthog.posthog_feature_flag
  - module: community.posthog.posthog_product_tour
  - module: community.posthog.posthog_info
"""

EXAMPLES = r"""
---
- name: Ask for the Net Promoter Score, and ask back
  community.posthog.posthog_survey:
    name: Net promoter score
    description: Twice a year, of everybody who has been with us for a while
    type: popover
    status: running
    schedule: recurring
    iteration_count: 2
    iteration_frequency_days: 180
    questions:
      - type: rating
        question: How likely are you to recommend us to a friend?
        display: number
        scale: 10
        lowerBoundLabel: Not likely
        upperBoundLabel: Very likely
        isNpsQuestion: true
        translations:
          de:
            question: Würden Sie uns weiterempfehlen?
      - type: open
        question: What could we do better?
        optional: true
    appearance:
      displayThankYouMessage: true
      thankYouMessageHeader: Thank you!

- name: The flag that the next survey is about
  community.posthog.posthog_feature_flag:
    key: new-checkout
    variants:
      - key: short
        rollout_percentage: 50
      - key: long
        rollout_percentage: 50

- name: Ask customers of one country about the new checkout
  community.posthog.posthog_survey:
    name: New checkout
    type: popover
    linked_flag: new-checkout
    targeting_flag_filters:
      groups:
        - properties:
            - key: country
              type: person
              operator: exact
              value: AT
    conditions:
      url: /checkout
      urlMatchType: icontains
      linkedFlagVariant: short
      events:
        values:
          - name: order placed
    questions:
      - type: single_choice
        question: Did you find what you were looking for?
        choices:
          - "Yes"
          - "No"
        branching:
          type: response_based
          responseValues:
            "0": end
            "1": 1
      - type: open
        question: What did you miss?

- name: A survey that is over
  community.posthog.posthog_survey:
    name: Survey of 2025
    type: external_survey
    start_date: "2025-03-01T09:00:00Z"
    end_date: "2025-04-01T09:00:00Z"
    archived: true
    questions:
      - type: open
        question: What did you like best in 2025?

- name: Delete a survey with its targeting
  community.posthog.posthog_survey:
    name: Old checkout
    state: absent
"""

RETURN = r"""
---
survey:
  description:
    - The survey as PostHog shows it after the task, in check mode as it would be. V(null) if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: The id of the survey. Missing in check mode if the survey does not exist yet.
      type: str
    name:
      description: The name.
      type: str
    description:
      description: What the survey is for.
      type: str
    type:
      description: Where it shows.
      type: str
    questions:
      description: The questions, each with its id.
      type: list
    conditions:
      description: Where and when it shows, with whole actions.
      type: dict
    appearance:
      description: What it looks like.
      type: dict
    linked_flag:
      description: The linked flag.
      type: dict
    targeting_flag:
      description: The flag that targets persons, with its filters.
      type: dict
    internal_targeting_flag:
      description: PostHog's own flag that keeps out who has answered.
      type: dict
    start_date:
      description: When it was started.
      type: str
    end_date:
      description: When it was stopped.
      type: str
    archived:
      description: Whether it is archived.
      type: bool
    current_iteration:
      description: Which repetition it is in.
      type: int
    created_at:
      description: When the survey was created.
      type: str
    created_by:
      description: Who created the survey.
      type: dict
  sample:
    id: 01a200e4-fc65-781e-9a6c-ecb157baebd5
    name: Net promoter score
    description: Twice a year
    type: popover
    schedule: recurring
    linked_flag: null
    linked_flag_id: null
    targeting_flag: null
    questions:
      - id: 01a200e4-fd65-781e-9a6c-ecb157baebd5
        type: rating
        question: How likely are you to recommend us to a friend?
        display: number
        scale: 10
        lowerBoundLabel: Not likely
        upperBoundLabel: Very likely
        isNpsQuestion: true
    conditions: null
    appearance:
      displayThankYouMessage: true
      thankYouMessageHeader: Thank you!
    start_date: "2026-11-22T01:41:56Z"
    end_date: null
    archived: false
    iteration_count: 2
    iteration_frequency_days: 180
    current_iteration: 1
    created_at: "2026-11-22T01:41:56.546195Z"
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
      description: The path of the option, for example C(status).
      type: str
    before:
      description: The value before the task. Names stand in place of ids.
      type: raw
    after:
      description: The value after the task.
      type: raw
  sample:
    - path: status
      before: draft
      after: running
diff:
  description:
    - The declared fields before and after the task, with C(before), C(after), C(before_header) and C(after_header).
    - It is a list of such dictionaries where the task touches several objects.
  returned: success and diff mode
  type: raw
  sample:
    before_header: survey 'Net promoter score'
    before:
      status: draft
    after_header: survey 'Net promoter score'
    after:
      status: running
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
    detail: API key missing required scope 'survey:write'
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
    run("posthog_survey")


if __name__ == "__main__":
    main()
