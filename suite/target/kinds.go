package target

import (
	"errors"
	"net"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/emitter"
	"github.com/relaycheck/relaycheck/internal/strict"
)

// template fills a value in from the environment and reads its placeholders.
func (b *builder) template(v value) (Template, bool) {
	text, ok := b.text(v)
	if !ok {
		return Template{}, false
	}
	t, err := ParseTemplate(text)
	if err != nil {
		v.node.Errorf("placeholder", "%s: %v", v.node.Path(), err)
		return Template{}, false
	}
	return t, true
}

func (b *builder) templates(values []value) []Template {
	var out []Template
	for _, v := range values {
		if t, ok := b.template(v); ok {
			out = append(out, t)
		}
	}
	return out
}

func (b *builder) http(spec httpSpec) *HTTP {
	h := &HTTP{TLS: b.tls(spec.TLS)}
	if t, ok := b.template(spec.URL); ok {
		h.URL = t
		raw := t.Fill("0", "0", nil)
		b.secret(URLSecrets(raw)...)
		if err := checkURL(raw, "http", "https"); err != nil {
			spec.URL.node.Errorf("url", "%s: %v", spec.URL.node.Path(), err)
		} else if hostKeyed(t) {
			spec.URL.node.Errorf("url", "%s: a placeholder may stand in the path and in the query, not in the host", spec.URL.node.Path())
		}
	}
	for _, e := range spec.Headers {
		b.headers(strict.Map[value]{e})
		if t, ok := b.template(e.Value); ok {
			h.Headers = append(h.Headers, Header{Name: e.Key, Value: t})
		}
	}
	return h
}

// hostKeyed reports whether filling the template changes the host that is asked.
func hostKeyed(t Template) bool {
	a, err1 := url.Parse(t.Fill("aa", "aa", nil))
	c, err2 := url.Parse(t.Fill("bb", "bb", nil))
	return err1 != nil || err2 != nil || a.Host != c.Host || a.User.String() != c.User.String() || a.Scheme != c.Scheme
}

func (b *builder) sql(spec sqlSpec) *SQL {
	s := &SQL{}
	driver, ok := b.text(spec.Driver)
	switch {
	case !ok:
		return s
	case driver == "postgresql", driver == "pg", driver == "mariadb", driver == "sqlite3":
		spec.Driver.node.Errorf("driver", "the driver %q is called otherwise here", driver).
			Hint("write " + map[string]string{"postgresql": Postgres, "pg": Postgres, "mariadb": MySQL, "sqlite3": SQLite}[driver])
		return s
	case !slices.Contains(Drivers(), driver):
		spec.Driver.node.Errorf("driver", "there is no driver %q", driver).Hint(strict.Suggest(driver, Drivers()))
		return s
	}
	s.Driver = driver
	if dsn, ok := b.text(spec.DSN); ok {
		clean, secrets, err := checkDSN(driver, dsn, b.dir)
		b.secret(secrets...)
		if err != nil {
			spec.DSN.node.Errorf("dsn", "%s: %v", spec.DSN.node.Path(), err)
		}
		s.DSN = clean
	}
	args := b.templates(spec.Args)
	if spec.Args == nil {
		args = []Template{{[]part{{name: taskID}}}, {[]part{{name: streamID}}}}
	}
	if text, ok := b.text(spec.Query); ok {
		q, err := parseQuery(driver, text, args)
		if e, ok := errors.AsType[*queryError](err); ok {
			b.f.Errorf(b.within(spec.Query, e.offset), "query", "%s: %s", spec.Query.node.Path(), e.message).Hint(e.hint).Length(1)
		}
		s.Query = q
	}
	return s
}

func (b *builder) redis(spec redisSpec) *Redis {
	r := &Redis{URL: b.url(spec.URL, "redis", "rediss"), Command: b.templates(spec.Command), TLS: b.tls(spec.TLS)}
	b.secret(URLSecrets(r.URL)...)
	if u, err := url.Parse(r.URL); err == nil {
		if db := strings.Trim(u.Path, "/"); strings.Trim(db, "0123456789") != "" {
			spec.URL.node.Errorf("url", "%s: the path of a redis URL is the number of the database, as in redis://host:6379/0", spec.URL.node.Path())
		}
	}
	if spec.Command != nil && len(spec.Command) == 0 {
		spec.URL.node.Errorf("command", "the redis command is empty").Hint(`for example: [HGETALL, "task:{{task_id}}"]`)
	}
	if len(r.Command) > 0 && r.Command[0].Keyed() {
		spec.Command[0].node.Errorf("command", "the name of a redis command cannot depend on the task")
	}
	return r
}

