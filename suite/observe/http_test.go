package observe_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/observe"
)

const mapped = `
task:
	http: {url: "%s/tasks/{{task_id}}"}
	facts:
		exists: status == 200
		phase: 'body.state == "RUN" ? "running" : "ended"'
		exit_code: body?.exit?.code
		started_at: body.started
`

func TestHTTPFactsAreMapped(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		status int
		kind   string
		body   string
		want   judge.Facts
	}{
		{
			"a running task", 200, "application/json", `{"state":"RUN","started":1700000000123}`,
			judge.Facts{"exists": true, "phase": "running", "started_at": json.Number("1700000000123")},
		},
		{
			"an ended one", 200, "application/json", `{"state":"STOP","exit":{"code":-22},"started":0}`,
			judge.Facts{"exists": true, "phase": "ended", "exit_code": json.Number("-22"), "started_at": json.Number("0")},
		},
		{"a null is absent", 200, "application/json", `{"state":"RUN","exit":null,"started":null}`, judge.Facts{"exists": true, "phase": "running"}},
		{"a page that is no JSON", 200, "text/html", `<h1>hello</h1>`, judge.Facts{"exists": true}},
		{"404 with a page", 404, "text/html", `<h1>not found</h1>`, judge.Facts{"exists": false}},
		{"404 with JSON of its own", 404, "application/json", `{"error":"not found"}`, judge.Facts{"exists": false}},
		{"404 with nothing", 404, "", ``, judge.Facts{"exists": false}},
		{"a redirect", 302, "", ``, judge.Facts{"exists": false}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			set := open(t, fmt.Sprintf(mapped, answer(t, tt.status, tt.kind, tt.body)))
			wantFacts(t, set, one, tt.want)
			names, ok := set.Facts()
			if diff := cmp.Diff([]string{"exists", "phase", "exit_code", "started_at"}, names); diff != "" || !ok {
				t.Error(diff)
			}
		})
	}
}

func TestHTTPStandardShape(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		status int
		body   string
		want   judge.Facts
	}{
		{
			"as it is", 200, `{"exists":true,"phase":"running","exit_code":null,"files":[{"index":0,"url":"u"}],"internal_id":7,"started_at":9007199254740993}`,
			judge.Facts{
				"exists": true, "phase": "running", "exit_code": nil, "started_at": json.Number("9007199254740993"),
				"files": []any{map[string]any{"index": json.Number("0"), "url": "u"}},
			},
		},
		{"that is there exists", 200, `{"phase":"ended"}`, judge.Facts{"exists": true, "phase": "ended"}},
		{"that says it does not", 200, `{"exists":false,"phase":null}`, judge.Facts{"exists": false, "phase": nil}},
		{"of nothing but nulls", 200, `{"phase":null}`, judge.Facts{"phase": nil}},
		{"404", 404, `{"exists":false,"phase":"","files":[]}`, nil},
		{"404 with a page", 404, `<h1>`, nil},
		{"410", 410, ``, nil},
		{"204", 204, ``, nil},
		{"null", 200, `null`, nil},
		{"an empty object", 200, `{}`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			set := open(t, "task: {http: '"+answer(t, tt.status, "application/json", tt.body)+"/tasks/{{task_id}}'}")
			wantFacts(t, set, one, tt.want)
			if names, ok := set.Facts(); names != nil || !ok {
				t.Errorf("facts are known beforehand: %v", names)
			}
		})
	}
}

func TestHTTPStandardShapeThatIsNone(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		status int
		body   string
		want   string
	}{
		{"a page", 200, `<h1>`, "text/x that is no JSON; an endpoint that does not answer in the standard shape needs `facts:`"},
		{"a list", 200, `[]`, "JSON that is no object"},
		{"another shape", 200, `{"code":0,"data":{}}`, "has none of the facts exists, phase,"},
		{"a word for exists", 200, `{"exists":"maybe"}`, `exists must be true or false, but it is "maybe"`},
		{"403", 403, `{}`, "answered 403 Forbidden"},
		{"a redirect", 307, ``, "redirects are not followed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			base := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/x")
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(tt.status)
				_, _ = w.Write([]byte(tt.body))
			})
			wantError(t, open(t, "task: {http: '"+base+"/{{task_id}}'}"), one, tt.want, "observe.task (http, relaycheck.yaml:3:9)")
		})
	}
}

func TestIdsAreEscapedInURLsAndHeaders(t *testing.T) {
	t.Parallel()
	type request struct{ path, query, header string }
	got := make(chan request, 1)
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got <- request{r.URL.EscapedPath(), r.URL.RawQuery, r.Header.Get("X-Stream")}
		_, _ = w.Write([]byte(`{"exists":true}`))
	})
	set := open(t, `task: {http: {url: "`+base+`/t/{{task_id}}/{{stream_id}}?s={{stream_id}}&t={{ task_id }}", headers: {X-Stream: "a {{stream_id}}"}}}`)
	tests := []struct {
		id   observe.Identity
		want request
	}{
		{observe.Identity{TaskID: "1/2?3", StreamID: "a b&c=é"}, request{"/t/1%2F2%3F3/a%20b&c=%C3%A9", "s=a+b%26c%3D%C3%A9&t=1%2F2%3F3", "a a b&c=é"}},
		{observe.Identity{TaskID: "..", StreamID: "x\r\nY: z"}, request{"/t/%2E%2E/x%0D%0AY:%20z", "s=x%0D%0AY%3A+z&t=..", "a x%0D%0AY: z"}},
	}
	for _, tt := range tests {
		look(t, set, tt.id)
		if diff := cmp.Diff(tt.want, <-got, cmp.AllowUnexported(request{})); diff != "" {
			t.Error(diff)
		}
	}
}

