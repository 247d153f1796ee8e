package expression_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/relaycheck/relaycheck/suite/observe/expression"
)

func body(t *testing.T, text string) any {
	t.Helper()
	v, ok := expression.Decode([]byte(text))
	if !ok {
		t.Fatalf("not JSON: %s", text)
	}
	return v
}

func TestRun(t *testing.T) {
	t.Parallel()
	row := expression.Row{"state": "RUN", "n": 3, "note": nil}
	tests := []struct {
		name       string
		source     string
		vocabulary expression.Vocabulary
		env        expression.Env
		want       any
	}{
		{"a status is compared", `status == 200`, expression.HTTP, expression.Env{"status": 200}, true},
		{"a member of a member", `body?.exit?.code`, expression.HTTP, expression.Env{"body": body(t, `{"exit":{"code":-22}}`)}, json.Number("-22")},
		{"a member of nothing is nothing", `body?.exit?.code`, expression.HTTP, expression.Env{"body": body(t, `{"exit":null}`)}, nil},
		{"without the question marks, too", `body.exit.code`, expression.HTTP, expression.Env{"body": body(t, `{}`)}, nil},
		{"of a page that is no JSON", `body.state == "RUN" ? "running" : "ended"`, expression.HTTP, expression.Env{"body": nil}, nil},
		{"of rows that are not there", `rows[0].state == "RUN" ? "running" : "ended"`, expression.SQL, expression.Env{"rows": []expression.Row{}}, nil},
		{"a key that an object lacks can be compared", `body.exit != nil ? "ended" : "running"`, expression.HTTP, expression.Env{"body": map[string]any{}}, "running"},
		{"and given a default", `body.n ?? 0`, expression.HTTP, expression.Env{"body": map[string]any{}}, json.Number("0")},
		{"a question mark holds for the rest of the way", `body?.exit.code ?? 5`, expression.HTTP, expression.Env{"body": nil}, json.Number("5")},
		{"a member of a text is nothing", `body.state`, expression.HTTP, expression.Env{"body": "not found"}, nil},
		{"a member of a list is nothing", `body.state`, expression.HTTP, expression.Env{"body": []any{1}}, nil},
		{"an element of an object is nothing", `body[0]`, expression.HTTP, expression.Env{"body": map[string]any{}}, nil},
		{"an absent variable is nothing", `len(text) > 3`, expression.HTTP, expression.Env{}, nil},
		{"a header in any case", `headers["content-TYPE"]`, expression.HTTP, expression.Env{"headers": expression.Headers{"Content-Type": "a/b"}}, "a/b"},
		{"a header that is not there", `headers.Server`, expression.HTTP, expression.Env{"headers": expression.Headers{}}, nil},
		{"a whole number beyond 2^53", `body.n`, expression.HTTP, expression.Env{"body": body(t, `{"n":9007199254740993}`)}, json.Number("9007199254740993")},
		{"a whole number beyond 64 bits", `body.n`, expression.HTTP, expression.Env{"body": body(t, `{"n":123456789012345678901234567890}`)}, json.Number("123456789012345678901234567890")},
		{"a decimal no float64 can hold", `body.n`, expression.HTTP, expression.Env{"body": body(t, `{"n":0.1234567890123456789}`)}, json.Number("0.1234567890123456789")},
		{"1.0 is 1", `body.n == 1`, expression.HTTP, expression.Env{"body": body(t, `{"n":1.0}`)}, true},
		{"numbers are calculated with", `body.n * 1000 + 5`, expression.HTTP, expression.Env{"body": body(t, `{"n":1e3}`)}, json.Number("1000005")},
		{"a column", `rows[0].state == "RUN"`, expression.SQL, expression.Env{"rows": []expression.Row{row}}, true},
		{"a column that is NULL", `row.note`, expression.SQL, expression.Env{"row": row}, nil},
		{"a column of no row", `rows[0].state`, expression.SQL, expression.Env{"rows": []expression.Row{}}, nil},
		{"the last row", `rows[-1].n`, expression.SQL, expression.Env{"rows": []expression.Row{row, {"n": 4}}}, json.Number("4")},
		{"a predicate over rows", `count(rows, .n > 2)`, expression.SQL, expression.Env{"rows": []expression.Row{row}}, json.Number("1")},
		{"a part of a list", `lines[1:]`, expression.Command, expression.Env{"lines": []string{"a", "b", "c"}}, []any{"b", "c"}},
		{"a part of a text, by characters", `stdout[1:2]`, expression.Command, expression.Env{"stdout": "aéb"}, "é"},
		{"nested JSON", `fromJSON(body.list)[0]`, expression.HTTP, expression.Env{"body": body(t, `{"list":"[9007199254740993]\n"}`)}, json.Number("9007199254740993")},
		{"nested JSON in an empty text", `fromJSON(text).x`, expression.HTTP, expression.Env{"text": ""}, nil},
		{"a method of a time", `date(text).UnixMilli()`, expression.HTTP, expression.Env{"text": "2025-01-02T03:04:05Z"}, json.Number("1735787045000")},
		{"the ids", `find(body, .id == task_id).s`, expression.HTTP, expression.Env{"body": body(t, `[{"id":"1","s":"a"},{"id":"2","s":"b"}]`), "task_id": "2"}, "b"},
		{"bytes that are no UTF-8", `row.b`, expression.SQL, expression.Env{"row": expression.Row{"b": []byte("a\xff")}}, "a\uFFFD"},
		{"a time", `row.t`, expression.SQL, expression.Env{"row": expression.Row{"t": time.UnixMilli(5).UTC()}}, "1970-01-01T00:00:00.005Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, err := expression.Compile(tt.source, tt.vocabulary)
			if err != nil {
				t.Fatal(err)
			}
			got, err := p.Run(tt.env)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s\n%s", tt.source, diff)
			}
		})
	}
}

