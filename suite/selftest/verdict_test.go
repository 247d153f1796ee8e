package selftest

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/internal/receiver"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/report"
)

// A row is one requirement's verdict in one scenario of a made-up report.
type row struct {
	scenario, requirement string
	verdict               judge.Verdict
	aborted               string
}

// reportOf makes a report of rows. ORD-1 and ORD-3 are MUST, ACK-3 is SHOULD.
func reportOf(verdict string, rows ...row) suite.Report {
	levels := map[string]scenarios.Level{"ORD-1": scenarios.Must, "ORD-3": scenarios.Must, "ACK-3": scenarios.Should}
	rep := suite.Report{Verdict: verdict, Reason: "why it ended"}
	for _, id := range []string{"ORD-1", "ORD-3", "ACK-3"} {
		rep.Requirements = append(rep.Requirements, report.Requirement{
			ID: id, Level: levels[id], Verdict: judge.Held, Hint: "Compare the event's own times.",
		})
	}
	for _, r := range rows {
		rep.Scenarios = append(rep.Scenarios, report.Scenario{
			ID: r.scenario, Aborted: r.aborted, Requirements: []report.Row{{ID: r.requirement, Verdict: r.verdict}},
		})
		i := slices.IndexFunc(rep.Requirements, func(q report.Requirement) bool { return q.ID == r.requirement })
		rep.Requirements[i].Verdict = r.verdict
	}
	return rep
}

// loaded is a report of a load about ORD-3, which held.
func loaded(l report.Load) suite.Report {
	rep := reportOf(report.Pass, row{"one", "ORD-3", judge.Held, ""})
	rep.Scenarios[0].Load = &l
	return rep
}

