package observe

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/observe/expression"
)

// A Canary is a task that was played before anything else, to find out whether the observers can be believed.
type Canary struct {
	Identity

	Name       string // for messages: "canary A"
	ToURL      string
	SourceURLs []string
	// Acknowledged says that each of its callbacks was answered 2xx. Where one was not, the receiver need not know
	// the task, and the observers are not to blame if they do not see it.
	Acknowledged bool
}

// Controls are the tasks by which the observers are tried.
type Controls struct {
	Running Canary   // has started
	Ended   Canary   // has lived a whole life: started, played a file, exited
	Never   Identity // was never sent
	Within  time.Duration
}

// Trust is what the controls showed.
type Trust struct {
	// Shown are the facts that the canaries had, sorted; for Capabilities.
	Shown []string
	// Absent are the facts that the target file names, that the whole life of a task has, and that neither canary had, sorted:
	// what they name may be misspelt.
	Absent []string
	// Proven says that every canary was acknowledged and seen. Otherwise nothing was held against the observers, but
	// nothing speaks for them either.
	Proven bool
}

// A Looker is what Check tries: a Set.
type Looker interface {
	Look(ctx context.Context, id Identity) (Look, error)
}

// An UntrustworthyError says that an observer cannot be believed. It is never a verdict about the receiver.
type UntrustworthyError struct {
	Observer string // "observe.task", "observe.effects.rows"
	Reason   string // what was wrong, in one sentence
	Saw      string // what was seen, shortened; "" if nothing was
	Advice   string // what to do about it
	Err      error  // the last look's error, if it was one
}

func (e *UntrustworthyError) Error() string {
	msg := e.Observer
	if l, ok := errors.AsType[*LookError](e.Err); ok && l.At != "" {
		msg += " (" + l.At + ")"
	}
	msg += " cannot be trusted: " + e.Reason
	if e.Saw != "" {
		msg += ". Seen: " + e.Saw
	}
	if e.Advice != "" {
		msg += ". " + e.Advice
	}
	return msg
}

// Unwrap returns the last look's error.
func (e *UntrustworthyError) Unwrap() error { return e.Err }

// Check tries the observers of a set: each must see the canaries within the time, must tell one from the other, and
// must show nothing for an id that was never sent, before and after. An observer that fails is told by an
// *UntrustworthyError; any other error means that the context is done.
func Check(ctx context.Context, set *Set, c Controls) (Trust, error) {
	names := []string{}
	for _, e := range set.effects {
		if e.spec.Canary {
			names = append(names, e.spec.Name)
		}
	}
	t := trial{set: set, Controls: c, hasTask: set.task != nil, counted: names}
	t.named, _ = set.Facts()
	return t.run(ctx)
}

// A trial is one run of the controls.
type trial struct {
	Controls

	set     Looker
	hasTask bool
	named   []string // facts that the target file names
	counted []string // effects that a whole life must have
}

func (t *trial) run(ctx context.Context) (Trust, error) {
	if err := t.nothing(ctx, ""); err != nil {
		return Trust{}, err
	}
	var running, ended Look
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		running, err = t.seen(gctx, t.Running, nil)
		return err
	})
	g.Go(func() (err error) {
		ended, err = t.seen(gctx, t.Ended, t.counted)
		return err
	})
	if err := g.Wait(); err != nil {
		return Trust{}, err
	}
	if err := t.words(running, ended); err != nil {
		return Trust{}, err
	}
	absent, err := t.absent(running, ended)
	if err != nil {
		return Trust{}, err
	}
	if err := t.nothing(ctx, ", although it showed nothing before the canaries were looked at"); err != nil {
		return Trust{}, err
	}
	return Trust{
		Shown:  shown(running.Facts, ended.Facts),
		Absent: absent,
		Proven: t.Running.Acknowledged && t.Ended.Acknowledged,
	}, nil
}

