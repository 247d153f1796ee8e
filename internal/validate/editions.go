package validate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/internal/figures"
	"github.com/relaycheck/relaycheck/schema"
)

// Editions tells which editions the relay callbacks of a capture fit as a whole, and what speaks against each. Its JSON shape is
// a contract, as that of Record.
type Editions struct {
	Relay int              `json:"relay"` // relay callbacks that were judged; shares are of these
	Fit   []schema.Edition `json:"fit"`   // editions with nothing against any of them
	Best  []schema.Edition `json:"best"`  // editions that fit most of them, the same as Fit where that is not empty
	Each  []EditionFit     `json:"each"`  // every edition that was asked, from old to new
}

// An EditionFit is how well one edition fits a capture.
type EditionFit struct {
	Edition schema.Edition `json:"edition"`
	Fit     int            `json:"fit"` // relay callbacks that it has nothing against
	Share   float64        `json:"share"`
	Warned  int            `json:"warned"` // relay callbacks that fit it with warnings, and no edition better
	Against []Reason       `json:"against"`
	Omitted int            `json:"against_omitted,omitempty"` // reasons beyond the first twenty
}

// A Reason is what speaks against an edition.
type Reason struct {
	Code      string         `json:"code"`
	Pointer   string         `json:"pointer"`
	Reason    string         `json:"reason"`
	Documents int            `json:"documents"`
	Share     float64        `json:"share"`
	NotBefore schema.Edition `json:"not_before,omitempty"` // the first edition that knows it
}

// The codes of what an edition does not know and a later one does.
const (
	codeEarlyTime    = "RC1403"
	codeUnknownEvent = "RC1404"
)

// maxReasons is how many reasons are told for an edition.
const maxReasons = 20

// judgeEditions sums up for the editions that were asked: the chosen one, or all.
func judgeEditions(t *tally, g *groups, chosen schema.Edition) Editions {
	out := Editions{Relay: t.relays(), Fit: []schema.Edition{}, Best: []schema.Edition{}, Each: []EditionFit{}}
	most := 0
	for i, e := range editions {
		if chosen != schema.Auto && chosen != e {
			continue
		}
		fit := EditionFit{Edition: e, Fit: t.fits(1 << i), Warned: t.warned(1 << i), Against: against(t, g, i, out.Relay)}
		fit.Share = share(fit.Fit, out.Relay)
		if extra := len(fit.Against) - maxReasons; extra > 0 {
			fit.Against, fit.Omitted = fit.Against[:maxReasons], extra
		}
		out.Each = append(out.Each, fit)
		if out.Relay > 0 && fit.Fit == out.Relay {
			out.Fit = append(out.Fit, e)
		}
		if fit.Fit > most {
			most, out.Best = fit.Fit, out.Best[:0]
		}
		if fit.Fit == most && most > 0 {
			out.Best = append(out.Best, e)
		}
	}
	return out
}

// against is what speaks against an edition, the frequent first: what it does not know, and the findings.
func against(t *tally, g *groups, i int, relay int) []Reason {
	e, out := editions[i], []Reason{}
	add := func(code, pointer, reason string, docs int, since mask) {
		if docs > 0 {
			out = append(out, Reason{Code: code, Pointer: pointer, Reason: reason, Documents: docs, Share: share(docs, relay), NotBefore: since.oldest()})
		}
	}
	if !e.HasEventTime() {
		add(codeEarlyTime, "/event_time", "event_time", t.times(), withTime)
	}
	for event, docs := range t.rareEvents() {
		if !e.Names(event) {
			add(codeUnknownEvent, "/callback_event", event, docs, named[event])
		}
	}
	for _, one := range g.found {
		add(one.Code, one.Pointer, one.Message, one.against[i], 0)
	}
	slices.SortFunc(out, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(b.Documents, a.Documents), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Pointer, b.Pointer), cmp.Compare(a.Reason, b.Reason))
	})
	return out
}

// share is n of all, from 0 to 1, to six places.
func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(int64(float64(n)/float64(of)*1e6+0.5)) / 1e6
}

