package schema

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"unicode/utf8"
)

// FuzzValidate holds for every body: no panic, the same report twice, violations that point into the body, a verdict
// that follows from them, and no ok for what encoding/json would not decode.
func FuzzValidate(f *testing.F) {
	for _, v := range readVectors(f) {
		f.Add(v.body)
	}
	for _, e := range Editions() {
		for _, event := range Events() {
			if body, ok := Sample(e, event); ok {
				f.Add(body)
			}
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		before := bytes.Clone(body)
		for _, opts := range []Options{{}, {Reading: Documented}, {Edition: Edition2022_01, OnlyRelay: true}} {
			checkReport(t, body, opts)
		}
		if !bytes.Equal(before, body) {
			t.Fatal("the body was changed")
		}
	})
}

func checkReport(t *testing.T, body []byte, opts Options) {
	t.Helper()
	r := Validate(body, opts)
	if again := Validate(body, opts); !reflect.DeepEqual(r, again) {
		t.Fatalf("first %+v, then %+v", r, again)
	}
	if got := verdictOf(r.Violations); got != r.Verdict {
		t.Fatalf("verdict %s of %+v", r.Verdict, r.Violations)
	}
	for i, v := range r.Violations {
		if _, ok := Explain(v.Code); !ok || v.Code == codeInternal || v.Code == codeOptions {
			t.Fatalf("code %s: %s", v.Code, v.Message)
		}
		if v.Offset < 0 || v.Offset > len(body) || v.Line < 1 || v.Column < 1 || v.Message == "" || !utf8.ValidString(v.Pointer+v.Message) {
			t.Fatalf("%+v", v)
		}
		if i > 0 && r.Violations[i-1].Offset > v.Offset {
			t.Fatalf("not sorted: %+v", r.Violations)
		}
	}
	if r.Readable() != (json.Valid(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))) || tooDeepOrMore(r)) {
		t.Fatalf("readable is %v: %+v", r.Readable(), r.Violations)
	}
	if (len(r.Editions) > 0) != (r.Verdict != Error && r.Kind == KindRelay) {
		t.Fatalf("%s, %s fits %v", r.Verdict, r.Kind, r.Editions)
	}
	if r.Verdict == Error || r.Kind != KindRelay {
		return
	}
	// What is no error decodes, twice, to what the callback has to have.
	var outer struct {
		EventType  *float64 `json:"event_type"`
		Event      *string  `json:"callback_event"`
		Msg        *string  `json:"msg"`
		SourceURLs *string  `json:"source_urls"`
	}
	if err := json.Unmarshal(body, &outer); err != nil {
		t.Fatalf("%s, but %v", r.Verdict, err)
	}
	if outer.EventType == nil || *outer.EventType != EventType || outer.Event == nil || *outer.Event != r.Event || outer.Msg == nil || outer.SourceURLs == nil {
		t.Fatalf("%s, but %+v", r.Verdict, outer)
	}
	var urls []string
	if err := json.Unmarshal([]byte(*outer.SourceURLs), &urls); err != nil {
		t.Fatalf("%s, but source_urls: %v", r.Verdict, err)
	}
	var msg any
	if err := json.Unmarshal([]byte(*outer.Msg), &msg); err != nil {
		t.Fatalf("%s, but msg: %v", r.Verdict, err)
	}
	members, ok := msg.(map[string]any)
	for _, key := range MsgKeys(r.Event) {
		if _, there := members[key]; hasSample(r.Event) && (!ok || !there) {
			t.Fatalf("%s, but msg lacks %s", r.Verdict, key)
		}
	}
}

// tooDeepOrMore reports whether the body was not read to its end, or goes on after the JSON text.
func tooDeepOrMore(r Report) bool {
	return slices.ContainsFunc(r.Violations, func(v Violation) bool {
		return v.Code == codeTrailing || v.Code == codeDeep || v.Code == codeTooLong
	})
}
