package receiver

import (
	"encoding/json"
	"regexp"
	"strings"
)

// partBugs are mistakes that lose a part of a callback and take the rest: neither the answer nor the phase tells.
func partBugs() []Bug {
	return []Bug{{
		ID:          "start-time-lost-beside-object",
		Title:       "Flattens the envelope before it reads it, and loses the start time where a nested object is in the way.",
		Requirement: "ENV-2",
		HintWords:   []string{"new members"},
		seed: losing(func(outer members, e *event) {
			for _, raw := range outer {
				if e.Name == taskStart && strings.HasPrefix(string(raw), "{") {
					e.Detail.StartedAt = nil
				}
			}
		}),
	}, {
		ID:          "code-by-regexp",
		Title:       "Cuts the exit code out of the raw body with a regular expression, from where the samples have it.",
		Requirement: "ENV-3",
		HintWords:   []string{"Regular expressions"},
		seed:        cutting("code", regexp.MustCompile(`(\{|\\",)\\"code\\":(\\")?-?\d`)),
	}, {
		ID:          "message-by-regexp",
		Title:       "Cuts the exit message out of the raw body with a regular expression that wants another member after it.",
		Requirement: "ENV-3",
		HintWords:   []string{"Regular expressions"},
		seed:        cutting("message", regexp.MustCompile(`\\"message\\":\\"[^"]*\\",\\"`)),
	}, {
		ID:          "start-time-alone",
		Title:       "Reads task_start_time only where it is the one member of msg, as in the table.",
		Requirement: "MSG-7",
		HintWords:   []string{"unknown members inside msg"},
		seed:        losing(func(_ members, e *event) { losingIfMore(e, taskStart, 1, func() { e.Detail.StartedAt = nil }) }),
	}, {
		ID:          "code-of-three-members",
		Title:       "Reads the exit code only where msg has the three members of the table.",
		Requirement: "MSG-7",
		HintWords:   []string{"unknown members inside msg"},
		seed:        losing(func(_ members, e *event) { losingIfMore(e, taskExit, 3, func() { e.Detail.Code = nil }) }),
	}}
}

// losing takes something away from an event that was read.
func losing(take func(outer members, e *event)) func(r *Receiver) {
	return func(r *Receiver) {
		read := r.event
		r.event = func(outer members) (event, error) {
			e, err := read(outer)
			if err == nil {
				take(outer, &e)
			}
			return e, err
		}
	}
}

// losingIfMore takes something away from an event whose msg has more members than the developer has counted.
func losingIfMore(e *event, name string, counted int, take func()) {
	var msg members
	if e.Name == name && json.Unmarshal([]byte(e.Msg), &msg) == nil && len(msg) > counted {
		take()
	}
}

// cutting takes a member of a TaskExit's msg away where a pattern does not find it in the raw body.
func cutting(member string, pattern *regexp.Regexp) func(r *Receiver) {
	return func(r *Receiver) {
		parse := r.parse
		r.parse = func(body []byte) (members, error) {
			outer, err := parse(body)
			if err != nil || pattern.Match(body) {
				return outer, err
			}
			// What cannot be read here is for the stages that follow to refuse.
			name, _ := readText("callback_event", outer["callback_event"])
			text, _ := readText("msg", outer["msg"])
			var msg members
			if name != nil && *name == taskExit && text != nil && json.Unmarshal([]byte(*text), &msg) == nil {
				delete(msg, member)
				// What was decoded a moment ago can be encoded.
				inner, _ := json.Marshal(msg)
				outer["msg"], _ = json.Marshal(string(inner))
			}
			return outer, nil
		}
	}
}