func TestVerdictOnABug(t *testing.T) {
	t.Parallel()
	lateStart := receiver.Bug{
		ID: "late", Requirement: "ORD-3", HintWords: []string{"own times"},
		SideEffects: []receiver.SideEffect{{Requirement: "ACK-3", Reason: "for the test"}},
	}
	soft := receiver.Bug{ID: "body", Requirement: "ACK-3", HintWords: []string{"own times"}}
	mute := receiver.Bug{ID: "late", Requirement: "ORD-3", HintWords: []string{"own times", "arrival"}}
	for name, c := range map[string]struct {
		bug      receiver.Bug
		report   suite.Report
		want     Verdict
		killedBy []string
		reason   string
		missing  []string
		late     time.Duration
	}{
		"its requirement is red": {
			bug: lateStart, report: reportOf(report.Fail, row{"one", "ORD-3", judge.Broken, ""}, row{"two", "ORD-3", judge.Broken, ""}),
			want: Killed, killedBy: []string{"one", "two"},
		},
		"a declared side effect is red as well": {
			bug: lateStart, report: reportOf(report.Fail, row{"one", "ORD-3", judge.Broken, ""}, row{"two", "ACK-3", judge.Warned, ""}),
			want: Killed, killedBy: []string{"one"},
		},
		"nothing is red": {
			bug: lateStart, report: reportOf(report.Pass), want: Survived, reason: "ORD-3 held",
		},
		"it could not be tested": {
			bug: lateStart, report: reportOf(report.Partial, row{"one", "ORD-3", judge.NotTestable, ""}), want: Survived, reason: "not_testable",
		},
		"it could not be tested on a machine that was late": {
			bug: lateStart, report: reportOf(report.Partial, row{"one", "ORD-3", judge.NotTestable, ""}), late: 266 * time.Millisecond,
			want: NotTestable, reason: "this machine was late by up to 266ms",
		},
		"it held on a machine that was late": {
			bug: lateStart, report: reportOf(report.Pass), late: time.Second, want: Survived, reason: "ORD-3 held; this machine was late by up to 1s",
		},
		"its requirement is red on a machine that was late": {
			bug: lateStart, report: reportOf(report.Fail, row{"one", "ORD-3", judge.Broken, ""}), late: time.Second, want: Killed, killedBy: []string{"one"},
		},
		"nothing could be tested on a machine that was late": {
			bug: lateStart, report: reportOf(report.Inconclusive, row{"one", "ORD-3", judge.NotTestable, ""}), late: time.Second,
			want: NotTestable, reason: "why it ended; this machine was late",
		},
		"a play broke off on a machine that was late": {
			bug: lateStart, report: reportOf(report.Inconclusive, row{"one", "ORD-3", judge.NotTestable, "panic"}), late: time.Second,
			want: Crashed, reason: "why it ended; this machine was late",
		},
		"the run could not begin on a machine that was late": {
			bug: lateStart, report: reportOf(report.Environment, row{"one", "ORD-3", judge.NotTestable, ""}), late: time.Second,
			want: Crashed, reason: "this machine was late",
		},
		"an undeclared one is red, and it could not be tested on a machine that was late": {
			bug: lateStart, report: reportOf(report.Fail, row{"one", "ORD-3", judge.NotTestable, ""}, row{"two", "ORD-1", judge.Broken, ""}),
			late: time.Second, want: WrongCheck, reason: "ORD-1 turned red and has no reason to",
		},
		"a burst was not sent at once": {bug: lateStart, report: loaded(report.Load{Burst: 200, BehindMS: 266}), late: time.Second, want: NotTestable, reason: "ORD-3 held; this"},
		"a burst was sent at once on a machine that was late otherwise": {
			bug: lateStart, report: loaded(report.Load{Burst: 200, BehindMS: 60}), late: time.Second, want: Survived, reason: "ORD-3 held",
		},
		"a rate was sent late, but sent": {
			bug: lateStart, report: loaded(report.Load{Rate: 100, BehindMS: 266}), late: time.Second, want: Survived, reason: "ORD-3 held",
		},
		"only a declared side effect is red": {
			bug: lateStart, report: reportOf(report.Pass, row{"two", "ACK-3", judge.Warned, ""}), want: WrongCheck, reason: "ORD-3 did not turn red",
		},
		"only a declared side effect is red, for it could not be tested": {
			bug: lateStart, report: reportOf(report.Partial, row{"one", "ORD-3", judge.NotTestable, ""}, row{"two", "ACK-3", judge.Warned, ""}),
			want: WrongCheck, reason: "but ACK-3; ORD-3 is not_testable",
		},
		"only a declared side effect is red, for it could not be tested on a machine that was late": {
			bug: lateStart, report: reportOf(report.Partial, row{"one", "ORD-3", judge.NotTestable, ""}, row{"two", "ACK-3", judge.Warned, ""}),
			late: time.Second, want: NotTestable, reason: "but ACK-3; ORD-3 is not_testable",
		},
		"an undeclared one is red as well": {
			bug: lateStart, report: reportOf(report.Fail, row{"one", "ORD-3", judge.Broken, ""}, row{"two", "ORD-1", judge.Broken, ""}),
			want: WrongCheck, killedBy: []string{"one"}, reason: "ORD-1 turned red and has no reason to",
		},
		"an undeclared one only warns": {
			bug: soft, report: reportOf(report.Fail, row{"one", "ACK-3", judge.Warned, ""}, row{"two", "ORD-1", judge.Warned, ""}),
			want: WrongCheck, killedBy: []string{"one"}, reason: "ORD-1 turned red",
		},
		"a MUST only warns": {
			bug: lateStart, report: reportOf(report.Pass, row{"one", "ORD-3", judge.Warned, ""}), want: WrongCheck, reason: "ORD-3 did not turn red",
		},
		"a SHOULD warns": {
			bug: soft, report: reportOf(report.Pass, row{"one", "ACK-3", judge.Warned, ""}), want: Killed, killedBy: []string{"one"},
		},
		"only a play that broke off is red": {
			bug: lateStart, report: reportOf(report.Fail, row{"one", "ORD-3", judge.Broken, "panic"}), want: Crashed, reason: "broke off",
		},
		"the run could not begin": {
			bug: lateStart, report: reportOf(report.Environment), want: Crashed, reason: "why it ended",
		},
		"the run was cut short": {
			bug: lateStart, report: reportOf(report.Inconclusive, row{"one", "ORD-3", judge.Broken, ""}), want: Crashed,
			killedBy: []string{"one"}, reason: "why it ended",
		},
		"the hint lacks a word": {
			bug: mute, report: reportOf(report.Fail, row{"one", "ORD-3", judge.Broken, ""}), want: Killed, killedBy: []string{"one"},
			missing: []string{"arrival"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := judgeBug(c.bug, c.report, c.late)
			if got.Verdict != c.want || !strings.Contains(got.Reason, c.reason) || (c.reason == "") != (got.Reason == "") {
				t.Errorf("%s (%s), want %s (%s)", got.Verdict, got.Reason, c.want, c.reason)
			}
			if d := cmp.Diff(append([]string{}, c.killedBy...), got.KilledBy); d != "" {
				t.Errorf("killed by: %s", d)
			}
			if d := cmp.Diff(append([]string{}, c.missing...), got.MissingWords); d != "" {
				t.Errorf("missing words: %s", d)
			}
		})
	}
}

