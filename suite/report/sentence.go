package report

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// This file is the only place where sentences are made. Everything before it is data, everything after it layout.

// maxInSentence is how many bytes of a value a sentence quotes. A finding carries the whole value beside it, in
// Expected and Actual; a sentence must fit on a line or two.
const maxInSentence = 120

// sentence gives s a capital letter and a full stop.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return ""
	}
	r, n := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(r)) + s[n:]
	if !strings.ContainsAny(s[len(s)-1:], ".!?") {
		s += "."
	}
	return s
}

// said is one failed check in one sentence.
func said(c judge.Check, in judge.Input) string {
	s := core(c, in)
	if c.Reason != "" {
		s += ": " + strings.TrimSuffix(cut(c.Reason, 2*maxInSentence), ".")
	}
	return visible(sentence(s))
}

func core(c judge.Check, in judge.Input) string {
	expected, actual := brief(c.Expected), inWords(brief(c.Actual))
	if expected == "" {
		expected = "something else"
	}
	if actual == "" {
		actual = "nothing"
	}
	when := whenSeen(c, in)
	switch c.Kind {
	case "status", "refusal":
		if startsWithDigit(actual) {
			return fmt.Sprintf("%s was answered with status %s where %s is expected", which(c), actual, expected)
		}
		return fmt.Sprintf("%s got %s where %s is expected", which(c), actual, expected)
	case "time":
		if startsWithDigit(actual) {
			return fmt.Sprintf("%s was answered after %s where an answer %s is expected", which(c), actual, expected)
		}
		return fmt.Sprintf("%s got %s where an answer %s is expected", which(c), actual, expected)
	case "body":
		return fmt.Sprintf("the answer to %s has the body %s where %s is expected", which(c), actual, expected)
	case "header":
		delivery, name := splitHeader(c.Subject)
		c.Subject = delivery
		return fmt.Sprintf("the answer to %s has in the header %s %s where %s is expected", which(c), name, actual, expected)
	case "alive":
		return fmt.Sprintf("the receiver did not survive: %s got %s where %s is expected", which(c), actual, expected)
	case "fact":
		task, fact := splitFact(c.Subject, in.Plan)
		return fmt.Sprintf("%s%s shows %s %s where %s is expected", when, taskName(task, in.Plan), fact, actual, expected)
	case "effect":
		task, effect := splitFact(c.Subject, in.Plan)
		of := ""
		if task != "" {
			of = " of " + taskName(task, in.Plan)
		}
		return fmt.Sprintf("%sthe effect %s%s stands at %s where %s is expected", when, effect, of, actual, expected)
	case "throughout":
		task, fact := splitFact(c.Subject, in.Plan)
		return fmt.Sprintf("%s did not keep %s at %s, it was %s", taskName(task, in.Plan), fact, expected, actual)
	case "expr":
		return fmt.Sprintf("%sthe check %s is not true, it gives %s", when, brief(c.Subject), actual)
	case "fetch":
		return fmt.Sprintf("the receiver fetched %s, which it was only told about (%s)", brief(c.Subject), actual)
	case "play":
		return fmt.Sprintf("the play did not come to its end, %s", actual)
	default:
		return fmt.Sprintf("%s%s %s is %s where %s is expected", when, c.Kind, brief(c.Subject), actual, expected)
	}
}

// failures say in words why there is no answer.
var failures = map[string]string{
	emitter.FailRefused:  "the connection was refused",
	emitter.FailTimeout:  "it did not come in time",
	emitter.FailReset:    "the receiver reset the connection",
	emitter.FailClosed:   "the receiver closed the connection",
	emitter.FailTLS:      "the TLS handshake failed",
	emitter.FailProtocol: "what came is not HTTP",
}

// inWords puts the judge's "no answer: closed" into words; all else stays as it is.
func inWords(actual string) string {
	kind, ok := strings.CutPrefix(actual, "no answer: ")
	if words, known := failures[kind]; ok && known {
		return "no answer (" + words + ")"
	}
	return actual
}

// which names a delivery and, where it was not the only one, the attempt.
func which(c judge.Check) string {
	if c.Attempt > 1 {
		return fmt.Sprintf("%s (attempt %d)", c.Subject, c.Attempt)
	}
	return c.Subject
}

// whenSeen says when the look was taken that a check rests on: at which step, for one in the middle of the timeline, and
// how long what was acknowledged was given to become visible.
func whenSeen(c judge.Check, in judge.Input) string {
	when := ""
	if c.Step != "" && c.Step != judge.Final {
		when = "at the observe step " + c.Step + ", "
		if n := lineOfStep(c.Step, in.Plan); n > 0 {
			when = fmt.Sprintf("at the observe step of line %d, ", n)
		}
	}
	if d := within(c.Step, in); d > 0 {
		when += "after " + exact(d) + " of grace, "
	}
	return when
}

func lineOfStep(id string, p scenarios.Plan) int {
	for _, s := range p.Steps {
		if s.ID == id {
			return s.Pos.Line
		}
	}
	return 0
}

// within is how long the looks of a step went on; 0 for a check that rests on no look.
func within(step string, in judge.Input) time.Duration {
	if step == "" {
		return 0
	}
	e := in.Plan.Expect
	if step != judge.Final {
		i := slices.IndexFunc(in.Plan.Steps, func(s scenarios.Step) bool { return s.ID == step && s.Observe != nil })
		if i < 0 {
			return 0
		}
		e = *in.Plan.Steps[i].Observe
	}
	if e.Within > 0 {
		return time.Duration(e.Within)
	}
	return time.Duration(in.Capabilities.Within)
}

