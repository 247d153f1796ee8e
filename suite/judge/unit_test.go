package judge

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
)

func TestValuesAreComparedAsFactsAre(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		m    types.GomegaMatcher
		yes  []any
		no   []any
	}{
		{"a number by its value", beValue(asNumber, -22), []any{-22, -22.0, "-22", jsonNumber("-22.0"), jsonNumber("-2.2e1"), " -22 "}, []any{22, "", nil, "-22x", true, []any{-22}, jsonNumber("-22.5")}},
		{"a code that is a word", beValue(asNumber, "EPIPE"), []any{"EPIPE"}, []any{"epipe", nil, 0}},
		{"a number of many digits", beValue(asNumber, jsonNumber("123456789012345678")), []any{"123456789012345678", jsonNumber("123456789012345678")}, []any{jsonNumber("123456789012345679"), jsonNumber("1.2345678901234568e17")}},
		{"a number too large to compute with", beValue(asNumber, 1), []any{1}, []any{jsonNumber("1e999999999"), jsonNumber(strings.Repeat("1", 100))}},
		{"a text verbatim", beValue(asText, "a b"), []any{"a b"}, []any{"a  b", "A b", nil, "", []any{"a b"}, object{}}},
		{"an id that an observer made a number of", beValue(asText, "118148"), []any{"118148", 118148}, []any{"0118148", nil}},
		{"an empty text and none", beValue(asText, ""), []any{"", nil}, []any{"x", 0}},
		{"a list in its order", beValue(asList, []any{"a", "b"}), []any{[]any{"a", "b"}}, []any{[]any{"b", "a"}, []any{"a"}, nil, "a"}},
		{"no number yet", beEmpty(asNumber), []any{nil, 0, "0", 0.0}, []any{1, "", false}},
		{"no list yet", beEmpty(asList), []any{nil, []any{}}, []any{[]any{nil}, ""}},
		{"a yes", beTrue(), []any{true, 1, "1", "true", "t"}, []any{false, 0, "0", "false", "", nil, "f", "No"}},
		{"a count within bounds", beCount(1, 2), []any{1, "2", 2.0}, []any{0, 3, nil, "x", 1.5}},
		{"a count that may be none", beCount(0, 0), []any{0, nil}, []any{1, -1}},
		{"a status of a class", haveStatus([]string{"2xx", "404"}), []any{200, 299, 404}, []any{199, 300, 405, 20, 2000}},
		{"a status of no class", haveStatus([]string{"!5xx"}), []any{200, 404, 600}, []any{500, 599}},
		{"JSON that has more", contain(object{"a": object{"b": []any{1}}, "n": nil}), []any{object{"a": object{"b": []any{1.0}, "c": 2}}}, []any{object{"a": object{"b": []any{1, 2}}}, object{"a": 1}, []any{}, nil, object{"a": object{"b": []any{1}}, "n": 1}, object{"a": object{"b": 1}}, object{"a": object{"b": []any{2}}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, v := range c.yes {
				if !matches(c.m, plain(v)) {
					t.Errorf("%#v does not match", v)
				}
			}
			for _, v := range c.no {
				if matches(c.m, plain(v)) {
					t.Errorf("%#v matches", v)
				}
			}
		})
	}
}

func TestMatchersWorkUnderGomega(t *testing.T) {
	t.Parallel()
	g := gomega.NewWithT(t)
	g.Expect(plain("-22")).To(beValue(asNumber, -22))
	g.Expect(plain(3)).NotTo(beCount(1, 2))
	m := beCount(1, 2)
	g.Expect(m.FailureMessage(plain(3))).To(gomega.Equal("expected 3 to be 1 to 2"))
	g.Expect(m.NegatedFailureMessage(plain(2))).To(gomega.Equal("expected 2 not to be 1 to 2"))
}

func TestValuesAreTheSameBeforeAndAfterJSON(t *testing.T) {
	t.Parallel()
	type record struct{ A int }
	values := []any{
		nil, true, "x", 1, int64(1) << 60, uint64(1) << 63, 1.5, 0.1, 1e21, math.Copysign(0, -1), jsonNumber("1.0"), jsonNumber("1e3"), jsonNumber("0.10"),
		[]string{"a"},
		map[string]int{"b": 2},
		[]any{1, object{"c": 1.0}},
		record{A: 3},
	}
	for _, v := range values {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		back, ok := decodeJSON(raw, false)
		if !ok {
			t.Fatalf("%s is no JSON", raw)
		}
		if x, y := compact(plain(v)), compact(back); x != y {
			t.Errorf("%#v is %s before and %s after", v, x, y)
		}
	}
	if got := plain(make(chan int)); got == nil {
		t.Error("what is no JSON at all must not become absent")
	}
}