// What a bug has to bear at once may have come one after the other though the pulse felt nothing.
func TestABurstThatWasNotSentAtOnceIsPlayedAgain(t *testing.T) {
	t.Parallel()
	for behind, want := range map[float64]bool{60: false, 266: true} {
		tr := &trial{bug: receiver.Bug{ID: "x", Requirement: "ORD-3"}, report: loaded(report.Load{Burst: 200, BehindMS: behind})}
		if got := tr.spoilt(); got != want {
			t.Errorf("%g ms behind: played again %v, want %v", behind, got, want)
		}
	}
}

func TestReferenceMustHoldEverything(t *testing.T) {
	t.Parallel()
	load := reportOf(report.Pass)
	load.Requirements[0].Verdict, load.Requirements[0].Profile = judge.NotSelected, scenarios.ProfileLoad
	for name, c := range map[string]struct {
		report        suite.Report
		late          time.Duration
		wrong, untold int
	}{
		"all held":                   {report: reportOf(report.Pass)},
		"one broken":                 {report: reportOf(report.Fail, row{"one", "ORD-1", judge.Broken, ""}), wrong: 1},
		"one warned":                 {report: reportOf(report.Pass, row{"one", "ACK-3", judge.Warned, ""}), wrong: 1},
		"one not testable":           {report: reportOf(report.Partial, row{"one", "ORD-1", judge.NotTestable, ""}), wrong: 1},
		"one not observable":         {report: reportOf(report.Partial, row{"one", "ORD-1", judge.NotObservable, ""}), wrong: 1},
		"one not played":             {report: reportOf(report.Partial, row{"one", "ORD-1", judge.NotSelected, ""}), wrong: 1},
		"the load was not played":    {report: load, wrong: 1},
		"no run at all":              {report: reportOf(report.Environment), wrong: 1},
		"two requirements of a kind": {report: reportOf(report.Fail, row{"one", "ORD-1", judge.Broken, ""}, row{"one", "ORD-3", judge.Broken, ""}), wrong: 2},
		"one not testable on a machine that was late": {
			report: reportOf(report.Partial, row{"one", "ORD-1", judge.NotTestable, ""}), late: time.Second, untold: 1,
		},
		"one broken on a machine that was late":         {report: reportOf(report.Fail, row{"one", "ORD-1", judge.Broken, ""}), late: time.Second, wrong: 1},
		"one not observable on a machine that was late": {report: reportOf(report.Partial, row{"one", "ORD-1", judge.NotObservable, ""}), late: time.Second, wrong: 1},
	} {
		if wrong, untold := judgeReference(c.report, c.late); len(wrong) != c.wrong || len(untold) != c.untold {
			t.Errorf("%s: wrong %q, untold %q", name, wrong, untold)
		}
	}
}

// made makes a court of two MUST and one SHOULD without playing anything.
func made(asked []string, trials ...*trial) *court {
	return &court{
		cfg: Config{Seed: 7, TimeScale: 1, Bugs: asked},
		catalogue: &scenarios.Catalogue{Requirements: []scenarios.Requirement{
			{ID: "ORD-1", Level: scenarios.Must},
			{ID: "ORD-3", Level: scenarios.Must},
			{ID: "ACK-3", Level: scenarios.Should},
			{ID: "LOAD-1", Level: scenarios.Must},
		}},
		exercised: map[string][]string{"ORD-1": {"one"}, "ORD-3": {"two"}, "ACK-3": {"three"}},
		cases:     trials,
	}
}

