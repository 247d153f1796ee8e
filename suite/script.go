package suite

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
)

// script makes a plan playable: it gives deliveries the target's address and headers, and steps that are no
// deliveries what they have to do.
func (r *runner) script(plan *scenarios.Plan, do stepper) emitter.Script {
	s := emitter.Script{Name: plan.Scenario.ID, Deadline: r.deadline(plan)}
	for i := range plan.Steps {
		step := &plan.Steps[i]
		out := emitter.Step{ID: step.ID, After: step.After, At: time.Duration(step.At)}
		switch {
		case step.Deliver != nil:
			out.Parcel = r.parcel(step.Deliver)
		case step.Observe != nil:
			// What a look asks for follows from what was answered; a ladder that still runs would blur it.
			out.Settled = true
			out.Do = func(ctx context.Context) error { return do.observe(ctx, step.ID) }
		case step.Strike != nil:
			out.Settled = step.Strike.Moment != scenarios.During
			out.Do = func(ctx context.Context) error { return do.strike(ctx, step) }
		case step.Hook != "":
			out.Settled = true
			out.Do = func(ctx context.Context) error { return do.hook(ctx, step.Hook) }
		}
		s.Steps = append(s.Steps, out)
	}
	return s
}

// A stepper does the steps of a plan that are no deliveries.
type stepper interface {
	observe(ctx context.Context, step string) error
	hook(ctx context.Context, name string) error
	strike(ctx context.Context, step *scenarios.Step) error
}

// parcel addresses one delivery to the target.
func (r *runner) parcel(d *scenarios.Deliver) *emitter.Parcel {
	p := &emitter.Parcel{Event: d.Event, Copy: d.Copy, Held: d.Held, Request: r.address(d.Request), Policy: d.Policy}
	if d.Recompute || d.Later != nil {
		p.Again = func(attempt int, now time.Time) emitter.Request { return r.address(d.Again(attempt, r.signKey, now)) }
	}
	return p
}

// address puts the target's URL and headers into a request. A header that the scenario gives wins over the target's.
func (r *runner) address(req emitter.Request) emitter.Request {
	req.URL = r.url
	if len(req.Header) == 0 {
		req.Header = emitter.DefaultHeader()
	}
	for _, h := range r.headers {
		if !slices.ContainsFunc(req.Header, func(o emitter.Header) bool { return strings.EqualFold(o.Name, h.Name) }) {
			req.Header = append(slices.Clone(req.Header), h)
		}
	}
	return req
}

// deadline bounds a play: what its steps and looks may take at most, with an answer that comes at the last moment to
// each delivery, and a minute for the machine.
func (r *runner) deadline(plan *scenarios.Plan) time.Duration {
	total := time.Minute
	var last time.Duration
	within := r.within(&plan.Expect)
	each := r.answerWithin
	if plan.Load != nil { // the tasks do not wait for each other; a connection may take as long as an answer
		each = 2 * r.answerWithin / time.Duration(max(1, len(plan.Tasks)))
	}
	for i := range plan.Steps {
		step := &plan.Steps[i]
		last = max(last, time.Duration(step.At))
		switch {
		case step.Deliver != nil:
			attempts := max(1, step.Deliver.Policy.Attempts)
			total += time.Duration(attempts)*each + time.Duration(attempts-1)*step.Deliver.Policy.Wait(plan.Scale)
		case step.Observe != nil:
			total += r.within(step.Observe) + time.Duration(step.Observe.Throughout) + lookTime
		case step.Hook != "":
			total += hookTime
		}
	}
	return total + last + within + time.Duration(plan.Expect.Throughout) + lookTime
}

// lookTime and hookTime are what a look and a hook may take beyond what is asked of them; both have limits of their
// own, so these only keep the play's deadline behind them.
const (
	lookTime = 10 * time.Second
	hookTime = 2 * time.Minute
)

// within is how long an expectation may take to come true.
func (r *runner) within(e *scenarios.Expect) time.Duration {
	if e.Within > 0 {
		return time.Duration(e.Within)
	}
	return time.Duration(r.caps.Within)
}
