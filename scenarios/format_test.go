package scenarios_test

import (
	"strings"
	"testing"

	"github.com/relaycheck/relaycheck/scenarios"
)

func TestFormatPutsKeysInOrderAndKeepsComments(t *testing.T) {
	t.Parallel()
	src := `# A wrong receiver does it wrong.

requires: [ORD-1]
title:   'A file event overtakes the start'  # short

delivery:
- until: VodSourceFileStart
  hold: TaskStart
timeline:
# first
- after: 0s
  emit: TaskStart
- {after: 1s, emit: VodSourceFileStart, task: task}
profile: delivery
`
	want := `# A wrong receiver does it wrong.

title: 'A file event overtakes the start' # short
profile: delivery

requires: [ORD-1]
timeline:
  # first
  - emit: TaskStart
    after: 0s
  - {emit: VodSourceFileStart, task: task, after: 1s}

delivery:
  - hold: TaskStart
    until: VodSourceFileStart
`
	got, err := scenarios.Format("a.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestFormatKeepsSingleEmptyLinesAndAlignsComments(t *testing.T) {
	t.Parallel()
	const src = `title: t


requires: [SEQ-1]

# what happens
timeline:

  - emit: TaskStart # begins
  - emit: VodSourceFileStart     # "#" begins no comment in '# this'
    after: 1s

  - emit: TaskExit
    msg: {message: "a # in a text"}
expect:

  task: {phase: ended}
`
	const want = `title: t

requires: [SEQ-1]

# what happens
timeline:
  - emit: TaskStart          # begins
  - emit: VodSourceFileStart # "#" begins no comment in '# this'
    after: 1s

  - emit: TaskExit
    msg: {message: "a # in a text"}
expect:
  task: {phase: ended}
`
	once, err := scenarios.Format("a.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	if string(once) != want {
		t.Errorf("got\n%s\nwant\n%s", once, want)
	}
	twice, err := scenarios.Format("a.yaml", once)
	if err != nil || string(twice) != want {
		t.Errorf("formatted again it is\n%s (%v)", twice, err)
	}
}

func TestFormatLeavesATextBlockThatKeepsItsEnd(t *testing.T) {
	t.Parallel()
	const src = "title: t\nrequires: [SEQ-1]\ntimeline:\n  - body: |+\n      one\n\n\n  - emit: TaskStart\nexpect:\n  task: {phase: running}\n"
	out, err := scenarios.Format("a.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), "one\n\n\n  - emit") {
		t.Errorf("the text lost its end:\n%s", out)
	}
}

func TestFormatHarmsNoShippedScenario(t *testing.T) {
	t.Parallel()
	list, err := scenarios.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		once, err := scenarios.Format(s.File, s.Source)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if twice, err := scenarios.Format(s.File, once); err != nil || string(twice) != string(once) {
			t.Errorf("%s: formatting twice is not formatting once (%v):\n%s", s.File, err, once)
		}
		again, err := scenarios.Parse(s.File, once)
		if err != nil {
			t.Errorf("%s does not load any more:\n%v", s.File, err)
			continue
		}
		if again.Comment != s.Comment || again.Title != s.Title || len(again.Warnings) != len(s.Warnings) {
			t.Errorf("%s: comment %q became %q, warnings %v", s.File, s.Comment, again.Comment, again.Warnings)
		}
	}
}

func TestFormatRefusesWhatIsNoScenario(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ src, want string }{
		"a list":           {"- a\n", "a scenario is a mapping"},
		"broken YAML":      {"title: [\n", "a.yaml:"},
		"a key twice":      {"title: a\ntitle: b\n", "a.yaml:2:1: the key title is given twice"},
		"two documents":    {"title: a\n---\ntitle: b\n", "document"},
		"nothing":          {"", "a.yaml"},
		"an alias too far": {"expect: &x {within: 5s}\ntitle: a\ntimeline: [{emit: TaskStart, expect: *x}]\n", "left as it is"},
	} {
		if out, err := scenarios.Format("a.yaml", []byte(c.src)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}
