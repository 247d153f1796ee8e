package receiver

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.yaml.in/yaml/v4"
)

// needsKey are the bugs that show only where there is a callback key, and needsFile those that show only across a
// restart.
var (
	needsKey = []string{
		"sign-t-before-key", "sign-upper-case-only", "sign-in-header", "t-is-send-time", "sign-not-verified",
		"sign-verified-too-late", "expiry-ignored", "expiry-a-day-late", "unsigned-refused",
	}
	needsFile = []string{"memory-only", "cleared-at-start", "queue-not-drained", "written-behind", "written-every-50ms", "written-in-threes", "known-only-when-done", "cold-until-next-event"}
)

// fetchers need a listener to show; they are told apart in TestSeededFetchersFetch.
var fetchers = []string{"probes-sources", "previews-files", "confirms-to-callback-url"}

// seen plays a probe and gives what the sender saw.
func seen(t *testing.T, bug, id string, probe func(s *session)) []string {
	var log []string
	cfg := Config{Bug: bug}
	if slices.Contains(needsKey, id) {
		cfg.Key = testKey
	}
	if slices.Contains(needsFile, id) {
		cfg = inFile(t, cfg)
	}
	synctest.Test(t, func(t *testing.T) {
		s := newSession(t, cfg)
		probe(s)
		log = s.log
	})
	return log
}

func TestEverySeededBugShows(t *testing.T) {
	t.Parallel()
	for _, b := range Bugs() {
		if slices.Contains(fetchers, b.ID) {
			continue
		}
		t.Run(b.ID, func(t *testing.T) {
			t.Parallel()
			probe, ok := probes[b.ID]
			if !ok {
				t.Fatal("no probe")
			}
			right, wrong := seen(t, "", b.ID, probe), seen(t, b.ID, b.ID, probe)
			if slices.Equal(right, wrong) {
				t.Errorf("the bug does not show; seen:\n%s", strings.Join(right, "\n"))
			}
			if repeated := seen(t, "", b.ID, probe); !slices.Equal(right, repeated) {
				t.Errorf("the reference is not the same twice:\n%s\n%s", strings.Join(right, "\n"), strings.Join(repeated, "\n"))
			}
			t.Logf("reference:\n%s\nbug:\n%s", strings.Join(right, "\n"), strings.Join(wrong, "\n"))
		})
	}
}

func TestEveryProbeBelongsToABug(t *testing.T) {
	t.Parallel()
	for id := range probes {
		if _, ok := Lookup(id); !ok {
			t.Errorf("%s is no bug", id)
		}
	}
}

// What a plain TaskStart does must be as with the reference in all of the zoo: it is the scenarios that are to find a
// bug, not the question whether anything works at all.
func TestPlainStartIsSeenWithEverySeededBug(t *testing.T) {
	t.Parallel()
	for _, b := range Bugs() {
		t.Run(b.ID, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSession(t, Config{Bug: b.ID})
				s.post(start("a", time.Now().UnixMilli()))
				s.look("a")
				if !strings.Contains(s.log[1], `"exists":true`) {
					t.Errorf("not seen: %s", s.log)
				}
			})
		})
	}
}

func TestBugDataIsWhole(t *testing.T) {
	t.Parallel()
	kebab := regexp.MustCompile(`^[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*$`)
	ids := map[string]bool{}
	for _, b := range Bugs() {
		if !kebab.MatchString(b.ID) {
			t.Errorf("%s: the id is not in kebab case", b.ID)
		}
		if ids[b.ID] {
			t.Errorf("%s: there twice", b.ID)
		}
		ids[b.ID] = true
		if !strings.HasSuffix(b.Title, ".") || strings.Contains(b.Title, "\n") {
			t.Errorf("%s: the title is not a sentence: %q", b.ID, b.Title)
		}
		if len(b.HintWords) == 0 {
			t.Errorf("%s: no words of the hint", b.ID)
		}
		if (b.seed == nil) == (b.dsn == nil) {
			t.Errorf("%s: must have one mistake", b.ID)
		}
		for _, s := range b.SideEffects {
			if s.Requirement == b.Requirement || s.Reason == "" {
				t.Errorf("%s: side effect %+v", b.ID, s)
			}
		}
	}
	if len(ids) < 75 {
		t.Errorf("%d bugs", len(ids))
	}
}

// The catalogue is read as plain data: this package shares no code with the suite.
func TestBugsFitTheCatalogue(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../scenarios/requirements.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var catalogue []struct{ ID, Level, Hint string }
	if err := yaml.Unmarshal(text, &catalogue); err != nil {
		t.Fatal(err)
	}
	hints, covered := map[string]string{}, map[string]bool{}
	for _, r := range catalogue {
		hints[r.ID] = r.Hint
	}
	for _, b := range Bugs() {
		hint, ok := hints[b.Requirement]
		if !ok {
			t.Errorf("%s: no requirement %s", b.ID, b.Requirement)
		}
		covered[b.Requirement] = true
		for _, w := range b.HintWords {
			if !strings.Contains(hint, w) {
				t.Errorf("%s: the hint of %s says nothing of %q: %s", b.ID, b.Requirement, w, hint)
			}
		}
		for _, s := range b.SideEffects {
			if _, ok := hints[s.Requirement]; !ok && s.Requirement != Everything {
				t.Errorf("%s: side effect: no requirement %s", b.ID, s.Requirement)
			}
		}
	}
	for _, r := range catalogue {
		if !covered[r.ID] {
			t.Errorf("no bug breaks %s", r.ID)
		}
	}
}
