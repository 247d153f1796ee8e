package main

import (
	"encoding/json"
	"slices"
	"strings"
)

// An event is what the page says of one.
type event struct {
	name string
	ids  bool     // its sample carries stream_id, task_id and to_url
	msg  []member // of its msg
}

// A member is a name and a value as JSON.
type member struct {
	name, value string
	kind        kind
}

// A kind is what the tables and samples allow a field.
type kind int

const (
	text        kind = iota
	whole            // a whole number that is not negative
	wholeOrText      // a whole number, or text that holds one; not negative
	signed           // the same, negative too
)

var events = []event{
	{"TaskStart", true, []member{{"task_start_time", "0", whole}}},
	{"VodSourceFileStart", true, file},
	{"VodSourceFileFinish", true, file},
	{"TaskExit", false, []member{{"message", `"write packet error."`, text}, {"code", "-22", signed}, {"task_exit_time", "0", whole}}},
}

var file = []member{{"url", `"http://a.example/1.m3u8"`, text}, {"index", "0", wholeOrText}, {"duration", "14920", whole}}

// An object is members in their order.
type object []member

func (o object) String() string {
	parts := make([]string, len(o))
	for i, m := range o {
		parts[i] = quoted(m.name) + ":" + m.value
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// with is the object with a member's value replaced, or the member added at the end.
func (o object) with(name, value string) object {
	out := slices.Clone(o)
	for i := range out {
		if out[i].name == name {
			out[i].value = value
			return out
		}
	}
	return append(out, member{name: name, value: value})
}

func (o object) without(name string) object {
	return slices.DeleteFunc(slices.Clone(o), func(m member) bool { return m.name == name })
}

func quoted(s string) string {
	b, _ := json.Marshal(s) // a string: it cannot fail
	return string(b)
}

// sample is a callback of the event in the shape of its documented sample.
func sample(e event) object {
	o := object{{name: "appid", value: "4"}, {name: "callback_event", value: quoted(e.name)}}
	if strings.HasPrefix(e.name, "Vod") {
		o = o.with("callback_url", `"http://cb.example/"`)
	}
	o = o.with("event_type", "314").with("interface", `"general_callback"`).with("msg", quoted(object(e.msg).String())).
		with("product_name", `"pullpush"`).with("source_urls", quoted("[\"http://a.example/1.m3u8\"]\n"))
	if e.ids {
		o = o.with("stream_id", `"testvod"`).with("task_id", `"118148"`).with("to_url", `"rtmp://a.example/live/testvod"`)
	}
	return o
}

// A testCase is a body and what is expected of it.
type testCase struct {
	description string
	body        object
	want        outcome
	timed       bool // it carries event_time
	typed       bool // what is expected comes from the type that the tables say of event_time
}

// A value is a JSON value with a name for people.
type value struct{ name, json string }

var values = []value{
	{"null", "null"},
	{"true", "true"},
	{"a whole number", "7"},
	{"a whole number written with a fraction", "7.0"},
	{"a fraction", "7.5"},
	{"a negative number", "-7"},
	{"2^53", "9007199254740992"},
	{"empty text", `""`},
	{"text of digits", `"7"`},
	{"text of a minus and digits", `"-7"`},
	{"text of letters", `"x"`},
	{"text beyond ASCII", `"中文"`},
	{"an array", "[]"},
	{"an object", "{}"},
}

// judged is the rule for a field of a kind. wrong is the code for a wrong type.
func judged(k kind, v value, wrong, pointer string) outcome {
	isText := v.json[0] == '"'
	inText := strings.Trim(v.json, `"`)
	isNumber := strings.ContainsAny(v.json[:1], "-0123456789") && v.json != "7.5"
	switch {
	case k == text && isText:
		return fine()
	case k == text:
		return broken(wrong, pointer)
	case isText && (k == wholeOrText || k == signed):
		switch {
		case inText == "7", inText == "-7" && k == signed:
			return fine()
		case inText == "-7":
			return odd("RC1408", pointer)
		default:
			return odd("RC1410", pointer)
		}
	case !isNumber:
		return broken(wrong, pointer)
	case v.json == "-7" && k != signed:
		return odd("RC1408", pointer)
	case v.json == "9007199254740992":
		return odd("RC1409", pointer)
	default:
		return fine()
	}
}

// cases are all the cases of an event.
func cases(e event) []testCase {
	usual := sample(e)
	all := []testCase{{description: "as in the sample", body: usual}}
	add := func(description string, body object, want outcome) {
		all = append(all, testCase{description: description, body: body, want: want})
	}
	backwards := slices.Clone(usual)
	slices.Reverse(backwards)
	add("keys in another order", backwards, fine())
	add("appId in place of appid", usual.without("appid").with("appId", "4"), fine())
	add("appid and appId", usual.with("appId", "4"), fine())

	// Without its event a callback is held to what the tables call common: the ids are among it.
	full := usual.with("stream_id", `"testvod"`).with("task_id", `"118148"`).with("to_url", `"rtmp://a.example/live/testvod"`)
	for _, m := range usual {
		from := usual
		if m.name == "callback_event" {
			from = full
		}
		add(m.name+" is missing", from.without(m.name), absent(m.name))
	}
	for _, name := range []string{"callback_url", "interface", "product_name", "stream_id", "task_id", "to_url"} {
		for _, v := range values {
			add(name+" is "+v.name, usual.with(name, v.json), judged(text, v, "RC1106", "/"+name))
		}
	}
	for _, v := range values {
		add("appid is "+v.name, usual.with("appid", v.json), judged(whole, v, "RC1106", "/appid"))
		if v.json[0] != '"' {
			add("msg is "+v.name, usual.with("msg", v.json), broken("RC1201", "/msg"))
			add("source_urls is "+v.name, usual.with("source_urls", v.json), broken("RC1301", "/source_urls"))
			add("callback_event is "+v.name, full.with("callback_event", v.json), broken("RC1106", "/callback_event"))
			if v.json != "{}" || len(e.msg) == 1 { // several members are missing else: several findings
				add("msg holds "+v.name, usual.with("msg", quoted(v.json)), held(e, v))
			}
			if v.json != "[]" {
				add("source_urls holds "+v.name, usual.with("source_urls", quoted(v.json)), broken("RC1303", "/source_urls"))
				add("an entry of source_urls is "+v.name, usual.with("source_urls", quoted(`["x",`+v.json+"]")), broken("RC1304", "/source_urls#/1"))
			}
		}
		if v.json != "-7" && v.json != "9007199254740992" { // two findings: the type and the value
			all = append(all, timeCase(usual, v))
		}
	}
	for _, cut := range []string{"", " ", "{", `{"a":`, "[", "x"} {
		add("msg holds "+quoted(cut), usual.with("msg", quoted(cut)), broken("RC1202", "/msg"))
		add("source_urls holds "+quoted(cut), usual.with("source_urls", quoted(cut)), broken("RC1302", "/source_urls"))
	}
	for _, list := range []string{"[]", "[ ]\n", `["x"]`, `["x","y"]` + "\n", ` [ "x" , "中\n\"" ] `} {
		add("source_urls holds "+quoted(list), usual.with("source_urls", quoted(list)), fine())
	}
	for _, m := range e.msg {
		msg := object(e.msg)
		inner := func(o object) object { return usual.with("msg", quoted(o.String())) }
		add(m.name+" is missing from msg", inner(msg.without(m.name)), broken("RC1204", "/msg#/"+m.name))
		for _, v := range values {
			add(m.name+" in msg is "+v.name, inner(msg.with(m.name, v.json)), judged(m.kind, v, "RC1205", "/msg#/"+m.name))
		}
		add(m.name+" twice in msg", inner(append(slices.Clone(msg), m)), broken("RC1008", "/msg#/"+m.name))
		add("a stranger beside "+m.name, inner(msg.with("zzzzzzzz", "1")), odd("RC1402", "/msg#/zzzzzzzz"))
	}
	for _, m := range usual {
		add(m.name+" twice", append(slices.Clone(usual), m), broken("RC1008", "/"+m.name))
	}
	add("a stranger", usual.with("zzzzzzzz", "1"), odd("RC1401", "/zzzzzzzz"))
	add("sign", usual.with("sign", `"x"`), odd("RC1411", "/sign"))
	add("t", usual.with("t", "1"), odd("RC1411", "/t"))
	for _, v := range []string{`"314"`, "null", "true", "314.5", "[]", "{}"} {
		add("event_type is "+v, usual.with("event_type", v), broken("RC1102", "/event_type"))
	}
	add("event_type is 314.0", usual.with("event_type", "314.0"), fine())
	add("event_type is 9999", usual.with("event_type", "9999"), broken("RC1103", "/event_type"))
	return all
}

// absent is the rule for a missing key: tables and samples agree on what every callback has; what only samples show, and
// the ids where a sample lacks them, may be missing.
func absent(name string) outcome {
	switch name {
	case "interface", "product_name", "callback_url":
		return fine()
	case "event_type":
		return broken("RC1101", "/event_type")
	default:
		return broken("RC1105", "/"+name)
	}
}

// held is the rule for what the text in msg holds in place of the event's object.
func held(e event, v value) outcome {
	if v.json == "{}" {
		return broken("RC1204", "/msg#/"+e.msg[0].name)
	}
	return broken("RC1203", "/msg")
}

// timeCase has event_time: text of digits by the tables, in no sample. A number is tolerated with a warning.
func timeCase(usual object, v value) testCase {
	c := testCase{description: "event_time is " + v.name, body: usual.with("event_time", v.json), timed: true}
	c.want = judged(wholeOrText, v, "RC1106", "/event_time")
	isNumber := strings.ContainsAny(v.json[:1], "-0123456789") && v.json != "7.5"
	if c.want.severity == "error" {
		c.typed = true
	}
	if isNumber && c.want.code == "" {
		c.want, c.typed = outcome{"RC1405", "/event_time", "warning", "error"}, true
	}
	return c
}
