package suite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/suite/observe"
	"github.com/relaycheck/relaycheck/suite/target"
)

// Look shows what the target's observers see of one task now. Of the configuration it needs the Target. The error says
// which observer could not look; what the others saw is in the Look all the same. A receiver that the target file says how to
// start is started for the look, and ended after it.
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
	if start := cfg.Target.Hooks.Start; start != nil && start.Command != nil {
		// The receiver may be what answers the observers, on a port that nobody else knows.
		hooks := &hookRunner{hooks: cfg.Target.Hooks, url: cmp.Or(cfg.URL, cfg.Target.URL)}
		defer hooks.close()
		if err := hooks.open(ctx); err != nil {
			return observe.Look{}, err
		}
	}
	return set.Look(ctx, id)
}

// A Diagnosis is one thing that Diagnose looked at.
type Diagnosis struct {
	What string `json:"what"` // "target", "observers", "clock" …
	OK   bool   `json:"ok"`
	Said string `json:"said"` // what was found, and where it is wrong what to do

	Output []string `json:"output,omitempty"` // the last lines of a receiver that did not come up
}

// maxOutputLines is how many of them there are: the rest of the screen is for the other findings.
const maxOutputLines = 10

// listed are names in a sentence.
func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
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
		if rcv := r.hooks.process.report(r.redact); rcv.Printed() {
			out[len(out)-1].Output = rcv.Last(maxOutputLines)
		}
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
		add("observers", err, "trustworthy; facts: %s; effects: %s", listed(r.caps.Facts), listed(r.caps.Effects))
		if len(r.absent) > 0 {
			add("facts", errors.New(saidAbsent(r.absent)), "")
		}
	}
	switch names := r.hooks.names(); {
	case !slices.Contains(names, target.Restart) && !slices.Contains(names, target.Kill):
		add("hooks", nil, "%s; without restart and kill DUR-1 and DUR-2 cannot be judged", listed(names))
	case !slices.Contains(names, target.Kill):
		add("hooks", nil, "%s; without kill DUR-2 cannot be judged", listed(names))
	case !slices.Contains(names, target.Restart):
		add("hooks", nil, "%s; without restart DUR-1 cannot be judged", listed(names))
	default:
		add("hooks", nil, "%s", listed(names))
	}
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
