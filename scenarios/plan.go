package scenarios

import (
	"time"

	"github.com/relaycheck/relaycheck/emitter"
)

// A Plan is a scenario made concrete for one play: every id, byte and time is fixed. It is plain data, goes
// into the run log, and is all that the judge knows of the scenario.
//
// It keeps the two halves of a scenario apart: Events is what happened at CSS, Steps is what the network and
// the retry policy made of it. What the receiver should show follows from Events alone.
type Plan struct {
	Scenario Ref       `json:"scenario"`
	Play     int       `json:"play"`             // number of the play within the run, from 0
	Seed     int64     `json:"seed"`             // the run's seed
	Round    int       `json:"round,omitempty"`  // which round this is, from 1; 0 where the scenario is played once
	Rounds   int       `json:"rounds,omitempty"` // of so many
	Scale    float64   `json:"time_scale"`       // waits, those of retries too, are divided by this: the run's scale or the scenario's own, if greater; 1 where it is real_time
	Epoch    time.Time `json:"epoch"`            // the wall clock that timeline offset 0 stands for in payloads
	Load     *Load     `json:"load,omitempty"`   // what was asked of a play that is a load, the settings of the run included
	Tasks    []Task    `json:"tasks"`
	Events   []Event   `json:"events"`
	Steps    []Step    `json:"steps"`
	Expect   Expect    `json:"expect"` // asked once every step is over
}

// Ref names a scenario.
type Ref struct {
	ID       string   `json:"id"` // file name without .yaml
	Title    string   `json:"title"`
	File     string   `json:"file"` // as given by the user; shipped ones are "shipped:NAME.yaml"
	Line     int      `json:"line"`
	Profile  string   `json:"profile"`
	Requires []string `json:"requires"`
	Labels   []string `json:"labels,omitempty"`
	RealTime bool     `json:"real_time,omitempty"`
	Digest   string   `json:"digest"` // SHA-256 of the source, hex
}

// Position is a place in a scenario file. Lines and columns count from 1.
type Position struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Col  int    `json:"col"`
}

// A Task is one relay task of a play. Its ids belong to this play alone.
type Task struct {
	Key         string   `json:"key"`    // name within the scenario; "task" where there is only one
	Source      string   `json:"source"` // "vod" or "live"
	AppID       int64    `json:"appid"`
	TaskID      string   `json:"task_id"`
	StreamID    string   `json:"stream_id"`
	ToURL       string   `json:"to_url"`
	SourceURLs  []string `json:"source_urls"`
	CallbackURL string   `json:"callback_url,omitempty"`
}

// Meaning says what a receiver may make of an event's bytes.
type Meaning string

// The meanings.
const (
	MeansCallback Meaning = "callback" // a well-formed relay callback: to be answered 200 and applied
	MeansSibling  Meaning = "sibling"  // another CSS callback, or one of no type we know: 200, touches no relay task
	MeansEither   Meaning = "either"   // lenient parsers find a callback in it: applying and refusing are both legal
	MeansNothing  Meaning = "nothing"  // no reading is a well-formed callback: refused or ignored, no effect
	MeansForged   Meaning = "forged"   // a callback whose signature is wrong or expired: no effect where the target has a key
)

// An Event is one thing that happened at CSS. What it tells of the task is in Body, the callback in its plain
// form (documented shape, whatever the wire makes of it); the oracle reads it from there.
type Event struct {
	ID      string         `json:"id"`    // "TaskStart", "VodSourceFileStart#2", or the step's `as`
	Name    string         `json:"name"`  // callback_event, or "" where the scenario gives raw bytes
	Task    string         `json:"task"`  // Key of the task it belongs to; "" is none
	At      emitter.Offset `json:"at_us"` // on the timeline, unscaled
	Body    emitter.Bytes  `json:"body"`
	Meaning Meaning        `json:"meaning"`
	Expect  *Answer        `json:"expect,omitempty"` // the answer this step asks for; nil means the scenario's
	Pos     Position       `json:"position"`
}

// A Step is one node of the play's order: exactly one of Deliver, Wait, Observe and Hook is set.
type Step struct {
	ID      string         `json:"id"`
	After   []int          `json:"after,omitempty"` // steps that must be over before
	At      emitter.Offset `json:"at_us"`           // not before, from the play's start; scaled
	Deliver *Deliver       `json:"deliver,omitempty"`
	Wait    bool           `json:"wait,omitempty"`
	Observe *Expect        `json:"observe,omitempty"`
	Hook    string         `json:"hook,omitempty"`   // "restart", "kill", "stop", "start", "reset"
	Strike  *Strike        `json:"strike,omitempty"` // of a hook that a delivery rule asks for: its moment
	Pos     Position       `json:"position"`
}

// Deliver is one delivery of an event.
type Deliver struct {
	Event     string          `json:"event"`
	Copy      int             `json:"copy,omitempty"`
	Held      bool            `json:"held,omitempty"`
	Request   emitter.Request `json:"request"` // URL is left empty: the target's
	Policy    emitter.Policy  `json:"policy,omitzero"`
	Recompute bool            `json:"recompute,omitempty"`  // t, sign and event_time made anew for each attempt
	FaultOnce bool            `json:"fault_once,omitempty"` // the faults of Request.Wire hit the first attempt only
	Faults    int             `json:"faults,omitempty"`     // the faults of Request.Wire hit so many first attempts
	Later     *emitter.Wire   `json:"later,omitempty"`      // how the attempts after those are written; nil: as the first
	Stamp     *Stamp          `json:"stamp,omitempty"`      // what Recompute makes anew
}

// Expect is what a scenario asks at its end, or at an observe step.
type Expect struct {
	Answers    *Answer                   `json:"answers,omitempty"` // for every delivery that has none of its own; nil, and what it leaves out, follows from the event's meaning
	Oracle     bool                      `json:"oracle"`            // compare what the oracle computes, for the facts that the requirements name
	Tasks      map[string]map[string]any `json:"tasks,omitempty"`   // task key -> fact -> wanted value; overrides the oracle
	Effects    map[string]Count          `json:"effects,omitempty"`
	Checks     []Check                   `json:"checks,omitempty"`
	Within     emitter.Offset            `json:"within_us"`               // not scaled; 0 means the target's observe.within
	Throughout emitter.Offset            `json:"throughout_us,omitempty"` // must hold for so long, from when it is first seen; scaled by the run alone
	Requires   []string                  `json:"requires,omitempty"`      // findings belong to these; empty means by the catalogue
	Pos        Position                  `json:"position"`
}

// Answer is what an answer must be.
type Answer struct {
	Status []string          `json:"status,omitempty"`    // any of: "200", "2xx", "4xx", "!5xx" …
	Within emitter.Offset    `json:"within_us,omitempty"` // not scaled
	Body   any               `json:"body,omitempty"`      // JSON that the body must contain
	Header map[string]string `json:"header,omitempty"`    // name -> regular expression
	Pos    Position          `json:"position,omitzero"`
}

// Count bounds a countable side effect.
type Count struct {
	Exactly *int `json:"exactly,omitempty"`
	AtLeast *int `json:"at_least,omitempty"`
	AtMost  *int `json:"at_most,omitempty"`
	Never   bool `json:"never,omitempty"`
}

// Check is an expression in the expr language that must be true.
type Check struct {
	Expr    string   `json:"expr"`
	Message string   `json:"message,omitempty"`
	Given   string   `json:"given,omitempty"` // an expression; where it is false, a failure proves nothing
	Pos     Position `json:"position"`
}
