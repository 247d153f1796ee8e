package target_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/internal/strict"
	"github.com/relaycheck/relaycheck/suite/target"
)

func environment(vars map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		v, ok := vars[name]
		return v, ok
	}
}

func parse(t *testing.T, src string, vars map[string]string) (*target.Target, error) {
	t.Helper()
	return target.Parse("relaycheck.yaml", []byte(src), t.TempDir(), environment(vars))
}

// The example of the guide, with everything in it.
const whole = `
url: http://127.0.0.1:8080/callbacks/relay
signing: {key: "${CSS_CALLBACK_KEY:-}", required: false}
headers: {Authorization: "Bearer ${TOKEN}", X-Tenant: a}
answer_within: 10s
observe:
  within: 2s
  task:
    http: {url: "http://127.0.0.1:8080/tasks/{{task_id}}"}
    timeout: 1s
    facts:
      exists: status == 200
      phase: 'body.state == "RUN" ? "running" : "ended"'
      exit_code: body?.exit?.code
  effects:
    notifications: {sink: {listen: "127.0.0.1:9099"}, task_id: body.task_id}
    rows: {sql: {driver: postgres, dsn: "${DATABASE_URL}", query: "select count(*) from events where task_id = $1"}, canary: false}
hooks:
  ready: {http: "http://127.0.0.1:8080/healthz"}
  restart: {command: ["systemctl", "restart", "receiver"], timeout: 1m}
`

func TestLoadReadsTheWholeFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "relaycheck.yaml")
	if err := os.WriteFile(path, []byte(whole), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := target.Load(path, environment(map[string]string{
		"TOKEN": "s3cr3t-token", "DATABASE_URL": "postgres://app:hunter22@db:5432/app?sslmode=disable",
	}))
	if err != nil {
		t.Fatal(err)
	}
	if got.URL != "http://127.0.0.1:8080/callbacks/relay" || got.AnswerWithin != 10*time.Second || got.Observe.Within != 2*time.Second {
		t.Errorf("got %+v", got)
	}
	if diff := cmp.Diff([]emitter.Header{{Name: "Authorization", Value: "Bearer s3cr3t-token"}, {Name: "X-Tenant", Value: "a"}}, got.Headers); diff != "" {
		t.Error(diff)
	}
	task := got.Observe.Task
	if task.Kind != target.KindHTTP || task.Timeout != time.Second || len(task.Facts) != 3 || task.Facts[2].Name != "exit_code" {
		t.Errorf("task: %+v", task)
	}
	if u := task.HTTP.URL.Fill("12/3", "s", func(s string) string { return "<" + s + ">" }); u != "http://127.0.0.1:8080/tasks/<12/3>" {
		t.Errorf("url: %s", u)
	}
	if len(got.Observe.Effects) != 2 || got.Observe.Effects[0].Name != "notifications" || !got.Observe.Effects[0].Canary || got.Observe.Effects[1].Canary {
		t.Errorf("effects: %+v", got.Observe.Effects)
	}
	if diff := cmp.Diff([]string{"ready", "restart"}, got.Hooks.Names()); diff != "" {
		t.Error(diff)
	}
	if h := got.Hooks.Get("restart"); h.Timeout != time.Minute || len(h.Command.Argv) != 3 || h.Command.Dir != filepath.Dir(path) {
		t.Errorf("restart: %+v", h)
	}
	if len(got.Warnings) != 0 {
		t.Errorf("warnings: %v", got.Warnings)
	}
}

