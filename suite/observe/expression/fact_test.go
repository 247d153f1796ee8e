package expression_test

import (
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/relaycheck/relaycheck/suite/observe/expression"
)

type fataler interface{ Fatalf(string, ...any) }

func rational(t fataler, text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("not a number: %s", text)
	}
	return r
}

func TestFactsReadWhatUntypedStoresGive(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, fact string
		value      any
		want       any
	}{
		{"one row exists", "exists", 1, true},
		{"none does not", "exists", 0, false},
		{"text tells, too", "exists", "true", true},
		{"a code in digits", "exit_code", "-22", json.Number("-22")},
		{"a code in words stays", "exit_code", "EINVAL", "EINVAL"},
		{"an empty code is none", "exit_code", "", nil},
		{"a zip code is no number", "exit_code", "007", "007"},
		{"a stream id of digits", "stream_id", 118148, "118148"},
		{"an empty stream id is one", "stream_id", "", ""},
		{"ms in digits", "started_at", "1700000000123", json.Number("1700000000123")},
		{"RFC 3339", "started_at", "2023-11-14T22:13:20.123Z", json.Number("1700000000123")},
		{"SQLite's spelling", "exited_at", "2023-11-14 22:13:20.123", json.Number("1700000000123")},
		{"a zone", "exited_at", "2023-11-15 06:13:20.123+08:00", json.Number("1700000000123")},
		{"a date in words stays", "exited_at", "yesterday", "yesterday"},
		{"a list in a text stays", "source_urls", `["a"]`, `["a"]`},
		{"null", "phase", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, err := expression.CompileFact(tt.fact, "body.v", expression.HTTP)
			if err != nil {
				t.Fatal(err)
			}
			got, err := f.Value(expression.Env{"body": map[string]any{"v": tt.value}})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestExistsMustBeTrueOrFalse(t *testing.T) {
	t.Parallel()
	f, err := expression.CompileFact("exists", "body.state", expression.HTTP)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Value(expression.Env{"body": map[string]any{"state": "RUN"}})
	if !errors.Is(err, expression.ErrNotTruth) || !strings.Contains(err.Error(), `"RUN"`) {
		t.Errorf("got %v", err)
	}
}

func TestAFactOfAnImpossibleTypeIsRefused(t *testing.T) {
	t.Parallel()
	tests := []struct{ fact, source, want string }{
		{"exists", `text`, "exists must be true or false, but this expression gives text"},
		{"phase", `status == 200`, "phase must be text, but this expression gives true or false"},
		{"exit_code", `status == 200`, "exit_code must be a number"},
		{"source_urls", `text`, "source_urls must be a list, but this expression gives text"},
	}
	for _, tt := range tests {
		t.Run(tt.fact, func(t *testing.T) {
			t.Parallel()
			if _, err := expression.CompileFact(tt.fact, tt.source, expression.HTTP); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	for value, want := range map[any]int{nil: 0, json.Number("3"): 3, "7": 7, json.Number("2.0"): 2, json.Number("0"): 0} {
		if got, err := expression.Count(value); err != nil || got != want {
			t.Errorf("%v: got %d, %v", value, got, err)
		}
	}
	for _, value := range []any{json.Number("-1"), json.Number("1.5"), "many", true} {
		if got, err := expression.Count(value); err == nil {
			t.Errorf("%v: got %d", value, got)
		}
	}
	if _, err := expression.CompileCount("rows", expression.SQL); err == nil || !strings.Contains(err.Error(), "len( )") {
		t.Errorf("got %v", err)
	}
}
