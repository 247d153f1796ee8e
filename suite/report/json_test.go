package report

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v5"
	"pgregory.net/rapid"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// checkedIn compiles a schema of docs/schemas.
func checkedIn(t testing.TB, name string) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "schemas", name))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat = true
	if err := c.AddResource(name, bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func decoded(t rapid.TB, doc []byte) any {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTheJSONReportIsWhatItsSchemaSays(t *testing.T) {
	t.Parallel()
	schema := checkedIn(t, "report.schema.json")
	stopped, dead := fixture(), Run{Problem: "the target refuses connections"}
	stopped.Stopped, stopped.Strict, stopped.CutShort = true, true, "--fail-fast"
	for name, run := range map[string]Run{"every verdict": fixture(), "nothing": {}, "interrupted": stopped, "environment": dead} {
		doc := render(t, func(b *bytes.Buffer) error { return JSON(b, Build(run)) })
		if err := schema.Validate(decoded(t, doc)); err != nil {
			t.Errorf("%s: %#v", name, err)
		}
	}
}

func TestTheSchemaRefusesWhatIsNoReport(t *testing.T) {
	t.Parallel()
	schema := checkedIn(t, "report.schema.json")
	good := string(render(t, func(b *bytes.Buffer) error { return JSON(b, Build(fixture())) }))
	for _, tc := range []struct{ name, from, to string }{
		{"another verdict of the run", `"verdict": "fail"`, `"verdict": "passed"`},
		{"another verdict of a requirement", `"verdict": "not_observable"`, `"verdict": "unobservable"`},
		{"another exit code", `"exit_code": 1`, `"exit_code": 2`},
		{"a member that it does not know", `"exit_code": 1`, `"exit_code": 1, "x": 1`},
		{"null for a list", `"findings": []`, `"findings": null`},
		{"another level", `"level": "SHOULD"`, `"level": "should"`},
	} {
		bad := strings.Replace(good, tc.from, tc.to, 1)
		if bad == good {
			t.Fatalf("%s: nothing was replaced", tc.name)
		}
		if schema.Validate(decoded(t, []byte(bad))) == nil {
			t.Errorf("%s is valid", tc.name)
		}
	}
}

func TestTheSchemaNamesEveryVerdictAndEveryVolatileMember(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "schemas", "report.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range verdictOrder {
		if !strings.Contains(string(text), `"`+string(v)+`"`) {
			t.Errorf("the schema does not know the verdict %s", v)
		}
	}
	var doc struct {
		Description string `json:"description"`
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	for _, p := range Volatile {
		name := p[strings.LastIndex(p, "/")+1:]
		if !strings.Contains(doc.Description, p) && !strings.Contains(doc.Description, name) {
			t.Errorf("the description does not name %s as volatile", p)
		}
	}
}

func TestTheJSONReport(t *testing.T) {
	t.Parallel()
	doc := render(t, func(b *bytes.Buffer) error { return JSON(b, Build(fixture())) })
	golden(t, "report.json", doc)
	if !bytes.HasSuffix(doc, []byte("}\n")) || bytes.Contains(doc, []byte(`\u003c`)) || bytes.Contains(doc, []byte(`\u0026`)) {
		t.Error("it does not end in a newline, or has HTML escapes")
	}
	if bytes.Contains(doc, []byte("null")) {
		t.Error("it holds a null")
	}
}

func TestTwoRunsDifferOnlyInWhatIsDeclaredVolatile(t *testing.T) {
	t.Parallel()
	one, two := fixture(), fixture()
	two.Started, two.Duration = two.Started.Add(5000), two.Duration*2
	for i := range two.Plays {
		two.Plays[i].Duration *= 3
		for d := range two.Plays[i].Input.Transcript.Deliveries {
			for a := range two.Plays[i].Input.Transcript.Deliveries[d].Attempts {
				two.Plays[i].Input.Transcript.Deliveries[d].Attempts[a].Done += ms(7)
			}
		}
	}
	strip := func(run Run) any {
		v := decoded(t, render(t, func(b *bytes.Buffer) error { return JSON(b, Build(run)) }))
		for _, p := range Volatile {
			remove(v, strings.Split(strings.TrimPrefix(p, "/"), "/"))
		}
		return v
	}
	if diff := cmp.Diff(strip(one), strip(two)); diff != "" {
		t.Errorf("(-one +two):\n%s", diff)
	}
}

// remove takes out what a pointer with * points to.
func remove(v any, path []string) {
	switch x := v.(type) {
	case map[string]any:
		if len(path) == 1 {
			delete(x, path[0])
			return
		}
		remove(x[path[0]], path[1:])
	case []any:
		for _, e := range x {
			remove(e, path[1:])
		}
	}
}

func TestAReportMadeByHandHasNoNull(t *testing.T) {
	t.Parallel()
	doc := render(t, func(b *bytes.Buffer) error {
		return JSON(b, Report{Requirements: []Requirement{{}}, Scenarios: []Scenario{{}}})
	})
	var got struct {
		Requirements []struct{ Scenarios, Findings *[]any }
		Scenarios    []struct{ Requirements, Findings *[]any }
	}
	if err := json.Unmarshal(doc, &got); err != nil {
		t.Fatal(err)
	}
	if got.Requirements[0].Scenarios == nil || got.Requirements[0].Findings == nil || got.Scenarios[0].Requirements == nil || got.Scenarios[0].Findings == nil {
		t.Errorf("got %s", doc)
	}
}

// wild draws a run whose every text is wild.
func wild(t *rapid.T) Run {
	text := rapid.OneOf(
		rapid.String(),
		rapid.Custom(func(t *rapid.T) string { return string(rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "bytes")) }),
		rapid.SampledFrom([]string{"]]>", "<!--", "</script>", "\x00\x1b[2J", "\ufffe\uffff", "|`*_", "```\n# x", "\u202e", "{{.}}", "`|`", "\"'&<>"}),
	)
	sc := scenarios.Ref{ID: text.Draw(t, "id"), Title: text.Draw(t, "title"), File: text.Draw(t, "file"), Line: 1, Profile: text.Draw(t, "profile")}
	sc.Requires = []string{"ACK-1"}
	check := judge.Check{
		Kind: rapid.SampledFrom([]string{"status", "fact", "effect", "expr", "body", "x"}).Draw(t, "kind"), Subject: text.Draw(t, "subject"),
		Outcome: judge.Fail, Expected: text.Draw(t, "expected"), Actual: text.Draw(t, "actual"), Reason: text.Draw(t, "reason"), Step: judge.Final,
	}
	p := play(0, sc, []sent{{event: text.Draw(t, "event"), body: []byte(text.Draw(t, "body")), answers: []*emitter.Answer{answer(500, text.Draw(t, "answer"))}}},
		row("ACK-1", sc.ID, scenarios.Must, judge.Broken, check),
		judge.Row{Requirement: text.Draw(t, "other"), Scenario: sc.ID, Level: scenarios.Should, Verdict: judge.NotObservable, Reason: text.Draw(t, "why")})
	p.Input.Transcript.Deliveries[0].Attempts[0].Answer.Header[0].Value = text.Draw(t, "header")
	p.Input.Samples = []judge.Sample{{Step: judge.Final, Task: "task", Facts: judge.Facts{"exit_message": text.Draw(t, "fact")}}}
	cat := fixtureCatalogue()
	cat.Requirements[0].Hint, cat.Requirements[0].Sentence = text.Draw(t, "hint"), text.Draw(t, "sentence")
	return Run{
		Version: text.Draw(t, "version"), Catalogue: cat, Target: Target{URL: text.Draw(t, "url")}, Plays: []Play{p}, Selected: []scenarios.Ref{sc},
		CutShort: text.Draw(t, "cut"), Problem: rapid.SampledFrom([]string{"", "a < b & \x00 ]]>"}).Draw(t, "problem"),
	}
}

func TestWildTextsGiveValidJSON(t *testing.T) {
	t.Parallel()
	schema := checkedIn(t, "report.schema.json")
	rapid.Check(t, func(t *rapid.T) {
		var b bytes.Buffer
		if err := JSON(&b, Build(wild(t))); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(decoded(t, b.Bytes())); err != nil {
			t.Fatalf("%#v\n%s", err, b.Bytes())
		}
	})
}

func TestWildTextsLeaveTheConsoleInOnePiece(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var b bytes.Buffer
		r := Build(wild(t))
		if err := Console(&b, r, ConsoleOptions{}); err != nil {
			t.Fatal(err)
		}
		for _, c := range b.Bytes() {
			if c < 0x20 && c != '\n' || c == 0x7f {
				t.Fatalf("control character %#x in\n%s", c, b.Bytes())
			}
		}
		lines := slices.Collect(strings.Lines(b.String()))
		if got := lines[len(lines)-1]; got != Closing(r)+"\n" {
			t.Fatalf("the last line is %q", got)
		}
	})
}
