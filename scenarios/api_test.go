package scenarios_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/internal/strict"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/schema"
)

// documentedSamples are the samples of all editions, in base64.
func documentedSamples(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, edition := range schema.Editions() {
		for _, event := range schema.Events() {
			if body, ok := schema.Sample(edition, event); ok {
				out = append(out, base64.StdEncoding.EncodeToString(body))
			}
		}
	}
	if len(out) < 8 {
		t.Fatalf("only %d samples", len(out))
	}
	return out
}

func TestShippedScenarios(t *testing.T) {
	t.Parallel()
	list, err := scenarios.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		if !strings.HasPrefix(s.File, "shipped:"+s.Profile+"/") || !strings.HasSuffix(s.File, "/"+s.ID+".yaml") {
			t.Errorf("%s lies in %s", s.ID, s.File)
		}
		if s.Comment == "" {
			t.Errorf("%s does not say what a wrong receiver would do", s.ID)
		}
		if src, ok := scenarios.ShippedSource(s.ID); !ok || string(src) != string(s.Source) {
			t.Errorf("the source of %s is not found", s.ID)
		}
	}
	if _, ok := scenarios.ShippedSource("no-such-scenario"); ok {
		t.Error("the source of a scenario that is not there is found")
	}
}

func TestUnexercisedFindsWhatNoScenarioRequires(t *testing.T) {
	t.Parallel()
	list, err := scenarios.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := scenarios.LoadCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range scenarios.Unexercised(catalogue, list) {
		t.Errorf("no shipped scenario exercises %s", r.ID)
	}
	if n := len(scenarios.Unexercised(catalogue, nil)); n != len(catalogue.Requirements) {
		t.Errorf("without scenarios %d requirements are not exercised", n)
	}
}

func TestTheCatalogueIsRead(t *testing.T) {
	t.Parallel()
	c, err := scenarios.LoadCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	r, ok := c.Get("ACK-1")
	if !ok || r.Level != scenarios.Must || r.Group() != "ACK" || !slices.Contains(r.Judges, "status") || len(c.Digest) != 64 {
		t.Errorf("ACK-1 is %+v", r)
	}
	if _, ok := c.Get("ACK-99"); ok || len(c.IDs()) != len(c.Requirements) {
		t.Error("a requirement that is not there is found")
	}
}