func TestMistakesAreToldWithTheirPlaceAndWhatToDo(t *testing.T) {
	t.Parallel()
	const head = "url: http://127.0.0.1:1/\n"
	task := func(rest string) string { return head + "observe:\n  task:\n" + rest }
	tests := []struct{ name, src, want string }{
		{"no url", "signing: {}\n", "1:1: the file has no url: add `url:`"},
		{"an unknown key", head + "observ: {}\n", `2:1: unknown key "observ": did you mean "observe"?`},
		{"an unknown key further in", head + "signing: {kee: a}\n", `2:11: unknown key "kee" in signing: did you mean "key"?`},
		{"a URL without a scheme", "url: localhost:8080/x\n", "1:6: url: the URL must begin with http:// or https://"},
		{"a URL of another kind", "url: ftp://h/x\n", "1:6: url: the URL must begin with http:// or https://, not ftp://"},
		{"an unset variable", "url: http://${HOST}/x\n", "1:13: the environment variable HOST is not set: set it, or give a default: ${HOST:-…}"},
		{"in quotes", "url: \"http://${HOST}/x\"\n", "1:14: the environment variable HOST is not set"},
		{"a variable without its end", "url: http://${HOST/x\n", "1:13: ${ without its }: write $${ for a plain ${"},
		{"a name that is none", "url: http://${9}/x\n", `1:13: "9" is no name of a variable`},
		{"a list for a text", "url: [a]\n", "1:6: url must be a single value, not a list"},
		{"nothing for a text", "url:\n", "1:5: url must be a value, not nothing"},
		{"text for true or false", head + "signing: {key: abcd, required: yes}\n", `2:32: signing.required must be true or false, not "yes"`},
		{"signatures without a key", head + "signing: {required: true}\n", "2:21: the receiver requires signatures, but there is no signing.key"},
		{"signatures with an empty key", head + "signing: {key: \"${NO:-}\", required: true}\n", "2:37: the receiver requires signatures"},
		{"a bare number for a time", head + "answer_within: 20\n", "2:16: answer_within must be a duration such as 300ms or 5s, not the bare number 20: add a unit: 20ms or 20s"},
		{"no time at all", head + "observe: {within: 0s}\n", "2:19: observe.within must be more than 0"},
		{"a header that is computed", head + "headers: {content-length: 5}\n", "2:11: the header content-length is computed"},
		{"a header of two lines", head + "headers: {X-A: \"a\\nb\"}\n", "2:16: the value of the header X-A has more than one line"},
		{"a certificate authority that is not there", head + "tls: {ca: ca.pem}\n", "2:11: tls.ca cannot be read: no such file or directory: paths are relative to the target file"},
		{"a certificate without its key", head + "tls: {cert: c.pem}\n", "2:13: a client certificate needs its key"},
		{"an observer that looks nowhere", task("    facts: {exists: status == 200}\n"), "4:5: observe.task does not say where to look: add one of http, sql, redis, command, file, sink"},
		{"one that looks at two places", task("    http: http://h/{{task_id}}\n    file: {path: a}\n"), "4:5: observe.task looks at 2 places: file, http: keep one of them"},
		{"the same for every task", task("    http: http://h/tasks\n"), "4:5: observe.task shows the same for every task: nothing in it names one: put {{task_id}} in"},
		{"an unknown placeholder", task("    http: http://h/{{task}}\n"), "4:11: observe.task.http: there is no placeholder {{task}}: did you mean {{task_id}}?"},
		{"a placeholder in the host", task("    http: http://{{task_id}}.h/\n"), "a placeholder may stand in the path and in the query, not in the host"},
		{"an unknown fact", task("    http: http://h/{{task_id}}\n    facts: {exits: status == 200}\n"), `5:13: there is no fact "exits": did you mean "exists"?`},
		{"a misspelt variable in an expression", task("    http: http://h/{{task_id}}\n    facts: {exists: 1 == statuss}\n"), `5:26: observe.task.facts.exists: there is no "statuss" here (did you mean "status"?); there are status, headers, body, text, task_id, stream_id`},
		{"in quotes, too", task("    http: http://h/{{task_id}}\n    facts: {exists: '1 == statuss'}\n"), "5:27: observe.task.facts.exists"},
		{"in a block, too", task("    http: http://h/{{task_id}}\n    facts:\n      exists: |\n        status == 200 ||\n        statuss == 201\n"), "8:9: observe.task.facts.exists"},
		{"a syntax error in an expression", task("    http: http://h/{{task_id}}\n    facts: {exists: 'status =='}\n"), "5:30: observe.task.facts.exists: unexpected token EOF"},
		{"a fact that can never be one", task("    http: http://h/{{task_id}}\n    facts: {exists: text}\n"), "exists must be true or false, but this expression gives text"},
		{"SQL without facts", task("    sql: {driver: sqlite, dsn: file:a.db, query: select 1 where $1}\n"), "4:5: a task that is seen by sql needs facts"},
		{"empty facts", task("    http: http://h/{{task_id}}\n    facts: {}\n"), "5:5: facts is empty"},
		{"an unknown driver", task("    sql: {driver: postgress, dsn: a, query: b}\n    facts: {exists: true}\n"), `4:19: there is no driver "postgress": did you mean "postgres"?`},
		{"a driver by another name", task("    sql: {driver: mariadb, dsn: a, query: b}\n    facts: {exists: true}\n"), `4:19: the driver "mariadb" is called otherwise here: write mysql`},
		{"a pasted id", task("    sql: {driver: sqlite, dsn: file:a.db, query: \"select '{{task_id}}'\"}\n    facts: {exists: true}\n"), "4:59: observe.task.sql.query: {{task_id}} may not stand in a query: ids are bound, not pasted in: write $1 for the task id"},
		{"a query that asks for no task", task("    sql: {driver: sqlite, dsn: file:a.db, query: select 1}\n    facts: {exists: true}\n"), "4:5: observe.task shows the same for every task: nothing in it names one: bind the task id: where task_id = $1"},
		{"a query that writes", task("    sql: {driver: sqlite, dsn: file:a.db, query: delete from t where id = $1}\n    facts: {exists: true}\n"), "4:50: observe.task.sql.query: an observer only looks, but this query begins with DELETE"},
		{"a database in memory", task("    sql: {driver: sqlite, dsn: ':memory:', query: select $1}\n    facts: {exists: true}\n"), "4:32: observe.task.sql.dsn: a database in memory can be seen by the receiver alone"},
		{"a connection string that is none", task("    sql: {driver: mysql, dsn: 'app:pw@db', query: select ?}\n    facts: {exists: true}\n"), "4:31: observe.task.sql.dsn: "},
		{"a command as a text", task("    command: show-task {{task_id}}\n    facts: {exists: true}\n"), "4:14: a command is a list, not a text: no shell reads it"},
		{"an empty command", task("    command: []\n    facts: {exists: true}\n"), "4:14: the command is empty"},
		{"a match that is no regular expression", task("    file: {path: a.log, match: '({{task_id}}'}\n    facts: {exists: true}\n"), "4:32: observe.task.file.match: missing closing ): `(0`"},
		{"a sink without task_id", head + "observe: {effects: {n: {sink: {listen: '127.0.0.1:0'}}}}\n", "2:24: observe.effects.n has no task_id: which task does a call belong to?: add `task_id: body.task_id`"},
		{"task_id without a sink", head + "observe: {effects: {n: {http: 'http://h/{{task_id}}', task_id: body.x}}}\n", "2:64: task_id is for a sink alone"},
		{"an address to listen at that is none", head + "observe: {effects: {n: {sink: {listen: 'nowhere'}, task_id: path}}}\n", `2:40: observe.effects.n.sink.listen must be host:port, such as 127.0.0.1:9099, not "nowhere"`},
		{"a count that is a list", head + "observe: {effects: {n: {sql: {driver: sqlite, dsn: file:a, query: 'select $1'}, count: rows}}}\n", "2:88: observe.effects.n.count: count must be a number, but this expression gives a list: put len( ) around it"},
		{"a hook that does nothing", head + "hooks: {restart: {timeout: 5s}}\n", "2:18: hooks.restart does not say what to do"},
		{"a hook that does two things", head + "hooks: {restart: {http: http://h/, command: [a]}}\n", "2:18: hooks.restart is a request and a command"},
		{"an unknown hook", head + "hooks: {reboot: {command: [a]}}\n", `2:9: unknown key "reboot" in hooks`},
		{"a hook that names a task", head + "hooks: {restart: {command: [a, '{{task_id}}']}}\n", "2:32: a hook has no task to name"},
		{"a second document", head + "---\nurl: http://h/\n", "2:1: a second YAML document begins here"},
		{"a key given twice", head + head, `2:1: the key "url" is given twice`},
		{"an empty file", "# nothing\n", "the file is empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := parse(t, tt.src, nil)
			var problems strict.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("got %v", err)
			}
			for _, p := range problems {
				if strings.Contains(p.Error(), tt.want) && strings.HasPrefix(p.Error(), "relaycheck.yaml:") {
					return
				}
			}
			t.Errorf("got  %v\nwant %s", err, tt.want)
		})
	}
}

