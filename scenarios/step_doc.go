package scenarios

import (
	"slices"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/internal/strict"
	"github.com/relaycheck/relaycheck/schema"
)

// One step of the timeline. Exactly one of emit, sibling, body, wait, observe, restart, kill and together is its head.
type stepDoc struct {
	// A relay callback: TaskStart, VodSourceFileStart, VodSourceFileFinish, TaskExit, TaskAlarm, ResetTaskConfig, or the name of one
	// that does not exist yet.
	Emit *strict.At[string] `yaml:"emit"`
	// Another CSS callback that shares the address: push, interruption, recording …
	Sibling *strict.At[string] `yaml:"sibling"`
	// Raw bytes instead of a callback.
	Body *bodyDoc `yaml:"body"`
	// Let time pass once everything before is over.
	Wait *strict.At[strict.Range] `yaml:"wait"`
	// Look at the receiver now. {} asks for what follows from the timeline so far.
	Observe *expectDoc `yaml:"observe"`
	// Restart the receiver gracefully, with the target's hook.
	Restart *strict.At[yes] `yaml:"restart"`
	// Kill the receiver and start it again, with the target's hook.
	Kill *strict.At[yes] `yaml:"kill"`
	// Events that happen, and are delivered, at the same moment.
	Together []stepDoc `yaml:"together"`

	// How long after the previous event: 300ms, or a range such as 0s..2s drawn from the seed. Default: 0s.
	After *strict.At[strict.Range] `yaml:"after"`
	// The time that the event itself tells: an offset on the timeline such as -5m, or milliseconds since 1970. 0 gives the zero
	// times of the documented samples. Default: its place on the timeline.
	At *atDoc `yaml:"at"`
	// Index of the source file, from 0. Default: the k-th VodSourceFileStart is file k; a finish belongs to the latest start not yet
	// finished.
	File *strict.At[int] `yaml:"file"`
	// Members of msg to change: task_start_time, url, index, duration, task_exit_time, code, message, type.
	Msg strict.Map[any] `yaml:"msg"`
	// Members to change, by path: appid, msg.code, event_time … A value may be null.
	Set strict.Map[any] `yaml:"set"`
	// Members that no edition documents, by path.
	Add strict.Map[any] `yaml:"add"`
	// Paths of members to leave out.
	Omit []strict.At[string] `yaml:"omit"`
	// A name for the delivery rules to refer to.
	As *strict.At[string] `yaml:"as"`
	// Key of the task it belongs to, where there are several.
	Task *strict.At[string] `yaml:"task"`
	// How it is written on the wire.
	Wire *wireDoc `yaml:"wire"`
	// valid, wrong, expired, upper (the hex digits in upper case) or none. Default: valid where the target requires signing.
	Sign *strict.At[signMode] `yaml:"sign"`
	// Damage to the encoded bytes.
	Mangle *mangleDoc `yaml:"mangle"`
	// What a receiver may make of the bytes, where the loader's own reading is not what is meant.
	Means *strict.At[meaning] `yaml:"means"`
	// What the answer to this step must be.
	Expect *answerDoc `yaml:"expect"`

	Keys strict.Keys
	Pos  strict.Pos
}

// HintForText implements strict.TextHinter.
func (*stepDoc) HintForText(text string) string {
	head, _, _ := strings.Cut(text, " ")
	switch {
	case slices.Contains(schema.Siblings(), head):
		return "write `- sibling: " + head + "`"
	case head == "restart" || head == "kill":
		return "write `- " + head + ": true`"
	case head == "observe":
		return "write `- observe: {}`"
	}
	return "write `- emit: " + head + "`"
}

// yes is a key that can only be switched on.
type yes bool

// DecodeYAML implements strict.Unmarshaler.
func (y *yes) DecodeYAML(n strict.Node) {
	var b bool
	if n.Decode(&b) && !b {
		n.Errorf("always-true", "%s can only be true", n.Path()).Hint("delete it if it is not wanted")
	}
	*y = yes(b)
}

type signMode string

// The ways of signing.
const (
	signValid   signMode = "valid"
	signWrong   signMode = "wrong"
	signExpired signMode = "expired"
	signUpper   signMode = "upper"
	signNone    signMode = "none"
)

func (signMode) Values() []string {
	return []string{string(signValid), string(signWrong), string(signExpired), string(signUpper), string(signNone)}
}

type meaning string

func (meaning) Values() []string {
	return []string{string(MeansCallback), string(MeansSibling), string(MeansEither), string(MeansNothing), string(MeansForged)}
}

// atDoc is the time that an event tells: an offset from the timeline's beginning, or milliseconds since 1970.
type atDoc struct {
	Offset   time.Duration
	Millis   int64
	Absolute bool // Millis counts
	Pos      strict.Pos
}

// DecodeYAML implements strict.Unmarshaler.
func (a *atDoc) DecodeYAML(n strict.Node) {
	a.Pos = n.Pos()
	if n.Kind() == strict.Number {
		if i, ok := n.Int(); ok {
			if i < 0 || i > maxMillis {
				n.Errorf("range", "%s must lie between 0 and %d ms", n.Path(), int64(maxMillis))
			}
			a.Millis, a.Absolute = i, true
		}
		return
	}
	if d, ok := n.SignedDuration(); ok {
		a.Offset = d
	}
}

// maxMillis is the last millisecond of the year 9999.
const maxMillis = 253402300799999

// bodyDoc is a body to the byte: a text, or one of the keys below.
type bodyDoc struct {
	// The text.
	Text *string `yaml:"text"`
	// The bytes in base64.
	Base64 *string `yaml:"base64"`
	// A text in which {{task_id}}, {{stream_id}} … are filled in.
	Template *strict.At[string] `yaml:"template"`
	// A text to be repeated.
	Repeat *string `yaml:"repeat"`
	// How often.
	Times *strict.At[int] `yaml:"times"`

	Keys strict.Keys
	Pos  strict.Pos

	raw []byte // of Text, Base64, Repeat
}

// maxBody bounds a body that is made by repetition or padding.
const maxBody = 64 << 20

// bodyKeys has the keys of bodyDoc without its method.
type bodyKeys bodyDoc

// DecodeYAML implements strict.Unmarshaler.
func (b *bodyDoc) DecodeYAML(n strict.Node) {
	if n.Kind() == strict.Text {
		text := n.Text()
		b.Text, b.Pos, b.raw = &text, n.Pos(), []byte(text)
		return
	}
	if n.Kind() != strict.Mapping {
		n.Expected("a text, or one of {text: …}, {base64: …}, {template: …}, {repeat: …, times: …}")
		return
	}
	if !n.Decode((*bodyKeys)(b)) {
		return
	}
	b.settle(n)
}

// settle checks that the keys make one body, and makes it where no play is needed for it.
func (b *bodyDoc) settle(n strict.Node) {
	heads := 0
	for _, key := range []string{"text", "base64", "template", "repeat"} {
		if b.Keys.Has(key) {
			heads++
		}
	}
	if heads != 1 {
		n.Errorf("one-of", "a body has exactly one of text, base64, template and repeat")
		return
	}
	if b.Keys.Has("times") != b.Keys.Has("repeat") {
		n.Errorf("one-of", "repeat and times belong together")
		return
	}
	switch {
	case b.Text != nil:
		b.raw = []byte(*b.Text)
	case b.Base64 != nil:
		b.raw = decodeBase64(n, b.Keys["base64"].Value, *b.Base64)
	case b.Repeat != nil:
		b.raw = repeat(n, *b.Repeat, *b.Times)
	}
}
