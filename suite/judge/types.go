package judge

import (
	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
)

// Facts are what a target shows about one task, by name: exists, phase, stream_id, to_url, source_urls, started_at,
// exited_at (ms), exit_code, exit_message, files, files_finished, alarms, events. Values are JSON values with
// numbers as json.Number. Absent and null both mean "no such fact".
type Facts map[string]any

// FactNames lists the facts that the judge knows.
func FactNames() []string {
	return []string{
		"exists", "phase", "stream_id", "to_url", "source_urls", "started_at", "exited_at",
		"exit_code", "exit_message", "files", "files_finished", "alarms", "events",
	}
}

// A Sample is one look at the receiver's side effects.
type Sample struct {
	Step    string         `json:"step"`           // id of the observe step; Final at the end
	Task    string         `json:"task,omitempty"` // key of the task looked at; "" for effects that belong to no task
	At      emitter.Offset `json:"at_us"`          // when the look began
	Took    emitter.Offset `json:"took_us"`
	Facts   Facts          `json:"facts,omitempty"`   // nil if the look failed
	Effects map[string]int `json:"effects,omitempty"` // name -> count, for this task
	Error   string         `json:"error,omitempty"`   // why the observer could not look: never the receiver's fault
}

// Final is the Step of the samples taken once every step of a plan is over.
const Final = "final"

// Capabilities are what the target file, and the observer controls, say can be seen of a target.
type Capabilities struct {
	Facts   []string       `json:"facts,omitempty"`   // names of the facts that it shows
	Effects []string       `json:"effects,omitempty"` // names of the effects that it counts
	Signing bool           `json:"signing,omitempty"` // has a callback key
	Signed  bool           `json:"signed,omitempty"`  // requires every callback to be signed
	Hooks   []string       `json:"hooks,omitempty"`
	Within  emitter.Offset `json:"within_us"` // observe.within: how long acknowledged work may take to become visible
}

// Input is all that a verdict rests on.
type Input struct {
	Plan         scenarios.Plan     `json:"plan"`
	Transcript   emitter.Transcript `json:"transcript"`
	Samples      []Sample           `json:"samples,omitempty"`
	Fetches      []Fetch            `json:"fetches,omitempty"` // requests that reached the canary listener
	Capabilities Capabilities       `json:"capabilities"`
}

// A Fetch is a request that reached the canary listener: the receiver fetched a URL that it was only told about.
type Fetch struct {
	At     emitter.Offset `json:"at_us"`
	Method string         `json:"method"`
	Path   string         `json:"path"`
	Task   string         `json:"task,omitempty"`
	Which  string         `json:"which"` // "source_urls", "callback_url", "msg.url", "to_url"
}

// Verdict is what was found about one requirement.
type Verdict string

// The verdicts. The last two are never given by Judge: they are a run's.
const (
	Held          Verdict = "held"
	Broken        Verdict = "broken"         // a MUST (or, when strict, a SHOULD) failed
	Warned        Verdict = "warned"         // a SHOULD or MAY failed
	NotObservable Verdict = "not_observable" // the target does not show what it asks for, or lacks the hook that would make it show
	NotTestable   Verdict = "not_testable"   // the harness was too late, the play ended early, the target has no key, or nothing was acknowledged
	Unproven      Verdict = "unproven"       // no scenario exercises it
	NotSelected   Verdict = "not_selected"   // it has scenarios, but none ran
)

// Outcome is what became of one check.
type Outcome string

// The outcomes.
const (
	Pass          Outcome = "pass"
	Fail          Outcome = "fail"
	CannotObserve Outcome = "not_observable"
	CannotTest    Outcome = "not_testable"
)

// A Check is one comparison that was made, or could not be made.
type Check struct {
	Kind        string             `json:"kind"`              // "status", "time", "body", "header", "refusal", "alive", "fact", "effect", "expr", "fetch", "throughout", "play"
	Subject     string             `json:"subject"`           // delivery id, or task key + "." + fact, or effect name, or expression
	Step        string             `json:"step,omitempty"`    // observe step, or Final
	Attempt     int                `json:"attempt,omitempty"` // 1-based
	Outcome     Outcome            `json:"outcome"`
	Expected    string             `json:"expected,omitempty"` // compact, readable: `200`, `"ended"`, `one of …`
	Actual      string             `json:"actual,omitempty"`
	Reason      string             `json:"reason,omitempty"`   // why that is expected, or why it could not be checked
	Requirement []string           `json:"requirements"`       // whom it speaks for
	Severity    scenarios.Level    `json:"severity,omitempty"` // SHOULD where the check asks less than its requirement; "" is the requirement's level
	Pos         scenarios.Position `json:"position"`
}

// A Row is the verdict about one requirement in one scenario.
type Row struct {
	Requirement string          `json:"requirement"`
	Scenario    string          `json:"scenario"`
	Level       scenarios.Level `json:"level"`
	Verdict     Verdict         `json:"verdict"`
	Reason      string          `json:"reason,omitempty"` // for the verdicts that are neither held nor broken
	// JudgedBy says what the verdict rests on, in the order of Witnesses: the kinds of what was compared, and proved something.
	JudgedBy []string `json:"judged_by,omitempty"`
	Checks   []Check  `json:"checks,omitempty"`
}

// A Result is what Judge says about one play. Rows come in the order of the scenario's requires, implied ones after.
type Result struct {
	Scenario string `json:"scenario"`
	Rows     []Row  `json:"rows"`
}
