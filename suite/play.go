package suite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/report"
)

// A future is a play that may still go on. What it holds may be read once done is closed.
type future struct {
	scenario *scenarios.Scenario
	number   int
	round    int // from 1
	done     chan struct{}

	play  report.Play
	begun bool // false if the run ended before its turn
}

// row finds the verdict about one requirement.
func (f *future) row(id string) (judge.Row, bool) {
	for _, row := range f.play.Result.Rows {
		if row.Requirement == id {
			return row, true
		}
	}
	return judge.Row{}, false
}

// futures makes one future for each round of each selected scenario.
func (r *runner) futures() []*future {
	var out []*future
	for _, sc := range r.selected {
		for round := 1; round <= r.rounds(sc); round++ {
			if r.cfg.Round == 0 || r.cfg.Round == round || !sc.InRounds() {
				out = append(out, &future{scenario: sc, number: len(out), round: round, done: make(chan struct{})})
			}
		}
	}
	return out
}

// rounds is how many rounds of a scenario there are. A round that was asked for by its number is there, whatever the
// scenario says: it may be one of a longer run.
func (r *runner) rounds(sc *scenarios.Scenario) int {
	if !sc.InRounds() {
		return 1
	}
	return max(cmp.Or(r.cfg.Rounds, sc.Rounds()), r.cfg.Round)
}

// playAll plays the futures, a bounded number at a time in an order drawn from the seed, and judges each as it ends.
// Scenarios that restart the receiver or are a load come after all others, one by one: what they do would hit everyone. It
// returns once every future is done, and says why the run was cut short, if it was.
func (r *runner) playAll(ctx context.Context, futures []*future) (cut string) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	crowd, alone := apart(shuffled(r.cfg.Seed, futures))
	watch := newWatch(r.cfg.Progress, len(futures))
	var silent atomic.Int32 // plays in a row that got no answer at all
	first := func(f *future) {
		if ctx.Err() != nil {
			return
		}
		f.begun = true
		watch.started(f.scenario.ID)
		f.play = r.playOnce(ctx, f.scenario, f.number, f.round)
	}
	last := func(f *future) {
		defer close(f.done)
		if !f.begun {
			return
		}
		f.play = r.again(ctx, f.play, f.scenario, f.number, f.round)
		watch.ended(f.scenario.ID)
		if r.cfg.FailFast && r.words().Broke(f.play) {
			stop(errFailFast)
		}
		if !mute(f.play) {
			silent.Store(0)
		} else if silent.Add(1) >= mutePlays {
			stop(errMute)
		}
	}
	var mu sync.Mutex
	var putOff []*future // until the crowd is gone, which is what makes this machine late more than anything else
	each(cmp.Or(r.concurrency, DefaultConcurrency), crowd, func(f *future) {
		if first(f); f.begun && late(f.play) {
			mu.Lock()
			defer mu.Unlock()
			putOff = append(putOff, f)
			return
		}
		last(f)
	})
	each(1, putOff, last)
	each(1, alone, func(f *future) { first(f); last(f) })
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errFailFast):
		cut = fmt.Sprintf("ended early by --fail-fast: %d of %d scenarios were played", distinct(futures, true), distinct(futures, false))
	case errors.Is(cause, errMute):
		cut = fmt.Sprintf("ended early, for the receiver has stopped answering: not one callback of %d scenarios in a row got its answer within %s; %d of %d scenarios were played",
			mutePlays, r.answerWithin, distinct(futures, true), distinct(futures, false))
	}
	return cut
}

// played gives the plays of the futures that had their turn.
func played(futures []*future) []report.Play {
	var out []report.Play
	for _, f := range futures {
		if f.begun {
			out = append(out, f.play)
		}
	}
	return out
}

// distinct counts the scenarios of futures: all, or those that had their turn.
func distinct(futures []*future, begun bool) int {
	seen := map[string]bool{}
	for _, f := range futures {
		if f.begun || !begun {
			seen[f.scenario.ID] = true
		}
	}
	return len(seen)
}

