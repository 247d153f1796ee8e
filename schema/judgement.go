package schema

import (
	"slices"
	"strconv"
)

// judgements are those that were made, about whole bodies, and answers what the library said, about a part of one: a body with
// something wrong in its msg has an envelope like many others.
var (
	judgements archive[*judgement]
	answers    archive[[]deviation]
)

// A ruling is what one edition has against all bodies of a constellation.
type ruling struct {
	edition  Edition
	findings []finding

	errors, warnings int  // that the findings come to, without those about entries of source_urls
	entries          bool // there are such: how many differs from body to body
}

// A choice is the editions that like a body best, and the ruling of the newest of them.
type choice struct {
	*ruling
	editions []Edition
}

// A judgement is what the candidate editions have against all bodies of a constellation.
type judgement struct {
	choice  choice   // none where it differs from body to body
	rulings []ruling // from the oldest edition to the newest; none where there is a choice
}

// judge chooses among the candidate editions, without those that do not know what the body carries.
func (e *exam) judge(candidates []Edition) (choice, error) {
	j, err := e.judgement(candidates)
	if err != nil {
		return choice{}, err
	}
	if j.choice.ruling == nil {
		return e.choose(j.rulings), nil
	}
	return j.choice, nil
}

func (e *exam) judgement(candidates []Edition) (*judgement, error) {
	if e.opts.NoFastPath {
		return e.decide(candidates)
	}
	e.key = append(append(append(e.key[:0], e.opts.Edition...), ' '), e.opts.Reading...)
	e.key = e.subj.constellation(e.key)
	if j := judgements.find(e.key); j != nil {
		return *j, nil
	}
	j, err := e.decide(candidates)
	if err != nil {
		return nil, err
	}
	judgements.keep(e.key, j)
	return j, nil
}

// decide asks the library.
func (e *exam) decide(candidates []Edition) (*judgement, error) {
	candidates = e.acquainted(candidates)
	fetch(e.subj.event, candidates)
	j := &judgement{rulings: make([]ruling, len(candidates))}
	entries := false
	for i, ed := range candidates {
		var err error
		if j.rulings[i], err = e.ruling(ed); err != nil {
			return nil, err
		}
		entries = entries || j.rulings[i].entries
	}
	if !entries {
		best := e.choose(j.rulings)
		only := *best.ruling // the others are not needed any more
		j.choice, j.rulings = choice{&only, slices.Clip(best.editions)}, nil
	}
	return j, nil
}

func (e *exam) ruling(ed Edition) (ruling, error) {
	found, err := e.edition(ed)
	r := ruling{edition: ed, findings: found}
	for i := range found {
		switch {
		case found[i].entries:
			r.entries = true
		case found[i].severity == Error:
			r.errors++
		default:
			r.warnings++
		}
	}
	return r, err
}

// choose ranks: fewest errors first, then fewest warnings. Acquainted as they are, today's editions agree on every body.
// The ranking is for those to come.
func (e *exam) choose(rulings []ruling) (best choice) {
	bestErrors, bestWarnings := -1, -1
	for i := range rulings {
		errors, warnings := e.count(&rulings[i])
		switch {
		case bestErrors < 0 || errors < bestErrors || errors == bestErrors && warnings < bestWarnings:
			best.editions = nil
			fallthrough
		case errors == bestErrors && warnings == bestWarnings:
			// Candidates run from old to new: the newest of equals.
			bestErrors, bestWarnings = errors, warnings
			best.ruling, best.editions = &rulings[i], append(best.editions, rulings[i].edition)
		}
	}
	return best
}

// ask is check on a part of the body, once for each class of schemas and constellation of the part.
func (e *exam) ask(name string, p *part) ([]deviation, error) {
	class, err := p.class()
	if err != nil {
		return nil, err
	}
	if found, known := e.memo[class.id]; known {
		return found, nil
	}
	value, there := e.value(name)
	if !there {
		return nil, nil
	}
	if e.memo == nil {
		e.memo = map[int][]deviation{}
	}
	var key []byte
	if !e.opts.NoFastPath {
		key = e.subj.partConstellation(append(strconv.AppendInt(nil, int64(class.id), 10), ' '), name)
		if found := answers.find(key); found != nil {
			e.memo[class.id] = *found
			return *found, nil
		}
	}
	found, err := p.check(value)
	if err != nil {
		return nil, err
	}
	e.memo[class.id] = found
	if key != nil {
		answers.keep(key, found)
	}
	return found, nil
}

// readable reports whether a part of the body is there and can be read, so that there is something to ask about.
func (s *subject) readable(part string) bool {
	switch part {
	case "msg":
		return s.msg != nil && s.msg.err == nil
	case "source_urls":
		return s.urls != nil && s.urls.err == nil
	default:
		return true
	}
}
