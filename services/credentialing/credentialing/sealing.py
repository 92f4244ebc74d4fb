"""The sealed documents of credentialing (docs/adr/0009)."""

from __future__ import annotations

from common.phi import Phi
from common.vault import Sealed
from credentialing.domain.provider import Name, PersonalFacts

WHO = Sealed(Name, "providers", "who")
PERSONAL = Sealed(PersonalFacts, "providers", "personal")
PERSONAL_TIN: Sealed[Phi[str]] = Sealed(Phi[str], "groups", "personal_tin")
