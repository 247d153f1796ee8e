package scenarios

import (
	"bytes"
	"encoding/json"
	"math/big"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/schema"
)

// largeBody is where a receiver may say "too large" with good reason: common servers take a megabyte by default.
const largeBody = 1_000_000

// meaning infers what a receiver may make of an event from the bytes and the request that carry it, unless the step
// says so itself.
func (c *compiler) meaning(ev *event, r emitter.Request) Meaning {
	if m := ev.step.Means; m != nil {
		return Meaning(m.Value)
	}
	d := ev.step.Mangle
	if d != nil && d.Pad != nil && len(r.Body) > largeBody && d.Cut == nil && d.Replace == nil {
		return MeansEither // what is in it need not be read
	}
	m := readBody(r.Body)
	if ev.kind == eventSibling && m != MeansNothing {
		m = MeansSibling
	}
	if d != nil && d.Nest != nil && d.Cut == nil {
		m = MeansEither // whether so many levels are JSON is a matter of the parser
	}
	switch {
	case m != MeansCallback:
		return m
	case len(r.Body) > largeBody, r.Method != "" && r.Method != http.MethodPost, !jsonContent(r.Header):
		return MeansEither
	}
	if s := ev.step.Sign; s != nil {
		switch s.Value {
		case signWrong, signExpired:
			return MeansForged
		case signUpper:
			return MeansEither
		case signValid, signNone:
		}
	}
	return m
}

// jsonContent reports whether the header announces JSON in UTF-8.
func jsonContent(header []emitter.Header) bool {
	for _, h := range header {
		if strings.EqualFold(h.Name, "Content-Type") {
			media, params, err := mime.ParseMediaType(h.Value)
			return err == nil && media == "application/json" && (params["charset"] == "" || strings.EqualFold(params["charset"], "utf-8"))
		}
	}
	return false
}

// readBody says what bytes mean to a strict reader and to lenient ones.
func readBody(body []byte) Meaning {
	if utf8.Valid(body) && json.Valid(body) {
		return readObject(body)
	}
	switch readObject(lenient(body)) {
	case MeansCallback, MeansEither:
		return MeansEither
	case MeansSibling, MeansNothing, MeansForged: // what is damaged tells nothing of a relay task anyway
	}
	return MeansNothing
}

// lenient gives the JSON that some parsers in use find in bytes that are none: a byte order mark is skipped, bytes that
// are not UTF-8 are replaced, control characters are let through, and what follows the first value is not looked at.
func lenient(body []byte) []byte {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	body = bytes.ToValidUTF8(body, []byte("\ufffd"))
	body = bytes.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, body)
	var first json.RawMessage
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(&first); err != nil {
		return nil
	}
	return first
}

// readObject says what valid JSON means.
func readObject(body []byte) Meaning {
	outer, ok := object(body)
	if !ok {
		return MeansNothing
	}
	m := readType(outer["event_type"])
	if m != MeansCallback && m != MeansEither {
		return m
	}
	event, isText := outer["callback_event"].(string)
	if !isText || event == "" {
		return MeansNothing
	}
	msg, msgMeans := readMsg(outer["msg"])
	if msgMeans == MeansNothing {
		return MeansNothing
	}
	if m == MeansEither || msgMeans == MeansEither || duplicateKeys(body) || !documentedOuter(outer) || !documentedMsg(event, msg) {
		return MeansEither
	}
	return MeansCallback
}

// readType says what event_type makes of a body.
func readType(v any) Meaning {
	switch v := v.(type) {
	case json.Number:
		if v == "314" {
			return MeansCallback
		}
		if r, ok := new(big.Rat).SetString(short(v)); ok && r.IsInt() && r.Num().IsInt64() && r.Num().Int64() == schema.EventType {
			return MeansEither // 314.0
		}
		return MeansSibling
	case string:
		if strings.TrimSpace(v) == "314" {
			return MeansEither
		}
	}
	return MeansNothing
}

// short keeps numbers with exponents that would fill the memory away from exact arithmetic.
func short(n json.Number) string {
	if len(n) > 32 || strings.ContainsAny(n.String(), "eE") {
		return ""
	}
	return n.String()
}

