package receiver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

// badBugs are mistakes about bodies that are no JSON object, or a strange one.
func badBugs() []Bug {
	valid := json.Valid
	empty := func(body []byte) bool { return len(bytes.TrimSpace(body)) == 0 }
	truncated := func(body []byte) bool {
		var v any
		err := json.NewDecoder(bytes.NewReader(body)).Decode(&v)
		return !empty(body) && err != nil && err.Error() == "unexpected EOF"
	}
	malformed := func(body []byte) bool { return !valid(body) && !empty(body) && !truncated(body) }
	noObject := func(body []byte) bool { return valid(body) && !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) }
	otherRubbish := []SideEffect{
		also("BAD-13", "a byte order mark is malformed JSON to it"), also("BAD-14", "a raw NUL is malformed JSON to it"),
		also("BAD-16", "JSON beyond its depth is malformed to it"),
	}
	return []Bug{{
		ID:          "malformed-500",
		Title:       "Does not catch the syntax error of the JSON parser.",
		Requirement: "BAD-1",
		HintWords:   []string{"Catch the JSON syntax error"},
		SideEffects: otherRubbish,
		seed:        answeringBody(http.StatusInternalServerError, malformed),
	}, {
		ID:          "malformed-hangs",
		Title:       "Waits for the rest of a body that is no JSON, and never answers.",
		Requirement: "BAD-1",
		HintWords:   []string{"syntax error"},
		SideEffects: otherRubbish,
		seed: func(r *Receiver) {
			take := r.take
			r.take = func(ctx context.Context, body []byte) error {
				if malformed(body) {
					pause(ctx, r.cfg.AnswerLimit+time.Second)
				}
				return take(ctx, body)
			}
		},
	}, {
		ID:          "malformed-read-by-regexp",
		Title:       "Picks the event and the ids out of the text with regular expressions where the JSON does not parse.",
		Requirement: "BAD-1",
		HintWords:   []string{"half-applied event"},
		seed: func(r *Receiver) {
			name := regexp.MustCompile(`"callback_event":"(\w+)"`)
			task := regexp.MustCompile(`"task_id":"(\w+)"`)
			take := r.take
			r.take = func(ctx context.Context, body []byte) error {
				n, t := name.FindSubmatch(body), task.FindSubmatch(body)
				if json.Valid(body) || n == nil || t == nil || string(n[1]) != taskExit {
					return take(ctx, body)
				}
				return r.turnTask(ctx, string(t[1]), taskExit)
			}
		},
	}, {
		ID:          "truncated-500",
		Title:       "Takes the unexpected end of the JSON for its own failure.",
		Requirement: "BAD-2",
		HintWords:   []string{"unexpected end of input"},
		seed:        answeringBody(http.StatusInternalServerError, truncated),
	}, {
		ID:          "truncated-crash",
		Title:       "Reads past the end of a truncated body.",
		Requirement: "BAD-2",
		HintWords:   []string{"Decode the whole body"},
		seed: func(r *Receiver) {
			answeringBody(crash, truncated)(r)
			hangingUp(r)
		},
	}, {
		ID:          "empty-500",
		Title:       "Uses what the decoder made of an empty body, which is nothing.",
		Requirement: "BAD-3",
		HintWords:   []string{"empty body"},
		seed:        answeringBody(http.StatusInternalServerError, empty),
	}, {
		ID:          "no-object-500",
		Title:       "Reads the first member of what it has decoded, whatever that is.",
		Requirement: "BAD-4",
		HintWords:   []string{"is an object", "TypeError"},
		seed:        answeringBody(http.StatusInternalServerError, noObject),
	}, {
		ID:          "no-object-crash",
		Title:       "Writes into the nil map that null decodes to.",
		Requirement: "BAD-4",
		HintWords:   []string{"nil map"},
		seed: func(r *Receiver) {
			answeringBody(crash, noObject)(r)
			hangingUp(r)
		},
	}, {
		ID:          "duplicate-keys-500",
		Title:       "Has a parser that throws at a key which comes twice.",
		Requirement: "BAD-12",
		HintWords:   []string{"parser that throws"},
		seed: answeringBody(http.StatusInternalServerError, func(body []byte) bool {
			seen := map[string]bool{}
			for _, key := range topKeys(body) {
				if seen[key] {
					return true
				}
				seen[key] = true
			}
			return false
		}),
	}, {
		ID:          "bom-500",
		Title:       "Does not catch what its decoder says to a byte order mark.",
		Requirement: "BAD-13",
		HintWords:   []string{"byte order mark"},
		seed:        answeringBody(http.StatusInternalServerError, func(body []byte) bool { return bytes.HasPrefix(body, []byte("\ufeff")) }),
	}, {
		ID:          "nul-500",
		Title:       "Hands NUL to a database that has no place for it.",
		Requirement: "BAD-14",
		HintWords:   []string{"NUL", "PostgreSQL"},
		seed: func(r *Receiver) {
			text := r.text
			r.text = func(name string, raw json.RawMessage) (*string, error) {
				s, err := text(name, raw)
				if err == nil && s != nil && strings.Contains(*s, "\x00") {
					return nil, refuse(http.StatusInternalServerError, "invalid byte sequence for encoding UTF8: 0x00")
				}
				return s, err
			}
		},
	}, {
		ID:          "invalid-utf-8-500",
		Title:       "Decodes the body as UTF-8 and does not catch the error.",
		Requirement: "BAD-15",
		HintWords:   []string{"UnicodeDecodeError"},
		seed:        answeringBody(http.StatusInternalServerError, func(body []byte) bool { return !utf8.Valid(body) }),
	}, {
		ID:          "nesting-dies",
		Title:       "Follows nested brackets down until the stack is used up, which ends the process.",
		Requirement: "BAD-16",
		HintWords:   []string{"stack overflow"},
		SideEffects: []SideEffect{also(Everything, "nothing is answered any more")},
		seed: func(r *Receiver) {
			var dead atomic.Bool
			receive, load, take := r.receive, r.load, r.take
			r.receive = func(w http.ResponseWriter, req *http.Request) {
				if dead.Load() {
					hangUp(w)
					return
				}
				receive(w, req)
			}
			r.load = func(ctx context.Context, taskID string) ([]event, error) {
				if dead.Load() {
					return nil, errors.New("the process is dead")
				}
				return load(ctx, taskID)
			}
			r.take = func(ctx context.Context, body []byte) error {
				if depth(body) > 1000 {
					dead.Store(true)
					return refuse(crash, "stack overflow")
				}
				return take(ctx, body)
			}
			hangingUp(r)
		},
	}, {
		ID:          "nesting-500",
		Title:       "Does not catch the error of a decoder that limits the depth.",
		Requirement: "BAD-16",
		HintWords:   []string{"nesting depth"},
		seed:        answeringBody(http.StatusInternalServerError, func(body []byte) bool { return depth(body) > 1000 }),
	}, {
		ID:          "big-body-500",
		Title:       "Runs out of memory over a body of 10 MB.",
		Requirement: "BAD-17",
		HintWords:   []string{"Limit the size of the request body"},
		seed: func(r *Receiver) {
			answer := r.answer
			r.answer = func(w http.ResponseWriter, req *http.Request, outcome error) {
				if refusedWith(outcome, http.StatusRequestEntityTooLarge) {
					outcome = errors.New("out of memory")
				}
				answer(w, req, outcome)
			}
		},
	}, {
		ID:          "big-body-hangs",
		Title:       "Stops reading at its limit and says nothing.",
		Requirement: "BAD-17",
		HintWords:   []string{"answer 413"},
		seed: func(r *Receiver) {
			answer := r.answer
			r.answer = func(w http.ResponseWriter, req *http.Request, outcome error) {
				if refusedWith(outcome, http.StatusRequestEntityTooLarge) {
					pause(req.Context(), r.cfg.AnswerLimit+time.Second)
				}
				answer(w, req, outcome)
			}
		},
	}, {
		ID:          "method-500",
		Title:       "Has no handler for methods other than POST and fails when it looks for one.",
		Requirement: "BAD-18",
		HintWords:   []string{"405"},
		seed:        answeringHead(http.StatusInternalServerError, func(req *http.Request) bool { return req.Method != http.MethodPost }),
	}, {
		ID:          "content-type-500",
		Title:       "Lets the framework parse a form where the content type is not JSON, and uses the JSON that is not there.",
		Requirement: "BAD-19",
		HintWords:   []string{"parses it as a form"},
		seed: answeringHead(http.StatusInternalServerError, func(req *http.Request) bool {
			media, _, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
			return req.Method == http.MethodPost && (err != nil || media != "application/json")
		}),
	}}
}

// depth is how deep brackets are nested, those in strings not counted.
func depth(body []byte) int {
	level, deepest := 0, 0
	inString := false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '[' || c == '{':
			level++
			deepest = max(deepest, level)
		case c == ']' || c == '}':
			level--
		}
	}
	return deepest
}