func TestCertificateHoldsOnlyIfEverythingIsProven(t *testing.T) {
	t.Parallel()
	bug := func(id string) receiver.Bug {
		return receiver.Bug{ID: "breaks-" + id, Requirement: id, HintWords: []string{"own times"}}
	}
	tried := func(b receiver.Bug, rep suite.Report) *trial { return &trial{bug: b, report: rep, over: true} }
	reference := tried(receiver.Bug{}, reportOf(report.Pass))
	one := tried(bug("ORD-1"), reportOf(report.Fail, row{"one", "ORD-1", judge.Broken, ""}))
	three := tried(bug("ORD-3"), reportOf(report.Fail, row{"two", "ORD-3", judge.Broken, ""}))
	survivor := tried(bug("ORD-3"), reportOf(report.Pass))
	wordless := tried(receiver.Bug{ID: "x", Requirement: "ORD-3", HintWords: []string{"nowhere"}}, three.report)
	slow := tried(bug("ORD-3"), reportOf(report.Partial, row{"two", "ORD-3", judge.NotTestable, ""}))
	slow.lag = time.Second
	halted := tried(receiver.Bug{}, reportOf(report.Partial, row{"two", "ORD-3", judge.NotTestable, ""}))
	halted.lag = time.Second
	for name, c := range map[string]struct {
		court    *court
		problems []string
		untold   []string
		closing  string
	}{
		"everything is proven; a SHOULD without a bug and a MUST without a scenario are no failure": {
			court: made(nil, reference, one, three), closing: "2 bugs: 2 killed, 0 survived · reference green · every MUST seen red but LOAD-1 · seed 7 · 0s",
		},
		"a bug survived, and so its requirement is unproven": {
			court: made(nil, reference, one, survivor), problems: []string{"breaks-ORD-3 (ORD-3) survived: ORD-3 held", "ORD-3 is unproven"},
			closing: "2 bugs: 1 killed, 1 survived · reference green · every MUST seen red but ORD-3, LOAD-1",
		},
		"no bug breaks a MUST": {court: made(nil, reference, one), problems: []string{"ORD-3 is unproven: no seeded bug turned it red"}},
		"only what was asked for counts": {
			court: made([]string{"breaks-ORD-1"}, reference, one), closing: "1 bugs: 1 killed, 0 survived · reference green · every requirement seen red",
		},
		"the reference is red": {
			court:    made([]string{"breaks-ORD-1"}, tried(receiver.Bug{}, reportOf(report.Fail, row{"one", "ORD-1", judge.Broken, ""})), one),
			problems: []string{"the reference is not green: ORD-1 is broken"}, closing: "reference red",
		},
		"the machine was too slow to tell of a bug": {
			court: made(nil, reference, one, slow), untold: []string{"breaks-ORD-3 (ORD-3): ORD-3 is not_testable: "},
			closing: "2 bugs: 1 killed, 0 survived, 1 not testable · reference green · every MUST seen red but ORD-3, LOAD-1",
		},
		"the machine was too slow to tell of one bug, and another survived": {
			court:    made(nil, reference, one, slow, survivor),
			problems: []string{"breaks-ORD-3 (ORD-3) survived: ORD-3 held"}, untold: []string{"breaks-ORD-3 (ORD-3): ORD-3 is not_testable: "},
		},
		"the machine was too slow to tell of the reference": {
			court: made([]string{"breaks-ORD-1"}, halted, one), untold: []string{"the reference: ORD-3 is not_testable: "}, closing: "reference not testable",
		},
		"the hint does not help": {court: made([]string{"x"}, reference, wordless), problems: []string{"the hint of ORD-3 does not help with x: it says nothing of nowhere"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cert := c.court.certificate(false)
			for _, list := range []struct{ got, want []string }{{cert.Problems, c.problems}, {cert.Untold, c.untold}} {
				if !slices.EqualFunc(list.got, list.want, strings.HasPrefix) {
					t.Errorf("it says %q, want %q", list.got, list.want)
				}
			}
			validates(t, cert)
			if !strings.Contains(cert.Closing(), c.closing) {
				t.Errorf("closing line: %q, want %q", cert.Closing(), c.closing)
			}
			var text bytes.Buffer
			if err := Text(&text, cert); err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(text.String(), "\n"+cert.Closing()+"\n") {
				t.Errorf("the text does not end in the closing line:\n%s", text.String())
			}
			if strings.Contains(text.String(), "does not hold") != (len(c.problems) > 0) {
				t.Errorf("the text does not say whether it holds:\n%s", text.String())
			}
			if strings.Contains(text.String(), "\nthis machine was too slow to tell; try again") != (len(c.untold) > 0) {
				t.Errorf("the text does not say whether the machine was too slow:\n%s", text.String())
			}
		})
	}
}
