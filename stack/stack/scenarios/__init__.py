"""What a practice lives through, told and checked: each scenario one file, one command, one page, one test."""