func TestAllMistakesComeAtOnce(t *testing.T) {
	t.Parallel()
	_, err := parse(t, `url: nowhere
observ: 1
answer_within: 5
observe:
  task:
    http: http://127.0.0.1:1/{{task_id}}
    facts: {exist: status, phase: bdy.state}
hooks: {kill: {}}
`, nil)
	var problems strict.Problems
	if !errors.As(err, &problems) || len(problems) != 6 {
		t.Fatalf("want 6 problems, got %d:\n%v", len(problems), err)
	}
	for i, p := range problems {
		if p.Line == 0 || p.Source == "" {
			t.Errorf("problem %d has no place: %v", i, p)
		}
	}
}

func TestVariablesAreFilledInAfterTheYAMLWasRead(t *testing.T) {
	t.Parallel()
	got, err := parse(t, `url: http://127.0.0.1:1/${PATH_OF:-a/b}
signing: {key: "${KEY}", required: "${REQUIRED:-true}"}
headers: {X-A: '${EMPTY:-fallback}', X-B: '$${PLAIN} $5', X-C: "${EMPTY}"}
answer_within: ${WITHIN}
`, map[string]string{"KEY": "a\"b: c\n# d", "WITHIN": "3s", "EMPTY": ""})
	if err != nil {
		t.Fatal(err)
	}
	if got.URL != "http://127.0.0.1:1/a/b" || got.Signing.Key != "a\"b: c\n# d" || !got.Signing.Required || got.AnswerWithin != 3*time.Second {
		t.Errorf("got %+v", got)
	}
	want := []emitter.Header{{Name: "X-A", Value: "fallback"}, {Name: "X-B", Value: "${PLAIN} $5"}, {Name: "X-C", Value: ""}}
	if diff := cmp.Diff(want, got.Headers); diff != "" {
		t.Error(diff)
	}
}

