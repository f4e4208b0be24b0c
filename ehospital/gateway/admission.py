"""Who may come in: the one decision of every device door."""

from collections.abc import Callable

from ehospital.gateway.directory import Directory
from ehospital.gateway.refusals import Reason
from ehospital.wire.devices_directory import DeviceEntry, SecretHasher


class NotAdmitted(Exception):
    """The device stays outside; the door tells it nothing but that."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason.value} {detail}".strip())
        self.reason = reason
        self.detail = detail


class Admission:
    """Knows the devices and whether the house can take what they send.

    Args:
        secret_key: EHOSPITAL_SECRET_KEY.
        trouble: tells, in words, why nothing can be taken now; empty when all is well.
    """

    def __init__(self, directory: Directory, secret_key: str, trouble: Callable[[], str]) -> None:
        self._directory = directory
        self._hasher = SecretHasher(secret_key)
        self._nobody = DeviceEntry(hash=self._hasher.hashed(""), revoked=True)
        self._trouble = trouble

    def admit(self, device: str, secret: str) -> DeviceEntry:
        """Return the entry of a device that proved itself.

        Raises:
            NotAdmitted: it did not, is unknown or revoked, or the house is not ready.
        """
        if not self._directory.current:
            raise NotAdmitted(Reason.NOT_READY, "the directory of devices is not current")
        entry = self._directory.get(device)
        # The comparison is made for unknown devices too, so that the time of the answer does not tell them apart.
        matches = self._hasher.matches(secret, (entry or self._nobody).hash)
        if entry is None:
            raise NotAdmitted(Reason.UNKNOWN_DEVICE)
        if not matches:
            raise NotAdmitted(Reason.WRONG_SECRET)
        if entry.revoked:
            raise NotAdmitted(Reason.REVOKED)
        trouble = self._trouble()
        if trouble:
            raise NotAdmitted(Reason.NOT_READY, trouble)
        return entry

    def still_admitted(self, device: str, fingerprint: str) -> bool:
        """Tell whether a connection may stay: its device may come in, by the very entry that it came in by.

        Asked only while the directory is current.

        Args:
            fingerprint: of the entry by which it came in.
        """
        entry = self._directory.get(device)
        return entry is not None and not entry.revoked and entry.fingerprint == fingerprint
