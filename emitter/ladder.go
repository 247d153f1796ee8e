package emitter

import (
	"context"
	"fmt"
	"time"
)

// reasonFirst is why a first attempt is made.
const reasonFirst = "first"

// deliver makes the attempts of a delivery until one succeeds or the policy has no more. over is called after the
// first.
func (p *play) deliver(ctx context.Context, step *Step, n *node, due time.Duration, over func()) {
	parcel := step.Parcel
	tries := parcel.Policy.tries()
	p.locked(func() { n.begun, n.delivery.Due = true, Offset(due) })
	reason, waited := reasonFirst, time.Duration(0)
	for number := 1; ; number++ {
		req := parcel.Request
		if number > 1 && parcel.Again != nil {
			req = parcel.Again(number, time.Now())
		}
		event := TraceEvent{
			Script: p.script.Name, Step: step.ID, Event: parcel.Event, Copy: parcel.Copy, Held: parcel.Held,
			Number: number, Of: tries, Method: req.method(), URL: req.URL,
		}
		p.tell(event, TraceSending)
		a := p.Sender.SendSince(ctx, p.start, req)
		a.Number, a.Of, a.Reason, a.Wait = number, tries, reason, Offset(waited)
		last := a.OK() || number >= tries
		p.locked(func() {
			n.delivery.Attempts = append(n.delivery.Attempts, a)
			n.finished = last && (a.Failure == nil || a.Failure.Kind != FailCanceled)
		})
		over()
		event.Attempt = &a
		if a.Failure == nil {
			p.tell(event, TraceAnswered)
		} else {
			p.tell(event, TraceFailed)
		}
		if last || ctx.Err() != nil {
			return
		}
		reason, waited = a.outcome(), parcel.Policy.Wait(p.Scale)
		event.Wait, event.Attempt = waited, nil
		p.tell(event, TraceWaiting)
		if p.clock().WaitUntil(ctx, p.start.Add(time.Duration(a.Done)+waited)) != nil {
			return
		}
	}
}

func (p *play) tell(e TraceEvent, kind TraceKind) {
	e.Kind, e.At = kind, p.now()
	p.tracer.tell(e)
}

// outcome is what came of an attempt, as the reason of the next.
func (a Attempt) outcome() string {
	if a.Failure != nil {
		return a.Failure.Message
	}
	return fmt.Sprintf("status %d", a.Answer.Status)
}
