"""Kafka in."""

from __future__ import annotations

from common.handlers import Handlers

HANDLERS = Handlers()
