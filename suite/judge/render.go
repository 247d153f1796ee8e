package judge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/relaycheck/relaycheck/emitter"
)

// maxText bounds Expected and Actual, in bytes: a finding is read by people, and a hostile receiver may answer with
// megabytes. The whole exchange is in the transcript.
const maxText = 400

// secretInText finds what is a secret in any text: the signatures of Tencent's addresses and callbacks. The report knows the
// target's own secrets and takes those out as well.
var secretInText = regexp.MustCompile(`(?i)((?:txSecret|sign)(?:=|%3D|\\*"\s*:\s*\\*"))[^&\s"'\\<>%]+`)

// secretHeaders are the header lines whose values are credentials by their meaning.
var secretHeaders = map[string]bool{
	"authorization": true, "proxy-authorization": true, "cookie": true, "set-cookie": true, "x-api-key": true,
}

// compact writes a value as JSON in one way: names sorted, no white space, nothing escaped without need.
func compact(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Sprint(v)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// shown is a value as a finding shows it.
func shown(v any) string {
	if v == nil {
		return "nothing"
	}
	return bounded(compact(v))
}

// bounded takes secrets out of s and cuts it to maxText.
func bounded(s string) string {
	cut := min(len(s), 4*maxText) // what is cut off anyway need not be searched
	head := strings.ToValidUTF8(s[:cut], "\uFFFD")
	if lower := strings.ToLower(head); strings.Contains(lower, "sign") || strings.Contains(lower, "txsecret") {
		head = secretInText.ReplaceAllString(head, "${1}[redacted]")
	}
	if len(head) <= maxText && cut == len(s) {
		return head
	}
	note := fmt.Sprintf("… (%d bytes)", len(s))
	end := min(len(head), maxText-len(note))
	for end > 0 && !utf8.RuneStart(head[end]) {
		end--
	}
	return head[:end] + note
}

// oneOf lists alternatives.
func oneOf(texts []string) string {
	var unique []string
	seen := map[string]bool{}
	for _, t := range texts {
		if !seen[t] {
			seen[t] = true
			unique = append(unique, t)
		}
	}
	if len(unique) == 1 {
		return bounded(unique[0])
	}
	return bounded("one of " + strings.Join(unique, ", "))
}

// short writes a duration to the millisecond, or to the microsecond below one.
func short(d time.Duration) string {
	if d < time.Millisecond && d > -time.Millisecond {
		return d.Truncate(time.Microsecond).String()
	}
	return d.Truncate(time.Millisecond).String()
}

// us is an offset in whole microseconds, which is what a run log keeps of it: a verdict must not rest on more.
func us(o emitter.Offset) int64 { return time.Duration(o).Microseconds() }

// span is the time between two offsets, in whole microseconds.
func span(from, to emitter.Offset) time.Duration {
	return time.Duration(us(to)-us(from)) * time.Microsecond
}
