package scenarios

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
)

// unknownKey signs where the target has no key: it then looks at neither sign nor t.
const unknownKey = "relaycheck"

// expiredBy is how long before its event an expired signature ran out. An hour is beyond any difference of clocks.
const expiredBy = time.Hour

// A Stamp is what a callback carries that its sender may make anew for each attempt. It is kept so that it can be
// found in the bytes.
type Stamp struct {
	T         int64  `json:"t,omitempty"`    // s, when the signature expires
	Sign      string `json:"sign,omitempty"` // hex
	EventTime int64  `json:"event_time,omitempty"`
}

// sign signs a callback as its step asks for, and tells what was put in.
func (c *compiler) sign(ev *event, cb *emitter.Callback) *Stamp {
	mode := c.signMode(ev, cb)
	key, expires := c.p.Key, c.happenedByPlan(ev).Add(emitter.SignatureValidity)
	if key == "" {
		key = unknownKey
	}
	switch mode {
	case signNone:
		return nil
	case signExpired:
		expires = c.happenedByPlan(ev).Add(-expiredBy)
	case signWrong:
		key += "-not"
	case signValid, signUpper:
	}
	cb.Sign(key, expires)
	sign := emitter.Signature(key, expires.Unix())
	if mode == signUpper {
		sign = strings.ToUpper(sign)
		_ = cb.Set("sign", sign) // a known path
	}
	return &Stamp{T: expires.Unix(), Sign: sign}
}

// happenedByPlan is the event's place on the timeline: a signature is made when the callback is sent, whatever time the
// event tells.
func (c *compiler) happenedByPlan(ev *event) time.Time { return c.epoch.Add(c.offset[ev.entry]) }

func (c *compiler) signMode(ev *event, cb *emitter.Callback) signMode {
	if m := ev.step.Sign; m != nil {
		return m.Value
	}
	for _, e := range ev.step.Set {
		if e.Key == "sign" || e.Key == "t" {
			return signNone // the step signs for itself
		}
	}
	for _, p := range ev.step.Omit {
		if p.Value == "sign" || p.Value == "t" {
			return signNone
		}
	}
	if _, carries := cb.Get("sign"); c.p.SignAll || c.p.Key != "" && carries {
		return signValid
	}
	return signNone
}

// Again is the request of an attempt, counted from 1: the first is Request, later ones go without its faults once
// these have struck often enough, and with t, sign and event_time made anew where Recompute says so. Key is the
// target's callback key, now the time of the attempt.
func (d *Deliver) Again(attempt int, key string, now time.Time) emitter.Request {
	r := d.Request
	if attempt > d.Faults && d.Later != nil {
		r.Wire = *d.Later
	}
	if attempt > 1 && d.Recompute && d.Stamp != nil {
		r.Body = d.Stamp.renew(r.Body, key, now)
	}
	return r
}

// renew writes new stamps over the old ones. All are digits or hex, which no encoding escapes, so they are found in any.
func (s *Stamp) renew(body []byte, key string, now time.Time) []byte {
	if s.EventTime != 0 {
		body = replaceWord(body, strconv.FormatInt(s.EventTime, 10), strconv.FormatInt(now.Unix(), 10))
	}
	if s.Sign == "" {
		return body
	}
	if key == "" {
		key = unknownKey
	}
	t := now.Add(emitter.SignatureValidity).Unix()
	body = replaceWord(body, strconv.FormatInt(s.T, 10), strconv.FormatInt(t, 10))
	return replaceWord(body, s.Sign, emitter.Signature(key, t))
}

// replaceWord replaces a word where no letter or digit stands beside it.
func replaceWord(body []byte, from, to string) []byte {
	var out []byte
	for rest := body; ; {
		i := bytes.Index(rest, []byte(from))
		if i < 0 {
			return append(out, rest...)
		}
		end := i + len(from)
		alone := (i == 0 || !wordByte(rest[i-1])) && (end == len(rest) || !wordByte(rest[end]))
		out = append(out, rest[:i]...)
		if alone {
			out = append(out, to...)
		} else {
			out = append(out, from...)
		}
		rest = rest[end:]
	}
}

func wordByte(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}
