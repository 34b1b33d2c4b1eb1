# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What PostHog's parsers say of a text (query kind HogQLMetadata), in the form of PostHog's schema.

There is no parser here. C(zz_wrong) stands for what is wrong, and C(zz_wrong_X) for what PostHog would write as C(X).
In SQL, tables behind C(from) and C(join) have to be there.
"""

from __future__ import annotations

import re
from typing import Any

LANGUAGES = ("hog", "hogLiquid", "hogJson", "hogQL", "hogQLExpr", "hogTemplate")

#: The tables that each project has.
TABLES = {"events", "persons", "sessions", "groups", "person_distinct_ids", "cohort_people", "numbers"}


def metadata(query: dict[str, Any], tables: set[str]) -> dict[str, Any]:
    """The answer.

    :param query: of the kind HogQLMetadata.
    :param tables: the names of the project's own tables and views.
    """
    text, language = str(query.get("query") or ""), query.get("language")
    errors: list[dict[str, Any]] = []
    for match in re.finditer(r"zz_wrong(?:_(\w+))?", text):
        error = {"message": f"Unable to resolve {match.group()}", "start": match.start(), "end": match.end()}
        errors.append({**error, "fix": match.group(1)} if match.group(1) else error)
    names = []
    if language == "hogQL":
        for match in re.finditer(r"(?i)\b(?:from|join)\s+([a-z_][\w.]*)", text):
            names.append(match.group(1))
            if match.group(1) not in TABLES | tables:
                message = f"Unknown table `{match.group(1)}`."
                errors.append({"message": message, "start": match.start(1), "end": match.end(1)})
    return {
        "query": text,
        "isValid": not errors,
        "isUsingIndices": "undecisive",
        "errors": errors,
        "warnings": [],
        "notices": [],
        "table_names": sorted(set(names)),
    }