// lines tells it as text: one line where nothing speaks against any edition, else one more for each that something does.
func (s Editions) lines() []string {
	if s.Relay == 0 {
		return nil
	}
	callbacks := figures.Thousands(s.Relay) + " relay callbacks"
	if s.Relay == 1 {
		callbacks = "the relay callback"
	} else if len(s.Fit) > 0 {
		callbacks = "all " + callbacks
	}
	lines := []string{s.headline(callbacks)}
	// What speaks against every edition that was asked is said once.
	common := s.common()
	for _, f := range s.Each {
		if f.Fit == s.Relay {
			continue
		}
		var reasons []Reason
		for _, r := range f.Against {
			if _, everywhere := common[r.key()]; !everywhere {
				reasons = append(reasons, r)
			}
		}
		if len(reasons) > 0 {
			lines = append(lines, fmt.Sprintf("  %s fits %s%s", f.Edition, figures.Percent(f.Fit, s.Relay), because(wordsOf(reasons, s.Relay), f.Omitted)))
		}
	}
	if len(common) > 0 {
		var reasons []Reason
		for _, key := range slices.SortedFunc(maps.Keys(common), func(a, b reasonKey) int {
			return cmp.Or(cmp.Compare(common[b].Documents, common[a].Documents), cmp.Compare(a.code, b.code), cmp.Compare(a.pointer, b.pointer), cmp.Compare(a.reason, b.reason))
		}) {
			reasons = append(reasons, common[key])
		}
		why := wordsOf(reasons, s.Relay)
		who := "against each"
		if len(s.Each) == 1 {
			who = "against it"
		}
		lines = append(lines, "  "+who+because(why, 0))
	}
	return lines
}

func (s Editions) headline(callbacks string) string {
	switch {
	case s.Relay == 1 && len(s.Best) == 0 && len(s.Each) == 1:
		return fmt.Sprintf("editions: %s does not fit %s", s.Each[0].Edition, callbacks)
	case s.Relay == 1 && len(s.Best) == 0:
		return "editions: none fits " + callbacks
	case len(s.Fit) == len(s.Each) && len(s.Each) > 1:
		return "editions: each fits " + callbacks
	case len(s.Fit) > 0:
		return fmt.Sprintf("editions: %s %s %s", join(s.Fit), fitOrFits(len(s.Fit)), callbacks)
	case len(s.Best) == 0 && len(s.Each) == 1:
		return fmt.Sprintf("editions: %s fits none of %s", s.Each[0].Edition, callbacks)
	case len(s.Best) == 0:
		return "editions: none fits any of " + callbacks
	case len(s.Each) == 1:
		return fmt.Sprintf("editions: %s fits %s of %s", s.Each[0].Edition, figures.Percent(s.Each[0].Fit, s.Relay), callbacks)
	}
	most := 0
	for _, f := range s.Each {
		most = max(most, f.Fit)
	}
	who := join(s.Best) + " " + fitOrFits(len(s.Best))
	if len(s.Best) == len(s.Each) {
		who = "each fits"
	}
	return fmt.Sprintf("editions: none fits all of %s; %s %s of them (%s)", callbacks, who, figures.Thousands(most), figures.Percent(most, s.Relay))
}

// reasonKey is what makes reasons against two editions the same.
type reasonKey struct{ code, pointer, reason string }

func (r Reason) key() reasonKey { return reasonKey{r.Code, r.Pointer, r.Reason} }

// common are the reasons that speak against every edition that was asked, alike often.
func (s Editions) common() map[reasonKey]Reason {
	out := map[reasonKey]Reason{}
	for i, f := range s.Each {
		here := map[reasonKey]Reason{}
		for _, r := range f.Against {
			if old, there := out[r.key()]; i == 0 || there && old.Documents == r.Documents {
				here[r.key()] = r
			}
		}
		out = here
	}
	return out
}

// words says what speaks against an edition, and in how many of the callbacks it was seen.
func (r Reason) words(relay int) string {
	if r.NotBefore != "" {
		return fmt.Sprintf("%s seen in %s: not before %s", printable(r.Reason), figures.Percent(r.Documents, relay), r.NotBefore)
	}
	return fmt.Sprintf("%s in %s", r.place(), figures.Percent(r.Documents, relay))
}

func (r Reason) place() string {
	if r.Pointer == "" {
		return r.Code
	}
	return r.Code + " " + printable(r.Pointer)
}

// wordsOf are the words of each reason; where two have the same code and pointer, such as a member of msg in two events, the
// sentence tells them apart.
func wordsOf(reasons []Reason, relay int) []string {
	places := map[string]int{}
	for _, r := range reasons {
		places[r.place()]++
	}
	var words []string
	for _, r := range reasons {
		text := r.words(relay)
		if r.NotBefore == "" && places[r.place()] > 1 {
			text += " (" + printable(r.Reason) + ")"
		}
		words = append(words, text)
	}
	return words
}

// because strings reasons together, the first few of them.
func because(why []string, more int) string {
	const shown = 4
	if n := len(why) - shown; n > 0 {
		why, more = why[:shown], more+n
	}
	if len(why) == 0 {
		return ""
	}
	text := ": " + strings.Join(why, "; ")
	if more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return text
}

func join(list []schema.Edition) string {
	names := make([]string, len(list))
	for i, e := range list {
		names[i] = string(e)
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}

func fitOrFits(n int) string {
	if n == 1 {
		return "fits"
	}
	return "fit"
}
