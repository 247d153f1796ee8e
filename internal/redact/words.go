package redact

import (
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// words replaces every word of a text, a word being what stands between characters that are no letters and no digits, nor
// percent-encoded. So an id gets the same pseudonym wherever it stands: alone, in a path, in the name of a file. What is encoded
// stays so.
func (p *pass) words(text string) string {
	if strings.IndexByte(text, '%') < 0 { // most have none, and the expression takes its time
		return p.plain(text)
	}
	return replaceAll(percents, text, p.percent, p.plain)
}

// plain is words for a text in which nothing is encoded.
func (p *pass) plain(text string) string {
	var out strings.Builder
	eachWord(text, func(word string, isWord bool) {
		if isWord {
			p.learn(word)
			word = p.names.of(word)
		}
		out.WriteString(word)
	})
	return out.String()
}

// eachWord calls do for the words of a text and for what stands between them.
func eachWord(text string, do func(part string, isWord bool)) {
	for text != "" {
		first, _ := utf8.DecodeRuneInString(text)
		inWord := wordly(first)
		end := strings.IndexFunc(text, func(c rune) bool { return wordly(c) != inWord })
		if end < 0 {
			end = len(text)
		}
		do(text[:end], inWord)
		text = text[end:]
	}
}

func wordly(c rune) bool { return unicode.IsLetter(c) || c >= '0' && c <= '9' }

// The parts of an address: scheme, authority, path, query, fragment (RFC 3986, appendix B).
var address = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*://)([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$`)

// url replaces the host, the words of the path and the values of the query. The scheme, the port, the extension of a file, the
// names in the query and the usual application name "live" stay: they are what an address is like, not which one it is.
// A host ends in .invalid, so that nobody is called by mistake (RFC 2606).
func (p *pass) url(text string) string {
	parts := address.FindStringSubmatch(text)
	if parts == nil {
		return p.words(text)
	}
	scheme, authority, path, query, fragment := parts[1], parts[2], parts[3], parts[4], parts[5]
	return scheme + p.authority(authority) + p.path(path) + p.query(query) + p.words(fragment)
}

func (p *pass) authority(text string) string {
	user, host, found := cutLast(text, "@")
	if !found {
		user, host = "", text
	} else {
		user = p.words(user) + "@"
	}
	port := ""
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		host, port = host[:i], host[i:]
	}
	switch {
	case host == "":
	case strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]"):
		host = "[" + p.names.ofHex(host[1:len(host)-1]) + "]"
	default:
		const most = 64 // hosts of one body: more are no list of sources
		if p.of == link && strings.Contains(host, ".") && len(p.hosts) < most && !slices.Contains(p.hosts, host) {
			p.hosts = append(p.hosts, host)
		}
		host = p.words(host) + ".invalid"
	}
	return user + host + port
}

// extensions are the endings of file names that say what kind of file it is.
var extensions = []string{".m3u8", ".m3u", ".mp4", ".flv", ".ts", ".m4s", ".mpd", ".mov", ".mkv", ".avi", ".webm", ".mp3", ".aac", ".wav", ".jpg", ".jpeg", ".png", ".gif"}

func (p *pass) path(text string) string {
	segments := strings.Split(text, "/")
	for i, s := range segments {
		ending := ""
		if i == len(segments)-1 {
			if dot := strings.LastIndexByte(s, '.'); dot >= 0 && slices.Contains(extensions, strings.ToLower(s[dot:])) {
				s, ending = s[:dot], s[dot:]
			}
		}
		if s != "live" {
			s = p.words(s)
		}
		segments[i] = s + ending
	}
	return strings.Join(segments, "/")
}

// stays are the names of query values that say when and not who: txTime ends the validity of a push address.
var stays = []string{"txTime", "t"}

func (p *pass) query(text string) string {
	if text == "" {
		return ""
	}
	pairs := strings.Split(text[1:], "&")
	for i, pair := range pairs {
		name, value, found := strings.Cut(pair, "=")
		switch {
		case !found || strings.Trim(value, "=") == "": // a name without a value is one; a key may end so too
			pairs[i] = p.words(pair)
		case !slices.Contains(stays, name):
			pairs[i] = name + "=" + p.words(value)
		}
	}
	return "?" + strings.Join(pairs, "&")
}

