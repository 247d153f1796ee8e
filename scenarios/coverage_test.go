package scenarios_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/relaycheck/relaycheck/scenarios"
)

// groups says how many requirements each group has, in the order of the catalogue.
var groups = []struct {
	name  string
	count int
}{
	{"ACK", 5}, {"ENV", 8}, {"MSG", 8}, {"SEQ", 9}, {"GAP", 3}, {"ORD", 4}, {"DUP", 4}, {"RET", 3}, {"BAD", 19}, {"SEC", 7}, {"DUR", 2}, {"LOAD", 2},
}

func catalogue(t *testing.T) *scenarios.Catalogue {
	t.Helper()
	c, err := scenarios.LoadCatalogue()
	if err != nil {
		t.Fatalf("the catalogue does not load:\n%v", err)
	}
	return c
}

func shipped(t *testing.T) []*scenarios.Scenario {
	t.Helper()
	list, err := scenarios.Shipped()
	if err != nil {
		t.Fatalf("the shipped scenarios do not load:\n%v", err)
	}
	if len(list) == 0 {
		t.Fatal("no scenario is shipped")
	}
	return list
}

func plan(t *testing.T, s *scenarios.Scenario) scenarios.Plan {
	t.Helper()
	p, err := s.Compile(scenarios.TrialParams())
	if err != nil {
		t.Fatalf("%s does not compile: %v", s.ID, err)
	}
	return p
}

func TestTheCatalogueIsCompleteAndInOrder(t *testing.T) {
	t.Parallel()
	var want []string
	for _, g := range groups {
		for n := 1; n <= g.count; n++ {
			want = append(want, g.name+"-"+strconv.Itoa(n))
		}
	}
	if got := catalogue(t).IDs(); !slices.Equal(got, want) {
		t.Errorf("the catalogue has\n%v, want\n%v", got, want)
	}
}

var oneSentence = regexp.MustCompile(`^[A-Z][^\n]*\.$`)

func TestEveryRequirementSaysWhatWhyAndHowToMend(t *testing.T) {
	t.Parallel()
	for _, r := range catalogue(t).Requirements {
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			if !oneSentence.MatchString(r.Sentence) || strings.Contains(strings.TrimSuffix(r.Sentence, "."), ". ") {
				t.Errorf("not one sentence: %q", r.Sentence)
			}
			if len(r.Hint) < 60 {
				t.Errorf("the hint does not help: %q", r.Hint)
			}
			if len(r.Source) < 20 {
				t.Errorf("the source is no source: %q", r.Source)
			}
			if r.Basis == "documented" && !namesAPage(r.Source) {
				t.Errorf("documented, but no page of the vendor is named: %q", r.Source)
			}
			if r.Level != scenarios.Must && r.ID != "ACK-3" {
				t.Errorf("the level is %s, only ACK-3 is a recommendation", r.Level)
			}
			for _, n := range slices.Concat(r.NeedsAll, r.NeedsAny) {
				isFact := slices.Contains(scenarios.FactNames(), n)
				if (isFact || n == scenarios.NeedEffects) && !slices.Contains(r.Judges, n) {
					t.Errorf("it needs %s, but does not judge it", n)
				}
			}
		})
	}
}

func namesAPage(source string) bool {
	for _, page := range []string{"Relay Event Notification", "How to Receive Event Notification", "CreateLivePullStreamTask"} {
		if strings.Contains(source, page) {
			return true
		}
	}
	return false
}

func TestEveryRequirementHasAScenarioOfItsProfile(t *testing.T) {
	t.Parallel()
	list := shipped(t)
	for _, r := range catalogue(t).Requirements {
		if !slices.ContainsFunc(list, func(s *scenarios.Scenario) bool { return s.Exercises(r.ID) && s.Profile == r.Profile }) {
			t.Errorf("%s (%s) has no scenario", r.ID, r.Profile)
		}
	}
}

// maxLines keeps a whole scenario on one screen.
const maxLines = 45

