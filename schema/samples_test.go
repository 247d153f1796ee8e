package schema

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
)

func TestDocumentedSamplesAreFineInEveryEditionAndReading(t *testing.T) {
	t.Parallel()
	n := 0
	for _, from := range Editions() {
		for _, event := range Events() {
			body, ok := Sample(from, event)
			if !ok {
				continue
			}
			n++
			for _, e := range append(Editions(), Auto) {
				for _, reading := range Readings() {
					r := Validate(body, Options{Edition: e, Reading: reading, OnlyRelay: true})
					if r.Verdict != OK || len(r.Violations) > 0 {
						t.Errorf("the %s sample of %s is %s in %q, %s: %+v", from, event, r.Verdict, e, reading, r.Violations)
					}
				}
			}
		}
	}
	if n != 12 {
		t.Errorf("%d samples were there, want four of each of three editions", n)
	}
}

func TestTheSeedSamplesAreReportedToTheLetter(t *testing.T) {
	t.Parallel()
	for _, event := range []string{TaskStart, VodSourceFileStart, VodSourceFileFinish, TaskExit} {
		body, _ := Sample(Edition2022_01, event)
		got := Validate(body, Options{})
		want := Report{
			Verdict: OK, Kind: KindRelay, Event: event, EventType: 314,
			Editions: []Edition{Edition2021_10, Edition2022_01, Edition2024_04, Edition2025_09},
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", event, got, want)
		}
	}
}

// The samples themselves, not the tables, are what the departures are taken from: without them numbers for index and
// code, and a TaskExit without ids, would be warnings.
func TestSamplesAreBelievedAgainstTheirOwnTablesAndNothingElseIs(t *testing.T) {
	t.Parallel()
	for _, e := range Editions() {
		var got []string
		for _, event := range Events() {
			for k := range shownDeparturesOf(e, event) {
				got = append(got, k.event+" "+k.part+k.pointer+" "+k.keyword)
			}
		}
		slices.Sort(got)
		want := []string{
			"TaskExit envelope/stream_id required", "TaskExit envelope/task_id required", "TaskExit envelope/to_url required",
			"TaskExit msg/code type", "VodSourceFileFinish msg/index type", "VodSourceFileStart msg/index type",
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", e, got, want)
		}
	}
}

func TestSiblingsAreReportedAsSuch(t *testing.T) {
	t.Parallel()
	if n := len(Siblings()); n != 18 {
		t.Errorf("there are %d siblings", n)
	}
	for _, name := range Siblings() {
		body, ok := Sibling(name)
		if !ok {
			t.Fatalf("%s is listed and not there", name)
		}
		var fields struct {
			EventType *int `json:"event_type"`
		}
		if err := json.Unmarshal(body, &fields); err != nil || fields.EventType == nil {
			t.Fatalf("%s: %v", name, err)
		}
		r := Validate(body, Options{})
		if r.Verdict != OK || r.Kind != KindSibling || r.EventType != *fields.EventType || r.Event != "" || r.Editions != nil || r.Violations != nil {
			t.Errorf("%s: %+v", name, r)
		}
		r = Validate(body, Options{OnlyRelay: true})
		if r.Verdict != Error || r.Kind != KindSibling || len(r.Violations) != 1 || r.Violations[0].Code != codeSibling {
			t.Errorf("%s, only relay: %+v", name, r)
		}
	}
	if _, ok := Sibling("../samples/2022-01/TaskStart"); ok {
		t.Error("a sibling's name leads out of its folder")
	}
	if _, ok := Sibling("relay"); ok {
		t.Error("relay is no sibling")
	}
}

func TestEventTypesHaveNames(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "interruption", 1: "push", 314: "relay", 317: "image-audit", 999: "", -1: ""} {
		if got := EventTypeName(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}

func TestWhatIsHandedOutCannotBeUsedToChangeTheOriginal(t *testing.T) {
	t.Parallel()
	body, _ := Sample(Edition2022_01, TaskStart)
	body[0] = 'x'
	Events()[0], Editions()[0], OuterKeys(TaskStart)[0], MsgKeys(TaskStart)[0] = "", "", "", ""
	Codes()[0].ID = ""
	again, _ := Sample(Edition2022_01, TaskStart)
	if again[0] != '{' || Editions()[0] == "" || OuterKeys(TaskStart)[0] == "" || MsgKeys(TaskStart)[0] == "" || Codes()[0].ID == "" {
		t.Error("a caller changed the original")
	}
}
