package suite

import (
	"context"
	"fmt"
	"time"

	"github.com/relaycheck/relaycheck/suite/observe"
)

// Look shows what the target's observers see of one task now. Of the configuration it needs the Target. The error says
// which observer could not look; what the others saw is in the Look all the same.
func Look(ctx context.Context, cfg Config, id observe.Identity) (observe.Look, error) {
	if cfg.Target == nil {
		return observe.Look{}, usage("there is no target file, so there is nothing to look with")
	}
	set, err := observe.Open(ctx, cfg.Target)
	if err != nil {
		return observe.Look{}, err
	}
	defer func() { _ = set.Close() }()
	if set.Empty() {
		return observe.Look{}, usage("the target file %s has no observers: see observe in it", cfg.Target.File)
	}
	return set.Look(ctx, id)
}

// A Diagnosis is one thing that Diagnose looked at.
type Diagnosis struct {
	What string `json:"what"` // "target", "observers", "clock" …
	OK   bool   `json:"ok"`
	Said string `json:"said"` // what was found, and where it is wrong what to do
}

// Diagnose tries all that a run needs, without judging anything: whether the receiver can be started and reached, whether
// its observers can be trusted, which facts they show, which hooks there are, and how punctual this machine is. It
// posts the callbacks of two canary tasks. The error says that the configuration is wrong; nothing was sent then.
func Diagnose(ctx context.Context, cfg Config) ([]Diagnosis, error) {
	r, err := newRunner(cfg)
	if err != nil {
		return nil, err
	}
	defer r.close()
	var out []Diagnosis
	add := func(what string, err error, fine string, args ...any) {
		d := Diagnosis{What: what, OK: err == nil, Said: fmt.Sprintf(fine, args...)}
		if err != nil {
			d.Said = err.Error()
		}
		d.Said = string(r.redact([]byte(d.Said)))
		out = append(out, d)
	}
	add("clock", nil, "%s late at the worst of 20 waits of 5ms", worstWait(ctx).Round(10*time.Microsecond))
	if err := r.open(ctx); err != nil {
		add("set-up", err, "")
		return out, nil
	}
	set := r.observers
	r.observers = nil
	err = r.preflight(ctx)
	add("target", err, "%s answers", r.url)
	r.observers = set
	switch {
	case err != nil:
		return out, nil
	case set == nil || set.Empty():
		add("observers", fmt.Errorf("there are none: only answers can be judged, everything else will be not observable"), "")
	default:
		err := r.preflight(ctx)
		add("observers", err, "trustworthy; facts %v, effects %v", r.caps.Facts, r.caps.Effects)
	}
	add("hooks", nil, "%v", r.hooks.names())
	if r.signKey == "" {
		add("signing", nil, "no callback key: SEC-1 to SEC-3 cannot be judged")
	} else {
		add("signing", nil, "a callback key is set, signatures required: %v", r.signAll)
	}
	return out, nil
}

// worstWait is how much later than asked this machine wakes up.
func worstWait(ctx context.Context) time.Duration {
	var worst time.Duration
	for range 20 {
		const nap = 5 * time.Millisecond
		begin := time.Now()
		if wait(ctx, nap) != nil {
			break
		}
		worst = max(worst, time.Since(begin)-nap)
	}
	return worst
}
