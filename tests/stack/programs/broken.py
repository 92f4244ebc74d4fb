"""A program that cannot start and says why."""

raise SystemExit("DESK_KEY is not set.")
