package target

import (
	"fmt"
	"strconv"
)

// portVariable tells a receiver that is started where to listen, and the rest of the target file where it does.
const portVariable = "PORT"

// port finds the port of hooks.start, before anything else of the file is filled in: ${PORT} is then that port, whatever
// the environment says. `auto` is one that is free now.
func (b *builder) port(start *hookSpec) {
	if start == nil || !start.Port.set {
		return
	}
	text, ok := b.text(start.Port)
	if !ok {
		return
	}
	if text == "auto" {
		free, err := freePort()
		if err != nil {
			start.Port.node.Errorf("port", "there is no free port: %v", err)
			return
		}
		b.startPort = free
	} else {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 65535 {
			start.Port.node.Errorf("port", "a port is auto, or a number from 1 to 65535, not %q", text)
			return
		}
		b.startPort = n
	}
	env := b.env
	b.env = func(name string) (string, bool) {
		if name == portVariable {
			return strconv.Itoa(b.startPort), true
		}
		return env(name)
	}
}

func (b *builder) hook(name string, spec *hookSpec) *Hook {
	if spec == nil {
		return nil
	}
	where := "hooks." + name
	h := &Hook{
		Name:    name,
		TLS:     b.tls(spec.TLS),
		Timeout: b.duration(spec.Timeout, DefaultHookTimeout),
		At:      fmt.Sprintf("%s:%d:%d", b.f.Name, spec.Pos.Line, spec.Pos.Col),
	}
	hasCommand := spec.Keys.Has("command")
	if name == Start && hasCommand {
		h.Port = b.startPort
	} else if spec.Keys.Has("port") {
		b.f.Errorf(spec.Keys["port"].Key, "hook", "%s has a port, which is for a command in hooks.start", where).Hint("delete it")
	}
	switch {
	case spec.HTTP.set && hasCommand:
		b.f.Errorf(spec.Pos, "hook", "%s is a request and a command", where).Hint("keep one of http and command")
	case spec.HTTP.set:
		h.URL = b.url(spec.HTTP, "http", "https")
		b.secret(URLSecrets(h.URL)...)
		for _, key := range []string{"env", "dir"} {
			if spec.Keys.Has(key) {
				b.f.Errorf(spec.Keys[key].Key, "hook", "%s has %s, which is for commands", where, key).Hint("delete it")
			}
		}
	case hasCommand:
		h.Command = b.command(commandSpec{Argv: spec.Command, Env: spec.Env, Dir: spec.Dir, pos: spec.Keys["command"].Value})
		for i, t := range h.Command.Argv {
			if t.Keyed() && i < len(spec.Command) {
				spec.Command[i].node.Errorf("placeholder", "a hook has no task to name").
					Hint("the receiver's URL and a task's id are in its environment: RELAYCHECK_URL, RELAYCHECK_TASK_ID")
			}
		}
		if h.TLS != nil {
			b.f.Errorf(spec.Keys["tls"].Key, "hook", "%s has tls, which is for requests", where).Hint("delete it")
		}
	default:
		b.f.Errorf(spec.Pos, "hook", "%s does not say what to do", where).Hint("add `http: URL` or `command: [program, …]`")
	}
	return h
}
