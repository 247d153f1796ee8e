package report

import (
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
)

// A Report is a whole run, as report.json has it. Its shape is a contract: report.schema.json describes it.
type Report struct {
	Suite        Suite         `json:"suite"`
	Target       Target        `json:"target"`
	Verdict      string        `json:"verdict"` // pass, partial, fail, inconclusive, environment
	ExitCode     int           `json:"exit_code"`
	Reason       string        `json:"reason,omitempty"` // one sentence, for environment and inconclusive
	Notes        []string      `json:"notes,omitempty"`  // what the reader should know: no observer, scaled time, interrupted
	Started      string        `json:"started"`          // RFC 3339; volatile
	DurationMS   int64         `json:"duration_ms"`      // volatile
	Interrupted  bool          `json:"interrupted,omitempty"`
	Baseline     *Baseline     `json:"baseline,omitempty"` // what became of the entries of the baseline; absent where there is none
	Receiver     *Receiver     `json:"receiver,omitempty"` // what the receiver printed, where the run started it; volatile
	Requirements []Requirement `json:"requirements"`
	Scenarios    []Scenario    `json:"scenarios"`
}

// Suite says which suite gave the verdict.
type Suite struct {
	Version         string  `json:"version"`
	CatalogueDigest string  `json:"catalogue_digest"`
	Seed            int64   `json:"seed"`
	TimeScale       float64 `json:"time_scale"`
	Strict          bool    `json:"strict,omitempty"`
}

// Target says who was judged. URL is redacted.
type Target struct {
	URL          string             `json:"url"`
	File         string             `json:"file,omitempty"`
	Capabilities judge.Capabilities `json:"capabilities"`
}

// A Requirement is the run's verdict about one requirement: the worst of its rows.
type Requirement struct {
	ID        string          `json:"id"`
	Level     scenarios.Level `json:"level"`
	Sentence  string          `json:"sentence"`
	Verdict   judge.Verdict   `json:"verdict"`
	Reason    string          `json:"reason,omitempty"`
	Profile   string          `json:"profile,omitempty"`
	Hint      string          `json:"hint,omitempty"`      // how to mend a receiver that breaks it
	JudgedBy  []string        `json:"judged_by,omitempty"` // what the verdict rests on: effects, facts, checks, fetches, answers
	Scenarios []string        `json:"scenarios"`           // those that ran and exercise it
	Findings  []Finding       `json:"findings"`
}

// A Scenario is the run's verdict about one scenario.
type Scenario struct {
	ID           string        `json:"id"`
	Title        string        `json:"title"`
	File         string        `json:"file"`
	Line         int           `json:"line"`
	Profile      string        `json:"profile"`
	Verdict      judge.Verdict `json:"verdict"`
	Reason       string        `json:"reason,omitempty"`
	Aborted      string        `json:"aborted,omitempty"` // why its play ended early: its verdicts rest on a part of it
	DurationMS   int64         `json:"duration_ms"`       // volatile
	Rounds       []Round       `json:"rounds,omitempty"`  // where it was played several times: each of them
	Load         *Load         `json:"load,omitempty"`    // what a load sent, and how it was answered; absent from all others
	Requirements []Row         `json:"requirements"`
	Findings     []Finding     `json:"findings"`
}

// A Row is one requirement's verdict in one scenario.
type Row struct {
	ID      string        `json:"id"`
	Verdict judge.Verdict `json:"verdict"`
	Reason  string        `json:"reason,omitempty"`
	Checks  int           `json:"checks"` // how many checks spoke for it

	JudgedBy []string `json:"judged_by,omitempty"` // what the verdict rests on: effects, facts, checks, fetches, answers
}

// A Finding is one failed check, in words.
type Finding struct {
	Requirement string             `json:"requirement"`
	Scenario    string             `json:"scenario"`
	Round       int                `json:"round,omitempty"` // in which round, of a scenario that is played several times; from 1
	Level       scenarios.Level    `json:"level"`
	Verdict     judge.Verdict      `json:"verdict"` // broken or warned
	Check       string             `json:"check"`   // kind and subject: "status TaskExit"
	Message     string             `json:"message"` // one sentence
	Expected    string             `json:"expected"`
	Actual      string             `json:"actual"`
	Hint        string             `json:"hint"`
	Position    scenarios.Position `json:"position"`
	Reproduce   string             `json:"reproduce"`          // a curl line, redacted
	Exchange    []string           `json:"exchange,omitempty"` // lines of the exchange, redacted
}
