package receivers

import (
	"fmt"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"

	"github.com/relaycheck/relaycheck/internal/realserver"
)

var pythonFastAPIRedis = example{
	name:    "python-fastapi-redis",
	storage: inRedis,
	bugs: []bug{
		{
			name: "answers before it stores", file: "app.py",
			old: "        await store.take(read_event(callback))  # Redis has it before it is answered",
			new: "        import asyncio\n        event = read_event(callback)\n" +
				"        asyncio.get_running_loop().call_later(1, lambda: asyncio.ensure_future(store.take(event)))",
			requirement: "DUR-2",
		},
		{
			name: "looks first whether it has a callback, and then stores it", file: "store.py",
			old: "        if task:\n",
			new: "        if task:\n" +
				"            known = f\"relay:known:{task}\"\n" +
				"            if await self.redis.sismember(known, event[\"identity\"]):\n                return\n" +
				"            await self.redis.sadd(known, event[\"identity\"])\n" +
				"            text = json.dumps({**event, \"identity\": str(id(object())) + __import__(\"os\").urandom(8).hex()})\n",
			requirement: "DUP-2",
		},
		{
			name: "soon forgets what it has had", file: "take.lua",
			old:         `redis.call("HINCRBY", task, "callbacks", 1)`,
			new:         `redis.call("HINCRBY", task, "callbacks", 1) redis.call("PEXPIRE", seen, 20)`,
			requirement: "DUP-3",
		},
		{
			name: "goes by the order of arrival", file: "take.lua",
			old:         "  return not (now > 0 and then_ > 0 and now < then_)",
			new:         "  return true",
			requirement: "ORD-4",
		},
		{
			name: "has a model in which an id is required", file: "callback.py",
			old:         "    task_id: Optional[StrictStr] = None",
			new:         "    task_id: StrictStr",
			requirement: "ENV-6",
		},
		{
			name: "has a model in which a number is no text", file: "callback.py",
			old:         "    index: Optional[int] = None",
			new:         "    index: Optional[StrictInt] = None",
			requirement: "MSG-3",
		},
	},
}

// inRedis takes one of the sixteen databases of one server for each receiver.
func inRedis(t *testing.T) func(*testing.T) environment {
	t.Helper()
	python := pythonWith(t, "fastapi, uvicorn, redis.asyncio")
	server := realserver.Redis(t)
	var taken atomic.Int64
	return func(t *testing.T) environment {
		t.Helper()
		return environment{"PYTHON": python, "REDIS_URL": fmt.Sprintf("%s/%d", server.DSN, taken.Add(1))}
	}
}

// pythonWith finds a Python that has some modules: the first one on PATH may not be the one they were installed for.
func pythonWith(t *testing.T, modules string) string {
	t.Helper()
	for _, python := range []string{os.Getenv("PYTHON"), "python3", "/usr/bin/python3"} {
		if python == "" {
			continue
		}
		if exec.CommandContext(t.Context(), python, "-c", "import "+modules).Run() == nil {
			return python
		}
	}
	skip(t, "no Python of this machine can import "+modules+" (python3-fastapi python3-uvicorn python3-redis)")
	return ""
}