// nothing asks for the id that was never sent. A look that fails is tried again for as long as one that sees
// nothing: a receiver that has just started may not have its tables yet.
func (t *trial) nothing(ctx context.Context, although string) error {
	look, err := t.poll(ctx, t.Never, func(Look) bool { return true })
	if err != nil {
		return t.failed(ctx, err, "a task that was never sent")
	}
	if t.hasTask && Exists(look.Facts) {
		return &UntrustworthyError{
			Observer: taskName,
			Reason:   fmt.Sprintf("it shows a task %s, which was never sent%s", t.Never.TaskID, although),
			Saw:      saw(look),
			Advice:   "It must show nothing for an unknown id: let `exists` tell the two apart, and look that the id is part of the question",
		}
	}
	for _, name := range sortedNames(look.Effects) {
		if n := look.Effects[name]; n != 0 {
			return &UntrustworthyError{
				Observer: effectPrefix + name,
				Reason:   fmt.Sprintf("it counts %d for task %s, which was never sent%s", n, t.Never.TaskID, although),
				Saw:      saw(Look{Raw: look.Counted[name]}),
				Advice:   "It must count the effects of one task: look that the id is part of the question",
			}
		}
	}
	return nil
}

const (
	taskName     = "observe.task"
	effectPrefix = "observe.effects."
)

// seen waits until a canary is seen, facts and effects.
func (t *trial) seen(ctx context.Context, c Canary, effects []string) (Look, error) {
	enough := func(l Look) bool {
		if t.hasTask && !Exists(l.Facts) {
			return false
		}
		for _, name := range effects {
			if l.Effects[name] == 0 {
				return false
			}
		}
		return true
	}
	if !c.Acknowledged {
		effects = nil
		enough = func(Look) bool { return true }
	}
	look, err := t.poll(ctx, c.Identity, enough)
	if err != nil {
		return look, t.failed(ctx, err, c.Name)
	}
	if other := t.other(c); t.hasTask && mistaken(look.Facts, c, other) {
		return look, &UntrustworthyError{
			Observer: taskName,
			Reason:   fmt.Sprintf("asked for %s (task %s), it answers for %s (task %s)", c.Name, c.TaskID, other.Name, other.TaskID),
			Saw:      saw(look),
			Advice:   "Look that the id is part of the question",
		}
	}
	if enough(look) {
		return look, nil
	}
	if t.hasTask && !Exists(look.Facts) {
		return look, &UntrustworthyError{
			Observer: taskName,
			Reason:   fmt.Sprintf("it does not show %s (task %s) within %s, although the receiver acknowledged it", c.Name, c.TaskID, t.Within),
			Saw:      saw(look),
			Advice: "It looks at the wrong place, or it lags: try the question by hand, or raise observe.within. If the receiver answers 200 and " +
				"then forgets, nothing about it can be seen, and this is the reason",
		}
	}
	for _, name := range effects {
		if look.Effects[name] == 0 {
			return look, &UntrustworthyError{
				Observer: effectPrefix + name,
				Reason:   fmt.Sprintf("it counts 0 for the whole life of %s (task %s) after %s", c.Name, c.TaskID, t.Within),
				Saw:      saw(Look{Raw: look.Counted[name]}),
				Advice: "An observer that sees nothing cannot tell one effect from two: look that it asks the right place, or, if a task's start, " +
					"file and exit do not have this effect, say `canary: false`",
			}
		}
	}
	return look, nil
}

func (t *trial) other(c Canary) Canary {
	if c.TaskID == t.Running.TaskID {
		return t.Ended
	}
	return t.Running
}

// The pace of polling: quick at first, because most receivers are, and then as a person would ask again.
const (
	firstPause = 10 * time.Millisecond
	maxPause   = 250 * time.Millisecond
)

// poll looks until it is enough or the time is over, and gives the last look.
func (t *trial) poll(ctx context.Context, id Identity, enough func(Look) bool) (Look, error) {
	over := time.NewTimer(t.Within)
	defer over.Stop()
	last := false
	for pause := firstPause; ; pause = min(2*pause, maxPause) {
		look, err := t.set.Look(ctx, id)
		if ctx.Err() != nil {
			return look, context.Cause(ctx)
		}
		if err == nil && enough(look) || last {
			return look, err
		}
		next := time.NewTimer(pause)
		select {
		case <-next.C:
		case <-over.C:
			last = true // one more look: what came to be seen at the last moment is seen
		case <-ctx.Done():
			next.Stop()
			return look, context.Cause(ctx)
		}
		next.Stop()
	}
}