func TestEveryScenarioIsOneCaseOnOneScreen(t *testing.T) {
	t.Parallel()
	for _, s := range shipped(t) {
		t.Run(s.ID, func(t *testing.T) {
			t.Parallel()
			if len(s.Warnings) > 0 {
				t.Errorf("it has warnings:\n%v", s.Warnings)
			}
			lines := strings.Split(strings.TrimSpace(string(s.Source)), "\n")
			if lines[0] != "# yaml-language-server: $schema=../scenario.schema.json" {
				t.Errorf("line 1 does not name the schema: %q", lines[0])
			}
			if !strings.HasPrefix(s.Comment, "A wrong receiver") {
				t.Errorf("the first comment does not say what a wrong receiver does: %q", s.Comment)
			}
			if len(lines) > maxLines {
				t.Errorf("it has %d lines, more than %d", len(lines), maxLines)
			}
			if folder := path.Base(path.Dir(strings.TrimPrefix(s.File, "shipped:"))); folder != s.Profile {
				t.Errorf("it lies in %s and is of the profile %s", folder, s.Profile)
			}
			if _, own := s.Own(); own {
				t.Error("it names no requirement of the catalogue")
			}
		})
	}
}

func TestBadInputIsSentBetweenABystanderAndAProbe(t *testing.T) {
	t.Parallel()
	for _, s := range shipped(t) {
		if !strings.HasPrefix(s.Requires[0], "BAD-") {
			continue
		}
		t.Run(s.ID, func(t *testing.T) {
			t.Parallel()
			events := plan(t, s).Events
			first, last, rubbish := events[0], events[len(events)-1], events[1:len(events)-1]
			if first.Task != "bystander" || first.Meaning != scenarios.MeansCallback {
				t.Error("it does not begin with a callback of the bystander, whose facts must not change")
			}
			if last.Task != "probe" || last.Meaning != scenarios.MeansCallback {
				t.Error("it does not end with the probe, which must be answered and become visible")
			}
			if len(rubbish) == 0 {
				t.Error("there is no bad input")
			}
			for _, e := range rubbish {
				switch e.Meaning {
				case scenarios.MeansNothing:
				case scenarios.MeansEither:
					if e.Task == "bystander" {
						t.Errorf("%s may be applied, and would then change the bystander", e.ID)
					}
				default:
					t.Errorf("%s is no bad input: it means %q", e.ID, e.Meaning)
				}
			}
			if s.Requires[0] != "BAD-3" && s.Requires[0] != "BAD-4" && !slices.ContainsFunc(rubbish, func(e scenarios.Event) bool { return len(e.Body) > 100 }) {
				t.Error("nothing in the bad input could have an effect if it were taken")
			}
		})
	}
}

// The times of a run: what makes it quick although it waits, and what it may cost.
const (
	longest  = 1500 * time.Millisecond // of a scenario that is not labelled slow
	allWaits = 15 * time.Second        // of all scenarios at least: playing them one after the other is felt
)

func TestWaitsAreLongTogetherAndShortEach(t *testing.T) {
	t.Parallel()
	var sum time.Duration
	for _, s := range shipped(t) {
		d := length(plan(t, s))
		sum += d
		if !slices.Contains(s.Labels, "slow") && d > longest {
			t.Errorf("%s takes %s and is not labelled slow", s.ID, d)
		}
	}
	if sum < allWaits {
		t.Errorf("the scenarios wait for %s together, less than %s", sum, allWaits)
	}
}

// length is how long a plan takes at least if the receiver answers at once.
func length(p scenarios.Plan) time.Duration {
	over := make([]time.Duration, len(p.Steps))
	var end time.Duration
	for i, st := range p.Steps {
		at := time.Duration(st.At)
		for _, before := range st.After {
			at = max(at, over[before])
		}
		if st.Observe != nil {
			at += time.Duration(st.Observe.Throughout)
		}
		if d := st.Deliver; d != nil {
			at += time.Duration(d.Faults) * max(0, d.Policy.Wait(p.Scale))
			if w := d.Request.Wire; w.WriteSize > 0 {
				at += time.Duration(len(d.Request.Body)/w.WriteSize) * w.WritePause
			}
		}
		over[i] = at
		end = max(end, at)
	}
	return end + time.Duration(p.Expect.Throughout)
}

