# Copyright: Contributors to the community.posthog collection
# BSD-2-Clause (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Mistakes as data: where each is, what is wrong, and what would be right.

Private to this collection: it may change without notice.
"""

from __future__ import annotations

import typing as t

#: What separates what is wrong from what would be right, in all messages of this collection.
_REMEDY: t.Final = "; "


class Place(str):
    """Where a value is declared. As text, it is what messages begin with.

    :param text: file, line and path, as far as they are known.
    :param file: the file's name; None for a value that stands in no file.
    :param line: the line, counted from 1; None where it is not known.
    :param column: the column, counted from 1; None where it is not known.
    :param path: the path of the value in its document.
    """

    __slots__ = ("column", "file", "line", "path")

    file: str | None
    line: int | None
    column: int | None
    path: str

    def __new__(
        cls, text: str, *, file: str | None = None, line: int | None = None, column: int | None = None, path: str = ""
    ) -> Place:
        """See the class."""
        made = super().__new__(cls, text)
        made.file, made.line, made.column, made.path = file, line, column, path
        return made


def place_in(file: str, path: str, line: int | None = None, column: int | None = None) -> Place:
    """The place of a value in a file.

    :param file: the file's name.
    :param path: the value's path; empty for the file as a whole.
    :param line: its line, where it is known.
    :param column: its column, where it is known.
    :returns: a place; its text is C(file:line: path), without what is not known.
    """
    where = f"{file}:{line}" if line is not None else file
    return Place(f"{where}: {path}" if path else where, file=file, line=line, column=column, path=path)


def mistake(where: str, text: str) -> dict[str, t.Any]:
    """A mistake as a result shows it.

    :param where: its place; another text is a path.
    :param text: what is wrong, and behind a semicolon what would be right.
    :returns: C(file), C(line), C(column), C(path), C(message), C(remedy).
    """
    place = where if isinstance(where, Place) else Place(where, path=where)
    message, remedy = divided(text)
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "path": place.path,
        "message": message,
        "remedy": remedy,
    }


def divided(text: str) -> tuple[str, str | None]:
    """Divide a message at its first semicolon outside of quotes.

    :param text: for example C(is no option of posthog_action; did you mean name?).
    :returns: what is wrong, and what would be right; the latter is None where the text does not say it.
    """
    quote = ""
    for index, sign in enumerate(text):
        before, after = text[index - 1 : index], text[index + 1 : index + 2]
        if quote:
            # The apostrophe in a word ends no quotation.
            if sign == quote and before != "\\" and not after.isalnum():
                quote = ""
        elif sign in "'\"" and not before.isalnum():
            quote = sign
        elif text.startswith(_REMEDY, index):
            return text[:index], text[index + len(_REMEDY) :]
    return text, None