func TestMistakesThatOnlyALookCanShow(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, source, want string }{
		{"a column that the query does not return", `rows[0].stat`, `no column "stat" (did you mean "state"?); it returns n, state`},
		{"in a predicate, too", `filter(rows, .stat == "x")`, `no column "stat"`},
		{"text and number", `row.state - 1`, `invalid operation: string - int`},
		{"text that is no JSON", `fromJSON(row.state)`, `fromJSON: the text is not JSON: RUN`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, err := expression.Compile(tt.source, expression.SQL)
			if err != nil {
				t.Fatal(err)
			}
			row := expression.Row{"state": "RUN", "n": 3}
			v, err := p.Run(expression.Env{"rows": []expression.Row{row}, "row": row})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, %v; want an error with %q", v, err, tt.want)
			}
		})
	}
}

func TestCompileRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, source string
		vocabulary   expression.Vocabulary
		line, col    int
		want         string
	}{
		{"a misspelt variable", `1 + boddy.x`, expression.HTTP, 1, 5, `there is no "boddy" here (did you mean "body"?); there are status, headers, body, text, task_id, stream_id`},
		{"a variable of another kind", `rows[0].x`, expression.HTTP, 1, 1, `there is no "rows" here`},
		{"a misspelt function", `lenn(text)`, expression.HTTP, 1, 1, `did you mean "len"?`},
		{"a second line", "status == 200 &&\n  statuss == 1", expression.HTTP, 2, 3, `did you mean "status"?`},
		{"a syntax error", `status ==`, expression.HTTP, 1, 9, "unexpected token EOF"},
		{"types that never match", `status == "200"`, expression.HTTP, 1, 8, "mismatched types int and string"},
		{"a member of a number", `status.code`, expression.HTTP, 1, 8, "type int has no field code"},
		{"a column of the list of rows", `rows.state`, expression.SQL, 1, 6, "only be selected using an integer"},
		{"a function that is not called", `len`, expression.HTTP, 1, 1, "call it"},
		{"nothing", " ", expression.HTTP, 1, 1, "empty"},
		{"a novel", strings.Repeat("1 + ", 2000) + "1", expression.HTTP, 1, 1, "the limit is 4096"},
		{"brackets without end", strings.Repeat("(", 4000), expression.HTTP, 1, 4000, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := expression.Compile(tt.source, tt.vocabulary)
			var e *expression.CompileError
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if e.Line != tt.line || e.Col != tt.col || !strings.Contains(e.Message, tt.want) {
				t.Errorf("got %d:%d %s; want %d:%d %s", e.Line, e.Col, e.Message, tt.line, tt.col, tt.want)
			}
		})
	}
}

// A number keeps its value whatever its spelling, through decoding, an expression and the JSON made of the result.
func TestNumbersStayExact(t *testing.T) {
	t.Parallel()
	p, err := expression.Compile(`body.n`, expression.HTTP)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.StringMatching(`-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,2})?`).Draw(r, "number")
		b, ok := expression.Decode([]byte(`{"n":` + text + `}`))
		if !ok {
			r.Fatalf("not JSON: %s", text)
		}
		v, err := p.Run(expression.Env{"body": b})
		if err != nil {
			r.Fatal(err)
		}
		got, ok := v.(json.Number)
		if !ok {
			r.Fatalf("%s became %T", text, v)
		}
		if rational(r, text).Cmp(rational(r, string(got))) != 0 {
			r.Fatalf("%s became %s", text, got)
		}
	})
}

func FuzzDecodeNeverPanics(f *testing.F) {
	for _, s := range []string{`{}`, `[1e999999999]`, `-0`, `1E-400`, `"a"`, `{"a":{"a":[]}}`, ``, ` `, `1 2`, `0.0e0`, `1e-99999999999999999999`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, ok := expression.Decode([]byte(s))
		if !ok {
			return
		}
		if !json.Valid([]byte(s)) {
			t.Errorf("decoded what is not JSON: %q", s)
		}
		if _, err := expression.Shape(v); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	})
}

// A name that the language reads as an operator would be of no use.
func TestEveryVariableCanBeUsed(t *testing.T) {
	t.Parallel()
	for _, v := range []expression.Vocabulary{
		expression.HTTP, expression.SQL, expression.Redis, expression.Command, expression.File, expression.Sink, expression.Call,
	} {
		for _, name := range v.Names() {
			p, err := expression.Compile(name, v)
			if err != nil || !p.Uses(name) {
				t.Errorf("%s %s: %v", v.Kind, name, err)
			}
		}
	}
}
