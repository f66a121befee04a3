"""The settings of runs in rows of their own: one setting of all runs is read in a sweep, and no config with it.

Only what is not as usual has a row. What is usual was noted when the store first met the setting, and stays so.
"""

from functools import cache

from sqlalchemy import Connection

from bertft_tui.core.config import RunConfig

_MEET = """
INSERT INTO setting_name (name, usual)
SELECT section.key || '.' || setting.key AS name, setting.value
FROM json_each(:usual) AS section CROSS JOIN json_each(section.value) AS setting
WHERE name NOT IN (SELECT name FROM setting_name)
"""
_KEEP = """
INSERT INTO setting (name_key, run_key, value)
SELECT name_key, run_key, value FROM (
  SELECT setting_name.key AS name_key, run.key AS run_key, usual,
    json_extract(run.config, '$.' || setting_name.name) AS value,
    json_type(run.config, '$.' || setting_name.name) AS type
  FROM run CROSS JOIN setting_name WHERE run.key BETWEEN :first AND :last AND json_valid(run.config) = 1
) WHERE value IS NOT usual AND type IS NOT NULL
"""  # what a config does not say is as usual


def keep_settings(connection: Connection, first: int, last: int) -> None:
    """Give the settings of new runs, from one key to another, their rows: the values that SQLite finds in configs."""
    connection.exec_driver_sql(_MEET, {"usual": _usual()})
    connection.exec_driver_sql(_KEEP, {"first": first, "last": last})


@cache
def _usual() -> str:
    """What each setting is unless a person changes it, as a config in JSON."""
    return RunConfig().model_dump_json()
