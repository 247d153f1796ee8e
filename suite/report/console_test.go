package report

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

func TestTheConsoleTextOfARunWithEveryVerdict(t *testing.T) {
	t.Parallel()
	golden(t, "console.txt", render(t, func(b *bytes.Buffer) error { return Console(b, Build(fixture()), ConsoleOptions{}) }))
}

func TestColoursChangeNothingButTheColour(t *testing.T) {
	t.Parallel()
	plain := render(t, func(b *bytes.Buffer) error { return Console(b, Build(fixture()), ConsoleOptions{}) })
	coloured := render(t, func(b *bytes.Buffer) error { return Console(b, Build(fixture()), ConsoleOptions{Color: true}) })
	if !bytes.Contains(coloured, []byte("\x1b[31m")) {
		t.Error("there is no red in the coloured text")
	}
	stripped := regexp.MustCompile(`\x1b\[\d+m`).ReplaceAll(coloured, nil)
	if string(stripped) != string(plain) {
		t.Errorf("without its colours the text is another:\n%s", stripped)
	}
}

func TestNothingOfAReceiverReachesTheTerminalRaw(t *testing.T) {
	t.Parallel()
	out := render(t, func(b *bytes.Buffer) error { return Console(b, Build(fixture()), ConsoleOptions{}) })
	for _, c := range out {
		if c < 0x20 && c != '\n' || c == 0x7f {
			t.Fatalf("the text holds the control character %#x", c)
		}
	}
}

func TestTheConsoleKeepsToWhatAPersonReads(t *testing.T) {
	t.Parallel()
	r := Report{Verdict: Fail}
	for i := range 40 {
		r.Requirements = append(r.Requirements, Requirement{ID: fmt.Sprintf("BAD-%d", i+2), Level: scenarios.Must, Verdict: judge.Unproven, Reason: whyUnproven})
	}
	r.Requirements = append(r.Requirements, Requirement{
		ID: "ACK-1", Level: scenarios.Must, Verdict: judge.Broken,
		Findings: []Finding{{Verdict: judge.Broken, Message: "Broken.", Exchange: []string{"--> POST", strings.Repeat("[", 100_000)}}},
	}, Requirement{
		ID: "BAD-1", Level: scenarios.Must, Verdict: judge.Warned, Reason: "status of Body: expected 4xx, got 200",
		Findings: []Finding{{Verdict: judge.Warned, Level: scenarios.Should, Check: "status Body", Message: "Body was answered with status 200."}},
	}, Requirement{
		ID: "ACK-2", Level: scenarios.Must, Verdict: judge.Warned, Reason: "known until 2099-12-31: slow",
		Findings: []Finding{{Verdict: judge.Warned, Level: scenarios.Must, Check: "time Body", Message: "Body was answered late."}},
	})
	out := string(render(t, func(b *bytes.Buffer) error { return Console(b, r, ConsoleOptions{}) }))
	for what, want := range map[string]int{
		"BAD-40":                               0, // forty that nothing exercises are not listed one by one
		"40 requirements: " + whyUnproven:      1,
		strings.Repeat("[", maxExchangeLine):   1,
		strings.Repeat("[", maxExchangeLine+1): 0,
		"of 100000 bytes":                      1,
		"status of Body":                       0, // the finding says it
		"only recommended (SHOULD)":            1, // of BAD-1 and not of ACK-2
		"known until 2099-12-31: slow":         1,
	} {
		if n := strings.Count(out, what); n != want {
			t.Errorf("%.60q is there %d times, want %d, in\n%.6000s", what, n, want, out)
		}
	}
}