func TestAWrongCatalogueIsRefused(t *testing.T) {
	t.Parallel()
	const good = "  level: MUST\n  sentence: s\n  basis: derived\n  source: s\n  hint: h\n  profile: core\n"
	for _, test := range []struct{ name, src, want string }{
		{"an id twice", "- id: A-1\n" + good + "  judges: [status]\n- id: A-1\n" + good + "  judges: [status]\n", "c.yaml:9:7: the requirement A-1 is there already"},
		{"an id of another form", "- id: a1\n" + good + "  judges: [status]\n", `the id "a1" is not of the form ABC-1`},
		{"nothing judged", "- id: A-1\n" + good + "  judges: []\n", "A-1 judges nothing"},
		{"an unknown check", "- id: A-1\n" + good + "  judges: [phaze]\n", `unknown word "phaze": did you mean "phase"?`},
		{"an unknown need", "- id: A-1\n" + good + "  judges: [phase]\n  needs_all: [exist]\n", `unknown word "exist": did you mean "exists"?`},
		{"an unknown level", "- id: A-1\n" + strings.Replace(good, "MUST", "SHALL", 1) + "  judges: [phase]\n", `[0].level cannot be "SHALL"`},
		{"a missing key", "- id: A-1\n  judges: [phase]\n", "[0] has no level"},
		{"no list", "id: A-1\n", "the file must be a list"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := scenarios.ParseCatalogue("c.yaml", []byte(test.src))
			var problems strict.Problems
			if !errors.As(err, &problems) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestLoadFilesReadsFilesAndFolders(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, src string) string {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(src), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	const good = "title: x\nrequires: [ACK-1]\ntimeline: [{emit: TaskStart}]\n"
	one, two := write("one.yaml", good), write("below/two.yml", good)
	write("below/notes.txt", "not a scenario")
	list, err := scenarios.LoadFiles(two, dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 2 || list[0].ID != "two" || list[1].ID != "one" || list[1].File != one {
		t.Errorf("got %v", list)
	}
	if s, err := scenarios.LoadFile(one); err != nil || s.ID != "one" || s.Line != 1 {
		t.Errorf("got %v, %v", s, err)
	}

	twin := write("other/one.yaml", good)
	_, err = scenarios.LoadFiles(dir)
	if err == nil || !strings.Contains(err.Error(), twin+`:1:1: the id "one" is taken by `+one+" already") {
		t.Errorf("two scenarios of one id: %v", err)
	}

	bad, worse := write("bad/a.yaml", "tilte: x\n"), write("bad/b.yaml", "- x\n")
	_, err = scenarios.LoadFiles(filepath.Join(dir, "bad"))
	if err == nil || !strings.Contains(err.Error(), bad+":1:1: unknown key") || !strings.Contains(err.Error(), worse+":1:1: the file must be") {
		t.Errorf("the problems of all files are told: %v", err)
	}

	for _, test := range []struct {
		name, want string
		paths      []string
	}{
		{"no path", "no scenario file was named", nil},
		{"a file that is not there", "no such file", []string{filepath.Join(dir, "none.yaml")}},
		{"an empty folder", "holds no scenario", []string{t.TempDir()}},
		{"a huge file", "at most 1048576 bytes are read", []string{write("huge/x.yaml", strings.Repeat("#", strict.MaxSize+1))}},
	} {
		if _, err := scenarios.LoadFiles(test.paths...); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", test.name, err, test.want)
		}
	}
}

func TestLoadFSReadsAFileSystem(t *testing.T) {
	t.Parallel()
	const good = "title: x\nrequires: [ACK-1]\ntimeline: [{emit: TaskStart}]\n"
	fsys := fstest.MapFS{"b/x.yaml": {Data: []byte(good)}, "a/y.yaml": {Data: []byte(good)}, "a/z.txt": {Data: []byte("x")}}
	list, err := scenarios.LoadFS(fsys, ".", "mine:")
	if err != nil || len(list) != 2 || list[0].File != "mine:a/y.yaml" || list[1].ID != "x" {
		t.Errorf("got %v, %v", list, err)
	}
	fsys["a/x.yaml"] = &fstest.MapFile{Data: []byte(good)}
	if _, err := scenarios.LoadFS(fsys, ".", ""); err == nil {
		t.Error("two scenarios of one id are taken")
	}
	if _, err := scenarios.LoadFS(fsys, "none", ""); err == nil {
		t.Error("a folder that is not there is read")
	}
}

func TestMergeRefusesTwoOfOneID(t *testing.T) {
	t.Parallel()
	a, b := []*scenarios.Scenario{parse(t, "timeline: [{emit: TaskStart}]")}, []*scenarios.Scenario{parse(t, "timeline: [{emit: TaskExit}]")}
	if _, err := scenarios.Merge(a, b); err == nil || !strings.Contains(err.Error(), `the id "test" is taken`) {
		t.Errorf("got %v", err)
	}
	if list, err := scenarios.Merge(a, nil); err != nil || len(list) != 1 {
		t.Errorf("got %v, %v", list, err)
	}
}

func TestAScenarioWithoutRequirementsStandsForItself(t *testing.T) {
	t.Parallel()
	s := parse(t, "timeline: [{emit: TaskStart}]\nexpect: {answers: {status: 200}}")
	if diff := cmp.Diff([]string{"test"}, s.Requires); diff != "" {
		t.Error(diff)
	}
	r, own := compile(t, s, params()).Scenario.Own()
	if !own || r.ID != "test" || r.Level != scenarios.Must || r.Sentence != "A test" || !slices.Contains(r.Judges, "phase") {
		t.Errorf("got %+v, %v", r, own)
	}
	if _, own := parse(t, "timeline: [{emit: TaskStart}]").Own(); own {
		t.Error("a scenario with requirements stands for itself, too")
	}
}

func TestTheHeadOfAScenarioIsKept(t *testing.T) {
	t.Parallel()
	s := parse(t, "# yaml-language-server: $schema=x\n# It would\n#\n# fall over.\ntitle: T\ndescription: D\nprofile: hostile\nlabels: [a, b]\nreal_time: true\nrequires: [BAD-1]\ntimeline: [{emit: TaskStart}]")
	want := scenarios.Ref{ID: "test", Title: "T", File: "test.yaml", Line: 5, Profile: "hostile", Requires: []string{"BAD-1"}, Labels: []string{"a", "b"}, RealTime: true, Digest: s.Digest}
	if diff := cmp.Diff(want, s.Ref); diff != "" || s.Comment != "It would\nfall over." || s.Description != "D" || len(s.Digest) != 64 {
		t.Errorf("%s (-want +got):\n%s", s.Comment, diff)
	}
}

func TestChecks(t *testing.T) {
	t.Parallel()
	facts := scenarios.NewTaskFacts(map[string]any{
		"exists": true, "phase": "ended", "exit_code": json.Number("-22.0"), "started_at": json.Number("1757505600000"), "alarms": nil,
		"source_urls": []any{"a", "b"}, "files": []any{map[string]any{"index": json.Number("1"), "finished": true, "duration": json.Number("1.5")}},
		"exit_message": 5, "events": json.Number("1.5"),
	})
	status := 200
	env := scenarios.CheckEnv{
		Task: facts, Tasks: map[string]scenarios.TaskFacts{"task": facts}, Effects: map[string]int{"mails": 2},
		Answers: []scenarios.AnswerFacts{{Event: "TaskStart", Delivery: "TaskStart", Attempt: 1, Status: &status, MS: 12.5, Body: map[string]any{"code": 0}}, {Event: "TaskExit", Failure: "timeout"}},
	}
	for expr, want := range map[string]bool{
		`task.exists and task.phase == "ended"`:                 true,
		`task.exit_code == -22`:                                 true,
		`task.started_at > 1757505599999`:                       true,
		`task.alarms == nil`:                                    true,
		`task.exit_message == nil and task.events == nil`:       true,
		`(task.alarms ?? 0) == 0`:                               true,
		`len(task.source_urls) == 2`:                            true,
		`all(task.files, .finished and .duration < 2)`:          true,
		`tasks.task.phase == "running"`:                         false,
		`tasks.other.exists`:                                    false,
		`effects.mails == 2 and effects.others == 0`:            true,
		`answers[0].status == 200 and answers[0].ms < 20`:       true,
		`answers[0].body.code == 0`:                             true,
		`answers[1].status == nil`:                              true,
		`any(answers, .event == "TaskExit" and .failure != "")`: true,
	} {
		p, err := scenarios.CompileCheck(expr)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
			continue
		}
		if got, err := p.True(env); err != nil || got != want {
			t.Errorf("%s is %v, %v", expr, got, err)
		}
	}
	p, err := scenarios.CompileCheck("task.alarms > 3")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.True(env); err == nil || !strings.Contains(err.Error(), "task.alarms > 3") {
		t.Errorf("what is absent is larger than nothing: %v", err)
	}
	for _, expr := range []string{"", "task.phaze", "now() > now()", strings.Repeat("(", 200) + "true" + strings.Repeat(")", 200), "true or " + strings.Repeat(" ", 5000) + "true"} {
		if _, err := scenarios.CompileCheck(expr); err == nil {
			t.Errorf("%.20q compiles", expr)
		}
	}
}
