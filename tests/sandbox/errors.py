# Copyright: Contributors to the community.posthog collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""PostHog's error answers as exceptions: one error, in the envelope {type, code, detail, attr}."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An answer that is not a success. ``body()`` is what goes over the wire; None is an empty body."""

    def __init__(
        self,
        status: int,
        type_: str,
        code: str,
        detail: str,
        attr: str | None = None,
        headers: dict[str, str] | None = None,
        raw: Any = None,
        empty: bool = False,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.type = type_
        self.code = code
        self.detail = detail
        self.attr = attr
        self.headers = headers or {}
        self.raw = raw
        self.empty = empty

    def body(self) -> Any:
        """The JSON document of the answer, or None when PostHog sends no body."""
        if self.empty:
            return None
        if self.raw is not None:
            return self.raw
        return {"type": self.type, "code": self.code, "detail": self.detail, "attr": self.attr}

    def under(self, *prefix: str) -> ApiError:
        """The same error with its attribute path put below the given names (joined with a double underscore)."""
        attr = "__".join([*prefix, self.attr] if self.attr else list(prefix))
        return ApiError(self.status, self.type, self.code, self.detail, attr, self.headers, self.raw, self.empty)


def invalid(detail: str, attr: str | None = None, code: str = "invalid_input") -> ApiError:
    """400 for bad input; the attribute is the field's path."""
    return ApiError(400, "validation_error", code, detail, attr)


def not_found(detail: str = "Not found.") -> ApiError:
    """404: missing, foreign or soft-deleted."""
    return ApiError(404, "invalid_request", "not_found", detail)


def forbidden(detail: str = "You do not have permission to perform this action.") -> ApiError:
    """403; its type is authentication_error like that of 401, which is how PostHog answers."""
    return ApiError(403, "authentication_error", "permission_denied", detail)


def unauthenticated(detail: str, code: str) -> ApiError:
    """401 for no key or a wrong one."""
    return ApiError(401, "authentication_error", code, detail, headers={"WWW-Authenticate": "Bearer"})


def payment_required(
    detail: str = "This feature is part of the premium PostHog offering. Self-hosted licenses are no longer "
    "available for purchase. Please contact sales@posthog.com to discuss options.",
) -> ApiError:
    """402 for a missing plan feature; the type is server_error."""
    return ApiError(402, "server_error", "payment_required", detail)


def method_not_allowed(method: str, empty: bool = False) -> ApiError:
    """405; empty for the DELETE of types that only know soft deletion."""
    return ApiError(405, "invalid_request", "method_not_allowed", f'Method "{method}" not allowed.', empty=empty)


def conflict(detail: str, code: str = "conflict") -> ApiError:
    """409."""
    return ApiError(409, "server_error", code, detail)


def server_error() -> ApiError:
    """500, as an old server answers where it has a bug."""
    return ApiError(500, "server_error", "error", "A server error occurred.")
