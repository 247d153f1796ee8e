package schema

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
)

// Bodies of one constellation share a judgement, but not what it tells of them.
func TestWhatIsKeptOfOneBodyIsNotToldOfAnother(t *testing.T) {
	t.Parallel()
	body := func(event, appid, url string) []byte {
		return []byte(`{"x":1,"appid":` + appid + `,"callback_event":"` + event + `","event_type":314,"msg":"{\"type\":7}","source_urls":"[\"a\",` + url + `]","stream_id":"s"}`)
	}
	v := NewValidator()
	for _, reading := range Readings() {
		for _, event := range []string{"TaskPause", "TaskResume", "Taskstart", "", "TaskExit", "TaskStart", "TaskExit"} {
			for i, appid := range []string{`"12"`, `"1234"`, "true", "false", "1.5", "2.25", "null", "[]", "{}", "[1]"} {
				b := body(event, appid, strings.Repeat("1,", i)+"2")
				r := agree(t, v, b, Options{Reading: reading})
				if told := fmt.Sprintf("%+v", r.Violations); event != "" && !strings.Contains(told, `"`+event+`"`) {
					t.Errorf("%s\ndoes not tell of the event: %s", b, told)
				}
			}
		}
	}
}

func TestAnArchiveIsBoundedAndTellsNothingWrong(t *testing.T) {
	t.Parallel()
	var a archive[string]
	name := func(i int) string { return fmt.Sprintf("constellation %d", i) }
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 3 * len(a) {
				if found := a.find([]byte(name(i))); found != nil && *found != name(i) {
					t.Errorf("%s: found %s", name(i), *found)
				}
				a.keep([]byte(name(i)), name(i))
			}
		})
	}
	wg.Wait()
	kept := map[string]bool{}
	for i := range a {
		if j := a[i].Load(); j != nil {
			if kept[j.constellation] {
				t.Errorf("%s is kept twice", j.constellation)
			}
			kept[j.constellation] = true
			if a.find([]byte(j.constellation)) != &j.thing {
				t.Errorf("%s is kept and not found", j.constellation)
			}
		}
	}
	if len(kept) < len(a)*9/10 {
		t.Errorf("only %d of %d places are in use", len(kept), len(a))
	}
}

func TestAnInvalidCallbackCostsFewAllocations(t *testing.T) {
	for what, c := range map[string]struct {
		old, with string
		most      float64
	}{
		"a type":           {`"appid":4`, `"appid":"4"`, 2}, // the list of violations, and a message
		"a type in msg":    {`-22`, `true`, 2},
		"a member missing": {`"event_type":314,`, ``, 1},
		"a name":           {`"interface"`, `"interfaces"`, 4}, // its pointer too, and what it is compared by
	} {
		body, _ := Sample(Edition2025_09, TaskExit)
		body = bytes.Replace(compact(body), []byte(c.old), []byte(c.with), 1)
		v := NewValidator()
		if n := testing.AllocsPerRun(100, func() { v.Validate(body, Options{}) }); n > c.most {
			t.Errorf("%s: %v allocations", what, n)
		}
	}
}
