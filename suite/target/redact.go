package target

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"regexp"
	"sort"
	"strings"
)

// Mask stands where a secret was.
const Mask = "***"

// A Redactor hides secrets in text that is about to be written: those of a target file, wherever and however encoded
// they turn up, and what is secret in every callback: the values of txSecret and sign, passwords in URLs, and
// Authorization. It is idempotent, and safe for concurrent use. A nil Redactor knows the latter.
type Redactor struct {
	known *strings.Replacer
	hints [][]byte
}

// shortest is the length, in bytes, from which on a secret is looked for. Shorter ones would be found in half the
// words of a report, and hiding them there would give them away.
const shortest = 4

// NewRedactor makes a redactor for these secrets. Empty and very short ones (below 4 bytes) are not looked for.
func NewRedactor(secrets ...string) *Redactor {
	spelled := map[string]bool{}
	for _, s := range secrets {
		if len(s) < shortest || s == Mask {
			continue
		}
		for _, form := range spellings(s) {
			spelled[form] = true
		}
	}
	if len(spelled) == 0 {
		return &Redactor{}
	}
	forms := make([]string, 0, len(spelled))
	for f := range spelled {
		forms = append(forms, f)
	}
	// The longest first: a replacer takes the first that fits, and a connection string holds its password.
	sort.Slice(forms, func(i, j int) bool {
		if len(forms[i]) != len(forms[j]) {
			return len(forms[i]) > len(forms[j])
		}
		return forms[i] < forms[j]
	})
	pairs := make([]string, 0, 2*len(forms))
	r := &Redactor{}
	for _, f := range forms {
		pairs = append(pairs, f, Mask)
		r.hints = append(r.hints, []byte(f))
	}
	r.known = strings.NewReplacer(pairs...)
	return r
}

// spellings are the ways in which a secret can turn up: as it is, in a URL, in JSON, in HTML, in a Basic
// Authorization, and in JSON within JSON.
func spellings(s string) []string {
	out := []string{s, url.QueryEscape(s), url.PathEscape(s)}
	if plain, err := url.QueryUnescape(s); err == nil && len(plain) >= shortest {
		out = append(out, plain)
	}
	inner := s
	for range 2 {
		raw, err := json.Marshal(inner)
		if err != nil {
			break
		}
		inner = string(raw[1 : len(raw)-1])
		out = append(out, inner)
	}
	var plain bytes.Buffer
	enc := json.NewEncoder(&plain)
	enc.SetEscapeHTML(false)
	if enc.Encode(s) == nil {
		out = append(out, strings.Trim(strings.TrimSpace(plain.String()), `"`))
	}
	return append(out, base64.StdEncoding.EncodeToString([]byte(s)))
}

// rules find what is secret by its place.
var rules = []struct {
	hint    string // lower case; the rule is tried only where it stands
	pattern *regexp.Regexp
	with    string
}{
	// ?txSecret=…&sign=… in a URL, plain, as JSON writes the ampersand, or percent-encoded.
	{"txsecret", regexp.MustCompile(`(?i)((?:\b|u0026|%26|%3f)txsecret(?:=|%3d))[^&\s"'\\<>#%;]+`), "${1}" + Mask},
	{"sign", regexp.MustCompile(`(?i)((?:\b|u0026|%26|%3f)sign(?:=|%3d))[^&\s"'\\<>#%;]+`), "${1}" + Mask},
	// "sign": "…", however deep in texts within texts.
	{"sign", regexp.MustCompile(`(\\*"sign\\*"\s*:\s*\\*")[^"\\]+`), "${1}" + Mask},
	// user:password@host in a URL. A user alone is no secret.
	{"://", regexp.MustCompile(`(://[^/?#\s:@"'\\]*:)[^/?#\s@"'\\]+@`), "${1}" + Mask + "@"},
	// Authorization: Bearer …, as a header line, an option of curl, a JSON member or a name and a value.
	{"authorization", regexp.MustCompile(`(?i)((?:proxy-)?authorization(?:\\*["'])?\s*[:=]\s*(?:\\*["'])?(?:(?:basic|bearer|digest|negotiate|token)\s+)?)[^\s"'\\,][^"'\\\r\n]*`), "${1}" + Mask},
	{"authorization", regexp.MustCompile(`(?i)("name"\s*:\s*"(?:proxy-)?authorization"\s*,\s*"value"\s*:\s*")[^"]+`), "${1}" + Mask},
}

// Bytes hides the secrets in b. It does not change b; where there is nothing to hide, it returns b itself.
func (r *Redactor) Bytes(b []byte) []byte {
	if !r.suspect(b) {
		return b
	}
	return []byte(r.redact(string(b)))
}

// String hides the secrets in s.
func (r *Redactor) String(s string) string {
	if !r.suspect([]byte(s)) {
		return s
	}
	return r.redact(s)
}

// suspect is a quick look: most of what is written holds nothing secret, and some of it is megabytes long.
func (r *Redactor) suspect(b []byte) bool {
	if r != nil {
		for _, h := range r.hints {
			if bytes.Contains(b, h) {
				return true
			}
		}
	}
	lower := bytes.ToLower(b)
	for _, rule := range rules {
		if bytes.Contains(lower, []byte(rule.hint)) {
			return true
		}
	}
	return false
}

func (r *Redactor) redact(s string) string {
	if r != nil && r.known != nil {
		s = r.known.Replace(s)
	}
	lower := strings.ToLower(s)
	for _, rule := range rules {
		if strings.Contains(lower, rule.hint) {
			s = rule.pattern.ReplaceAllString(s, rule.with)
		}
	}
	return s
}

// Redactor gives a redactor that knows the target's secrets. A nil target has none.
func (t *Target) Redactor() *Redactor {
	if t == nil {
		return &Redactor{}
	}
	return NewRedactor(t.secrets...)
}

// Secrets lists the target's secrets: the callback key, passwords, values of Authorization and the like.
func (t *Target) Secrets() []string {
	if t == nil {
		return nil
	}
	return append([]string(nil), t.secrets...)
}

// secretName tells the names of headers and variables that hold secrets.
var secretName = regexp.MustCompile(`(?i)authorization|cookie|token|secret|passw|credential|api[-_]?key|access[-_]?key|private[-_]?key|[-_]key$|^key$`)

// headerSecrets are the secrets in a header line: its value where the name says so, and what a scheme wraps.
func headerSecrets(name, value string) []string {
	if !secretName.MatchString(name) {
		return nil
	}
	out := []string{value}
	if strings.EqualFold(name, "cookie") {
		for c := range strings.SplitSeq(value, ";") {
			_, v, _ := strings.Cut(c, "=")
			out = append(out, strings.TrimSpace(v))
		}
	}
	if scheme, rest, ok := strings.Cut(value, " "); ok {
		out = append(out, strings.TrimSpace(rest))
		if strings.EqualFold(scheme, "basic") {
			if raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(rest)); err == nil {
				_, password, _ := strings.Cut(string(raw), ":")
				out = append(out, string(raw), password)
			}
		}
	}
	return out
}

// urlSecrets are the secrets in a URL: its password, and query parameters named like one.
func urlSecrets(raw string) []string {
	u, err := url.Parse(raw)
	if err != nil {
		return nil
	}
	var out []string
	if p, ok := u.User.Password(); ok {
		out = append(out, p)
	}
	for name, values := range u.Query() {
		if secretName.MatchString(name) || strings.EqualFold(name, "sign") {
			out = append(out, values...)
		}
	}
	return out
}
