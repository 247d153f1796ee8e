package judge

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/scenarios"
)

// compareChecks evaluates the scenario's own expressions over what was last seen.
func (s *sitting) compareChecks(tr *emitter.Transcript, l looks) []comparison {
	var out []comparison
	for _, check := range s.ex.Checks {
		c := comparison{
			guard: "expr", kind: "expr", name: "checks", subject: bounded(check.Expr), expected: "true", reason: check.Message, stated: true, pos: check.Pos,
		}
		for _, c := range s.compareCheck(c, check, tr, l) {
			if c.outcome == Fail && check.Given != "" {
				c = s.provided(c, check.Given, tr, l)
			}
			out = append(out, c)
		}
	}
	return out
}

// provided lets a check fail only where what it rests on was given: a machine that is as slow without what the scenario
// is about proves nothing by being slow with it.
func (s *sitting) provided(c comparison, given string, tr *emitter.Transcript, l looks) comparison {
	because := ""
	if program, err := scenarios.CompileCheck(given); err != nil {
		because = ": " + err.Error()
	} else if ok, _, err := s.evaluate(program, mentions(given), tr, l); err != nil {
		because = ": " + err.Error()
	} else if ok {
		return c
	}
	c.guard = "expr:not-given"
	c = c.cannot("%s", bounded("it is not so, but that proves nothing, for this was not given: "+given+because))
	c.outcome = CannotTest
	return c
}

func (s *sitting) compareCheck(c comparison, check scenarios.Check, tr *emitter.Transcript, l looks) []comparison {
	program, err := scenarios.CompileCheck(check.Expr)
	if err != nil {
		c.outcome, c.reason = CannotTest, bounded(err.Error())
		return []comparison{c}
	}
	m := mentions(check.Expr)
	if cannot := s.unseen(c, m, l); cannot != nil {
		return []comparison{*cannot}
	}
	undecided := func(c comparison) comparison {
		c.guard, c.open = "expr:too-short", !s.longEnough(l, s.newestOfAll(l))
		return c.tooShort(lastError(l.all), "it was not true yet, but it was looked at for %s only, and has %s to become so", short(span(l.first, s.lastSeen(l))), short(s.within()))
	}
	if m.looks && s.throughout() > 0 {
		var moments []moment
		for i := range l.all {
			then := s.upTo(l, i)
			if s.unseen(c, m, then) != nil {
				continue
			}
			ok, actual, _ := s.evaluate(program, m, tr, then)
			moments = append(moments, moment{l.all[i].At, ok, actual})
		}
		return s.sustained(c, moments, l, undecided)
	}
	ok, actual, err := s.evaluate(program, m, tr, l)
	switch {
	case ok:
		c.outcome, c.actual = Pass, actual
	case m.looks && !s.longEnough(l, s.lastSeen(l)):
		return []comparison{undecided(c)}
	case err != nil:
		c.outcome, c.reason = CannotTest, bounded(err.Error())
	default:
		c.outcome, c.actual = Fail, actual
	}
	return []comparison{c}
}

// evaluate says whether an expression is true. An error means that it cannot be told, and not because of the receiver:
// that a fact is absent which the target shows is an answer.
func (s *sitting) evaluate(p *scenarios.CheckProgram, m mention, tr *emitter.Transcript, l looks) (ok bool, actual string, err error) {
	env, absent := s.environment(m, tr, l)
	ok, err = p.True(env)
	switch {
	case err == nil:
		return ok, strconv.FormatBool(ok), nil
	case len(absent) > 0:
		return false, "cannot be told: " + strings.Join(absent, ", ") + " absent", nil
	default:
		return false, "", err
	}
}

// A mention is what an expression speaks about, as far as its text tells.
type mention struct {
	looks   bool // anything that must be looked at
	facts   []string
	effects []string
	anyOf   bool // effects, by a computed name
}

var (
	mentionsLooks   = regexp.MustCompile(`\b(tasks?|effects)\b`)
	mentionsMember  = regexp.MustCompile(`(?:\.\s*|\[\s*["'])([a-z_]+)`)
	mentionsEffect  = regexp.MustCompile(`\beffects\s*(?:\??\.\s*|\[\s*["'])([A-Za-z0-9_.-]+)`)
	mentionsEffects = regexp.MustCompile(`\beffects\b`)
)

func mentions(source string) mention {
	m := mention{looks: mentionsLooks.MatchString(source)}
	for _, match := range mentionsMember.FindAllStringSubmatch(source, -1) {
		if slices.Contains(FactNames(), match[1]) && !slices.Contains(m.facts, match[1]) {
			m.facts = append(m.facts, match[1])
		}
	}
	for _, match := range mentionsEffect.FindAllStringSubmatch(source, -1) {
		m.effects = append(m.effects, match[1])
	}
	m.anyOf = mentionsEffects.MatchString(source) && len(m.effects) == 0
	if !m.looks {
		m.facts = nil // answers have members of their own
	}
	return m
}

