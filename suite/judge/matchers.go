package judge

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/relaycheck/relaycheck/scenarios"
)

// The matchers of this package. They are called directly: a verdict is data, and nothing here fails anybody's test.

// A matcher is a predicate with a name. It gets values as plain makes them.
type matcher struct {
	what string // "be a number equal to -22"
	ok   func(actual any) bool
}

// Match implements types.GomegaMatcher. It never gives an error: a value of another type simply does not match.
func (m matcher) Match(actual any) (bool, error) { return m.ok(actual), nil }

// FailureMessage implements types.GomegaMatcher.
func (m matcher) FailureMessage(actual any) string {
	return fmt.Sprintf("expected %s to %s", shown(actual), m.what)
}

// NegatedFailureMessage implements types.GomegaMatcher.
func (m matcher) NegatedFailureMessage(actual any) string {
	return fmt.Sprintf("expected %s not to %s", shown(actual), m.what)
}

// matches asks a matcher. An error (a value of a type that the matcher cannot compare) is no match.
func matches(m types.GomegaMatcher, actual any) bool {
	ok, err := m.Match(actual)
	return ok && err == nil
}

// scalarKind says how the values of a fact are compared.
type scalarKind int

const (
	asText   scalarKind = iota // verbatim
	asNumber                   // by value; a number may be shown as text
	asList                     // texts, in their order
)

// allowScalars allows each of the values, and their absence if absent is set.
func allowScalars(kind scalarKind, values []any, absent bool, why string) allowed {
	alternatives := make([]types.GomegaMatcher, 0, len(values)+1)
	texts := make([]string, 0, len(values)+1)
	for _, v := range values {
		alternatives = append(alternatives, beValue(kind, v))
		texts = append(texts, shown(v))
	}
	if absent {
		alternatives = append(alternatives, beEmpty(kind))
		texts = append(texts, "nothing")
	}
	return allowed{matcher: gomega.Or(alternatives...), expected: oneOf(texts), why: why}
}

// beValue matches a value of a fact. "" and an absent text are the same.
func beValue(kind scalarKind, want any) types.GomegaMatcher {
	want = plain(want)
	switch {
	case kind == asNumber:
		return beNumber(want)
	case kind == asText && text(want) == "":
		return beEmpty(asText)
	case kind == asText:
		return matcher{what: "be the text " + compact(text(want)), ok: func(actual any) bool {
			switch actual.(type) {
			case nil, []any, map[string]any:
				return false
			}
			return text(actual) == text(want)
		}}
	default:
		return gomega.Equal(want)
	}
}

// beNumber matches a number by its value, also where it is shown as text. A code that is no number matches as text.
func beNumber(want any) types.GomegaMatcher {
	return matcher{what: "equal " + text(want), ok: func(actual any) bool { return actual != nil && sameScalar(want, actual) }}
}

// beEmpty matches the absence of a value, and the zero of its type: a receiver that keeps a column or a struct
// field for it shows "" or 0 before there is anything to show.
func beEmpty(kind scalarKind) types.GomegaMatcher {
	zero := map[scalarKind]types.GomegaMatcher{
		asText:   gomega.Equal(""),
		asNumber: beNumber(plain(0)),
		asList:   gomega.Equal([]any{}),
	}[kind]
	return gomega.Or(beAbsent(), zero)
}

// beAbsent matches only the absence of a value.
func beAbsent() types.GomegaMatcher {
	return matcher{what: "be absent", ok: func(actual any) bool { return actual == nil }}
}

// beTrue matches what an observer may show for yes.
func beTrue() types.GomegaMatcher { return matcher{what: "be true", ok: truth} }

// beNothing matches what an observer may show for a task that the receiver does not know.
func beNothing() types.GomegaMatcher {
	return matcher{what: "be nothing", ok: func(actual any) bool { return !truth(actual) }}
}

// beCount matches a whole number within bounds; absent counts as 0.
func beCount(least, most int) types.GomegaMatcher {
	return matcher{what: "be " + countText(least, most), ok: func(actual any) bool {
		if actual == nil {
			return least == 0
		}
		n, ok := whole(actual)
		return ok && n >= int64(least) && n <= int64(most)
	}}
}

func countText(least, most int) string {
	switch least {
	case most:
		return fmt.Sprint(least)
	case 0:
		return fmt.Sprintf("at most %d", most)
	default:
		return fmt.Sprintf("%d to %d", least, most)
	}
}

// allowCount allows a whole number within bounds.
func allowCount(least, most int, why string) allowed {
	return allowed{matcher: beCount(least, most), expected: countText(least, most), why: why}
}

