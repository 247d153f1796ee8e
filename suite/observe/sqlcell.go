package observe

import (
	"database/sql"
	"math"
	"regexp"
	"strings"
	"time"

	"github.com/lib/pq"

	"github.com/relaycheck/relaycheck/suite/observe/expression"
)

// cell gives a value as a driver returns it the type that it has in the database. Drivers differ: NUMERIC is bytes
// for one and text for another, an array is its text, and JSON is bytes for all.
func cell(v any, typeName string) any {
	typeName = strings.ToUpper(typeName)
	switch x := v.(type) {
	case []byte:
		if typeName == "BIT" { // MySQL: the bits, first byte highest. PostgreSQL's are a text of 0 and 1.
			return bits(x)
		}
		return textCell(string(x), typeName)
	case string:
		return textCell(x, typeName)
	case int64:
		return int(x)
	case uint64:
		if x <= math.MaxInt64 {
			return int(x)
		}
		return x
	case float32:
		return float64(x)
	case time.Time:
		return x.UTC().Format(time.RFC3339Nano)
	}
	return v
}

var (
	numeric = regexp.MustCompile(`^(UNSIGNED )?(TINY|SMALL|MEDIUM|BIG)?(INT|INTEGER|DECIMAL|NUMERIC|FLOAT4?|FLOAT8|DOUBLE|REAL|INT2|INT4|INT8|YEAR|OID)\b`)
	number  = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$`)
)

func textCell(s, typeName string) any {
	switch {
	case typeName == "JSON" || typeName == "JSONB":
		if v, ok := expression.Decode([]byte(s)); ok {
			return v
		}
	case strings.HasPrefix(typeName, "_"): // PostgreSQL's arrays
		if v, ok := arrayCell(s, strings.TrimPrefix(typeName, "_")); ok {
			return v
		}
	case numeric.MatchString(typeName):
		if number.MatchString(s) {
			return expression.Number(s)
		}
	}
	return s
}

// arrayCell reads PostgreSQL's text of a one-dimensional array.
func arrayCell(s, element string) (any, bool) {
	var parts []sql.NullString
	if err := (pq.GenericArray{A: &parts}).Scan(s); err != nil {
		return nil, false
	}
	out := make([]any, len(parts))
	for i, p := range parts {
		switch {
		case !p.Valid:
		case element == "BOOL":
			out[i] = p.String == "t"
		default:
			out[i] = textCell(p.String, element)
		}
	}
	return out, true
}

func bits(b []byte) any {
	if len(b) > 8 {
		return string(b)
	}
	n := uint64(0)
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	if n > math.MaxInt64 {
		return n
	}
	return int(n)
}
