"""A till as a process: `python -m till all`, called TILL_NAME and refusing the amounts in TILL_REFUSES."""

import os

from common.money import Money
from till.service import REFUSED, till_called

REFUSED.update(Money(amount) for amount in os.environ.get("TILL_REFUSES", "").split())
till_called(os.environ["TILL_NAME"]).main()
