package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// maxValue is how many bytes of an expected or actual value a finding carries. A receiver may answer with megabytes;
// the run log has them.
const maxValue = 4 << 10

// Findings puts the failed checks of one row of a play into words: one finding for each, in the judge's order. A row
// that broke without a failed check gives one finding with its reason, so that nothing ever breaks without a word. The
// play is redacted on the way.
func Findings(run Run, p Play, row judge.Row) []Finding {
	redact := run.redactor()
	run.Target = clean(run.Target, redact)
	var req scenarios.Requirement
	for _, q := range run.requirements() {
		if q.ID == row.Requirement {
			req = q
		}
	}
	return findings(run, clean(p, redact), clean(row, redact), req)
}

func findings(run Run, p Play, row judge.Row, req scenarios.Requirement) []Finding {
	verdict, reason := run.settled(p.ref().ID, row)
	if verdict != judge.Broken && verdict != judge.Warned {
		return nil
	}
	var out []Finding
	for _, c := range row.Checks {
		if c.Outcome == judge.Fail {
			out = append(out, finding(run, p, row, verdict, c, req))
		}
	}
	if len(out) > 0 {
		return out
	}
	return []Finding{{
		Requirement: row.Requirement, Scenario: p.ref().ID, Round: p.Input.Plan.Round, Level: row.Level, Verdict: verdict, Check: "row " + row.Requirement,
		Message: visible(sentence(reason)), Hint: req.Hint, Position: position(scenarios.Position{}, judge.Check{}, p.Input),
		Reproduce: playCommand(run, p),
	}}
}

func finding(run Run, p Play, row judge.Row, verdict judge.Verdict, c judge.Check, req scenarios.Requirement) Finding {
	level := levelOf(c, row)
	// In a row that broke, a check that asks less than the requirement is still only a warning.
	if c.Severity == scenarios.May || c.Severity == scenarios.Should && !run.Strict {
		verdict = judge.Warned
	}
	sent := sendingsOf(c, p.Input)
	return Finding{
		Requirement: row.Requirement, Scenario: p.ref().ID, Round: p.Input.Plan.Round, Level: level, Verdict: verdict,
		Check:    strings.TrimSpace(c.Kind + " " + c.Subject),
		Message:  said(c, p.Input),
		Expected: cut(c.Expected, maxValue), Actual: cut(c.Actual, maxValue),
		Hint: req.Hint, Position: position(c.Pos, c, p.Input),
		Exchange:  exchangeOf(c, p.Input, sent, run.Target.URL),
		Reproduce: reproduce(run, p, c, sent),
	}
}

// position is where the check stands in the scenario; failing that the event that it is about, and failing that the
// scenario itself.
func position(pos scenarios.Position, c judge.Check, in judge.Input) scenarios.Position {
	if pos.Line > 0 {
		return pos
	}
	for _, d := range in.Transcript.Deliveries {
		if d.ID != c.Subject {
			continue
		}
		for _, e := range in.Plan.Events {
			if e.ID == d.Event && e.Pos.Line > 0 {
				return e.Pos
			}
		}
	}
	ref := in.Plan.Scenario
	return scenarios.Position{File: ref.File, Line: max(ref.Line, 1), Col: 1}
}

// reproduce returns the commands that bring the finding about again: for a wrong answer the one request (after the
// first delivery, where a copy or a later attempt was answered wrongly); for a wrong state every request that told of
// the task, in order, with the pauses that were between them. Requests that overlapped run side by side again.
func reproduce(run Run, p Play, c judge.Check, sent []sending) string {
	if len(sent) == 0 || len(sent) > maxSendings || p.Input.Plan.Round > 0 {
		return playCommand(run, p)
	}
	if aboutAnswer(c) {
		sent = append(before(sent[0], p.Input), sent...)
	}
	var lines []string
	size := 0
	for i := 0; i < len(sent); {
		// All that was under way at the same time.
		end, j := sent[i].attempt.Done, i+1
		for j < len(sent) && sent[j].attempt.Queued < end {
			end = max(end, sent[j].attempt.Done)
			j++
		}
		if i > 0 {
			if pause := time.Duration(sent[i].attempt.Queued - sent[i-1].attempt.Queued); pause >= pauseFrom {
				lines = append(lines, fmt.Sprintf("sleep %d", int(pause.Round(time.Second).Seconds())))
			}
		}
		for _, s := range sent[i:j] {
			line := Curl(s.attempt.Request, run.Target.URL)
			size += len(line)
			if line == "" || size > maxSendings*maxBodyShown {
				return playCommand(run, p)
			}
			if j-i > 1 {
				line += " &"
			}
			lines = append(lines, line)
		}
		if j-i > 1 {
			lines = append(lines, "wait")
		}
		i = j
	}
	return strings.Join(lines, "\n")
}

// before returns the first attempt of the event that s delivers again, if it does.
func before(s sending, in judge.Input) []sending {
	for _, d := range in.Transcript.Deliveries {
		if d.Event != s.delivery.Event || len(d.Attempts) == 0 {
			continue
		}
		if d.ID == s.delivery.ID && s.attempt.Number <= 1 {
			return nil
		}
		return []sending{{d, d.Attempts[0]}}
	}
	return nil
}

// playCommand plays the whole scenario again with the same seed: the way for what curl cannot send.
func playCommand(run Run, p Play) string {
	name := p.ref().File
	if name == "" || strings.HasPrefix(name, "shipped:") {
		name = p.ref().ID
	}
	if !plain(name) || !plain(run.Target.URL) {
		return ""
	}
	if round := p.Input.Plan.Round; round > 0 && plain(run.Target.File) {
		// The receiver is struck in it, so it takes the hooks of the target file.
		return fmt.Sprintf("relaycheck run %s -c %s --seed %d --round %d", quote(name), quote(run.Target.File), run.Seed, round)
	}
	return fmt.Sprintf("relaycheck play %s -u %s --seed %d", quote(name), quote(run.Target.URL), run.Seed)
}

// Key names the finding's check whatever the receiver answered: the same defect has the same key in the next run.
func (f Finding) Key() string { return f.Requirement + "/" + f.Scenario + "/" + f.Check }
