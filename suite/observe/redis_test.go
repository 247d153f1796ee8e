package observe_test

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/gomodule/redigo/redis"

	"github.com/relaycheck/relaycheck/internal/realserver"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/observe"
)

const redisSection = `
task:
	redis: {url: "%[1]s", command: [HGETALL, "task:{{task_id}}"]}
	facts: {exists: reply != nil, phase: reply.state, exit_code: reply.code, source_urls: fromJSON(reply.urls)}
effects:
	sent: {redis: {url: "%[1]s", command: [GET, "sent:{{task_id}}"]}}
	queued: {redis: {url: "%[1]s", command: [LRANGE, "queue:{{task_id}}", 0, -1]}}
	length: {redis: {url: "%[1]s", command: [LLEN, "queue:{{task_id}}"]}}
`

func TestRedis(t *testing.T) {
	t.Parallel()
	server := realserver.Redis(t)
	c, err := redis.DialURL(server.DSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	for _, cmd := range [][]any{
		{"HSET", "task:118148", "state", "running", "code", "-22", "urls", `["http://a/"]`},
		{"SET", "sent:118148", "3"},
		{"RPUSH", "queue:118148", "a", "b"},
		{"CONFIG", "SET", "requirepass", "hunter22"},
	} {
		if _, err := c.Do(cmd[0].(string), cmd[1:]...); err != nil {
			t.Fatal(err)
		}
	}
	url := strings.Replace(server.DSN, "redis://", "redis://:hunter22@", 1) + "/0"
	set := open(t, fmt.Sprintf(redisSection, url))
	wantFacts(t, set, one, judge.Facts{"exists": true, "phase": "running", "exit_code": number("-22"), "source_urls": []any{"http://a/"}})
	wantFacts(t, set, observe.Identity{TaskID: "2"}, judge.Facts{"exists": false})
	wantEffects(t, set, one, map[string]int{"sent": 3, "queued": 2, "length": 2})
	wantEffects(t, set, observe.Identity{TaskID: "2"}, map[string]int{"sent": 0, "queued": 0, "length": 0})

	tests := []struct{ name, command, want string }{
		{"a command that writes", `[DEL, "task:{{task_id}}"]`, "DEL writes, and an observer only looks"},
		{"a command that is none", `[HGETALLL, "task:{{task_id}}"]`, "unknown command"},
		{"a command for another type", `[GET, "task:{{task_id}}"]`, "WRONGTYPE"},
		{"an object for a number", `[HGETALL, "task:{{task_id}}"]`, "the reply is an object: say what to count"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			wantError(t, open(t, "effects: {n: {redis: {url: '"+url+"', command: "+tt.command+"}}}"), one, tt.want)
		})
	}
	t.Run("a wrong password", func(t *testing.T) {
		t.Parallel()
		wantError(t, open(t, "effects: {n: {redis: {url: '"+server.DSN+"', command: [GET, '{{task_id}}']}}}"), one, "NOAUTH")
	})
}

// fakeRedis answers COMMAND INFO with an error, as a server that does not allow it, and everything else with reply.
func fakeRedis(t *testing.T, reply string) string {
	t.Helper()
	return "redis://" + speak(t, func(c net.Conn) {
		r := bufio.NewReader(c)
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			answer := reply
			for range int(line[1] - '0') { // *N, then N times $length and the word
				if _, err := r.ReadString('\n'); err != nil {
					return
				}
				word, err := r.ReadString('\n')
				if err != nil {
					return
				}
				if strings.HasPrefix(word, "COMMAND") {
					answer = "-NOPERM no\r\n"
				}
			}
			if _, err := c.Write([]byte(answer)); err != nil {
				return
			}
		}
	})
}

func TestRedisRepliesAreRead(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, reply, fact string
		want              judge.Facts
	}{
		{"a bulk string", "$3\r\nRUN\r\n", "phase: reply", judge.Facts{"phase": "RUN"}},
		{"nil", "$-1\r\n", "phase: reply", nil},
		{"a nil list", "*-1\r\n", "files: reply", nil},
		{"a number", ":7\r\n", "events: reply", judge.Facts{"events": number("7")}},
		{"a status", "+OK\r\n", "phase: reply", judge.Facts{"phase": "OK"}},
		{"lists in lists", "*2\r\n*1\r\n$1\r\na\r\n:2\r\n", "source_urls: reply", judge.Facts{"source_urls": []any{[]any{"a"}, number("2")}}},
		{"lines in a bulk string", "$8\r\n*9\r\n$9\r\n\r\n", "phase: reply", judge.Facts{"phase": "*9\r\n$9\r\n"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			set := open(t, "task: {redis: {url: '"+fakeRedis(t, tt.reply)+"', command: [GET, '{{task_id}}']}, facts: {"+tt.fact+"}}")
			wantFacts(t, set, one, tt.want)
		})
	}
}

func TestARedisThatIsNoneOrTooMuch(t *testing.T) {
	t.Parallel()
	huge := "*50000\r\n" + strings.Repeat("$100\r\n"+strings.Repeat("x", 100)+"\r\n", 50_000)
	tests := []struct {
		name string
		url  func(*testing.T) string
		want string
	}{
		{"an announcement of 90 MB", func(t *testing.T) string { t.Helper(); return fakeRedis(t, "$90000000\r\n") }, "the reply is longer than 4 MiB"},
		{"an announcement of many elements", func(t *testing.T) string { t.Helper(); return fakeRedis(t, "*2000000\r\n") }, "the reply has more than 100000 elements"},
		{"an announcement that counts backwards", func(t *testing.T) string { t.Helper(); return fakeRedis(t, "*5\r\n*9223372036854775807\r\n") }, "more than 100000 elements"},
		{"more than 4 MiB", func(t *testing.T) string { t.Helper(); return fakeRedis(t, huge) }, "the reply is longer than 4 MiB"},
		{"another protocol", func(t *testing.T) string {
			t.Helper()
			return "redis://" + speak(t, func(c net.Conn) {
				hear(c)
				_, _ = c.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
			})
		}, "redigo"},
		{"silence", func(t *testing.T) string { t.Helper(); return "redis://" + silent(t) }, "no whole answer within 300ms"},
		{"nobody", func(t *testing.T) string { t.Helper(); return "redis://" + nobody(t) }, "connection refused"},
		{"TLS to one that speaks plainly", func(t *testing.T) string {
			t.Helper()
			return "rediss" + strings.TrimPrefix(fakeRedis(t, "+OK\r\n"), "redis")
		}, "connect:"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			limit := "20s"
			if strings.Contains(tt.want, "300ms") {
				limit = "300ms"
			}
			if strings.HasPrefix(tt.name, "TLS") {
				limit = "2s" // the other side may wait for more
			}
			wantError(t, open(t, "effects: {n: {timeout: "+limit+", redis: {url: '"+tt.url(t)+"', command: [GET, '{{task_id}}']}}}"), one, tt.want)
		})
	}
}
