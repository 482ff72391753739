"""The workflow: a module for each stage of a request's life. Each public function is one action."""

import itdesk.models  # noqa: F401  before any module here imports Peewee: see there
