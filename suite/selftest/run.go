package selftest

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/relaycheck/relaycheck/internal/receiver"
	"github.com/relaycheck/relaycheck/internal/strict"
	"github.com/relaycheck/relaycheck/scenarios"
	"github.com/relaycheck/relaycheck/suite"
)

// Config says what to certify. The zero value certifies everything.
type Config struct {
	// Bugs are the ids of those to judge; none means all of them.
	Bugs []string
	// Seed fixes every random choice; 0 draws one, which the certificate names.
	Seed int64
	// TimeScale divides every wait of scenarios that are not real_time. 0 means 1; range 0.1 to 1000.
	TimeScale float64
	// Concurrency bounds the receivers that are judged at one time. 0 means DefaultConcurrency.
	Concurrency int
	// Shuffle judges the bugs in an order drawn from the seed. The outcome must not depend on it.
	Shuffle bool
	// Scenarios to play; nil means those that are shipped.
	Scenarios []*scenarios.Scenario
	// Progress is told of every receiver whose turn begins or ends. It must be safe for concurrent use.
	Progress func(suite.Progress)
}

// DefaultConcurrency keeps four cores busy: a run waits most of its time.
const DefaultConcurrency = 24

// wholeLadder is the requirement whose scenario takes a dozen seconds of real time, whatever the time scale. It is
// played only where something is to be learnt from it.
const wholeLadder = "RET-3"

// realLimit is the requirement that is about 20 s of real time. The bugs that break it are given that time, and only the
// scenarios that exercise it are played at them.
const realLimit = "ACK-2"

// repeats is how often a run is played again if the machine was too slow for its verdict to mean anything.
const repeats = 3

// Run makes the certificate. A *suite.UsageError means that nothing was started. Where ctx is cancelled, the
// certificate covers what was judged by then and says so.
func Run(ctx context.Context, cfg Config) (Certificate, error) {
	begun := time.Now()
	c, err := newCourt(cfg) //nolint:contextcheck // what the seeded bugs do later has contexts of its own
	if err != nil {
		return Certificate{}, err
	}
	c.pulse = feelPulse(ctx)
	defer c.pulse.close()
	c.judgeAll(ctx)
	if err := errors.Join(c.errs...); err != nil && ctx.Err() == nil {
		return Certificate{}, err
	}
	cert := c.certificate(ctx.Err() != nil)
	cert.Holds = len(cert.Problems)+len(cert.Untold) == 0 && !cert.Interrupted
	cert.Seconds = float64(time.Since(begun).Round(10*time.Millisecond)) / float64(time.Second)
	return cert, nil
}

// A court is one certificate in the making.
type court struct {
	cfg       Config
	catalogue *scenarios.Catalogue
	exercised map[string][]string // requirement -> scenarios
	cases     []*trial
	leftOut   []LeftOut
	pulse     *pulse

	mu   sync.Mutex
	done int
	errs []error
}

// A trial is the suite played at one receiver.
type trial struct {
	bug      receiver.Bug // the zero Bug is the reference
	report   suite.Report
	lag      time.Duration // of the pulse, the greatest while it was played
	repeated int
	over     bool
}

func (t *trial) name() string {
	if t.reference() {
		return "the reference"
	}
	return t.bug.ID
}

// reference says whether it is the reference that is judged.
func (t *trial) reference() bool { return t.bug.ID == "" }

// names says whether a requirement is the bug's own, or named one by one among its side effects. The reference names all.
func (t *trial) names(requirement string) bool {
	return t.reference() || t.bug.Requirement == requirement ||
		slices.ContainsFunc(t.bug.SideEffects, func(s receiver.SideEffect) bool { return s.Requirement == requirement })
}

// durable says whether the receiver is to be restarted: only bugs of durability show then.
func (t *trial) durable() bool {
	return t.reference() || strings.HasPrefix(t.bug.Requirement, "DUR-")
}

// loaded says whether the receiver is to bear a load: that takes ten seconds, and only bugs of load show then.
func (t *trial) loaded() bool {
	return t.reference() || t.bears()
}

// bears says whether the bug is one of load: then nothing else is played, for its limits are between what all other scenarios
// send and what those of load do.
func (t *trial) bears() bool { return strings.HasPrefix(t.bug.Requirement, "LOAD-") }

