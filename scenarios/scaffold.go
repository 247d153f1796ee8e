package scenarios

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/internal/strict"
)

// SchemaURL is where editors find the JSON Schema of scenario files.
const SchemaURL = "https://raw.githubusercontent.com/relaycheck/relaycheck/main/scenarios/scenario.schema.json"

// idForm is what the id of a scenario looks like: it is a file name, and a word for filters.
var idForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// CheckID refuses an id that would make a bad file name, or that a shipped scenario has.
func CheckID(id string) error {
	if !idForm.MatchString(id) {
		words := strings.FieldsFunc(strings.ToLower(id), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
		if better := strings.Join(words, "-"); better != "" {
			return fmt.Errorf("%q is no good name for a scenario: small letters, digits and dashes, such as %s", id, better)
		}
		return fmt.Errorf("%q is no good name for a scenario: small letters, digits and dashes; its title may be in any language", id)
	}
	if _, taken := ShippedSource(id); taken {
		return fmt.Errorf("a shipped scenario has the name %q already; choose another", id)
	}
	return nil
}

// Scaffold makes the text of a new scenario that can be run as it stands. With the id of a requirement it begins as the
// shortest shipped scenario that exercises it, so that it shows how that is done; without one it stands for itself.
// An unknown requirement is an error.
func Scaffold(id, requirement string) ([]byte, error) {
	if err := CheckID(id); err != nil {
		return nil, err
	}
	title := strings.ToUpper(id[:1]) + strings.ReplaceAll(id[1:], "-", " ")
	if requirement == "" {
		return Format(id+".yaml", fmt.Appendf(nil, scaffold, SchemaURL, title))
	}
	catalogue, err := LoadCatalogue()
	if err != nil {
		return nil, err
	}
	req, known := catalogue.Get(strings.ToUpper(requirement))
	if !known {
		return nil, unknownRequirement(requirement, catalogue)
	}
	model, err := modelOf(req.ID)
	if err != nil {
		return nil, err
	}
	if model == nil {
		return nil, fmt.Errorf("no shipped scenario exercises %s, so there is no model for a new one; leave --requires out", req.ID)
	}
	return Format(id+".yaml", fromModel(model, req, title))
}

func unknownRequirement(id string, c *Catalogue) error {
	ids := make([]string, len(c.Requirements))
	for i, r := range c.Requirements {
		ids[i] = r.ID
	}
	if near := strict.Nearest(strings.ToUpper(id), ids); near != "" {
		return fmt.Errorf("there is no requirement %q (did you mean %s?)", id, near)
	}
	return fmt.Errorf("there is no requirement %q; `relaycheck list` shows them", id)
}

// modelOf is the shortest shipped scenario that exercises a requirement, nil if none does.
func modelOf(requirement string) (*Scenario, error) {
	list, err := Shipped()
	if err != nil {
		return nil, err
	}
	var best *Scenario
	for _, s := range list {
		if s.Exercises(requirement) && (best == nil || len(s.Source) < len(best.Source)) {
			best = s
		}
	}
	return best, nil
}

// requiresLine is the line of a shipped file that names its requirements.
var requiresLine = regexp.MustCompile(`(?m)^requires:.*\n`)

// fromModel makes a new scenario of a shipped one: its own title, the one requirement, the rest as a start.
func fromModel(model *Scenario, req Requirement, title string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# yaml-language-server: $schema=%s\n", SchemaURL)
	fmt.Fprintf(&b, "# %s: %s\n", req.ID, req.Sentence)
	fmt.Fprintf(&b, "# Begun as %q. Say here what a wrong receiver would do, then change what follows:\n", model.ID)
	for l := range strings.Lines(model.Comment) {
		fmt.Fprintf(&b, "# %s\n", strings.TrimSpace(l))
	}
	fmt.Fprintf(&b, "title: %s\n", title)
	rest := model.Source
	if at := bytes.Index(rest, []byte("\ntitle:")); at >= 0 {
		rest = rest[at+1:]
	}
	_, rest, _ = bytes.Cut(rest, []byte("\n"))
	for _, line := range slices.Collect(bytes.Lines(rest)) {
		if requiresLine.Match(line) {
			line = fmt.Appendf(nil, "requires: [%s]\n", req.ID)
		}
		b.Write(line)
	}
	return b.Bytes()
}

// scaffold is a scenario that uses the common words once, and says what they do.
const scaffold = `# yaml-language-server: $schema=%s
# A wrong receiver … (say what it would do: whoever sees this scenario fail reads it first)
title: %s
profile: core # core, delivery, hostile; durability and load run on request
# requires: [SEQ-2] # requirements that it speaks for (relaycheck list); without, it stands for itself
task: {source: vod, files: 1} # or {source: live}; several: tasks: {a: {}, b: {}}
timeline: # what happened at CSS, in order
  - emit: TaskStart
  - emit: VodSourceFileStart
    after: 0s..2s # after the event before it; a range is drawn from the seed
  - emit: VodSourceFileFinish
    after: 300ms
  - emit: TaskExit
    after: 100ms
    msg: {code: 0}
# delivery: # what the network made of it; a right receiver shows the same in the end
#   - {hold: TaskStart, until: VodSourceFileStart}
#   - {duplicate: VodSourceFileFinish, times: 2}
#   - {lose-answer: TaskExit}
expect: # what follows from the timeline is asked anyway
  answers: {status: 200, within: 20s}
  task: {phase: ended}
`