func TestParseInputKeepsDigits(t *testing.T) {
	t.Parallel()
	in, err := ParseInput([]byte(`{"samples": [{"step": "final", "task": "a", "facts": {"started_at": 12345678901234567890, "exit_code": 1.0}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := in.Samples[0].Facts["started_at"]; got != jsonNumber("12345678901234567890") {
		t.Errorf("got %v", got)
	}
	var f Facts
	if err := json.Unmarshal([]byte(`{"started_at": 9007199254740993}`), &f); err != nil || f["started_at"] != jsonNumber("9007199254740993") {
		t.Errorf("got %v, %v", f, err)
	}
	if _, err := ParseInput([]byte(`{"samples": [{"facts": 3}]}`)); err == nil {
		t.Error("facts that are a number were taken")
	}
	if _, err := ParseInput([]byte(`{`)); err == nil || !strings.HasPrefix(err.Error(), "read a judge's input: ") {
		t.Errorf("got %v", err)
	}
}

func TestWhatAFindingShowsIsBoundedAndHoldsNoSecret(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"rtmp://h/live/x?txSecret=abc123&txTime=5", "rtmp://h/live/x?a=1&SIGN=abc123", `{"sign":"abc123","t":5}`, `"{\"sign\": \"abc123\"}"`,
		"http://h/?txSecret%3Dabc123",
	} {
		got := shown(s)
		if strings.Contains(got, "abc123") || !strings.Contains(got, "[redacted]") {
			t.Errorf("%s is shown as %s", s, got)
		}
	}
	for _, n := range []int{0, 1, 398, 399, 400, 401, 5000, 1 << 20} {
		got := bounded(strings.Repeat("é", n))
		if len(got) > maxText {
			t.Errorf("%d runes are shown in %d bytes", n, len(got))
		}
		if cut := 2*n > maxText; cut != strings.Contains(got, fmt.Sprintf("… (%d bytes)", 2*n)) {
			t.Errorf("%d runes: %q", n, got[max(0, len(got)-30):])
		}
	}
	if got := bounded("a\xffb"); got != "a\uFFFDb" {
		t.Errorf("got %q", got)
	}
	if got := oneOf([]string{"1", "2", "1"}); got != "one of 1, 2" {
		t.Errorf("got %q", got)
	}
}

func TestABodyIsReadOneWayOrTheOther(t *testing.T) {
	t.Parallel()
	twice := []byte(`{"callback_event":"TaskStart","task_id":"1","msg":"{\"code\":1,\"code\":2}","callback_event":"TaskExit","source_urls":"[\"a\",3,{}]\n","x":[{"y":[]},null]}`)
	first, ok := readCallback(twice, true)
	if !ok || first.kind != "TaskStart" || first.msg["code"] != jsonNumber("1") {
		t.Errorf("first: %v %+v", ok, first)
	}
	last, ok := readCallback(twice, false)
	if !ok || last.kind != "TaskExit" || last.msg["code"] != jsonNumber("2") || len(last.sources) != 1 {
		t.Errorf("last: %v %+v", ok, last)
	}
	for _, bad := range []string{"", "{", "[]", "3", "{}", `{"callback_event":3}`, `{"callback_event":"TaskStart"} trailing`, `{"callback_event":"TaskStart","x":[}`, `{"callback_event":"TaskStart",3:4}`, `{"a":{"b":`, strings.Repeat(`{"a":`, 20000)} {
		for _, first := range []bool{true, false} {
			if c, ok := readCallback([]byte(bad), first); ok {
				t.Errorf("%.40q is read as %+v", bad, c)
			}
		}
	}
	object := []byte(`{"callback_event":"TaskStart","msg":{"task_start_time":"5"},"source_urls":["a"],"event_time":17}`)
	c, ok := readCallback(object, false)
	if at, timed := c.time("task_start_time"); !ok || at != 5 || !timed || c.eventTime != "17" || c.sources[0] != "a" {
		t.Errorf("members that are JSON themselves: %+v", c)
	}
}

func TestARequirementThatNeedsAnAbility(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		need string
		with func(c *Capabilities)
		want Verdict
	}{
		{scenarios.NeedSigning, func(c *Capabilities) { c.Signing = true }, NotTestable},
		{scenarios.NeedSigned, func(c *Capabilities) { c.Signed, c.Signing = true, true }, NotTestable},
		{scenarios.NeedRestart, func(c *Capabilities) { c.Hooks = []string{"restart"} }, NotObservable},
		{scenarios.NeedKill, func(c *Capabilities) { c.Hooks = []string{"kill"} }, NotObservable},
	} {
		t.Run(c.need, func(t *testing.T) {
			t.Parallel()
			cat := &scenarios.Catalogue{Requirements: []scenarios.Requirement{
				{ID: "X-1", Level: scenarios.Must, Judges: []string{"status"}, NeedsAll: []string{c.need}},
			}}
			b := aPlay("needs", "X-1")
			b.in.Capabilities.Hooks = nil
			b.task("task", 1)
			b.send(b.taskStart("task", ms(0), set("sign", "00"), set("t", 5)))
			if got := Judge(b.in, cat).Rows[0].Verdict; got != c.want {
				t.Errorf("without the ability: %s, want %s", got, c.want)
			}
			c.with(&b.in.Capabilities)
			if got := Judge(b.in, cat).Rows[0].Verdict; got != Held {
				t.Errorf("with the ability: %s", got)
			}
		})
	}
}

func TestWithoutACatalogueEveryCheckSpeaksForEachRequirement(t *testing.T) {
	t.Parallel()
	b := aPlay("free", "X-1", "X-2", "X-1")
	started(b)
	b.look(Final, "task", b.facts("task", Facts{"phase": "ended"}))
	if got := summary(Judge(b.in, nil)); got != "X-1 broken, X-2 broken, ACK-1 held, ACK-2 held" {
		t.Error(got)
	}
}

func TestAnEmptyInputProvesNothing(t *testing.T) {
	t.Parallel()
	if got := summary(Judge(Input{}, nil)); got != " not_observable" {
		t.Errorf("got %q", got)
	}
	var in Input
	in.Plan.Scenario = scenarios.Ref{ID: "x", Requires: []string{"SEQ-1"}}
	in.Plan.Expect.Oracle = true
	in.Transcript.Deliveries = []emitter.Delivery{{ID: "a", Event: "a", Attempts: []emitter.Attempt{{}, {}}}, {ID: "b"}}
	for _, row := range Judge(in, testCatalogue()).Rows {
		if row.Verdict == Held || row.Verdict == Broken {
			t.Errorf("%+v", row)
		}
	}
}
