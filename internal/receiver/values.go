package receiver

import (
	"bytes"
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

// members are the members of a JSON object by their exact names. A struct would not do: encoding/json matches its
// fields without regard to case, which hides that appid is spelled in two ways.
type members map[string]json.RawMessage

// has says whether a member is there and not null.
func (m members) has(name string) bool {
	raw, ok := m[name]
	return ok && !isNull(raw)
}

func isNull(raw json.RawMessage) bool {
	return len(raw) == 0 || bytes.Equal(raw, []byte("null"))
}

// parseObject is the first decode. Invalid UTF-8 is refused here, because encoding/json would mend it in silence.
func parseObject(body []byte) (members, error) {
	if !utf8.Valid(body) {
		return nil, refuse(http.StatusBadRequest, "the body is not UTF-8")
	}
	var m members
	if err := json.Unmarshal(body, &m); err != nil {
		return nil, refuse(http.StatusBadRequest, "the body is not a JSON object: %v", err)
	}
	if m == nil {
		return nil, refuse(http.StatusBadRequest, "the body is null, not a JSON object")
	}
	return m, nil
}

// readMessage is the second decode of msg: a JSON object inside a string.
func readMessage(text string) (members, error) {
	var m members
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return nil, refuse(http.StatusBadRequest, "msg holds no JSON object: %v", err)
	}
	if m == nil {
		return nil, refuse(http.StatusBadRequest, "msg holds null, not a JSON object")
	}
	return m, nil
}

// readSources is the second decode of source_urls: a JSON array of strings inside a string, with a newline after it
// in every documented sample.
func readSources(text string) ([]string, error) {
	var list []*string
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, refuse(http.StatusBadRequest, "source_urls holds no JSON array of strings: %v", err)
	}
	if list == nil {
		return nil, refuse(http.StatusBadRequest, "source_urls holds null, not a JSON array")
	}
	urls := make([]string, len(list))
	for i, u := range list {
		if u == nil {
			return nil, refuse(http.StatusBadRequest, "source_urls[%d] is null", i)
		}
		urls[i] = *u
	}
	return urls, nil
}

// readText reads a string; nil where it is absent or null.
func readText(name string, raw json.RawMessage) (*string, error) {
	if isNull(raw) {
		return nil, nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, refuse(http.StatusBadRequest, "%s is not a string", name)
	}
	return &s, nil
}

// readIdentifier reads an id; "" where it is absent or null. It is documented as a string; a number is taken as it is
// written, digit by digit, because ids may be wider than a float64 holds.
func readIdentifier(name string, raw json.RawMessage) (string, error) {
	if isNull(raw) {
		return "", nil
	}
	if isNumber(raw) {
		return string(raw), nil
	}
	s, err := readText(name, raw)
	if err != nil {
		return "", refuse(http.StatusBadRequest, "%s is neither a string nor a number", name)
	}
	return *s, nil
}

// readInteger reads a whole number of up to 64 bits; nil where it is absent or null. index and code are a number in
// all samples and a string in the tables of most editions, so both are read.
func readInteger(name string, raw json.RawMessage) (*int64, error) {
	if isNull(raw) {
		return nil, nil
	}
	digits := string(raw)
	if !isNumber(raw) {
		s, err := readText(name, raw)
		if err != nil {
			return nil, refuse(http.StatusBadRequest, "%s is neither a number nor a string", name)
		}
		digits = strings.TrimSpace(*s)
	}
	n, ok := wholeNumber(digits)
	if !ok {
		return nil, refuse(http.StatusBadRequest, "%s is not a whole number of 64 bits", name)
	}
	return &n, nil
}

// wholeNumber reads what JSON calls a number, if its value is whole and fits: also 314.0 and 3.14e2.
func wholeNumber(digits string) (int64, bool) {
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(digits, 64)
	const exact = 1 << 53 // beyond, a float64 cannot tell neighbours apart
	if err != nil || f != math.Trunc(f) || math.Abs(f) > exact {
		return 0, false
	}
	return int64(f), true
}

// isNumber says whether a JSON value, known to be well formed, is a number.
func isNumber(raw json.RawMessage) bool {
	return len(raw) > 0 && (raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9')
}