// failed makes a look's error one about trust.
func (t *trial) failed(ctx context.Context, err error, what string) error {
	if ctx.Err() != nil {
		return err
	}
	var l *LookError
	if !errors.As(err, &l) {
		return err
	}
	return &UntrustworthyError{
		Observer: l.Observer,
		Reason:   fmt.Sprintf("for %s it could not look at %s: %v", t.Within, what, l.Err),
		Err:      err,
	}
}

// mistaken reports whether the facts of one canary are those of the other: all that can tell them apart says so, and
// nothing says the opposite.
func mistaken(f judge.Facts, asked, other Canary) bool {
	others := 0
	for _, fact := range []struct {
		name        string
		mine, their any
	}{
		{"stream_id", asked.StreamID, other.StreamID},
		{"to_url", asked.ToURL, other.ToURL},
		{"source_urls", list(asked.SourceURLs), list(other.SourceURLs)},
	} {
		switch v := f[fact.name]; {
		case isEmpty(v) || isEmpty(fact.their) || reflect.DeepEqual(fact.mine, fact.their):
		case reflect.DeepEqual(v, fact.their):
			others++
		default:
			return false
		}
	}
	return others > 0
}

func list(urls []string) any {
	out := make([]any, len(urls))
	for i, u := range urls {
		out[i] = u
	}
	return out
}

// words finds a phase in words of the target's own, which no check would ever find equal to ours. It takes both
// canaries to say so: one of them alone may be a receiver's mistake.
func (t *trial) words(running, ended Look) error {
	a, aok := foreign(running.Facts["phase"])
	b, bok := foreign(ended.Facts["phase"])
	if !aok || !bok {
		return nil
	}
	return &UntrustworthyError{
		Observer: taskName,
		Reason:   fmt.Sprintf("it shows the phases %s and %s, but a phase is \"running\" or \"ended\"", a, b),
		Advice:   `Translate them in the target file: facts: {phase: 'body.state == "RUN" ? "running" : "ended"'}`,
	}
}

// absent lists the facts that the target file names and that neither canary had, of those that a whole life has. A member
// that is misspelt looks just like one that is not there, so this alone is no error: a receiver may lose what it was told. But
// without a phase for either of two tasks that it shows, everything that follows would be about the target file.
func (t *trial) absent(running, ended Look) ([]string, error) {
	if !t.Running.Acknowledged || !t.Ended.Acknowledged {
		return nil, nil
	}
	var out []string
	for _, name := range t.named {
		if name != "alarms" && isEmpty(running.Facts[name]) && isEmpty(ended.Facts[name]) {
			out = append(out, name)
		}
	}
	sort.Strings(out)
	if !slices.Contains(out, "phase") {
		return out, nil
	}
	return nil, &UntrustworthyError{
		Observer: taskName,
		Reason:   "the target file says how the phase can be seen, but neither of two tasks has one, the one that runs and the one that ended",
		Saw:      saw(ended),
		Advice:   "Look for a slip in the names of facts.phase: what is not there gives nothing, and no error",
	}
}

func foreign(phase any) (string, bool) {
	if isEmpty(phase) || phase == "running" || phase == "ended" {
		return "", false
	}
	return expression.Show(phase, 40), true
}

// shown lists the facts that any of the looks had, be they null: a fact that is null is one that can be shown.
func shown(looks ...judge.Facts) []string {
	seen := map[string]bool{}
	for _, facts := range looks {
		for name := range facts {
			seen[name] = true
		}
	}
	out := make([]string, 0, len(seen))
	for name := range seen {
		out = append(out, name)
	}
	sort.Strings(out)
	return out
}

func sortedNames(counts map[string]int) []string {
	names := make([]string, 0, len(counts))
	for n := range counts {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// saw shortens what a look saw for a sentence.
func saw(l Look) string {
	const most = 300
	text := strings.Join(strings.Fields(string(bytes.ToValidUTF8(l.Raw, []byte("\uFFFD")))), " ")
	if text == "" && l.Facts != nil {
		if raw, err := json.Marshal(l.Facts); err == nil {
			text = string(raw)
		}
	}
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}
