"""Entry over MQTT: nats-server asks us about every client that is not one of our own processes."""

import logging
import time

from nacl.exceptions import CryptoError
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from prometheus_client import Counter, Histogram

from ehospital.gateway import sign_in_tokens
from ehospital.gateway.admission import Admission, NotAdmitted
from ehospital.gateway.refusals import Reason, Refusals
from ehospital.gateway.sign_in_tokens import Admitted, BadRequest, Refused, SignIn, TooLate
from ehospital.wire import subjects
from ehospital.wire.callout_keys import CalloutKeys
from ehospital.wire.connection import Connection

log = logging.getLogger(__name__)
ADMITTED = Counter("ehospital_gateway_admitted", "Devices let in over MQTT.")
TOO_LATE = Counter("ehospital_gateway_sign_ins_too_late", "Sign-ins that NATS had given up before their turn came.")
TOOK = Histogram(
    "ehospital_gateway_sign_in_seconds", "Time to decide one sign-in.", buckets=(0.0005, 0.001, 0.005, 0.1)
)

_SERVER_KEY = "Nats-Server-Xkey"
_QUEUE = "gateway"


class AuthCallout:
    """Answers the server's questions; several gateways share them."""

    def __init__(self, connection: Connection, admission: Admission, keys: CalloutKeys, refusals: Refusals) -> None:
        self._connection = connection
        self._admission = admission
        self._keys = keys
        self._refusals = refusals

    async def start(self) -> None:
        """Answer from now on, also after NATS went away and came back."""
        await self._connection.subscribe(
            subjects.AUTH_CALLOUT, queue=_QUEUE, cb=self._answer, pending_msgs_limit=50_000, pending_bytes_limit=-1
        )

    async def _answer(self, message: Msg) -> None:
        began = time.perf_counter()
        server = (message.headers or {}).get(_SERVER_KEY, "")
        try:
            request = sign_in_tokens.read_request(self._keys.opened(message.data, server))
        except TooLate:
            TOO_LATE.inc()
            return
        except (BadRequest, CryptoError, ValueError) as error:
            log.error("a sign-in request of NATS cannot be read: %s; is its configuration made with our key?", error)
            self._refusals.add("mqtt", "", Reason.BAD_REQUEST, str(error))
            return
        text = sign_in_tokens.answer(request, self._decide(request), self._keys.issuer)
        try:
            await message.respond(self._keys.sealed(text, server))
        except NatsError as error:
            log.warning("the answer to a sign-in did not reach NATS: %s", error)
        TOOK.observe(time.perf_counter() - began)

    def _decide(self, request: SignIn) -> Admitted | Refused:
        shown, client = request.connect_opts, request.client_info
        try:
            if client.type != "mqtt":
                raise NotAdmitted(Reason.NOT_MQTT, f"came as {client.type} from {client.host}")
            if client.mqtt_id != shown.user:
                raise NotAdmitted(Reason.FOREIGN_CLIENT_ID, f"client id {client.mqtt_id[:80]!r}")
            entry = self._admission.admit(shown.user, shown.password)
        except NotAdmitted as refused:
            self._refusals.add("mqtt", shown.user, refused.reason, refused.detail)
            return Refused(refused.reason.value)
        ADMITTED.inc()
        return Admitted(shown.user, entry.kinds, entry.fingerprint)
