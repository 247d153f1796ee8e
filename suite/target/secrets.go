package target

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"
)

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

// URLSecrets lists the secrets in a URL: its password, and query parameters named like one.
func URLSecrets(raw string) []string {
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