// readMsg decodes msg. An object in place of the text contradicts the documents, but some readers take it.
func readMsg(v any) (map[string]any, Meaning) {
	switch v := v.(type) {
	case nil: // missing is not undecodable: a receiver may know enough without it
		return nil, MeansEither
	case map[string]any:
		return v, MeansEither
	case string:
		m, ok := object([]byte(v))
		switch {
		case !ok:
			return nil, MeansNothing
		case duplicateKeys([]byte(v)):
			return m, MeansEither
		}
		return m, MeansCallback
	}
	return nil, MeansNothing
}

// documentedOuter reports whether the members of the envelope are there and of a documented type. Ids may be missing, as
// in the documented TaskExit sample.
func documentedOuter(m map[string]any) bool {
	appid, has := m["appid"]
	if !has {
		appid = m["appId"]
	}
	if !wholeValue(appid) {
		return false
	}
	for _, key := range []string{"task_id", "stream_id", "to_url", "callback_url", "interface", "product_name"} {
		if v, has := m[key]; has && !plainText(v) {
			return false
		}
	}
	if v, has := m["event_time"]; has && !digits(v) {
		return false
	}
	return sourceURLs(m["source_urls"])
}

func sourceURLs(v any) bool {
	s, ok := v.(string)
	if !ok || !plainText(s) {
		return false
	}
	var list []string
	return json.Unmarshal([]byte(s), &list) == nil && list != nil
}

// msgTypes are the documented members of msg by event, each with what it may be. index and code are text in the tables
// and numbers in the samples.
var msgTypes = map[string]map[string]func(any) bool{
	schema.TaskStart:           {"task_start_time": wholeValue},
	schema.VodSourceFileStart:  {"url": plainText, "index": digits, "duration": wholeValue},
	schema.VodSourceFileFinish: {"url": plainText, "index": digits, "duration": wholeValue},
	schema.TaskExit:            {"code": digits, "message": plainText, "task_exit_time": wholeValue},
}

func documentedMsg(event string, msg map[string]any) bool {
	for key, ok := range msgTypes[event] {
		if !ok(msg[key]) {
			return false
		}
	}
	return true
}

// plainText reports whether v is a text that any database can keep: without NUL.
func plainText(v any) bool {
	s, ok := v.(string)
	return ok && !strings.ContainsRune(s, 0)
}

// wholeValue reports whether v is a whole number of 64 bits.
func wholeValue(v any) bool {
	n, ok := v.(json.Number)
	if !ok {
		return false
	}
	_, err := n.Int64()
	return err == nil
}

var digitsPattern = regexp.MustCompile(`^-?[0-9]{1,18}$`)

// digits reports whether v is a whole number, or a text of one.
func digits(v any) bool {
	s, ok := v.(string)
	return ok && digitsPattern.MatchString(s) || wholeValue(v)
}

// object decodes a JSON object; of a name that comes twice, the last counts.
func object(data []byte) (map[string]any, bool) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var m map[string]any
	if err := dec.Decode(&m); err != nil || m == nil {
		return nil, false
	}
	return m, !dec.More()
}

// duplicateKeys reports whether an object, at any depth, has a name twice.
func duplicateKeys(data []byte) bool {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	type level struct {
		names []string
		isMap bool
		key   bool // a name is next
	}
	var stack []level
	for {
		tok, err := dec.Token()
		if err != nil {
			return false
		}
		top := len(stack) - 1
		switch d, _ := tok.(json.Delim); {
		case d == '{' || d == '[':
			if top >= 0 && stack[top].isMap {
				stack[top].key = true
			}
			stack = append(stack, level{isMap: d == '{', key: d == '{'})
		case d == '}' || d == ']':
			stack = stack[:top]
			if top == 0 {
				return false
			}
		case top >= 0 && stack[top].isMap && stack[top].key:
			name, _ := tok.(string)
			if slices.Contains(stack[top].names, name) {
				return true
			}
			stack[top].names = append(stack[top].names, name)
			stack[top].key = false
		case top >= 0 && stack[top].isMap:
			stack[top].key = true
		}
	}
}
