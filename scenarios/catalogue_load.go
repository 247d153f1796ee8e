package scenarios

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"regexp"
	"slices"
	"sync"

	"github.com/relaycheck/relaycheck/internal/strict"
)

//go:embed requirements.yaml
var catalogueSource []byte

// The kinds of check beside the facts that a requirement may judge.
const (
	JudgeStatus  = "status"  // the answer's status
	JudgeTime    = "time"    // how long it took
	JudgeBody    = "body"    // its body
	JudgeHeader  = "header"  // its header lines
	JudgeRefusal = "refusal" // an answer at all, and no 5xx
	JudgeAlive   = "alive"   // the receiver still answers
	JudgeEffects = "effects" // countable side effects
	JudgeChecks  = "checks"  // expressions
	JudgeFetches = "fetches" // requests that reached the canary listener
)

// What beside facts a requirement may need: the word stands for an ability of the target.
const (
	NeedEffects = "effects" // counts a side effect
	NeedSigning = "signing" // has a callback key
	NeedSigned  = "signed"  // requires every callback to be signed
	NeedRestart = "restart" // has the hook
	NeedKill    = "kill"    // has the hook
)

func judgeNames() []string {
	return append([]string{JudgeStatus, JudgeTime, JudgeBody, JudgeHeader, JudgeRefusal, JudgeAlive, JudgeEffects, JudgeChecks, JudgeFetches}, FactNames()...)
}

func needNames() []string {
	return append([]string{NeedEffects, NeedSigning, NeedSigned, NeedRestart, NeedKill}, FactNames()...)
}

// Values implements the loader's notion of a set of words.
func (Level) Values() []string { return []string{string(Must), string(Should), string(May)} }

type basis string

func (basis) Values() []string { return []string{"documented", "derived", "defensive"} }

// requirementDoc is one entry of requirements.yaml.
type requirementDoc struct {
	ID       strict.At[string]   `yaml:"id" strict:"required"`
	Level    Level               `yaml:"level" strict:"required"`
	Sentence string              `yaml:"sentence" strict:"required"`
	Basis    basis               `yaml:"basis" strict:"required"`
	Source   string              `yaml:"source" strict:"required"`
	Hint     string              `yaml:"hint" strict:"required"`
	Profile  profile             `yaml:"profile" strict:"required"`
	Ruling   string              `yaml:"ruling"`
	Judges   []strict.At[string] `yaml:"judges" strict:"required"`
	NeedsAll []strict.At[string] `yaml:"needs_all"`
	NeedsAny []strict.At[string] `yaml:"needs_any"`

	Pos strict.Pos
}

var catalogue = sync.OnceValues(func() (*Catalogue, error) {
	return ParseCatalogue("requirements.yaml", catalogueSource)
})

// LoadCatalogue gives the catalogue of the program. It is read once; do not change it.
func LoadCatalogue() (*Catalogue, error) { return catalogue() }

var requirementID = regexp.MustCompile(`^[A-Z]+-[0-9]+$`)

// ParseCatalogue reads a catalogue. The error is [strict.Problems].
func ParseCatalogue(name string, src []byte) (*Catalogue, error) {
	f := strict.Parse(name, src)
	var docs []requirementDoc
	f.Decode(&docs)
	sum := sha256.Sum256(src)
	c := &Catalogue{Digest: hex.EncodeToString(sum[:]), byID: map[string]int{}}
	for _, d := range docs {
		if d.ID.Value == "" {
			continue // told already
		}
		if !requirementID.MatchString(d.ID.Value) {
			f.Errorf(d.ID.Pos, "wrong-id", "the id %q is not of the form ABC-1", d.ID.Value)
		}
		if _, twice := c.byID[d.ID.Value]; twice {
			f.Errorf(d.ID.Pos, "duplicate-id", "the requirement %s is there already", d.ID.Value)
		}
		if len(d.Judges) == 0 {
			f.Errorf(d.Pos, "empty", "%s judges nothing", d.ID.Value).Hint("name the kinds of check that speak about it")
		}
		c.byID[d.ID.Value] = len(c.Requirements)
		c.Requirements = append(c.Requirements, Requirement{
			ID: d.ID.Value, Level: d.Level, Sentence: d.Sentence, Basis: string(d.Basis), Source: d.Source,
			Hint: d.Hint, Profile: string(d.Profile), Ruling: d.Ruling,
			Judges:   knownWords(f, d.Judges, judgeNames()),
			NeedsAll: knownWords(f, d.NeedsAll, needNames()),
			NeedsAny: knownWords(f, d.NeedsAny, needNames()),
		})
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	return c, nil
}

func knownWords(f *strict.File, list []strict.At[string], known []string) []string {
	var out []string
	for _, w := range list {
		if !slices.Contains(known, w.Value) {
			f.Errorf(w.Pos, "unknown-value", "unknown word %q", w.Value).Hint(strict.Suggest(w.Value, known))
		}
		out = append(out, w.Value)
	}
	return out
}

// IDs lists the ids of the requirements, in the order of the catalogue.
func (c *Catalogue) IDs() []string {
	ids := make([]string, len(c.Requirements))
	for i, r := range c.Requirements {
		ids[i] = r.ID
	}
	return ids
}
