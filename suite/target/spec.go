package target

import "github.com/relaycheck/relaycheck/internal/strict"

// The structs of this file are the target file as it is written: its keys, and values that are not filled in yet.
// A test compares them with the JSON Schema.

type fileSpec struct {
	URL          value             `yaml:"url" strict:"required"`
	Signing      signingSpec       `yaml:"signing"`
	TLS          tlsSpec           `yaml:"tls"`
	Headers      strict.Map[value] `yaml:"headers"`
	AnswerWithin value             `yaml:"answer_within"`
	Observe      observeSpec       `yaml:"observe"`
	Hooks        hooksSpec         `yaml:"hooks"`
}

type signingSpec struct {
	Key      value `yaml:"key"`
	Required value `yaml:"required"`
}

type tlsSpec struct {
	CA         value `yaml:"ca"`
	Cert       value `yaml:"cert"`
	Key        value `yaml:"key"`
	ServerName value `yaml:"server_name"`
	Insecure   value `yaml:"insecure"`
}

type observeSpec struct {
	Within  value                  `yaml:"within"`
	Task    *taskSpec              `yaml:"task"`
	Effects strict.Map[effectSpec] `yaml:"effects"`
}

// sourceSpec holds the kinds, of which exactly one is given.
type sourceSpec struct {
	HTTP    *httpSpec    `yaml:"http"`
	SQL     *sqlSpec     `yaml:"sql"`
	Redis   *redisSpec   `yaml:"redis"`
	Command *commandSpec `yaml:"command"`
	File    *fileKind    `yaml:"file"`
	Sink    *sinkSpec    `yaml:"sink"`
	Timeout value        `yaml:"timeout"`
}

type taskSpec struct {
	sourceSpec `yaml:",inline"`

	TaskID value             `yaml:"task_id"`
	Facts  strict.Map[value] `yaml:"facts"`

	Pos  strict.Pos
	Keys strict.Keys
}

type effectSpec struct {
	sourceSpec `yaml:",inline"`

	TaskID value `yaml:"task_id"`
	Count  value `yaml:"count"`
	Canary value `yaml:"canary"`

	Pos  strict.Pos
	Keys strict.Keys
}

// httpSpec is {url: …}, or the URL alone.
type httpSpec struct {
	URL     value             `yaml:"url" strict:"required"`
	Headers strict.Map[value] `yaml:"headers"`
	TLS     tlsSpec           `yaml:"tls"`
}

// DecodeYAML implements strict.Unmarshaler.
func (h *httpSpec) DecodeYAML(n strict.Node) {
	if n.Kind() == strict.Text {
		n.Decode(&h.URL)
		return
	}
	type plain httpSpec // without this method
	n.Decode((*plain)(h))
}

type sqlSpec struct {
	Driver value   `yaml:"driver" strict:"required"`
	DSN    value   `yaml:"dsn" strict:"required"`
	Query  value   `yaml:"query" strict:"required"`
	Args   []value `yaml:"args"`
}

type redisSpec struct {
	URL     value   `yaml:"url" strict:"required"`
	Command []value `yaml:"command" strict:"required"`
	TLS     tlsSpec `yaml:"tls"`
}

// commandSpec is {argv: […]}, or the list alone.
type commandSpec struct {
	Argv []value           `yaml:"argv" strict:"required"`
	Env  strict.Map[value] `yaml:"env"`
	Dir  value             `yaml:"dir"`

	pos strict.Pos
}

// DecodeYAML implements strict.Unmarshaler.
func (c *commandSpec) DecodeYAML(n strict.Node) {
	c.pos = n.Pos()
	switch n.Kind() {
	case strict.List:
		n.Decode(&c.Argv)
	case strict.Text:
		n.Errorf("shell", "a command is a list, not a text").
			Hint("no shell reads it: write [program, first argument, …], or [sh, -c, …] where a shell is wanted")
	default:
		type plain commandSpec // without this method
		n.Decode((*plain)(c))
	}
}

type fileKind struct {
	Path  value `yaml:"path" strict:"required"`
	Match value `yaml:"match"`
}

type sinkSpec struct {
	Listen value       `yaml:"listen" strict:"required"`
	Answer answersSpec `yaml:"answer"`
}

// answersSpec is one answer, or a list of them.
type answersSpec []answerSpec

// DecodeYAML implements strict.Unmarshaler.
func (a *answersSpec) DecodeYAML(n strict.Node) {
	if n.Kind() == strict.List {
		n.Decode((*[]answerSpec)(a))
		return
	}
	var one answerSpec
	n.Decode(&one)
	*a = answersSpec{one}
}

type answerSpec struct {
	Status  value             `yaml:"status"`
	Headers strict.Map[value] `yaml:"headers"`
	Body    value             `yaml:"body"`
	Delay   value             `yaml:"delay"`
}

type hooksSpec struct {
	Ready   *hookSpec `yaml:"ready"`
	Start   *hookSpec `yaml:"start"`
	Stop    *hookSpec `yaml:"stop"`
	Restart *hookSpec `yaml:"restart"`
	Kill    *hookSpec `yaml:"kill"`
	Reset   *hookSpec `yaml:"reset"`
}

type hookSpec struct {
	HTTP    value             `yaml:"http"`
	TLS     tlsSpec           `yaml:"tls"`
	Command []value           `yaml:"command"`
	Timeout value             `yaml:"timeout"`
	Env     strict.Map[value] `yaml:"env"`
	Dir     value             `yaml:"dir"`
	Port    value             `yaml:"port"`

	Pos  strict.Pos
	Keys strict.Keys
}

// A value is a scalar as it stands in the file. What type it should have is known to its reader, once it is filled in.
type value struct {
	node strict.Node
	set  bool
}

// DecodeYAML implements strict.Unmarshaler.
func (v *value) DecodeYAML(n strict.Node) {
	switch n.Kind() {
	case strict.List, strict.Mapping:
		n.Expected("a single value")
	case strict.Null:
		n.Expected("a value").Hint(`write "" if it is meant to be empty, or delete the key`)
	default:
		v.node, v.set = n, true
	}
}
