// Package observe looks at what a receiver did: at the facts that it shows about a task, and at the side effects
// that can be counted.
//
//	set, err := observe.Open(ctx, t) // t is the loaded target file
//	if err != nil {
//		return err
//	}
//	defer set.Close()
//	look, err := set.Look(ctx, observe.Identity{TaskID: "118148", StreamID: "testvod"})
//
// An observer may be wrong, slow, huge or dead, like anything that is asked over a network. Every look has a
// deadline and reads a bounded number of bytes; what goes wrong is a *LookError, and never a verdict about the
// receiver. Whether an observer can be believed at all is found out by Check, before anything is judged by it.
//
// A look changes nothing: requests are GETs, transactions read-only, and redirects are not followed. Nothing but what the target file
// names is asked.
package observe