// answerLimit is what stands for the 20 s of an answer. The reference has them all, for it never lets them pass. Where a run
// is repeated because the machine was late, an answer may be as well.
func (t *trial) answerLimit() time.Duration {
	if t.reference() || t.bug.Requirement == realLimit {
		return suite.DefaultAnswerWithin
	}
	return min(answerLimit<<t.repeated, suite.DefaultAnswerWithin)
}

// crowd is how many scenarios are played at one time: all, for a run waits most of its time; but fewer in a run that is
// repeated, for what made the machine late may have been the suite itself.
func (t *trial) crowd(all int) int {
	if t.repeated == 0 {
		return all
	}
	return max(1, min(all, suite.DefaultConcurrency)/t.repeated)
}

func newCourt(cfg Config) (*court, error) {
	if cfg.Concurrency == 0 {
		cfg.Concurrency = DefaultConcurrency
	}
	if cfg.Concurrency < 1 || cfg.Concurrency > 200 {
		return nil, usage("concurrency %d: must be between 1 and 200", cfg.Concurrency)
	}
	if cfg.TimeScale == 0 {
		cfg.TimeScale = 1
	}
	if cfg.TimeScale < 0.1 || cfg.TimeScale > 1000 {
		return nil, usage("time scale %g: must be between 0.1 and 1000", cfg.TimeScale)
	}
	if cfg.Seed == 0 {
		var b [4]byte
		if _, err := rand.Read(b[:]); err != nil {
			return nil, fmt.Errorf("draw a seed: %w", err)
		}
		cfg.Seed = 1 + int64(binary.BigEndian.Uint32(b[:])%999_999)
	}
	c := &court{cfg: cfg, exercised: map[string][]string{}}
	var err error
	if c.catalogue, err = scenarios.LoadCatalogue(); err != nil {
		return nil, fmt.Errorf("load the requirement catalogue: %w", err)
	}
	if c.cfg.Scenarios == nil {
		if c.cfg.Scenarios, err = scenarios.Shipped(); err != nil {
			return nil, fmt.Errorf("load the shipped scenarios: %w", err)
		}
	}
	c.index()
	return c, c.summon()
}

// index notes which scenarios exercise which requirement.
func (c *court) index() {
	for _, sc := range c.cfg.Scenarios {
		for _, id := range sc.Requires {
			c.exercised[id] = append(c.exercised[id], sc.ID)
		}
	}
}

// summon finds the bugs to judge.
func (c *court) summon() error {
	zoo := receiver.Bugs()
	for _, id := range c.cfg.Bugs {
		if _, ok := receiver.Lookup(id); !ok {
			return usage("there is no seeded bug %q%s; `relaycheck receiver --list-bugs` shows them", id, didYouMean(id, zoo))
		}
	}
	c.cases = append(c.cases, &trial{})
	for _, b := range zoo {
		switch {
		case len(c.cfg.Bugs) > 0 && !slices.Contains(c.cfg.Bugs, b.ID):
		case len(c.exercised[b.Requirement]) == 0:
			c.leftOut = append(c.leftOut, LeftOut{ID: b.ID, Requirement: b.Requirement, Reason: "no scenario exercises " + b.Requirement})
		default:
			c.cases = append(c.cases, &trial{bug: b})
		}
	}
	return nil
}

// judgeAll plays the suite at all receivers, as many at a time as the machine can bear: the reference and those whose
// run is long first. A run that did not come out as it should while the machine was late is played again at the end,
// with fewer others beside it: a suite that runs on a machine at its limits proves nothing, either way.
func (c *court) judgeAll(ctx context.Context) {
	queue := slices.Clone(c.cases)
	if c.cfg.Shuffle {
		r := mathrand.New(mathrand.NewPCG(uint64(c.cfg.Seed), 0x7a6f6f)) //nolint:gosec // not a secret: the seed is printed
		r.Shuffle(len(queue), func(i, j int) { queue[i], queue[j] = queue[j], queue[i] })
	}
	slices.SortStableFunc(queue, func(a, b *trial) int { return rank(a) - rank(b) })
	c.each(ctx, c.cfg.Concurrency, queue)
	for again := range repeats {
		queue = slices.DeleteFunc(queue, func(t *trial) bool { return !t.over || !t.spoilt() })
		for _, t := range queue {
			t.repeated++
		}
		c.each(ctx, max(1, calm-again*2), queue)
	}
}