var (
	percents    = regexp.MustCompile(`(?:%[0-9A-Fa-f]{2})+`)
	beyondASCII = regexp.MustCompile(`[^\x00-\x7f]+`)
)

// percent replaces the words of what is percent-encoded.
func (p *pass) percent(text string) string {
	raw, _ := hex.DecodeString(strings.ReplaceAll(text, "%", "")) // pairs of digits
	var plain string
	if utf8.Valid(raw) {
		plain = p.plain(string(raw))
	} else { // of another encoding: which of its bytes are letters is not known
		plain = replaceAll(beyondASCII, string(raw), p.names.ofBytes, p.plain)
	}
	if plain == string(raw) {
		return text
	}
	digits := hex.EncodeToString([]byte(plain))
	if strings.ContainsAny(text, "ABCDEF") {
		digits = strings.ToUpper(digits)
	}
	var out strings.Builder
	for i := 0; i < len(digits); i += 2 {
		out.WriteString("%" + digits[i:i+2])
	}
	return out.String()
}

// What in the text of a message may be an id or an address. A number of six digits is no error code, port or HTTP status.
var (
	addresses = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s"'<>]+`)
	ipv4      = regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}\b`)
	ipv6      = regexp.MustCompile(`\b(?:[0-9A-Fa-f]{1,4}:){4,7}[0-9A-Fa-f]{1,4}\b|\b(?:[0-9A-Fa-f]{1,4}:)+:(?:[0-9A-Fa-f]{1,4}\b(?::[0-9A-Fa-f]{1,4}\b)*)?`)
	names     = regexp.MustCompile(`\b(?:[A-Za-z0-9_-]+\.){2,}[A-Za-z]{2,}\b`) // of hosts
	telling   = regexp.MustCompile(`\b(?:\d{6,}|[0-9a-f]{16,}|[0-9A-F]{16,})\b`)
)

// prose replaces addresses, hosts, long numbers and what the rest of the body has told of: words of its ids, hosts and
// paths. A message stays a message.
func (p *pass) prose(text string) string {
	steps := []struct {
		find    *regexp.Regexp
		replace func(string) string
	}{
		{addresses, p.url}, {percents, p.percent}, {names, p.authority}, {p.hostNames(), p.authority}, {ipv4, p.words}, {ipv6, p.names.ofHex}, {telling, p.words},
	}
	var from func(step int) func(string) string
	from = func(step int) func(string) string {
		switch {
		case step == len(steps):
			return p.knownWords
		case steps[step].find == nil:
			return from(step + 1)
		}
		return func(text string) string {
			return replaceAll(steps[step].find, text, steps[step].replace, from(step+1))
		}
	}
	return from(0)(text)
}

// hostNames finds the hosts of this body's addresses; nil if there are none.
func (p *pass) hostNames() *regexp.Regexp {
	if len(p.hosts) == 0 {
		return nil
	}
	var quoted []string
	for _, h := range p.hosts {
		quoted = append(quoted, regexp.QuoteMeta(h))
	}
	re, _ := regexp.Compile(`\b(?:` + strings.Join(quoted, "|") + `)\b`) // quoted text compiles; if it is too long, nil
	return re
}

// replaceAll replaces the matches of an expression, and what stands between them.
func replaceAll(re *regexp.Regexp, text string, match, between func(string) string) string {
	var out strings.Builder
	last := 0
	for _, at := range re.FindAllStringIndex(text, -1) {
		out.WriteString(between(text[last:at[0]]))
		out.WriteString(match(text[at[0]:at[1]]))
		last = at[1]
	}
	out.WriteString(between(text[last:]))
	return out.String()
}

func (p *pass) knownWords(text string) string {
	var out strings.Builder
	eachWord(text, func(part string, isWord bool) {
		if isWord && p.known[part] {
			part = p.names.of(part)
		}
		out.WriteString(part)
	})
	return out.String()
}

func cutLast(text, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(text, sep); i >= 0 {
		return text[:i], text[i+len(sep):], true
	}
	return text, "", false
}
