package schema

// A Verdict is the outcome of a validation.
type Verdict string

// The verdicts, from good to bad.
const (
	OK      Verdict = "ok"
	Warning Verdict = "warning"
	Error   Verdict = "error"
)

// A Kind says what sort of callback a body is.
type Kind string

// The kinds.
const (
	KindRelay   Kind = "relay"   // event_type 314
	KindSibling Kind = "sibling" // the documented event_type of another callback of the family
	KindUnknown Kind = "unknown" // no event_type, one that no page lists, or no JSON at all
)

// Options say how to validate. The zero value is what most callers want.
type Options struct {
	Edition   Edition // Auto ("") takes the editions that like the body best
	Reading   Reading // "" is Wire
	MaxBytes  int     // a longer body is an error and is not read; 0 is DefaultMaxBytes, negative is no limit
	OnlyRelay bool    // a sibling's callback is an error; else it is neither right nor wrong

	// NoFastPath has every body decided by jsonschema from scratch. The report is the same; it costs a hundred times the
	// time. It is there for whoever doubts the shortcuts, and for the tests that hold them against it.
	NoFastPath bool
}

// DefaultMaxBytes is the longest body that is read by default: 512 KiB. The longest thing that is documented is a list of
// 30 source URLs; with URLs of 2 kB that is 60 kB, twice escaped 120 kB. Whatever is in a body of this length, it costs
// a few milliseconds.
const DefaultMaxBytes = 512 << 10

// MaxViolations is how many violations of one body are kept; the rest is counted in Report.Omitted.
const MaxViolations = 1000

// A Report is what Validate found.
type Report struct {
	Verdict   Verdict
	Kind      Kind
	Event     string // callback_event where it is text; "" else
	EventType int    // event_type where it is a number that the family's pages list; -1 else
	Timed     bool   // it is a relay callback that carries event_time, which not every edition has

	// Editions are those that the body fits with this verdict, from the oldest to the newest: exactly where the verdict
	// is ok, with equally few warnings where it is a warning. Empty for an error, and for a sibling. Do not change it.
	Editions []Edition

	// Violations are sorted by offset. Without a chosen edition they are those of the edition that fits best, the newest
	// of equals. There are none where the verdict is ok.
	Violations []Violation
	Omitted    int // violations beyond MaxViolations
}

// Readable reports whether the body is JSON at all. A body that is not carries nothing to judge: it was damaged before.
func (r *Report) Readable() bool {
	for i := range r.Violations {
		switch r.Violations[i].Code {
		case codeEmpty, codeSyntax:
			return false
		}
	}
	return true
}

// A Violation is one thing that is wrong, or unusual, with a body. Message never quotes what may be secret: of URLs,
// signatures and unknown members only type and length are told.
type Violation struct {
	Code     string  // stable, "RC1008"; Explain tells more
	Severity Verdict // Warning or Error
	Edition  Edition // in which it was found; "" where it holds in every edition
	Event    string  // callback_event of the body, where it has one

	// Pointer is a JSON Pointer (RFC 6901) that goes on inside a nested string after a "#": "/msg#/code",
	// "/source_urls#/0". What is missing is pointed at as if it were there.
	Pointer string

	Offset int // in the body, 0-based, through the escapes of a nested string; where something is missing, of what lacks it; -1 if there is none
	Line   int // of Offset in the body, from 1; 0 if there is none
	Column int // of Offset in its line, from 1, in bytes; 0 if there is none

	Message string // one sentence without a full stop: what is expected and what was found
}