// apart separates the scenarios that must have receiver and machine for themselves from those that can be played side by
// side.
func apart(futures []*future) (crowd, alone []*future) {
	for _, f := range futures {
		if f.scenario.Alone() {
			alone = append(alone, f)
		} else {
			crowd = append(crowd, f)
		}
	}
	return crowd, alone
}

// each calls do for all of list, at most limit at a time.
func each(limit int, list []*future, do func(*future)) {
	var wg sync.WaitGroup
	slot := make(chan struct{}, limit)
	for _, f := range list {
		slot <- struct{}{}
		wg.Go(func() {
			defer func() { <-slot }()
			do(f)
		})
	}
	wg.Wait()
}

// play plays one scenario to its verdict.
func (r *runner) play(ctx context.Context, sc *scenarios.Scenario, number, round int) report.Play {
	return r.again(ctx, r.playOnce(ctx, sc, number, round), sc, number, round)
}

// again plays a scenario once more, with new tasks, where the harness itself was late and a verdict that rests on time could not be
// given for it: a busy moment of this machine is no reason to leave a question open. What comes out of the last try counts,
// whatever it is.
func (r *runner) again(ctx context.Context, out report.Play, sc *scenarios.Scenario, number, round int) report.Play {
	took := out.Duration
	for try := 1; try < triesWhenLate && ctx.Err() == nil && late(out); try++ {
		out = r.playOnce(ctx, sc, number, round)
		took += out.Duration
	}
	out.Duration = took
	return out
}

// triesWhenLate bounds how often a scenario is played: a machine that is late three times in a row will be again.
const triesWhenLate = 3

// late reports whether a play left a question open for this machine's sake: deliveries of it left later than they were due or,
// where the verdict rests on real time, than they were planned, for looks that take long keep the next event back as well;
// or something was not given that a check rests on, which a scenario says where it knows what else may be to blame. Below this
// lag no check gives up. Where a receiver left a callback unanswered, it was not this machine that took the time, and to wait
// for all of it again would teach nothing, unless others of the crowd kept it from answering.
func late(p report.Play) bool {
	const lag = 20 * time.Millisecond
	real := p.Input.Plan.Scenario.RealTime
	if !slices.ContainsFunc(p.Result.Rows, func(row judge.Row) bool { return row.Verdict == judge.NotTestable }) {
		return false
	}
	if ungiven(p) && !mute(p) {
		return true
	}
	return !slices.ContainsFunc(p.Input.Transcript.Deliveries, unanswered) &&
		slices.ContainsFunc(p.Input.Transcript.Deliveries, func(d emitter.Delivery) bool {
			return d.Lag() > lag || real && len(d.Attempts) > 0 && time.Duration(d.Attempts[0].Queued-d.Planned) > lag
		})
}

// ungiven reports whether a check of a play's end proves nothing because of its `given`.
func ungiven(p report.Play) bool {
	return slices.ContainsFunc(p.Input.Plan.Expect.Checks, func(rests scenarios.Check) bool {
		return rests.Given != "" && slices.ContainsFunc(p.Result.Rows, func(row judge.Row) bool {
			return slices.ContainsFunc(row.Checks, func(c judge.Check) bool {
				return c.Kind == "expr" && c.Step == judge.Final && c.Outcome == judge.CannotTest && c.Pos == rests.Pos
			})
		})
	})
}

// mutePlays is how many plays in a row may go without any answer in time. To play on would cost the answer's whole
// time for each callback that is left, hours in all, and find the same again.
const mutePlays = 3

// errMute ends the plays of a run once the receiver has stopped answering.
var errMute = errors.New("the receiver has stopped answering")

// mute reports whether a play sent something, and no attempt of it was answered in time.
func mute(p report.Play) bool {
	sent := false
	for _, d := range p.Input.Transcript.Deliveries {
		for _, a := range d.Attempts {
			if a.Failure == nil || a.Failure.Kind != emitter.FailTimeout {
				return false
			}
			sent = true
		}
	}
	return sent
}

