// Package secrets takes secrets out of texts before they are written: those that the program was told of, however they are
// encoded where they turn up, and what is a secret by its place in any text. It finds out nothing by itself: whoever reads a
// target file says what in it is secret.
//
//	hide := secrets.Redactor(key, password)
//	out.Write(hide(body))
package secrets

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Mask stands where a secret was.
const Mask = "[redacted]"

// wordLength is the length from which a secret is taken out wherever it stands. A shorter one ("key", "1234") is
// taken out only where it stands as a word of its own, or it would tear holes into half of the report.
const wordLength = 8

var (
	// A password in a URL: scheme://user:password@host. What is kept says whose it was.
	userinfo = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://[^\s/?#@:"'\\]*:)[^\s/?#"'\\]+@`)
	// What ends the value of a parameter: in a URL as it is, and in one that stands within another.
	plainEnd   = regexp.MustCompile(`[&#\s"'\\<>]`)
	encodedEnd = regexp.MustCompile(`[&#\s"'\\<>]|%(?:2[02367]|3c|3e)`)
	// An authorization as a header line or in a curl command; as a member of JSON, also within a JSON text; and as a name with a
	// value beside it.
	authorization = regexp.MustCompile(`(?i)\b((?:proxy-)?authorization(?:[ \t]*:[ \t]*|\\*["']\s*:\s*\\*["']|\\*"\s*,\s*\\*"value\\*"\s*:\s*\\*"))[^\r\n'"\\]+`)
)

// Redactor returns a function that takes secrets out of a text: the given ones (a callback key, a DSN, a token) in
// every spelling in which they may turn up (plain, within JSON once and twice, percent-encoded, base64), and what is
// a secret in any URL: a password, txSecret and sign. Empty secrets are ignored.
func Redactor(secrets ...string) func([]byte) []byte {
	type word struct {
		plain []byte
		find  *regexp.Regexp
	}
	var long [][]byte
	var words []word
	for _, s := range spellings(secrets) {
		// Bytes that are no text are no word of one: they go wherever they stand.
		if len(s) >= wordLength || !utf8.ValidString(s) {
			long = append(long, []byte(s))
			continue
		}
		words = append(words, word{[]byte(s), regexp.MustCompile(`(^|[^\pL\pN_])` + regexp.QuoteMeta(s) + `($|[^\pL\pN_])`)})
	}
	return func(b []byte) []byte {
		for _, s := range long {
			if bytes.Contains(b, s) {
				b = bytes.ReplaceAll(b, s, []byte(Mask))
			}
		}
		for _, w := range words {
			if !bytes.Contains(b, w.plain) {
				continue // a regular expression takes its time over ten megabytes
			}
			// Twice, because two neighbours share the character between them.
			b = w.find.ReplaceAll(b, []byte("${1}"+Mask+"${2}"))
			b = w.find.ReplaceAll(b, []byte("${1}"+Mask+"${2}"))
		}
		// The cheap looks first: most bodies hold none of these, there are thousands, and some have ten megabytes.
		low := lower(b)
		if bytes.Contains(low, []byte("://")) && bytes.IndexByte(low, '@') >= 0 {
			b = userinfo.ReplaceAll(b, []byte("${1}"+Mask+"@"))
			low = lower(b)
		}
		if bytes.Contains(low, []byte("authorization")) {
			b = authorization.ReplaceAll(b, []byte("${1}"+Mask))
			low = lower(b)
		}
		// The signatures that Tencent's push and play addresses carry.
		for _, name := range []string{"txsecret", "sign"} {
			if bytes.Contains(low, []byte(name)) {
				b = cutParameter(b, low, name)
				low = lower(b)
			}
		}
		return b
	}
}

// cutParameter takes the value out of name=value wherever it stands in a URL, plain or percent-encoded (name%3Dvalue),
// also within JSON that writes & as \u0026. name is in lower case, and low is b in lower case.
func cutParameter(b, low []byte, name string) []byte {
	var out []byte
	done := 0 // what of b is in out already
	for i := 0; ; {
		k := bytes.Index(low[i:], []byte(name))
		if k < 0 {
			return append(out, b[done:]...)
		}
		k += i
		i = k + len(name)
		ends := plainEnd
		switch {
		case !wordBegins(low[:k]):
			continue
		case bytes.HasPrefix(low[i:], []byte("=")):
			i++
		case bytes.HasPrefix(low[i:], []byte("%3d")):
			i += len("%3d")
			ends = encodedEnd
		default:
			continue
		}
		end := len(b)
		if at := ends.FindIndex(low[i:]); at != nil {
			end = i + at[0]
		}
		if end > i {
			out = append(append(out, b[done:i]...), Mask...)
			done, i = end, end
		}
	}
}

// wordBegins tells whether a name that stands behind b is one of its own, not the end of a longer one. A percent code
// and a \u escape end in digits or letters, but stand for a character that parts words.
func wordBegins(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	c := b[len(b)-1]
	if c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
		return true
	}
	return len(b) >= 3 && b[len(b)-3] == '%' || len(b) >= 6 && b[len(b)-6] == '\\' && b[len(b)-5] == 'u'
}

// lower is b with its ASCII letters in lower case: every byte keeps its place.
func lower(b []byte) []byte {
	out := make([]byte, len(b))
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		out[i] = c
	}
	return out
}

// spellings lists how the secrets may be written, the longest first, so that none is torn by a shorter one.
func spellings(secrets []string) []string {
	var all []string
	for _, s := range secrets {
		if s == "" {
			continue
		}
		if plain, err := url.QueryUnescape(s); err == nil && plain != s {
			all = append(all, plain) // as it is sent, where the file has it percent-encoded
		}
		once, escaped := quoted(s, false), quoted(s, true) // encoders differ over <, > and &
		all = append(all, s, once, quoted(once, false), escaped, quoted(escaped, false), url.QueryEscape(s), url.PathEscape(s),
			base64.StdEncoding.EncodeToString([]byte(s)), base64.URLEncoding.EncodeToString([]byte(s)))
	}
	slices.SortFunc(all, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return slices.Compact(all)
}

// quoted is s as it stands within a JSON string.
func quoted(s string, html bool) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(html)
	if err := enc.Encode(s); err != nil { // a string can always be encoded
		return s
	}
	return b.String()[1 : b.Len()-2] // without the quotes and the newline
}
