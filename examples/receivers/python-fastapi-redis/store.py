"""The tasks in Redis. What happens there happens in take.lua, in one step."""

import json
from pathlib import Path

from redis.asyncio import BlockingConnectionPool, Redis


class Store:
    def __init__(self, url: str):
        # A burst waits for one of the connections. A Redis that does not answer is an error, after a time.
        self.redis = Redis(connection_pool=BlockingConnectionPool.from_url(
            url, max_connections=32, timeout=10, socket_timeout=5, socket_connect_timeout=5, decode_responses=True))
        self.script = self.redis.register_script((Path(__file__).parent / "take.lua").read_text())

    async def take(self, event: dict) -> None:
        task, text = event.get("task"), json.dumps(event, ensure_ascii=False)
        if task:
            await self.script(keys=[f"relay:task:{task}", f"relay:seen:{task}", f"relay:history:{task}"], args=[text])
        else:
            # Without an id it may be anybody's: kept for people to look at. A set knows no copies.
            await self.redis.sadd("relay:unassigned", text)

    async def task(self, task_id: str) -> dict:
        return await self.redis.hgetall(f"relay:task:{task_id}")

    async def ping(self) -> None:
        await self.redis.ping()
