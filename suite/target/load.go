package target

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/internal/secrets"
	"github.com/relaycheck/relaycheck/internal/strict"
)

// Load reads the target file at path. Env looks a variable up, as os.LookupEnv does; nil has none. What is wrong
// with the file comes as strict.Problems, all of it at once, with its secrets hidden.
func Load(path string, env func(string) (string, bool)) (*Target, error) {
	src, err := strict.ReadFile(path)
	if err != nil {
		if p, ok := errors.AsType[*os.PathError](err); ok {
			err = p.Err
		}
		return nil, fmt.Errorf("read the target file %s: %w", path, err)
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("find the directory of the target file %s: %w", path, err)
	}
	return Parse(path, src, dir, env)
}

// Parse reads a target file that is at hand. Name stands in messages; paths in the file are relative to dir.
func Parse(name string, src []byte, dir string, env func(string) (string, bool)) (*Target, error) {
	if env == nil {
		env = func(string) (string, bool) { return "", false }
	}
	b := &builder{f: strict.Parse(name, src), dir: dir, env: env, t: &Target{File: name}}
	var spec fileSpec
	b.f.Decode(&spec)
	if _, ok := b.f.Root(); ok {
		b.port(spec.Hooks.Start)
		b.build(spec)
	}
	b.t.Warnings = b.hide(b.f.Warnings())
	if err := b.f.Err(); err != nil {
		if problems, ok := errors.AsType[strict.Problems](err); ok {
			return nil, b.hide(problems)
		}
		return nil, err
	}
	return b.t, nil
}

// New is the target that a URL alone describes: nothing but its answers can be seen. The error says what is wrong
// with the URL.
func New(rawURL string) (*Target, error) {
	if err := checkURL(rawURL, "http", "https"); err != nil {
		return nil, err
	}
	return &Target{URL: rawURL, Observe: Observe{Within: DefaultWithin}, secrets: URLSecrets(rawURL)}, nil
}

// ForReference is the target of the reference receiver that listens at base, "http://127.0.0.1:8080". It shows its
// tasks in the standard shape.
func ForReference(base string) (*Target, error) {
	base = strings.TrimSuffix(base, "/")
	t, err := New(base + "/callbacks/relay")
	if err != nil {
		return nil, err
	}
	tasks, err := ParseTemplate(base + "/tasks/{{task_id}}")
	if err != nil {
		return nil, err
	}
	t.Observe.Task = &TaskObserver{Source: Source{Kind: KindHTTP, Timeout: DefaultTimeout, HTTP: &HTTP{URL: tasks}}}
	return t, nil
}

// A builder makes the target of the file, and notes on the file what is wrong.
type builder struct {
	f   *strict.File
	dir string
	env func(string) (string, bool)
	t   *Target

	startPort int // of hooks.start
}

func (b *builder) secret(values ...string) {
	b.t.secrets = append(b.t.secrets, values...)
}

// hide takes the secrets out of the problems: each shows the line of the file that it is about.
func (b *builder) hide(problems strict.Problems) strict.Problems {
	hide := secrets.Redactor(b.t.secrets...)
	text := func(s string) string { return string(hide([]byte(s))) }
	for i := range problems {
		p := &problems[i]
		masked := keyLine.ReplaceAllString(text(p.Source), "$1"+secrets.Mask)
		if masked != p.Source {
			p.Source, p.Length = masked, 0
		}
		p.Message, p.Hint = text(p.Message), text(p.Hint)
	}
	return problems
}

// keyLine finds a key or password that stands in the file itself, where the file was too broken to be read.
var keyLine = regexp.MustCompile(`(?i)(\b(?:key|password|authorization)"?:\s*)["']?[^\s"'{}$*][^"'{},]*["']?`)

func (b *builder) build(spec fileSpec) {
	t := b.t
	t.URL = b.url(spec.URL, "http", "https")
	b.secret(URLSecrets(t.URL)...)
	b.signing(spec.Signing)
	t.TLS = b.tls(spec.TLS)
	t.Headers = b.headers(spec.Headers)
	t.AnswerWithin = b.duration(spec.AnswerWithin, 0)
	b.observe(spec.Observe)
	h := spec.Hooks
	t.Hooks = Hooks{
		Ready: b.hook(Ready, h.Ready), Start: b.hook(Start, h.Start), Stop: b.hook(Stop, h.Stop),
		Restart: b.hook(Restart, h.Restart), Kill: b.hook(Kill, h.Kill), Reset: b.hook(Reset, h.Reset),
	}
}

// documentedKey is what the console takes for a callback key: letters and digits, 32 at most (CSS console, callback
// configuration, 2022-05 edition).
var documentedKey = regexp.MustCompile(`^[A-Za-z0-9]{1,32}$`)

func (b *builder) signing(spec signingSpec) {
	key, ok := b.text(spec.Key)
	b.t.Signing = Signing{Key: key, Required: b.flag(spec.Required, false)}
	b.secret(key)
	if ok && key != "" && !documentedKey.MatchString(key) {
		spec.Key.node.Warnf("key", "CSS takes letters and digits for a callback key, 32 at most")
	}
	if b.t.Signing.Required && key == "" && (ok || !spec.Key.set) {
		spec.Required.node.Errorf("no-key", "the receiver requires signatures, but there is no signing.key to make them with").
			Hint("give the callback key, or delete required")
	}
}