// beFiles matches a list of files as a set: every required file is there, once unless the list was looped, and
// nothing that no event told of. Files of a source list that have not begun may be listed as unfinished.
func beFiles(want []*wantedFile, listings [][]string) types.GomegaMatcher {
	return matcher{what: "be the files that were told of", ok: func(actual any) bool {
		if actual == nil {
			actual = []any{}
		}
		list, ok := actual.([]any)
		if !ok {
			return false
		}
		times := make([]int, len(want))
		for _, item := range list {
			entry, ok := item.(map[string]any)
			if !ok {
				return false
			}
			i := slices.IndexFunc(want, func(f *wantedFile) bool {
				return sameScalar(f.index, entry["index"]) && f.url == entry["url"]
			})
			if i < 0 {
				if !listed(entry, listings) {
					return false
				}
				continue
			}
			if !want[i].shownBy(entry) {
				return false
			}
			times[i]++
		}
		for i, f := range want {
			if (times[i] == 0 && f.required) || (times[i] > 1 && !f.mayRepeat) {
				return false
			}
		}
		return true
	}}
}

// shownBy compares what an entry shows of a file beyond its name. What it does not show is not asked.
func (f *wantedFile) shownBy(entry map[string]any) bool {
	if v := entry["finished"]; v != nil {
		if done := truth(v); (done && !f.mayBeDone) || (!done && !f.mayBeOpen) {
			return false
		}
	}
	v := entry["duration"]
	if v == nil || f.anyDuration {
		return true
	}
	return slices.ContainsFunc(f.durations, func(d any) bool { return sameScalar(d, v) })
}

// listed says whether an entry is a file of a source list that has not begun.
func listed(entry map[string]any, listings [][]string) bool {
	i, ok := whole(entry["index"])
	return ok && !truth(entry["finished"]) && slices.ContainsFunc(listings, func(l []string) bool {
		return i >= 0 && i < int64(len(l)) && entry["url"] == l[i]
	})
}

// haveStatus matches a status against patterns, any of which may hold: "200", "2xx", "!5xx".
func haveStatus(patterns []string) types.GomegaMatcher {
	return matcher{what: "be " + oneOf(patterns), ok: func(actual any) bool {
		status := text(actual)
		return slices.ContainsFunc(patterns, func(p string) bool {
			p, negated := strings.CutPrefix(p, "!")
			return statusIs(status, p) != negated
		})
	}}
}

func statusIs(status, pattern string) bool {
	if class, ok := strings.CutSuffix(strings.ToLower(pattern), "xx"); ok {
		return len(status) == 3 && status[:1] == class
	}
	return status == pattern
}

// contain matches JSON that has everything of want, and perhaps more: objects member by member, lists item by item.
func contain(want any) types.GomegaMatcher {
	want = plain(want)
	return matcher{what: "contain " + shown(want), ok: func(actual any) bool { return contains(actual, want) }}
}

func contains(actual, want any) bool {
	switch want := want.(type) {
	case map[string]any:
		m, ok := actual.(map[string]any)
		if !ok {
			return false
		}
		for k, w := range want {
			v, there := m[k]
			if !there && w != nil {
				return false
			}
			if !contains(v, w) {
				return false
			}
		}
		return true
	case []any:
		list, ok := actual.([]any)
		if !ok || len(list) != len(want) {
			return false
		}
		for i := range want {
			if !contains(list[i], want[i]) {
				return false
			}
		}
		return true
	default:
		return actual == want
	}
}

// matchRegexp matches a text; an error is a pattern that is no regular expression.
func matchRegexp(pattern string) (types.GomegaMatcher, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("read the expected header: %w", err)
	}
	return matcher{what: "match " + pattern, ok: func(actual any) bool { return re.MatchString(text(actual)) }}, nil
}

// maxCount is an upper bound where there is none.
const maxCount = math.MaxInt

// beBounded matches a count as a scenario bounds it.
func beBounded(c scenarios.Count) (m types.GomegaMatcher, expected string) {
	least, most := 0, maxCount
	switch {
	case c.Never:
		most = 0
	case c.Exactly != nil:
		least, most = *c.Exactly, *c.Exactly
	default:
		if c.AtLeast != nil {
			least = *c.AtLeast
		}
		if c.AtMost != nil {
			most = *c.AtMost
		}
	}
	expected = countText(least, most)
	if most == maxCount {
		expected = fmt.Sprintf("at least %d", least)
	}
	return beCount(least, most), expected
}
