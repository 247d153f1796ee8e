package suite_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/relaycheck/relaycheck/internal/receiver"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/report"
	"github.com/relaycheck/relaycheck/suite/target"
)

// counting is the reference receiver with an effect that can be counted: at the first look at a task it stands at the first
// number, at the next one at the second, and so on; the last one holds. The canary tasks have none of it.
func counting(t *testing.T, facts string, counts ...int) *target.Target {
	t.Helper()
	rcv, err := receiver.Open(receiver.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rcv.Close() })
	var mu sync.Mutex
	looks := map[string]int{}
	mux := http.NewServeMux()
	mux.Handle("/", rcv)
	mux.HandleFunc("GET /mails/{task}/{stream}", func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.PathValue("stream"), "relaycheck-canary") {
			_, _ = fmt.Fprint(w, 0)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		n := looks[r.PathValue("task")]
		looks[r.PathValue("task")]++
		_, _ = fmt.Fprint(w, counts[min(n, len(counts)-1)])
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	file := `url: ` + server.URL + `/callbacks/relay
observe:
  within: 700ms
` + strings.ReplaceAll(facts, "BASE", server.URL) + `
  effects:
    mails: {http: "` + server.URL + `/mails/{{task_id}}/{{stream_id}}", canary: false}
`
	out, err := target.Parse("relaycheck.yaml", []byte(file), t.TempDir(), os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const referenceFacts = `  task: {http: "BASE/tasks/{{task_id}}"}`

func TestEveryWordOfEffectsFromTheYAMLToTheReport(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		expect string
		counts []int
		want   judge.Verdict
		actual string // of the finding
	}{
		{"exactly as many", "effects: {mails: {exactly: 2}}", []int{2}, judge.Held, ""},
		{"exactly, one too few", "effects: {mails: {exactly: 2}}", []int{1}, judge.Broken, "1"},
		{"exactly, one too many", "effects: {mails: {exactly: 2}}", []int{3}, judge.Broken, "3"},
		{"exactly, after a while", "effects: {mails: {exactly: 2}}\n  within: 10s", []int{0, 1, 1, 2}, judge.Held, ""},
		{"at least", "effects: {mails: {at_least: 2}}", []int{3}, judge.Held, ""},
		{"at least, too few", "effects: {mails: {at_least: 2}}", []int{1}, judge.Broken, "1"},
		{"at most", "effects: {mails: {at_most: 1}}", []int{1}, judge.Held, ""},
		{"at most, too many", "effects: {mails: {at_most: 1}}", []int{2}, judge.Broken, "2"},
		{"never", "effects: {mails: {never: true}}", []int{0}, judge.Held, ""},
		{"never, and then it comes", "effects: {mails: {never: true}}", []int{1}, judge.Broken, "1"},
		{"a range", "effects: {mails: {at_least: 1, at_most: 3}}", []int{2}, judge.Held, ""},
		{"throughout, and it stays", "effects: {mails: {exactly: 1}}\n  throughout: 200ms", []int{0, 1}, judge.Held, ""},
		{"throughout, and then another one comes", "effects: {mails: {exactly: 1}}\n  throughout: 10s", []int{1, 1, 2}, judge.Broken, "2 after "},
		{"never, throughout", "effects: {mails: {never: true}}\n  throughout: 10s", []int{0, 0, 1}, judge.Broken, "1 after "},
		{"an effect that nobody counts", "effects: {letters: {exactly: 1}}", []int{1}, judge.NotObservable, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			sc, err := scenarios.Parse("mails.yaml", []byte("title: t\ntimeline:\n  - emit: TaskStart\nexpect:\n  "+tc.expect+"\n"))
			if err != nil {
				t.Fatal(err)
			}
			rep := run(t, suite.Config{Target: counting(t, "", tc.counts...), Scenarios: []*scenarios.Scenario{sc}})
			if len(rep.Scenarios) != 1 {
				t.Fatalf("reason %q", rep.Reason)
			}
			i := slices.IndexFunc(rep.Scenarios[0].Requirements, func(r report.Row) bool { return r.ID == "mails" })
			row := rep.Scenarios[0].Requirements[i]
			if row.Verdict != tc.want {
				t.Fatalf("got %s (%s), want %s: %+v", row.Verdict, row.Reason, tc.want, rep.Scenarios[0].Findings)
			}
			if tc.want != judge.NotObservable && !slices.Contains(row.JudgedBy, judge.ByEffects) {
				t.Errorf("it is judged by %v", row.JudgedBy)
			}
			if tc.actual != "" && !strings.HasPrefix(rep.Scenarios[0].Findings[0].Actual, tc.actual) {
				t.Errorf("the finding says %q, want %q", rep.Scenarios[0].Findings[0].Actual, tc.actual)
			}
		})
	}
}

func TestTheReportSaysWhetherEffectsOrFactsWereJudged(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		facts  string
		counts []int
		want   judge.Verdict
		by     string
	}{
		{"facts alone", referenceFacts, nil, judge.Held, "facts"},
		{"effects alone", "", []int{1}, judge.Held, "effects"},
		{"both", referenceFacts, []int{1}, judge.Held, "effects and facts"},
		{"effects that double", referenceFacts, []int{9}, judge.Broken, "effects"},
		{"an effect that never shows proves nothing", referenceFacts, []int{0}, judge.Held, "facts"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			tgt := counting(t, tc.facts, append(tc.counts, tc.counts...)...)
			if tc.counts == nil {
				tgt = start(t, "", nil)
			}
			rep := run(t, suite.Config{Target: tgt, Selection: suite.Selection{IDs: []string{"duplicates-have-no-second-effect", "lost-answer-and-retry-have-one-effect"}}})
			for _, id := range []string{"DUP-1", "RET-1"} {
				i := slices.IndexFunc(rep.Requirements, func(r report.Requirement) bool { return r.ID == id })
				if q := rep.Requirements[i]; q.Verdict != tc.want {
					t.Errorf("%s is %s (%s), want %s", id, q.Verdict, q.Reason, tc.want)
				}
			}
			var console, markdown, doc bytes.Buffer
			if err := report.Console(&console, rep, report.ConsoleOptions{Width: 400}); err != nil {
				t.Fatal(err)
			}
			if err := report.Markdown(&markdown, rep); err != nil {
				t.Fatal(err)
			}
			if err := report.JSON(&doc, rep); err != nil {
				t.Fatal(err)
			}
			if want := "judged by " + tc.by + ": DUP-1, RET-1"; !strings.Contains(console.String(), want) {
				t.Errorf("the console does not say %q:\n%s", want, console.String())
			}
			if want := "udged by " + tc.by + ": DUP-1, RET-1"; !strings.Contains(markdown.String(), want) {
				t.Errorf("the markdown does not say %q:\n%s", want, markdown.String())
			}
			if want := `"` + strings.Split(tc.by, " ")[0] + `"`; !strings.Contains(doc.String(), want) {
				t.Errorf("the JSON does not say %s", want)
			}
		})
	}
}