// hintWords are what a developer with the mistake would search for.
var hintWords = map[string][]string{
	"ACK-1": {"200"}, "ACK-2": {"20 s", "queue"}, "ACK-3": {`{"code":0}`}, "ACK-4": {"Store first"}, "ACK-5": {"chunked", "Content-Length"},
	"ENV-1": {"unknown callback_event", "200"}, "ENV-2": {"unknown fields", "DisallowUnknownFields"}, "ENV-3": {"Regular expressions", `\u`},
	"ENV-4": {"appid and appId"}, "ENV-5": {"event_type", "314"}, "ENV-6": {"task_id", "optional"}, "ENV-7": {"event_time", "string"},
	"ENV-8": {"charset"}, "MSG-1": {"Decode msg a second time"}, "MSG-2": {"Decode source_urls a second time", "trailing newline"},
	"MSG-3": {"string", "negative"}, "MSG-4": {"64-bit", "int32"}, "MSG-5": {"required", "0"}, "MSG-6": {"source_urls"}, "MSG-7": {"unknown members"},
	"MSG-8": {"VARCHAR(255)", "utf8mb4"}, "SEQ-1": {"2^53"}, "SEQ-5": {"msg.code"}, "SEQ-7": {"not final"}, "SEQ-8": {"task_id", "stream_id"},
	"SEQ-9": {"TaskAlarm"}, "GAP-1": {"foreign key"}, "GAP-2": {"2 s gap", "watchdog"}, "GAP-3": {"longer gap"}, "ORD-1": {"out-of-order", "upsert"},
	"ORD-3": {"task_start_time", "task_exit_time"}, "ORD-4": {"task_exit_time"}, "DUP-1": {"idempotent"},
	"DUP-2": {"unique constraint", "upsert", "check-then-insert race"}, "DUP-3": {"deduplication window"}, "DUP-4": {"deduplication key"},
	"RET-1": {"idempotent", "lost answer"}, "RET-2": {"unexpected EOF"}, "RET-3": {"12 retries"}, "BAD-7": {"missing event_type"},
	"BAD-12": {"duplicate keys"}, "BAD-13": {"BOM"}, "BAD-14": {`\u0000`}, "BAD-15": {"invalid UTF-8"}, "BAD-16": {"stack overflow"}, "BAD-17": {"413"},
	"BAD-18": {"405"}, "BAD-19": {"415"}, "SEC-1": {"MD5", "key"}, "SEC-2": {"sign", "403"}, "SEC-3": {"t", "expired"}, "SEC-4": {"unsigned"},
	"SEC-5": {"SQL injection", "verbatim"}, "SEC-6": {"SSRF"}, "SEC-7": {"slow client"}, "DUR-1": {"durable storage"}, "DUR-2": {"kill -9"},
}

func TestHintsHaveTheWordsThatADeveloperLooksFor(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	for id, words := range hintWords {
		r, ok := c.Get(id)
		if !ok {
			t.Errorf("there is no requirement %s", id)
			continue
		}
		for _, w := range words {
			if !strings.Contains(r.Hint, w) {
				t.Errorf("the hint of %s does not say %q: %s", id, w, r.Hint)
			}
		}
	}
}

func TestFailureClassesNameScenariosThatExerciseTheirRequirements(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "docs", "failure-classes.md"))
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]*scenarios.Scenario{}
	for _, s := range shipped(t) {
		byID[s.ID] = s
	}
	classes := 0
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(line, "|")
		if len(cells) != 6 || strings.Trim(cells[1], " -#") == "" {
			continue
		}
		classes++
		requirements := strings.Split(strings.TrimSpace(cells[3]), ", ")
		met := map[string]bool{}
		for name := range strings.SplitSeq(cells[4], ",") {
			s := byID[strings.Trim(name, " `")]
			if s == nil {
				t.Errorf("class %s names %s, which is not shipped", strings.TrimSpace(cells[1]), name)
				continue
			}
			if !slices.ContainsFunc(requirements, s.Exercises) {
				t.Errorf("class %s: %s exercises none of %v", strings.TrimSpace(cells[1]), s.ID, requirements)
			}
			for _, r := range s.Requires {
				met[r] = true
			}
		}
		for _, r := range requirements {
			if !met[r] {
				t.Errorf("class %s: no scenario of its row exercises %s", strings.TrimSpace(cells[1]), r)
			}
		}
	}
	if classes != 15 {
		t.Errorf("the page has %d classes, want 15", classes)
	}
}