// unanswered reports whether an attempt of a delivery ended without an answer because the time for it ran out.
func unanswered(d emitter.Delivery) bool {
	return slices.ContainsFunc(d.Attempts, func(a emitter.Attempt) bool {
		return a.Failure != nil && a.Failure.Kind == emitter.FailTimeout
	})
}

// playOnce plays one scenario to its verdict. Whatever goes wrong on the way, a panic included, becomes part of what is
// judged: a play that ended early proves nothing, and says why.
func (r *runner) playOnce(ctx context.Context, sc *scenarios.Scenario, number, round int) (out report.Play) {
	begin := time.Now()
	p := &playing{runner: r}
	p.input.Capabilities = r.caps
	p.input.Plan.Scenario = sc.Ref
	defer func() {
		if v := recover(); v != nil {
			p.input.Transcript.Aborted = fmt.Sprintf("panic: %v\n%s", v, firstLines(debug.Stack(), 12))
			out = r.judged(p.input, begin)
		}
	}()
	plan, err := sc.Compile(r.params(sc, number, round))
	if err != nil {
		p.input.Transcript = emitter.Transcript{Started: begin, Aborted: err.Error()}
		return r.judged(p.input, begin)
	}
	toMicros(&plan)
	p.input.Plan = plan
	p.tasks = keyed(plan.Tasks)
	sender := emitter.NewSender(r.patientOptions(&plan))
	defer sender.Close()
	p.ear = newEar(&plan, r.cfg.Trace)
	player := emitter.Player{Sender: sender, Clock: r.clock, Scale: plan.Scale, Trace: p.ear.trace()}
	p.input.Transcript = player.Play(ctx, r.script(&plan, p))
	if p.input.Transcript.Aborted == "" {
		p.final(ctx)
	}
	if r.canary != nil {
		p.input.Fetches = r.canary.fetchesOf(p.taskIDs(), p.input.Transcript.Started)
	}
	return r.judged(p.input, begin)
}

// judged asks for the verdict.
func (r *runner) judged(in judge.Input, begin time.Time) report.Play {
	toMicros(&in.Transcript)
	toMicros(&in.Samples)
	toMicros(&in.Fetches)
	out := report.Play{Input: in, Result: guarded(in, r.catalogue, r.judge)}
	out.Duration = time.Since(begin)
	return out
}

// params fixes what a plan leaves to the run.
func (r *runner) params(sc *scenarios.Scenario, number, round int) scenarios.Params {
	return scenarios.Params{
		Play: number, Round: round, Of: r.rounds(sc), Seed: r.cfg.Seed, Scale: r.cfg.TimeScale, Epoch: time.Now().UTC().Truncate(time.Millisecond),
		BaseID: r.ids.take(sc.TaskCount(r.cfg.Load)), Key: r.signKey, SignAll: r.signAll, CanaryBase: r.canary.base,
		Load: r.cfg.Load,
	}
}

func (r *runner) senderOptions() emitter.SenderOptions {
	o := emitter.SenderOptions{Limits: emitter.Limits{Answer: r.answerWithin}}
	if t := r.cfg.Target; t != nil {
		o.TLS = t.TLS
	}
	return o
}

// connectWithin is how long a connection may take to come about once the target is known to be there. The preflight is
// quicker to give up, because a dead target has to be told at once; afterwards a machine that is busy with dozens of
// plays may be slow to connect, and that is nothing to hold against the receiver.
const connectWithin = 15 * time.Second

// patientOptions are the options of a play's sender. Under a load the receiver may let connections wait for as long as it may
// let an answer: what counts is when the answer is there.
func (r *runner) patientOptions(plan *scenarios.Plan) emitter.SenderOptions {
	o := r.senderOptions()
	o.Limits.Dial = connectWithin
	if plan.Load != nil {
		o.Limits.Dial = max(connectWithin, r.answerWithin)
	}
	return o
}

func firstLines(b []byte, n int) []byte {
	for i, c := range b {
		if c == '\n' {
			if n--; n == 0 {
				return b[:i]
			}
		}
	}
	return b
}
