"""What both FastAPI peers share: Redis, the limits, the log-in, and the JSON of a product."""
import os
from pathlib import Path

import redis.asyncio as redis

SCRIPT = Path(__file__).with_name("gcra.lua").read_text()


class Front:
    """One round trip: the limits of the network and the log-in, and the log-in's copy."""

    def __init__(self):
        self.redis = redis.Redis(unix_socket_path=os.environ["PEER_REDIS"], max_connections=64)

    async def open(self):
        self.sha = await self.redis.script_load(SCRIPT)

    async def ask(self, address, token):
        """The vendor's id, or None for nobody; False when it is too often."""
        pipe = self.redis.pipeline(transaction=False)
        pipe.evalsha(
            self.sha, 2, f"bench:ip:{address}", f"bench:user:{token}",
            1, 250000000, 1, 250000000,
        )
        pipe.get(f"bench:session:{token}")
        limit, vendor = await pipe.execute()
        if limit[0] != 1:
            return False
        return vendor and vendor.decode()


def when(t):
    return t.isoformat().replace("+00:00", "Z")


def money(amount, currency):
    return None if amount is None else {"amount": amount, "currency": currency}
