"""Whose papers a path is about: the same doors for a clinician, a billing group and a location."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from credentialing.api.words import LocationCode, Npi
from credentialing.domain.holders import HolderType, Named

Path = str
WhoseName = Callable[..., Named]


def clinician(npi: Npi) -> Named:
    return Named(HolderType.PROVIDER, npi)


def group(billing_npi: Npi) -> Named:
    return Named(HolderType.GROUP, billing_npi)


def location(code: LocationCode) -> Named:
    return Named(HolderType.LOCATION, code)


HOLDERS: Mapping[Path, WhoseName] = {
    "/providers/{npi}": clinician,
    "/groups/{billing_npi}": group,
    "/locations/{code}": location,
}