func TestThePortOfTheReceiverThatIsStarted(t *testing.T) {
	t.Parallel()
	const src = `url: http://127.0.0.1:${PORT}/x
observe: {task: {http: "http://127.0.0.1:${PORT}/{{task_id}}"}}
hooks: {start: {command: [a], port: "${WHERE}"}, ready: {http: "http://127.0.0.1:${PORT}/"}}
`
	for _, where := range []string{"auto", "8099"} {
		got, err := parse(t, src, map[string]string{"PORT": "1", "WHERE": where})
		if err != nil {
			t.Fatal(err)
		}
		port := strconv.Itoa(got.Hooks.Start.Port)
		if where != "auto" && port != where || port == "0" {
			t.Errorf("%s: got port %s", where, port)
		}
		base := "http://127.0.0.1:" + port + "/"
		if got.URL != base+"x" || got.Observe.Task.HTTP.URL.String() != base+"{{task_id}}" || got.Hooks.Ready.URL != base {
			t.Errorf("%s: got %s, %s, %s", where, got.URL, got.Observe.Task.HTTP.URL, got.Hooks.Ready.URL)
		}
	}
	for section, want := range map[string]string{
		"start: {command: [a], port: 70000}":       `a port is auto, or a number from 1 to 65535, not "70000"`,
		"restart: {command: [a], port: auto}":      "hooks.restart has a port, which is for a command in hooks.start",
		"start: {http: 'http://h/', port: '8099'}": "hooks.start has a port, which is for a command",
	} {
		if _, err := parse(t, "url: http://127.0.0.1:1/\nhooks: {"+section+"}\n", nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", section, err)
		}
	}
}

func TestAFileThatIsNotThere(t *testing.T) {
	t.Parallel()
	_, err := target.Load("no/such/relaycheck.yaml", nil)
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "read the target file no/such/relaycheck.yaml") {
		t.Errorf("got %v", err)
	}
}

func TestProblemsDoNotShowSecrets(t *testing.T) {
	t.Parallel()
	_, err := parse(t, `url: http://app:hunter22@127.0.0.1:1/
signing: {key: abcdefghij, requird: true}
headers: {Authorization: Bearer tok-tok-tok, X: "a\nb"}
observe:
  task:
    sql: {driver: mysql, dsn: "app:hunter33@nowhere", query: select ?, quer: 1}
    facts: {exists: true}
`, nil)
	if err == nil {
		t.Fatal("no error")
	}
	for _, secret := range []string{"hunter22", "abcdefghij", "tok-tok-tok", "hunter33"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%s in\n%v", secret, err)
		}
	}
}

func TestForReference(t *testing.T) {
	t.Parallel()
	got, err := target.ForReference("http://127.0.0.1:8080/")
	if err != nil {
		t.Fatal(err)
	}
	if got.URL != "http://127.0.0.1:8080/callbacks/relay" || got.Observe.Task.HTTP.URL.String() != "http://127.0.0.1:8080/tasks/{{task_id}}" {
		t.Errorf("got %+v", got)
	}
	if got.Observe.Within == 0 || got.Observe.Task.Timeout == 0 {
		t.Error("without its times")
	}
	if _, err := target.New("nowhere"); err == nil {
		t.Error("a URL that is none was taken")
	}
}

func FuzzParseNeverPanics(f *testing.F) {
	f.Add(whole)
	f.Add("url: ${A\n")
	f.Add("url: &a http://h/\nobserve: {effects: {n: {http: *a}}}\n")
	f.Add("url: http://h/\nobserve: {task: {sql: {driver: postgres, dsn: 'x', query: 'select $a$ $1 /* \" '}}}\n")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, src string) {
		got, err := target.Parse("f.yaml", []byte(src), dir, nil)
		if (got == nil) == (err == nil) {
			t.Errorf("target %v, error %v", got, err)
		}
	})
}