// text fills a value in. It says false where there is none, or none that can be filled in.
func (b *builder) text(v value) (string, bool) {
	if !v.set {
		return "", false
	}
	text, wrong := expand(v.node.Text(), b.env)
	for _, w := range wrong {
		b.f.Errorf(b.within(v, w.offset), "variable", "%s", w.message).Hint(w.hint).Length(w.length)
	}
	return text, len(wrong) == 0
}

// within is the place of a character of a value, as far as the value is written in one line and as it is.
func (b *builder) within(v value, offset int) strict.Pos {
	at := v.node.Pos()
	line := []rune(b.f.Line(at.Line))
	col := at.Col
	if v.node.Quoted() {
		col++
	}
	text := []rune(v.node.Text())
	if col-1+len(text) <= len(line) && string(line[col-1:col-1+len(text)]) == string(text) {
		at.Col = col + offset
	}
	return at
}

func (b *builder) flag(v value, absent bool) bool {
	text, ok := b.text(v)
	if !ok {
		return absent
	}
	switch strings.ToLower(text) {
	case "true":
		return true
	case "false":
		return false
	}
	v.node.Errorf("wrong-type", "%s must be true or false, not %q", v.node.Path(), text)
	return absent
}

// maxDuration bounds every time of the file: a run that waits longer for one thing hangs, for all its user can see.
const maxDuration = time.Hour

func (b *builder) duration(v value, absent time.Duration) time.Duration {
	text, ok := b.text(v)
	if !ok {
		return absent
	}
	d, err := time.ParseDuration(strings.TrimSpace(text))
	switch {
	case err != nil && strings.Trim(text, "0123456789.") == "" && text != "":
		v.node.Errorf("no-unit", "%s must be a duration such as 300ms or 5s, not the bare number %s", v.node.Path(), text).
			Hint(fmt.Sprintf("add a unit: %sms or %ss", text, text))
	case err != nil:
		v.node.Errorf("wrong-type", "%s must be a duration such as 300ms or 5s, not %q", v.node.Path(), text)
	case d <= 0 || d > maxDuration:
		v.node.Errorf("range", "%s must be more than 0 and at most %s", v.node.Path(), "1h")
	default:
		return d
	}
	return absent
}

// path fills in a path and makes it absolute.
func (b *builder) path(v value) (string, bool) {
	p, ok := b.text(v)
	if !ok {
		return "", false
	}
	if p == "" {
		v.node.Errorf("range", "%s is empty", v.node.Path())
		return "", false
	}
	if !filepath.IsAbs(p) {
		p = filepath.Join(b.dir, p)
	}
	return p, true
}

func (b *builder) url(v value, schemes ...string) string {
	raw, ok := b.text(v)
	if !ok {
		return ""
	}
	if err := checkURL(raw, schemes...); err != nil {
		v.node.Errorf("url", "%s: %v", v.node.Path(), err)
	}
	return raw
}

// checkURL says what is wrong with a URL that is about to be asked for.
func checkURL(raw string, schemes ...string) error {
	u, err := url.Parse(raw)
	if err != nil {
		if e, ok := errors.AsType[*url.Error](err); ok {
			err = e.Err // without the URL, which may hold a password
		}
		return fmt.Errorf("this is no URL: %w", err)
	}
	want := strings.Join(schemes, ":// or ") + "://"
	known := false
	for _, s := range schemes {
		known = known || u.Scheme == s
	}
	switch {
	case !known && u.Opaque != "", u.Scheme == "":
		return fmt.Errorf("the URL must begin with %s", want)
	case !known:
		return fmt.Errorf("the URL must begin with %s, not %s://", want, u.Scheme)
	case u.Hostname() == "":
		return errors.New("the URL names no host")
	case u.Fragment != "":
		return errors.New("a URL that is asked for has no #fragment")
	}
	if p := u.Port(); p != "" && !isPort(p) {
		return fmt.Errorf("the URL's port %s does not exist", p)
	}
	return nil
}

// isPort reports whether a text is the number of a TCP port; 0 lets the system choose one.
func isPort(text string) bool {
	_, err := strconv.ParseUint(text, 10, 16)
	return err == nil
}

// headerName is an HTTP token (RFC 9110, 5.6.2).
var headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

// computed are the header lines that the program has to make itself.
var computed = map[string]bool{"content-length": true, "transfer-encoding": true, "connection": true}

func (b *builder) headers(spec strict.Map[value]) []emitter.Header {
	var out []emitter.Header
	for _, e := range spec {
		text, ok := b.text(e.Value)
		switch {
		case !headerName.MatchString(e.Key):
			b.f.Errorf(e.KeyPos, "header", "%q is no name of a header", e.Key)
		case computed[strings.ToLower(e.Key)]:
			b.f.Errorf(e.KeyPos, "header", "the header %s is computed", e.Key).Hint("delete it")
		case ok && strings.ContainsAny(text, "\r\n\x00"):
			b.f.Errorf(e.ValuePos, "header", "the value of the header %s has more than one line", e.Key)
		case ok:
			out = append(out, emitter.Header{Name: e.Key, Value: text})
			b.secret(headerSecrets(e.Key, text)...)
		}
	}
	return out
}
