"""`python -m payments all|api|worker|migrate|replay`."""

from payments.main import SERVICE

SERVICE.main()