// taskName names a task by what a person can look for in a log: its id.
func taskName(key string, p scenarios.Plan) string {
	for _, t := range p.Tasks {
		if t.Key != key {
			continue
		}
		if len(p.Tasks) == 1 {
			return "task " + t.TaskID
		}
		return fmt.Sprintf("task %s (%s)", t.Key, t.TaskID)
	}
	if key == "" {
		return "the receiver"
	}
	return "task " + key
}

// splitFact splits "task.phase" into the key of a task of the plan and the rest; "" is no task.
func splitFact(subject string, p scenarios.Plan) (task, fact string) {
	for _, t := range p.Tasks {
		if rest, ok := strings.CutPrefix(subject, t.Key+"."); ok && len(t.Key) > len(task) {
			task, fact = t.Key, rest
		}
	}
	if task == "" {
		return "", subject
	}
	return task, fact
}

// splitHeader splits the subject of a check of a header line: the delivery, and after the last space the name.
func splitHeader(subject string) (delivery, name string) {
	if i := strings.LastIndexByte(subject, ' '); i > 0 {
		return subject[:i], subject[i+1:]
	}
	return subject, ""
}

func brief(s string) string { return cut(s, maxInSentence) }

func startsWithDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// The sentences about a run as a whole.

func saidMissing(missing []string) string {
	return fmt.Sprintf("%d selected scenarios were not played: %s.", len(missing), list(missing, 5))
}

func saidAborted(scenario, why string) string {
	return sentence("the play of " + scenario + " ended before its time: " + why)
}

func saidScale(scale float64) string {
	return fmt.Sprintf("Waits were divided by %g (--time-scale); scenarios that declare real_time were not scaled.", scale)
}

const (
	saidInterrupted = "The run was interrupted before every selected scenario had its verdict."
	saidNoPlay      = "No scenario was played, so nothing was checked."
	saidNoCheck     = "No check could be made: nothing that the scenarios ask for could be observed or tested."
	saidNoObserver  = "There is no observer: only the answers were judged, so it is unproven that any callback was stored, " +
		"understood, applied once or applied in the right order."
	saidStrictPartial = "Not everything that is required could be judged, and --strict asks for that."

	whyUnproven    = "no scenario of this run exercises it"
	whyNotSelected = "it has scenarios, but none of them ran"
	whyDidNotRun   = "did not run"
	whyNoVerdict   = "the judge said nothing about it"
	whyNoCheck     = "no check was made"
)

func whyImpossible(v judge.Verdict) string {
	return fmt.Sprintf("the judge gave a verdict that no row can have: %q", string(v))
}

// outcome says in a few words what came of an attempt, for the line that closes an exchange.
func outcome(a emitter.Attempt) string {
	switch {
	case a.Answer != nil && a.Failure != nil:
		return fmt.Sprintf("the answer broke off: %s", a.Failure.Message)
	case a.Failure != nil:
		return a.Failure.Message
	case a.Answer != nil && a.Answer.Truncated:
		return "the answer goes on beyond what was kept"
	default:
		return ""
	}
}

// verdictWord is a verdict in words.
func verdictWord(v judge.Verdict) string {
	switch v {
	case judge.NotObservable:
		return "not observable"
	case judge.NotTestable:
		return "not testable"
	case judge.NotSelected:
		return "not selected"
	case judge.Held, judge.Broken, judge.Warned, judge.Unproven:
		return string(v)
	default:
		return string(v)
	}
}

// closing is the last line of a run, in its fixed shape: the scenarios that were played, every requirement of the
// catalogue, and what became of them. "held" is always there, the others only where they are not zero; the numbers
// add up to the number of requirements.
func closing(r Report) string {
	played := 0
	for _, s := range r.Scenarios {
		if s.Verdict != judge.NotSelected {
			played++
		}
	}
	n := count(r.Requirements)
	parts := []string{fmt.Sprintf("%d held", n[judge.Held])}
	for _, v := range []judge.Verdict{judge.Broken, judge.Warned, judge.NotObservable, judge.NotTestable, judge.Unproven, judge.NotSelected} {
		if n[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[v], verdictWord(v)))
		}
	}
	return fmt.Sprintf("%d scenarios, %d requirements: %s · seed %d · %s", played, len(r.Requirements),
		strings.Join(parts, ", "), r.Suite.Seed, seconds(r.DurationMS))
}

// seconds writes the length of a run: 3.1s, and from a minute on 2m05s.
func seconds(ms int64) string {
	d := time.Duration(ms) * time.Millisecond
	if d < time.Minute-50*time.Millisecond {
		return fmt.Sprintf("%.1fs", d.Seconds())
	}
	return short(d)
}

// headline is the verdict of the run in one sentence.
func headline(r Report) string {
	n := count(r.Requirements)
	switch r.Verdict {
	case Pass:
		return "PASS: everything that was judged held" + tail(n[judge.Warned], "warned") + "."
	case Partial:
		unjudged := fmt.Sprintf("%d requirements", n[judge.NotObservable]+n[judge.NotTestable])
		if unjudged == "1 requirements" {
			unjudged = "one requirement"
		}
		return fmt.Sprintf("PARTIAL: nothing broke, but %s could not be judged%s.", unjudged, tail(n[judge.Warned], "warned"))
	case Fail:
		if n[judge.Broken] == 0 {
			return "FAIL: the baseline does not fit: " + saidMisfits(len(r.Baseline.Problems())) + "."
		}
		if n[judge.Broken] == 1 {
			return "FAIL: the receiver breaks one requirement."
		}
		return fmt.Sprintf("FAIL: the receiver breaks %d requirements.", n[judge.Broken])
	case Environment:
		return "ENVIRONMENT: " + r.Reason
	default:
		return "INCONCLUSIVE: " + r.Reason
	}
}

func tail(n int, what string) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %d %s", n, what)
}
