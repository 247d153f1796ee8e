package judge

import (
	"maps"
	"slices"
	"strings"

	"github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/relaycheck/relaycheck/emitter"
)

// body judges the body of an answer, whatever its status.
func (j *judgement) body(f finding, at *emitter.Attempt, a asked) {
	if a.body == nil {
		return
	}
	f.Kind, f.name, f.guard = "body", "body", "body"
	f.Requirement = speakers(j.own, "body")
	f.Expected = shown(plain(a.body))
	f.Actual = bounded(string(at.Answer.Body))
	if len(at.Answer.Body) == 0 {
		f.Actual = "an empty body"
	}
	f.Outcome = Fail
	if matches(haveBody(a.body), []byte(at.Answer.Body)) {
		f.Outcome = Pass
	}
	j.add(f)
}

// haveBody matches a body: JSON that contains what is wanted, or, where a text is wanted, a text that contains it.
func haveBody(want any) types.GomegaMatcher {
	return matcher{what: "contain " + shown(plain(want)), ok: func(actual any) bool {
		raw, _ := actual.([]byte)
		if v, ok := decodeJSON(raw, false); ok && matches(contain(want), v) {
			return true
		}
		s, isText := want.(string)
		return isText && matches(gomega.ContainSubstring("%s", s), string(raw))
	}}
}

// header judges the header lines of an answer: of each name one line must match.
func (j *judgement) header(f finding, at *emitter.Attempt, a asked) {
	delivery := f.Subject
	for _, name := range slices.Sorted(maps.Keys(a.header)) {
		f.Kind, f.name, f.guard = "header", "header", "header"
		f.Subject = delivery + " " + name
		f.Requirement = speakers(j.own, "header", "body")
		f.Expected = bounded(a.header[name])
		var values []string
		for _, h := range at.Answer.Header {
			if strings.EqualFold(h.Name, name) {
				values = append(values, h.Value)
			}
		}
		f.Reason = ""
		f.Actual = headerText(name, values)
		want, err := matchRegexp(a.header[name])
		switch {
		case err != nil:
			f.Outcome, f.Reason = CannotTest, bounded(err.Error())
		case slices.ContainsFunc(values, func(v string) bool { return matches(want, v) }):
			f.Outcome = Pass
		default:
			f.Outcome = Fail
		}
		j.add(f)
	}
}

func headerText(name string, values []string) string {
	switch {
	case len(values) == 0:
		return "no such header"
	case secretHeaders[strings.ToLower(name)]:
		return "[redacted]"
	default:
		return bounded(strings.Join(values, ", "))
	}
}