// calm is how many receivers are judged at one time when a run is repeated for the first time.
const calm = 5

// rank orders the trials by how long they take.
func rank(t *trial) int {
	switch {
	case t.bug.Requirement == realLimit:
		return 0
	case t.reference(), t.names(wholeLadder), t.bears():
		return 1
	default:
		return 2
	}
}

// spoilt says whether the machine may be to blame for what did not come out as it should.
func (t *trial) spoilt() bool {
	late := t.late()
	if t.reference() {
		wrong, untold := judgeReference(t.report, late)
		return len(wrong)+len(untold) > 0 && (late > tooLate || untested(t.report, ""))
	}
	return judgeBug(t.bug, t.report, late).Verdict != Killed && (late > tooLate || untested(t.report, t.bug.Requirement))
}

// late is how late this machine was at worst while the receiver was judged: in waking the pulse, or in sending a load.
func (t *trial) late() time.Duration {
	late := t.lag
	for _, sc := range t.report.Scenarios {
		if sc.Load != nil {
			late = max(late, behind(sc.Load))
		}
	}
	return late
}

func (c *court) each(ctx context.Context, limit int, list []*trial) {
	var wg sync.WaitGroup
	slot := make(chan struct{}, limit)
	for _, t := range list {
		slot <- struct{}{}
		c.pulse.ease(ctx)
		if ctx.Err() != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-slot }()
			c.tell(t, false)
			begun := time.Now()
			rep, err := c.play(ctx, t)
			if err != nil {
				c.mu.Lock()
				c.errs = append(c.errs, fmt.Errorf("judge %s: %w", t.name(), err))
				c.mu.Unlock()
			}
			// A run that was interrupted says nothing.
			if ctx.Err() == nil {
				t.report, t.over, t.lag = rep, true, c.pulse.worst(begun)
			}
			c.tell(t, true)
		})
	}
	wg.Wait()
}

func (c *court) tell(t *trial, over bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if over && t.repeated == 0 {
		c.done++
	}
	if c.cfg.Progress != nil {
		c.cfg.Progress(suite.Progress{Scenario: t.name(), Over: over, Done: c.done, Total: len(c.cases)})
	}
}

// play plays the suite at one receiver.
func (c *court) play(ctx context.Context, t *trial) (rep suite.Report, err error) {
	limit := t.answerLimit()
	h, err := openHost(receiver.Config{Bug: t.bug.ID, Key: callbackKey, AnswerLimit: limit}, t.durable()) //nolint:contextcheck // a receiver lives until it is closed
	if err != nil {
		return suite.Report{}, err
	}
	// A seeded bug may well fail to close its store in good order; what it was asked is answered by then.
	defer func() {
		if closeErr := h.close(); t.reference() && closeErr != nil {
			err = errors.Join(err, fmt.Errorf("end the receiver: %w", closeErr))
		}
	}()
	tgt, err := h.target()
	if err != nil {
		return suite.Report{}, err
	}
	s := suite.Selection{Profiles: suite.DefaultProfiles()}
	if t.durable() {
		s.Profiles = append(s.Profiles, scenarios.ProfileDurability)
	}
	if t.loaded() {
		s.Profiles = append(s.Profiles, scenarios.ProfileLoad)
	}
	switch {
	case t.bears():
		s.LabelFilter = scenarios.ProfileLoad
	case t.bug.Requirement == realLimit:
		s.LabelFilter = realLimit
	case !t.names(wholeLadder):
		s.LabelFilter = "!" + wholeLadder
	}
	return suite.Run(ctx, suite.Config{
		Target: tgt, Scenarios: c.cfg.Scenarios, Selection: s, Seed: c.cfg.Seed, TimeScale: c.cfg.TimeScale,
		Concurrency: t.crowd(len(c.cfg.Scenarios)), AnswerWithin: limit,
	})
}

func usage(format string, args ...any) error {
	return &suite.UsageError{Err: fmt.Errorf(format, args...)}
}

// didYouMean is " (did you mean x?)" where a known bug is near, else nothing.
func didYouMean(id string, zoo []receiver.Bug) string {
	ids := make([]string, len(zoo))
	for i, b := range zoo {
		ids[i] = b.ID
	}
	if near := strict.Nearest(id, ids); near != "" {
		return fmt.Sprintf(" (did you mean %q?)", near)
	}
	return ""
}
