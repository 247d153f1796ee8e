package emitter

import (
	"fmt"
	"slices"
	"strings"

	"github.com/relaycheck/relaycheck/schema"
)

// KnownPaths lists the paths that Set and Unset take for any relay callback: every member that an edition's
// table or sample shows, both spellings of the account, and t and sign of the sibling callbacks.
func KnownPaths() []string { return schema.KnownPaths() }

// An UnknownPathError tells of a path that names no member of a relay callback.
type UnknownPathError struct {
	Path    string
	Nearest string   // the known path that was probably meant; "" if none is near
	Known   []string // all paths that would have been taken
}

// Error says which path, and what to write instead.
func (e *UnknownPathError) Error() string {
	if e.Nearest != "" {
		return fmt.Sprintf("unknown path %q: did you mean %q?", e.Path, e.Nearest)
	}
	return fmt.Sprintf("unknown path %q: known are %s", e.Path, strings.Join(e.Known, ", "))
}

// known reports an error unless the path is documented or stands in the callback.
func (c *Callback) known(path string) error {
	paths := schema.KnownPaths()
	for _, m := range c.members { // what Parse or Add brought in
		paths = append(paths, m.key)
		if m.key == "msg" && m.val.kind == nested {
			for _, n := range m.val.inner.members {
				paths = append(paths, "msg."+n.key)
			}
		}
	}
	if slices.Contains(paths, path) {
		return nil
	}
	slices.Sort(paths)
	paths = slices.Compact(paths)
	return &UnknownPathError{Path: path, Nearest: nearest(path, paths), Known: paths}
}

// nearest finds the path that was meant. The bare name of a member of msg ("code") stands for its path ("msg.code").
func nearest(path string, paths []string) string {
	if slices.Contains(paths, "msg."+path) {
		return "msg." + path
	}
	if p, ok := schema.Nearest(path, paths); ok {
		return p
	}
	var bare []string
	for _, p := range paths {
		if name, ok := strings.CutPrefix(p, "msg."); ok {
			bare = append(bare, name)
		}
	}
	if name, ok := schema.Nearest(path, bare); ok {
		return "msg." + name
	}
	return ""
}