func TestAnHTTPObserverInTroubleIsAnErrorAndNeverNothing(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("x", 64<<10)
	tests := []struct {
		name string
		base func(t *testing.T) string
		want []string
	}{
		{"500", func(t *testing.T) string { t.Helper(); return answer(t, 500, "", "boom") }, []string{"answered 500 Internal Server Error, so it could not tell"}},
		{"503", func(t *testing.T) string { t.Helper(); return answer(t, 503, "", "") }, []string{"answered 503"}},
		{"401", func(t *testing.T) string { t.Helper(); return answer(t, 401, "", "") }, []string{"it wants to know who asks"}},
		{"429", func(t *testing.T) string { t.Helper(); return answer(t, 429, "", "") }, []string{"asked too often"}},
		{"nobody there", func(t *testing.T) string { t.Helper(); return "http://" + nobody(t) }, []string{"GET http://127.0.0.1:", "connection refused"}},
		{"silence", func(t *testing.T) string { t.Helper(); return "http://" + silent(t) }, []string{"no whole answer within 300ms"}},
		{"a body that never ends", func(t *testing.T) string {
			t.Helper()
			return serve(t, func(w http.ResponseWriter, r *http.Request) {
				for r.Context().Err() == nil {
					if _, err := w.Write([]byte(big)); err != nil {
						return
					}
				}
			})
		}, []string{"the answer is longer than 4 MiB"}},
		{"a slow body", func(t *testing.T) string {
			t.Helper()
			return serve(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = w.Write([]byte("{"))
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			})
		}, []string{"no whole answer within 300ms", "read the answer"}},
		{"another protocol", func(t *testing.T) string {
			t.Helper()
			return "http://" + speak(t, func(c net.Conn) {
				hear(c)
				_, _ = c.Write([]byte("220 smtp\r\n"))
			})
		}, []string{"malformed HTTP"}},
		{"a flood of headers", func(t *testing.T) string {
			t.Helper()
			return "http://" + speak(t, func(c net.Conn) {
				hear(c)
				_, _ = c.Write([]byte("HTTP/1.1 200 OK\r\n"))
				for i := 0; ; i++ {
					if _, err := fmt.Fprintf(c, "X-%d: %s\r\n", i, big[:1000]); err != nil {
						return
					}
				}
			})
		}, []string{"exceeded"}},
		{"a wrong certificate", func(t *testing.T) string {
			t.Helper()
			return "https" + strings.TrimPrefix(answer(t, 200, "", "{}"), "http")
		}, []string{"GET https://"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			set := open(t, "task: {http: '"+tt.base(t)+"/{{task_id}}', timeout: "+timeout(tt.want)+", facts: {exists: status == 200}}")
			wantError(t, set, one, tt.want...)
		})
	}
}

// timeout is short where a test waits for it, and long where it must not be what ends a look.
func timeout(want []string) string {
	if strings.Contains(want[0], "300ms") {
		return "300ms"
	}
	return "1m"
}

func TestTheCallersOwnEndIsNoFaultOfTheObserver(t *testing.T) {
	t.Parallel()
	set := open(t, "task: {http: 'http://"+silent(t)+"/{{task_id}}'}")
	gone, cancel := context.WithCancel(ctx)
	cancel()
	_, err := set.Look(gone, one)
	var le *observe.LookError
	if !errors.Is(err, context.Canceled) || errors.As(err, &le) {
		t.Errorf("got %v", err)
	}
}

func TestAnExpressionThatCannotBeEvaluatedNamesItsFact(t *testing.T) {
	t.Parallel()
	set := open(t, "task: {http: '"+answer(t, 200, "", `{"n":"x"}`)+"/{{task_id}}', facts: {exit_code: body.n - 1}}")
	wantError(t, set, one, "fact exit_code: invalid operation: string - int")
}

func TestHTTPCounts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		status int
		body   string
		count  string
		want   int
	}{
		{"a number", 200, "3", "", 3},
		{"digits in a text", 200, `"4"`, "", 4},
		{"404 is none", 404, "not found", "", 0},
		{"an expression", 200, `{"sent":[1,2]}`, ", count: len(body.sent)", 2},
		{"an expression over nothing", 404, ``, ", count: len(body.sent)", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			set := open(t, "effects: {sent: {http: '"+answer(t, tt.status, "", tt.body)+"/{{task_id}}'"+tt.count+"}}")
			wantEffects(t, set, one, map[string]int{"sent": tt.want})
		})
	}
	wantError(t, open(t, "effects: {sent: {http: '"+answer(t, 200, "", "{}")+"/{{task_id}}'}}"), one, "observe.effects.sent", "say what to count with `count:`")
	wantError(t, open(t, "effects: {sent: {http: '"+answer(t, 403, "", "1")+"/{{task_id}}'}}"), one, "answered 403")
}

func TestASightIsBounded(t *testing.T) {
	t.Parallel()
	set := open(t, "task: {http: '"+answer(t, 200, "", `{"exists":true,"exit_message":"`+strings.Repeat("x", 100_000)+`"}`)+"/{{task_id}}'}")
	if l := look(t, set, one); len(l.Raw) > 9000 || !strings.Contains(string(l.Raw), "200 OK") {
		t.Errorf("raw has %d bytes: %.100s", len(l.Raw), l.Raw)
	}
}

// Of an error page nothing is read, wherever in the file `exists` stands: not even what would be a mistake.
func TestWhereNothingExistsTheOtherFactsAreNotRead(t *testing.T) {
	t.Parallel()
	set := open(t, "task: {http: '"+answer(t, 404, "", `{"code":"not found"}`)+"/{{task_id}}', facts: {exit_code: body.code - 1, exists: status == 200}}")
	wantFacts(t, set, one, judge.Facts{"exists": false})
}
