package validate

import (
	"cmp"
	"maps"
	"slices"

	"github.com/relaycheck/relaycheck/internal/capture"
	"github.com/relaycheck/relaycheck/schema"
)

// A Group is what findings have in common: code, severity, place in the document and sentence. Its JSON shape is a contract, as
// that of Record.
type Group struct {
	Code      string         `json:"code"`
	Severity  schema.Verdict `json:"severity"`
	Pointer   string         `json:"pointer"`           // with * for the number of an entry
	Message   string         `json:"message"`           // without the value
	Findings  int            `json:"findings"`          // how many there are
	Documents int            `json:"documents"`         // how many documents have them
	First     Place          `json:"first"`             // of the first finding
	Example   string         `json:"example,omitempty"` // what the first one says, where that is more
}

// The bounds of groups. Names of unknown members are the sender's: there may be millions, and long ones.
const (
	maxGroups  = 500 // told apart by pointer and sentence; beyond them by code alone
	maxPointer = 200 // bytes of a pointer that are kept
	maxMessage = 400 // bytes of a sentence that are kept
)

// groups gathers findings. It is told of the records in the order of the capture.
type groups struct {
	found  map[string]*group // by what they have in common
	folded bool              // some findings are told apart by their code alone
	docs   int               // records met, to count a document once
	key    []byte            // that what a finding has in common with others is written to
}

type group struct {
	Group
	last    int   // the last document that was counted
	against []int // documents, by the edition that has it against them
}

func newGroups() *groups { return &groups{found: map[string]*group{}} }

func (g *groups) add(rec *Record) {
	if len(rec.Violations) == 0 {
		return
	}
	g.docs++
	var held mask
	if rec.Kind == schema.KindRelay {
		held = acquainted(rec.Event, rec.timed)
	}
	for i := range rec.Violations {
		v := &rec.Violations[i]
		one := g.of(rec.Source, v)
		one.Findings++
		if one.last == g.docs {
			continue
		}
		one.last = g.docs
		one.Documents++
		if held == 0 || v.Code == codeEarlyTime || v.Code == codeUnknownEvent && named[rec.Event] != 0 {
			continue // what an edition does not know is told of the edition, in editions.go
		}
		for k := range editions {
			if held&(1<<k) != 0 {
				one.against[k]++
			}
		}
	}
}

// of is the group of a finding.
func (g *groups) of(source string, v *Violation) *group {
	key := append(append(append(g.key[:0], v.Severity...), v.Code...), 0)
	start := len(key)
	key = cutFrom(appendPointer(key, v.Pointer), start, maxPointer)
	middle := len(key)
	key = cutFrom(appendSentence(key, v.Message), middle, maxMessage)
	end := len(key)
	key = append(key, byte(middle-start)) //nolint:gosec // few more than maxPointer; any of them may stand in a pointer
	g.key = key
	if one, known := g.found[string(key)]; known {
		return one
	}
	pointer, message := string(key[start:middle]), string(key[middle:end])
	if len(g.found) >= maxGroups {
		g.folded = true
		key = key[:start]
		if one, known := g.found[string(key)]; known {
			return one
		}
		pointer = ""
		if code, ok := Explain(v.Code); ok {
			message = code.Title
		}
	}
	one := &group{
		Group: Group{
			Code: v.Code, Severity: v.Severity, Pointer: pointer, Message: message,
			First: Place{Source: source, Line: v.Line, Offset: v.Offset},
		},
		against: make([]int, len(editions)),
	}
	if example := cut(v.Message, maxMessage); example != message {
		one.Example = example
	}
	g.found[string(key)] = one
	return one
}

// sorted is the groups, errors first, and of them those first that say that something was not read at all: there are few,
// and one counts for more than thousands about what was read. Then the frequent first.
func (g *groups) sorted() []*group {
	unread := func(one *group) int {
		if capture.Unread(one.Code) {
			return 0
		}
		return 1
	}
	return slices.SortedFunc(maps.Values(g.found), func(a, b *group) int {
		return cmp.Or(cmp.Compare(a.Severity, b.Severity), cmp.Compare(unread(a), unread(b)), cmp.Compare(b.Findings, a.Findings),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Pointer, b.Pointer), cmp.Compare(a.Message, b.Message))
	})
}
