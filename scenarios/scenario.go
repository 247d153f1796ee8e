package scenarios

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/internal/strict"
)

// A Scenario is a scenario file that was found to be right. It does not change once loaded, and may be compiled by
// several plays at once.
type Scenario struct {
	Ref
	Description string
	Comment     string          // the comment at the head of the file: what a wrong receiver would do
	Source      []byte          // the file
	Warnings    strict.Problems // what is probably not meant

	doc      document
	timeline timeline
	network  network
}

// Parse reads one scenario. Name is the file's, and gives the scenario its id; nothing is opened. The error is
// [strict.Problems]: all that is wrong with the file.
func Parse(name string, src []byte) (*Scenario, error) {
	catalogue, err := LoadCatalogue()
	if err != nil {
		return nil, err
	}
	return parse(name, src, catalogue)
}

func parse(name string, src []byte, catalogue *Catalogue) (*Scenario, error) {
	f := strict.Parse(name, src)
	s := &Scenario{Source: src, Comment: headComment(src)}
	f.Decode(&s.doc)
	f.Quiet()
	sum := sha256.Sum256(src)
	s.Ref = Ref{
		ID: scenarioID(name), Title: s.doc.Title.Value, File: name, Line: max(1, s.doc.Title.Pos.Line),
		Profile: string(s.doc.Profile.Value), RealTime: s.doc.RealTime || s.doc.Load != nil, Digest: hex.EncodeToString(sum[:]),
	}
	s.Description = s.doc.Description
	if s.Profile == "" {
		s.Profile = ProfileCore
	}
	for _, l := range s.doc.Labels {
		s.Labels = append(s.Labels, l.Value)
	}
	for _, r := range s.doc.Requires {
		s.Requires = append(s.Requires, r.Value)
	}
	if _, readable := f.Root(); readable {
		c := &checker{f: f, s: s, doc: &s.doc, catalogue: catalogue}
		c.check()
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	if len(s.Requires) == 0 {
		s.Requires = []string{s.ID}
	}
	s.Warnings = f.Warnings()
	return s, nil
}

// scenarioID is the name of a file without folders and ending.
func scenarioID(name string) string {
	name = strings.TrimPrefix(name, shippedPrefix)
	base := path.Base(strings.ReplaceAll(name, `\`, "/"))
	for _, ending := range []string{".yaml", ".yml"} {
		if id, ok := strings.CutSuffix(base, ending); ok {
			return id
		}
	}
	return base
}

// headComment is the comment before the first key, without the line that is meant for editors.
func headComment(src []byte) string {
	var lines []string
	for line := range strings.Lines(string(src)) {
		text, isComment := strings.CutPrefix(strings.TrimSpace(line), "#")
		if !isComment {
			if strings.TrimSpace(line) == "" {
				continue
			}
			break
		}
		text = strings.TrimSpace(text)
		if text == "" || strings.HasPrefix(text, "yaml-language-server:") {
			continue
		}
		lines = append(lines, text)
	}
	return strings.Join(lines, "\n")
}

// Exercises reports whether the scenario requires the requirement.
func (s *Scenario) Exercises(id string) bool {
	return slices.Contains(s.Requires, id)
}

// Own is the requirement that a scenario stands for itself, where its file names none of the catalogue: its id, its
// title, MUST. The second result is false where the file names some.
func (r Ref) Own() (Requirement, bool) {
	if len(r.Requires) != 1 || r.Requires[0] != r.ID {
		return Requirement{}, false
	}
	return Requirement{
		ID: r.ID, Level: Must, Sentence: r.Title, Basis: "own", Source: r.File, Profile: r.Profile,
		Hint:   "Read the scenario: it says what it expects.",
		Judges: append([]string{JudgeStatus, JudgeTime, JudgeBody, JudgeRefusal, JudgeAlive, JudgeEffects, JudgeChecks, JudgeFetches}, FactNames()...),
	}, true
}
