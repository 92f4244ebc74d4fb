"""Why a line is denied: one rule in each file, every rule `find(case)` over the lines still open."""
