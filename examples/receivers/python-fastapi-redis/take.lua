-- Takes one callback. Redis runs a script as one step: a copy at the same moment waits, and sees that it is one; and a
-- receiver that is killed has stored all of it or nothing.
--
-- KEYS: the task (a hash), the callbacks that it had (a set), its history (a stream). ARGV: the event, as JSON.
local task, seen, history = KEYS[1], KEYS[2], KEYS[3]
local event = cjson.decode(ARGV[1]) -- texts only, so that no number is rounded

if redis.call("SADD", seen, event.identity) == 0 then
  return 0 -- a copy
end
redis.call("XADD", history, "*", "event", event.name, "said", ARGV[1]) -- for whoever acts on it: once for each callback
redis.call("HINCRBY", task, "callbacks", 1)

local function put(field, value)
  if value then redis.call("HSET", task, field, value) else redis.call("HDEL", task, field) end
end

-- Times tell the order where both are there and differ. Else what comes later is newer.
local function newer(field, at)
  local then_, now = tonumber(redis.call("HGET", task, field) or 0) or 0, tonumber(at) or 0
  return not (now > 0 and then_ > 0 and now < then_)
end

for _, field in ipairs({ "stream", "target", "sources" }) do
  if event[field] then put(field, event[field]) end
end

if event.name == "TaskStart" then
  if newer("turned", event.start) then
    put("state", "RELAYING") -- also after an exit: TaskExit is not final
    put("turned", event.start)
  end
  if newer("since", event.start) then put("since", event.start) end
elseif event.name == "TaskExit" then
  if newer("turned", event.exit) then
    put("state", "DOWN")
    put("turned", event.exit)
  end
  if newer("until", event.exit) then
    put("until", event.exit)
    put("code", event.code)
    put("message", event.message)
  end
elseif event.name == "VodSourceFileStart" or event.name == "VodSourceFileFinish" then
  redis.call("HSETNX", task, "state", "RELAYING") -- it has overtaken its TaskStart
  -- Place and URL name a file together: a list may have a URL twice.
  local field = "file " .. (event.index or "") .. " " .. (event.url or "")
  local known = redis.call("HGET", task, field) or ""
  -- A start that comes after its finish does not undo it.
  local over = event.name == "VodSourceFileFinish" or known:sub(1, 4) == "done"
  put(field, (over and "done " or "playing ") .. (event.seconds or known:match(" (.*)") or ""))
elseif event.name == "TaskAlarm" then
  redis.call("HINCRBY", task, "alarms", 1) -- a warning, no end
end
return 1