func (b *builder) command(spec commandSpec) *Command {
	c := &Command{Argv: b.templates(spec.Argv), Env: b.environment(spec.Env), Dir: b.dir}
	if len(spec.Argv) == 0 {
		b.f.Errorf(spec.pos, "command", "the command is empty").Hint("name a program and its arguments: [show-task, \"{{task_id}}\"]")
	} else if len(c.Argv) == len(spec.Argv) && (c.Argv[0].Keyed() || c.Argv[0].String() == "") {
		spec.Argv[0].node.Errorf("command", "the first element of a command is the name of a program")
	}
	if d, ok := b.path(spec.Dir); ok {
		c.Dir = d
	}
	return c
}

func (b *builder) environment(spec strict.Map[value]) []string {
	var out []string
	for _, e := range spec {
		if !variable.MatchString(e.Key) {
			b.f.Errorf(e.KeyPos, "name", "%q is no name of an environment variable", e.Key)
			continue
		}
		if text, ok := b.text(e.Value); ok {
			out = append(out, e.Key+"="+text)
			if secretName.MatchString(e.Key) {
				b.secret(text)
			}
		}
	}
	return out
}

func (b *builder) file(spec fileKind) *File {
	f := &File{}
	if t, ok := b.template(spec.Path); ok {
		f.Path = t
		if first := t.parts[0].text; first == "" && !t.Keyed() {
			spec.Path.node.Errorf("range", "%s is empty", spec.Path.node.Path())
		} else if !filepath.IsAbs(first) {
			f.Path = Template{append([]part{{text: b.dir + string(filepath.Separator)}}, t.parts...)}
		}
	}
	if !spec.Match.set {
		if !f.Path.Keyed() {
			f.Match = Template{[]part{{name: taskID}}}
		}
		return f
	}
	t, ok := b.template(spec.Match)
	if !ok {
		return f
	}
	f.Match = t
	if _, err := f.Pattern("0", "0"); err != nil {
		spec.Match.node.Errorf("match", "%s: %v", spec.Match.node.Path(), err).Hint(`match is a regular expression: put \ before . ( ) [ ] { } * + ? ^ $ | that stand for themselves`)
	}
	return f
}

// Pattern is the regular expression for one task.
func (f *File) Pattern(task, stream string) (*regexp.Regexp, error) {
	p, err := regexp.Compile(f.Match.Fill(task, stream, regexp.QuoteMeta))
	if err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	return p, nil
}

func (b *builder) sink(spec sinkSpec) *Sink {
	s := &Sink{}
	if listen, ok := b.text(spec.Listen); ok {
		host, port, err := net.SplitHostPort(listen)
		if err != nil || !isPort(port) || host == "" && port == "" {
			spec.Listen.node.Errorf("listen", "%s must be host:port, such as 127.0.0.1:9099, not %q", spec.Listen.node.Path(), listen)
		}
		s.Listen = listen
	}
	for _, a := range spec.Answer {
		answer := Answer{Status: b.status(a.Status), Headers: b.headers(a.Headers), Delay: b.duration(a.Delay, 0)}
		answer.Body, _ = b.text(a.Body)
		s.Answers = append(s.Answers, answer)
	}
	if len(s.Answers) == 0 {
		s.Answers = []Answer{{Status: 200, Headers: []emitter.Header{{Name: "Content-Type", Value: "application/json"}}, Body: `{"code":0}`}}
	}
	for _, a := range s.Answers {
		if a.Delay >= maxAnswerDelay {
			spec.Listen.node.Errorf("range", "an answer of the sink that comes after %s or later is none: nobody waits so long", maxAnswerDelay)
		}
	}
	return s
}

// maxAnswerDelay bounds how long the sink lets a caller wait.
const maxAnswerDelay = time.Minute

func (b *builder) status(v value) int {
	text, ok := b.text(v)
	if !ok {
		return 200
	}
	if len(text) != 3 || text < "200" || text > "599" || strings.Trim(text, "0123456789") != "" {
		v.node.Errorf("range", "%s must be a status from 200 to 599, not %q", v.node.Path(), text)
		return 200
	}
	return int(text[0]-'0')*100 + int(text[1]-'0')*10 + int(text[2]-'0')
}