// unseen says why an expression cannot be evaluated: the target does not show what it speaks about, or nobody looked.
func (s *sitting) unseen(c comparison, m mention, l looks) *comparison {
	if !m.looks {
		return nil
	}
	for _, fact := range m.facts {
		if !s.shows(fact, l) {
			c.soft = true
			c = c.cannot("the target does not show %s", fact)
			return &c
		}
	}
	names := s.counted(l)
	for _, effect := range m.effects {
		if !slices.Contains(names, effect) {
			c.soft = true
			c = c.cannot("the target does not count %s", effect)
			return &c
		}
	}
	if m.anyOf && len(names) == 0 {
		c.soft = true
		c = c.cannot("the target counts no effects")
		return &c
	}
	for i := range s.book.plan.Tasks {
		key := s.book.plan.Tasks[i].Key
		samples := l.byTask[key]
		if len(good(samples)) > 0 {
			continue
		}
		c.guard, c.open = "expr:unseen", !s.longEnough(l, s.newestOfAll(l))
		if len(samples) == 0 {
			c = c.cannot("nobody looked at %s", key)
		} else {
			c = c.cannot("the observer could not look: %s", bounded(lastError(samples)))
		}
		return &c
	}
	return nil
}

// lastSeen is when the oldest of the tasks' newest looks began.
func (s *sitting) lastSeen(l looks) emitter.Offset {
	at := l.end
	for i := range s.book.plan.Tasks {
		if seen := good(l.byTask[s.book.plan.Tasks[i].Key]); len(seen) > 0 {
			at = min(at, seen[len(seen)-1].At)
		}
	}
	return at
}

// environment is what an expression is evaluated over, and which of the facts that it mentions are absent.
func (s *sitting) environment(m mention, tr *emitter.Transcript, l looks) (env scenarios.CheckEnv, absent []string) {
	env = scenarios.CheckEnv{Tasks: map[string]scenarios.TaskFacts{}, Effects: map[string]int{}, Answers: s.answers(tr, l)}
	for _, name := range s.counted(l) {
		env.Effects[name] = 0
	}
	for i := range s.book.plan.Tasks {
		key := s.book.plan.Tasks[i].Key
		seen := good(l.byTask[key])
		if len(seen) == 0 {
			continue
		}
		last := seen[len(seen)-1]
		facts := s.typed(s.seen(last))
		env.Tasks[key] = scenarios.NewTaskFacts(facts)
		if i == 0 {
			env.Task = env.Tasks[key]
		}
		for name, n := range last.Effects {
			env.Effects[name] += n
		}
		for _, fact := range m.facts {
			if facts[fact] == nil && !slices.Contains(absent, fact) {
				absent = append(absent, fact)
			}
		}
	}
	return env, absent
}

// typed gives facts the types that expressions have for them: a count that a database shows as text is a number.
func (s *sitting) typed(facts map[string]any) map[string]any {
	if facts == nil {
		return map[string]any{"exists": false}
	}
	out := make(map[string]any, len(facts)+1)
	known := false
	for name, v := range facts {
		out[name] = v
		known = known || v != nil
		if str, ok := v.(string); ok && factKind(name) == asNumber {
			if _, ok := number(str); ok {
				out[name] = canonicalNumber(strings.TrimSpace(str))
			}
		}
	}
	if v, ok := facts["exists"]; ok && v != nil {
		known = truth(v)
	}
	out["exists"] = known
	return out
}

// answers lists the attempts that were made so far, in the order in which they were made.
func (s *sitting) answers(tr *emitter.Transcript, l looks) []scenarios.AnswerFacts {
	type made struct {
		d *emitter.Delivery
		a *emitter.Attempt
	}
	var all []made
	for i := range tr.Deliveries {
		d := &tr.Deliveries[i]
		for j := range d.Attempts {
			a := &d.Attempts[j]
			if s.step == Final || us(a.Done) <= s.answersBy(tr, l) {
				all = append(all, made{d, a})
			}
		}
	}
	slices.SortStableFunc(all, func(x, y made) int { return int(us(x.a.Queued) - us(y.a.Queued)) })
	out := make([]scenarios.AnswerFacts, len(all))
	for i, m := range all {
		f := scenarios.AnswerFacts{
			Event: m.d.Event, Delivery: m.d.ID, Copy: m.d.Copy, Attempt: m.a.Number,
			At: float64(us(m.a.Queued)) / 1000, Written: float64(us(m.a.Written)) / 1000, MS: float64(span(m.a.Queued, m.a.Done).Microseconds()) / 1000,
		}
		if m.a.Answer != nil {
			status := m.a.Answer.Status
			f.Status, f.Body = &status, bodyValue(m.a.Answer.Body)
		}
		if m.a.Failure != nil {
			f.Failure = m.a.Failure.Kind
		}
		out[i] = f
	}
	return out
}

// answersBy is when the answers of a step that is not the last must have come.
func (s *sitting) answersBy(tr *emitter.Transcript, l looks) int64 {
	if len(l.all) > 0 {
		return us(l.end)
	}
	for _, step := range tr.Steps {
		if step.ID == s.step {
			return us(max(step.Started, step.Done))
		}
	}
	return wholePlay.sureBy
}

// bodyValue is a body as expressions see it: decoded JSON with native numbers, or text.
func bodyValue(body []byte) any {
	v, ok := decodeJSON(body, false)
	if !ok {
		return string(body)
	}
	return native(v)
}

func native(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, ok := whole(v); ok {
			return int(n)
		}
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return f
	case []any:
		for i := range v {
			v[i] = native(v[i])
		}
		return v
	case map[string]any:
		for k := range v {
			v[k] = native(v[k])
		}
		return v
	default:
		return v
	}
}
