package scenarios

import (
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
)

// wireSettings are a wireDoc with the general rules, those of the event and those of the step put together: the nearer
// to the event, the stronger.
type wireSettings struct {
	encoding    emitter.Encoding
	wire        emitter.Wire
	method      string
	contentType *string
	headers     []emitter.Header
}

// hasEventTime reports whether event_time is asked for: it is in the plain form, too, since it tells events apart.
func (s *wireSettings) hasEventTime() bool {
	return s.encoding.EventTime == emitter.FormText || s.encoding.EventTime == emitter.FormNumber
}

func (c *compiler) wireOf(i int) wireSettings {
	var s wireSettings
	s.encoding.Seed = int64(c.rng.Uint64() >> 1) // drawn for every event, so that a wire rule moves no other draw
	for _, d := range c.n.wire {
		s.apply(d)
	}
	for _, d := range c.n.wireOf[i] {
		s.apply(d)
	}
	s.apply(c.t.events[i].step.Wire)
	if c.t.events[i].kind != eventEmitted { // a general rule says nothing about members that only relay callbacks have
		s.encoding.AppIDKey, s.encoding.Numbers, s.encoding.MsgAsObject, s.encoding.EventTime = "", "", false, ""
	}
	return s
}

func (s *wireSettings) apply(d *wireDoc) {
	if d == nil {
		return
	}
	set(&s.encoding.KeyOrder, d.KeyOrder)
	set(&s.encoding.Whitespace, d.Whitespace)
	set(&s.encoding.Escapes, d.Escapes)
	set(&s.encoding.AppIDKey, d.AppID)
	set(&s.encoding.Numbers, d.Numbers)
	set(&s.encoding.EventTime, d.EventTime)
	if d.Msg != nil {
		s.encoding.MsgAsObject = *d.Msg == "object"
	}
	if d.Method != nil {
		s.method = d.Method.Value
	}
	if d.ContentType != nil {
		s.contentType = &d.ContentType.Value
	}
	for _, h := range d.Headers {
		s.headers = append(s.headers, emitter.Header{Name: h.Key, Value: h.Value})
	}
	s.applyTransport(d)
}

func (s *wireSettings) applyTransport(d *wireDoc) {
	for _, flag := range []struct {
		to   *bool
		from *bool
	}{{&s.wire.Chunked, d.Chunked}, {&s.wire.Fresh, d.Fresh}, {&s.wire.HalfClose, d.HalfClose}} {
		if flag.from != nil {
			*flag.to = *flag.from
		}
	}
	if d.ChunkSize != nil {
		s.wire.ChunkSize = int(d.ChunkSize.Value)
	}
	if d.WriteSize != nil {
		s.wire.WriteSize = int(d.WriteSize.Value)
	}
	if d.WritePause != nil {
		s.wire.WritePause = time.Duration(*d.WritePause)
	}
	if d.HeaderOrder != nil {
		s.wire.Reverse = true
	}
	if d.HeaderCase != nil {
		s.wire.LowerCase = true
	}
}

// set copies a word of the language into one of the emitter's, which are the same.
func set[T, D ~string](to *T, from *D) {
	if from != nil {
		*to = T(*from)
	}
}

// pack makes the request that carries an event.
func (c *compiler) pack(ev *event, s wireSettings, plain []byte, cb *emitter.Callback) (parcel, error) {
	p := parcel{request: emitter.Request{Method: s.method, Header: c.header(s), Wire: s.wire}}
	body := plain
	if cb != nil {
		cb = cb.Clone()
		p.stamp = c.sign(ev, cb)
		if s.hasEventTime() {
			if p.stamp == nil {
				p.stamp = &Stamp{}
			}
			p.stamp.EventTime = c.happened(ev).Unix()
		}
		body = cb.Encode(s.encoding)
	}
	mangled, err := mangle(ev.step.Mangle, body)
	if err != nil {
		return parcel{}, err
	}
	p.request.Body = mangled
	return p, nil
}

func (c *compiler) header(s wireSettings) []emitter.Header {
	contentType := c.p.ContentType
	if s.contentType != nil {
		contentType = *s.contentType
	}
	var out []emitter.Header
	for _, h := range emitter.DefaultHeader() {
		if strings.EqualFold(h.Name, "Content-Type") {
			switch {
			case s.contentType != nil && contentType == "":
				continue // the scenario wants none
			case contentType != "":
				h.Value = contentType
			}
		}
		out = append(out, h)
	}
	return append(out, s.headers...)
}

// mangle damages encoded bytes.
func mangle(d *mangleDoc, body []byte) ([]byte, error) {
	if d == nil {
		return body, nil
	}
	var m emitter.Mangle
	if d.RepeatKey != nil {
		m.RepeatKey = d.RepeatKey.Value
	}
	if d.Nest != nil {
		m.Nest = d.Nest.Value
	}
	if d.Pad != nil {
		m.Pad = int(d.Pad.Value)
	}
	if d.Replace != nil {
		m.Replace = []emitter.Replacement{{From: []byte(d.Replace.From.Value), To: d.Replace.To}}
	}
	if d.Cut != nil {
		m.Cut = &emitter.Amount{N: float64(d.Cut.Value.Bytes)}
		if d.Cut.Value.Share {
			m.Cut = &emitter.Amount{N: d.Cut.Value.Percent, Percent: true}
		}
	}
	if d.Prepend != nil {
		m.Prepend = *d.Prepend
	}
	if d.Append != nil {
		m.Append = *d.Append
	}
	return m.Apply(body)
}