func TestTheClosingLineCountsEveryRequirementOnce(t *testing.T) {
	t.Parallel()
	reqs := func(vs ...judge.Verdict) []Requirement {
		var out []Requirement
		for _, v := range vs {
			out = append(out, Requirement{ID: "ACK-1", Level: scenarios.Must, Verdict: v})
		}
		return out
	}
	many := func(v judge.Verdict, n int) []judge.Verdict {
		var out []judge.Verdict
		for range n {
			out = append(out, v)
		}
		return out
	}
	ran := make([]Scenario, 44)
	for _, tc := range []struct {
		name string
		r    Report
		want string
	}{
		{
			"the shape of the documentation",
			Report{
				Suite: Suite{Seed: 42}, DurationMS: 3100, Scenarios: ran,
				Requirements: reqs(append(append(many(judge.Held, 58), judge.Broken, judge.Broken), judge.NotObservable)...),
			},
			"44 scenarios, 61 requirements: 58 held, 2 broken, 1 not observable · seed 42 · 3.1s",
		},
		{
			"every category, in order",
			Report{Suite: Suite{Seed: -7}, DurationMS: 125_000, Requirements: reqs(judge.NotSelected, judge.Unproven, judge.NotTestable, judge.NotObservable, judge.Warned, judge.Broken, judge.Held)},
			"0 scenarios, 7 requirements: 1 held, 1 broken, 1 warned, 1 not observable, 1 not testable, 1 unproven, 1 not selected · seed -7 · 2m05s",
		},
		{
			"held is said even of none",
			Report{DurationMS: 42, Scenarios: []Scenario{{Verdict: judge.NotSelected}, {Verdict: judge.Broken}}, Requirements: reqs(judge.Broken)},
			"1 scenarios, 1 requirements: 0 held, 1 broken · seed 0 · 0.0s",
		},
		{"just under a minute", Report{DurationMS: 59_970}, "0 scenarios, 0 requirements: 0 held · seed 0 · 1m00s"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := Closing(tc.r); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
			out := strings.Split(strings.TrimSuffix(string(render(t, func(b *bytes.Buffer) error { return Console(b, tc.r, ConsoleOptions{}) })), "\n"), "\n")
			if last := out[len(out)-1]; last != tc.want {
				t.Errorf("the last line of the console is %q", last)
			}
		})
	}
}

func TestAMatrixStaysWithinItsWidthAndAligned(t *testing.T) {
	t.Parallel()
	r := Report{Verdict: Pass}
	for i := range 40 {
		r.Requirements = append(r.Requirements, Requirement{ID: "BAD-" + string(rune('1'+i%9)), Verdict: judge.Held})
	}
	for i, v := range verdictOrder {
		r.Requirements = append(r.Requirements, Requirement{ID: "ACK-" + string(rune('1'+i)), Verdict: v, Reason: strings.Repeat("the target shows no such fact ", 5)})
	}
	r.Requirements = append(r.Requirements, Requirement{ID: "直播转推-检查", Verdict: judge.Broken, Level: scenarios.Must, Sentence: strings.Repeat("直播转推回调", 20), Hint: strings.Repeat("先写入再应答。", 20)})
	for _, w := range []int{0, 60, 80, 120} {
		out := render(t, func(b *bytes.Buffer) error { return Console(b, r, ConsoleOptions{Width: w}) })
		for line := range strings.Lines(string(out)) {
			if strings.Contains(line, " · seed ") {
				continue // its shape is fixed, whatever the width
			}
			if got, most := width(strings.TrimSuffix(line, "\n")), (ConsoleOptions{Width: w}).width(); got > most {
				t.Errorf("width %d: a line has %d columns: %q", most, got, line)
			}
		}
	}
}

func TestWrapNeverLosesACharacterAndNeverHangs(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "a", "直播", strings.Repeat("直", 50), "one two three", strings.Repeat("x", 99) + " y"} {
		for _, n := range []int{1, 2, 7, 80} {
			if got := strings.Join(strings.Fields(strings.Join(wrap(s, n), "")), ""); got != strings.Join(strings.Fields(s), "") {
				t.Errorf("wrap(%q, %d) lost something: %q", s, n, got)
			}
		}
	}
}

func TestLiveLines(t *testing.T) {
	t.Parallel()
	run := fixture()
	var b bytes.Buffer
	l := NewLive(&b, run, ConsoleOptions{})
	for _, p := range run.Plays {
		if err := l.Play(p); err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range run.Plays[0].Input.Transcript.Deliveries {
		for _, a := range d.Attempts {
			if err := l.Exchange(d, a); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := l.Transcript(run.Plays[1].Input); err != nil {
		t.Fatal(err)
	}
	golden(t, "live.txt", b.Bytes())
}
