package target

import "fmt"

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
	switch {
	case spec.HTTP.set && hasCommand:
		b.f.Errorf(spec.Pos, "hook", "%s is a request and a command", where).Hint("keep one of http and command")
	case spec.HTTP.set:
		h.URL = b.url(spec.HTTP, "http", "https")
		b.secret(urlSecrets(h.URL)...)
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
