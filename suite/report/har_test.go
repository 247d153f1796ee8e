package report

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/internal/harspec"
)

func TestTheArchiveHoldsEveryAttemptInTheOrderOfSending(t *testing.T) {
	t.Parallel()
	run := fixture()
	out := render(t, func(b *bytes.Buffer) error { return HAR(b, run) })
	var har struct {
		Log struct {
			Version string `json:"version"`
			Pages   []struct {
				ID string `json:"id"`
			} `json:"pages"`
			Entries []struct {
				Pageref         string  `json:"pageref"`
				StartedDateTime string  `json:"startedDateTime"`
				Time            float64 `json:"time"`
				Request         struct {
					Method   string `json:"method"`
					URL      string `json:"url"`
					PostData struct {
						MimeType string  `json:"mimeType"`
						Text     *string `json:"text"`
					} `json:"postData"`
				} `json:"request"`
				Response struct {
					Status  *int `json:"status"`
					Content struct {
						Size *int `json:"size"`
					} `json:"content"`
				} `json:"response"`
				Timings map[string]float64 `json:"timings"`
				Failure string             `json:"_failure"`
			} `json:"entries"`
		} `json:"log"`
	}
	dec := json.NewDecoder(bytes.NewReader(out))
	if err := dec.Decode(&har); err != nil {
		t.Fatal(err)
	}
	want := 0
	for _, p := range run.Plays {
		for _, d := range p.Input.Transcript.Deliveries {
			want += len(d.Attempts)
		}
	}
	if har.Log.Version != "1.2" || len(har.Log.Entries) != want || len(har.Log.Pages) != len(run.Plays) {
		t.Fatalf("version %q, %d entries, %d pages; want 1.2, %d, %d", har.Log.Version, len(har.Log.Entries), len(har.Log.Pages), want, len(run.Plays))
	}
	pages := map[string]bool{}
	for _, p := range har.Log.Pages {
		pages[p.ID] = true
	}
	before, timeouts := "", 0
	for i, e := range har.Log.Entries {
		if e.StartedDateTime < before {
			t.Errorf("entry %d was sent before the one above it", i)
		}
		before = e.StartedDateTime
		sum := 0.0
		for _, name := range []string{"send", "wait", "receive"} {
			if v, there := e.Timings[name]; !there || v < 0 {
				t.Errorf("entry %d: timing %s is %v", i, name, v)
			}
		}
		for _, v := range e.Timings {
			sum += max(v, 0)
		}
		if d := sum - e.Time; d > 0.01 || d < -0.01 {
			t.Errorf("entry %d: time %g is not the sum of its timings %g", i, e.Time, sum)
		}
		if !pages[e.Pageref] || e.Request.Method != http.MethodPost || e.Request.URL != target || e.Request.PostData.Text == nil || e.Response.Status == nil || e.Response.Content.Size == nil {
			t.Errorf("entry %d lacks what HAR requires: %+v", i, e)
		}
		if *e.Response.Status == 0 && e.Failure != "" {
			timeouts++
		}
	}
	if timeouts != 1 {
		t.Errorf("%d attempts without an answer, want 1", timeouts)
	}
}

// What a scenario may send and a receiver may answer, beyond what the fixture has.
func unusual() Run {
	run := fixture()
	callback := body("TaskStart", `{"task_start_time":0}`)
	post := func(header []emitter.Header, body emitter.Bytes) emitter.Request {
		return emitter.Request{URL: target, Header: header, Body: body}
	}
	attempt := func(req emitter.Request, a *emitter.Answer) emitter.Attempt {
		return emitter.Attempt{
			Number: 1, Of: 1, Request: req, Answer: a, Conn: 3, Queued: 1_234_567, Connected: 2_345_678, Written: 2_999_999,
			FirstByte: 7_000_001, Done: 7_100_003,
		}
	}
	get := post(nil, nil)
	get.Method, get.URL = http.MethodGet, target+"?sign=a%20b&t&t=1&=&%zz;x"
	reused := attempt(post(headers(), callback), ok())
	reused.Reused = true
	notSent := emitter.Attempt{
		Number: 1, Of: 1, Request: post(headers(), callback), Queued: 5, Done: 900_000,
		Failure: &emitter.Failure{Kind: emitter.FailRefused, Message: "connection refused"},
	}
	endless := attempt(post(headers(), callback), answer(200, strings.Repeat("x", 1<<20)))
	endless.Answer.Truncated = true
	lost := attempt(post(headers(), callback), nil)
	lost.FirstByte, lost.Failure = 0, &emitter.Failure{Kind: emitter.FailTimeout, Message: "\xff\x00"}
	early := attempt(post(headers(), callback), ok())
	early.Written = 0 // the answer came before the body was through
	moved := attempt(post(headers(), callback), &emitter.Answer{
		Status: 302, Header: []emitter.Header{{Name: "Location", Value: "/elsewhere\xff"}, {Name: "Set-Cookie", Value: "a=b"}, {Name: "X\xff", Value: ""}},
		Body: emitter.Bytes("\xff\x00"),
	})
	p := play(9, ref("unusual"), nil)
	for _, a := range []emitter.Attempt{
		attempt(post(nil, nil), ok()),
		attempt(post(headers(), emitter.Bytes("\xff\xfe\x00")), answer(200, "")),
		attempt(post(headers(), emitter.Bytes(strings.Repeat("[", 1<<20))), answer(413, "")),
		attempt(post(headers(), emitter.Bytes("\xff"+strings.Repeat("[", 1<<20))), answer(413, "\xff"+strings.Repeat("y", 1<<20))),
		attempt(get, answer(405, "流")), reused, notSent, endless, lost, early, moved,
	} {
		p.Input.Transcript.Deliveries = append(p.Input.Transcript.Deliveries, emitter.Delivery{ID: "X\xff", Attempts: []emitter.Attempt{a}})
	}
	run.Plays = append(run.Plays, p)
	return run
}

func TestTheArchiveIsWhatTheSpecificationSays(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]Run{"every verdict": fixture(), "nothing": {}, "unusual exchanges": unusual()} {
		doc := render(t, func(b *bytes.Buffer) error { return HAR(b, run) })
		if err := harspec.Check(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheArchiveHoldsNoSecret(t *testing.T) {
	t.Parallel()
	out := string(render(t, func(b *bytes.Buffer) error { return HAR(b, fixture()) }))
	for _, secret := range []string{key, "s3cr3t-cookie", "very-secret-token", "5d41402abc"} {
		if strings.Contains(out, secret) {
			t.Errorf("the archive holds %q", secret)
		}
	}
}

func TestABodyThatIsNoTextOrTooLongIsStillGoodJSON(t *testing.T) {
	t.Parallel()
	text, encoding, _ := harText([]byte{0xff, 0})
	if text != "/wA=" || encoding != "base64" {
		t.Errorf("got %q, %q", text, encoding)
	}
	text, encoding, comment := harText([]byte(strings.Repeat("流", maxHARBody)))
	if encoding != "" || len(text) > maxHARBody || strings.ContainsRune(text, '�') || comment == "" {
		t.Errorf("%d bytes, encoding %q, comment %q", len(text), encoding, comment)
	}
}
