package scenarios

import "slices"

// Level says how binding a requirement is.
type Level string

// The levels.
const (
	Must   Level = "MUST"
	Should Level = "SHOULD"
	May    Level = "MAY"
)

// A Requirement is one entry of the catalogue, requirements.yaml.
type Requirement struct {
	ID       string `yaml:"id" json:"id"`
	Level    Level  `yaml:"level" json:"level"`
	Sentence string `yaml:"sentence" json:"sentence"`                 // what a receiver does, in one sentence
	Basis    string `yaml:"basis" json:"basis"`                       // documented, derived, defensive
	Source   string `yaml:"source" json:"source"`                     // where it comes from, with the edition
	Hint     string `yaml:"hint" json:"hint"`                         // how to mend a receiver that breaks it
	Profile  string `yaml:"profile" json:"profile"`                   // core, delivery, hostile, durability, load
	Ruling   string `yaml:"ruling,omitempty" json:"ruling,omitempty"` // what is deliberately allowed, and why

	// Judges names the kinds of check that speak about this requirement. A scenario's failed check counts against
	// those of its requirements that name it, and against the first of them if none does.
	// Answers: status, time, body, refusal (not 5xx, an answer at all), alive. Facts: as in the target file. Also: effects, checks, fetches.
	Judges []string `yaml:"judges" json:"judges"`
	// NeedsAll and NeedsAny name what must be observable for the verdict "held": every one of, and at least one of.
	NeedsAll []string `yaml:"needs_all,omitempty" json:"needs_all,omitempty"`
	NeedsAny []string `yaml:"needs_any,omitempty" json:"needs_any,omitempty"`
}

// Group is the part of the id before the dash: ACK, ENV …
func (r Requirement) Group() string {
	for i := range r.ID {
		if r.ID[i] == '-' {
			return r.ID[:i]
		}
	}
	return r.ID
}

// A Catalogue is the list of requirements, in the order of the file.
type Catalogue struct {
	Requirements []Requirement
	Digest       string // SHA-256 of requirements.yaml, hex
	byID         map[string]int
}

// Get finds a requirement by its id. A catalogue that was not loaded but made of its requirements, as one that comes
// out of a run log, has no index and is searched.
func (c *Catalogue) Get(id string) (Requirement, bool) {
	if c.byID == nil {
		i := slices.IndexFunc(c.Requirements, func(r Requirement) bool { return r.ID == id })
		if i < 0 {
			return Requirement{}, false
		}
		return c.Requirements[i], true
	}
	i, ok := c.byID[id]
	if !ok {
		return Requirement{}, false
	}
	return c.Requirements[i], true
}
