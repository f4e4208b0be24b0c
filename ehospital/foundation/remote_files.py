"""Files of the record in an S3-compatible store of another machine."""

from io import BytesIO
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

from ehospital.foundation.contents import StoreAway

_NOT_THERE = {"404", "NoSuchKey", "NotFound"}


class RemoteStorage(S3Storage):
    """Private objects named by their content. Nothing of it is ever offered by an address of the store."""

    def __init__(self, **options: Any) -> None:
        # Checksums only where they are asked for: not every compatible store knows the newer ones.
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=5,
            read_timeout=20,
            retries={"max_attempts": 2},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        super().__init__(**{"file_overwrite": True, "default_acl": None, "client_config": config, **options})

    def keep(self, name: str, content: bytes) -> None:
        """Store an object under its name; one that is there already has the same content.

        Raises:
            StoreAway: the store does not answer, or refuses us.
        """
        try:
            self.bucket.Object(name).put(Body=content, ContentType="application/octet-stream")
        except (BotoCoreError, ClientError) as error:
            raise StoreAway(f"the store of files did not take {name}: {error}") from error

    def fetch(self, name: str) -> bytes:
        """Return an object.

        Raises:
            FileNotFoundError: there is none of this name.
            StoreAway: the store does not answer, or refuses us.
        """
        held = BytesIO()
        try:
            held.write(self.bucket.Object(name).get()["Body"].read())
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _NOT_THERE:
                raise FileNotFoundError(name) from error
            raise StoreAway(f"the store of files did not give {name}: {error}") from error
        except BotoCoreError as error:
            raise StoreAway(f"the store of files did not give {name}: {error}") from error
        return held.getvalue()

    def remove(self, name: str) -> None:
        """Remove an object; one that is not there is removed already.

        Raises:
            StoreAway: the store does not answer, or refuses us.
        """
        try:
            self.bucket.Object(name).delete()
        except (BotoCoreError, ClientError) as error:
            raise StoreAway(f"the store of files did not remove {name}: {error}") from error
