package emitter

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"
)

// A Transcript is everything that one play sent and received, in the order in which it was queued.
// It is plain data: it can be written, read back and judged again with the same result.
type Transcript struct {
	Started    time.Time    `json:"started"`           // wall clock at offset 0
	Deliveries []Delivery   `json:"deliveries"`        // one per delivery of the script
	Steps      []StepRecord `json:"steps,omitempty"`   // the steps that are not deliveries
	Aborted    string       `json:"aborted,omitempty"` // why the play ended early: a panic, its deadline, an interrupt
}

// Offset is a time since the start of a play. In JSON it is a whole number of microseconds.
type Offset time.Duration

// A Delivery is one callback on its way to the receiver, with every attempt that was made of it.
type Delivery struct {
	ID      string `json:"id"`               // unique in the play: "TaskStart", "VodSourceFileStart#2", a copy is "TaskStart~2"
	Event   string `json:"event"`            // id of the plan's event that it carries
	Copy    int    `json:"copy,omitempty"`   // 0 for the first delivery of an event, 1 for its first duplicate …
	Held    bool   `json:"held,omitempty"`   // delivered later than the timeline had it
	Planned Offset `json:"planned_us"`       // when the script wanted it to be sent
	Due     Offset `json:"due_us"`           // when it could be sent: planned, or later if an earlier step was not over
	Policy  string `json:"policy,omitempty"` // name of the retry policy; "" is none

	Attempts []Attempt `json:"attempts"`
}

// Lag is how much later than due the first attempt was queued: the harness's own lateness.
func (d Delivery) Lag() time.Duration {
	if len(d.Attempts) == 0 {
		return 0
	}
	return time.Duration(d.Attempts[0].Queued - d.Due)
}

// Last is the last attempt, nil if none was made.
func (d *Delivery) Last() *Attempt {
	if len(d.Attempts) == 0 {
		return nil
	}
	return &d.Attempts[len(d.Attempts)-1]
}

// An Attempt is one request and what came of it.
type Attempt struct {
	Number  int     `json:"number"`            // from 1
	Of      int     `json:"of"`                // attempts that the policy allows in all
	Reason  string  `json:"reason"`            // why it was made: "first", "status 500", "no answer within 20s", "answer lost" …
	Wait    Offset  `json:"wait_us,omitempty"` // the policy's wait before it, scaled
	Request Request `json:"request"`

	Queued    Offset `json:"queued_us"`               // handed to the connection
	Connected Offset `json:"connected_us,omitempty"`  // connection at hand
	Written   Offset `json:"written_us,omitempty"`    // last byte written
	FirstByte Offset `json:"first_byte_us,omitempty"` // first byte of the answer
	Done      Offset `json:"done_us"`                 // answer complete, or given up

	Reused    bool     `json:"reused,omitempty"`     // sent on a connection that had carried a request before
	Conn      int      `json:"conn,omitempty"`       // number of the connection within the sender, from 1
	BytesSent int64    `json:"bytes_sent,omitempty"` // counted on the connection, head included
	Answer    *Answer  `json:"answer,omitempty"`     // nil if none was read
	Failure   *Failure `json:"failure,omitempty"`    // why no (whole) answer was read
}

// OK reports whether CSS would take the attempt for a success: a whole answer with status 200 and no other
// ("How to Receive Event Notification"). The body does not matter.
func (a Attempt) OK() bool { return a.Failure == nil && a.Answer != nil && a.Answer.Status == 200 }

// Latency is the time from handing the request over to the end of its answer.
func (a Attempt) Latency() time.Duration { return time.Duration(a.Done - a.Queued) }

// An Answer is what the receiver answered. Header lines keep their order and case where the connection was raw.
type Answer struct {
	Status    int      `json:"status"`
	Proto     string   `json:"proto,omitempty"`
	Header    []Header `json:"header,omitempty"`
	Body      Bytes    `json:"body,omitempty"`
	Truncated bool     `json:"truncated,omitempty"` // the body went on past the limit
}

// The kinds of Failure.
const (
	FailRefused  = "refused"  // nobody listens, or the host cannot be reached
	FailTimeout  = "timeout"  // no (whole) answer in time
	FailReset    = "reset"    // the receiver reset the connection
	FailClosed   = "closed"   // the receiver closed the connection before a whole answer
	FailTLS      = "tls"      // the TLS handshake failed
	FailProtocol = "protocol" // what came is not HTTP
	FailCanceled = "canceled" // the play was ended
	FailOurs     = "ours"     // the script asked for it: answer lost, body cut, connection reset by us
	FailOther    = "other"
)

// A Failure says why an attempt has no whole answer.
type Failure struct {
	Kind    string `json:"kind"`
	Message string `json:"message"`
}

// A StepRecord tells what became of a step that is not a delivery.
type StepRecord struct {
	ID      string `json:"id"`
	Planned Offset `json:"planned_us"`
	Due     Offset `json:"due_us"`
	Started Offset `json:"started_us"`
	Done    Offset `json:"done_us"`
	Error   string `json:"error,omitempty"`
}

// A Header is one header line.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Bytes are raw bytes. In JSON they are a string where they are valid UTF-8, else {"base64": "…"}.
type Bytes []byte

// MarshalJSON implements json.Marshaler.
func (b Bytes) MarshalJSON() ([]byte, error) {
	if utf8.Valid(b) {
		return json.Marshal(string(b))
	}
	return json.Marshal(map[string]string{"base64": base64.StdEncoding.EncodeToString(b)})
}

// UnmarshalJSON implements json.Unmarshaler.
func (b *Bytes) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		var s string
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		*b = Bytes(s)
		return nil
	}
	var o struct {
		Base64 *string `json:"base64"`
	}
	if err := json.Unmarshal(data, &o); err != nil {
		return err
	}
	if o.Base64 == nil {
		return fmt.Errorf("bytes must be a string or an object with the key base64")
	}
	raw, err := base64.StdEncoding.DecodeString(*o.Base64)
	if err != nil {
		return fmt.Errorf("bytes: %w", err)
	}
	*b = raw
	return nil
}

// MarshalJSON implements json.Marshaler.
func (o Offset) MarshalJSON() ([]byte, error) {
	return json.Marshal(time.Duration(o).Microseconds())
}

// UnmarshalJSON implements json.Unmarshaler.
func (o *Offset) UnmarshalJSON(data []byte) error {
	var us int64
	if err := json.Unmarshal(data, &us); err != nil {
		return err
	}
	*o = Offset(time.Duration(us) * time.Microsecond)
	return nil
}
