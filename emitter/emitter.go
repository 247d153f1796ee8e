package emitter

import (
	"context"
	"fmt"
	"time"
)

// An Emitter sends callbacks to one receiver. Its fields may be changed before the first call of Emit.
type Emitter struct {
	URL      string
	Sender   *Sender
	Policy   Policy           // of sending again; the zero Policy sends once
	Scale    float64          // the policy's waits are divided by this; 0 means 1
	Encoding Encoding         // the zero Encoding is the vendor's
	Key      string           // signs each callback, valid for SignatureValidity; "" leaves it as it is
	Trace    func(TraceEvent) // told what happens; nil means nobody is
}

// New makes an Emitter for the receiver at a URL. Close it in the end.
func New(url string) *Emitter { return &Emitter{URL: url, Sender: NewSender(SenderOptions{})} }

// Close ends the connections.
func (e *Emitter) Close() { e.Sender.Close() }

// Request makes the request that Emit sends for a callback.
func (e *Emitter) Request(c *Callback) Request {
	if e.Key != "" {
		c = c.Clone()
		c.Sign(e.Key, time.Now().Add(SignatureValidity))
	}
	return NewRequest(e.URL, c.Encode(e.Encoding))
}

// Emit delivers a callback and waits until the receiver has taken it or the policy has no more attempts. A receiver
// that answers with another status than 200 is no error: look at the delivery's last attempt. The error is an
// *UndeliveredError if that attempt has no whole answer.
func (e *Emitter) Emit(ctx context.Context, c *Callback) (Delivery, error) {
	req := e.Request(c)
	if err := req.Validate(); err != nil {
		return Delivery{}, err
	}
	id := c.Event()
	player := Player{Sender: e.Sender, Scale: e.Scale, Trace: e.Trace}
	t := player.Play(ctx, Script{
		Name:  id,
		Steps: []Step{{ID: id, Parcel: &Parcel{Event: id, Request: req, Policy: e.Policy}}},
	})
	if len(t.Deliveries) == 0 || len(t.Deliveries[0].Attempts) == 0 {
		return Delivery{}, fmt.Errorf("emit %s: %s", id, t.Aborted)
	}
	d := t.Deliveries[0]
	return d, undelivered(id, *d.Last())
}

// Post delivers a callback once, over a connection of its own. The error is an *UndeliveredError if there is no whole
// answer, otherwise Attempt.Answer is set.
func Post(ctx context.Context, url string, c *Callback) (Attempt, error) {
	req := NewRequest(url, c.Bytes())
	if err := req.Validate(); err != nil {
		return Attempt{}, err
	}
	s := NewSender(SenderOptions{})
	defer s.Close()
	a := s.Send(ctx, req)
	return a, undelivered(c.Event(), a)
}

// An UndeliveredError is a callback that has no whole answer.
type UndeliveredError struct {
	Event   string
	Attempt Attempt // the last one; its Failure says why
}

// Error says which callback, and what became of it.
func (e *UndeliveredError) Error() string {
	return fmt.Sprintf("%s was not answered: %s", e.Event, e.Attempt.Failure.Message)
}

func undelivered(event string, a Attempt) error {
	if a.Failure == nil {
		return nil
	}
	return &UndeliveredError{Event: event, Attempt: a}
}
