package judge

import (
	"slices"

	"github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
)

// factKind says how a fact is compared where it is one value.
func factKind(fact string) scalarKind {
	switch fact {
	case "phase", "stream_id", "to_url", "exit_message":
		return asText
	case "source_urls", "files":
		return asList
	default:
		return asNumber
	}
}

// stating allows what a scenario states about a fact itself: a value, null, or {any_of: [...]}.
func stating(fact string, v any) allowed {
	const why = "the scenario says so"
	values := []any{plain(v)}
	if m, ok := values[0].(map[string]any); ok && len(m) == 1 {
		if list, ok := m["any_of"].([]any); ok {
			values = list
		}
	}
	alternatives := make([]types.GomegaMatcher, len(values))
	texts := make([]string, len(values))
	for i, want := range values {
		alternatives[i] = beStated(fact, want)
		texts[i] = shown(want)
	}
	return allowed{matcher: gomega.Or(alternatives...), expected: oneOf(texts), why: why}
}

func beStated(fact string, want any) types.GomegaMatcher {
	switch {
	case fact == "exists" && truth(want):
		return beTrue()
	case fact == "exists":
		return beNothing()
	case want == nil && slices.Contains([]string{"exit_code", "started_at", "exited_at"}, fact):
		// Who writes null here means that there is no such fact, and 0 is one: an exit code, or a time.
		return beAbsent()
	case want == nil:
		return beEmpty(factKind(fact))
	case fact == "files":
		return beStatedFiles(want)
	default:
		return beValue(factKind(fact), want)
	}
}

// beStatedFiles matches a list of files by what the scenario states of each, in any order, and no others.
func beStatedFiles(want any) types.GomegaMatcher {
	return matcher{what: "be the files " + shown(want), ok: func(actual any) bool {
		wanted, _ := want.([]any)
		list, ok := actual.([]any)
		if actual != nil && !ok || len(list) != len(wanted) {
			return false
		}
		// The most telling first, so that a vague entry does not take the place of another.
		wanted = slices.Clone(wanted)
		slices.SortStableFunc(wanted, func(a, b any) int { return members(b) - members(a) })
		rest := slices.Clone(list)
		for _, w := range wanted {
			i := slices.IndexFunc(rest, func(v any) bool { return showsFile(v, w) })
			if i < 0 {
				return false
			}
			rest = slices.Delete(rest, i, i+1)
		}
		return true
	}}
}

func members(v any) int {
	m, _ := v.(map[string]any)
	return len(m)
}

// showsFile says whether an entry has every member that is stated of a file.
func showsFile(entry, stated any) bool {
	e, ok := entry.(map[string]any)
	s, isMap := stated.(map[string]any)
	if !ok || !isMap {
		return false
	}
	for name, w := range s {
		v := e[name]
		switch {
		case w == nil:
			ok = v == nil
		case name == "finished":
			ok = truth(v) == truth(w)
		case name == "url":
			ok = text(v) == text(w)
		default:
			ok = v != nil && sameScalar(w, v)
		}
		if !ok {
			return false
		}
	}
	return true
}
