package judge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// plain turns a value into JSON's own types: nil, bool, string, json.Number, []any and map[string]any. Numbers are
// written in one way, so that a value is the same before and after it went through a run log: 1 and 1.0 are equal.
func plain(v any) any {
	switch v := v.(type) {
	case nil, bool, string:
		return v
	case json.Number:
		return canonicalNumber(v.String())
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Sprint(v) // no JSON number; a database may hold one
		}
		return canonicalNumber(strconv.FormatFloat(v, 'g', -1, 64))
	case int:
		return json.Number(strconv.Itoa(v))
	case int64:
		return json.Number(strconv.FormatInt(v, 10))
	case uint64:
		return json.Number(strconv.FormatUint(v, 10))
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = plain(item)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, item := range v {
			out[k] = plain(item)
		}
		return out
	default:
		return plainOther(v)
	}
}

// plainOther takes the way through JSON for types that no decoder gives.
func plainOther(v any) any {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var out any
	if err := dec.Decode(&out); err != nil {
		return fmt.Sprint(v)
	}
	return plain(out)
}

// The bounds of numbers that are computed with: a hostile receiver may show 1e999999999, whose digits would fill the
// memory. No id, time, count or code comes near them.
const (
	maxNumberLength   = 64
	maxNumberExponent = 400
)

// rational reads a number's text; false where it is none, or too large to compute with.
func rational(s string) (*big.Rat, bool) {
	if s == "" || len(s) > maxNumberLength || !json.Valid([]byte(s)) || !strings.ContainsAny(s[:1], "-0123456789") {
		return nil, false
	}
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		exp, err := strconv.Atoi(s[i+1:])
		if err != nil || exp > maxNumberExponent || exp < -maxNumberExponent {
			return nil, false
		}
	}
	return new(big.Rat).SetString(s)
}

func canonicalNumber(s string) json.Number {
	if isPlainInteger(s) {
		return json.Number(s)
	}
	r, ok := rational(s)
	if !ok {
		return json.Number(s)
	}
	if r.IsInt() {
		return json.Number(r.Num().String())
	}
	f, _ := r.Float64()
	if back, ok := rational(strconv.FormatFloat(f, 'g', -1, 64)); ok && back.Cmp(r) == 0 {
		return json.Number(strconv.FormatFloat(f, 'g', -1, 64))
	}
	return json.Number(s)
}

// isPlainInteger says whether a number is written as canonicalNumber writes it: digits without a leading zero.
func isPlainInteger(s string) bool {
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || len(s) > maxNumberLength || (digits[0] == '0' && len(s) > 1) {
		return false
	}
	return strings.Trim(digits, "0123456789") == ""
}

// number reads a number, or a text that holds one: CSS writes code and index as either, and receivers keep either.
func number(v any) (*big.Rat, bool) {
	switch v := v.(type) {
	case json.Number:
		return rational(v.String())
	case string:
		return rational(strings.TrimSpace(v))
	default:
		return nil, false
	}
}

// whole reads a whole number that fits into 64 bits.
func whole(v any) (int64, bool) {
	r, ok := number(v)
	if !ok || !r.IsInt() || !r.Num().IsInt64() {
		return 0, false
	}
	return r.Num().Int64(), true
}

// truth reads what an observer may show for a yes or no: SQL and Redis have no bool.
func truth(v any) bool {
	switch v := v.(type) {
	case bool:
		return v
	case json.Number:
		r, ok := rational(v.String())
		return !ok || r.Sign() != 0
	case string:
		switch strings.ToLower(strings.TrimSpace(v)) {
		case "", "0", "false", "f", "no", "n":
			return false
		}
		return true
	default:
		return v != nil
	}
}

// sameScalar compares two values the way a fact is compared: numbers by value, also where one of them is text.
func sameScalar(a, b any) bool {
	if x, ok := number(a); ok {
		y, ok := number(b)
		return ok && x.Cmp(y) == 0
	}
	if s, ok := a.(string); ok {
		return s == text(b)
	}
	return compact(a) == compact(b)
}

// text is a scalar as text; "" for absent.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	default:
		return compact(v)
	}
}
