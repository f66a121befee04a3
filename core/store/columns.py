"""Columns of all runs, kept in memory and brought up to date: what filters, sorting and grouping work on.

To sort ten thousand runs by a setting, SQLite has to read and parse ten thousand configs: 30 ms, and the app asks
four times a second. So a column is read once, and afterwards only the runs that have changed since are read again.
Within `reading` everything comes from one moment of the store.
"""

import math
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Connection, case, func, literal_column, select

from bertft_tui.core.filtering.fields import Column, Fields, FieldKind, Setting
from bertft_tui.core.store import revision as revisions
from bertft_tui.core.store.database import Database
from bertft_tui.core.store.soundness import numbers, read_status
from bertft_tui.core.store.status import RunStatus
from bertft_tui.core.store.tables import ANNOTATION, EVALUATION, NAME, RUN, SUMMARY
