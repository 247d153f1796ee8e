package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// mutant is a sample with one thing changed.
type mutant struct {
	name    string
	event   string
	body    []byte
	code    string
	pointer string
	at      string // what stands in the body at the offset; "" means the beginning of what lacks it
}

// mutants makes every one-field change of every sample: of each outer key and each member of msg, removed, with a value
// of another type, and misspelt. The body is compact, with sorted keys, as it is sent.
func mutants(t testing.TB) []mutant {
	t.Helper()
	var all []mutant
	for _, event := range []string{TaskStart, VodSourceFileStart, VodSourceFileFinish, TaskExit} {
		sample, _ := Sample(Edition2022_01, event)
		outer := decode(t, sample)
		for _, key := range slices.Sorted(maps.Keys(outer)) {
			removed := maps.Clone(outer)
			delete(removed, key)
			code := codeMissing
			if key == "event_type" {
				code = codeNoEventType
			}
			if key != "interface" && key != "product_name" && key != "callback_url" { // in no table: not missed
				all = append(all, mutant{"removed " + key, event, encode(t, removed), code, "/" + key, ""})
			}
			for _, wrong := range wrongTypes(outer[key]) {
				retyped := maps.Clone(outer)
				retyped[key] = wrong
				code := codeType
				switch key {
				case "event_type":
					code = codeEventTypeType
				case "msg":
					code = codeMsgNotText
				case "source_urls":
					code = codeURLsNotText
				}
				all = append(all, mutant{fmt.Sprintf("%s is %s", key, wrong), event, encode(t, retyped), code, "/" + key, string(wrong)})
			}
			misspelt := maps.Clone(removed)
			misspelt[key+"x"] = outer[key]
			all = append(all, mutant{"misspelt " + key, event, encode(t, misspelt), codeUnknownKey, "/" + key + "x", `"` + key + `x"`})
		}
		msg := decode(t, text(t, outer["msg"]))
		for _, key := range slices.Sorted(maps.Keys(msg)) {
			inside := func(name, code, pointer, at string, change func(map[string]json.RawMessage)) {
				changed, wrapped := maps.Clone(msg), maps.Clone(outer)
				change(changed)
				wrapped["msg"] = encode(t, string(encode(t, changed)))
				if at != "" {
					quoted := string(encode(t, at))
					at = quoted[1 : len(quoted)-1]
				}
				all = append(all, mutant{name, event, encode(t, wrapped), code, "/msg#" + pointer, at})
			}
			inside("removed msg."+key, codeMsgMissing, "/"+key, "", func(m map[string]json.RawMessage) { delete(m, key) })
			for _, wrong := range wrongTypes(msg[key]) {
				code := codeMsgType
				if wrong[0] == '"' && (key == "index" || key == "code") {
					code = codeNotWhole // text is fine there, but not this text
				}
				inside(fmt.Sprintf("msg.%s is %s", key, wrong), code, "/"+key, string(wrong), func(m map[string]json.RawMessage) { m[key] = wrong })
			}
			inside("misspelt msg."+key, codeUnknownMember, "/"+key+"x", `"`+key+`x"`, func(m map[string]json.RawMessage) {
				m[key+"x"] = m[key]
				delete(m, key)
			})
		}
	}
	return all
}

// wrongTypes are values of every other JSON type.
func wrongTypes(value json.RawMessage) []json.RawMessage {
	var wrong []json.RawMessage
	for _, v := range []string{`null`, `true`, `7`, `"seven"`, `[7]`, `{"seven":7}`} {
		number := value[0] == '-' || '0' <= value[0] && value[0] <= '9'
		if v == `7` && number || v[0] == '"' && value[0] == '"' {
			continue
		}
		wrong = append(wrong, json.RawMessage(v))
	}
	return wrong
}

func TestEverySampleWithOneFieldRemovedRetypedOrMisspeltIsFound(t *testing.T) {
	t.Parallel()
	all := mutants(t)
	if len(all) < 300 {
		t.Fatalf("only %d mutants", len(all))
	}
	for _, m := range all {
		for _, opts := range []Options{{}, {Edition: Edition2022_01}, {Reading: Documented}} {
			r := Validate(m.body, opts)
			i := slices.IndexFunc(r.Violations, func(v Violation) bool { return v.Code == m.code && v.Pointer == m.pointer })
			if i < 0 {
				t.Errorf("%s, %s, %+v: want %s at %s, got %+v", m.event, m.name, opts, m.code, m.pointer, r.Violations)
				continue
			}
			v := r.Violations[i]
			code, _ := Explain(m.code)
			if v.Severity != code.Severity {
				t.Errorf("%s, %s: %s is %s", m.event, m.name, m.code, v.Severity)
			}
			if m.at != "" && !bytes.HasPrefix(m.body[v.Offset:], []byte(m.at)) {
				t.Errorf("%s, %s: at offset %d stands %.20q, want %q", m.event, m.name, v.Offset, m.body[v.Offset:], m.at)
			}
			if m.at == "" && m.body[v.Offset] != '{' {
				t.Errorf("%s, %s: at offset %d stands %.20q, want the object that lacks it", m.event, m.name, v.Offset, m.body[v.Offset:])
			}
			if v.Line != 1 || v.Column != v.Offset+1 {
				t.Errorf("%s, %s: offset %d is said to be %d:%d", m.event, m.name, v.Offset, v.Line, v.Column)
			}
			if name := m.pointer[strings.LastIndexByte(m.pointer, '/')+1:]; !strings.Contains(v.Message, name) {
				t.Errorf("%s, %s: the message does not name the field: %s", m.event, m.name, v.Message)
			}
		}
	}
}

// Only what the samples do not have in their tables may be taken away without a word.
func TestFieldsThatNoTableHasAreNotMissed(t *testing.T) {
	t.Parallel()
	sample, _ := Sample(Edition2022_01, VodSourceFileStart)
	outer := decode(t, sample)
	for _, key := range []string{"interface", "product_name", "callback_url"} {
		delete(outer, key)
	}
	if r := Validate(encode(t, outer), Options{}); r.Verdict != OK {
		t.Errorf("%+v", r)
	}
}

func TestLinesAndColumnsAreThoseOfThePrettyPrintedBody(t *testing.T) {
	t.Parallel()
	sample, _ := Sample(Edition2021_10, TaskExit)
	body := bytes.Replace(sample, []byte("-22"), []byte("true"), 1)
	r := Validate(body, Options{})
	if len(r.Violations) != 1 {
		t.Fatalf("%+v", r)
	}
	v := r.Violations[0]
	line := strings.Split(string(body), "\n")[v.Line-1]
	if v.Pointer != "/msg#/code" || v.Line != 6 || !strings.HasPrefix(line[v.Column-1:], "true") {
		t.Errorf("%+v points at %q", v, line[v.Column-1:])
	}
}

func decode(t testing.TB, data []byte) map[string]json.RawMessage {
	t.Helper()
	m := map[string]json.RawMessage{}
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func text(t testing.TB, raw json.RawMessage) []byte {
	t.Helper()
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	return []byte(s)
}

func encode(t testing.TB, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
